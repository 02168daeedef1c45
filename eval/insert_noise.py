"""Put into clean texts what mirrors put there: random characters before punctuation, readings, Traditional script.

For measuring how well cleaning takes it out again. The same seed gives the same noise.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pypinyin import Style, pinyin

from index.clean.align import Span
from index.clean.fold import Script, to_traditional

MARKS = "，。、；：？！,;:?!"
Pool = Literal["simplified", "mixed"]
_READINGS = 0.15
"""The share of characters that get their reading, where readings are asked for."""


@dataclass(frozen=True, slots=True)
class NoisyText:
    """A text with insertions, and where they are."""

    text: str
    insertions: Sequence[Span]
    """In order; each ends where a mark stands."""


def insert_noise(
    text: str,
    rate: float,
    seed: int,
    *,
    script: Script = "original",
    pool: Pool = "simplified",
    readings: bool = False,
) -> NoisyText:
    """Push one to three random characters in before a share of the marks that follow a Chinese character.

    Args:
        text: a clean text.
        rate: share of those marks, in [0, 1].
        seed: of the random choices.
        script: `traditional` turns the text, not the noise, into Traditional script first.
        pool: what the characters are drawn from: the 3,755 of GB 2312's level 1, or those and the 5,401 of Big5's.
        readings: whether some characters of the text get their pinyin in brackets behind them.
    """
    generator = random.Random(seed)  # noqa: S311 - noise, not a secret
    if script == "traditional":
        text = to_traditional(text)
    characters = _POOLS[pool]
    pieces: list[str] = []
    insertions: list[Span] = []
    length = 0

    def put(piece: str) -> None:
        nonlocal length
        pieces.append(piece)
        length += len(piece)

    for before, character in zip(" " + text, text, strict=False):
        if character in MARKS and is_chinese(before) and generator.random() < rate:
            start = length
            for inserted in generator.choices(characters, k=generator.choice((1, 2, 3))):
                put(inserted)
            insertions.append((start, length))
        put(character)
        if readings and is_chinese(character) and generator.random() < _READINGS:
            put(f"({pinyin(character, style=Style.TONE)[0][0]})")
    return NoisyText("".join(pieces), insertions)


def is_chinese(character: str) -> bool:
    """Whether it is one of those that noise is made of."""
    return "\u4e00" <= character <= "\u9fff"


def _rows(encoding: str, leads: range) -> list[str]:
    decoded = (bytes([lead, trail]).decode(encoding, "ignore")[:1] for lead in leads for trail in range(0x40, 0xFF))
    return [character for character in decoded if character and is_chinese(character)]


LEVEL_ONE: Sequence[str] = _rows("gb2312", range(0xB0, 0xD8))
"""The 3,755 everyday characters of GB 2312, by their sounds."""
_POOLS = {"simplified": LEVEL_ONE, "mixed": [*LEVEL_ONE, *_rows("big5", range(0xA4, 0xC7))]}
