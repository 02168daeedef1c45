"""Whether letters spell the characters before them: jì huà and ㄐㄧˋ ㄏㄨㄚˋ spell 計劃."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from pypinyin import Style, pinyin

from index.clean.fold import fold

_TONES = {"\u0304": 1, "\u0301": 2, "\u030c": 3, "\u0300": 4}
_NEUTRAL = 5
_VOWELS = str.maketrans("ɑɡ", "ag")
_SEPARATORS = frozenset(" '’·-\u00a0\u3000")
_LONGEST = 12
"""Characters that one annotation spells at most."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """Letters that spell the last `length` characters before them."""

    length: int
    tones: int
    """Syllables whose tone is written."""
    neutral: int
    """Syllables without a tone of characters that are read without one, such as 的(de)."""
    parted: bool
    """Whether something stands between its syllables."""

    @property
    def plain(self) -> bool:
        """Whether a tone is missing throughout, where the characters have one."""
        return not self.tones and self.neutral < self.length


@dataclass(frozen=True, slots=True)
class _Written:
    """Letters without marks; the tones and breaks that stood among them, by the number of letters before them."""

    letters: str
    tones: dict[int, int]
    breaks: frozenset[int]


def spelling(written: str, before: str) -> Spelling | None:
    """How `written`, in pinyin with tone marks, tone numbers or no tones, spells the end of `before`; None if not."""
    parsed = _parsed(written)
    return _matched(parsed, before[-_LONGEST:], _syllables) if parsed else None


def zhuyin_spelling(written: str, before: str) -> Spelling | None:
    """The same for zhuyin, whose first tone is not written."""
    tokens = written.replace("ˉ", "").split()
    breaks = frozenset(sum(map(len, tokens[:count])) for count in range(1, len(tokens)))
    return _matched(_Written("".join(tokens), {}, breaks), before[-_LONGEST:], _zhuyin) if tokens else None


@lru_cache(maxsize=8192)
def _parsed(written: str) -> _Written | None:
    letters: list[str] = []
    tones: dict[int, int] = {}
    breaks: set[int] = set()
    for character in unicodedata.normalize("NFD", unicodedata.normalize("NFKC", written).lower()).translate(_VOWELS):
        if character in _TONES:
            tones[len(letters)] = _TONES[character]
        elif "0" <= character <= "5" and letters:
            tones[len(letters)] = int(character) or _NEUTRAL
            breaks.add(len(letters))
        elif character in _SEPARATORS:
            breaks.add(len(letters))
        elif character == "\u0308" and letters and letters[-1] == "u":
            letters[-1] = "v"
        elif character == "\u0302" and letters and letters[-1] == "e":
            pass
        elif "a" <= character <= "z":
            letters.append(character)
        else:
            return None
    return _Written("".join(letters), tones, frozenset(breaks - {0, len(letters)})) if letters else None


@lru_cache(maxsize=8192)
def _syllables(character: str) -> tuple[tuple[str, int], ...]:
    """Every reading of a character, Traditional or folded: letters (ü is v) and tone; 5, neutral, comes first."""
    found = set()
    for form in {character, fold(character)}:
        for reading in pinyin(form, style=Style.TONE, heteronym=True)[0]:
            parsed = _parsed(reading)
            if parsed and form != reading:
                found.add((parsed.letters, next(iter(parsed.tones.values()), _NEUTRAL)))
    if character in "兒儿":
        found.add(("r", _NEUTRAL))
    return tuple(sorted(found, key=lambda reading: (-reading[1], reading[0])))


@lru_cache(maxsize=8192)
def _zhuyin(character: str) -> tuple[tuple[str, int], ...]:
    """Every reading of a character in zhuyin; the dot of the neutral tone may stand before or after."""
    found = set()
    for form in {character, fold(character)}:
        for reading in pinyin(form, style=Style.BOPOMOFO, heteronym=True)[0]:
            if form != reading:
                found |= {reading, "˙" + reading[:-1] if reading.endswith("˙") else reading}
    return tuple((reading, 0) for reading in sorted(found))


def _matched(written: _Written, before: str, readings: Callable[[str], Iterable[tuple[str, int]]]) -> Spelling | None:
    """The first spelling that fits, reading backwards from the last character."""

    def match(end: int, length: int, tones: int, neutral: int) -> Spelling | None:
        if end == 0:
            return Spelling(length, tones, neutral, bool(written.breaks))
        if length == len(before):
            return None
        for letters, tone in readings(before[-1 - length]):
            start = end - len(letters)
            if not written.letters.endswith(letters, 0, end) or start < 0:
                continue
            if any(start < at < end for at in written.breaks):
                continue
            marks = [mark for at, mark in written.tones.items() if start < at <= end]
            if marks and marks != [tone]:
                continue
            exact = not marks and tone == _NEUTRAL
            found = match(start, length + 1, tones + bool(marks or not tone), neutral + exact)
            if found:
                return found
        return None

    return match(len(written.letters), 0, 0, 0)
