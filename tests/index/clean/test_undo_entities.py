from __future__ import annotations

import html
from html.entities import name2codepoint

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.clean.align import AlignedText
from index.clean.undo_entities import KIND, undo_entities


def undone(text: str) -> str:
    return undo_entities(AlignedText.of(text)).text


@pytest.mark.parametrize("name", sorted(name2codepoint))
def test_every_name_of_html_4_is_read_as_html_reads_it(name: str) -> None:
    assert undone(f"前&{name};后") == html.unescape(f"前&{name};后")


@given(st.integers(0x20, 0xFFFF).filter(lambda code: not 0xD800 <= code < 0xE000), st.booleans())
def test_a_number_is_read_as_html_reads_it(code: int, hexadecimal: bool) -> None:
    escape = f"&#x{code:X};" if hexadecimal else f"&#{code};"
    assert undone(escape) == (html.unescape(escape) or escape)


@given(st.text("&amp;#8220ldquo小=;1?", max_size=30))
def test_what_is_left_in_the_end_is_escaped_no_more(text: str) -> None:
    for _ in range(30):
        text = undone(text)
    assert undone(text) == text


def test_each_escape_is_an_edit_of_its_own_that_shows_what_stood_there() -> None:
    text = undo_entities(AlignedText.of("支持&amp;ldquo;小巨人rdquo;"))
    assert [(edit.kind, edit.before, edit.after) for edit in text.edits] == [
        (KIND, "&amp;ldquo;", "“"),
        (KIND, "rdquo;", "”"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "http://a.cn/?a=1&copy=2",
        "http://a.cn/?a=1&nbsp=2",
        "R&B",
        "x&lty",
        "A&or;B",
        "and;or;",
        "mydquo;",
        "xnbsp;",
        "#8220;",
        "&#x110000;",
        "&;",
        "&#;",
    ],
)
def test_what_is_no_escape_for_certain_stays(text: str) -> None:
    assert undone(text) == text


@pytest.mark.parametrize("escape", ["&", "amp;", "a&", "&#"])
def test_a_long_row_of_what_escapes_nothing_is_read_in_one_go(escape: str) -> None:
    assert undone(escape * 100_000) == escape * 100_000
