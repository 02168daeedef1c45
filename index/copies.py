"""The texts that stand in an index more than once: found when it is built, asked when it is searched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple


class Place(NamedTuple):
    """Where a passage stands in a text that stands in the index more than once, in letters of its best copy."""

    text: int
    """The number of that text."""
    start: int
    end: int

    def holds(self, other: Place) -> bool:
        """Whether everything that stands at the other place stands at this one, too."""
        return self.text == other.text and self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Place) -> bool:
        """Whether at least half of the shorter of the two stands at both places."""
        shared = min(self.end, other.end) - max(self.start, other.start)
        return self.text == other.text and shared * 2 >= max(1, min(self.end - self.start, other.end - other.start))


@dataclass(frozen=True, slots=True)
class Copy:
    """A document that is a copy of a text."""

    document_id: str
    rows: range
    """Its passages."""
    held: Sequence[Place]
    """What it holds of the text."""


@dataclass(frozen=True)  # no slots: what is derived from the fields is derived once
class Copies:
    """The copies in an index. Both mappings list the rows of a better copy before those of a worse one."""

    documents: Sequence[Sequence[Copy]] = ()
    """Text -> the documents that are copies of it, the best first."""
    document_places: Mapping[int, Place] = field(default_factory=dict)
    """Row -> where the passage stands in the text that its document is a copy of; no row for what only it says."""
    paragraph_places: Mapping[int, Place] = field(default_factory=dict)
    """Row -> where the passage stands in a paragraph that other documents hold, too."""

    def copy_of(self, document_id: str) -> str | None:
        """The best copy of a document's text; None if it is that itself, or the only one."""
        return self._best.get(document_id)

    def repeated_among(self, passing: Set[str]) -> Iterator[int]:
        """The rows that a better copy says as well, where only these documents may answer."""
        for copies in self.documents:
            better: list[Place] = []
            for copy in copies:
                if copy.document_id not in passing:
                    continue
                for row in copy.rows if better else ():
                    place = self.document_places.get(row)
                    if place and any(held.holds(place) for held in better):
                        yield row
                better += [new for new in copy.held if not any(held.holds(new) for held in better)]

    @cached_property
    def repeated(self) -> Set[int]:
        """The rows that a better copy says as well, where every document may answer."""
        return set(self.repeated_among({copy.document_id for copies in self.documents for copy in copies}))

    def others(self, row: int) -> Iterator[int]:
        """The rows that share at least half of the shorter one's letters with a row, those of better copies first."""
        for places, rows in (
            (self.document_places, self._document_rows),
            (self.paragraph_places, self._paragraph_rows),
        ):
            place = places.get(row)
            for other in rows[place.text] if place else ():
                if other != row and place and place.overlaps(places[other]):
                    yield other

    def rank(self, row: int) -> int:
        """Sorts the rows of one paragraph text, the best copy first."""
        return self._ranks[row]

    @cached_property
    def _ranks(self) -> Mapping[int, int]:
        return {row: rank for rank, row in enumerate(self.paragraph_places)}

    @cached_property
    def _best(self) -> Mapping[str, str]:
        return {copy.document_id: best.document_id for best, *copies in self.documents for copy in copies}

    @cached_property
    def _document_rows(self) -> Mapping[int, Sequence[int]]:
        return _by_text(self.document_places)

    @cached_property
    def _paragraph_rows(self) -> Mapping[int, Sequence[int]]:
        return _by_text(self.paragraph_places)


def _by_text(places: Mapping[int, Place]) -> Mapping[int, Sequence[int]]:
    rows: dict[int, list[int]] = {}
    for row, place in places.items():
        rows.setdefault(place.text, []).append(row)
    return rows
