"""How likely a character is after the two before it within terms, names and titles, which running text rarely has.

The model is a table of n-grams and a set of terms, `vocabulary_model.npz`, made by `eval.train_vocabulary_model`. It is
asked for many places at once, as arrays of the codes of `character_model.encode`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Self

import numpy as np
from numpy.typing import NDArray

from index.clean.character_model import Codes, Floats, Lookup, key_before, keys_of, pair, read_tables, unpack

TERM_LENGTHS = (3, 4)
"""Of the terms that are known as a whole."""
_FILE = "vocabulary_model.npz"
# Odd, and with no pattern in its bits (Fibonacci hashing): it spreads keys that differ in one character.
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_PROBES = 6


@dataclass(frozen=True, slots=True)
class VocabularyModel:
    """P(c | a b) = three(abc) + onward(ab) * P(c | b), and one order lower alike, discounted as in `CharacterModel`.

    N-grams that were seen once are left out; what they had is part of `onward`.

    [1] Bloom: Space/time trade-offs in hash coding with allowable errors. CACM 13 (1970).
    """

    one: Floats
    """P(c), by code."""
    onward_one: Floats
    """By code."""
    two: Lookup
    onward_two: Floats
    """By position in `two`."""
    three: Lookup
    terms: NDArray[np.uint8]
    """A Bloom filter [1] of the terms of TERM_LENGTHS: eight bits a byte, a power of two of them."""

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
            terms=tables["terms"],
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

    def term_ends(self, codes: Codes, ends: NDArray[np.intp], length: int) -> NDArray[np.bool_]:
        """Whether the `length` characters before each position are a term; of those that are none 1.3 % pass."""
        bits = term_bits(key_before(codes, ends, length), 8 * len(self.terms))
        known: NDArray[np.bool_] = (self.terms[bits >> 3] >> (bits & 7).astype(np.uint8) & 1).all(axis=0)
        return known


def term_bits(keys: Codes, size: int) -> NDArray[np.intp]:
    """_PROBES x the shape of the keys: the bits of a filter of so many, a power of two, that are set for each key."""
    mixed = keys * _SPREAD
    mixed = (mixed ^ mixed >> np.uint64(32)) * _SPREAD
    first, step = mixed >> np.uint64(32), mixed & np.uint64(0xFFFFFFFF) | np.uint64(1)
    probes = np.arange(_PROBES, dtype=np.uint64).reshape(-1, *[1] * keys.ndim)
    return ((first + probes * step) & np.uint64(size - 1)).astype(np.intp)
