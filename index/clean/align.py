"""Text that knows the way back: every character of a cleaned text keeps its place in the untouched source.

An `AlignedText` is a stretch of source plus the `Edit`s made to it. Nothing else is stored: what no edit covers was
kept, so "every source character is either kept or inside one edit" holds by construction. Kept characters may be
folded in script or width, one for one; that is no edit.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

Span = tuple[int, int]
"""Where a stretch of text begins and ends, in characters, the end not included."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One removal (`after == ""`) or replacement; `start` and `end` are offsets in characters of the source text.

    An edit whose `after` is its `before` changes nothing: it marks a stretch.
    """

    kind: str
    start: int
    end: int
    before: str
    after: str = ""
    evidence: str | None = None
    """Where `after` stands that could not be read from the source itself: `<document id>:<start>-<end>`, in the source
    of that document."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a cleaning rule asks for: put `after` in place of `text[start:end]`, offsets in the text as it is now."""

    start: int
    end: int
    kind: str
    after: str = ""
    evidence: str | None = None


@dataclass(frozen=True, slots=True)
class AlignedText:
    """`source[start:end]` with `edits` applied and kept characters folded gives `text`.

    `edits` are in order of position, do not overlap, and lie inside `[start, end)`.
    """

    source: str
    start: int
    end: int
    text: str
    edits: tuple[Edit, ...] = ()

    @classmethod
    def of(cls, source: str) -> AlignedText:
        """The whole of a source text, nothing changed yet."""
        return cls(source, 0, len(source), source)

    def _positions(self) -> list[int]:
        """Where in `text` each edit's `after` begins; for a removal, the character that follows it."""
        shifts = accumulate((len(edit.after) - (edit.end - edit.start) for edit in self.edits), initial=0)
        return [edit.start - self.start + shift for edit, shift in zip(self.edits, shifts, strict=False)]

    def placed_edits(self) -> Iterator[tuple[int, Edit]]:
        """Each edit with the place in `text` where its `after` begins; a removal stands before what follows it."""
        return zip(self._positions(), self.edits, strict=True)

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of source that `text[start:end]` came from, in characters of the source text.

        It begins with the first character's source and ends with the last one's; edits between them lie inside it. A
        character put there by a replacement came from the whole of what was replaced. An empty stretch has an empty
        span.
        """
        return self.source_spans([(start, end)])[0]

    def source_spans(self, spans: Iterable[Span]) -> list[Span]:
        """Several of them, for the cost of one look at the edits."""
        positions = self._positions()
        return [self._span(start, end, positions) for start, end in spans]

    def _span(self, start: int, end: int, positions: Sequence[int]) -> tuple[int, int]:
        if not 0 <= start <= end <= len(self.text):
            raise ValueError(f"text[{start}:{end}] lies outside a text of {len(self.text)} characters")
        if start == end:
            at = self._char(start, positions)[0] if start < len(self.text) else self.end
            return at, at
        return self._char(start, positions)[0], self._char(end - 1, positions)[1]

    def _char(self, index: int, positions: Sequence[int]) -> tuple[int, int]:
        """The source span of `text[index]`."""
        before = bisect_right(positions, index) - 1
        if before < 0:
            return self.start + index, self.start + index + 1
        edit = self.edits[before]
        beyond = index - positions[before] - len(edit.after)
        if beyond < 0:
            return edit.start, edit.end
        return edit.end + beyond, edit.end + beyond + 1

    def apply(self, changes: Iterable[Change]) -> AlignedText:
        """The text with the changes made, each recorded as an edit of the source.

        `changes` are in order and do not overlap; each covers at least one character, since nothing may be added that
        stands for nothing. An edit that lies inside a change becomes part of it; changes that touch one replacement
        become one edit with what is left of it.
        """
        positions = self._positions()
        starts = [edit.start for edit in self.edits]
        edits: list[Edit] = []
        pieces: list[str] = []
        tail = ""
        kept_from = taken = 0
        for change in changes:
            if not kept_from <= change.start < change.end <= len(self.text):
                raise ValueError(f"{change} is empty, out of order or out of bounds")
            low, high = self._span(change.start, change.end, positions)
            first = bisect_left(starts, low)
            last = bisect_left(starts, high)
            # A change may begin or end within an earlier replacement: what is left of that one stays in the edit.
            kind, head = change.kind, ""
            if edits and low < edits[-1].end:
                before = edits.pop()
                kind, low = before.kind, before.start
                head = before.after[: len(before.after) - len(tail) + change.start - kept_from]
            else:
                edits += self.edits[taken:first]
                if first < last and self.edits[first].start == low:
                    head = self.edits[first].after[: max(0, change.start - positions[first])]
            tail = ""
            if first < last and self.edits[last - 1].end == high:
                tail = self.edits[last - 1].after[max(0, change.end - positions[last - 1]) :]
            taken = last
            after = head + change.after + tail
            edits.append(Edit(kind, low, high, self.source[low:high], after, change.evidence))
            pieces += (self.text[kept_from : change.start], change.after)
            kept_from = change.end
        edits += self.edits[taken:]
        pieces.append(self.text[kept_from:])
        return replace(self, text="".join(pieces), edits=tuple(edits))

    def folded(self, fold: Callable[[str], str]) -> AlignedText:
        """The text with its characters folded one for one; a fold that changes the length is refused."""
        text = fold(self.text)
        if len(text) != len(self.text):
            raise ValueError(f"a fold must keep the length: {len(self.text)} characters became {len(text)}")
        return replace(self, text=text)

    def slice(self, start: int, end: int) -> AlignedText:
        """`text[start:end]` with its own source span and the edits inside it.

        Where it cuts through a replacement, it has that edit with as much of its `after` as it holds.
        """
        return self.slices([(start, end)])[0]

    def slices(self, spans: Iterable[tuple[int, int]]) -> list[AlignedText]:
        """Several slices at once, for the cost of one look at the edits."""
        spans = list(spans)
        positions = self._positions()
        starts = [edit.start for edit in self.edits]
        result = []
        for (start, end), (low, high) in zip(spans, self.source_spans(spans), strict=True):
            first = bisect_left(starts, low)
            last = max(first, bisect_left(starts, high))
            edits = list(self.edits[first:last])
            for at in {first, last - 1} if edits else set():
                edit, position = self.edits[at], positions[at]
                edits[at - first] = replace(edit, after=edit.after[max(0, start - position) : end - position])
            result.append(AlignedText(self.source, low, high, self.text[start:end], tuple(edits)))
        return result

    def replacements(self) -> list[Span]:
        """The stretches of `text` that an edit put there, of two characters and more: half of one quotes nothing."""
        spans = ((at, at + len(edit.after)) for at, edit in zip(self._positions(), self.edits, strict=True))
        return [(start, end) for start, end in spans if end - start > 1]

    def original(self) -> str:
        """The text in the glyphs of the source: edits applied, script and width left as they were.

        Its length is that of `text`, so offsets into one hold in the other.
        """
        pieces: list[str] = []
        at = self.start
        for edit in self.edits:
            pieces += (self.source[at : edit.start], edit.after)
            at = edit.end
        pieces.append(self.source[at : self.end])
        return "".join(pieces)
