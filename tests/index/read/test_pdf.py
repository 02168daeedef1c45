from __future__ import annotations

import functools
import logging
import time
import zlib
from importlib.util import find_spec
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from index.errors import UnreadableSource
from index.read import pdf as pdf_reader
from index.read.pdf import read_pdf
from index.records import RawDocument
from tests.index.read.documents import FONT, HEIGHT, WIDTH, drawn, pdf

SENTENCE = (
    "为贯彻落实党中央、国务院关于促进中小企业健康发展的决策部署，支持不少于50个实体园区打造特色载体（2022-2025年）。"
)
PARAGRAPHS = [f"第{number}条　{SENTENCE * (1 + number % 3)}" for number in range(1, 40)]
needs_ocr = pytest.mark.skipif(find_spec("rapidocr") is None, reason="the extra ocr is not installed")


def read(data: bytes) -> RawDocument:
    (document,) = read_pdf(Path("a.pdf"), data)
    assert isinstance(document, RawDocument)
    return document


def refused(data: bytes) -> str:
    with pytest.raises(UnreadableSource) as refusal:
        read(data)
    return str(refusal.value)


def scan(canvas: Canvas, text: str = "") -> None:
    """A page that is a picture; of text in big letters, if a font for it is there."""
    picture = Image.new("L", (1654, 2339), 255)
    if text:
        from PIL import ImageFont

        font = ImageFont.load_default(60)
        ImageDraw.Draw(picture).text((200, 300), text, fill=0, font=font)
    canvas.drawImage(ImageReader(picture), 0, 0, WIDTH, HEIGHT)


@pytest.mark.parametrize("columns", [1, 2])
@pytest.mark.parametrize("indent", [2, 0])
def test_paragraphs_come_back_whole_over_lines_columns_and_pages(columns: int, indent: int) -> None:
    document = read(pdf(PARAGRAPHS, columns=columns, running="某某市人民政府公报 2022年第5期", indent=indent))
    assert document.text.split("\n") == [text.replace("　", " ") for text in PARAGRAPHS]


def test_each_page_begins_where_the_text_says() -> None:
    document = read(drawn(*(lambda canvas, n=n: canvas.drawString(72, 500, f"第{n}页的文字。") for n in "一二三")))
    assert document.text == "第一页的文字。\n第二页的文字。\n第三页的文字。"
    assert [document.text[at] for at in document.pages] == ["第", "第", "第"]
    assert document.pages == (0, 8, 16)


def test_a_paragraph_that_goes_on_overleaf_is_one_and_the_page_begins_within_it() -> None:
    document = read(pdf(PARAGRAPHS))
    assert len(document.pages) > 2
    inside = [at for at in document.pages[1:] if document.text[at - 1] != "\n"]
    assert inside
    assert list(document.pages) == sorted(document.pages)


def test_a_page_without_text_has_its_place() -> None:
    def text(canvas: Canvas) -> None:
        canvas.drawString(72, 500, "文字。")

    document = read(drawn(text, lambda _: None, text))
    assert (document.text, document.pages) == ("文字。\n文字。", (0, 3, 4))


@pytest.mark.parametrize("number", ["- 2 -", "2", "第2页", "第 2 页 共 12 页", "2/12", "— 2 —", "iv", "Page 2"])
def test_page_numbers_go(number: str) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 500, "支持企业发展。")
        canvas.drawString(290, 30, number)

    assert read(drawn(draw)).text == ("支持企业发展。" if number != "Page 2" else "支持企业发展。\nPage 2")


def test_figures_in_the_text_and_titles_that_stand_once_stay() -> None:
    def first(canvas: Canvas) -> None:
        canvas.drawString(72, HEIGHT - 40, "某某市人民政府文件")
        canvas.drawString(72, 500, "2022")
        canvas.drawString(72, 40, "抄送：市委办公室。")

    assert read(drawn(first)).text == "某某市人民政府文件\n2022\n抄送：市委办公室。"


def test_running_titles_go_whatever_number_they_bear() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, HEIGHT - 40, f"公报 第{canvas.getPageNumber()}期")
        canvas.drawString(72, 500, f"正文之{canvas.getPageNumber()}。")

    assert read(drawn(*[draw] * 4)).text == "正文之1。\n正文之2。\n正文之3。\n正文之4。"


def test_short_lines_and_headings_are_lines_of_their_own() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawCentredString(WIDTH / 2, 700, "关于促进发展的通知")
        for at, line in enumerate(
            ["各县人民政府：", "    一、总体要求", "    " + SENTENCE[:28], SENTENCE[28:40] + "。"]
        ):
            canvas.drawString(72, 660 - 20 * at, line)

    assert read(drawn(draw)).text.split("\n") == [
        *("关于促进发展的通知", "各县人民政府：", "一、总体要求"),
        f"{SENTENCE[:28]}{SENTENCE[28:40]}。",
    ]


def test_words_of_latin_script_keep_the_blank_between_them() -> None:
    def draw(canvas: Canvas) -> None:
        for at in range(3):
            canvas.drawString(72, 600 - 20 * at, "the state supports small and medium enterprises")

    assert read(drawn(draw)).text == " ".join(["the state supports small and medium enterprises"] * 3)


def test_an_empty_pdf_is_an_empty_document() -> None:
    assert read(drawn(lambda _: None)).text == ""


@pytest.mark.parametrize("password", ["geheim"])
def test_an_encrypted_pdf_is_refused_with_the_cure(password: str) -> None:
    assert refused(pdf(["文字。"], password=password)) == "it is encrypted; remove its password"


def test_a_pdf_that_only_must_not_be_printed_is_read() -> None:
    assert read(pdf(["文字。"], password="")).text == "文字。"


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.98])
def test_a_pdf_that_is_cut_off_is_refused(share: float) -> None:
    data = pdf(PARAGRAPHS)
    assert refused(data[: int(len(data) * share)]).startswith("it is cut off")


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"no pdf at all", b"%PDF-1.4\n%%EOF"])
def test_what_is_no_pdf_is_refused(data: bytes) -> None:
    assert "not a whole PDF" in refused(data) or "cut off" in refused(data)


def test_a_pdf_of_a_hundred_thousand_pages_is_refused_in_time() -> None:
    kids = b" ".join(b"3 0 R" for _ in range(100_000))
    data = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 100000/Kids[" + kids
    data += b"]>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
    started = time.monotonic()
    assert refused(data) == "it has 100000 pages, more than the 5000 that are read; split it"
    assert time.monotonic() - started < 30


def bomb(content: bytes, times: int) -> bytes:
    """A page whose content unpacks to so many times `content`."""
    lines, blocks = content * 1000, times // 1000
    squeeze = zlib.compressobj(9)
    start = squeeze.flush(zlib.Z_FULL_FLUSH)
    block = squeeze.compress(lines) + squeeze.flush(zlib.Z_FULL_FLUSH)  # relies on nothing before it
    checksum = functools.reduce(lambda sum_, _: zlib.adler32(lines, sum_), range(blocks), 1)
    stream = start + block * blocks + squeeze.flush()[:-4] + checksum.to_bytes(4)
    head = b"%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n"
    head += b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>\n"
    head += b"endobj\n"
    head += b"5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n"
    body = b"4 0 obj<</Length %d/Filter/FlateDecode>>stream\n" % len(stream) + stream + b"\nendstream endobj\n"
    return head.replace(b"%%", b"%") + body + b"trailer<</Root 1 0 R>>\n%%EOF"


def test_content_that_unpacks_to_gigabytes_takes_neither_the_time_nor_the_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pdf_reader, "TIMEOUT", 20)
    started = time.monotonic()
    reason = refused(
        bomb(b"BT /F 9 Tf 9 9 Td (aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa) Tj ET\n", 20_000_000)
    )
    assert "reading it took" in reason or "characters" in reason
    assert time.monotonic() - started < 60


def test_nul_and_halves_of_characters_never_leave_the_reader() -> None:
    text = read(bomb(b"BT /F 9 Tf 9 9 Td (a\\000b\\001c) Tj ET\n", 1000)).text
    assert "\0" not in text
    text.encode()


def test_a_scanned_pdf_is_refused_with_the_cure_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_reader, "find_spec", lambda _: None)
    assert (
        refused(drawn(scan))
        == "it is scanned, without a text layer; install the OCR extra: pip install 'policyqa[ocr]'"
    )


def test_a_scanned_page_among_others_is_told_of(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(pdf_reader, "find_spec", lambda _: None)
    with caplog.at_level(logging.WARNING):
        document = read(drawn(lambda canvas: canvas.drawString(72, 500, "文字。"), scan))
    assert (document.text, document.pages) == ("文字。", (0, 3))
    assert "a.pdf: pictures without text are passed over, on page 2; install the OCR extra" in caplog.text


@needs_ocr
def test_a_scanned_page_is_read_with_the_extra() -> None:
    def text(canvas: Canvas) -> None:
        canvas.drawString(72, 500, "文字。")

    document = read(drawn(text, lambda canvas: scan(canvas, "Policy 2022 support")))
    assert document.text.split("\n") == ["文字。", "Policy 2022 support"]
    assert document.pages == (0, 4)


@needs_ocr
def test_only_scanned_pages_count_against_what_is_recognised() -> None:
    pages = [lambda canvas, n=n: canvas.drawString(72, 500, f"第{n}条。") for n in range(501)]
    document = read(drawn(lambda canvas: scan(canvas, "Policy 2022 support"), *pages))
    assert document.text.split("\n")[:2] == ["Policy 2022 support", "第0条。"]
    assert len(document.pages) == 502


def test_the_font_of_these_tests_is_one_that_is_not_embedded() -> None:
    assert FONT.encode() in pdf(["文"])
