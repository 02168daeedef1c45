from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypinyin import Style, pinyin

from index.clean.spell import Spelling, spelling, zhuyin_spelling

CHARACTERS = st.text("中小企业融通发展计划领域创新资金园区", min_size=1, max_size=6)


@given(CHARACTERS, st.sampled_from([Style.TONE, Style.TONE3, Style.NORMAL]), st.sampled_from(["", " ", "-"]))
def test_what_pypinyin_spells_is_spelt(characters: str, style: Style, between: str) -> None:
    written = between.join(syllable[0] for syllable in pinyin(characters, style=style))
    found = spelling(written, "前" + characters)
    assert found is not None
    assert found.length == len(characters)
    assert found.plain == (style == Style.NORMAL)


@given(CHARACTERS)
def test_what_pypinyin_spells_in_zhuyin_is_spelt(characters: str) -> None:
    written = " ".join(syllable[0] for syllable in pinyin(characters, style=Style.BOPOMOFO))
    found = zhuyin_spelling(written, "前" + characters)
    assert found is not None
    assert found.length == found.tones + found.neutral == len(characters)


@pytest.mark.parametrize(
    ("written", "before", "expected"),
    [
        ("jì", "計", Spelling(1, 1, 0, parted=False)),
        ("ji4", "計", Spelling(1, 1, 0, parted=False)),
        ("JÌ", "計", Spelling(1, 1, 0, parted=False)),
        ("ji", "計", Spelling(1, 0, 0, parted=False)),
        ("péng you", "朋友", Spelling(2, 1, 0, parted=True)),
        ("de", "企業的", Spelling(1, 0, 1, parted=False)),
        ("nv3", "女", Spelling(1, 1, 0, parted=False)),
        ("lu\u0308e\u0300", "略", Spelling(1, 1, 0, parted=False)),
        ("huār", "花儿", Spelling(2, 1, 1, parted=False)),
        ("jì", "劃", None),
        ("jǐ", "計", None),
        ("ji2", "計", None),
        ("x ian", "西安", None),
        ("WTO", "世贸组织", None),
        ("計", "計", None),
        ("ㄐㄧˋ", "計", None),
        ("", "計", None),
        ("jì", "", None),
    ],
)
def test_letters_spell_a_character_in_its_tone_or_without(written: str, before: str, expected: Spelling | None) -> None:
    assert spelling(written, before) == expected


@pytest.mark.parametrize(("written", "before"), [("ㄐㄧˊ", "計"), ("ㄑ", "字"), ("˙", "的"), (" ", "的")])
def test_zhuyin_of_another_reading_spells_nothing(written: str, before: str) -> None:
    assert zhuyin_spelling(written, before) is None


@pytest.mark.parametrize("written", ["˙ㄉㄜ", "ㄉㄜ˙"])
def test_the_dot_of_the_neutral_tone_stands_before_or_after(written: str) -> None:
    assert zhuyin_spelling(written, "的") is not None
