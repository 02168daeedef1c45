from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.clean.align import AlignedText
from index.clean.undo_mojibake import KIND, undo_mojibake
from tests.conftest import CORPUS

WORDS = [
    "中小企业",
    "融通发展",
    "创新",
    "行动计划",
    "培育",
    "园区",
    "资金",
    "和",
    "“小巨人”",
    "，",
    "。",
    "50家",
    "（ABC）",
]
SENTENCES = st.lists(st.sampled_from(WORDS), min_size=4, max_size=20).map("支持企业".join)
WAYS = [("utf-8", "latin-1"), ("gbk", "latin-1"), ("utf-8", "gb18030"), ("gbk", "big5hkscs"), ("big5", "gb18030")]


def undone(text: str) -> str:
    return undo_mojibake(AlignedText.of(text)).text


@pytest.mark.parametrize(("was", "read"), WAYS)
@given(sentence=SENTENCES)
@settings(max_examples=60, deadline=None)
def test_a_sentence_that_lost_no_byte_comes_back_whole(was: str, read: str, sentence: str) -> None:
    try:
        garbled = sentence.encode(was).decode(read)
    except UnicodeError:
        return  # it would have lost a byte, or has no such characters
    assert undone(garbled) == sentence


@pytest.mark.parametrize("file", sorted(CORPUS.glob("*.txt")), ids=lambda file: file.stem[:3])
def test_nothing_is_undone_in_the_corpus(file: str) -> None:
    text = AlignedText.of(CORPUS.joinpath(file).read_text(encoding="utf-8"))
    assert undo_mojibake(text) is text


def test_each_character_cites_the_bytes_it_came_from() -> None:
    text = undo_mojibake(AlignedText.of("支持" + "企业".encode().decode("latin-1")))
    assert [(edit.kind, edit.start, edit.end, edit.after) for edit in text.edits] == [
        (KIND, 2, 5, "企"),
        (KIND, 5, 8, "业"),
    ]


def test_a_long_line_of_garbled_text_is_undone_in_one_go() -> None:
    sentence = "你好" * 60_000
    for encoding in ("gb18030", "latin-1"):
        assert undone(sentence.encode().decode(encoding)) == sentence


@pytest.mark.parametrize(
    "written",
    [
        "你好\xa0你好，政务问答",
        "\xa0政策问答",
        "\xa0\xa0\xa0申请条件：\xa0企业\xa0\xa0园区\xa0",
        "政策问答\xa0ABC 政策问答",
    ],
)
def test_a_blank_that_does_not_break_is_no_half_of_a_character(written: str) -> None:
    garbled = "\xa0".join(part.encode("gbk").decode("latin-1") for part in written.split("\xa0"))
    assert undone(garbled) == undone(undone(garbled)) == written
    assert undone(garbled.replace("\xa0", " ")) == written.replace("\xa0", " ")
