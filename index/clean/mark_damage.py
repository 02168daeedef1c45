"""Mark what was lost and cannot be read any more, so that nobody takes it for text: U+FFFD, 锟斤拷, ?qū)>匦?."""

from __future__ import annotations

import re
from functools import cache

from index.clean.align import AlignedText, Change, Span
from index.clean.everyday import everyday_characters

KIND = "damage"

_TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ"
# Where bytes went missing for certain.
_MARKS = (
    "\ufffd+",
    # The sign that says so, read as GBK once more; and the fillers of memory that nothing was written to.
    "锟斤(?:拷锟斤)*拷?|(?:拷锟|锟)斤拷|烫{3,}|屯{3,}",
    # A character and the bracket of its reading were taken for one: 驅(qū) → ?qū)
    rf"\?[a-z]{{0,4}}[{_TONED}][a-z]{{0,3}}[)）]",
    # What UTF-8 looks like in GBK or in Latin letters, its last byte gone.
    "[銆锛鈥锝锘][?\ufffd]",
    "[\u00c2-\u00f4][\u0080-\u0084\u0086-\u009f]|â€",  # U+0085 ends a line
)
_MARK = re.compile("|".join(_MARKS))
_REACH = 12
"""Characters of remains that belong to a mark, on each side."""


def damage_spans(text: str) -> list[Span]:
    """The stretches of a text that are damaged, in order; none holds a blank or a line break.

    A stretch reaches from a mark of lost bytes over the remains beside it: ASCII signs, Latin letters with accents and
    characters that are no everyday Chinese.
    """
    spans: list[Span] = []
    for mark in _MARK.finditer(text):
        start = _reach_back(text, mark.start(), spans[-1][1] if spans else 0)
        remains = _remains().match(text, mark.end(), mark.end() + _REACH)
        end = remains.end() if remains else mark.end()
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    return spans


def _reach_back(text: str, at: int, floor: int) -> int:
    low = max(floor, at - _REACH)
    remains = _remains().match(text[low:at][::-1])
    return at - (remains.end() if remains else 0)


@cache
def _remains() -> re.Pattern[str]:
    everyday = "".join(map(re.escape, sorted(everyday_characters())))
    return re.compile(f"[^{everyday}\\sA-Za-z0-9\u2010-\u2026.,:;!()]*")


def mark_damage(text: AlignedText) -> AlignedText:
    """Put each damaged stretch into an edit that changes nothing, so that it is shown where it stands."""
    spans = damage_spans(text.text)
    marked = {(edit.start, edit.end) for edit in text.edits if edit.kind == KIND}
    changes = [
        Change(*span, KIND, text.text[slice(*span)])
        for span, source in zip(spans, text.source_spans(spans), strict=True)
        if source not in marked
    ]
    return text.apply(changes) if changes else text
