"""Read the title of a document off its first paragraphs."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.clean.break_paragraphs import TITLE_ENDING, is_title
from index.clean.read_head import HEAD_LABEL, OPENS_TITLE
from index.clean.read_issuers import is_institution, join_spaced, split_issuers
from index.clean.read_numbers import bracketed_number, is_number_line, join_loose
from index.clean.read_signature import DAY

_LINES = 24
# A title that its number makes whole, and one behind its number: 某市指挥部通告（第7号）, 银发〔2020〕15号 关于…的通知.
_NUMBERED = re.compile(
    r"\S+(?:公告|通告)[（(]第\S{1,6}号[）)]|\S+\d号\s+(?P<title>关于\S+(?:通知|意见|公告|通告|决定|批复|函))"
)


def read_title(paragraphs: Sequence[str]) -> str | None:
    """The title above a text: its first line, or the first under what is printed above one (number, red head, source).

    A title may be broken in two lines: …关于印发 / …的通知. A text of one paragraph has none.
    """
    above = 0
    while above < min(len(paragraphs), _LINES) and _stands_above(paragraphs[above]):
        above += 1
    if len(paragraphs) < 2 or above == len(paragraphs):
        return None
    if title := _title_at(paragraphs, above):
        return title
    for line in paragraphs[:above]:
        if named := _NUMBERED.fullmatch(line):
            return named["title"] or line
    return _ordered_title(paragraphs[above:]) if any(map(is_number_line, paragraphs[:above])) else None


def _title_at(paragraphs: Sequence[str], at: int) -> str | None:
    """The title that begins with a paragraph; below other lines, one that ends as titles do."""
    title = " ".join(join_spaced(paragraphs[at]).split())
    following = paragraphs[at + 1] if at + 1 < len(paragraphs) else ""
    if is_title(title) and OPENS_TITLE.match(title) and not TITLE_ENDING.search(title):
        whole = title + following
        if TITLE_ENDING.search(following) and is_title(whole) and not is_number_line(following):
            return whole
    return title if is_title(paragraphs[at]) and (not at or TITLE_ENDING.search(title)) else None


def _ordered_title(paragraphs: Sequence[str]) -> str | None:
    """The title of what an order puts in force, below its signature."""
    signed = next((at for at, text in enumerate(paragraphs[:6]) if DAY.fullmatch(join_loose(text))), None)
    below = paragraphs[signed + 1] if signed is not None and signed + 1 < len(paragraphs) else ""
    return below if is_title(below) and TITLE_ENDING.search(below) else None


def _stands_above(line: str) -> bool:
    """Whether a line is printed above a title: a number, a red head, an institution, a source, labels, a rule."""
    compact = "".join(line.split())
    first = join_spaced(join_loose(line)).split()
    return (
        is_number_line(line)
        or bool(HEAD_LABEL.match(line))
        or (bool(first) and bracketed_number(first[0]) is not None)
        or bool(re.fullmatch(r"[\W_]*", compact))
        or (compact.endswith("文件") and is_institution(compact[:-2]))
        or bool(split_issuers(line))
        or (compact.endswith("公告") and is_institution(compact[:-2]))
    )
