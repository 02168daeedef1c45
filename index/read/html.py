"""An HTML page into a raw document: its main text, and what its head says of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from lxml import etree, html

from index.clean.find_site_lines import INFO, site_line
from index.clean.fold import fold
from index.clean.read_dates import parse_date
from index.clean.read_head import labelled_values, read_head
from index.clean.take_header import complete, take_header
from index.errors import UnreadableSource
from index.read.decode import decode
from index.read.html_lines import html_lines
from index.read.html_main import find_main_text
from index.records import Metadata, RawDocument, Refusal

# https://html.spec.whatwg.org/multipage/parsing.html#prescan-a-byte-stream-to-determine-its-encoding
_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{2,30})", re.IGNORECASE)
_PRESCAN = 4096
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_TAG = re.compile(r"<[^<>]{1,100}>")
_ABOVE = 30  # lines
_BESIDE = 10  # lines
_OF_MENU = 20  # characters
# Between the title of a text and the name of its site.
_TITLE_PARTS = re.compile(r"\s*[_|｜]\s*|\s+[-–—]+\s+|-{2,}|\s*>\s*")


def read_html(file: Path, data: bytes) -> Iterator[RawDocument | Refusal]:
    """The main text of a page, one line a block; citations count its characters.

    A table is one line a row, cells between bars, and so is the table that a site prints above a text (信息公开), from
    wherever it stands. Where the main text cannot be told from its site, it is everything a browser shows.

    Raises:
        UnreadableSource: the page is nested deeper than is read.
    """
    declared = _DECLARED.search(data[:_PRESCAN])
    page = _parsed(decode(data, declared[1].decode("ascii") if declared else None))
    if page is None:
        yield RawDocument(file.stem, "", str(file))
        return
    everything = html_lines(page)
    main, of_the_site = find_main_text(page) or (page, ())
    lines = html_lines(main, of_the_site) or everything or html_lines(page, hidden=True)
    lines = _header_first(_header_table(page, main) + lines)
    yield RawDocument(file.stem, "\n".join(lines), str(file), _metadata(page, everything, lines))


def _parsed(text: str) -> etree._Element | None:
    """The tree of a page; None if there is nothing in it.

    Raises:
        UnreadableSource: the parser gave up, which loses everything deeper.
    """
    # Only with this option is a page of unclosed elements read; lxml stops at 2048 levels even then.
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True)
    try:
        page = html.document_fromstring(_XML_DECLARATION.sub("", text).encode("utf-8", "replace"), parser=parser)
    except etree.ParserError:
        return None
    fatal = [error.message for error in parser.error_log if error.level_name == "FATAL"]
    if fatal:
        raise UnreadableSource(f"its HTML cannot be read ({fatal[0]}); save the page anew, or as text")
    return page


def _header_table(page: etree._Element, main: etree._Element) -> list[str]:
    """The rows of the tables before the main text that cleaning knows for a header table."""
    inside = set(main.iter())
    around = set(main.iterancestors())
    for element in page.iter("table", main.tag):
        if element is main:
            break
        if element.tag == "table" and element not in inside and element not in around:
            lines = html_lines(element)
            length, known = take_header(lines, Metadata())
            if length and known != Metadata():
                return lines[:length]
    return []


def _header_first(lines: list[str]) -> list[str]:
    """The lines with the header table first, where titles and tools stand above it; never one behind a sentence."""
    for at, line in enumerate(lines[:_ABOVE]):
        if length := take_header(lines[at:], Metadata())[0]:
            return lines[at : at + length] + lines[:at] + lines[at + length :]
        if "。" in line:
            break
    return lines


def _metadata(page: etree._Element, everything: list[str], lines: list[str]) -> Metadata:
    """What the head of a page says, by the names that government sites use (ArticleTitle, PubDate, ContentSource)."""
    said: dict[str, str] = {}
    for meta in page.iter("meta"):
        name = (meta.get("name") or meta.get("property") or "").lower()
        content = " ".join(_TAG.sub("", meta.get("content", "")).split())
        if name and content:
            said.setdefault(name, content)
    published = parse_date(said.get("pubdate") or said.get("article:published_time", ""))
    metadata = Metadata(
        title=_title(page, said, everything, lines),
        url=_url(page, said),
        extra={"source": said["contentsource"]} if "contentsource" in said else {},
        published_on=published,
    )
    return complete(
        metadata, labelled_values(list(read_head(fold("\n".join(_info_lines(metadata.title, everything, lines))))))
    )


def _info_lines(title: str | None, everything: list[str], lines: list[str]) -> Iterator[str]:
    """The lines with source and day outside of the main text, between it and the title; the nearest to it first."""
    # By the first line that is long enough not to stand in a menu, too.
    begins = next((line for line in lines if len(line) > _OF_MENU), None)
    if begins not in everything:
        return
    for line in everything[: everything.index(begins)][: -_BESIDE - 1 : -1]:
        if line == title:
            return
        if (of_site := site_line(fold(line))) and of_site.kind == INFO:
            yield line


def _title(page: etree._Element, said: Mapping[str, str], everything: list[str], lines: list[str]) -> str | None:
    """By the page's own word, else its one first-level heading, else the part of <title> that stands on the page."""
    for name in ("articletitle", "og:title"):
        if said.get(name):
            return said[name]
    headings = [" ".join(html_lines(heading)) for heading in page.iter("h1")]
    headings = [heading for heading in headings if heading]
    if len(headings) == 1:
        return headings[0]
    title = page.find(".//title")
    parts = (
        [part for part in _TITLE_PARTS.split(" ".join((title.text or "").split())) if part] if title is not None else []
    )
    shown = {*everything, *lines}
    return next((part for part in parts if part in shown), parts[0] if parts else None)


def _url(page: etree._Element, said: Mapping[str, str]) -> str | None:
    """The page's address, if it states one: <link rel="canonical"> or og:url."""
    links = [link.get("href", "") for link in page.iter("link") if link.get("rel", "").lower() == "canonical"]
    for stated in (*links, said.get("og:url", "")):
        address = str(stated).strip()
        try:
            parts = urlsplit(address)
        except ValueError:
            continue
        if parts.scheme in ("http", "https") and parts.hostname:
            return address
    return None
