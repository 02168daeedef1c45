from __future__ import annotations

import re
from time import perf_counter

import pytest

from index.clean.align import AlignedText
from index.clean.document import clean
from index.records import Document, Metadata, Paragraph, RawDocument
from qa.complete_lists import list_after


def begins(text: str, sentence: str, ordinal: int = 1) -> list[str]:
    """The first characters of each item of the list that a sentence introduces."""
    document = clean(RawDocument("a", text, ""))
    start = document.paragraphs[ordinal - 1].text.index(sentence)
    places = list_after(document, ordinal, (start, start + len(sentence)))
    return [document.paragraphs[paragraph - 1].text[at : at + 4] for paragraph, at in places]


ITEMS = "一是深化理念，凝聚共识。二是举办活动，深入推进。三是出台措施，配套实施。"


def test_a_list_in_its_own_paragraph_is_found_from_the_sentence_before_it() -> None:
    assert begins(f"工作思路如下。{ITEMS}", "工作思路如下。") == ["一是深化", "二是举办", "三是出台"]


def test_a_list_whose_first_item_stands_in_the_sentence_that_introduces_it_is_found() -> None:
    assert begins(f"可以概括为三项：{ITEMS}", "可以概括为三项：一是深化理念，凝聚共识。") == [
        "一是深化",
        "二是举办",
        "三是出台",
    ]


def test_a_list_goes_on_in_the_next_paragraphs() -> None:
    text = "亮点突出。一是深化理念，凝聚共识。\n二是举办活动，深入推进。\n三是出台措施，配套实施。"

    assert begins(text, "亮点突出。") == ["一是深化", "二是举办", "三是出台"]


def test_a_list_goes_on_in_paragraphs_that_open_with_a_heading_of_their_own() -> None:
    below = "提高企业的融通发展能力。企业是融通发展的主体，能力关系到全局。"
    document = clean(RawDocument("a", f"亮点突出。一是深化理念。\n二是{below}\n三是{below}", ""))
    assert document.paragraphs[1].heading

    assert begins(document.source, "亮点突出。") == ["一是深化", "二是提高", "三是提高"]


def test_where_the_counting_begins_anew_there_is_another_list() -> None:
    text = "先做两件事。一是深化理念，凝聚共识。二是举办活动，深入推进。\n" + ITEMS

    assert begins(text, "先做两件事。") == ["一是深化", "二是举办"]


@pytest.mark.parametrize("sentence", ["会议强调了重要性。", "二是举办活动，深入推进。"])
def test_a_sentence_that_introduces_no_list_has_none(sentence: str) -> None:
    assert begins(f"会议强调了重要性。工作思路如下。{ITEMS}", sentence) == []


def test_a_list_ends_with_its_section() -> None:
    first = "一、工作思路\n思路如下。\n一是深化理念，凝聚共识。\n二是举办活动，深入推进。"
    text = f"{first}\n二、保障措施\n三是出台措施，配套实施。"

    assert begins(text, "思路如下。", ordinal=2) == ["一是深化", "二是举办"]


@pytest.mark.parametrize(("between", "expected"), [(100, ["一是深化", "二是举办"]), (500, [])])
def test_a_list_ends_where_its_next_item_is_far_away(between: int, expected: list[str]) -> None:
    lines = "其他工作由各地各部门按照职责分工抓好落实，有关情况及时报送，并做好总结。\n\n" * between
    text = f"思路如下。一是深化理念，凝聚共识。\n\n{lines * 2}二是举办活动，深入推进。"

    assert begins(text, "思路如下。") == expected


@pytest.mark.parametrize("paragraphs", [1, 10_000])
def test_in_a_text_as_long_as_books_a_list_takes_no_longer_to_find(paragraphs: int) -> None:
    filler = "其他工作由各地各部门按照职责分工抓好落实。" * (500_000 // paragraphs)
    first = AlignedText.of(f"思路如下。{ITEMS}{filler}")
    others = AlignedText.of(filler)
    document = Document(
        "a",
        "",
        "",
        Metadata(),
        (),
        tuple(Paragraph("a", at, (), others if at > 1 else first) for at in range(1, paragraphs + 1)),
    )
    began = perf_counter()
    places = list_after(document, 1, (0, 5))

    assert perf_counter() - began < 0.5
    assert [at for _, at in places] == [match.start() for match in re.finditer("[一二三]是", first.text)]


def test_a_list_of_twelve_paragraphs_is_found_whole() -> None:
    items = "\n".join(f"{number}.支持园区建设平台。" for number in range(1, 13))

    assert begins(f"措施如下：\n{items}", "措施如下：") == [f"{number}.支持园区"[:4] for number in range(1, 13)]


def test_a_number_within_another_does_not_begin_the_list_anew() -> None:
    numerals = [*"一二三四五六七八九十", *(f"十{one}" for one in "一二三四五六七八九"), "二十", "二十一", "二十二"]
    items = "".join(f"{numeral}是统一是关键。" for numeral in numerals)

    assert len(begins(f"措施如下：{items}", "措施如下：")) == len(numerals)


def test_a_list_below_a_numbered_article_is_its_own() -> None:
    rights = "第九条 会员享有下列权利：\n（一）参加活动；\n（二）退会自由。"
    text = f"{rights}\n第十条 会员履行下列义务：\n（一）缴纳会费；\n（二）遵守章程。"

    assert begins(text, "第九条 会员享有下列权利：") == ["（一）参", "（二）退"]
    assert begins(text, "第十条 会员履行下列义务：", ordinal=4) == ["（一）缴", "（二）遵"]
