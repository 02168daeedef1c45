from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.clean.break_paragraphs import break_line, continues, heading_level, heading_paths, is_title

LINES = st.lists(
    st.sampled_from(
        [
            "一、总则",
            "（一）目标",
            "第一章",
            "第一条",
            "通知",
            "国务院办公厅",
            "关于发展。",
            "，",
            "：",
            "1.",
            " ",
            "  ",
            "\t",
        ]
    ),
    max_size=12,
).map(lambda pieces: "".join(pieces).strip())


def broken(text: str, *, first: bool = False) -> list[str]:
    return [text[start:end] for start, end in break_line(text, 0, len(text), first=first)]


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("第一编 总则", 0),
        ("第二部分：重点任务", 0),
        ("第一章 总则", 1),
        ("第12章 附则", 1),
        ("第三节 监督", 2),
        ("一、关于《携手行动》的背景意义", 3),
        ("十二、组织实施", 3),
        ("（一）总体目标", 4),
        ("(二)基本原则", 4),
        ("1.发展目标", 5),
        ("2、发展目标", 5),
        ("12．发展目标", 5),
        ("（1）发展目标", 6),
        ("(12)发展目标", 6),
    ],
)
def test_a_short_numbered_line_is_a_heading_of_its_depth(text: str, level: int) -> None:
    assert heading_level(text) == level


@pytest.mark.parametrize(
    "text",
    [
        "总则",
        "一、落实各项政策。",
        "（一）有固定的场所；",
        "1.5万元",
        "第一条 为了规范管理",
        "一是深化一个理念",
        "2022年工作要点",
        "一、" + "长" * 39,
        "",
    ],
)
def test_another_line_is_no_heading(text: str) -> None:
    assert heading_level(text) is None


@pytest.mark.parametrize(
    "text", ["关于开展“携手行动”的通知", "《促进发展规定》解读", "关于组织申报2022年度项目的通知（第二批）"]
)
def test_one_phrase_is_a_title(text: str) -> None:
    assert is_title(text)


@pytest.mark.parametrize(
    "text", ["", "通知", "一、总则", "党中央高度重视。", "各有关单位：", "是否补贴？有", "项目 | 金额", "长" * 81]
)
def test_a_sentence_a_salutation_a_heading_or_a_table_is_no_title(text: str) -> None:
    assert not is_title(text)


@pytest.mark.parametrize("line", ["，促进发展", ",促进发展", "。", "）的通知", "》提出", "”行动", "、财政部"])
def test_a_line_that_begins_with_a_closing_mark_goes_on_from_the_line_before(line: str) -> None:
    assert continues(line)


@pytest.mark.parametrize("line", ["促进发展", "（一）目标", "“携手行动”", "《规定》", "(jì)", "1.", ""])
def test_another_line_begins_anew(line: str) -> None:
    assert not continues(line)


@given(LINES, st.booleans())
@settings(max_examples=200, deadline=None)
def test_breaking_a_line_takes_nothing_but_blanks_from_it(text: str, first: bool) -> None:
    spans = break_line(text, 0, len(text), first=first)
    assert spans[0][0] == 0
    assert spans[-1][1] == len(text)
    for (_, end), (start, _) in pairwise(spans):
        assert end < start
        assert text[end:start].isspace()


@given(LINES, st.booleans())
@settings(max_examples=200, deadline=None)
def test_a_line_broken_off_is_not_broken_again(text: str, first: bool) -> None:
    pieces = broken(text, first=first)
    again = [piece for at, line in enumerate(pieces) for piece in broken(line, first=first and at == 0)]
    assert again == pieces


@given(st.text("甲 。", max_size=4), LINES)
@settings(max_examples=100, deadline=None)
def test_only_the_stretch_that_is_asked_for_is_broken(before: str, text: str) -> None:
    within = before + text + before
    moved = [
        (start - len(before), end - len(before))
        for start, end in break_line(within, len(before), len(before + text), first=False)
    ]
    assert moved == break_line(text, 0, len(text), first=False)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("第一句。 第二句。", ["第一句。", "第二句。"]),
        ("各有关单位： 现通知如下。", ["各有关单位：", "现通知如下。"]),
        ("工作目标 二、重点任务 支持企业。", ["工作目标", "二、重点任务", "支持企业。"]),
        ("第一章 总则 第一条 为了发展。", ["第一章 总则", "第一条 为了发展。"]),
        ("他说：“好。” 会议结束。", ["他说：“好。”", "会议结束。"]),
    ],
)
def test_a_blank_breaks_after_a_clause_and_around_a_number(text: str, pieces: list[str]) -> None:
    assert broken(text) == pieces


def test_a_blank_behind_the_title_breaks_only_the_first_line() -> None:
    text = "关于促进发展的通知 各省工业和信息化厅"
    assert broken(text, first=True) == ["关于促进发展的通知", "各省工业和信息化厅"]
    assert broken(text, first=False) == [text]


@pytest.mark.parametrize(
    "text",
    [
        "国务院办公厅 关于加强工作的意见",
        "创新(2022-2025年) 的通知",
        "人工智能 AI 应用",
        "支持 50 个 项目",
        "工业和信息化部 财政部 商务部",
    ],
)
def test_a_blank_between_words_stays(text: str) -> None:
    assert broken(text, first=True) == [text]


@pytest.mark.parametrize(
    "text", ["第一章 总则", "第二节 监督检查", "1. 支持企业发展", "（一） 总体目标", "(1) 目标", "一、 总则"]
)
def test_a_number_stays_with_the_words_it_numbers(text: str) -> None:
    assert broken(text) == [text]


def test_paragraphs_stand_under_the_headings_above_them() -> None:
    paths = heading_paths(["序", "一、甲", "（一）乙", "文。", "（二）丙", "文。", "二、丁", "文。", "1.戊"])
    assert paths == [
        (),
        (),
        ("一、甲",),
        ("一、甲", "（一）乙"),
        ("一、甲",),
        ("一、甲", "（二）丙"),
        (),
        ("二、丁",),
        ("二、丁",),
    ]


@given(
    st.lists(st.sampled_from(["第一章", "一、甲", "（一）乙", "1.丙", "（1）丁", "正文。", "第一条 规则"]), max_size=15)
)
@settings(max_examples=200, deadline=None)
def test_a_path_holds_the_last_heading_of_each_level_that_is_still_open(paragraphs: list[str]) -> None:
    for at, path in enumerate(heading_paths(paragraphs)):
        limit = heading_level(paragraphs[at])
        expected: list[str] = []
        for above in reversed(paragraphs[:at]):
            level = heading_level(above)
            if level is not None and (limit is None or level < limit):
                expected.insert(0, above)
                limit = level
        assert list(path) == expected
