"""Lines on pages into paragraphs: page numbers and running titles go, lines broken to fit the page are joined."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.read.join import one_line


@dataclass(frozen=True, slots=True)
class Line:
    """A line on a page; lengths in points, from the bottom left of the page."""

    text: str
    left: float
    bottom: float
    right: float
    top: float

    @property
    def size(self) -> float:
        """About the width of a Chinese character of the line."""
        return max(1.0, self.top - self.bottom)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a PDF with its lines, in the order in which they are drawn."""

    height: float
    lines: Sequence[Line]


_PAGE_NUMBER = re.compile(
    r"[-—–―－·•.\s]*(?:第\s*)?(?:\d{1,4}|[ivxl]{1,7})(?:\s*页)?[-—–―－·•.\s]*"
    r"(?:(?:/|共|of|，|,)\s*(?:共|of)?\s*\d{1,4}(?:\s*页)?)?",
    re.IGNORECASE,
)
_MARGIN = 0.12
"""The share of a page's height, at its top and its foot, in which running titles and page numbers stand."""
_RUNNING_PAGES = 3
_RUNNING_SHARE = 0.25  # those of left and right pages, and of the parts of a book, differ
_APART = 1.2  # the distance from the text, in characters; lines of text are closer
_HEIGHT_STEP = 4  # points
_FIGURES = re.compile(r"\d+")
_SHORT = 10
"""A line of fewer characters is not full, even if others end where it does: a list, a column of a table."""
_MOST_LINES = 2_000  # on a page; more are no text that is set in paragraphs
# How far a line may end before the margin and still be full, in characters: punctuation is not put first on a line.
_FULL = 2.2
_INDENT = 1.2
_REACHED_BY = 0.2
_BEGINS = re.compile(
    r"第[一二三四五六七八九十百千〇零\d]+[编章节条款]|[一二三四五六七八九十]+、|[（(][一二三四五六七八九十\d]+[）)]|\d{1,2}[．、.](?!\d)"
)
_ENDS = re.compile(r"[。！？：；!?:;][”’」』）)]*$")


def paragraphs_of(pages: Sequence[Page]) -> tuple[str, tuple[int, ...]]:
    """The text of all pages, one line a paragraph, and where in it each page begins, in characters.

    Two lines are one paragraph if the first reaches the right margin and the next begins at the left one. A paragraph
    that goes on overleaf is one, too. The order is that in which the lines are drawn, as every word processor draws
    them: column by column.
    """
    running = _running_lines(pages)
    text: list[str] = []
    length = 0
    starts: list[int] = []
    last: tuple[Line, bool] | None = None
    for page in pages:
        notes = {line for line in _margin_lines(page) if _PAGE_NUMBER.fullmatch(line.text) or _running(line) in running}
        lines = [line for line in page.lines if line not in notes]
        for at, line in enumerate(lines):
            left, right = _margins(line, lines)
            begins = line.left > left + _INDENT * line.size
            goes_on = last is not None and last[1] and not begins and _joins(last[0], line)
            written = one_line(line.text)
            if goes_on:
                written = one_line(f"{text[-1][-1]}\n{written}")[1:]
            elif text:
                written = f"\n{written}"
            text.append(written)
            if at == 0:
                starts.append(length + written.startswith("\n"))
            length += len(written)
            is_full = right is not None and line.right > right - _FULL * line.size
            last = line, is_full and _width(line) > _SHORT * line.size
        if not lines:
            starts.append(length)
    return "".join(text), tuple(starts)


def _margins(line: Line, lines: Sequence[Line]) -> tuple[float, float | None]:
    """Where the lines of its column begin and end: those that are mostly above or below it. No end if few reach it."""
    if len(lines) > _MOST_LINES:
        return line.left, None
    column = [other for other in lines if _overlap(line, other) > _width(min(line, other, key=_width)) / 2]
    enough = max(2, round(_REACHED_BY * len(column)))
    rights = sorted((other.right for other in column), reverse=True)
    lefts = sorted(other.left for other in column)
    right = next((end for end in rights if sum(other > end - line.size for other in rights) >= enough), None)
    left = next((start for start in lefts if sum(other < start + line.size for other in lefts) >= enough), line.left)
    return left, right


def _width(line: Line) -> float:
    return line.right - line.left


def _overlap(line: Line, other: Line) -> float:
    return min(line.right, other.right) - max(line.left, other.left)


def _joins(line: Line, following: Line) -> bool:
    """Whether nothing in two lines says that a paragraph ends between them, the first being full."""
    if _ENDS.search(line.text) and _BEGINS.match(following.text):
        return False
    if not 0.8 < following.size / line.size < 1.25:
        return False
    # On the same page and column, a paragraph's lines are as far apart as any two lines of it.
    gap = line.bottom - following.top
    return following.bottom > line.top or (gap < 1.6 * line.size and following.bottom < line.top)


def _margin_lines(page: Page) -> list[Line]:
    """The lines in the margins at the top and foot that stand apart from the text."""
    down = sorted(page.lines, key=lambda line: -line.top)
    found: list[Line] = []
    for lines, sign in ((down, 1), (down[::-1], -1)):
        for at, (line, inner) in enumerate(pairwise(lines), 1):
            gap = line.bottom - inner.top if sign > 0 else inner.bottom - line.top
            if not _in_margin(line, page):
                break
            if gap > _APART * line.size:
                found += lines[:at]
                break
        else:
            found += [line for line in lines if _in_margin(line, page)]
    return found


def _running_lines(pages: Sequence[Page]) -> set[tuple[str, int]]:
    """What stands in the margins of page after page at one height, figures aside."""
    seen: Counter[tuple[str, int]] = Counter()
    for page in pages:
        seen.update({_running(line) for line in _margin_lines(page)})
    enough = max(_RUNNING_PAGES, _RUNNING_SHARE * len(pages))
    return {running for running, count in seen.items() if count >= enough}


def _running(line: Line) -> tuple[str, int]:
    return _FIGURES.sub("#", "".join(line.text.split())), round(line.bottom / _HEIGHT_STEP)


def _in_margin(line: Line, page: Page) -> bool:
    return line.top < _MARGIN * page.height or line.bottom > (1 - _MARGIN) * page.height
