"""Remove the readings that mirrors put behind characters to break copies: 計(jì)劃 → 計劃."""

from __future__ import annotations

import re
from functools import lru_cache

from pypinyin import Style, pinyin

from index.clean.align import AlignedText, Change
from index.clean.fold import fold, fold_width

KIND = "reading"

_BRACKETED = re.compile(
    r"(?<=[㐀-鿿豈-龎\U00020000-\U0002fa1f)）])[（(]([a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹḿê]{1,6})[）)]"
)


@lru_cache(maxsize=8192)
def _readings(character: str) -> frozenset[str]:
    """Every reading of a character, Traditional or folded, with its tone marks, in lower case."""
    forms = {character, fold(character)}
    return frozenset(reading for form in forms for reading in pinyin(form, style=Style.TONE, heteronym=True)[0])


def strip_readings(text: AlignedText) -> AlignedText:
    """Remove a bracket that spells exactly the one character before it, tone mark included.

    Must not touch: a bracket that is text, such as 世贸组织(WTO), 试行(试行), 人工智能(ai), nor a spelling of another
    character. A reading without a tone mark counts only where the character is read in the neutral tone, 的(de).
    """
    changes: list[Change] = []
    spelt = 0
    for match in _BRACKETED.finditer(fold_width(text.text)):
        # Two readings may stand behind one character: 行(xíng)(háng).
        if not (changes and changes[-1].end == match.start()):
            spelt = match.start() - 1
        if match[1] in _readings(text.text[spelt]):
            changes.append(Change(match.start(), match.end(), KIND))
    return text.apply(changes)
