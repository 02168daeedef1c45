"""Lines on pages into paragraphs: page numbers and running titles go, lines broken to fit the page are joined."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

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
_RUNNING_SHARE = 0.5
_FIGURES = re.compile(r"\d+")
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
        lines = [line for line in page.lines if not _is_margin_note(line, page, running)]
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
            last = line, line.right > right - _FULL * line.size
        if not lines:
            starts.append(length)
    return "".join(text), tuple(starts)


def _margins(line: Line, lines: Sequence[Line]) -> tuple[float, float]:
    """Where the lines of its column begin and end: those that are mostly above or below it."""
    column = [
        other
        for other in lines
        if min(line.right, other.right) - max(line.left, other.left)
        > min(line.right - line.left, other.right - other.left) / 2
    ]
    rights = sorted((other.right for other in column), reverse=True)
    enough = max(2, round(_REACHED_BY * len(rights)))
    reached = next(
        (right for right in rights if sum(other > right - line.size for other in rights) >= enough), rights[0]
    )
    lefts = sorted(other.left for other in column)
    return next(
        (left for left in lefts if sum(other < left + line.size for other in lefts) >= enough), lefts[0]
    ), reached


def _joins(line: Line, following: Line) -> bool:
    """Whether nothing in two lines says that a paragraph ends between them, the first being full."""
    if _ENDS.search(line.text) and _BEGINS.match(following.text):
        return False
    if not 0.8 < following.size / line.size < 1.25:
        return False
    # On the same page and column, a paragraph's lines are as far apart as any two lines of it.
    gap = line.bottom - following.top
    return following.bottom > line.top or (gap < 1.6 * line.size and following.bottom < line.top)


def _running_lines(pages: Sequence[Page]) -> set[str]:
    """What stands in the margins of page after page, figures aside."""
    seen: Counter[str] = Counter()
    for page in pages:
        seen.update({_unnumbered(line) for line in page.lines if _in_margin(line, page)})
    enough = max(_RUNNING_PAGES, _RUNNING_SHARE * len(pages) / 2)
    return {text for text, count in seen.items() if count >= enough}


def _unnumbered(line: Line) -> str:
    return _FIGURES.sub("#", "".join(line.text.split()))


def _in_margin(line: Line, page: Page) -> bool:
    return line.top < _MARGIN * page.height or line.bottom > (1 - _MARGIN) * page.height


def _is_margin_note(line: Line, page: Page, running: set[str]) -> bool:
    if not _in_margin(line, page):
        return False
    return bool(_PAGE_NUMBER.fullmatch(line.text)) or _unnumbered(line) in running
