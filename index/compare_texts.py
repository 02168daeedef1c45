"""Whether two texts are the same text: their letters and numbers compared, marks and blanks aside.

What may differ is stated by `common_stretch`, and nothing else may: a notice and its next edition differ in a few
digits, the notices of two cities in a name, and neither is a copy of the other.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

# Shares of the common stretch: a copy may have this much of its own around it, such as a footer, and the other text may
# go on for this much where the copy was cut short. On ncp, shares from 0.9 and 0.8 down to 0.5 and 0.3 find the same.
HELD_OF_COPY = 0.8
HELD_OF_TEXT = 0.6
# A common stretch begins and ends with this many letters in a row; fewer are alike by chance.
_ANCHOR = 8
# Title, number and date of a page stand within so many letters; lines among them come and go with the site.
_EDGE = 100
# Beyond this, an alignment takes seconds: longer texts are copies where one holds the other letter by letter.
_LONGEST_ALIGNED = 100_000
# Mirrors state the day they posted a text, some weeks after it was issued; the next edition comes a year later.
_POSTED_WITHIN = timedelta(days=90)
_NOISE_LENGTH = 3
_READING_LENGTH = 6

RULES = f"copies-1:{HELD_OF_COPY}:{HELD_OF_TEXT}"
"""Names what counts as a copy."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text as it is compared with others: a document or a paragraph."""

    letters: str
    closed: NDArray[np.bool_] | None = None
    """Which letters a mark follows; None where no noise is looked for."""
    gaps: Sequence[int] = ()
    """Before which letters blanks or line breaks stand, ascending; empty where they do not matter."""
    noise: int = 0
    """How often cleaning took letters out of it: so often may noise be left in it."""
    names: Sequence[str | None] = ()
    """Letters of its title, issuer, number; what both texts state must agree."""
    issued_on: date | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """`length` letters that two texts have in common: where they begin in the copy and in the other text."""

    copy: int
    text: int
    length: int


def common_stretch(copy: Text, text: Text) -> Sequence[Block]:
    """The one stretch that makes a text a copy of another, as blocks of equal letters; empty if it is none.

    - Titles, issuers, numbers: where both state one, one must hold the other. Dates: not more than 90 days apart.
    - Around the stretch, only one of the two may have more on the same side: a footer, a title, what a mirror cut off.
      Where both do, they may be the signatures of two cities or years.
    - Inside, every letter and digit is the same, but for two things that one text may have more than the other, never
      instead of what the other has: what stands between blanks within 100 letters of the stretch's ends, such as the
      number below a title; and noise that cleaning left, in a text from which it took some, and no more often than
      that: one to three letters put in before a mark, none a numeral, or a reading in small Latin letters.
    - The stretch is at least 80 % of the copy and 60 % of the text.
    """
    if not _agree(copy, text):
        return ()
    shorter, longer = sorted((len(copy.letters), len(text.letters)))
    if shorter < HELD_OF_TEXT * longer or not shorter:
        return ()
    blocks = _exact(copy.letters, text.letters) or _aligned(copy, text)
    if not blocks:
        return ()
    first, last = blocks[0], blocks[-1]
    length = last.copy + last.length - first.copy
    if length < HELD_OF_COPY * len(copy.letters):
        return ()
    if last.text + last.length - first.text < HELD_OF_TEXT * len(text.letters):
        return ()
    return blocks


def pieces(blocks: Sequence[Block]) -> list[Sequence[Block]]:
    """The blocks of a stretch, apart where one text has more between them than noise."""
    apart = [
        at
        for at, (before, after) in enumerate(pairwise(blocks), 1)
        if max(after.copy - before.copy, after.text - before.text) - before.length > _READING_LENGTH
    ]
    return [blocks[start:end] for start, end in pairwise([0, *apart, len(blocks)])]


def _agree(copy: Text, text: Text) -> bool:
    """Whether nothing that both texts state differs; names that stand in the letters are compared with them."""
    if copy.issued_on and text.issued_on and abs(copy.issued_on - text.issued_on) > _POSTED_WITHIN:
        return False
    return all(
        not one or not other or one in other or other in one or (one in copy.letters and other in text.letters)
        for one, other in zip(copy.names, text.names, strict=True)
    )


def _exact(copy: str, text: str) -> Sequence[Block]:
    """The stretch where no letter differs: one text holds the other, or one ends with what the other begins with."""
    if (at := text.find(copy)) >= 0:
        return (Block(0, at, len(copy)),)
    if (at := copy.find(text)) >= 0:
        return (Block(at, 0, len(text)),)
    if length := _overlap(copy, text):
        return (Block(len(copy) - length, 0, length),)
    if length := _overlap(text, copy):
        return (Block(0, len(text) - length, length),)
    return ()


def _overlap(one: str, other: str) -> int:
    """How many letters the end of one shares with the beginning of the other, if they are enough for a copy."""
    opening = other[:_ANCHOR]
    # The share that must be held of either bounds where the overlap can begin.
    latest = len(one) - int(HELD_OF_TEXT * max(len(one), len(other)))
    at = one.find(opening, 0, latest + _ANCHOR)
    while at >= 0:
        if other.startswith(one[at:]):
            return len(one) - at
        at = one.find(opening, at + 1, latest + _ANCHOR)
    return 0


def _aligned(copy: Text, text: Text) -> Sequence[Block]:
    """The blocks of the stretch where neither text holds the other."""
    one, other = copy.letters, text.letters
    if max(len(one), len(other)) > _LONGEST_ALIGNED or not (copy.noise or text.noise or _same_middle(one, other)):
        return ()
    limit = int((1 - HELD_OF_COPY) * len(one) + (1 - HELD_OF_TEXT) * len(other)) + 1
    distance = Levenshtein.distance(one, other, score_cutoff=limit)
    if distance > limit:
        return ()
    found = Levenshtein.opcodes(one, other, score_hint=distance)
    blocks = [Block(op.src_start, op.dest_start, op.src_end - op.src_start) for op in found if op.tag == "equal"]
    anchors = [at for at, block in enumerate(blocks) if block.length >= _ANCHOR]
    if not anchors:
        return ()
    blocks = _widened(blocks[anchors[0] : anchors[-1] + 1], one, other)
    first, last = blocks[0], blocks[-1]
    if first.copy and first.text:
        return ()
    if last.copy + last.length < len(one) and last.text + last.length < len(other):
        return ()
    gaps = [gap for gap in pairwise(blocks) if not _is_line(*gap, first, last, copy, text)]
    return blocks if len(gaps) <= copy.noise + text.noise and all(_is_noise(*gap, copy, text) for gap in gaps) else ()


def _same_middle(copy: str, text: str) -> bool:
    """Whether what lies beyond the reach of footers and titles is the same: cheap, and true wherever no noise is."""
    margin = int((1 - HELD_OF_COPY) * len(copy)) + _EDGE
    return copy[margin : len(copy) - margin] in text


def _widened(blocks: Sequence[Block], one: str, other: str) -> list[Block]:
    """The first block to the left and the last to the right, over letters that were aligned with others by chance."""
    first = blocks[0]
    more = 0
    while more < min(first.copy, first.text) and one[first.copy - more - 1] == other[first.text - more - 1]:
        more += 1
    widened = [Block(first.copy - more, first.text - more, first.length + more), *blocks[1:]]
    last = widened[-1]
    length = last.length
    while (
        last.copy + length < len(one)
        and last.text + length < len(other)
        and one[last.copy + length] == other[last.text + length]
    ):
        length += 1
    return [*widened[:-1], Block(last.copy, last.text, length)]


def _is_line(before: Block, after: Block, first: Block, last: Block, copy: Text, text: Text) -> bool:
    """Whether what stands between two blocks is lines of one text near either end of the stretch."""
    near = min(before.text + before.length - first.text, last.text + last.length - after.text) <= _EDGE
    where = _put_in(before, after, copy, text)
    return near and any(_holds(one.gaps, at) and _holds(one.gaps, at + length) for one, at, length in where)


def _holds(ascending: Sequence[int], number: int) -> bool:
    place = bisect_left(ascending, number)
    return place < len(ascending) and ascending[place] == number


def _is_noise(before: Block, after: Block, copy: Text, text: Text) -> bool:
    """Whether what stands between two blocks is noise."""
    return any(one.noise and _looks_put_in(one, at, length) for one, at, length in _put_in(before, after, copy, text))


def _put_in(before: Block, after: Block, copy: Text, text: Text) -> Iterator[tuple[Text, int, int]]:
    """What only one of the texts has between two blocks: that text, where it begins, its length; nothing if both have.

    Every place that leaves the same letters: in 服英服, 服英 may stand before 服 or 英服 after it.
    """
    in_copy = before.copy + before.length, after.copy
    in_text = before.text + before.length, after.text
    if in_copy[0] < in_copy[1] and in_text[0] < in_text[1]:
        return
    one, (start, end) = (copy, in_copy) if in_copy[0] < in_copy[1] else (text, in_text)
    letters, length = one.letters, end - start
    earliest = start
    while start - earliest < before.length and letters[earliest - 1] == letters[earliest - 1 + length]:
        earliest -= 1
    yield one, earliest, length
    while (
        earliest < start + after.length
        and earliest + length < len(letters)
        and letters[earliest] == letters[earliest + length]
    ):
        earliest += 1
        yield one, earliest, length


def _looks_put_in(noisy: Text, start: int, length: int) -> bool:
    letters = noisy.letters[start : start + length]
    if length <= _READING_LENGTH and all(letter.islower() for letter in letters):
        return True
    closed = noisy.closed is not None and bool(noisy.closed[start + length - 1])
    return closed and length <= _NOISE_LENGTH and not any(map(str.isnumeric, letters))
