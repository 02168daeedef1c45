"""A list that an answer opens is answered whole, also where its items stand in other passages and paragraphs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from index.clean.align import Span
from index.clean.find_headings import read_number
from index.records import Document, Paragraph
from index.split import list_items, sentences
from qa.retrieve import Hit
from qa.weigh_sentences import Sentence

Place = tuple[int, int]
"""Ordinal of a paragraph, and an offset in its text."""

# As much as ten items of 2000 characters: what is further away is not answered with, and a text may be a book.
_REACH = 20_000


def list_after(document: Document, ordinal: int, span: Span) -> list[Place]:
    """Where the items of the list begin that a sentence introduces, in reading order; empty where it introduces none.

    The first item begins in the sentence or right behind it, in the same paragraph or at the start of the next. The
    list ends with the paragraphs under the same heading, or 20,000 characters behind the sentence.
    """
    start, end = span
    stop = end + _REACH
    paragraphs = list(_from(document, ordinal, stop))
    # The whole of it first: of a list that goes on in the next paragraph, this one holds a part or no list at all.
    for text in ("\n".join(paragraph.text for paragraph in paragraphs), paragraphs[0].text):
        items = [start + at for at, _ in list_items(text[start:stop])]
        behind = end
        while behind < len(text) and text[behind].isspace():
            behind += 1
        if items and items[0] <= behind:
            return [_place(at, paragraphs) for at in _one_list(text, items)]
    return []


def list_under(document: Document, ordinal: int, asked: Callable[[str], float]) -> list[Place]:
    """Where the items of the list begin that stands under a heading of a paragraph; empty where there is none.

    Under the heading that is asked about most, of several the innermost: 二、申报条件. Of items that are headings
    themselves, what stands numbered under them.
    """
    heading = document.paragraphs[ordinal - 1].heading
    shares = [asked(name) for name in heading]
    if not any(shares):
        return []
    depth = max(range(len(heading)), key=lambda at: (shares[at], at)) + 1
    section = _section(document, ordinal, depth)
    numbers = [(paragraph, read_number(paragraph.text)) for paragraph in section]
    style = next((number.style for _, number in numbers if number and number.number == 1), None)
    items: list[Paragraph] = []
    for paragraph, number in numbers:
        if number and number.style is style:
            if number.number == 1 and paragraph.ordinal <= ordinal:
                items = []  # the list of an earlier section under the same words
            if number.number == len(items) + 1:
                items.append(paragraph)
    heads = {name for paragraph in section for name in paragraph.heading}
    if any(item.text in heads for item in items):
        items = [paragraph for paragraph, number in numbers if number and paragraph.text not in heads]
    if len(items) > 1:
        return [(item.ordinal, 0) for item in items]
    text = "\n".join(paragraph.text for paragraph in section)
    return [_place(at, section) for at in _one_list(text, [at for at, _ in list_items(text)])]


def _section(document: Document, ordinal: int, depth: int) -> Sequence[Paragraph]:
    """The paragraphs around one that stand under the same headings, as far as these go down."""
    path = document.paragraphs[ordinal - 1].heading[:depth]
    runs = groupby(document.paragraphs, lambda paragraph: paragraph.heading[:depth] == path)
    sections = (list(paragraphs) for within, paragraphs in runs if within)
    return next(section for section in sections if section[0].ordinal <= ordinal <= section[-1].ordinal)


def _one_list(text: str, items: Sequence[int]) -> Iterator[int]:
    """The items up to where the counting begins anew."""
    if not items:
        return
    first = re.compile(rf"(?<=[。！？；!?;：:，,、”）)\s]){re.escape(text[items[0] : items[0] + 2])}")
    yield items[0]
    for before, at in pairwise(items):
        if first.search(text, before + 2, at):
            return
        yield at


def _from(document: Document, ordinal: int, characters: int) -> Iterator[Paragraph]:
    """A paragraph and those after it under the same heading, be it that they open with one of their own.

    So many as have so many characters together.
    """
    first = document.paragraphs[ordinal - 1]
    for paragraph in document.paragraphs[ordinal - 1 :]:
        beside = paragraph.heading == first.heading or _above(paragraph) == _above(first)
        if not beside or characters < 0:
            return
        yield paragraph
        characters -= len(paragraph.text) + 1


def _above(paragraph: Paragraph) -> Sequence[str]:
    """The headings above a paragraph, without the one that its own first words may be."""
    heading = paragraph.heading
    return heading[:-1] if heading and paragraph.text.startswith(heading[-1]) else heading


def _place(at: int, paragraphs: Sequence[Paragraph]) -> Place:
    for paragraph in paragraphs:
        if at <= len(paragraph.text):
            break
        at -= len(paragraph.text) + 1
    return paragraph.ordinal, at


def sentence_at(place: Place, document_id: str, hits: Sequence[Hit]) -> Sentence | None:
    """The sentence of a hit that holds a place; None where no hit does."""
    ordinal, at = place
    for number, hit in enumerate(hits):
        passage = hit.passage
        if (passage.document_id, passage.paragraph) == (document_id, ordinal) and passage.start <= at < passage.end:
            within = at - passage.start
            return Sentence(number, next(span for span in sentences(passage.text) if span[0] <= within < span[1]))
    return None


@dataclass(frozen=True, slots=True)
class Items:
    """The items of a list, as far as the hits hold them."""

    held: Sequence[Sentence]
    """The first sentence of each."""
    elsewhere: Sequence[tuple[str, Place]]
    """Where in which document those begin that no hit holds."""
    introduced: bool
    """Whether a sentence leads to the list; if not, that sentence is itself the first item."""


def items_in(hits: Sequence[Hit], documents: Mapping[str, Document], sentence: Sentence) -> Items:
    """The items of the list that a sentence of a hit introduces or begins; none where it does neither."""
    passage = hits[sentence.hit].passage
    start, end = (passage.start + at for at in sentence.span)
    places = list_after(documents[passage.document_id], passage.paragraph, (start, end))
    return _items_at(places, passage.document_id, hits, (passage.paragraph, start))


def items_under(
    hits: Sequence[Hit], documents: Mapping[str, Document], hit: int, asked: Callable[[str], float]
) -> Items:
    """The items of the list under a heading above a hit that is asked about; none where there is no such list."""
    passage = hits[hit].passage
    places = list_under(documents[passage.document_id], passage.paragraph, asked)
    return _items_at(places, passage.document_id, hits, None)


def _items_at(places: Sequence[Place], document_id: str, hits: Sequence[Hit], opening: Place | None) -> Items:
    found = {place: sentence_at(place, document_id, hits) for place in places}
    return Items(
        [one for one in found.values() if one],
        [(document_id, place) for place, one in found.items() if not one],
        introduced=opening not in found,
    )
