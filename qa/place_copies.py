"""What says the same is shown once: copies of a hit are named beside it, and stand by themselves only further down."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass
from operator import itemgetter

from index.copies import Copies
from index.load import SearchIndex
from index.records import Document, Paragraph

MAX_NAMED = 20
"""How many documents are named beside a hit at most, those with the better copies first."""
_EQUAL = 1e-6
_BELOW = 4


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Where another document says the same."""

    document: Document
    paragraph: Paragraph


def put_copies_below(
    rows: Iterable[int], score: Callable[[int], float], copies: Copies, repeated: Set[int]
) -> list[int]:
    """Rows that are sorted by score, best first, with each copy behind four more rows that say something of their own.

    A row is a copy where it is one of `repeated`, which a better copy of the document says as well, or where all of it
    stands in a paragraph before it: the question's words fit that one's title better. Where they fit equally well, the
    best copy comes first. A copy behind which not so many others come is left out, as it is where few are asked for:
    whoever reads five passages reads five that differ.

    Four: on ncp, whose questions are labelled with one copy only, document nDCG@10 is 0.912 with copies where their
    scores put them, 0.913 here and 0.892 without any; A@2000c 0.927, 0.929 and 0.869.
    """
    places, different, by_text = copies.paragraph_places, list[int](), dict[int, list[int]]()
    later: list[tuple[int, int]] = []
    for row in rows:
        place = places.get(row)
        below = len(different) + _BELOW
        if row in repeated:
            later.append((below, row))
            continue
        before = by_text.setdefault(place.text, []) if place else []
        holding = next((at for at in before if place and places[different[at]].holds(place)), None)
        if holding is None:
            before.append(len(different))
            different.append(row)
        else:
            first = different[holding]
            equal = places[first] == place and score(first) - score(row) < _EQUAL
            better = equal and copies.rank(row) < copies.rank(first)
            different[holding] = row if better else first
            later.append((below, first if better else row))
    # The sort is stable: behind the row that it waited for, a copy stands before the next.
    placed = [*enumerate(different, 1), *((below, row) for below, row in later if below <= len(different))]
    return [row for _, row in sorted(placed, key=itemgetter(0))]


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
