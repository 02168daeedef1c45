"""Fold script and width, one character for one character, so that every offset holds before and after.

Conversions are OpenCC's. Its Traditional to Simplified tables never change a length [1], and neither does this module:
a conversion that did would be refused by `AlignedText.folded`.

[1] Measured over U+0020 to U+2FFFF for t2s, tw2s, s2t and s2tw; `tw2sp` and `s2twp` do change lengths, since they
    replace words. `tests/index/clean/test_fold.py` holds it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from itertools import chain, islice
from math import ceil
from typing import Literal

import numpy as np
import opencc

Script = Literal["simplified", "traditional", "original"]

# Letters, digits and the blank; punctuation stays as it was written, since a quote must look like the text.
# NFKC would also rewrite …, ㎡ and 10³, and change lengths.
_NARROW = {
    wide: chr(wide - 0xFEE0)
    for wide in chain(range(ord("０"), ord("９") + 1), range(ord("Ａ"), ord("Ｚ") + 1), range(ord("ａ"), ord("ｚ") + 1))
} | {ord("\N{IDEOGRAPHIC SPACE}"): " "}
_WIDE = re.compile(f"[{''.join(map(chr, _NARROW))}]")

# In running Traditional text roughly one character in three differs from its Simplified form; in Simplified text
# with leftovers (後 for 后 is common on mainland pages) fewer than one in a hundred does.
_TRADITIONAL_SHARE = 0.05
# In GB 2312, for surnames, but on modern pages a leftover of Traditional script all the same.
LEFTOVERS = frozenset("後")
"""Characters of Traditional script that Simplified pages use as they stand."""
_EITHER_FORM = frozenset("台占布周")
"""Characters that Traditional texts write as well as what OpenCC makes of them: 台 and 臺, 公布 and 公佈."""


@cache
def _converter(config: str) -> Callable[[str], str]:
    """OpenCC's conversion of this name, from a text to a text."""
    convert: Callable[[str], str] = opencc.OpenCC(config).convert
    # The C library behind it takes NUL for the end of a text.
    return lambda text: "\0".join(map(convert, text.split("\0")))


def _is_simplified(character: str) -> bool:
    """Whether a character is in GB 2312, the standard set of Simplified script."""
    return character not in LEFTOVERS and _has(character, "gb2312")


def _is_traditional_too(character: str) -> bool:
    """Whether a character is in Big5, the standard set of Traditional script: 台 and 里 are, 显 is not."""
    return _has(character, "big5")


@cache
def _has(character: str, encoding: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def fold_width(text: str) -> str:
    """Full-width letters, digits and blanks become their ASCII forms: ＡＩ５０ → AI50.

    >>> fold_width("支持５０个ＡＩ项目，")
    '支持50个AI项目，'
    """
    # Few characters are wide: finding them is several times faster than translating each.
    return _WIDE.sub(lambda wide: _NARROW[ord(wide[0])], text)


def fold_script(text: str) -> str:
    """Traditional characters become Simplified ones, by OpenCC's `tw2s`, which also knows 著力 → 着力.

    Applied to Simplified text as it stands, that table does harm: 显著 becomes 显着, 饿了么 becomes 饿了幺. So a
    character that Simplified script has itself (GB 2312) is converted only where the text is written in Traditional, or
    the character beside it.

    >>> fold_script("著力推動產業鏈"), fold_script("公布之後，各地各部门要认真贯彻落实，确保取得显著成效")
    ('着力推动产业链', '公布之后，各地各部门要认真贯彻落实，确保取得显著成效')
    """
    converted = _converter("tw2s")(text)
    if converted == text or len(converted) != len(text):
        return converted
    if is_traditional(text, converted):
        return converted
    changes = _changes(text, converted)
    only_traditional = {at for at in changes if not _is_simplified(text[at])}
    characters = list(converted)
    for at in changes:
        # 於 is a surname, but beside 關 it is a part of what somebody wrote in Traditional script.
        if at not in only_traditional and only_traditional.isdisjoint((at - 1, at + 1)):
            characters[at] = text[at]
    return "".join(characters)


def is_traditional(text: str, converted: str | None = None) -> bool:
    """Whether a text is written in Traditional script, rather than in Simplified with a few leftovers.

    `converted` is the text after OpenCC's `tw2s`, where the caller has it.
    """
    if converted is None:
        converted = _converter("tw2s")(text)
    only_traditional = sum(not _is_simplified(text[at]) for at in _changes(text, converted))
    if only_traditional <= _TRADITIONAL_SHARE * len(text):
        letters = (character for character in text if character.isalpha() and not character.isascii())
        # Where there are few of them, the beginning of the text is enough to tell.
        enough = ceil(only_traditional / _TRADITIONAL_SHARE)
        if only_traditional <= _TRADITIONAL_SHARE * sum(1 for _ in islice(letters, enough)):
            return False
    # In a short text one leftover is a large share: characters that only Simplified has outweigh it.
    only_simplified = sum(not _is_traditional_too(text[at]) for at in _changes(text, to_traditional(text)))
    return only_traditional > only_simplified


def _changes(text: str, converted: str) -> list[int]:
    """Where two texts differ."""
    was, now = (np.frombuffer(each.encode("utf-32-le", "surrogatepass"), dtype="<u4") for each in (text, converted))
    changes: list[int] = np.flatnonzero(was != now).tolist()
    return changes


@lru_cache(maxsize=1)  # one rule of cleaning after another asks for the same text
def fold(text: str) -> str:
    """Script and width: the form in which texts are indexed and questions are asked. Same length as `text`.

    Folded until nothing changes: OpenCC turns 畢昇 into 毕昇 and 毕昇 into 毕升, and a question may hold either.
    """
    folded = fold_width(text)
    while (again := fold_script(folded)) != folded:
        folded = again
    return folded


def to_traditional(text: str) -> str:
    """Simplified text in Traditional glyphs, Taiwan standard (OpenCC `s2tw`). Same length as `text`."""
    # OpenCC's phrases make a piece of jewellery of this one chain, and of no other.
    return _converter("s2tw")(text).replace("資金鍊", "資金鏈")


def as_written(original: str, folded: str, *, traditional: bool) -> str:
    """Folded text in Traditional glyphs: those of the source where it has them, else as `to_traditional` has them.

    Args:
        original: the same text in the glyphs of its source, of the same length.
        folded: the text folded.
        traditional: whether the source is written in Traditional script, where 台 and 占 stand for themselves; other
            Simplified leftovers in it, such as 云, do not.

    >>> as_written("臺北市計畫占比", "台北市计划占比", traditional=True), to_traditional("台北市计划占比")
    ('臺北市計畫占比', '臺北市計劃佔比')
    """
    written = zip(fold_width(original), folded, to_traditional(folded), strict=True)
    return "".join(
        was if was != now or (traditional and was in _EITHER_FORM) else turned for was, now, turned in written
    )


def is_folded(original: str, folded: str) -> bool:
    """Whether `folded` is `original` with script and width folded, character by character.

    Each character must be the original one, its narrow form, or what OpenCC makes of it here; whether a whole text
    counts as Traditional may have been decided on more text than is at hand.
    """
    if len(original) != len(folded):
        return False
    narrow = fold_width(original)
    converted = _converter("tw2s")(narrow)
    forms = (narrow, converted, fold(original), fold(converted))
    return all(now in was for now, *was in zip(folded, original, *forms, strict=True))
