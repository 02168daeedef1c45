from __future__ import annotations

import json
from pathlib import Path
from time import process_time
from typing import TypedDict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.clean.document import LAYOUT, clean
from index.clean.drop_site_lines import drop_links, drop_notices, drop_site_lines
from index.clean.find_site_lines import Certainty, site_line
from index.records import RawDocument

TEXT = "本办法自发布之日起施行。"


class Page(TypedDict):
    """A page as a site shows it; a line that begins with "-" is the site's, one that begins with a blank the text's."""

    label: str
    lines: list[str]


PAGES: list[Page] = json.loads(Path(__file__).with_name("pages.json").read_text(encoding="utf-8"))


def dropped(page: Page) -> list[bool]:
    """For each line of a page whether cleaning removes it."""
    text = "\n".join(line[1:] for line in page["lines"])
    edits = [edit for edit in clean(RawDocument("page", text, "pages.json")).edits if edit.kind != LAYOUT]
    removed = {at for edit in edits for at in range(edit.start, edit.end)}
    found = []
    end = -1
    for line in page["lines"]:
        start, end = end + 1, end + len(line)
        found.append(all(at in removed or text[at].isspace() for at in range(start, end)))
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page["label"])
def test_no_line_of_the_text_of_a_page_is_dropped(page: Page) -> None:
    assert [line for line, gone in zip(page["lines"], dropped(page), strict=True) if gone and line[0] != "-"] == []


def test_nineteen_in_twenty_lines_of_the_sites_are_dropped() -> None:
    site = [gone for page in PAGES for line, gone in zip(page["lines"], dropped(page), strict=True) if line[0] == "-"]
    assert len(PAGES) >= 25
    assert len(site) >= 80
    assert sum(site) >= 0.95 * len(site)


@pytest.mark.parametrize(
    ("line", "kind", "certainty"),
    [
        ("当前位置：首页 > 政务公开 > 通知公告", "navigation", Certainty.ANYWHERE),
        ("您现在的位置：首页", "navigation", Certainty.ANYWHERE),
        ("首页 > 新闻中心 > 要闻", "navigation", Certainty.EDGE),
        ("首页 新闻中心 政务公开 办事服务", "navigation", Certainty.EDGE),
        ("联系我们", "navigation", Certainty.BESIDE),
        ("【打印本页】 【关闭窗口】", "tools", Certainty.ANYWHERE),
        ("字体：[大 中 小]", "tools", Certainty.ANYWHERE),
        ("分享到：微信 微博 QQ空间", "tools", Certainty.ANYWHERE),
        ("扫一扫在手机打开当前页", "tools", Certainty.ANYWHERE),
        ("无障碍浏览 | 长者模式", "tools", Certainty.ANYWHERE),
        ("登录 注册", "tools", Certainty.EDGE),
        ("打印", "tools", Certainty.BESIDE),
        ("微信", "tools", Certainty.BESIDE),
        ("来源：财政部 发布时间：2022-05-16 浏览：12次", "info", Certainty.ANYWHERE),
        ("责任编辑：王某", "info", Certainty.ANYWHERE),
        ("浏览次数：1024", "info", Certainty.ANYWHERE),
        ("发布时间：2025-04-18 来源：养老服务科 浏览次数：1,846 打印", "info", Certainty.ANYWHERE),
        ("来源：某某日报", "info", Certainty.EDGE),
        ("2022-05-16 09:30", "info", Certainty.EDGE),
        ("作者：王某", "info", Certainty.BESIDE),
        ("上一篇：关于开展检查的通知", "links", Certainty.ANYWHERE),
        ("下一条：没有了", "links", Certainty.ANYWHERE),
    ],
)
def test_a_line_of_a_site_is_told_by_its_words(line: str, kind: str, certainty: Certainty) -> None:
    assert site_line(line) == (kind, certainty)


@pytest.mark.parametrize(
    "line",
    [
        "",
        TEXT,
        "关于加强政务公开工作的通知",
        "首页→我要办→预约办税",
        "数据来源：市统计局",
        "资金来源：财政拨款",
        "时间：5月6日上午9:00 地点：会议室",
        "所在位置：某市人民路1号",
        "2022年5月16日，会议召开",
        "打印并加盖公章",
        "关闭自动售票机",
        "下一步工作打算",
        "下一阶段：抓好落实",
        "登录省电子税务局",
        "附件：1.申报表",
        "联系电话：010-68205301",
        "一、政务公开",
        "政务公开、办事服务等栏目",
        "微信扫码支付",
    ],
)
def test_words_of_a_text_are_no_line_of_a_site(line: str) -> None:
    assert site_line(line) is None


@pytest.mark.parametrize(
    "line",
    [
        "首页" + " - a" * 45 + "，",
        "首页" + " > a" * 45 + "，",
        "来源：a " * 38 + "！",
        "大中小" * 60 + "！",
        "浏览 1 次" * 30 + "！",
    ],
)
def test_no_line_can_be_parted_in_more_ways_than_can_be_tried(line: str) -> None:
    start = process_time()
    assert site_line(line) is None
    assert process_time() - start < 1


def test_what_could_be_text_is_dropped_at_the_edges_only() -> None:
    assert drop_site_lines(["首页 > 要闻", TEXT, "来源：统计局", TEXT, "来源：某报"]) == {0: "navigation", 4: "info"}
    assert drop_site_lines([TEXT, "责任编辑：王某", TEXT]) == {1: "info"}


def test_a_word_that_may_be_text_is_dropped_beside_other_lines_of_the_site_only() -> None:
    assert drop_site_lines([TEXT, "微信"]) == {}
    assert drop_site_lines([TEXT, "微信", "分享到"]) == {1: "tools", 2: "tools"}
    assert drop_site_lines(["首页", "政务公开", "联系我们", TEXT]) == dict.fromkeys(range(3), "navigation")
    assert drop_site_lines(["政务公开", "联系我们", TEXT]) == {}


@pytest.mark.parametrize(
    "line",
    [
        "版权声明：",
        "免责声明：本文来源于网络，如有侵权请联系本站删除。",
        "凡本网注明“来源：某报”的作品，未经授权不得转载。",
        "本网转载的稿件不代表本网观点，如涉及版权请来函。",
        "更多信息请关注“某某发布”微信公众号",
        "长按识别二维码关注我们",
        "点击阅读原文",
        "详细阅读 >>",
        "本网站使用Cookie，继续浏览即表示您同意。",
    ],
)
def test_a_notice_of_the_site_is_dropped_below_the_text(line: str) -> None:
    assert drop_notices([TEXT, line]) == {1: "notice"}
    assert drop_notices([TEXT, "附件：登记表", line, "打印"]) == {2: "notice"}
    assert drop_notices([line]) == {}


@pytest.mark.parametrize(
    "line",
    [
        "各网站应当发布版权声明。",
        "一、转载本网站信息的，应当注明来源。",
        "第五条 凡转载作品，应当注明来源，不得侵犯著作权。",
        "扫描二维码捐款：",
        "请关注“某税务”微信公众号，按下列步骤预约：",
        "声明作废",
        "关注民生",
        "下载申报表并打印",
    ],
)
def test_a_sentence_of_the_text_is_no_notice(line: str) -> None:
    assert drop_notices([TEXT, line]) == {}


def test_a_notice_above_other_sentences_stays_with_them() -> None:
    assert drop_notices([TEXT, "版权声明：", TEXT]) == {}


def test_links_to_other_texts_are_dropped_to_the_end() -> None:
    assert drop_links([TEXT, "相关链接", "关于甲的解读", "关于乙的通知"]) == dict.fromkeys(range(1, 4), "links")
    assert drop_links([TEXT, "相关解读：", "甲", "延伸阅读", "乙"]) == dict.fromkeys(range(1, 5), "links")
    assert drop_links([TEXT, "相关稿件 甲的通知 乙的通知"]) == {1: "links"}


@pytest.mark.parametrize(
    "lines",
    [
        ["相关链接", TEXT],
        ["相关链接", "附件：申报表"],
        ["相关链接", "1.甲的通知"],
        ["相关链接", "某市人民政府", "2022年5月16日"],
        ["相关链接：关于扫码行动的通告（附件）.doc"],
        ["相关链接：http://example.com/"],
        ["相关政策"],
        ["相关单位要抓好落实"],
    ],
)
def test_what_stands_below_such_a_heading_and_is_text_stays(lines: list[str]) -> None:
    assert drop_links([TEXT, *lines]) == {}


@given(
    st.lists(
        st.sampled_from(
            [TEXT, "首页", "打印", "来源：某报", "分享到", "相关链接", "甲", "版权声明：", "上一篇：甲", "一、总则"]
        ),
        max_size=12,
    )
)
@settings(max_examples=300, deadline=None)
def test_a_sentence_or_a_numbered_line_is_never_dropped(lines: list[str]) -> None:
    for rule in (drop_notices, drop_site_lines, drop_links):
        assert not {at for at, line in enumerate(lines) if line in {TEXT, "一、总则"}} & set(rule(lines))
