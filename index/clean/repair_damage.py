"""Repair damaged stretches from evidence: what other documents, or the rest of this one, write in the same place.

Cleaning looks at one document; this looks at all of a build, once they are cleaned. What it puts in is never made up:
it stands, letter for letter, in an undamaged paragraph, and the edit says where.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import takewhile

from index.clean import mark_damage
from index.clean.align import AlignedText, Change, Edit, Span
from index.clean.find_headings import heading_paths
from index.records import Document

KIND = "repair"

_CONTEXT = 4
"""Characters beside a damaged stretch by which its place is found again."""
_LONGEST = 16
"""Characters that a repair puts in at most."""
_MOST_PLACES = 1000
_STRETCH = 65536
_LETTERS = re.compile(r"[㐀-鿿]")
_UNIT = re.compile(r"[^\s，。；：、！？“”‘’「」『』《》（）,;:!?()]+")
_TOKENS = re.compile(r"(?P<lost>[?\ufffd])|(?P<reading>[a-zà-ǜ]+[)）])|(?P<sign>[\0-\x7f])|(?P<kept>.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Loss:
    """A damaged stretch of a paragraph's text, and the undamaged characters beside it."""

    document: int
    paragraph: int
    start: int
    end: int
    left: str
    right: str
    remains: str


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the context of a loss stands once more, from `at` on."""

    document: int
    paragraph: int
    at: int


Places = Mapping[str, Sequence[_Place]]


def repair(documents: Sequence[Document]) -> list[Document]:
    """The documents with every loss repaired that the documents themselves bear witness to; the order stays.

    A loss is repaired where four characters before it and four behind it stand elsewhere with the same few characters
    between them everywhere, of a length that agrees with what was lost. Where only one side is found again, the bytes
    that remain of the loss must agree as well, and at least two places, in different surroundings, must have the same
    characters there: what they share is the whole of what was lost. Must not touch: a loss with two possible readings.

    A repaired stretch is no evidence for another, so repairing twice changes nothing more. The result depends on the
    documents alone, not on their order.
    """
    losses = list(_losses(documents))
    if not losses:
        return list(documents)
    places = _find({context for loss in losses for context in (loss.left, loss.right) if context}, documents)
    repairs: dict[int, dict[int, list[Change]]] = defaultdict(lambda: defaultdict(list))
    known: dict[tuple[int, str, str, str], tuple[str, str] | None] = {}
    for loss in losses:
        key = (loss.document, loss.left, loss.remains, loss.right)
        if key not in known:
            known[key] = _between(loss, places, documents) or _beside(loss, places, documents)
        if found := known[key]:
            written, evidence = found
            change = Change(loss.start, loss.end, KIND, written, evidence)
            repairs[loss.document][loss.paragraph].append(change)
    return [_repaired(document, repairs[at]) if at in repairs else document for at, document in enumerate(documents)]


def _losses(documents: Sequence[Document]) -> Iterator[_Loss]:
    for number, document in enumerate(documents):
        if not any(edit.kind == mark_damage.KIND for edit in document.edits):
            continue
        for ordinal, paragraph in enumerate(document.paragraphs):
            text = paragraph.text
            spans = mark_damage.damage_spans(text)
            for (_, before), (start, end), (after, _) in zip(
                [(0, 0), *spans], spans, [*spans[1:], (len(text), len(text))], strict=False
            ):
                left = text[max(before, start - _CONTEXT) : start]
                right = text[end : min(after, end + _CONTEXT)]
                yield _Loss(number, ordinal, start, end, _usable(left), _usable(right), text[start:end])


def _usable(context: str) -> str:
    """The context, if it is whole and says something: four characters, two of them Chinese at least."""
    return context if len(context) == _CONTEXT and len(_LETTERS.findall(context)) >= 2 else ""


def _find(contexts: set[str], documents: Sequence[Document]) -> Places:
    """Where each context stands in the paragraphs of all documents, in one pass over their text.

    A context that stands in very many places says nothing, and is left out.
    """
    found: dict[str, list[_Place]] = defaultdict(list)
    for number, document in enumerate(documents):
        for ordinal, paragraph in enumerate(document.paragraphs):
            text = paragraph.text
            for start in range(0, len(text) - _CONTEXT + 1, _STRETCH):
                stretch = range(start, min(start + _STRETCH, len(text) - _CONTEXT + 1))
                grams = [text[at : at + _CONTEXT] for at in stretch]
                if not contexts.isdisjoint(grams):
                    for at, gram in zip(stretch, grams, strict=True):
                        if gram in contexts and len(found[gram]) <= _MOST_PLACES:
                            found[gram].append(_Place(number, ordinal, at))
    return {gram: places for gram, places in found.items() if len(places) <= _MOST_PLACES}


def _between(loss: _Loss, places: Places, documents: Sequence[Document]) -> tuple[str, str] | None:
    """What stands between both contexts, the same everywhere, and the evidence."""
    if not (loss.left and loss.right):
        return None
    rights: dict[tuple[int, int], list[int]] = defaultdict(list)
    for place in places.get(loss.right, ()):
        rights[place.document, place.paragraph].append(place.at)
    found: dict[str, list[tuple[_Place, Span]]] = defaultdict(list)
    for place in places.get(loss.left, ()):
        start = place.at + _CONTEXT
        ends = rights.get((place.document, place.paragraph), [])
        nearest = bisect_left(ends, start)
        if nearest < len(ends) and 0 < ends[nearest] - start <= _LONGEST:
            content = documents[place.document].paragraphs[place.paragraph].content
            span = start, ends[nearest]
            if _is_witness(content, span):
                found[content.text[slice(*span)]].append((place, span))
    if len(found) != 1:
        return None
    ((written, sites),) = found.items()
    if not (_has_length_of(loss.remains, written) and _agrees(loss.remains, written)):
        return None
    return written, _evidence(loss, sites, documents)


def _beside(loss: _Loss, places: Places, documents: Sequence[Document]) -> tuple[str, str] | None:
    """What stands beside one of the contexts, confirmed by the bytes that remain, and the evidence."""
    if not any(token.lastgroup == "kept" for token in _TOKENS.finditer(loss.remains)):
        return None
    for context, before in ((loss.right, True), (loss.left, False)):
        sites: list[tuple[_Place, str]] = []
        for place in places.get(context, ()) if context else ():
            content = documents[place.document].paragraphs[place.paragraph].content
            unit = _unit_before(content.text, place.at) if before else _unit_after(content.text, place.at + _CONTEXT)
            start = place.at - len(unit) if before else place.at + _CONTEXT
            if unit and _is_witness(content, (start, start + len(unit))):
                sites.append((place, unit))
        if written := _shared(loss.remains, [unit for _, unit in sites], before=before):
            size = len(written)
            spans = [
                (place, (place.at - size, place.at) if before else (place.at + _CONTEXT, place.at + _CONTEXT + size))
                for place, unit in sites
                if (unit.endswith(written) if before else unit.startswith(written))
            ]
            return written, _evidence(loss, spans, documents)
    return None


def _unit_before(text: str, at: int) -> str:
    """The characters before a place, back to the next punctuation mark, blank or limit."""
    reversed_text = text[max(0, at - _LONGEST) : at][::-1]
    unit = _UNIT.match(reversed_text)
    return unit[0][::-1] if unit else ""


def _unit_after(text: str, at: int) -> str:
    unit = _UNIT.match(text, at, at + _LONGEST)
    return unit[0] if unit else ""


def _shared(remains: str, units: Iterable[str], *, before: bool) -> str:
    """What all units of which the remains can be a part have beside the context; nothing if that is not certain."""
    sides = [unit[::-1] if before else unit for unit in units]
    possible = [
        side
        for side in sides
        if any(_agrees(remains, _turned(side[:size], before)) for size in range(2, len(side) + 1))
    ]
    shared = "".join(column[0] for column in takewhile(_is_one, zip(*possible, strict=False)))
    # Two places that go on differently show where it ends; of one alone, nobody can say.
    goes_on = {side[len(shared) : len(shared) + 1] for side in possible}
    written = _turned(shared, before)
    return written if len(goes_on) > 1 and len(written) > 1 and _agrees(remains, written) else ""


def _is_one(column: tuple[str, ...]) -> bool:
    return len(set(column)) == 1


def _turned(text: str, before: bool) -> str:
    return text[::-1] if before else text


def _is_witness(content: AlignedText, span: Span) -> bool:
    """Whether a stretch of a paragraph is undamaged and was not repaired itself."""
    low, high = content.source_span(*span)
    return not any(
        edit.kind in {KIND, mark_damage.KIND} and edit.start < high and low < edit.end for edit in content.edits
    )


def _has_length_of(remains: str, written: str) -> bool:
    """Whether a text can have been as long as what is left of it: a lost character leaves one to three signs."""
    return len(written) <= max(len(remains), 1) and len(remains) <= 3 * len(written)


_VIEWS = (("gb18030", "gb18030"), ("gb18030", "utf-8"), ("cp1252", "utf-8"), ("cp1252", "gb18030"))
"""How the remains may have been read, and how the text was written."""


def _agrees(remains: str, written: str) -> bool:
    """Whether the bytes that remain stand among the bytes of a text, in their order and with as much lost between.

    A sign that was put for lost bytes stands for one to three of them, another ASCII sign for three at most, what looks
    like the end of a reading for none.
    """
    for read, was in _VIEWS:
        parts = _parts(remains, read)
        try:
            if parts and _fits(parts, written.encode(was)):
                return True
        except UnicodeEncodeError:
            continue
    return False


@dataclass(frozen=True, slots=True)
class _Gap:
    """Bytes that are lost: at least and at most so many."""

    least: int
    most: int


_GAPS = {"lost": _Gap(1, 3), "sign": _Gap(0, 3), "reading": _Gap(0, 0)}


@cache
def _parts(remains: str, encoding: str) -> Sequence[bytes | _Gap]:
    """The bytes that remain and the gaps between them, in order; none where this encoding has no such bytes."""
    parts: list[bytes | _Gap] = []
    for token in _TOKENS.finditer(remains):
        if token.lastgroup == "kept":
            try:
                parts.append(token[0].encode(encoding))
            except UnicodeEncodeError:
                return ()
        else:
            parts.append(_GAPS[token.lastgroup or ""])
    return tuple(parts)


def _fits(parts: Sequence[bytes | _Gap], data: bytes) -> bool:
    """Whether the parts fill the bytes to the last one.

    All ways of sharing out the bytes among the gaps are followed at once, as the set of places they reach: tried one
    after the other, they are too many.
    """
    reached = {0}
    for part in parts:
        if isinstance(part, bytes):
            reached = {at + len(part) for at in reached if data.startswith(part, at)}
        else:
            steps = range(part.least, part.most + 1)
            reached = {at + step for at in reached for step in steps if at + step <= len(data)}
        if not reached:
            return False
    return len(data) in reached


def _evidence(loss: _Loss, sites: Sequence[tuple[_Place, Span]], documents: Sequence[Document]) -> str:
    """Where it stands: in another document before this one, then by the document's id and place."""

    def rank(site: tuple[_Place, Span]) -> tuple[bool, str, int, int]:
        place, span = site
        return place.document == loss.document, documents[place.document].id, place.paragraph, span[0]

    place, span = min(sites, key=rank)
    document = documents[place.document]
    low, high = document.paragraphs[place.paragraph].content.source_span(*span)
    return f"{document.id}:{low}-{high}"


def _repaired(document: Document, changes: Mapping[int, Sequence[Change]]) -> Document:
    """The document with repairs in its paragraphs and edits, and in the title and headings that are read from them."""
    paragraphs = list(document.paragraphs)
    edits: dict[int, Edit] = {edit.start: edit for edit in document.edits}
    renamed: dict[str, str] = {}
    for ordinal, asked in changes.items():
        was = paragraphs[ordinal].content
        now = was.apply(asked)
        for edit in was.edits:
            del edits[edit.start]
        edits |= {edit.start: edit for edit in now.edits}
        renamed[was.text] = now.text
        paragraphs[ordinal] = replace(paragraphs[ordinal], content=now)
    title = document.metadata.title or ""
    headings = heading_paths([paragraph.text for paragraph in paragraphs])
    return replace(
        document,
        metadata=replace(document.metadata, title=renamed.get(title, title) or None),
        paragraphs=tuple(
            replace(paragraph, heading=heading) for paragraph, heading in zip(paragraphs, headings, strict=True)
        ),
        edits=tuple(edits[start] for start in sorted(edits)),
    )
