from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.clean.align import AlignedText, Change, Edit

TEXTS = st.text(alphabet="字後𠀀(a) \n", max_size=24)


class Cell(NamedTuple):
    """One character of a text, and the stretch of source it came from."""

    character: str
    span: tuple[int, int]


@dataclass(frozen=True)
class Reference:
    """An aligned text, character by character: slow, and simple enough to be believed."""

    source: str
    cells: list[Cell]
    edits: list[Edit]

    @classmethod
    def of(cls, source: str) -> Reference:
        return cls(source, [Cell(character, (at, at + 1)) for at, character in enumerate(source)], [])

    @property
    def text(self) -> str:
        return "".join(cell.character for cell in self.cells)

    def replaced(self, index: int) -> bool:
        return any((edit.start, edit.end) == self.cells[index].span for edit in self.edits)

    def joined(self, index: int) -> bool:
        """Whether the characters on both sides of `index` were put there by one replacement."""
        inside = 0 < index < len(self.cells)
        return inside and self.cells[index - 1].span == self.cells[index].span and self.replaced(index)

    def apply(self, changes: Sequence[Change]) -> Reference:
        result = self
        for change in reversed(changes):
            result = result._apply(change)
        return result

    def _apply(self, change: Change) -> Reference:
        first, last = change.start, change.end
        while self.joined(first):
            first -= 1
        while self.joined(last):
            last += 1
        head = "".join(cell.character for cell in self.cells[first : change.start])
        tail = "".join(cell.character for cell in self.cells[change.end : last])
        low, high = self.cells[first].span[0], self.cells[last - 1].span[1]
        after = head + change.after + tail
        edits = [edit for edit in self.edits if not (low <= edit.start and edit.end <= high)]
        edits.append(Edit(change.kind, low, high, self.source[low:high], after))
        cells = [*self.cells[:first], *(Cell(character, (low, high)) for character in after), *self.cells[last:]]
        return Reference(self.source, cells, sorted(edits, key=lambda edit: edit.start))


@st.composite
def some_changes(draw: st.DrawFn, length: int) -> list[Change]:
    """Changes in order that do not overlap; neighbours may touch."""
    cuts = sorted(draw(st.sets(st.integers(0, length), max_size=8)))
    changes = []
    for start, end in pairwise(cuts):
        if draw(st.booleans()):
            changes.append(Change(start, end, draw(st.sampled_from(["one", "two"])), draw(st.text("新xy", max_size=3))))
    return changes


@st.composite
def changed_texts(draw: st.DrawFn) -> tuple[AlignedText, Reference]:
    """A text after several rounds of changes, with its reference."""
    source = draw(TEXTS)
    aligned, reference = AlignedText.of(source), Reference.of(source)
    for _ in range(draw(st.integers(0, 4))):
        changes = draw(some_changes(len(aligned.text)))
        aligned, reference = aligned.apply(changes), reference.apply(changes)
    return aligned, reference


@given(changed_texts())
@settings(max_examples=200, deadline=None)
def test_rounds_of_changes_give_the_text_and_the_edits_of_the_reference(case: tuple[AlignedText, Reference]) -> None:
    aligned, reference = case
    assert aligned.text == reference.text
    assert list(aligned.edits) == reference.edits


def test_two_changes_within_a_replacement_become_one_edit_with_what_is_left_of_it() -> None:
    once = AlignedText.of("甲乙丙").apply([Change(1, 2, "first", "ABCD")])
    twice = once.apply([Change(1, 2, "second"), Change(3, 4, "third", "x")])
    assert twice.text == "甲BxD丙"
    assert twice.edits == (Edit("second", 1, 2, "乙", "BxD"),)


@given(changed_texts())
@settings(max_examples=200, deadline=None)
def test_edits_are_in_order_apart_and_show_what_stood_there(case: tuple[AlignedText, Reference]) -> None:
    aligned, _ = case
    at = 0
    for edit in aligned.edits:
        assert at <= edit.start < edit.end <= len(aligned.source)
        assert edit.before == aligned.source[edit.start : edit.end]
        at = edit.end


@given(changed_texts())
@settings(max_examples=200, deadline=None)
def test_every_source_character_is_kept_or_inside_one_edit(case: tuple[AlignedText, Reference]) -> None:
    aligned, _ = case
    edited = sum(edit.end - edit.start for edit in aligned.edits)
    put_in = sum(len(edit.after) for edit in aligned.edits)
    assert len(aligned.source) - edited == len(aligned.text) - put_in
    assert aligned.original() == aligned.text


@given(changed_texts(), st.data())
@settings(max_examples=200, deadline=None)
def test_the_source_span_runs_from_the_first_character_s_source_to_the_last_one_s(
    case: tuple[AlignedText, Reference], data: st.DataObject
) -> None:
    aligned, reference = case
    start = data.draw(st.integers(0, len(aligned.text)))
    end = data.draw(st.integers(start, len(aligned.text)))
    span = aligned.source_span(start, end)
    if start < end:
        assert span == (reference.cells[start].span[0], reference.cells[end - 1].span[1])
    else:
        at = reference.cells[start].span[0] if start < len(aligned.text) else len(aligned.source)
        assert span == (at, at)


@given(changed_texts(), st.data())
@settings(max_examples=200, deadline=None)
def test_a_slice_is_its_text_with_the_edits_inside_it_and_what_it_holds_of_a_replacement_it_cuts(
    case: tuple[AlignedText, Reference], data: st.DataObject
) -> None:
    aligned, reference = case
    start = data.draw(st.integers(0, len(aligned.text)))
    end = data.draw(st.integers(start, len(aligned.text)))
    part = aligned.slice(start, end)
    assert part.text == aligned.text[start:end] == part.original()
    assert (part.start, part.end) == aligned.source_span(start, end)
    inside = [edit for edit in aligned.edits if part.start <= edit.start < part.end]
    for edit, held in zip(inside, part.edits, strict=True):
        assert replace(held, after=edit.after) == edit
        assert held.after in edit.after
    assert list(part.edits[1:-1]) == inside[1:-1]
    if start < end and not (reference.joined(start) or reference.joined(end)):
        assert list(part.edits) == inside
    assert all(edit.end <= part.end for edit in part.edits)


@given(changed_texts(), st.data())
@settings(max_examples=200, deadline=None)
def test_a_slice_of_a_slice_is_the_slice_it_names(case: tuple[AlignedText, Reference], data: st.DataObject) -> None:
    aligned, reference = case
    whole = [at for at in range(len(aligned.text) + 1) if not reference.joined(at)]
    a, b, c, d = sorted(data.draw(st.lists(st.sampled_from(whole), min_size=4, max_size=4)))
    outer = aligned.slice(a, d)
    assert outer.source_span(b - a, c - a) == aligned.source_span(b, c) or b == c
    if b < c:
        assert outer.slice(b - a, c - a) == aligned.slice(b, c)


@given(changed_texts(), st.data())
@settings(max_examples=200, deadline=None)
def test_many_slices_at_once_are_the_slices_one_by_one(
    case: tuple[AlignedText, Reference], data: st.DataObject
) -> None:
    aligned, reference = case
    whole = [at for at in range(len(aligned.text) + 1) if not reference.joined(at)]
    cuts = sorted(data.draw(st.lists(st.sampled_from(whole), max_size=6)))
    spans = list(pairwise(cuts))
    assert aligned.slices(spans) == [aligned.slice(*span) for span in spans]


@given(changed_texts())
@settings(max_examples=100, deadline=None)
def test_folding_changes_no_edit_and_the_original_keeps_the_source_s_glyphs(
    case: tuple[AlignedText, Reference],
) -> None:
    aligned, _ = case
    folded = aligned.folded(lambda text: text.replace("後", "后"))
    assert folded.edits == aligned.edits
    assert folded.original() == aligned.text
    assert folded.text == aligned.text.replace("後", "后")


def test_a_fold_that_changes_the_length_is_refused() -> None:
    with pytest.raises(ValueError, match="must keep the length: 2 characters became 3"):
        AlignedText.of("文字").folded(lambda text: text + "。")


@pytest.mark.parametrize(
    "changes",
    [
        [Change(1, 1, "empty", "添")],
        [Change(2, 3, "late"), Change(0, 1, "early")],
        [Change(0, 2, "one"), Change(1, 3, "two")],
        [Change(3, 5, "beyond")],
        [Change(-1, 1, "before")],
    ],
    ids=["covers nothing", "out of order", "overlapping", "beyond the end", "before the beginning"],
)
def test_changes_that_cannot_be_made_are_refused(changes: list[Change]) -> None:
    with pytest.raises(ValueError, match="is empty, out of order or out of bounds"):
        AlignedText.of("四個漢字").apply(changes)


@pytest.mark.parametrize(("start", "end"), [(-1, 1), (2, 1), (0, 5)])
def test_a_span_outside_the_text_is_refused(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="lies outside a text of 4 characters"):
        AlignedText.of("四個漢字").source_span(start, end)


def test_a_change_within_a_replacement_keeps_what_is_left_of_it() -> None:
    once = AlignedText.of("甲乙丙").apply([Change(1, 2, "first", "ABC")])
    twice = once.apply([Change(2, 3, "second", "x")])
    assert twice.text == "甲AxC丙"
    assert twice.edits == (Edit("second", 1, 2, "乙", "AxC"),)


def test_a_removal_at_the_edge_of_a_slice_stays_outside_it() -> None:
    text = AlignedText.of("計(jì)劃(huà)").apply([Change(1, 5, "reading"), Change(6, 11, "reading")])
    part = text.slice(0, 2)
    assert (part.text, part.start, part.end) == ("計劃", 0, 6)
    assert [edit.before for edit in part.edits] == ["(jì)"]
