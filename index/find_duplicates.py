"""Find the documents, and the paragraphs, that are copies of one text, and where the passages stand in it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from index import group_copies
from index.clean.align import Span
from index.compare_texts import RULES, Block, Text, pieces
from index.copies import Copies, Copy, Place
from index.group_copies import group, sketches_of
from index.records import Document, Metadata, Paragraph, Passage
from index.take_letters import letters_of

# Shorter paragraphs (特此通知, 本办法自发布之日起施行) are phrases, which each text says of itself.
_SHORTEST_PARAGRAPH = 20

SIGNATURE = f"{group_copies.SIGNATURE}|{RULES}|{_SHORTEST_PARAGRAPH}"
"""Names the rules: with the same ones, the same documents have the same copies."""


@dataclass(frozen=True, slots=True)
class _Unit:
    """A document or a paragraph as it is compared, and the passages in it."""

    document: Document
    start: int
    """Where it begins in the document, in letters."""
    text: Text
    rows: range


@dataclass(frozen=True, slots=True)
class _Read:
    """A document read for comparison."""

    whole: _Unit
    paragraphs: Sequence[_Unit]
    sketches: NDArray[np.uint64]
    """Of the whole, then of the paragraphs."""
    passages: Sequence[Span]
    """Where the passage of each row begins and ends, in letters of the document."""

    @property
    def standing(self) -> tuple[int, int, str]:
        """Sorts the best copy first: most official, then most text, then by id."""
        document = self.whole.document
        return -official(document.metadata), -len(self.whole.text.letters), document.id


def find_duplicates(documents: Sequence[Document], passages: Sequence[Passage]) -> Copies:
    """The copies among documents and among their paragraphs; the order of the documents makes no difference.

    `passages` are those of each document in turn; a passage's row is its place in the sequence.
    """
    if not documents:
        return Copies()
    rows = {name: list(found) for name, found in groupby(range(len(passages)), lambda row: passages[row].document_id)}
    read = sorted(
        (_read(document, passages, rows.get(document.id, [])) for document in documents), key=lambda one: one.standing
    )
    spans = {row: span for one in read for row, span in zip(one.whole.rows, one.passages, strict=True)}
    wholes = [one.whole for one in read]
    paragraphs = [unit for one in read for unit in one.paragraphs]
    whole_sketches = np.concatenate([one.sketches[:1] for one in read])
    paragraph_sketches = np.concatenate([one.sketches[1:] for one in read])
    document_copies, document_places = _places(wholes, whole_sketches, spans)
    return Copies(document_copies, document_places, _places(paragraphs, paragraph_sketches, spans)[1])


def official(metadata: Metadata) -> int:
    """How much speaks for a document's being the issuer's own, 0 to 3: an address on .gov.cn, an issuer, a number."""
    try:
        host = urlsplit(metadata.url or "").hostname or ""
    except ValueError:  # no address at all
        host = ""
    return sum((f".{host}".endswith(".gov.cn"), bool(metadata.issuer), bool(metadata.number)))


def _read(document: Document, passages: Sequence[Passage], rows: Sequence[int]) -> _Read:
    texts = [paragraph.text for paragraph in document.paragraphs]
    letters = letters_of("\n".join(texts))
    begins = list(accumulate((len(text) + 1 for text in texts), initial=0))
    before: list[int] = letters.before.tolist()
    noise = [_noise(paragraph) for paragraph in document.paragraphs]
    string = letters.text
    closed = letters.closed if any(noise) else None

    def span(paragraph: int, start: int, end: int) -> Span:
        return before[begins[paragraph] + start], before[begins[paragraph] + end]

    metadata = document.metadata
    names = [letters_of(name).text if name else None for name in (metadata.title, metadata.issuer, metadata.number)]
    all_rows = range(rows[0], rows[-1] + 1) if rows else range(0)
    whole = _Unit(document, 0, Text(string, closed, letters.gaps, sum(noise), names, metadata.issued_on), all_rows)
    by_paragraph = {at: list(found) for at, found in groupby(rows, lambda row: passages[row].paragraph - 1)}
    paragraphs = []
    for at, found in by_paragraph.items():
        start, end = span(at, 0, len(texts[at]))
        if end - start >= _SHORTEST_PARAGRAPH:
            part = Text(string[start:end], None if closed is None else closed[start:end], noise=noise[at])
            paragraphs.append(_Unit(document, start, part, range(found[0], found[-1] + 1)))
    spans = [(0, len(string)), *((unit.start, unit.start + len(unit.text.letters)) for unit in paragraphs)]
    places = [span(passages[row].paragraph - 1, passages[row].start, passages[row].end) for row in rows]
    return _Read(whole, paragraphs, sketches_of(letters.codes, spans), places)


def _noise(paragraph: Paragraph) -> int:
    """How often cleaning took letters out of a paragraph."""
    return sum(not edit.after and any(map(str.isalnum, edit.before)) for edit in paragraph.content.edits)


def _places(
    units: Sequence[_Unit], sketches: NDArray[np.uint64], spans: dict[int, Span]
) -> tuple[list[list[Copy]], dict[int, Place]]:
    """The groups of units that are copies, and the place of each passage that stands in the common stretch."""
    alike = group([unit.text for unit in units], sketches)
    members: dict[int, list[int]] = {}
    for at, one in enumerate(alike):
        members.setdefault(one.best, []).append(at)
    copies: list[list[Copy]] = []
    places: dict[int, Place] = {}
    for ats in members.values():
        if len(ats) == 1:
            continue
        number = len(copies)
        copies.append([])
        for at in ats:
            unit = units[at]
            held = []
            for piece in pieces(alike[at].blocks or (Block(0, 0, len(unit.text.letters)),)):
                start, end = unit.start + piece[0].copy, unit.start + piece[-1].copy + piece[-1].length
                held.append(Place(number, piece[0].text, piece[-1].text + piece[-1].length))
                for row in unit.rows:
                    if start <= spans[row][0] < spans[row][1] <= end:
                        first, last = (
                            _mapped(letter - unit.start, piece) for letter in (spans[row][0], spans[row][1] - 1)
                        )
                        places[row] = Place(number, first, last + 1)
            copies[-1].append(Copy(unit.document.id, unit.rows, tuple(held)))
    return copies, places


def _mapped(at: int, blocks: Sequence[Block]) -> int:
    """Where a letter of the copy stands in the text; of noise, the last letter before it."""
    block = blocks[bisect_right(blocks, at, key=lambda block: block.copy) - 1]
    return block.text + min(at - block.copy, block.length - 1)
