"""PDF and Word files of all kinds, made by libraries."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence

import docx
from docx.oxml import parse_xml
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph

FONT = "STSong-Light"  # in every PDF reader; no file is needed
WIDTH, HEIGHT = A4
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'

pdfmetrics.registerFont(UnicodeCIDFont(FONT))


def pdf(
    paragraphs: Sequence[str], *, columns: int = 1, running: str = "", indent: int = 2, password: str | None = None
) -> bytes:
    """Paragraphs set at 12 points, each first line indented by so many characters, every page with its number."""
    out = io.BytesIO()
    style = ParagraphStyle("body", fontName=FONT, fontSize=12, leading=20, wordWrap="CJK", firstLineIndent=12 * indent)
    width = (WIDTH - 120 - 20 * (columns - 1)) / columns
    frames = [Frame(60 + (width + 20) * column, 72, width, HEIGHT - 144) for column in range(columns)]

    def margins(canvas: Canvas, document: BaseDocTemplate) -> None:
        canvas.setFont(FONT, 10)
        canvas.drawCentredString(WIDTH / 2, 40, f"- {document.page} -")
        canvas.drawString(72, HEIGHT - 40, running)

    encryption = StandardEncryption(password, canPrint=0) if password is not None else None
    template = BaseDocTemplate(out, pagesize=A4, encrypt=encryption)
    template.addPageTemplates(PageTemplate(frames=frames, onPage=margins))
    template.build([Paragraph(text, style) for text in paragraphs])
    return out.getvalue()


def drawn(*pages: Callable[[Canvas], object]) -> bytes:
    """A PDF of pages that are drawn freely."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    for draw in pages:
        canvas.setFont(FONT, 12)
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def word(*blocks: str, numbering: str = "", styles: str = "", footnotes: str = "") -> bytes:
    """A Word file of blocks in WordprocessingML; `numbering` replaces the definitions of the numbering part."""
    document = docx.Document()
    body = document.element.body
    for block in blocks:
        body.insert(len(body) - 1, parse_xml(block.replace(">", f" {W}>", 1) if W not in block else block))
    if numbering:
        part = document.part.numbering_part
        for child in list(part.element):
            part.element.remove(child)
        for child in parse_xml(f"<w:numbering {W}>{numbering}</w:numbering>"):
            part.element.append(child)
    if styles:
        for child in parse_xml(f"<w:styles {W}>{styles}</w:styles>"):
            document.styles.element.append(child)
    out = io.BytesIO()
    document.save(out)
    return _with_footnotes(out.getvalue(), footnotes) if footnotes else out.getvalue()


def _with_footnotes(data: bytes, footnotes: str) -> bytes:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    relationships = "word/_rels/document.xml.rels"
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == relationships:
                link = f'<Relationship Id="rIdNotes" Type="{kind}" Target="footnotes.xml"/></Relationships>'
                content = content.replace(b"</Relationships>", link.encode())
            new.writestr(entry, content)
        new.writestr("word/footnotes.xml", f"<w:footnotes {W}>{footnotes}</w:footnotes>")
    return out.getvalue()


def paragraph(text: str, properties: str = "") -> str:
    """A paragraph of one run."""
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def numbered(text: str, number: int, level: int = 0) -> str:
    """A paragraph of a list."""
    return paragraph(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')
