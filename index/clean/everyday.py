"""Which characters people write every day, so that text can be told from bytes that were read in a wrong encoding."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from itertools import islice

import opencc

_SAMPLE = 4000
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")


@cache
def everyday_characters() -> frozenset[str]:
    """Level 1 of GB 2312 (3755 characters) with their Traditional forms, and the punctuation of GB 2312."""
    level_one = _rows(range(0xB0, 0xD8))
    every = "".join(map(chr, range(0x4E00, 0xA000)))
    # One call for all: OpenCC keeps the length, and between characters that make no word it folds each by itself.
    folded = opencc.OpenCC("t2s").convert(every)
    traditional = {was for was, now in zip(every, folded, strict=True) if now in level_one}
    return frozenset(level_one | traditional | _rows((0xA1, 0xA3)))


def _rows(leads: Iterable[int]) -> set[str]:
    """The characters of whole rows of GB 2312, by their first bytes."""
    pairs = (bytes((lead, trail)) for lead in leads for trail in range(0xA1, 0xFF))
    return set(b"".join(pairs).decode("gb2312", "ignore"))


def everyday_share(text: str) -> float:
    """The share of everyday characters among those beyond ASCII, from 0 to 1, judged by their first 4000; 0 if none."""
    beyond = [match[0] for match in islice(_BEYOND_ASCII.finditer(text), _SAMPLE)]
    everyday = everyday_characters()
    return sum(character in everyday for character in beyond) / len(beyond) if beyond else 0.0
