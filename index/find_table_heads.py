"""Which row of a table names its columns: a row alone, as 水稻 | 1200元 | 20%, does not say what its figures are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest

from index.records import Paragraph
from index.rows import BAR

_BRACKETS = re.compile("[（(][^（）()]*[）)]")
_NAME = re.compile(r"(?:\d+(?:[-—~～至]\d+)?(?:年|月|岁|季度|级)|[^\d。；;：:]){1,16}")
"""What a column may be called: 2025年目标, but no figure and no sentence."""
_FIGURE = re.compile(r"(?:约|超过?|不少于|不低于|≥|＞)?\d")
_UNIT = re.compile(r"[（(](?:单位[：:])?([^（）()\d]{1,6})[）)]$")


def table_heads(paragraphs: Sequence[Paragraph]) -> Mapping[int, Paragraph]:
    """The row that names the columns of each row, itself and one above it included, by the ordinal of its paragraph.

    A head is the first row of a table, or the second where cells of the first reach over both. Its cells are names, and
    a column below it holds figures or sentences in most rows; a line between rows, as 一、种植业, ends no table. Labels
    with a value each, as in a form, have no head, and their rows are left out.
    """
    found: dict[int, Paragraph] = {}
    head: Paragraph | None = None
    apart = 0
    rows: list[Paragraph] = []
    for paragraph in (*paragraphs, None):
        if paragraph and BAR in paragraph.text:
            rows.append(paragraph)
            continue
        for table in _tables(rows):
            goes_on = head and apart == 1 and not _are_names(_cells(table[0])) and _fit(_cells(head), table)
            if not goes_on:
                head = _head(table)
            if head:
                found |= {row.ordinal: head for row in (head, *table)}
            elif _are_names(_cells(table[-1])):
                head = table[-1]  # if rows follow that fit, behind a line such as 一、种植业
        apart = 1 if rows else apart + 1
        rows = []
    return found


def _tables(rows: Sequence[Paragraph]) -> Iterator[list[Paragraph]]:
    """Rows that follow each other, parted where the head of another table stands: names, and not as many columns."""
    table: list[Paragraph] = []
    for row in rows:
        cells, above = _cells(row), _cells(table[-1]) if table else []
        if (
            table
            and len(cells) != len(above)
            and _are_names(cells)
            and not (len(table) == 1 and _is_over(above, cells))
        ):
            yield table
            table = []
        table.append(row)
    if table:
        yield table


def _is_over(upper: Sequence[str], lower: Sequence[str]) -> bool:
    """Whether a row is the upper one of two that name columns: cells reach over both, or over several columns."""
    reaches = upper[0] == lower[0] or upper[-1] == lower[-1]
    return reaches and _are_names([cell for cell in upper if cell]) and _are_names(lower)


def _head(table: Sequence[Paragraph]) -> Paragraph | None:
    at = 1 if len(table) > 1 and _is_over(_cells(table[0]), _cells(table[1])) else 0
    cells = _cells(table[at])
    return table[at] if _are_names(cells) and _fit(cells, table[at + 1 :]) else None


def _cells(row: Paragraph) -> list[str]:
    # Cleaning takes the blank before the bar behind an empty corner.
    text = f" {row.text}" if row.text.startswith(BAR.strip()) else row.text
    return [cell.strip() for cell in text.split(BAR)]


def _are_names(cells: Sequence[str]) -> bool:
    names = [_BRACKETS.sub("", cell) for cell in cells]
    return len(set(cells)) == len(cells) and all(map(_NAME.fullmatch, names if names[0] else names[1:]))


def _fit(head: Sequence[str], rows: Sequence[Paragraph]) -> bool:
    """Whether rows can stand below a head: a column of most of them holds figures or sentences.

    In a form every second column does. Of two columns the first must count or the second be named with its unit.
    """
    table = [_cells(row) for row in rows]
    most = len(table) / 2
    if not table or sum(len(cells) > len(head) for cells in table) >= most:
        return False
    filled = list(zip_longest(*table, fillvalue=""))[: len(head)]
    figures = [sum(map(bool, map(_FIGURE.match, column))) > most for column in filled]
    if len(head) == 2:
        return figures[1:] == [True] and (figures[0] or _UNIT.search(head[1]) is not None)
    told = [
        figure or sum(_is_told(cell) for cell in column) > most for figure, column in zip(figures, filled, strict=True)
    ]
    return any(told[::2]) or (any(told) and len(head) % 2 == 1)


def _is_told(cell: str) -> bool:
    return bool(cell) and not _NAME.fullmatch(_BRACKETS.sub("", cell))


def with_units(row: str, head: str) -> str:
    """A row with the units behind its figures that the names of its columns have.

    >>> with_units("东渡镇 | 8800 | 9200", "乡镇 | 早稻（亩） | 晚稻（单位：亩）")
    '东渡镇 | 8800亩 | 9200亩'
    """
    units = [unit[1] if (unit := _UNIT.search(name)) else "" for name in head.split(BAR)]
    cells = zip_longest(row.split(BAR), units[: row.count(BAR) + 1], fillvalue="")
    return BAR.join(f"{cell}{unit}" if cell[-1:].isdecimal() else cell for cell, unit in cells)
