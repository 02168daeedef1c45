from __future__ import annotations

import re
import time
from datetime import date
from pathlib import Path

import pytest
from lxml import html

from index.clean.document import clean
from index.errors import UnreadableSource
from index.read import READERS
from index.read.html import read_html
from index.read.html_lines import html_lines
from index.records import RawDocument

SENTENCE = "为贯彻落实党中央、国务院关于促进中小企业健康发展的决策部署，进一步推动大中小企业融通发展，制定本行动计划。"
OTHER = "各地要建立健全工作机制，加大财政投入，支持不少于50个实体园区打造特色载体，并于每年年底前报送工作总结。"
NAVIGATION = (
    '<div class="nav"><ul><li><a href="/">首页</a></li><li><a href="/zw">政务公开</a></li>'
    '<li><a href="/fw">办事服务</a></li><li><a href="/hd">互动交流</a></li></ul></div>'
    '<div class="position">您的位置：<a href="/">首页</a> &gt; <a href="/zw">政务公开</a></div>'
)
SIDEBAR = (
    '<div class="left"><ul><li><a href="/a">领导信息栏目</a></li><li><a href="/b">机构职能介绍</a></li></ul></div>'
)
FOOTER = (
    '<div class="footer"><p>主办：某某市人民政府办公室 承办：某某市大数据局</p>'
    "<p>版权所有 网站标识码：3700000000 鲁ICP备05000000号</p></div>"
)
RELATED = (
    '<div class="xg"><h3>相关文档</h3><ul>'
    '<li><a href="1">图解：促进工业经济</a></li><li><a href="2">一图看懂新政策</a></li></ul></div>'
)
TABLE = (
    "<table class=xxgk><tr><td>索引号：</td><td>000014672/2022-00012</td><td>主题分类：</td><td>综合政务</td></tr>"
    "<tr><td>发布机构：</td><td>某某市人民政府办公室</td><td>成文日期：</td><td>2022年2月16日</td></tr>"
    "<tr><td>标题：</td><td colspan=3>关于促进发展的通知</td></tr>"
    "<tr><td>发文字号：</td><td>某政办发〔2022〕5号</td><td>发布日期：</td><td>2022年2月18日</td></tr></table>"
)


def page(body: str, head: str = "") -> str:
    return f"<!DOCTYPE html><html><head><meta charset=utf-8>{head}</head><body>{body}</body></html>"


def read(markup: str | bytes, name: str = "a.html") -> RawDocument:
    (document,) = read_html(Path(name), markup.encode() if isinstance(markup, str) else markup)
    assert isinstance(document, RawDocument)
    return document


# Bodies of several kinds, and the lines of the text they hold.
KINDS = {
    "paragraphs in TRS_Editor": (
        f"<div id=zoom class=TRS_Editor><style>p{{margin:0}}</style><p>　　{SENTENCE}</p><p>一、总体要求</p>"
        f"<p>{OTHER}</p><p align=right>某某市人民政府</p><p align=right>2022年5月1日</p></div>",
        [SENTENCE, "一、总体要求", OTHER, "某某市人民政府", "2022年5月1日"],
    ),
    "breaks instead of paragraphs": (
        f"<div class=main><div id=zoom>　　{SENTENCE}<br><br>　　一、总体要求<br/>　　{OTHER}<br>"
        "2022年5月1日</div></div>",
        [SENTENCE, "一、总体要求", OTHER, "2022年5月1日"],
    ),
    "words in pieces": (
        f"<div class=article><div><span>{SENTENCE[:20]}</span><span lang=EN>{SENTENCE[20:]}</span></div>"
        f"<div><span>一、</span><b>目标</b></div><div>{OTHER[:9]}<font>{OTHER[9:]}</font></div></div>",
        [SENTENCE, "一、目标", OTHER],
    ),
    "a paragraph three times": (
        f"<div id=zoom><p>{SENTENCE}</p><p>{OTHER}</p><p>{SENTENCE}</p><p>{SENTENCE}</p><p>甲。</p></div>",
        [SENTENCE, OTHER, SENTENCE, SENTENCE, "甲。"],
    ),
    "a table that is the layout": (
        f"<table><tr><td width=9></td><td><table><tr><td><b>关于促进发展的通知</b></td></tr>"
        f"<tr><td><p>{SENTENCE}</p>"
        f"<p>一、要求</p><p>{OTHER}</p><table><tr><th>序号</th><th>项目</th></tr>"
        "<tr><td>1</td><td>设备<br>更新</td></tr></table><p>联系电话：010-12345678</p></td></tr></table></td></tr></table>",
        ["关于促进发展的通知", SENTENCE, "一、要求", OTHER, "序号 | 项目", "1 | 设备 更新", "联系电话：010-12345678"],
    ),
    "lists": (
        f"<div id=zoom><p>{SENTENCE}</p><ol start=3><li>第一项。</li>"
        "<li><p>第二项。</p><ul><li>子项。</li></ul></li></ol>"
        f"<p>{OTHER}</p><dl><dt>问：何时申报？</dt><dd>答：五月。</dd></dl></div>",
        [SENTENCE, "3. 第一项。", "4.", "第二项。", "子项。", OTHER, "问：何时申报？", "答：五月。"],
    ),
    "files attached": (
        f"<div id=zoom><p>{SENTENCE}</p><p>{OTHER}</p><p>附件：<a href=1>1.申报表.doc</a></p>"
        "<p><a href=2>2.汇总表.doc</a></p></div>",
        [SENTENCE, OTHER, "附件：1.申报表.doc", "2.汇总表.doc"],
    ),
    "preformatted": (
        f"<pre>{SENTENCE}\n\n  一、目标\n  {OTHER}</pre>",
        [SENTENCE, "一、目标", OTHER],
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_main_text_is_read_whole_and_nothing_of_the_site(kind: str) -> None:
    body, lines = KINDS[kind]
    document = read(page(f"{NAVIGATION}<div>{SIDEBAR}<div class=content>{body}{RELATED}</div></div>{FOOTER}"))
    assert document.text.split("\n") == lines


@pytest.mark.parametrize("kind", KINDS)
def test_no_line_of_the_text_is_lost_without_a_site_around_it(kind: str) -> None:
    body, lines = KINDS[kind]
    assert read(page(body)).text.split("\n") == lines


@pytest.mark.parametrize("between", ["", SIDEBAR], ids=["beside the text", "apart"])
def test_a_table_above_the_text_becomes_metadata(between: str) -> None:
    head = '<meta name="ArticleTitle" content="关于促进发展的&lt;br&gt;通知">'
    head += '<meta name="PubDate" content="2022-02-18 17:30">'
    text = f"<div id=zoom><p>{SENTENCE}</p><p>{OTHER}</p></div>"
    document = clean(read(page(f"{NAVIGATION}<div>{TABLE}</div>{between}<div>{text}</div>{FOOTER}", head)))
    metadata = document.metadata
    assert metadata.title == "关于促进发展的通知"
    assert (metadata.issuer, metadata.number) == ("某某市人民政府办公室", "某政办发〔2022〕5号")
    assert metadata.issued_on == date(2022, 2, 16)
    assert [paragraph.text for paragraph in document.paragraphs] == [SENTENCE, OTHER]


@pytest.mark.parametrize("tag", ["div", "span"])
def test_the_day_in_a_line_between_title_and_text_is_read(tag: str) -> None:
    line = f"<{tag}>发布时间：2024-05-09 来源：某某市住房局 字号：大 中 小</{tag}>"
    text = f"<div class=content><p>{SENTENCE}</p><p>近日（2023年1月2日）有消息。</p>{f'<p>{OTHER}</p>' * 9}</div>"
    document = clean(read(page(f"{NAVIGATION}<h1>关于促进发展的通知</h1>{line}{text}{FOOTER}")))
    assert document.metadata.published_on == document.metadata.issued_on == date(2024, 5, 9)
    assert not any("字号" in paragraph.text for paragraph in document.paragraphs)


def test_the_day_nearest_to_the_text_is_its_own() -> None:
    aside = "<div>发布时间：2020-01-01 来源：某局</div>"
    line = "<div>发布时间：2024-05-09 来源：某某市住房局</div>"
    text = f"<div class=content><p>首页</p><p>{SENTENCE}</p>{f'<p>{OTHER}</p>' * 9}</div>"
    body = f"<div><a href=/>首页</a></div>{aside}<h1>关于促进发展的通知</h1>{line}{text}{FOOTER}"
    assert clean(read(page(body))).metadata.published_on == date(2024, 5, 9)
    assert clean(read(page(body.replace(line, "")))).metadata.published_on is None
    taiwanese = body.replace("发布时间：2024-05-09", "發布日期：中華民國113年5月9日")
    assert clean(read(page(taiwanese))).metadata.published_on == date(2024, 5, 9)


def test_a_table_in_the_text_stays_where_it_is() -> None:
    table = "<table><tr><td>名称</td><td>金额</td></tr><tr><td>甲</td><td>5</td></tr></table>"
    document = read(page(f"<div id=zoom><p>{SENTENCE}</p>{table}<p>{OTHER}</p></div>"))
    assert document.text.split("\n") == [SENTENCE, "名称 | 金额", "甲 | 5", OTHER]


def test_the_head_of_a_government_page_is_metadata() -> None:
    head = (
        '<meta name="ArticleTitle" content=" 关于促进发展的通知 "><META NAME="PubDate" CONTENT="2022-02-18 17:30:00">'
        '<meta name="ContentSource" content="国家发展改革委网站"><link rel="canonical" href="https://www.example.gov.cn/a.html">'
        "<title>某页_某某市人民政府</title>"
    )
    metadata = read(page(f"<p>{SENTENCE}</p>", head)).metadata
    assert metadata.title == "关于促进发展的通知"
    assert (metadata.issued_on, metadata.published_on) == (None, date(2022, 2, 18))
    assert metadata.url == "https://www.example.gov.cn/a.html"
    assert metadata.extra == {"source": "国家发展改革委网站"}


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>关于促进发展的通知_某某市人民政府</title>", "", "关于促进发展的通知"),
        ("<title>政策文件 - 关于促进发展的通知</title>", "<h2>关于促进发展的通知</h2>", "关于促进发展的通知"),
        ("<title>某某市</title>", "<h1>关于<br>发展的通知</h1>", "关于 发展的通知"),
        ('<meta property="og:title" content="通知"><title>某某市</title>', "<h1>另一个</h1>", "通知"),
        ("", "", None),
        ("<title> </title>", "<h1></h1>", None),
    ],
)
def test_the_title_is_the_text_s_and_not_the_site_s(head: str, body: str, title: str | None) -> None:
    assert read(page(f"{body}<p>{SENTENCE}</p>", head)).metadata.title == title


@pytest.mark.parametrize("address", ["javascript:alert(1)", "/a.html", "ftp://a.b/c", "http://", "https://[", ""])
def test_an_address_that_is_none_is_not_taken(address: str) -> None:
    assert read(page("<p>文。</p>", f'<link rel=canonical href="{address}">')).metadata.url is None
    head = f'<link rel=canonical href="{address}"><meta property="og:url" content="http://a.cn/1">'
    assert read(page("<p>文。</p>", head)).metadata.url == "http://a.cn/1"


@pytest.mark.parametrize("body", ["停电通知。", "<p>停电通知。</p>", f"{NAVIGATION}<div>停电通知。</div>"])
def test_a_page_too_small_to_judge_is_read_whole(body: str) -> None:
    assert "停电通知。" in read(page(body)).text.split("\n")


def test_text_that_only_a_script_would_show_is_better_than_none() -> None:
    assert read(page(f'<div style="display: none">{SENTENCE}</div>')).text == SENTENCE


def test_what_a_browser_does_not_show_is_not_read() -> None:
    body = (
        f"<script>var 脚本='<p>';</script><p>{SENTENCE}</p><!-- 注释 --><noscript>请打开脚本</noscript>"
        f'<p hidden>隐藏</p><p style="display:none">隐藏</p><style>甲</style>'
        f"<select><option>选项</option></select><p>{OTHER}</p>"
    )
    assert read(page(body)).text == f"{SENTENCE}\n{OTHER}"


def test_ruby_keeps_its_base_and_entities_are_characters() -> None:
    body = (
        "<p><ruby>計<rt>jì</rt></ruby><ruby>劃<rp>(</rp><rt>huà</rt><rp>)</rp></ruby>&amp;&nbsp;&ldquo;中&rdquo;"
        f"&#22269;&#x56fd;&hellip;</p><p>{SENTENCE}</p>"
    )
    assert read(page(body)).text.split("\n")[0] == "計劃& “中”国国…"


@pytest.mark.parametrize("encoding", ["gb2312", "gbk", "GB18030", "utf-8", "big5"])
@pytest.mark.parametrize(
    "meta", ['<meta charset="{}">', '<meta http-equiv="Content-Type" content="text/html; charset={}">']
)
def test_a_page_is_decoded_as_it_declares(encoding: str, meta: str) -> None:
    text = "推動產業發展，支持企業轉型。" if encoding == "big5" else SENTENCE
    markup = f"<html><head>{meta.format(encoding)}</head><body><p>{text}</p></body></html>"
    assert read(markup.encode(encoding)).text == text


def test_a_page_that_declares_another_encoding_than_it_has_is_read_by_content() -> None:
    assert read(f"<meta charset=gb2312><p>{SENTENCE}</p>".encode()).text == SENTENCE
    assert read(f"<meta charset=utf-8><p>{SENTENCE}</p>".encode("gb18030")).text == SENTENCE
    assert read(f"<meta charset=shift_jis><p>{SENTENCE}</p>".encode("utf-8-sig")).text == SENTENCE
    assert read("<meta charset=shift_jis><p>日本の政策。</p>".encode("shift_jis")).text == "日本の政策。"


def test_a_byte_lost_in_a_long_page_shows_and_costs_no_more() -> None:
    data = f"<meta charset=gb2312><p>{SENTENCE * 40}</p>".encode("gb18030")
    at = data.index("。".encode("gb18030")) + 2
    text = read(data[:at] + b"\xff" + data[at:]).text
    assert text.count("\N{REPLACEMENT CHARACTER}") == 1
    assert text.replace("\N{REPLACEMENT CHARACTER}", "") == SENTENCE * 40


def test_an_unknown_encoding_is_named() -> None:
    with pytest.raises(UnreadableSource, match="'klingon'"):
        read(b"<meta charset=klingon><p>\xff\xfe\xfd</p>")


@pytest.mark.parametrize("markup", ["", "   ", "<!-- x -->", "<html></html>", "<script>x</script>", "&#0;"])
def test_a_page_without_text_is_an_empty_document(markup: str) -> None:
    assert read(markup).text in ("", "\N{REPLACEMENT CHARACTER}")


SPANNED = (
    "<table><tr><th rowspan=2>险种</th><th rowspan='2'>保额</th><th colspan=2>分担</th><th rowspan=2>自缴</th></tr>"
    "<tr><th>省级</th><th>县级</th></tr>"
    "<tr><td rowspan=2>水稻</td><td>1200元</td><td>65%</td><td>15%</td><td rowspan=3>9.6元</td></tr>"
    "<tr><td>900元</td><td>40%</td><td>30%</td></tr><tr><td>玉米</td><td>700元</td><td>5%</td><td>6%</td></tr></table>"
)


def test_each_row_of_a_table_says_what_cells_over_several_rows_say() -> None:
    assert read(page(SPANNED)).text.split("\n") == [
        "险种 | 保额 | 分担 |  | 自缴",
        "险种 | 保额 | 省级 | 县级 | 自缴",
        "水稻 | 1200元 | 65% | 15% | 9.6元",
        "水稻 | 900元 | 40% | 30% | 9.6元",
        "玉米 | 700元 | 5% | 6% | 9.6元",
    ]


@pytest.mark.parametrize("span", ["0", "-1", "x", "", "2.5", "9" * 400])
def test_a_span_that_is_none_and_one_beyond_measure_lose_nothing(span: str) -> None:
    rows = f"<table><tr><td rowspan='{span}' colspan='{span}'>东区</td><td>5家</td></tr><tr><td>6家</td><td>7</td></tr>"
    assert "东区 | 5家\n" in read(page(rows)).text
    assert "6家 | 7" in read(page(rows)).text


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        # What is too long to be repeated keeps its column, as does a cell that takes several.
        ("<tr><td rowspan=2>{long}</td><td>5</td></tr><tr><td>6</td><td>7</td></tr>", "| 6 | 7"),
        ("<tr><td>甲</td><td>1</td><td>2</td></tr><tr><td colspan=2>合计</td><td>3</td></tr>", "合计 | | 3"),
        ("<tr><td rowspan=2>水稻</td><td>1</td></tr><tr><td>园区<br>基地</td><td>2</td></tr>", "水稻 | 园区 基地 | 2"),
        ("<tr><td>甲</td><td>1</td><td rowspan=3>东</td></tr><tr></tr><tr><td>乙</td><td>2</td></tr>", "乙 | 2 | 东"),
        ("<tr><td>甲</td><td>1</td></tr><tr><td colspan=2>一、种植业</td></tr>", "一、种植业"),
    ],
)
def test_the_cells_of_a_row_stand_under_their_columns(rows: str, expected: str) -> None:
    lines = html_lines(html.fromstring(f"<table>{rows.format(long='长' * 41)}</table>"))
    assert re.sub(" +", " ", lines[-1]).strip() == expected


def test_what_many_cells_repeat_is_bounded() -> None:
    cells = "".join(f"<td rowspan=9999>{at:040}</td>" for at in range(500))
    rows = "<tr><td>甲</td><td>乙</td></tr>" * 500
    assert len(read(page(f"<table><tr>{cells}</tr>{rows}</table>")).text) < 2_000_000
    wide = "<td colspan=99999>甲</td>" * 10_000
    (line,) = html_lines(html.fromstring(f"<table><tr>{wide}</tr></table>"))
    assert len(line) < 200_000


def test_an_item_in_a_row_begins_no_paragraph_and_a_row_is_no_heading() -> None:
    table = (
        "<table><tr><th>任务</th><th>内容</th><th>数量（家）</th></tr>"
        "<tr><td>一、强化科技创新</td><td>建设实验室</td><td>3</td></tr>"
        "<tr><td rowspan=2>申报条件</td><td>1. 在本市登记；</td><td>2</td></tr>"
        "<tr><td>2. 无失信记录。</td><td>5</td></tr></table>"
    )
    document = clean(read(page(f"<div id=zoom><p>{SENTENCE}</p>{table}<p>{OTHER}</p></div>")))
    rows = [paragraph for paragraph in document.paragraphs if "|" in paragraph.text]
    assert [row.text for row in rows[1:3]] == ["一、强化科技创新 | 建设实验室 | 3", "申报条件 | 1. 在本市登记； | 2"]
    assert {paragraph.heading for paragraph in document.paragraphs} == {()}


def test_what_a_layout_has_beside_several_rows_is_read_once() -> None:
    menu = "<td rowspan=3><p>首页</p><p>政策法规</p></td>"
    layout = (
        f"<table><tr>{menu}<td><p>{SENTENCE}</p></td></tr><tr><td><p>{OTHER}</p><p>{SENTENCE}</p></td></tr></table>"
    )
    assert read(page(layout)).text.count("政策法规") == 1
    lines = f"<tr><td><p>{OTHER}</p><p>{SENTENCE}</p></td></tr>"
    label = f"<table><tr><td rowspan=2>相关链接</td><td>{SENTENCE}</td></tr>{lines}</table>"
    assert read(page(label)).text.count("相关链接") == 1


@pytest.mark.parametrize("tag", ["div", "b", "table><tr><td", "ul><li", "span"])
def test_a_page_nested_beyond_measure_is_refused(tag: str) -> None:
    with pytest.raises(UnreadableSource, match="depth"):
        read(f"<{tag}>" * 100_000 + SENTENCE)


def test_a_page_of_elements_that_nobody_closed_is_read() -> None:
    body = "".join(f"<font><p>第{number}条{SENTENCE}" for number in range(500))
    assert [line for line in read(body).text.split("\n") if SENTENCE in line] == [
        f"第{number}条{SENTENCE}" for number in range(500)
    ]


@pytest.mark.parametrize("shape", ["<p>{}</p>", "<div id=zoom>{}</div>"])
def test_ten_megabytes_on_one_line_are_read_in_time(shape: str) -> None:
    count = 10_000_000 // len(SENTENCE.encode())
    started = time.monotonic()
    assert len(read(page(shape.format(SENTENCE * count))).text) == len(SENTENCE) * count
    many = read(page("".join(shape.format(SENTENCE) for _ in range(count // 4)))).text
    assert many.count("\n") == count // 4 - 1
    assert time.monotonic() - started < 60


def test_a_list_of_a_hundred_thousand_items_is_numbered_in_time() -> None:
    started = time.monotonic()
    lines = read(page("<ol>" + "<li>项。" * 100_000 + "</ol>")).text.split("\n")
    assert (len(lines), lines[-1]) == (100_000, "100000. 项。")
    assert time.monotonic() - started < 30


def test_both_suffixes_are_read_by_it() -> None:
    assert READERS[".html"] is READERS[".htm"] is read_html
