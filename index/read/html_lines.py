"""An HTML tree as lines of text, as a browser would break them: one line a block, one a table row."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Literal

from lxml import etree

from index.read.join import one_line
from index.rows import Cell, Spans, row_lines

# https://html.spec.whatwg.org/multipage/rendering.html: what is displayed as a block, and what is not displayed.
_DISPLAYED_AS_BLOCKS = """
    address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure
    footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol optgroup option p pre search section
    summary table tbody tfoot thead ul
"""
_NOT_DISPLAYED = """
    applet audio base button canvas datalist embed frame frameset head iframe img input link math meta noembed noframes
    noscript object param rp rt rtc script select source style svg template textarea title track video
"""
_BLOCKS = frozenset(_DISPLAYED_AS_BLOCKS.split())
# With rt and rp: the readings over a ruby base, and what stands around them where ruby is unknown.
_UNSEEN = frozenset(_NOT_DISPLAYED.split())
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_CELLS = frozenset(("td", "th"))
_TABLES = _CELLS | {"table", "tr"}
# No table of a text has more columns, and each is written down; rows are as many as a browser takes:
# https://html.spec.whatwg.org/multipage/tables.html#algorithm-for-processing-rows
_MOST = {"colspan": 50, "rowspan": 65534}


@dataclass(slots=True)
class _Frame:
    """What is being written: the document, a table, a row of it (its cells in `cells`), or a cell."""

    kind: Literal["text", "table", "row", "cell"]
    lines: list[str] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)
    line: list[str] = field(default_factory=list)
    spans: Spans = field(default_factory=Spans)
    """Of a table, and of the document, where rows stand in none."""

    def end_line(self) -> None:
        text = one_line("".join(self.line))
        self.line.clear()
        if text:
            self.lines.append(text)


def html_lines(root: etree._Element, without: Collection[etree._Element] = (), *, hidden: bool = False) -> list[str]:
    """The text below an element, line by line, blanks collapsed; `without` these elements.

    Ruby keeps its base, an ordered list its numbers, a table is one line a row (`row_lines`), which repeats what cells
    over several rows say. What a browser does not
    show is left out, also what a style hides, unless `hidden`.
    """
    writer = _Writer()
    skipped: etree._Element | None = None
    walker = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, element in walker:
        if event == "start":
            if element in without or _is_unseen(element, hidden=hidden):
                walker.skip_subtree()
                skipped = element
            else:
                writer.open(element)
            continue
        if event == "end" and element is not skipped:
            writer.close(element)
        skipped = None
        if element is not root:
            writer.write(element.tail)
    return writer.lines()


class _Writer:
    """Lines, as the elements open and close."""

    def __init__(self) -> None:
        self._frames = [_Frame("text")]
        self._preformatted = 0
        self._items: dict[etree._Element, int] = {}

    def open(self, element: etree._Element) -> None:
        tag = element.tag
        if tag == "br" or tag in _BLOCKS or tag == "tr" or tag in _CELLS:
            self._frames[-1].end_line()
        if tag == "table":
            self._frames.append(_Frame("table"))
        elif tag == "tr":
            self._frames.append(_Frame("row"))
        elif tag in _CELLS:
            self._frames.append(_Frame("cell"))
        elif tag == "li":
            self._frames[-1].line.append(self._number(element))
        self._preformatted += tag == "pre"
        self.write(element.text)

    def close(self, element: etree._Element) -> None:
        tag = element.tag
        self._preformatted -= tag == "pre"
        if tag in _BLOCKS or tag == "tr" or tag in _CELLS:
            self._frames[-1].end_line()
        if tag in _TABLES:
            _close(self._frames, element)

    def write(self, text: str | None) -> None:
        first, *others = (text or "").split("\n") if self._preformatted else [text or ""]
        self._frames[-1].line.append(first)
        for other in others:
            self._frames[-1].end_line()
            self._frames[-1].line.append(other)

    def lines(self) -> list[str]:
        (frame,) = self._frames
        frame.end_line()
        return frame.lines

    def _number(self, item: etree._Element) -> str:
        """What a browser prints before an item of an ordered list; nothing for other lists, or if a style hides it."""
        parent = item.getparent()
        if parent is None or parent.tag != "ol" or "list-style" in f"{parent.get('style', '')}{item.get('style', '')}":
            return ""
        start = parent.get("start", "")
        at = self._items.get(parent, int(start) - 1 if re.fullmatch(r"-?\d{1,6}", start) else 0) + 1
        self._items[parent] = at
        return f"{at}. "


def _close(frames: list[_Frame], element: etree._Element) -> None:
    """Hand what a table, row or cell holds to what is around it."""
    done, around = frames.pop(), frames[-1]
    if done.kind == "row":
        around.lines += [*done.lines, *row_lines(around.spans.fill(done.cells))]
    elif around.kind == "row":
        around.cells.append(Cell(done.lines, _span(element, "colspan"), _span(element, "rowspan")))
    else:
        around.lines += done.lines


def _span(cell: etree._Element, name: str) -> int:
    stated = cell.get(name, "").strip()
    return min(max(1, int(stated)), _MOST[name]) if stated.isdecimal() and len(stated) < 10 else 1


def _is_unseen(element: etree._Element, *, hidden: bool) -> bool:
    if element.tag in _UNSEEN:
        return True
    return not hidden and ("hidden" in element.attrib or bool(_HIDDEN.search(element.get("style", ""))))
