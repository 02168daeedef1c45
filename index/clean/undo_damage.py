"""Undo what encodings, escapes and annotations did to a text, until nothing changes, and mark what cannot be undone."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from index.clean.align import AlignedText
from index.clean.drop_invisible import drop_invisible
from index.clean.mark_damage import mark_damage
from index.clean.strip_readings import strip_readings
from index.clean.undo_entities import undo_entities
from index.clean.undo_mojibake import undo_mojibake

# In this order: an escaped byte is a byte (&Auml;), garbled text holds what looks like invisible characters, and an
# invisible character may stand in a reading.
RULES: Sequence[Callable[[AlignedText], AlignedText]] = (
    undo_entities,
    undo_mojibake,
    drop_invisible,
    strip_readings,
)
# Each round undoes one layer that was wrapped around another; nobody wraps a text this often.
_ROUNDS = 20


def undo_damage(text: AlignedText) -> AlignedText:
    """The text with every layer of damage undone that can be undone for certain, and the rest marked."""
    for _ in range(_ROUNDS):
        before = text
        for rule in RULES:
            text = rule(text)
        if text is before:
            break
    return mark_damage(text)
