"""A Markdown file into a raw document: its text without the marks, its front matter as metadata."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import yaml
from lxml import etree, html
from markdown_it import MarkdownIt
from markdown_it.token import Token

from index.clean.take_header import LABELS, complete
from index.errors import UnreadableSource
from index.read.decode import decode
from index.read.html_lines import html_lines
from index.read.join import one_line
from index.records import Metadata, RawDocument, Refusal
from index.rows import row_lines

# A block between lines of three hyphens at the very beginning; more than this is no metadata.
_FRONT_MATTER = re.compile(r"\A---[ \t]*\r?\n(.{0,20000}?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
# English names of the fields, as front matter has them, beside the labels of header tables.
_NAMES = {
    "title": "title",
    "issuer": "issuers",
    "number": "number",
    "document_number": "number",
    "issued_on": "issued_on",
    "date": "published_on",
    "published_on": "published_on",
    "valid_from": "valid_from",
    "valid_until": "valid_until",
    "index_number": "index_number",
}
_DEEPEST = 100
_MOST_BRACKETS = 10_000
_BETWEEN_BLOCKS = re.compile(r"\n[ \t\r]*\n")
_HARD_BREAK = "\N{LINE SEPARATOR}"
_RUBY_READING = re.compile(r"<(/?)r[tp]\b", re.IGNORECASE)


def read_markdown(file: Path, data: bytes) -> Iterator[RawDocument | Refusal]:
    """The text of a Markdown file, one line a block; citations count its characters.

    Headings, list items and code are lines, an ordered list keeps its numbers, a table is one line a row, links and
    pictures are their words. Front matter is metadata, if it is YAML with fields; otherwise it is text.

    Raises:
        UnreadableSource: it is nested or bracketed beyond measure.
    """
    text = decode(data)
    metadata = Metadata()
    matter = _FRONT_MATTER.match(text)
    if matter and (fields := _fields(matter[1])):
        metadata = _metadata(fields)
        text = text[matter.end() :]
    # The parser looks for the end of every link to the end of its block.
    if any(block.count("[") > _MOST_BRACKETS for block in _BETWEEN_BLOCKS.split(text)):
        raise UnreadableSource(f"it has more than {_MOST_BRACKETS} brackets in one block; save it as text")
    parser = MarkdownIt("commonmark", {"maxNesting": _DEEPEST}).enable(["table", "strikethrough"])
    tokens = parser.parse(text)
    if any(token.level >= _DEEPEST - 2 for token in tokens):  # the parser passes over what is deeper
        raise UnreadableSource(f"its lists or quotations are nested deeper than {_DEEPEST // 2}; save it as text")
    yield RawDocument(file.stem, "\n".join(_lines(tokens)), str(file), metadata)


def _fields(matter: str) -> Mapping[str, object]:
    """The fields of a front matter that hold one value each; none if it is not YAML, or no mapping."""
    try:
        read = yaml.safe_load(matter)
    except (yaml.YAMLError, ValueError, RecursionError):  # ValueError: a date that is none
        return {}
    if not isinstance(read, dict):
        return {}
    return {
        str(name): value.isoformat() if isinstance(value, date) else value
        for name, value in read.items()
        if isinstance(value, str | int | float | bool | date)
    }


def _metadata(fields: Mapping[str, object]) -> Metadata:
    known: dict[str, str] = {}
    extra: dict[str, object] = {}
    url = str(fields.get("url", "")).strip()
    for name, value in fields.items():
        field = _NAMES.get(name.lower()) or LABELS.get(name)
        if field and field not in known and str(value).strip():
            known[field] = str(value).strip()
        elif name != "url":
            extra[name] = value
    return complete(Metadata(url=url if url.startswith(("http://", "https://")) else None, extra=extra), known)


def _lines(tokens: Sequence[Token]) -> Iterator[str]:
    """The lines of a text; what belongs to a table is gathered until its row ends."""
    cells: list[list[str]] = []
    number = ""
    in_row = False
    for token in tokens:
        if token.type == "tr_open":
            in_row, cells = True, []
        elif token.type == "tr_close":
            in_row = False
            yield from row_lines(cells)
        elif token.type == "list_item_open":
            number = f"{token.info}. " if token.info else ""
        elif token.type == "inline":
            written = [line for line in map(one_line, _words(token.children or ()).split(_HARD_BREAK)) if line]
            if in_row:
                cells.append([" ".join(written)] if written else [])
            elif written:
                yield number + written[0]
                yield from written[1:]
                number = ""
        elif token.type in ("fence", "code_block"):
            yield from (line.rstrip() for line in token.content.split("\n") if line.strip())
        elif token.type == "html_block":
            yield from _html(token.content)


def _words(tokens: Sequence[Token]) -> str:
    """The words of a block; where its author asked for a new line, `_HARD_BREAK`."""
    words: list[str] = []
    reading = 0
    for token in tokens:
        if token.type == "html_inline":
            mark = _RUBY_READING.match(token.content)
            reading += 0 if mark is None else -1 if mark[1] else 1
        elif reading > 0:
            continue
        elif token.type == "softbreak":
            words.append("\n")
        elif token.type == "hardbreak":
            words.append(_HARD_BREAK)
        elif token.type == "image":
            words.append(_words(token.children or ()))
        else:
            words.append(token.content)
    return "".join(words)


def _html(markup: str) -> list[str]:
    try:
        return html_lines(html.fragment_fromstring(markup, create_parent="div"))
    except etree.ParserError:
        return []
