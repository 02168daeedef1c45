from __future__ import annotations

import unicodedata

import pytest

from index.clean.align import AlignedText
from index.clean.drop_invisible import KIND, drop_invisible


def dropped(text: str) -> str:
    return drop_invisible(AlignedText.of(text)).text


def test_every_format_character_between_chinese_ones_is_removed() -> None:
    # What shapes Arabic numbers, Syriac and other scripts is seen, and is never found in Chinese text.
    shaping = set(range(0x600, 0x606)) | {0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD}
    for code in range(0x2FFFF):
        character = chr(code)
        if unicodedata.category(character) == "Cf" and code not in shaping and not 0x13430 <= code <= 0x1D17A:
            assert dropped(f"专{character}精") == "专精", hex(code)


def test_a_run_is_one_edit() -> None:
    (edit,) = drop_invisible(AlignedText.of("号 \u200d\u200d\ufeff各区")).edits
    assert (edit.kind, edit.before, edit.after) == (KIND, "\u200d\u200d\ufeff", "")


@pytest.mark.parametrize(
    "text",
    [
        "一\t二\n三\r四\v五\f六\x85七\u2028八\u2029九\x1c十",
        "\u3000\u00a0\u2002",
        "👨\u200d👩\u200d👧",
        "☎\ufe0f",
        "1\ufe0f\u20e3",
        "می\u200cخواهم",
        "ä½\x81",
    ],
)
def test_blanks_line_breaks_and_joiners_that_are_needed_stay(text: str) -> None:
    assert dropped(text) == text


@pytest.mark.parametrize("blank", [" ", "\n", "\x85", "\u00a0"])
def test_a_control_character_behind_any_blank_goes(blank: str) -> None:
    assert dropped(f"甲{blank}\x80乙") == f"甲{blank}乙"
