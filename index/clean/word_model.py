"""How likely the words before a mark are: the character model sees three characters, this one two words.

The model is a table of neighbouring words, `word_model.npz`, made by `eval.train_word_model`; its words are those of
`character_model`. Everything is asked for many places at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Self

import numpy as np
from numpy.typing import NDArray

from index.clean.character_model import (
    MARK,
    SIZE,
    WORD_LENGTHS,
    CharacterModel,
    Codes,
    Floats,
    Lookup,
    key_before,
    read_tables,
    unpack,
)

Numbers = NDArray[np.intp]
"""A word of one character, known or not, has its code for a number; longer ones follow, by length and order."""
WINDOW = 7
"""How many characters before a mark are read as words."""
# Every two words that meet in the window: the length of the first, that of the second, and where that one ends.
_JOINTS = [
    (before, length, end)
    for end in range(2, WINDOW + 1)
    for length in WORD_LENGTHS
    for before in WORD_LENGTHS
    if before + length <= end
]
_BLOCK = 4096
_FILE = "word_model.npz"


@dataclass(frozen=True, slots=True)
class WordModel:
    """P(b | a) = two(ab) + onward(a) * one(b), absolute discounting as in `CharacterModel`."""

    words: Mapping[int, Lookup]
    """By length, from two characters on, the words of the character model."""
    one: Floats
    """P(word), by number."""
    onward: Floats
    """By number, what is left to the word alone after it."""
    two: Lookup

    @classmethod
    @cache
    def load(cls) -> Self:
        """The model of this package."""
        tables = read_tables(_FILE)
        return cls(
            words=long_words(CharacterModel.load()),
            one=unpack(tables["one"]),
            onward=unpack(tables["onward"]),
            two=Lookup(
                neighbours(tables["first"].astype(np.intp), tables["second"].astype(np.intp)),
                unpack(tables["two"]),
            ),
        )

    def find(self, codes: Codes, ends: NDArray[np.intp], length: int) -> tuple[Numbers, NDArray[np.bool_]]:
        """The number of the word of so many characters before each position, and whether there is one."""
        if length == 1:
            return codes[np.maximum(ends - 1, 0)].astype(np.intp), np.ones(ends.shape, dtype=bool)
        at, there = self.words[length].find(key_before(codes, ends, length))
        return at + SIZE + sum(len(self.words[shorter].keys) for shorter in range(2, length)), there

    def log_probability(self, first: Numbers, second: Numbers) -> Floats:
        """Natural logarithm of P(second | first), for each pair."""
        logarithm: Floats = np.log(
            self.two.get(neighbours(first, second)) + self.onward[first] * self.one[second] + 1e-12
        )
        return logarithm

    def before_mark(self, codes: Codes, ends: NDArray[np.intp], longest: int) -> Floats:
        """Logarithm of P of the likeliest words that fill the window before each position, and of a mark behind them.

        Places x (longest + 1): with 0, 1, … of the last characters of the window left out.
        """
        blocks = (ends[at : at + _BLOCK] for at in range(0, max(1, len(ends)), _BLOCK))
        return np.concatenate([self._before_mark(codes, block, longest) for block in blocks])

    def _before_mark(self, codes: Codes, ends: NDArray[np.intp], longest: int) -> Floats:
        # Arrays go by the length of a word, less one, by the characters of the window up to its end, and by place.
        window = ends - WINDOW + np.arange(WINDOW + 1)[:, None]
        found = [self.find(codes, window, length) for length in WORD_LENGTHS]
        numbers, there = (np.stack(column) for column in zip(*found, strict=True))
        best = np.full(there.shape, -np.inf)
        for length in WORD_LENGTHS:
            there[length - 1, :length] = False
            first = np.log(self.one[numbers[length - 1, length]])
            best[length - 1, length] = np.where(there[length - 1, length], first, -np.inf)
        before, length, end = np.array(_JOINTS).T
        odds = self._odds(
            numbers[before - 1, end - length],
            numbers[length - 1, end],
            there[before - 1, end - length] & there[length - 1, end],
        )
        for (one, other, at), odd in zip(_JOINTS, odds, strict=True):
            best[other - 1, at] = np.maximum(best[other - 1, at], best[one - 1, at - other] + odd)
        left = slice(WINDOW, WINDOW - longest - 1, -1)
        marked = best[:, left] + self._odds(numbers[:, left], np.full_like(numbers[:, left], ord(MARK)), there[:, left])
        likeliest: Floats = marked.max(axis=0).T
        return likeliest

    def _odds(self, first: Numbers, second: Numbers, known: NDArray[np.bool_]) -> Floats:
        """Logarithm of P(second | first) where both are words; few places have long ones, and only those are asked."""
        odds = np.full(known.shape, -np.inf)
        odds[known] = self.log_probability(first[known], second[known])
        return odds


def long_words(characters: CharacterModel) -> dict[int, Lookup]:
    """The words of two characters and more, by length."""
    return {length: words for length, words in characters.words.items() if length > 1}


def neighbours(first: Numbers, second: Numbers) -> Codes:
    """A key for each two neighbouring words."""
    return first.astype(np.uint64) << np.uint64(32) | second.astype(np.uint64)
