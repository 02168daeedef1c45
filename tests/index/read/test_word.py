from __future__ import annotations

import contextlib
import io
import time
import zipfile
from pathlib import Path

import docx
import pytest

from index.clean.document import clean
from index.errors import UnreadableSource
from index.read.word import read_word
from index.read.word_numbers import numeral
from index.records import RawDocument
from tests.index.read.documents import numbered, paragraph, word


def read(data: bytes) -> RawDocument:
    (document,) = read_word(Path("a.docx"), data)
    assert isinstance(document, RawDocument)
    return document


def lines(data: bytes) -> list[str]:
    return read(data).text.split("\n")


def archive(**entries: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as written:
        for name, content in entries.items():
            written.writestr(name, content)
    return out.getvalue()


def levels(*formats: tuple[str, str], abstract: int = 1, numbers: tuple[int, ...] = (5,), inner: str = "") -> str:
    """Numbering definitions: the format and text of each level."""
    described = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/>{inner}</w:lvl>'
        for at, (form, text) in enumerate(formats)
    )
    nums = "".join(f'<w:num w:numId="{num}"><w:abstractNumId w:val="{abstract}"/></w:num>' for num in numbers)
    return f'<w:abstractNum w:abstractNumId="{abstract}">{described}</w:abstractNum>{nums}'


def test_a_document_of_a_word_processor_is_read_in_its_order() -> None:
    made = docx.Document()
    made.add_heading("关于促进发展的通知", 0)
    made.add_paragraph("　　各地要支持企业。\n第二行\t制表")
    table = made.add_table(2, 3)
    for cell, text in zip(
        (cell for row in table.rows for cell in row.cells), ["序号", "项目", "", "1", "设\n备", "5"], strict=True
    ):
        cell.text = text
    made.add_paragraph("表后。")
    made.core_properties.title = "关于促进发展的通知"
    out = io.BytesIO()
    made.save(out)
    document = read(out.getvalue())
    assert document.text.split("\n") == [
        "关于促进发展的通知",
        "各地要支持企业。",
        "第二行 制表",
        "序号 | 项目",
        "1 | 设 备 | 5",
        "表后。",
    ]
    assert document.metadata.title == "关于促进发展的通知"


def test_a_title_that_word_made_up_is_not_taken() -> None:
    made = docx.Document()
    made.add_paragraph("正文。")
    made.core_properties.title = "模板"
    out = io.BytesIO()
    made.save(out)
    assert read(out.getvalue()).metadata.title is None


def test_a_header_table_becomes_metadata() -> None:
    made = docx.Document()
    table = made.add_table(1, 4)
    for cell, text in zip(table.rows[0].cells, ["发布机构", "工信部", "发文字号", "工信部〔2022〕5号"], strict=True):
        cell.text = text
    made.add_paragraph("支持企业发展。")
    out = io.BytesIO()
    made.save(out)
    document = clean(read(out.getvalue()))
    assert (document.metadata.issuer, document.metadata.number) == ("工信部", "工信部〔2022〕5号")
    assert [found.text for found in document.paragraphs] == ["支持企业发展。"]


def test_the_numbers_that_word_prints_are_read() -> None:
    numbering = levels(
        ("chineseCountingThousand", "第%1章"),
        ("chineseCounting", "%2、"),
        ("chineseCounting", "（%3）"),
        ("decimal", "%4."),
        ("decimalEnclosedCircleChinese", "%5"),
    )
    blocks = [
        *(numbered("总则", 5), numbered("目标", 5, 1), numbered("任务", 5, 1), numbered("支持", 5, 2)),
        *(numbered("补助", 5, 3), numbered("甲", 5, 4), numbered("乙", 5, 4), numbered("奖励", 5, 3)),
        *(numbered("附则", 5), numbered("施行", 5, 1), paragraph("正文。")),
    ]
    assert lines(word(*blocks, numbering=numbering)) == [
        *("第一章 总则", "一、目标", "二、任务", "（一）支持", "1. 补助", "① 甲", "② 乙", "2. 奖励"),
        *("第二章 附则", "一、施行", "正文。"),
    ]


def test_articles_count_on_through_chapters_where_word_does() -> None:
    numbering = levels(("chineseCounting", "第%1章"), ("chineseCounting", "第%2条"), inner='<w:lvlRestart w:val="0"/>')
    blocks = [numbered("甲", 5), numbered("乙", 5, 1), numbered("丙", 5), numbered("丁", 5, 1)]
    assert lines(word(*blocks, numbering=numbering)) == ["第一章 甲", "第一条 乙", "第二章 丙", "第二条 丁"]


def test_lists_of_one_definition_count_on_and_an_override_starts_anew() -> None:
    numbering = levels(("decimal", "%1、"), numbers=(5, 6)) + (
        '<w:num w:numId="7"><w:abstractNumId w:val="1"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/>'
        "</w:lvlOverride></w:num>"
    )
    blocks = [numbered("甲", 5), numbered("乙", 6), numbered("丙", 7), numbered("丁", 7), paragraph("不编号。")]
    assert lines(word(*blocks, numbering=numbering)) == ["1、甲", "2、乙", "1、丙", "2、丁", "不编号。"]


def test_levels_show_the_numbers_above_them_and_legal_ones_in_arabic() -> None:
    numbering = levels(("chineseCounting", "%1、"), ("decimal", "%1.%2"), inner="<w:isLgl/>")
    assert lines(word(numbered("甲", 5), numbered("乙", 5, 1), numbered("丙", 5, 1), numbering=numbering)) == [
        "1、甲",
        "1.1 乙",
        "1.2 丙",
    ]


def test_a_style_numbers_its_paragraphs_and_zero_takes_the_number_away() -> None:
    numbering = levels(("chineseCounting", "第%1条"), inner='<w:pStyle w:val="Article"/>')
    style = (
        '<w:style w:type="paragraph" w:styleId="Article"><w:name w:val="Article"/><w:pPr><w:numPr><w:numId w:val="5"/>'
        '</w:numPr></w:pPr></w:style><w:style w:type="paragraph" w:styleId="Sub"><w:name w:val="Sub"/>'
        '<w:basedOn w:val="Article"/></w:style>'
    )
    blocks = [
        paragraph("甲", '<w:pStyle w:val="Article"/>'),
        paragraph("乙", '<w:pStyle w:val="Sub"/>'),
        paragraph("丙", '<w:pStyle w:val="Article"/><w:numPr><w:numId w:val="0"/></w:numPr>'),
    ]
    assert lines(word(*blocks, numbering=numbering, styles=style)) == ["第一条 甲", "第二条 乙", "丙"]


def test_bullets_are_no_text_and_an_unknown_list_has_no_numbers() -> None:
    numbering = levels(("bullet", "\uf0b7"))
    assert lines(word(numbered("甲", 5), numbered("乙", 99), numbering=numbering)) == ["甲", "乙"]


@pytest.mark.parametrize(
    ("style", "number", "written"),
    [
        ("chineseCounting", 10, "十"),
        ("chineseCounting", 21, "二十一"),
        ("chineseCountingThousand", 105, "一百零五"),
        ("chineseCountingThousand", 1010, "一千零一十"),
        ("chineseCountingThousand", 2000, "二千"),
        ("japaneseCounting", 3, "三"),
        ("chineseLegalSimplified", 13, "壹拾叁"),
        ("ideographDigital", 20, "二〇"),
        ("ideographTraditional", 3, "丙"),
        ("ideographZodiac", 12, "亥"),
        ("ideographZodiac", 13, "13"),
        ("decimalFullWidth", 12, "１２"),
        ("decimalZero", 7, "07"),
        ("decimalEnclosedCircle", 20, "⑳"),
        ("decimalEnclosedCircle", 21, "21"),
        ("decimalEnclosedParen", 20, "⒇"),
        ("decimalEnclosedFullstop", 20, "⒛"),
        ("upperRoman", 1994, "MCMXCIV"),
        ("lowerLetter", 28, "bb"),
        ("upperLetter", 3, "C"),
        ("decimal", 0, "0"),
        ("chineseCounting", 12_345, "12345"),
        ("ideographTraditional", 0, "0"),
        ("thaiNumbers", 4, "4"),
    ],
)
def test_a_number_is_written_as_word_writes_it(style: str, number: int, written: str) -> None:
    assert numeral(number, style) == written


def test_what_its_authors_took_out_is_gone_and_what_they_put_in_stays() -> None:
    block = (
        "<w:p><w:r><w:t>支持</w:t></w:r><w:del><w:r><w:delText>大</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>中小</w:t></w:r></w:ins><w:moveFrom><w:r><w:t>旧</w:t></w:r></w:moveFrom>"
        "<w:moveTo><w:r><w:t>企业</w:t></w:r></w:moveTo><w:r><w:rPr><w:vanish/></w:rPr><w:t>藏</w:t></w:r>"
        '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>。</w:t></w:r><w:r><w:instrText>PAGE</w:instrText></w:r></w:p>'
    )
    assert lines(word(block)) == ["支持中小企业。"]


def test_ruby_keeps_its_base_and_boxes_links_and_controls_are_text() -> None:
    ruby = (
        "<w:p><w:r><w:ruby><w:rt><w:r><w:t>jì</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>計</w:t></w:r></w:rubyBase>"
        "</w:ruby></w:r><w:hyperlink><w:r><w:t>劃</w:t></w:r></w:hyperlink><w:sdt><w:sdtContent><w:r><w:t>甲</w:t></w:r>"
        "</w:sdtContent></w:sdt></w:p>"
    )
    controls = "<w:sdt><w:sdtContent><w:p><w:r><w:t>乙</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    box = (
        "<w:p><w:r><w:t>前</w:t></w:r><w:r><w:pict><w:txbxContent><w:p><w:r><w:t>某政发〔2022〕5号</w:t></w:r></w:p>"
        "</w:txbxContent></w:pict></w:r><w:r><w:t>后</w:t></w:r></w:p>"
    )
    assert lines(word(ruby, controls, box)) == ["計劃甲", "乙", "前后", "某政发〔2022〕5号"]


def test_a_table_in_a_table_is_read_once() -> None:
    cells = "".join(f"<w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>" for text in "甲乙")
    inner = f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>"
    outer = f"<w:tbl><w:tr><w:tc><w:p><w:r><w:t>外</w:t></w:r></w:p>{inner}<w:p/></w:tc></w:tr></w:tbl>"
    assert lines(word(outer)) == ["外", "甲 | 乙"]


def test_each_row_of_a_table_says_what_cells_over_several_rows_say() -> None:
    made = docx.Document()
    table = made.add_table(4, 4)
    texts = ["险种", "分担", "", "自缴", "", "省级", "县级", "", "水稻", "65%", "15%", "9元", "", "40%", "30%", "8元"]
    for cell, text in zip((cell for row in table.rows for cell in row.cells), texts, strict=True):
        cell.text = text
    for first, last in (((0, 0), (1, 0)), ((0, 1), (0, 2)), ((0, 3), (1, 3)), ((2, 0), (3, 0))):
        table.cell(*first).merge(table.cell(*last))
    out = io.BytesIO()
    made.save(out)
    assert read(out.getvalue()).text.split("\n") == [
        "险种 | 分担 |  | 自缴",
        "险种 | 省级 | 县级 | 自缴",
        "水稻 | 65% | 15% | 9元",
        "水稻 | 40% | 30% | 8元",
    ]


def test_a_cell_that_goes_on_from_nothing_is_read() -> None:
    goes_on = "<w:tcPr><w:gridSpan w:val='x'/><w:vMerge/></w:tcPr>"
    cells = "".join(f"<w:tc>{goes_on}<w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>" for text in "甲乙")
    plain = "".join(f"<w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>" for text in "丙丁")
    assert lines(word(f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>")) == ["甲 | 乙"]
    rows = f"<w:tr>{plain}</w:tr><w:tr>{cells}</w:tr>"
    assert lines(word(f"<w:tbl>{rows}</w:tbl>")) == ["丙 | 丁", "甲 | 乙"]


def test_a_table_of_many_rows_is_read_in_time() -> None:
    cells = "".join(f"<w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>" for text in "甲乙丙丁戊己")
    started = time.monotonic()
    assert len(lines(word(f"<w:tbl>{f'<w:tr>{cells}</w:tr>' * 20_000}</w:tbl>"))) == 20_000
    assert time.monotonic() - started < 60


def test_footnotes_stand_at_the_end_and_the_table_of_contents_nowhere() -> None:
    style = '<w:style w:type="paragraph" w:styleId="10"><w:name w:val="toc 1"/></w:style>'
    note = '<w:footnote w:id="2"><w:p><w:r><w:t>注释内容。</w:t></w:r></w:p></w:footnote>'
    blocks = [paragraph("一、总则 1", '<w:pStyle w:val="10"/>'), paragraph("一、总则"), paragraph("正文。")]
    assert lines(word(*blocks, styles=style, footnotes=note)) == ["一、总则", "正文。", "注释内容。"]


def test_an_empty_document_is_empty() -> None:
    assert read(word()).text == ""


BOMB = archive(**{"word/document.xml": b"0" * (300 << 20)})


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not a whole .docx"),
        (b"%PDF-1.7 no zip", "not a whole .docx"),
        (word(paragraph("文。"))[:-200], "not a whole .docx"),
        (archive(a=b"x"), "not a Word document"),
        (archive(**{"../../evil": b"x"}), r"'\.\./\.\./evil', which leads out"),
        (archive(**{"/etc/evil": b"x"}), "'/etc/evil', which leads out"),
        (BOMB, "unpacks to more than 256 MiB"),
        (archive(**{"word/media/a.png": b"0" * (300 << 20)}), "unpacks to more than 256 MiB"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, r"a \.doc under the name \.docx; save it as \.docx"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "encrypted; remove its password",
        ),
        (word(paragraph("文。")).replace(b"word/document.xml", b"word/nocument.xml"), "not a Word document"),
    ],
    ids=[
        *("empty", "no zip", "cut off", "another zip", "path upwards", "path from the root", "bomb", "picture bomb"),
        *(".doc", "encrypted", "no text part"),
    ],
)
def test_what_is_no_word_document_is_refused_with_the_cure(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableSource, match=reason):
        read(data)


def test_a_bomb_is_small_and_refused_at_once() -> None:
    assert len(BOMB) < 1 << 20


def test_entities_that_multiply_are_not_expanded() -> None:
    entities = '<!DOCTYPE a [<!ENTITY a "甲甲甲甲甲甲甲甲">' + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    whole = word(paragraph("文。"))
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == "word/document.xml":
                text = content.decode().split("?>", 1)[1].replace("文。", "&i;文。")
                content = f"<?xml version='1.0'?>{entities}]>{text}".encode()
            new.writestr(entry, content)
    text = ""
    with contextlib.suppress(UnreadableSource):
        text = read(out.getvalue()).text
    assert len(text) < 100
