"""The letters of a text: what counts when texts are compared, marks, blanks, script and width aside."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import opencc
from numpy.typing import NDArray

Codes = NDArray[np.uint32]

_LAST = 0x30000  # Chinese ends below it
_SYMBOLS = frozenset("%‰℃°¥$€≥≤≧≦±×÷")
_DASHES = "-‐‑‒–—―−~～〜－"


@dataclass(frozen=True, slots=True)
class Letters:
    """What counts of a text when texts are compared."""

    codes: Codes
    """Its letters, digits and symbols of quantity, as code points."""
    before: NDArray[np.int32]
    """How many of them stand before each character of the text; one entry more than the text has characters."""
    closed: NDArray[np.bool_]
    """Which of them a mark, a blank or the end of the text follows."""
    gaps: Sequence[int]
    """Before which of them a blank or line break stands, the first and the end included, ascending."""

    @property
    def text(self) -> str:
        """The letters as a string."""
        return self.codes.tobytes().decode("utf-32-le", "surrogatepass")


def letters_of(text: str) -> Letters:
    """The letters of a folded text.

    Variants of a character that folding keeps apart, since Simplified script has both (著 and 着), count as one. A mark
    between two digits counts, since 1.5 is not 15.

    >>> letters_of("增长 １.５%，显著。").text
    '增长1.5%显着'
    """
    characters = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    table, marks = _table(), _marks_between_digits()
    known = np.minimum(characters, _LAST - 1)
    codes = np.where(characters < _LAST, table[known], 0).astype(np.uint32)
    digit = (codes >= ord("0")) & (codes <= ord("9"))
    between = np.zeros(len(codes), dtype=bool)
    between[1:-1] = (codes[1:-1] == 0) & digit[:-2] & digit[2:]
    codes[between] = marks[known[between]]
    kept = codes > 0
    before = np.zeros(len(codes) + 1, dtype=np.int32)
    np.cumsum(kept, out=before[1:])
    closed = np.append(~kept[1:], True)[kept] if len(kept) else kept
    gaps = np.unique(np.concatenate([[0], before[:-1][_blank()[known]], before[-1:]]))
    return Letters(codes[kept], before, closed, gaps.tolist())


@cache
def _table() -> Codes:
    """Character -> the character it counts as, or 0 for one that does not count."""
    characters = map(chr, range(_LAST))
    counted = [character for character in characters if character.isalnum() or _narrow(character) in _SYMBOLS]
    folded, written = "", "\n".join(counted)
    convert = opencc.OpenCC("tw2s").convert
    while folded != written:  # 畢昇 → 毕昇 → 毕升, as in folding
        folded, written = written, convert(written)
    table = np.zeros(_LAST, dtype=np.uint32)
    for character, became in zip(counted, folded.split("\n"), strict=True):
        table[ord(character)] = ord(_narrow(became))
    return table


@cache
def _blank() -> NDArray[np.bool_]:
    """Whether a character is a blank or a line break."""
    return np.array([chr(code).isspace() for code in range(_LAST)])


@cache
def _marks_between_digits() -> Codes:
    """Mark -> how it counts between two digits: dashes, brackets, and blanks are one each, width is no difference."""
    marks = np.zeros(_LAST, dtype=np.uint32)
    for code in range(_LAST):
        character = chr(code)
        if character in _DASHES:
            marks[code] = ord("-")
        elif character.isspace():
            marks[code] = ord(" ")
        elif unicodedata.category(character) in {"Ps", "Pe", "Pi", "Pf"}:  # 〔2022〕54号 is [2022]54号
            marks[code] = ord(")")
        elif unicodedata.category(character)[0] in "PS":
            marks[code] = ord(_narrow(character))
    return marks


def _narrow(character: str) -> str:
    narrow = unicodedata.normalize("NFKC", character)
    return narrow if len(narrow) == 1 else character
