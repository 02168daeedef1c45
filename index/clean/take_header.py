"""Read the table that government sites print above a text (发布机构 | … | 制发日期 | …) as metadata."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from index.clean.find_headings import heading_level
from index.clean.read_dates import DATE, parse_date
from index.clean.read_issuers import is_institution, stated_issuers
from index.clean.read_numbers import join_loose, normalise_number
from index.records import Metadata

KIND = "header"

# The labels of GB/T 9704 and of the information-disclosure tables (信息公开目录) on government sites, by the field they
# fill; None: recognised as a label, but no field holds it.
LABELS = {
    "发布机构": "issuers",
    "发布单位": "issuers",
    "发文机构": "issuers",
    "发文机关": "issuers",
    "发文单位": "issuers",
    "制发机关": "issuers",
    "制发机构": "issuers",
    "公开主体": "issuers",
    "发文字号": "number",
    "文件编号": "number",
    "文号": "number",
    "标题": "title",
    "名称": "title",
    "信息名称": "title",
    "制发日期": "issued_on",
    "成文日期": "issued_on",
    "成文时间": "issued_on",
    "发文日期": "issued_on",
    "印发日期": "issued_on",
    "生成日期": "issued_on",
    # When the text went online.
    "发布日期": "published_on",
    "发布时间": "published_on",
    "公开日期": "published_on",
    "公布日期": "published_on",
    "生效日期": "valid_from",
    "实施日期": "valid_from",
    "施行日期": "valid_from",
    "失效日期": "valid_until",
    "废止日期": "valid_until",
    "有效期至": "valid_until",
    "有效期": "valid_until",
    "索引号": "index_number",
    "信息索引": "index_number",
    "信息索引号": "index_number",
    "号": None,
    "主题词": None,
    "主题分类": None,
    "体裁分类": None,
    "组配分类": None,
    "信息分类": None,
    "服务对象": None,
    "公开方式": None,
    "公开范围": None,
    "公开类别": None,
    "信息类别": None,
    "公文种类": None,
    "分类": None,
    "有效性": None,
    "时效性": None,
    "效力状态": None,
    "关键词": None,
    "内容概述": None,
}
DATES = frozenset({"issued_on", "published_on", "valid_from", "valid_until"})
_NAMES = "|".join(r"\s*".join(label) for label in sorted(LABELS, key=len, reverse=True))
_LABEL = re.compile(rf"(?<![^\s|｜])({_NAMES})\s*[:：]")
_SEPARATOR = re.compile(r"[|｜\t]")
_RULE = re.compile(r"[\s|｜:\-—－─━]*[|｜][\s|｜:\-—－─━]*")
_NOTHING = re.compile(r"[\s\-—－/\\无〔〕\[\]号]*")
_BETWEEN_LETTERS = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")
_INDEX_NUMBER = re.compile(r"[\w\-—－/.()〔〕\[\]]*\d[\w\-—－/.()〔〕\[\]]*")
_MOMENT = re.compile(rf"{DATE}(?:\s*\d{{1,2}}:\d{{2}}(?::\d{{2}})?)?|(?:19|20)\d{{2}}-?(?:\d\d)?(?:\d\d)?")
# Characters: of a row whose cells nothing but blanks part, and of one value in it. A page pasted as one line is longer.
_ROW, _VALUE = 300, 80


def take_header(lines: Sequence[str], known: Metadata) -> tuple[int, Metadata]:
    """How many leading lines are rows of a header table, and `known` completed by what they say.

    A row is cells between bars or tabs, the first of them a known label; or, where at least two labels stand there,
    labels with a colon, their values behind them or on the next line. A label with no value before the next label has
    none (a 文号 left empty, as press releases have it). What is already known is kept. Must not touch: a table further
    down, a first line that is text, or a line in which more than the values follows the labels.
    """
    found: dict[str, str] = {}
    taken = labels = 0
    table = False
    awaited: str | None = None
    for at, line in enumerate(lines):
        cells = _cells(line)
        if cells is None:
            if awaited is None or not _fits(awaited, line.strip()):
                break
            _keep(found, awaited, line)
            taken, awaited = at + 1, None
            continue
        labels += sum(cell in LABELS for cell in cells)
        table |= bool(_SEPARATOR.search(line))
        for label, value in pairwise(cells):
            if label in LABELS and value not in LABELS:
                _keep(found, label, value)
        awaited = cells[-1] if cells and cells[-1] in LABELS and not _SEPARATOR.search(line) else None
        taken = at + 1
    if not taken or not (table or labels > 1):
        return 0, known
    return taken, complete(known, found)


def complete(known: Metadata, found: Mapping[str, str]) -> Metadata:
    """`known` with what it does not say taken from the values of labels, by field."""
    return replace(
        known,
        title=known.title or found.get("title"),
        issuers=known.issuers or stated_issuers(found.get("issuers", "")),
        number=known.number or (normalise_number(found["number"]) if "number" in found else None),
        index_number=known.index_number or found.get("index_number"),
        issued_on=known.issued_on or parse_date(found.get("issued_on", "")),
        published_on=known.published_on or parse_date(found.get("published_on", "")),
        valid_from=known.valid_from or parse_date(found.get("valid_from", "")),
        valid_until=known.valid_until or parse_date(found.get("valid_until", "")),
    )


def _cells(line: str) -> list[str] | None:
    """Labels and values of a row in their order, or None if the line is no row."""
    if _SEPARATOR.search(line[:_ROW]):
        if _RULE.fullmatch(line[:_ROW]):
            return []
        cells = [cell for part in _SEPARATOR.split(line.strip().lstrip("|｜")) for cell in _labelled(part)]
        return cells if len(cells) > 1 and cells[0] in LABELS else None
    if len(line) > _ROW:
        return None
    cells = _labelled(line)
    if cells[0] not in LABELS or not _LABEL.match(line.strip()):
        return None
    values = [(label, value) for label, value in pairwise(cells) if label in LABELS and value not in LABELS]
    return cells if all(_fits(label, value) for label, value in values) else None


def _labelled(text: str) -> list[str]:
    """A cell as its labels, without blanks and colons, and the values between them; a value alone, or "", as it is."""
    bare = "".join(text.split()).rstrip(":：")
    if bare in LABELS:
        return [bare]
    parts = _LABEL.split(text)
    pieces = [parts[0].strip()] if parts[0].strip() or len(parts) == 1 else []
    for label, value in zip(parts[1::2], parts[2::2], strict=True):
        pieces.append("".join(label.split()))
        if value.strip():
            pieces.append(value.strip())
    return pieces


def _keep(found: dict[str, str], label: str, value: str) -> None:
    field = LABELS[label]
    if field and not _NOTHING.fullmatch(value):
        found.setdefault(field, value.strip() if field == "issuers" else _BETWEEN_LETTERS.sub("", value.strip()))


def _fits(label: str, value: str) -> bool:
    """Whether a value is one of this label's kind and nothing besides, so that no text is taken with it."""
    field = LABELS[label]
    if len(value) > _VALUE or "。" in value or heading_level(value) is not None or _NOTHING.fullmatch(value):
        return bool(_NOTHING.fullmatch(value[:_VALUE]))
    if field in DATES:
        return bool(_MOMENT.fullmatch(value)) or (field == "valid_until" and len(value) <= 6)
    if field == "number":
        return bool(re.search(r"\d.*号$", value)) and len(join_loose(value).split()) <= 2
    if field == "index_number":
        return bool(_INDEX_NUMBER.fullmatch(value))
    if field == "issuers":
        words = value.split()
        return len(words) <= 1 or all(map(is_institution, words)) or all(len(word) == 1 for word in words)
    return field == "title" or (len(value) <= 30 and not value.endswith(("：", ":", "通知", "公告", "意见", "通告")))
