from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.clean.break_paragraphs import break_line, continues, glued_tail, is_title, joint, title_lines

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
    "text", ["关于开展“携手行动”的通知", "《促进发展规定》解读", "关于组织申报2022年度项目的通知（第二批）"]
)
def test_one_phrase_is_a_title(text: str) -> None:
    assert is_title(text)


@pytest.mark.parametrize(
    "text", ["", "通知", "一、总则", "党中央高度重视。", "各有关单位：", "是否补贴？有", "项目 | 金额", "长" * 81]
)
def test_a_sentence_a_salutation_a_heading_or_a_table_is_no_title(text: str) -> None:
    assert not is_title(text)


@pytest.mark.parametrize(
    ("lines", "count"),
    [
        (["国务院办公厅", "关于加强监管的意见", "各省人民政府："], 2),
        (["某省人民政府办公厅关于", "印发行动计划的通知", "各市人民政府："], 2),
        (["财政部", "税务总局", "关于延续优惠政策的公告"], 3),
        (["某市人民政府关于做好疫情防控", "帮助工业企业复工复产", "若干措施的通知"], 3),
        (["关于加强监管的意见", "各省人民政府："], 1),
        (["政策文件", "国务院办公厅关于加强监管的意见"], 1),
        (["国务院办公厅", "2022年5月16日"], 1),
        (["某市交通运输局", "通告"], 1),
        (["财政部关于某事的答复", "关于印发办法的通知"], 1),
        (["一、关于背景", "关于加强监管的意见"], 1),
        ([], 1),
    ],
)
def test_a_title_printed_in_several_lines_is_one(lines: list[str], count: int) -> None:
    assert title_lines(lines) == count


@pytest.mark.parametrize(
    "text", ["银发〔2020〕29号", "工信部联企业[2022]54号", "京政办发﹝2020﹞5号", "财税（2016）36号"]
)
def test_the_number_of_a_text_is_no_title(text: str) -> None:
    assert not is_title(text)


@pytest.mark.parametrize(
    ("above", "line", "between"),
    [
        ("第一章", "总则", " "),
        ("附件1", "申报表", " "),
        ("第一条", "为了规范管理，制定本办法。", " "),
        ("正文", "，接着写", ""),
        ("第一章", "第一条 为了规范管理。", None),
        ("第一章", "为了规范管理，制定本办法。", None),
        ("第一章 总则", "为了规范管理", None),
        ("一、", "二、任务", None),
        ("第一章", "打印本页", None),
        ("正文", "正文", None),
    ],
)
def test_a_number_that_stands_alone_is_joined_with_its_name(above: str, line: str, between: str | None) -> None:
    assert joint(above, line) == between


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("会议结束。责任编辑：王某", "会议结束。"),
        ("（记者 张某）责任编辑：李某", "（记者 张某）"),
        ("2020年2月20日责任编辑：陈某", "2020年2月20日"),
        ("责任编辑：陈某", "责任编辑：陈某"),
        ("会议结束。责任编辑：负责稿件的审核，对内容负责", "会议结束。责任编辑：负责稿件的审核，对内容负责"),
        ("设责任编辑：一名", "设责任编辑：一名"),
    ],
)
def test_an_editor_s_name_glued_to_a_text_is_told_from_it(line: str, text: str) -> None:
    assert line[: glued_tail(line)] == text


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
@example("第一章 第一条 第一章", False)
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


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        (
            "省政府召开会议部署春耕 2月4日，会议指出要抓好春耕。",
            ["省政府召开会议部署春耕", "2月4日，会议指出要抓好春耕。"],
        ),
        (
            "多部门发布支持政策 新华社北京2月4日电（记者 某某）",
            ["多部门发布支持政策", "新华社北京2月4日电（记者 某某）"],
        ),
        ("关于发展的通知 银发〔2020〕29号 各分行：", ["关于发展的通知", "银发〔2020〕29号", "各分行："]),
        (
            "多部门发布支持政策 来源：某报 时间： 2020-02-19 07:33 | 编辑：王某 某报讯",
            ["多部门发布支持政策", "来源：某报 时间： 2020-02-19 07:33 | 编辑：王某", "某报讯"],
        ),
        ("会议结束 【打印本页】 【关闭窗口】", ["会议结束", "【打印本页】 【关闭窗口】"]),
        (
            "以下简称《办法》 扫一扫在手机打开当前页 相关解读",
            ["以下简称《办法》", "扫一扫在手机打开当前页", "相关解读"],
        ),
    ],
)
def test_a_page_pasted_as_one_line_breaks_behind_its_headline_and_around_the_site_s_words(
    text: str, pieces: list[str]
) -> None:
    assert broken(text, first=True) == pieces


@pytest.mark.parametrize(
    "text",
    [
        "支持 AI 企业在 2025 年前上市，培育600家。",
        "一、符合 GB 19083 标准",
        "（一）根据《办法 通知》执行",
        "二、《暂行办法》（财政部 海关总署公告）所列物资",
        "国家税务总局某市税务局 各县税务局，局内各单位",
    ],
)
def test_a_blank_in_running_text_stays(text: str) -> None:
    assert broken(text, first=True) == [text]


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
