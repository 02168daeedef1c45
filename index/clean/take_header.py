"""Read the table that government sites print above a text (发布机构 | … | 制发日期 | …) as metadata."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

from index.records import Metadata

KIND = "header"

# The labels of GB/T 9704 and of the information-disclosure tables (信息公开目录) on government sites, by the field they
# fill; None: recognised as a label, but no field holds it yet.
_LABELS = {
    "发布机构": "issuer",
    "发文机构": "issuer",
    "发文机关": "issuer",
    "制发机关": "issuer",
    "公开主体": "issuer",
    "发文字号": "number",
    "文号": "number",
    "标题": "title",
    "名称": "title",
    "制发日期": "issued_on",
    "成文日期": "issued_on",
    "发文日期": "issued_on",
    # When the text went online: taken where the day it was issued is not stated.
    "发布日期": "published_on",
    "公开日期": "published_on",
    "号": None,
    "索引号": None,
    "信息索引": None,
    "主题词": None,
    "主题分类": None,
    "分类": None,
    "有效性": None,
    "时效性": None,
    "关键词": None,
}
_DATE = re.compile(r"(?<!\d)((?:19|20)\d{2})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})(?!\d)\s*日?")
_SEPARATOR = re.compile(r"[|｜\t]")
_BLANKS = re.compile(r"\s+")


def take_header(lines: Sequence[str], known: Metadata) -> tuple[int, Metadata]:
    """How many leading lines are rows of a header table, and `known` completed by what they say.

    A row is cells between bars or tabs, the first of them a known label; a label with no value before the next label
    has none (a 文号 left empty, as press releases have it). What is already known is kept. Must not touch: a table
    further down, or a first line that is text.
    """
    taken = 0
    found: dict[str, str] = {}
    for line in lines:
        cells = [_BLANKS.sub("", cell).rstrip(":：") for cell in _SEPARATOR.split(line)]
        if len(cells) < 2 or cells[0] not in _LABELS:
            break
        taken += 1
        for label, value in pairwise(cells):
            field = _LABELS.get(label)
            if field and value and value not in _LABELS:
                found.setdefault(field, value)
    if not taken:
        return 0, known
    return taken, replace(
        known,
        title=known.title or found.get("title"),
        issuer=known.issuer or found.get("issuer"),
        number=known.number or found.get("number"),
        issued_on=known.issued_on or parse_date(found.get("issued_on") or found.get("published_on", "")),
    )


def parse_date(text: str) -> date | None:
    """The date that a text states in Arabic numerals, as 2022-05-16 or 2022年5月16日; None if it states none.

    >>> parse_date("2022年5月6日"), parse_date("2022-13-01")
    (datetime.date(2022, 5, 6), None)
    """
    match = _DATE.search(text)
    if not match:
        return None
    try:
        return date(*map(int, match.groups()))
    except ValueError:
        return None
