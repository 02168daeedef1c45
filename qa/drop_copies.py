"""What says the same is shown once: hits that are copies of a better one are left out and named beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from index.copies import Copies
from index.load import SearchIndex
from index.records import Document, Paragraph

MAX_NAMED = 20
"""How many documents are named beside a hit at most, those with the better copies first."""
_EQUAL = 1e-6


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Where another document says the same."""

    document: Document
    paragraph: Paragraph


def drop_copies(rows: Iterable[int], score: Callable[[int], float], copies: Copies, wanted: int) -> list[int]:
    """The first `wanted` rows that say something of their own, out of rows that are sorted by score, best first.

    A row goes where all of it stands in one before it, so nothing that was found is lost. The documents of the two
    differ, or they would not both be searched, and the question's words fit the first one's title better: it stays.
    Where they fit equally well, the best copy does.
    """
    places, kept, by_text = copies.paragraph_places, list[int](), dict[int, list[int]]()
    for row in rows:
        place = places.get(row)
        before = by_text.setdefault(place.text, []) if place else []
        holding = next((at for at in before if place and places[kept[at]].holds(place)), None)
        if holding is None:
            if len(kept) == wanted:
                if score(kept[-1]) - score(row) < _EQUAL:
                    continue  # a better copy of what is kept may still come
                break
            before.append(len(kept))
            kept.append(row)
        elif (
            places[kept[holding]] == place
            and score(kept[holding]) - score(row) < _EQUAL
            and copies.rank(row) < copies.rank(kept[holding])
        ):
            kept[holding] = row
    return kept


def elsewhere(row: int, index: SearchIndex) -> Sequence[Elsewhere]:
    """The other documents that say what a passage says, one place in each."""
    named = {index.passages[row].document_id}
    found: list[Elsewhere] = []
    for other in index.copies.others(row):
        passage = index.passages[other]
        if len(found) == MAX_NAMED:
            break
        if passage.document_id not in named:
            named.add(passage.document_id)
            paragraph = index.paragraph(passage.document_id, passage.paragraph)
            found.append(Elsewhere(index.document(passage.document_id), paragraph))
    return found
