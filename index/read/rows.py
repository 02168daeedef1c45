"""Table rows as lines: the form in which every reader gives tables, and in which cleaning knows header tables."""

from __future__ import annotations

from collections.abc import Sequence

_LABEL_LENGTH = 12


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
