"""How likely a character is after the two before it within terms, names and titles, which running text rarely has.

The model is a table of n-grams, `vocabulary_model.npz`, made by `eval.train_vocabulary_model`. It is asked for many
places at once, as arrays of the codes of `character_model.encode`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Self

import numpy as np

from index.clean.character_model import Codes, Floats, Lookup, keys_of, pair, read_tables, unpack

_FILE = "vocabulary_model.npz"


@dataclass(frozen=True, slots=True)
class VocabularyModel:
    """P(c | a b) = three(abc) + onward(ab) * P(c | b), and one order lower alike, discounted as in `CharacterModel`.

    N-grams that were seen once are left out; what they had is part of `onward`.
    """

    one: Floats
    """P(c), by code."""
    onward_one: Floats
    """By code."""
    two: Lookup
    onward_two: Floats
    """By position in `two`."""
    three: Lookup

    @classmethod
    @cache
    def load(cls) -> Self:
        """The model that comes with the program."""
        tables = read_tables(_FILE)
        return cls(
            one=tables["one"].astype(np.float64),
            onward_one=tables["onward_one"].astype(np.float64),
            two=Lookup(keys_of(tables["two_keys"]), unpack(tables["two"])),
            onward_two=unpack(tables["onward_two"]),
            three=Lookup(keys_of(tables["three_keys"]), unpack(tables["three"])),
        )

    def log_probability(self, first: Codes, second: Codes, third: Codes) -> Floats:
        """Natural logarithm of P(third | first second), for each position."""
        shorter = (
            self.two.get(pair(second, third))
            + self.onward_one[second.astype(np.intp)] * self.one[third.astype(np.intp)]
        )
        before = pair(first, second)
        at, there = self.two.find(before)
        onward = np.where(there, self.onward_two[at], 1.0)
        logarithm: Floats = np.log(self.three.get(pair(before, third)) + onward * shorter + 1e-12)
        return logarithm
