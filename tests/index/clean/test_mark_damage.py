from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.clean.align import AlignedText
from index.clean.mark_damage import KIND, damage_spans, mark_damage

PIECES = st.lists(st.sampled_from([*"支“甲 \n\ufffd\u00c2\u0085", "锟斤拷", "烫烫烫", "?qū)", ">匦?", "銆?"])).map(
    "".join
)


@pytest.mark.parametrize(
    ("text", "damaged"),
    [
        ("分领域?qū)>匦?“小巨人”", ["?qū)>匦?"]),
        ("支持企\ufffd\ufffd发展\ufffd。", ["\ufffd\ufffd", "\ufffd"]),
        ("支持锟斤拷锟斤拷企业", ["锟斤拷锟斤拷"]),
        ("支持烫烫烫企业屯屯屯屯", ["烫烫烫", "屯屯屯屯"]),
        ("支持涓\ufffd企业", ["涓\ufffd"]),
        ("支持企业銆?各地", ["銆?"]),
        ("为什么?因为烫手，屯粮，计划(jì)。", []),
        ("首页>政策>解读 a<b?", []),
    ],
)
def test_a_stretch_reaches_over_the_remains_beside_a_mark(text: str, damaged: list[str]) -> None:
    assert [text[start:end] for start, end in damage_spans(text)] == damaged


@given(PIECES)
def test_stretches_are_in_order_apart_and_hold_no_blank(text: str) -> None:
    at = -1
    for start, end in damage_spans(text):
        assert at < start < end <= len(text)
        assert not any(map(str.isspace, text[start:end]))
        at = end


@given(PIECES)
def test_marking_changes_nothing_and_marking_twice_marks_nothing_more(text: str) -> None:
    marked = mark_damage(AlignedText.of(text))
    assert marked.text == text
    assert [(edit.start, edit.end) for edit in marked.edits] == damage_spans(text)
    assert all(edit.kind == KIND and edit.before == edit.after for edit in marked.edits)
    assert mark_damage(marked) is marked


def test_a_long_row_of_losses_is_marked_in_one_go() -> None:
    assert len(damage_spans("企\ufffd" * 100_000)) == 100_000
