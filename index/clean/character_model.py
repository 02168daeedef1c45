"""How likely a character is after the two before it, and which words there are: what Chinese text looks like.

The model is a table of n-grams and words, `character_model.npz`, made by `eval.train_character_model`. Everything is
asked for many places at once, as arrays of character codes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, reduce
from importlib import resources
from typing import Self

import numpy as np
from numpy.typing import NDArray

from index.clean.fold import fold_width

Codes = NDArray[np.uint64]
"""UTF-16 code units; a character beyond the basic plane counts as one, `OTHER`."""
Floats = NDArray[np.float64]
OTHER = 0xFFFF
SIZE = 0x10000
BREAK = "\n"
"""Stands for any blank, and for what is before the first and after the last character."""
MARK = "，"
"""Stands for any of MARKS: which of them it is says little about the characters before it."""
MARKS = "，。、；：？！,;:?!"
WORD_LENGTHS = (1, 2, 3, 4)
_FILE = "character_model.npz"
# Every digit is one symbol to the model, and every Latin letter.
_CLASSES = (
    {ord(mark): MARK for mark in MARKS}
    | {ord(digit): "0" for digit in "0123456789"}
    | {ord(letter): "a" for letter in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"}
    | {ord(blank): BREAK for blank in " \t\r\v\f\x85\xa0\u2028\u2029\u3000"}
)


def encode(text: str) -> Codes:
    """The symbols of a folded text, one for each of its characters."""
    return _symbols()[raw_codes(text)]


@cache
def _symbols() -> Codes:
    """By code, the symbol that stands for it."""
    every = "".join(map(chr, range(SIZE)))
    return raw_codes(fold_width(every).translate(_CLASSES))


def raw_codes(text: str) -> Codes:
    """The characters of a text as they stand, one code for each."""
    wide = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    codes: Codes = np.minimum(wide, OTHER).astype(np.uint64)
    return codes


def pair(first: Codes, second: Codes) -> Codes:
    """A key for each two neighbours; with a pair as `first`, for each three."""
    return (first << np.uint64(16)) | second


def key_before(codes: Codes, ends: NDArray[np.intp], length: int) -> Codes:
    """A key for the one to four characters before each position."""
    return reduce(pair, (codes[np.maximum(ends - back, 0)] for back in range(length, 0, -1)))


@dataclass(frozen=True, slots=True)
class Lookup:
    """Values by key; `keys` are sorted."""

    keys: Codes
    values: Floats

    def find(self, wanted: Codes) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
        """Where each key stands, and whether it is there at all."""
        # In order, neighbouring searches go through the same memory: up to three times as fast.
        order = np.argsort(wanted, axis=None)
        at = np.empty(wanted.shape, dtype=np.intp)
        at.flat[order] = np.searchsorted(self.keys, wanted.flat[order])
        at[at == len(self.keys)] = 0
        return at, self.keys[at] == wanted if len(self.keys) else np.zeros(wanted.shape, dtype=bool)

    def get(self, wanted: Codes) -> Floats:
        """The value of each key, 0 for those that are not there."""
        at, there = self.find(wanted)
        return np.where(there, self.values[at], 0.0) if len(self.keys) else np.zeros(wanted.shape)

    @classmethod
    def counts(cls, keys: Codes) -> Self:
        """How often each key occurs."""
        found, counts = np.unique(keys, return_counts=True)
        return cls(found, counts.astype(np.float64))


@dataclass(frozen=True, slots=True)
class CharacterModel:
    """P(c | a b) = three(abc) + onward(ab) * P(c | b) + ended(ab) * begins(c), and one order lower alike.

    `three` and `two` are what the texts give beyond the lower order (absolute discounting [1]) and what the word list
    gives within words; `ended` is the share of a word list's occurrences of `ab` that end a word, after which any word
    may begin.

    [1] Ney, Essen, Kneser: On structuring probabilistic dependences in stochastic language modelling. CSL 8 (1994).
    """

    one: Floats
    """P(c), by code."""
    begins: Floats
    """P(a word or mark begins with c), by code."""
    onward_one: Floats
    ended_one: Floats
    two: Lookup
    onward_two: Floats
    """By position in `two`, as is `ended_two`."""
    ended_two: Floats
    three: Lookup
    words: dict[int, Lookup]
    """Words of one to four characters -> 1 to about 18: the logarithm of their frequency, less that of the
    rarest."""

    @classmethod
    @cache
    def load(cls) -> Self:
        """The model that comes with the program."""
        tables = read_tables(_FILE)
        return cls(
            one=tables["one"].astype(np.float64),
            begins=tables["begins"].astype(np.float64),
            onward_one=tables["onward_one"].astype(np.float64),
            ended_one=tables["ended_one"].astype(np.float64),
            two=Lookup(keys_of(tables["two_keys"]), unpack(tables["two"])),
            onward_two=unpack(tables["onward_two"]),
            ended_two=unpack(tables["ended_two"]),
            three=Lookup(keys_of(tables["three_keys"]), unpack(tables["three"])),
            words={
                length: Lookup(keys_of(tables[f"words_{length}"]), tables[f"frequency_{length}"] / 10)
                for length in WORD_LENGTHS
            },
        )

    def log_probability(self, first: Codes, second: Codes, third: Codes) -> Floats:
        """Natural logarithm of P(third | first second), for each position."""
        middle, last = second.astype(np.intp), third.astype(np.intp)
        begins = self.begins[last]
        shorter = (
            self.two.get(pair(second, third))
            + self.onward_one[middle] * self.one[last]
            + self.ended_one[middle] * begins
        )
        at, there = self.two.find(pair(first, second))
        onward = np.where(there, self.onward_two[at], 1.0)
        ended = np.where(there, self.ended_two[at], 0.0)
        whole = self.three.get(pair(pair(first, second), third)) + onward * shorter + ended * begins
        logarithm: Floats = np.log(whole + 1e-12)
        return logarithm

    def word_ending_at(self, codes: Codes, ends: NDArray[np.intp], longest: int = 4, least: int = 2) -> Floats:
        """The frequency of the commonest word that ends before each position, 0 where no word does.

        Words of `least` to `longest` characters are looked for; frequencies are those of `words`.
        """
        best = np.zeros(ends.shape)
        for length in range(least, longest + 1):
            best = np.maximum(best, self.words[length].get(key_before(codes, ends, length)))
        return best


def read_tables(name: str) -> dict[str, np.ndarray]:
    """The tables of a model that comes with the program, by name."""
    with (
        resources.files("index.clean").joinpath(name).open("rb") as stream,
        np.load(stream, allow_pickle=False) as tables,
    ):
        return dict(tables)


def keys_of(columns: NDArray[np.uint16]) -> Codes:
    """One key a row of characters."""
    keys = np.zeros(len(columns), dtype=np.uint64)
    for column in columns.T:
        keys = pair(keys, column.astype(np.uint64))
    return keys


# Probabilities are kept as one byte: their logarithm in steps of 1/12, 0 for none; an error of at most 4 %.
_STEP = 12.0


def pack(probabilities: Floats) -> NDArray[np.uint8]:
    """Probabilities in [0, 1] as bytes."""
    with np.errstate(divide="ignore"):
        steps = np.round(255 + _STEP * np.log(probabilities))
    return np.clip(np.where(probabilities > 0, np.maximum(steps, 1), 0), 0, 255).astype(np.uint8)


def unpack(packed: NDArray[np.uint8]) -> Floats:
    """Bytes as probabilities."""
    table = np.exp((np.arange(256) - 255) / _STEP)
    table[0] = 0.0
    unpacked: Floats = table[packed]
    return unpacked
