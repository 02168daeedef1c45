from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.clean.align import AlignedText
from index.clean.mark_damage import KIND as DAMAGE
from index.clean.undo_damage import undo_damage
from tests.conftest import CORPUS

PIECES = st.lists(
    st.sampled_from(
        [
            *["计(jì)", "計ㄐㄧˋ", "<ruby>", "计<rt>jì</rt>", "</ruby>", "(", "jì", ")", "?qū)", "匦"],
            *["&ldquo;", "ldquo;", "&amp;", "amp;", "&#", "8220;", "浣犲ソ", "涓", "\ufffd", "ä½", "å¥½", "ÄãºÃ"],
            *["\u200b", "\ue000", "。", "，", "\n", " "],
        ]
    ),
    max_size=14,
).map("".join)


@given(PIECES)
@settings(max_examples=300, deadline=None)
def test_undoing_twice_changes_nothing_more(text: str) -> None:
    once = undo_damage(AlignedText.of(text)).text
    assert undo_damage(AlignedText.of(once)).text == once


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("&Auml;&atilde;&ordm;&Atilde;", "你好"),
        ("计&#40;jì&#41;划", "计划"),
        ("计(j\u200bì)划", "计划"),
        ("&l\u200bdquo;小巨人", "“小巨人"),
        ("计划(jì huà)\ufeff的“小巨人rdquo;", "计划的“小巨人”"),
    ],
)
def test_one_kind_of_damage_around_another_is_undone(text: str, expected: str) -> None:
    assert undo_damage(AlignedText.of(text)).text == expected


def test_the_mirrored_corpus_text_has_one_loss_and_one_entity() -> None:
    (file,) = CORPUS.glob("002_*.txt")
    text = undo_damage(AlignedText.of(file.read_text(encoding="utf-8")))
    kinds = [(edit.kind, edit.before) for edit in text.edits if edit.kind != "reading"]
    assert kinds == [(DAMAGE, "?qū)>匦?"), ("entity", "ldquo;")]
