from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.clean.align import AlignedText, Change
from index.clean.document import clean
from index.clean.find_headings import heading_paths
from index.records import Document, Metadata, Paragraph, Passage, RawDocument
from index.split import SentenceWindows, begins_item, list_items, sentences
from tests.conftest import CORPUS

CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
TO_TWELVE = [*"一二三四五六七八九十", "十一", "十二"]
LIMIT = 300
PIECES = st.one_of(
    st.sampled_from(["。", "；", "！”", "……", "，", "、", "：", ",", ";", " ", "”", "）", "?", "1.5", "𠀀"]),
    st.sampled_from(
        ["一是", "二是", "三是", "（一）", "（二）", "（三）", "1.", "2.", "3.", "①", "②", "第一，", "第二，"]
    ),
    st.sampled_from(["字" * length for length in (1, 7, 40, 120, 290, 300, 301, 350, 460, 700)]),
)
TEXTS = st.lists(PIECES, min_size=1, max_size=14).map("".join).filter(str.strip)
HEADINGS = st.sampled_from(["一、总则", "（一）目标", "二、任务", "关于促进发展的通知"])


def document(*texts: str, title: str | None = None) -> Document:
    paths = heading_paths(texts)
    return Document(
        id="d",
        source="",
        digest="",
        metadata=Metadata(title=title),
        edits=(),
        paragraphs=tuple(
            Paragraph("d", ordinal, path, AlignedText.of(text))
            for ordinal, (path, text) in enumerate(zip(paths, texts, strict=True), 1)
        ),
    )


def test_a_row_of_a_table_is_found_by_the_names_of_its_columns() -> None:
    rows = ["乡镇 | 早稻（亩）", "东渡镇 | 8800", "白沙镇 | 4500"]
    passages = split("附件2", *rows, title="关于农业保险的通知")
    assert [passage.context for passage in passages] == [
        "关于农业保险的通知 > 附件2",
        *["关于农业保险的通知 > 附件2 > 乡镇 | 早稻（亩）"] * 2,
    ]


def test_a_row_is_one_sentence_and_text_with_a_bar_is_not() -> None:
    row = "培育 | 支持联合体；开放资源；推动协作 | 50"
    assert sentences(row) == [(0, len(row))]
    assert len(sentences("来源：日报 | 编辑：某。记者获悉。")) == 2


def split(*texts: str, title: str | None = None, limit: int = LIMIT) -> list[Passage]:
    return SentenceWindows(limit).split(document(*texts, title=title))


@given(st.lists(st.one_of(TEXTS, HEADINGS), max_size=5), st.sampled_from([None, "关于促进发展的通知"]))
@settings(max_examples=200, deadline=None)
def test_a_passage_is_exactly_its_slice_of_its_paragraph(texts: list[str], title: str | None) -> None:
    for passage in split(*texts, title=title):
        assert passage.text == texts[passage.paragraph - 1][passage.start : passage.end] != ""
        assert passage.paragraph_id == f"d:{passage.paragraph}"


@given(st.lists(st.one_of(TEXTS, HEADINGS), max_size=5), st.sampled_from([None, "关于促进发展的通知"]))
@settings(max_examples=200, deadline=None)
def test_the_passages_of_a_paragraph_follow_each_other_and_are_all_of_it(texts: list[str], title: str | None) -> None:
    passages = split(*texts, title=title)
    assert [passage.paragraph for passage in passages] == sorted(passage.paragraph for passage in passages)
    paths = [*heading_paths(texts), ()]
    for at, text in enumerate(texts):
        bounds = [(passage.start, passage.end) for passage in passages if passage.paragraph == at + 1]
        has_text_below = at + 1 < len(texts) and (text in paths[at + 1] or text == title)
        if has_text_below:
            assert bounds == []
        else:
            assert bounds[0][0] == 0
            assert bounds[-1][1] == len(text)
            assert all(before[1] == after[0] for before, after in pairwise(bounds))


@given(
    st.lists(st.one_of(PIECES, st.integers(min_value=2, max_value=400)), min_size=1, max_size=10),
    st.integers(min_value=1, max_value=50),
)
@settings(max_examples=300, deadline=None)
def test_no_passage_begins_or_ends_inside_what_one_edit_put_in(parts: list[str | int], limit: int) -> None:
    source = ["\ufffd" if isinstance(part, int) else part for part in parts]
    at, changes = 0, []
    for part, piece in zip(parts, source, strict=True):
        if isinstance(part, int):
            changes.append(Change(at, at + 1, "repair", ("小巨人。一是，" * part)[:part]))
        at += len(piece)
    content = AlignedText.of("".join(source)).apply(changes)
    repaired = Document("d", "", "", Metadata(), (), (Paragraph("d", 1, (), content),))
    spans = [(passage.start, passage.end) for passage in SentenceWindows(limit).split(repaired)]
    assert [piece.text for piece in content.slices(spans)] == [content.text[start:end] for start, end in spans]
    assert [0, *(end for _, end in spans)] == [*(start for start, _ in spans), len(content.text)]


def test_a_cut_is_moved_to_where_a_replacement_begins_or_else_to_where_it_ends() -> None:
    content = AlignedText.of("甲甲甲?乙").apply([Change(3, 4, "repair", "专精特新")])
    repaired = Document("d", "", "", Metadata(), (), (Paragraph("d", 1, (), content),))
    assert [passage.text for passage in SentenceWindows(5).split(repaired)] == ["甲甲甲", "专精特新乙"]
    assert [passage.text for passage in SentenceWindows(2).split(repaired)] == ["甲甲", "甲", "专精特新", "乙"]


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_a_passage_is_no_longer_than_the_limit_unless_it_is_a_paragraph_half_as_long_again(text: str) -> None:
    for passage in split(text):
        assert len(passage.text) <= LIMIT or (passage.text == text and len(text) <= LIMIT * 3 // 2)


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_an_item_of_a_list_is_cut_only_if_it_is_longer_than_the_limit(text: str) -> None:
    cuts = {passage.start for passage in split(text)}
    for start, end in list_items(text):
        if end - start <= LIMIT:
            assert not cuts & set(range(start + 1, end))


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_a_sentence_is_cut_only_if_it_is_longer_than_the_limit(text: str) -> None:
    if list_items(text):
        return
    cuts = {passage.start for passage in split(text)}
    for start, end in sentences(text):
        if end - start <= LIMIT:
            assert not cuts & set(range(start + 1, end))


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_neighbouring_passages_without_a_list_would_not_fit_into_one(text: str) -> None:
    if list_items(text) or max(end - start for start, end in sentences(text)) > LIMIT:
        return
    spans = sentences(text)
    for before, after in pairwise(split(text)):
        (next_sentence,) = (span for span in spans if span[0] == after.start)
        assert next_sentence[1] - before.start > LIMIT


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_sentences_are_all_of_the_text_in_order(text: str) -> None:
    assert "".join(text[start:end] for start, end in sentences(text)) == text
    assert all(start < end for start, end in sentences(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("没有句号", ["没有句号"]),
        ("第一句。第二句！第三句？", ["第一句。", "第二句！", "第三句？"]),
        ("分号前；分号后。", ["分号前；", "分号后。"]),
        ("他说：“好。”大家同意。", ["他说：“好。”", "大家同意。"]),
        ("真的吗？！是的……好。", ["真的吗？！", "是的……", "好。"]),
        ("一句。  又一句。 ", ["一句。  ", "又一句。 "]),
        ("增长1.5倍，达到3.2亿元。", ["增长1.5倍，达到3.2亿元。"]),
        ("(见附件。)下一句。", ["(见附件。)", "下一句。"]),
    ],
)
def test_a_sentence_ends_with_its_marks_and_what_closes_around_them(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in sentences(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("工作如下：一是甲。二是乙。三是丙。", ["一是甲。", "二是乙。", "三是丙。"]),
        ("要求：（一）甲；（二）乙。", ["（一）甲；", "（二）乙。"]),
        ("一要甲，二要乙。", ["一要甲，", "二要乙。"]),
        ("第一，甲。第二，乙。", ["第一，甲。", "第二，乙。"]),
        ("要求：1.甲；2.乙；3.增长1.5倍。", ["1.甲；", "2.乙；", "3.增长1.5倍。"]),
        ("要求：①甲；②乙。", ["①甲；", "②乙。"]),
        ("要求：（1）甲；（2）乙。", ["（1）甲；", "（2）乙。"]),
        ("要求：(a) 甲；(b) 乙。", ["(a) 甲；", "(b) 乙。"]),
        (f"要求：{''.join(f'{n}.甲；' for n in range(1, 22))}", [f"{n}.甲；" for n in range(1, 22)]),
        (f"要求：{''.join(f'（{n}）甲；' for n in TO_TWELVE)}", [f"（{n}）甲；" for n in TO_TWELVE]),
        (
            f"要求：{''.join(f'{chr(n)}甲；' for n in range(0x2460, 0x2474))}",
            [f"{chr(n)}甲；" for n in range(0x2460, 0x2474)],
        ),
    ],
)
def test_a_list_is_found_by_numbers_that_count_up_from_one(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in list_items(text)] == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "没有列举的一段。",
        "一是甲，没有下文。",
        "二是乙。三是丙。",
        "一是甲。三是丙。",
        "唯一是甲，不二是乙。",
        "增长1.5倍。达到2.5亿元。",
        "见《通知》（一）和（二）。",
        "一是甲。（二）乙。",
    ],
)
def test_numbers_that_do_not_count_up_behind_a_clause_are_no_list(text: str) -> None:
    assert list_items(text) == []


def test_a_list_that_fits_one_and_a_half_times_the_limit_is_one_passage() -> None:
    text = "工作如下：一是" + "甲" * 200 + "。二是" + "乙" * 200 + "。"
    assert [passage.text for passage in split(text)] == [text]


def test_a_longer_list_is_cut_between_its_items_which_keep_the_words_that_introduce_it() -> None:
    items = [f"{number}是" + "甲" * 200 + "。" for number in "一二三"]
    passages = split("总则", "为了发展。工作如下：" + "".join(items), title="通知")
    assert [passage.text for passage in passages[1:]] == ["为了发展。工作如下：" + items[0], *items[1:]]
    assert [passage.context for passage in passages[1:]] == ["通知", *["通知 > 工作如下："] * 2]


def test_the_words_that_introduce_a_list_are_no_longer_than_80_characters() -> None:
    items = [f"{number}是" + "甲" * 200 + "。" for number in "一二三"]
    (_, last) = split("长" * 100 + "：" + "".join(items), title="通知")[-2:]
    assert last.context == "通知 > " + "长" * 79 + "："


def test_a_sentence_over_the_limit_is_cut_after_a_clause_and_at_last_at_the_limit() -> None:
    text = "甲" * 200 + "，" + "乙" * 200 + "，" + "丙" * 700 + "。"
    assert [passage.text for passage in split(text)] == [
        "甲" * 200 + "，",
        "乙" * 200 + "，",
        "丙" * 300,
        "丙" * 300,
        "丙" * 100 + "。",
    ]


def test_a_heading_with_text_below_it_is_context_and_no_passage() -> None:
    passages = split("一、总则", "（一）目标", "发展经济。", "二、任务", "支持企业。", title="通知")
    assert [(passage.text, passage.context) for passage in passages] == [
        ("发展经济。", "通知 > 一、总则 > （一）目标"),
        ("支持企业。", "通知 > 二、任务"),
    ]


def test_a_heading_run_into_its_paragraph_is_context_of_all_passages_that_do_not_show_it() -> None:
    text = "（一）加强领导。" + "各地要重视。" * 60
    passages = split("一、任务", text, "建立机制。", title="通知")
    assert "".join(passage.text for passage in passages) == text + "建立机制。"
    assert len(passages) == 3
    assert passages[0].context == "通知 > 一、任务"
    assert {passage.context for passage in passages[1:]} == {"通知 > 一、任务 > （一）加强领导"}


def test_a_heading_without_text_below_it_is_a_passage() -> None:
    passages = split("一、总则", "二、任务", "支持企业。", "三、附则", title="通知")
    assert [passage.text for passage in passages] == ["一、总则", "支持企业。", "三、附则"]


def test_the_title_is_context_and_no_passage_unless_it_is_all_there_is() -> None:
    passages = split("关于促进发展的通知", "支持企业。", title="关于促进发展的通知")
    assert [(passage.text, passage.context) for passage in passages] == [("支持企业。", "关于促进发展的通知")]
    assert [passage.text for passage in split("关于促进发展的通知", title="关于促进发展的通知")] == [
        "关于促进发展的通知"
    ]


def test_a_document_without_a_title_is_named_by_its_opening_words() -> None:
    passages = split("甲" * 100 + "。", "支持企业。")
    assert [passage.context for passage in passages] == ["甲" * 60] * 2


def test_context_is_indexed_in_front_of_the_text_and_never_quoted() -> None:
    passage = split("支持企业。", title="通知")[0]
    assert passage.indexed_text == "通知\n支持企业。"
    assert passage.text == "支持企业。"
    assert Passage("d", 1, 0, 1, "文", "").indexed_text == "文"


def test_a_document_without_paragraphs_has_no_passages() -> None:
    assert split() == []
    assert split(title="通知") == []


def test_two_ways_of_cutting_have_two_signatures() -> None:
    assert SentenceWindows(200).signature != SentenceWindows(300).signature
    assert SentenceWindows().signature == SentenceWindows(300).signature


def test_the_seven_chains_of_the_corpus_are_found_by_the_list_s_name() -> None:
    (file,) = CORPUS.glob("000_*.txt")
    passages = SentenceWindows().split(clean(RawDocument("000", file.read_text(encoding="utf-8"), "t")))
    chains = [passage for passage in passages if passage.paragraph == 10]
    assert len(chains) > 2
    assert all(passage.text.startswith(tuple(f"{number}是" for number in "一二三四五六七")) for passage in chains[1:])
    assert all("推动大中小企业融通创新" in passage.context for passage in chains[1:])
    assert all("三、关于《携手行动》的主要内容" in passage.context for passage in chains)


def test_what_is_left_of_an_item_over_the_limit_is_not_put_to_the_next() -> None:
    text = f"如下：一是{'甲' * 199}。{'甲' * 199}。二是{'乙' * 99}。"
    cut = [passage.text for passage in split(text)]
    assert not [passage for passage in cut if "甲" in passage and "乙" in passage]


def test_a_traditional_title_is_context_in_the_script_of_the_questions() -> None:
    (passage,) = split("正文支持园区。", title="產業創新發展條例")
    assert passage.context == "产业创新发展条例"


@pytest.mark.parametrize(
    ("text", "begins"), [("二是甲。", True), ("（十一）甲。", True), ("2.甲", True), ("二者是甲。", False), ("", False)]
)
def test_an_item_begins_with_its_number(text: str, begins: bool) -> None:
    assert begins_item(text) == begins
