"""For each mark of a text: how much speaks for characters having been pushed in before it, rather than written there.

A place is a mark with a Chinese character before it. Its hypotheses are that the last one, two or three characters
before the mark were inserted; each is weighed against all of them being text, by what both say of the same characters.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from index.clean.character_model import (
    BREAK,
    MARK,
    SIZE,
    CharacterModel,
    Codes,
    Floats,
    Lookup,
    encode,
    pair,
    raw_codes,
)
from index.clean.fold import fold_script, to_traditional

LONGEST = 3
"""The most characters that are taken for inserted before one mark."""

# What the weights below multiply, in this order; each speaks for the insertion where it is high.
FEATURES = (
    "surprise",  # of the characters as text: -log P, given what stands before them
    "mark after them",  # -log P(mark | the last two of them)
    "mark without them",  # log P(mark | the two characters before them)
    "onward without them",  # log P(next character | ...) without them, less with them
    "last with mark",  # how often the last one stands before a mark elsewhere in the text (all counts: -log(1 + n))
    "pairs within",  # how often their neighbours are neighbours elsewhere
    "pair across",  # how often the first one follows the character before it elsewhere
    "characters",  # how often each of them occurs elsewhere
    "triples",  # how often the last three, and the last two and a mark, occur elsewhere
    "rarest",  # how often the rarest of them occurs elsewhere
    "across at all",  # whether the pair across occurs elsewhere at all
    "within at all",  # how many of the pairs within do
    "kept with mark",  # how often the character before them stands before a mark elsewhere: +log(1 + n)
    "word at mark",  # frequency of the commonest word that ends at the mark: minus
    "word before",  # frequency of the commonest word that would end there without them
    "script",  # -log P(of their script | the script of this text): Simplified among Traditional, or the reverse
    "no word at mark",
    "no word before",
    "word within",  # whether they are a word themselves: minus one where they are not
    "last as a word",  # frequency of the last one as a word, where no longer word ends there: minus
    "first as a word",  # frequency of the first one as a word, where it makes none with the character before it: minus
    "words within",  # frequency of the word they are: minus
    "one",
    "two",
    "three",
    "as noise",  # log P(the characters | drawn at random)
)


@dataclass(frozen=True, slots=True)
class Places:
    """The marks of a text before which something may have been inserted."""

    ends: NDArray[np.intp]
    """Where each mark stands, in characters of the text."""
    features: Floats
    """Places x LONGEST x the features but the last."""
    possible: NDArray[np.bool_]
    """Places x LONGEST: whether that many characters can have been inserted at all."""
    characters: NDArray[np.intp]
    """Places x LONGEST: the codes of the first, second and third character before the mark, as they stand."""


def _flags(characters: str) -> NDArray[np.bool_]:
    flags = np.zeros(SIZE, dtype=bool)
    flags[[ord(character) for character in characters]] = True
    return flags


_CHINESE = np.zeros(SIZE, dtype=bool)
_CHINESE[0x3400:0xA000] = True
# What no mark follows: an insertion leaves behind it what stood there before.
_NOT_BEFORE_MARK = _flags(MARK + BREAK + "（(《“‘「『【〔[<>—…·-=+/\\*#&")


def suspicious(codes: Codes, model: CharacterModel) -> tuple[int, int]:
    """How many places there are, and at how many of them neither a word nor a known pair of characters ends."""
    ends = _ends(codes)
    if not len(ends):
        return 0, 0
    _, known = model.two.find(pair(codes[ends - 2], codes[ends - 1]))
    unknown = ~known & (model.word_ending_at(codes, ends) == 0)
    return len(ends), int(unknown.sum())


def framed(text: str) -> Codes:
    """The codes of a folded text between breaks, two before it and two behind."""
    return encode(BREAK * 2 + text + BREAK * 2)


def _ends(codes: Codes) -> NDArray[np.intp]:
    """Where the marks stand that have a Chinese character before them, and something before that."""
    marks = np.flatnonzero(codes == ord(MARK))
    marks = marks[marks > 2]
    return marks[_CHINESE[codes[marks - 1].astype(np.intp)]]


def weigh(text: str, folded: str, codes: Codes, model: CharacterModel) -> Places:
    """Every place of a text and what speaks for each hypothesis; `codes` are those of `folded`, framed."""
    ends = _ends(codes)
    symbols = codes.astype(np.intp)
    elsewhere = _Elsewhere.of(codes)
    scripts = _script_surprise(text, folded, ends - 2)
    surprise = {back: _log_probability(model, codes, ends - back) for back in range(LONGEST + 1)}
    onward = _log_probability(model, codes, ends + 1)
    word_at_mark = model.word_ending_at(codes, ends)
    last_alone = model.word_ending_at(codes, ends, longest=1, least=1)
    possible = np.zeros((len(ends), LONGEST), dtype=bool)
    features = np.zeros((len(ends), LONGEST, len(FEATURES) - 1))
    chinese = np.ones(len(ends), dtype=bool)
    for count in range(1, LONGEST + 1):
        first = np.maximum(ends - count, 2)
        chinese &= _CHINESE[symbols[first]] & (ends - count > 2)
        possible[:, count - 1] = chinese & ~_NOT_BEFORE_MARK[symbols[first - 1]]
        removed = range(1, count + 1)
        word_before = model.word_ending_at(codes, first)
        word_within = model.word_ending_at(codes, ends, longest=count) if count > 1 else np.zeros(len(ends))
        mark, before, second = codes[ends], codes[first - 1], codes[first - 2]
        values = (
            -sum((surprise[back] for back in removed), start=np.zeros(len(ends))),
            -surprise[0],
            model.log_probability(second, before, mark),
            model.log_probability(before, mark, codes[ends + 1]) - onward,
            -np.log1p(elsewhere.pairs(ends)),
            -sum((np.log1p(elsewhere.pairs(ends - back)) for back in range(1, count)), start=np.zeros(len(ends))),
            -np.log1p(elsewhere.pairs(first)),
            -sum((np.log1p(elsewhere.ones(ends - back)) for back in removed), start=np.zeros(len(ends))),
            -np.log1p(elsewhere.triples(ends)) - np.log1p(elsewhere.triples(ends - 1)),
            -np.log1p(np.minimum.reduce([elsewhere.ones(ends - back) for back in removed])),
            -np.minimum(elsewhere.pairs(first), 1.0),
            -sum(
                (np.minimum(elsewhere.pairs(ends - back), 1.0) for back in range(1, count)), start=np.zeros(len(ends))
            ),
            np.log1p(elsewhere.occurrences(pair(before, mark))),
            -word_at_mark,
            word_before,
            sum((scripts[ends - back - 2] for back in removed), start=np.zeros(len(ends))),
            word_at_mark == 0,
            word_before == 0,
            -1.0 * (word_within == 0),
            -last_alone * (word_at_mark == 0),
            -model.word_ending_at(codes, first + 1, longest=1, least=1) * (model.word_ending_at(codes, first + 1) == 0),
            -model.word_ending_at(codes, ends, longest=count, least=count),
            *(np.full(len(ends), float(count == length)) for length in range(1, LONGEST + 1)),
        )
        features[:, count - 1] = np.stack(values, axis=1)
    raw = raw_codes(text).astype(np.intp)
    back = np.stack([np.maximum(ends - 2 - count, 0) for count in range(1, LONGEST + 1)], axis=1)
    return Places(ends - 2, features, possible, raw[back])


def _log_probability(model: CharacterModel, codes: Codes, at: NDArray[np.intp]) -> Floats:
    at = np.clip(at, 2, len(codes) - 1)
    return model.log_probability(codes[at - 2], codes[at - 1], codes[at])


@dataclass(frozen=True, slots=True)
class _Elsewhere:
    """How often the characters at a position, and those that end there, occur in the rest of the text.

    Random characters do not recur; a name that the model has never seen does.
    """

    codes: Codes
    counts: tuple[Lookup, Lookup, Lookup]

    @classmethod
    def of(cls, codes: Codes) -> _Elsewhere:
        two = pair(codes[:-1], codes[1:])
        return cls(codes, (Lookup.counts(codes), Lookup.counts(two), Lookup.counts(pair(two[:-1], codes[2:]))))

    def ones(self, at: NDArray[np.intp]) -> Floats:
        return np.maximum(self.counts[0].get(self.codes[at]) - 1, 0)

    def pairs(self, at: NDArray[np.intp]) -> Floats:
        return np.maximum(self.occurrences(pair(self.codes[at - 1], self.codes[at])) - 1, 0)

    def triples(self, at: NDArray[np.intp]) -> Floats:
        at = np.maximum(at, 2)
        return np.maximum(self.counts[2].get(pair(pair(self.codes[at - 2], self.codes[at - 1]), self.codes[at])) - 1, 0)

    def occurrences(self, pairs: Codes) -> Floats:
        return self.counts[1].get(pairs)


def _script_surprise(text: str, folded: str, ends: NDArray[np.intp]) -> Floats:
    """For each character, -log of the share its script has in this text, away from the marks; 0 if it is of both."""
    codes = raw_codes(text).astype(np.intp)
    traditional = _CHINESE[codes] & (codes != raw_codes(folded).astype(np.intp))
    simplified = _only_simplified()[codes] & ~traditional
    body = np.ones(len(text), dtype=bool)
    for back in range(1, LONGEST + 1):
        body[np.maximum(ends - back, 0)] = False
    counts = np.array([(traditional & body).sum(), (simplified & body).sum()])
    shares = -np.log((counts + 0.5) / (counts.sum() + 1.0))
    surprise: Floats = np.where(traditional, shares[0], np.where(simplified, shares[1], 0.0))
    return surprise


@cache
def _only_simplified() -> NDArray[np.bool_]:
    """By code: whether a character is written otherwise in Traditional script."""
    every = "".join(map(chr, range(0x4E00, 0xA000)))
    flags = np.zeros(SIZE, dtype=bool)
    flags[0x4E00:0xA000] = [
        was != traditional and back == was
        for was, traditional, back in zip(every, to_traditional(every), fold_script(to_traditional(every)), strict=True)
    ]
    return flags
