"""Table rows as lines: the form in which every reader gives tables, and in which cleaning knows header tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

BAR = " | "
"""Stands between the cells of a row."""
_LABEL_LENGTH = 12
_REPEATED_LENGTH = 40
"""Characters of a cell over several rows that each of them repeats; a longer one is layout."""
_PUT_IN = 100_000
"""Characters that are put in in one table at most: a small file may say that a cell stands beside thousands of rows."""


def is_row(line: str) -> bool:
    """Whether a line is a row of a table; one with a sentence in it may also be text with a bar."""
    return BAR in line and "。" not in line


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
    _put_in: int = 0

    def fill(self, cells: Sequence[Cell]) -> list[Sequence[str]]:
        """The cells of the next row, one a column, with those among them that reach down from the rows above.

        A row of a region belongs to it, and is read alone. A cell that is too long to be repeated is empty there, as
        are further columns that a cell takes. What is layout is given as it is, as are all rows once more was put in
        than any table needs.

        >>> spans = Spans()
        >>> spans.fill([Cell(["东区"], rows=2), Cell(["50家"])]), spans.fill([Cell(["60家"]), Cell(["5人"])])
        ([['东区'], ['50家']], [['东区'], ['60家'], ['5人']])
        """
        own = [cell.lines for cell in cells]
        found: list[Sequence[str]] = []
        below: dict[int, Cell] = {}
        left = iter(cells)
        column = 0
        while (cell := (above := self._above.pop(column, None)) or next(left, None)) is not None:
            found += [cell.lines if cell is not above else self._repeated(cell), *[[]] * (cell.columns - 1)]
            self._put_in += len(BAR) * (cell.columns if cell is above else cell.columns - 1)
            if self._put_in > _PUT_IN:
                return own
            below[column] = cell
            column += cell.columns
        # Those that were not reached in a short row reach on as well.
        reaching = (self._above | below).items()
        self._above = {at: replace(cell, rows=cell.rows - 1) for at, cell in reaching if cell.rows > 1}
        return own if _is_layout(cells, len(found)) else found

    def _repeated(self, cell: Cell) -> Sequence[str]:
        length = sum(map(len, cell.lines))
        if length > _REPEATED_LENGTH:
            return []
        self._put_in += length
        return cell.lines


def _is_layout(cells: Sequence[Cell], columns: int) -> bool:
    """Whether a row has no words, or those of one cell that is text or takes all columns: 一、种植业."""
    filled = [cell for cell in cells if cell.lines]
    return not filled or (len(filled) == 1 and (len(filled[0].lines) > 1 or filled[0].columns == columns))


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
    return [BAR.join(" ".join(cell) for cell in cells)]
