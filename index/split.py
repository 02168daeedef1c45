"""Cut paragraphs into passages: windows of whole sentences, lists kept together."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise, zip_longest
from string import ascii_lowercase
from typing import Protocol
from unicodedata import numeric

from index.clean.align import Span
from index.clean.fold import fold
from index.clean.read_dates import parse_numeral
from index.find_table_heads import table_heads
from index.records import CONTEXT_MARK, Document, Paragraph, Passage
from index.rows import is_row

# A sentence ends with its marks and whatever closes around them; a semicolon ends a clause that can stand alone.
_SENTENCE_END = re.compile(r"(?:[。！？；!?;]|……)+[”’」』）)】》]*")
_CLAUSE_END = re.compile(r"[，,、：:]+[”’」』）)】》]*")
_OPENING_WORDS = 60
_SUBJECT_LENGTH = 150

_NUMERAL = "((?:[一二三四五六七八九]?十)?[一二三四五六七八九]|[一二三四五六七八九]?十)"
# The ways an item of a list begins, each with its number.
_MARKS = [
    re.compile(rf"(?:(?<=[。！？；!?;：:，,、”）)\s])|^){mark}")
    for mark in (
        f"{_NUMERAL}(?:是|要|为)",
        f"{_NUMERAL}、",
        f"第{_NUMERAL}[，,、]",
        f"[（(]{_NUMERAL}[）)]",
        r"[（(]?(\d{1,2})[）)．、]",
        r"(\d{1,2})\.(?!\d)",
        "([①-⑳])",
        "[（(]([a-z])[）)]",
    )
]


class Splitter(Protocol):
    """Cuts a document into passages; each lies inside one paragraph and is exactly its slice of it."""

    @property
    def signature(self) -> str:
        """Names the way of cutting: two splitters with the same signature cut every document alike."""
        ...

    def split(self, document: Document) -> list[Passage]:
        """The passages in reading order. Every character of a paragraph that is not a heading is in one of them."""
        ...

    def keywords(self, document: Document, passage: Passage) -> str:
        """What the lexical leg sees of a passage; its text is part of it."""
        ...


def sentences(text: str) -> list[Span]:
    """The sentences of a paragraph, which together are all of it; blanks belong to the sentence before them.

    A row of a table is one.
    """
    ends = []
    for match in () if is_row(text) else _SENTENCE_END.finditer(text):
        end = match.end()
        while end < len(text) and text[end].isspace():
            end += 1
        ends.append(end)
    if not ends or ends[-1] < len(text):
        ends.append(len(text))
    return list(pairwise([0, *ends])) if text else []


def list_items(text: str) -> list[Span]:
    """The items of the list in a paragraph (一是…二是…, （一）…（二）…, 1.…2.…), the last to the paragraph's end.

    A list counts up from one without a gap, each number behind the end of a clause; with less than two items there
    is none.
    """
    best: list[int] = []
    for mark in _MARKS:
        starts: list[int] = []
        for match in mark.finditer(text):
            if _number(match[1]) == len(starts) + 1:
                starts.append(match.start())
        if len(starts) > max(1, len(best)):
            best = starts
    return list(pairwise([*best, len(text)])) if best else []


def begins_item(sentence: str) -> bool:
    """Whether a sentence begins with the number of a list's item: 二是…, （二）…, 2.…."""
    return any(mark.match(sentence) for mark in _MARKS)


def _number(written: str) -> int:
    if written in ascii_lowercase:
        return ascii_lowercase.index(written) + 1
    return int(numeric(written)) if len(written) == 1 else parse_numeral(written)


@dataclass(frozen=True, slots=True)
class SentenceWindows:
    """Windows of whole sentences, about `limit` characters at most.

    A list that fits into one and a half times the limit is one passage. A longer one is cut between its items only,
    and every passage after the first has the words that introduce the list in its context, so that each item is
    found by the list's name; so has a row of a table the names of its columns. A sentence over the limit is cut after a
    clause, as a last resort at the limit.
    """

    limit: int = 300

    @property
    def signature(self) -> str:
        """Named by the limit and the version of these rules."""
        return f"sentence-windows-8:{self.limit}"

    def split(self, document: Document) -> list[Passage]:
        """Passages of every paragraph but headings that have text below them, which are context there."""
        title = fold(document.metadata.title or "")
        opening = title or _opening(document)
        heads = table_heads(document.paragraphs)
        passages: list[Passage] = []
        for paragraph, following in zip_longest(document.paragraphs, document.paragraphs[1:]):
            if following and (paragraph.text in following.heading or paragraph.text == title):
                continue
            passages += self._split(paragraph, opening, heads.get(paragraph.ordinal))
        return passages

    def keywords(self, document: Document, passage: Passage) -> str:
        """The first 150 characters of the document, the context, and the text twice.

        Twice, so that a passage that says it itself comes before those that only stand under it: on ncp A@1000c 0.894
        -> 0.899, A@2000c 0.919 -> 0.921, on drcd document nDCG@10 0.980 -> 0.981. The opening characters name subject,
        place and issuer, which the passages below take for granted; measured on ncp before that, document nDCG@10
        0.899 -> 0.906, A@1000c 0.873 -> 0.884; 80 and 250 characters gain less.
        """
        # A paragraph has a character at least, so no more of them are needed than characters, nor more of each.
        opening = "\n".join(paragraph.text[:_SUBJECT_LENGTH] for paragraph in document.paragraphs[:_SUBJECT_LENGTH])
        opening = opening[:_SUBJECT_LENGTH]
        return f"{opening}\n{passage.indexed_text}\n{passage.text}"

    def _split(self, paragraph: Paragraph, opening: str, head: Paragraph | None) -> Iterator[Passage]:
        text = paragraph.text
        columns = head.text if head and head.ordinal < paragraph.ordinal else ""
        # The first passage shows the heading that its paragraph begins with: in its context it would count twice.
        runs_in = bool(paragraph.heading) and text.startswith(paragraph.heading[-1])
        items = list_items(text)
        lead = text[: items[0][0]] if items else ""
        # Short enough to stay whole: a paragraph by the limit, a list by half as much again.
        if len(text) <= (self.limit * 3 // 2 if items else self.limit):
            spans: Iterable[Span] = [(0, len(text))]
        else:
            spans = _pack([*sentences(lead), *items] or sentences(text), self.limit, text)
        for start, end in _uncut(spans, paragraph.content.replacements()):
            headings = paragraph.heading[:-1] if runs_in and start == 0 else paragraph.heading
            context = CONTEXT_MARK.join(part for part in (opening, *headings, columns) if part)
            in_list = items and start >= items[0][0] and lead and not head
            yield Passage(
                document_id=paragraph.document_id,
                paragraph=paragraph.ordinal,
                start=start,
                end=end,
                text=text[start:end],
                context=f"{context}{CONTEXT_MARK}{_last_words(lead)}".removeprefix(CONTEXT_MARK)
                if in_list
                else context,
                head=head.ordinal if head else None,
            )


def _uncut(spans: Iterable[Span], replacements: Sequence[Span]) -> Iterator[Span]:
    """Neighbouring spans with the cuts moved that go through a replacement: what was put in together is cited together.

    A cut is moved to where the replacement begins or, where that leaves nothing before it, to where it ends.
    """
    if not replacements:
        yield from spans
        return
    start = 0
    for _, end in spans:
        at = bisect_right(replacements, end, key=lambda replacement: replacement[0]) - 1
        stop = end
        if at >= 0 and replacements[at][0] < end < replacements[at][1]:
            stop = replacements[at][0] if replacements[at][0] > start else replacements[at][1]
        if stop > start:
            yield start, stop
            start = stop


def _opening(document: Document) -> str:
    """The first words of a document without a title: they name its subject, as a title would."""
    first = document.paragraphs[0].text if document.paragraphs else ""
    return first[:_OPENING_WORDS]


def _last_words(lead: str) -> str:
    """The sentence that introduces a list, from its end, at most 80 characters."""
    start, end = sentences(lead)[-1]
    return lead[max(start, end - 80) : end].strip()


def _pack(units: Sequence[Span], limit: int, text: str) -> Iterator[Span]:
    """Neighbouring units together while they fit; one over the limit is cut by itself and shares with no other."""
    for oversized, run in groupby(units, key=lambda unit: unit[1] - unit[0] > limit):
        if oversized:
            for unit in run:
                yield from _cut(unit, limit, text)
        else:
            yield from _together(run, limit)


def _cut(unit: Span, limit: int, text: str) -> Iterator[Span]:
    """A unit in pieces of whole sentences, or of whole clauses where a sentence is over the limit, or of the limit."""
    start, end = unit
    for ends in (_SENTENCE_END, _CLAUSE_END):
        cuts = {start + match.end() for match in ends.finditer(text[start:end])}
        parts = list(pairwise(sorted({start, *cuts, end})))
        if len(parts) > 1:
            yield from _pack(parts, limit, text)
            return
    yield from ((at, min(at + limit, end)) for at in range(start, end, limit))


def _together(parts: Iterable[Span], limit: int) -> Iterator[Span]:
    """Neighbours joined while they are within the limit."""
    joined: Span | None = None
    for part in parts:
        if joined and part[1] - joined[0] <= limit:
            joined = (joined[0], part[1])
        else:
            if joined:
                yield joined
            joined = part
    if joined:
        yield joined
