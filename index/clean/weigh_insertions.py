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
    OTHER,
    SIZE,
    WORD_LENGTHS,
    CharacterModel,
    Codes,
    Floats,
    Lookup,
    encode,
    pair,
    raw_codes,
)
from index.clean.fold import LEFTOVERS, fold_script, to_traditional
from index.clean.vocabulary_model import TERM_LENGTHS, VocabularyModel
from index.clean.word_model import WordModel

LONGEST = 3
"""The most characters that are taken for inserted before one mark."""

# What `insertion_net` reads, in this order: each is made so that it should speak for the insertion where it is high;
# the last LONGEST say which length it is.
FEATURES = (
    "surprise",  # of the characters as text: -log P, given what stands before them
    "mark after them",  # -log P(mark | the last two of them)
    "mark without them",  # log P(mark | the two characters before them)
    "onward without them",  # log P(next character | ...) without them, less with them
    "last with mark",  # how often the last one stands before a mark elsewhere in the text (all counts: -log(1 + n))
    "pairs within",  # how often their neighbours are neighbours elsewhere
    "pair across",  # how often the first one follows the character before it elsewhere
    "characters",  # how often each of them occurs elsewhere
    "across at all",  # whether the pair across occurs elsewhere at all
    "within at all",  # how many of the pairs within do
    "kept with mark",  # how often the character before them stands before a mark elsewhere: +log(1 + n)
    "word before",  # frequency of the commonest word that would end there without them
    "script",  # -log P(of their script | the script of this text): Simplified among Traditional, or the reverse
    "no word at mark",
    "no word before",
    "word within",  # whether they are a word themselves: minus one where they are not
    "last as a word",  # frequency of the last one as a word, where no longer word ends there: minus
    "words within",  # frequency of the word they are: minus
    "rarity",  # of the characters by themselves: -log P
    "rarity of the first",
    "surprise as terms",  # of the characters as part of a term: -log P, given what stands before them
    "left as terms",  # log P(the last character that is left | the two before it) as part of a term
    "term ends before",  # log P(a term ends | the two characters before them)
    "term ends with them",  # -log P(a term ends | the last two of them)
    "likeliest words",  # log P(the words before the mark, and the mark), without them less with them
    "term of three before",  # whether a term of three characters ends before them
    "term of three at mark",  # whether one ends with them that is longer than they are: minus
    "term of four before",
    "term of four at mark",
    "one",
    "two",
    "three",
)


@dataclass(frozen=True, slots=True)
class Places:
    """The marks of a text before which something may have been inserted."""

    ends: NDArray[np.intp]
    """Where each mark stands, in characters of the text."""
    features: Floats
    """Places x LONGEST x FEATURES."""
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
_LEFTOVER = _flags("".join(LEFTOVERS))
# What no mark follows: an insertion leaves behind it what stood there before.
_NOT_BEFORE_MARK = _flags(MARK + BREAK + "（(《“‘「『【〔[<>—…·-=+/\\*#&")


def suspicious(codes: Codes, ends: NDArray[np.intp], model: CharacterModel) -> NDArray[np.intp]:
    """Those of the places at which neither a word nor a known pair of characters ends."""
    _, known = model.two.find(pair(codes[ends - 2], codes[ends - 1]))
    unknown = ends[~known]
    odd: NDArray[np.intp] = unknown[model.word_ending_at(codes, unknown) == 0]
    return odd


def framed(text: str, folded: str) -> Codes:
    """The codes of a folded text between breaks, two before it and two behind.

    A character whose Simplified form is beyond the basic plane, such as 鐩, keeps its own code.
    """
    codes = encode(BREAK * 2 + folded + BREAK * 2)
    beyond = np.flatnonzero(codes == OTHER)
    if len(beyond):
        codes[beyond] = raw_codes(text)[beyond - len(BREAK * 2)]
    return codes


def find_places(codes: Codes) -> NDArray[np.intp]:
    """Where the marks stand that have a Chinese character before them, and something before that."""
    marks = np.flatnonzero(codes == ord(MARK))
    marks = marks[marks > 2]
    return marks[_CHINESE[codes[marks - 1].astype(np.intp)]]


def weigh(text: str, folded: str, codes: Codes, ends: NDArray[np.intp], model: CharacterModel) -> Places:
    """Some places of a text and what speaks for each hypothesis; `codes` are those of `folded`, framed."""
    scripts = _script_surprise(text, folded, ends - 2)
    # All that is asked of a table is asked at once: by how many characters back from the mark, then by place.
    odds = _Odds.of(model, codes, ends)
    words = _Words.of(model, codes, ends)
    elsewhere = _Elsewhere.of(codes, ends)
    likeliest = WordModel.load().before_mark(codes, ends, LONGEST)
    terms, term_ends = _as_terms(codes, ends)
    whole = _whole_terms(codes, ends)
    before = np.stack([codes[np.maximum(ends - back, 0)] for back in range(1, LONGEST + 2)]).astype(np.intp)
    rarity = -np.log(model.one[before[:-1]] + 1e-12)
    none = np.zeros(len(ends))
    possible = np.zeros((len(ends), LONGEST), dtype=bool)
    features = np.zeros((len(ends), LONGEST, len(FEATURES)))
    chinese = np.ones(len(ends), dtype=bool)
    for count in range(1, LONGEST + 1):
        chinese &= _CHINESE[before[count - 1]] & (ends - count > 2)
        possible[:, count - 1] = chinese & ~_NOT_BEFORE_MARK[before[count]]
        within = slice(0, count - 1)
        word_within = words.ending(0, count, least=2) if count > 1 else none
        values = (
            -odds.characters[1 : count + 1].sum(axis=0),
            -odds.characters[0],
            odds.mark_without[count - 1],
            odds.onward_without[count - 1] - odds.onward,
            -elsewhere.marked,
            -elsewhere.pairs[within].sum(axis=0),
            -elsewhere.pairs[count - 1],
            -elsewhere.ones[:count].sum(axis=0),
            -1.0 * (elsewhere.pairs[count - 1] > 0),
            -1.0 * (elsewhere.pairs[within] > 0).sum(axis=0),
            elsewhere.kept[count - 1],
            words.ending(count),
            scripts[np.stack([ends - back - 2 for back in range(1, count + 1)])].sum(axis=0),
            words.ending(0) == 0,
            words.ending(count) == 0,
            -1.0 * (word_within == 0),
            -words.exactly(0, 1) * (words.ending(0) == 0),
            -words.exactly(0, count),
            rarity[:count].sum(axis=0),
            rarity[count - 1],
            -terms[:count].sum(axis=0),
            terms[count],
            term_ends[count],
            -term_ends[0],
            likeliest[:, count] - likeliest[:, 0],
            *(
                value
                for length, ending in zip(TERM_LENGTHS, whole, strict=True)
                for value in (ending[count], -1.0 * ending[0] * (count < length))
            ),
            *(np.full(len(ends), float(count == length)) for length in range(1, LONGEST + 1)),
        )
        features[:, count - 1] = np.stack(values, axis=1)
    raw = raw_codes(text).astype(np.intp)
    back = np.stack([np.maximum(ends - 2 - count, 0) for count in range(1, LONGEST + 1)], axis=1)
    return Places(ends - 2, features, possible, raw[back])


@dataclass(frozen=True, slots=True)
class _Odds:
    """Logarithms of probabilities; each array has a row for so many characters back, or left out."""

    characters: Floats
    """Of the mark and the LONGEST characters before it, from the mark backwards."""
    onward: Floats
    """Of what follows the mark."""
    mark_without: Floats
    """Of the mark behind what is left without the last one, two, … characters."""
    onward_without: Floats

    @classmethod
    def of(cls, model: CharacterModel, codes: Codes, ends: NDArray[np.intp]) -> _Odds:
        at = np.stack([np.maximum(ends - back, 2) for back in range(-1, LONGEST + 1)])
        first = np.stack([np.maximum(ends - count, 2) for count in range(1, LONGEST + 1)])
        mark, onward = np.broadcast_to(codes[ends], first.shape), np.broadcast_to(codes[ends + 1], first.shape)
        found = model.log_probability(
            np.concatenate([codes[at - 2], codes[first - 2], codes[first - 1]]),
            np.concatenate([codes[at - 1], codes[first - 1], mark]),
            np.concatenate([codes[at], mark, onward]),
        )
        return cls(found[1 : LONGEST + 2], found[0], found[LONGEST + 2 : -LONGEST], found[-LONGEST:])


@dataclass(frozen=True, slots=True)
class _Words:
    """The frequencies of the words that end so many characters before a mark, 0 where none does."""

    frequencies: Floats
    """Word lengths x characters back x places."""

    @classmethod
    def of(cls, model: CharacterModel, codes: Codes, ends: NDArray[np.intp]) -> _Words:
        at = np.stack([np.maximum(ends - back, 2) for back in range(LONGEST + 1)])
        return cls(np.stack([model.word_ending_at(codes, at, length, length) for length in WORD_LENGTHS]))

    def exactly(self, back: int, length: int) -> Floats:
        frequencies: Floats = self.frequencies[length - 1, back]
        return frequencies

    def ending(self, back: int, longest: int = max(WORD_LENGTHS), least: int = 2) -> Floats:
        """Of the commonest one."""
        commonest: Floats = self.frequencies[least - 1 : longest, back].max(axis=0)
        return commonest


@dataclass(frozen=True, slots=True)
class _Elsewhere:
    """How often the characters at a place occur in the rest of the text, as log(1 + n).

    Random characters do not recur; a name that the model has never seen does.
    """

    marked: Floats
    """The last one and a mark."""
    ones: Floats
    """The last one, the one before it, …"""
    pairs: Floats
    """Each of them after the character before it."""
    kept: Floats
    """The character before the last one, before the last two, …, and a mark."""

    @classmethod
    def of(cls, codes: Codes, ends: NDArray[np.intp]) -> _Elsewhere:
        two = pair(codes[:-1], codes[1:])
        at = np.stack([np.maximum(ends - back, 1) for back in range(LONGEST + 2)])
        in_text = Lookup.counts(two)
        pairs = np.log1p(np.maximum(in_text.get(two[at[:-1] - 1]) - 1, 0))
        kept = np.log1p(in_text.get(pair(codes[at[2:]], np.broadcast_to(codes[ends], at[2:].shape))))
        ones = np.log1p(np.bincount(codes.astype(np.intp))[codes[at[1:-1]]] - 1)
        return cls(pairs[0], ones, pairs[1:], kept)


def _as_terms(codes: Codes, ends: NDArray[np.intp]) -> tuple[Floats, Floats]:
    """Of each character before a mark, from it backwards x places: log P(it) and log P(a term ends behind it).

    Both given the characters before it, as part of a term.
    """
    at = np.stack([np.maximum(ends - back, 2) for back in range(1, LONGEST + 2)])
    ended = np.full(at.shape, ord(BREAK), dtype=np.uint64)
    model = VocabularyModel.load()
    return (
        model.log_probability(codes[at - 2], codes[at - 1], codes[at]),
        model.log_probability(codes[at - 1], codes[at], ended),
    )


def _whole_terms(codes: Codes, ends: NDArray[np.intp]) -> NDArray[np.bool_]:
    """TERM_LENGTHS x characters back from a mark x places: whether a term of that length ends there."""
    at = np.stack([np.maximum(ends - back, 2) for back in range(LONGEST + 1)])
    model = VocabularyModel.load()
    return np.stack([model.term_ends(codes, at, length) for length in TERM_LENGTHS])


def _script_surprise(text: str, folded: str, ends: NDArray[np.intp]) -> Floats:
    """For each character, -log of the share its script has in this text, away from the marks; 0 if it is of both."""
    codes = raw_codes(text).astype(np.intp)
    traditional = _CHINESE[codes] & (codes != raw_codes(folded).astype(np.intp))
    simplified = _only_simplified()[codes] & ~traditional
    traditional &= ~_LEFTOVER[codes]
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
