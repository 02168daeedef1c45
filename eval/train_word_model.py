"""Make `word_model.npz` out of the packages that `train_character_model` reads: run it after that, with their folder.

    python -m eval.train_word_model SOURCES

What is kept are counts of neighbouring words in the same running text. The words are those of the character model, and
a line is read as the likeliest of them, each by itself.
"""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from eval.train_character_model import LOGARITHM_SHIFT, running_text, write_tables
from index.clean import word_model
from index.clean.character_model import BREAK, SIZE, WORD_LENGTHS, CharacterModel, Floats, encode, pack
from index.clean.word_model import long_words

_DISCOUNT = 0.75
# The share of the running text in P(word), beside the word list; 0.3 fits as well.
_TEXT_SHARE = 0.5
_RAREST = 1e-8


def main(arguments: list[str]) -> None:
    """Read the packages in the folder named, and write the model beside `index.clean.word_model`."""
    tables = build_tables(running_text(Path(arguments[0])), CharacterModel.load())
    with Path(word_model.__file__).with_suffix(".npz").open("wb") as stream:
        write_tables(stream, tables)


def build_tables(lines: Iterable[str], characters: CharacterModel) -> dict[str, np.ndarray]:
    """The tables of the model, from folded lines of running text and a word list."""
    numbers, listed = _vocabulary(characters)
    logarithms = {word: math.log(listed[number]) for word, number in numbers.items() if listed[number] > 0}
    size = len(listed)
    single = np.zeros(size)
    followed: Counter[tuple[int, int]] = Counter()
    for line in lines:
        text = "".join(map(chr, encode(line).tolist()))
        read = [numbers.get(word, ord(word[0])) for word in segment(text, logarithms)]
        followed.update(pairwise([ord(BREAK), *read, ord(BREAK)]))
        np.add.at(single, [*read, ord(BREAK)], 1)
    first, second = (np.array(column, dtype=np.intp) for column in zip(*sorted(followed), strict=True))
    counts = np.array([count for _, count in sorted(followed.items())], dtype=np.float64)
    total = np.bincount(first, weights=counts, minlength=size)
    kinds = np.bincount(first, minlength=size)
    return {
        "one": pack(_one(single, listed)),
        "onward": pack(np.where(total > 0, _DISCOUNT * kinds / np.maximum(total, 1), 1.0)),
        "first": first.astype(np.uint32),
        "second": second.astype(np.uint32),
        "two": pack((counts - _DISCOUNT) / total[first]),
    }


def segment(text: str, logarithms: Mapping[str, float]) -> Sequence[str]:
    """The likeliest words that a text can be read as; an unknown character is a word by itself."""
    best = [0.0]
    lengths = [0]
    for end in range(1, len(text) + 1):
        score, length = best[end - 1] + logarithms.get(text[end - 1], -LOGARITHM_SHIFT), 1
        for longer in range(2, min(max(WORD_LENGTHS), end) + 1):
            word = logarithms.get(text[end - longer : end])
            if word is not None and best[end - longer] + word > score:
                score, length = best[end - longer] + word, longer
        best.append(score)
        lengths.append(length)
    words: list[str] = []
    end = len(text)
    while end:
        words.append(text[end - lengths[end] : end])
        end -= lengths[end]
    return words[::-1]


def _vocabulary(characters: CharacterModel) -> tuple[dict[str, int], Floats]:
    """Every word with its number, and by number its share in the word list."""
    numbers: dict[str, int] = {}
    single = characters.words[1]
    listed = np.zeros(SIZE)
    listed[single.keys.astype(np.intp)] = np.exp(single.values - LOGARITHM_SHIFT)
    shares = [listed]
    numbers |= {chr(code): code for code in single.keys.tolist()}
    start = SIZE
    for length, words in sorted(long_words(characters).items()):
        for at, key in enumerate(words.keys.tolist()):
            numbers["".join(chr(key >> 16 * back & 0xFFFF) for back in reversed(range(length)))] = start + at
        start += len(words.keys)
        shares.append(np.exp(words.values - LOGARITHM_SHIFT))
    return numbers, np.concatenate(shares)


def _one(single: Floats, listed: Floats) -> Floats:
    """P(word): the text's and the list's, as far as the text consists of words of the list."""
    known = single[listed > 0].sum() / single.sum()
    text = np.where(listed > 0, _TEXT_SHARE, 1.0) * single / single.sum()
    probabilities: Floats = np.maximum(text + (1 - _TEXT_SHARE) * known * listed / listed.sum(), _RAREST)
    return probabilities


if __name__ == "__main__":
    main(sys.argv[1:])
