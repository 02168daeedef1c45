"""Table rows as lines: the form in which every reader gives tables, and in which cleaning knows header tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

_LABEL_LENGTH = 12
_REPEATED_LENGTH = 40
"""Characters of a cell over several rows that each of them repeats; a longer one is layout."""


@dataclass(frozen=True, slots=True)
class Cell:
    """The lines in a cell, and how many columns and rows it takes, both from 1."""

    lines: Sequence[str]
    columns: int = 1
    rows: int = 1


@dataclass(slots=True)
class Spans:
    """The cells of one table that reach down into its next row, by the column they begin in."""

    _above: dict[int, Cell] = field(default_factory=dict)

    def fill(self, cells: Sequence[Cell]) -> list[Sequence[str]]:
        """The cells of the next row, with those among them that reach down from the rows above.

        A row of a region belongs to it, and is read alone. Only one short line is repeated, and only in a row of lines.

        >>> spans = Spans()
        >>> spans.fill([Cell(["东区"], rows=2), Cell(["50家"])]), spans.fill([Cell(["60家"])])
        ([['东区'], ['50家']], [['东区'], ['60家']])
        """
        found: list[Sequence[str]] = []
        below: dict[int, Cell] = {}
        is_row = any(cell.lines for cell in cells) and all(len(cell.lines) < 2 for cell in cells)
        own = iter(cells)
        column = 0
        while (cell := (above := self._above.get(column)) or next(own, None)) is not None:
            if cell is not above or (is_row and _is_short(cell)):
                found.append(cell.lines)
            if cell.rows > 1:
                below[column] = Cell(cell.lines, cell.columns, cell.rows - 1)
            column += cell.columns
        self._above = below
        return found


def _is_short(cell: Cell) -> bool:
    return len(cell.lines) == 1 and len(cell.lines[0]) <= _REPEATED_LENGTH


def row_lines(cells: Sequence[Sequence[str]]) -> list[str]:
    """A row as one line, cells between bars; what stands in a cell (its lines) goes between blanks.

    A row with words in one cell only is layout, and its lines stay lines; but a label with an empty cell behind it
    stays a row.

    >>> row_lines([["文号"], [], ["日期"], ["2022-05-16"]]), row_lines([[], ["第一段。", "第二段。"]])
    (['文号 |  | 日期 | 2022-05-16'], ['第一段。', '第二段。'])
    """
    filled = [cell for cell in cells if cell]
    if not filled:
        return []
    if len(filled) == 1:
        (lines,) = filled
        is_label = len(cells) > 1 and bool(cells[0]) and len(lines) == 1 and len(lines[0]) <= _LABEL_LENGTH
        return [f"{lines[0]} |"] if is_label else list(lines)
    while not cells[-1]:
        cells = cells[:-1]
    return [" | ".join(" ".join(cell) for cell in cells)]
