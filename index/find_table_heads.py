"""Which row of a table names its columns: a row alone, as 水稻 | 1200元 | 20%, does not say what its figures are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, takewhile, zip_longest

from index.records import Paragraph

BAR = " | "
"""Stands between the cells of a row, as readers give it."""
_NAME = re.compile(r"(?:\d{4}年|[^\d。；;：:]){1,16}")
"""What a column may be called: 2025年目标, but no figure and no sentence."""
_UNIT = re.compile(r"[（(](?:单位[：:])?([^（）()\d]{1,6})[）)]$")
_FIGURE = re.compile(r"(?:约|超过?|不少于|不低于)?\d")


def table_heads(paragraphs: Sequence[Paragraph]) -> Mapping[int, Paragraph]:
    """The row that names the columns of each row, itself and one above it included, by the ordinal of its paragraph.

    Rows of tables without a head are left out.

    A head is the first row of a table, or the second where cells of the first reach over both. All its cells are
    names, and most rows below it hold figures or sentences. Labels with a value each, as in a form, have none.
    """
    found: dict[int, Paragraph] = {}
    for is_row, run in groupby(paragraphs, lambda paragraph: BAR in paragraph.text):
        rows = list(run) if is_row else []
        while rows:
            head, below = _table(rows)
            table = rows[: rows.index(below[-1]) + 1] if below else rows
            if head:
                found |= dict.fromkeys((row.ordinal for row in table), head)
            rows = rows[len(table) :]
    return found


def _table(rows: Sequence[Paragraph]) -> tuple[Paragraph | None, Sequence[Paragraph]]:
    """The head of the first of several tables, if it has one, and the rows below it."""
    cells = _cells(rows[0])
    head = 0
    if len(rows) > 1 and _are_names(cells) and _are_names(_cells(rows[1])) and _reach_over(cells, _cells(rows[1])):
        head, cells = 1, _cells(rows[1])
    # The head of another table right below this one has other columns.
    below = list(takewhile(lambda row: len(_cells(row)) == len(cells) or not _are_names(_cells(row)), rows[head + 1 :]))
    return (rows[head] if _are_names(cells) and _tell_of(cells, below) else None), below


def _cells(row: Paragraph) -> list[str]:
    return [cell.strip() for cell in row.text.split(BAR)]


def _are_names(cells: Sequence[str]) -> bool:
    return len(set(cells)) == len(cells) and all(map(_NAME.fullmatch, cells))


def _reach_over(upper: Sequence[str], lower: Sequence[str]) -> bool:
    return upper[0] == lower[0] or upper[-1] == lower[-1]


def _tell_of(head: Sequence[str], rows: Sequence[Paragraph]) -> bool:
    """Whether most of the rows have no other columns than the head, and figures or sentences in them."""
    telling = list(_telling(head, rows))
    return bool(telling) and sum(telling) > len(telling) / 2


def _telling(head: Sequence[str], rows: Sequence[Paragraph]) -> Iterator[bool]:
    for row in rows:
        cells = _cells(row)
        # Two columns may also be labels and values, of which only some are figures.
        if len(head) == 2:
            yield len(cells) == 2 and bool(_FIGURE.match(cells[1]))
        else:
            yield len(cells) <= len(head) and not all(map(_NAME.fullmatch, cells))


def with_units(row: str, head: str) -> str:
    """A row with the units behind its figures that the names of its columns have.

    >>> with_units("东渡镇 | 8800 | 9200", "乡镇 | 早稻（亩） | 晚稻（亩）")
    '东渡镇 | 8800亩 | 9200亩'
    """
    units = [unit[1] if (unit := _UNIT.search(name)) else "" for name in head.split(BAR)]
    cells = zip_longest(row.split(BAR), units[: row.count(BAR) + 1], fillvalue="")
    return BAR.join(f"{cell}{unit}" if cell[-1:].isdecimal() else cell for cell, unit in cells)
