"""A Word file (.docx) into a raw document: paragraphs with their numbers, tables as rows, in the order of the text."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree

from index.errors import UnreadableSource
from index.read.join import one_line
from index.read.word_numbers import Numbering, W
from index.records import Metadata, RawDocument, Refusal
from index.rows import Cell, Spans, row_lines

_UNPACKED = 256 << 20
"""Bytes that a file may unpack to, pictures and all."""
_MARKUP = 64 << 20
"""Bytes of XML in it; the tree takes about ten times as much memory, and a book has some MiB."""
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# What encrypted Office files keep their content in, as its name is written there.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_MATH_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
# Taken out by its author, or never part of the text: field codes, readings over ruby, what stands behind a comment.
_LEFT_OUT = frozenset(f"{W}{name}" for name in ("del", "moveFrom", "rt", "instrText", "delText", "pPr", "rPr")) | {
    _FALLBACK
}
_MARKS = {f"{W}tab": " ", f"{W}br": "\v", f"{W}cr": "\v", f"{W}noBreakHyphen": "-"}
_CONTENTS = re.compile(r"toc \d", re.IGNORECASE)
_PARTS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True)


def read_word(file: Path, data: bytes) -> Iterator[RawDocument | Refusal]:
    """The text of a Word file, one line a paragraph or table row; citations count its characters.

    Numbers that Word prints are part of it, as are insertions that nobody has accepted yet; deletions, hidden text,
    tables of contents, headers, footers and comments are not. Footnotes stand at the end.

    Raises:
        UnreadableSource: it is no .docx, encrypted, or unpacks to more than is read.
    """
    _check(data)
    import docx
    from docx.opc.exceptions import OpcError

    try:
        document = docx.Document(io.BytesIO(data))
        numbering = _part_of(document, "numbering")
        notes = _part_of(document, "footnotes")
    except (OpcError, KeyError, ValueError, AttributeError, zipfile.BadZipFile, etree.XMLSyntaxError) as error:
        raise UnreadableSource(f"it is not a Word document ({error}); save it anew as .docx") from error
    reader = _Reader(Numbering.of(numbering), _styles(document.styles.element))
    lines = reader.block(document.element.body)
    if notes is not None:
        lines += reader.block(notes)
    properties = document.core_properties
    title = one_line(properties.title or "")
    # Word fills the title in by itself, from the first words or from a template: it counts where the text has it, too.
    metadata = Metadata(title=title) if title and title in lines else Metadata()
    yield RawDocument(file.stem, "\n".join(lines), str(file), metadata)


def _check(data: bytes) -> None:
    """Refuse what is no .docx, and what would not fit into memory.

    Raises:
        UnreadableSource: with the reason and the cure.
    """
    if data.startswith(_OLE):
        if _ENCRYPTED in data:
            raise UnreadableSource("it is encrypted; remove its password in Word")
        raise UnreadableSource("it is a .doc under the name .docx; save it as .docx in Word")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for entry in archive.infolist():
                if entry.flag_bits & 1:
                    raise UnreadableSource("it is encrypted; remove its password")
                if entry.filename.startswith("/") or ".." in entry.filename.split("/"):
                    raise UnreadableSource(f"it holds the path {entry.filename!r}, which leads out of it")
            _check_size(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise UnreadableSource(f"it is not a whole .docx ({error}); save it anew as .docx") from error


def _check_size(archive: zipfile.ZipFile) -> None:
    """Unpack everything once, counting: what an archive says of its sizes may be wrong."""
    unpacked = markup = 0
    for entry in archive.infolist():
        with archive.open(entry) as stream:
            while block := stream.read(1 << 20):
                unpacked += len(block)
                markup += len(block) * entry.filename.lower().endswith((".xml", ".rels"))
                if unpacked > _UNPACKED or markup > _MARKUP:
                    raise UnreadableSource(
                        f"it unpacks to more than {_UNPACKED >> 20} MiB, or {_MARKUP >> 20} MiB without its pictures; "
                        "split it"
                    )


def _part_of(document: Any, kind: str) -> etree._Element | None:
    """The root of a part of the document by its kind; None if it has none."""
    try:
        part = document.part.part_related_by(_PARTS + kind)
    except KeyError:
        return None
    root = getattr(part, "element", None)
    return etree.fromstring(part.blob, _PARSER) if root is None else root


@dataclass(frozen=True, slots=True)
class _Style:
    """What a paragraph style says of numbers."""

    name: str
    based_on: str | None
    number: str | None
    level: int | None


@dataclass(slots=True)
class _Placed:
    """A cell, and how many columns and rows it takes."""

    cell: etree._Element
    columns: int
    rows: int = 1


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the blocks of one document, in order: its lists are counted meanwhile."""

    numbering: Numbering
    styles: Mapping[str, _Style]

    def block(self, container: etree._Element) -> list[str]:
        """The lines of the paragraphs and tables in a body, cell, text box or note."""
        lines: list[str] = []
        for child in container:
            if child.tag == f"{W}p":
                lines += self._paragraph(child)
            elif child.tag == f"{W}tbl":
                spans = Spans()
                for row in _rows(child):
                    cells = [Cell(self.block(placed.cell), placed.columns, placed.rows) for placed in row]
                    lines += row_lines(spans.fill(cells))
            elif child.tag not in _LEFT_OUT:
                lines += self.block(child)
        return lines

    def _paragraph(self, paragraph: etree._Element) -> list[str]:
        style = _attribute(paragraph, "pPr", "pStyle") or ""
        pieces: list[str] = []
        boxes: list[str] = []
        self._words(paragraph, pieces, boxes)
        lines = [line for line in map(one_line, "".join(pieces).split("\v")) if line]
        removed = paragraph.find(f"{W}pPr/{W}rPr/{W}del") is not None and not lines
        number = "" if removed else self._number(paragraph, style)
        if lines:
            lines[0] = number + lines[0]
        if style in self.styles and _CONTENTS.match(self.styles[style].name):
            return boxes
        return lines + boxes

    def _words(self, element: etree._Element, pieces: list[str], boxes: list[str]) -> None:
        for child in element:
            tag = child.tag
            if tag in _LEFT_OUT:
                continue
            if tag in (f"{W}t", _MATH_TEXT):
                pieces.append(child.text or "")
            elif tag in _MARKS:
                pieces.append(_MARKS[tag])
            elif tag == f"{W}txbxContent":
                boxes += self.block(child)
            elif tag != f"{W}r" or not _is_on(child.find(f"{W}rPr/{W}vanish")):
                self._words(child, pieces, boxes)

    def _number(self, paragraph: etree._Element, style: str) -> str:
        number = _attribute(paragraph, "pPr", "numPr", "numId")
        level = _attribute(paragraph, "pPr", "numPr", "ilvl")
        at = int(level) if level else None
        seen = set()
        while style in self.styles and style not in seen and (number is None or at is None):
            seen.add(style)
            known = self.styles[style]
            if number is None and known.number:
                number = known.number
                at = at if at is not None else self.numbering.level_of(number, style)
            at = known.level if at is None else at
            style = known.based_on or ""
        return self.numbering.next(number, at or 0) if number else ""


def _styles(root: etree._Element) -> dict[str, _Style]:
    styles = {}
    for style in root.iterfind(f"{W}style"):
        level = _attribute(style, "pPr", "numPr", "ilvl")
        styles[style.get(f"{W}styleId", "")] = _Style(
            name=_attribute(style, "name") or "",
            based_on=_attribute(style, "basedOn"),
            number=_attribute(style, "pPr", "numPr", "numId"),
            level=int(level) if level else None,
        )
    return styles


def _rows(table: etree._Element) -> list[list[_Placed]]:
    """The cells of each row of a table, without those of tables in it."""
    found: list[list[_Placed]] = []
    merged: dict[int, _Placed] = {}
    for row in table.iter(f"{W}tr"):
        if next(row.iterancestors(f"{W}tbl")) is not table:
            continue
        found.append([])
        column = 0
        for cell in row.iter(f"{W}tc"):
            if next(cell.iterancestors(f"{W}tr")) is not row:
                continue
            columns = _columns(cell)
            merge = cell.find(f"{W}tcPr/{W}vMerge")
            if merge is not None and merge.get(f"{W}val", "continue") == "continue" and column in merged:
                merged[column].rows += 1
            else:
                found[-1].append(_Placed(cell, columns))
                merged.pop(column, None)
                if merge is not None:
                    merged[column] = found[-1][-1]
            column += columns
    return found


def _columns(cell: etree._Element) -> int:
    stated = _attribute(cell, "tcPr", "gridSpan") or ""
    return int(stated) if re.fullmatch("[1-9][0-9]?", stated) else 1


def _attribute(element: etree._Element, *path: str) -> str | None:
    """The w:val at the end of a path of element names."""
    found = element.find("/".join(f"{W}{name}" for name in path))
    return None if found is None else found.get(f"{W}val")


def _is_on(switch: etree._Element | None) -> bool:
    return switch is not None and switch.get(f"{W}val", "1") not in ("0", "false", "off")
