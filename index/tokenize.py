"""Text into search terms: Chinese character bigrams, Latin words, numbers; and terms into sounds."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from operator import itemgetter

from pypinyin import lazy_pinyin

from index.read_amounts import amounts

SIGNATURE = "bigrams-3"

CHINESE = "\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f"
"""The Chinese characters, 〇 and the rare ones among them, for use in the class of a pattern."""

_TERM = re.compile(
    rf"(?P<chinese>[{CHINESE}]+)"
    r"|(?P<word>[a-z\u00c0-\u024f]+)"
    r"|(?P<number>\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)*|\d+(?:\.\d+)*)",
    re.IGNORECASE,
)


def terms(text: str) -> list[str]:
    """The terms of a folded text, in order and with repetitions.

    A run of Chinese characters gives every two neighbours, a lone one itself; Latin words are lower-cased, numbers lose
    the commas that group them; a number in words or with units gives its digits as well. Index and question use this
    one function: two segmenters disagree on 43 % of passages.

    >>> terms("支持50个AI项目")
    ['支持', '50', '个', 'ai', '项目']
    >>> terms("五十个AI项目")
    ['50', '五十', '十个', 'ai', '项目']
    """
    found = list(amounts(text))
    for match in _TERM.finditer(text):
        run = match[0]
        if match["chinese"] and len(run) > 1:
            found += ((at, "".join(pair)) for at, pair in enumerate(pairwise(run), match.start()))
        else:
            found.append((match.start(), run.replace(",", "").lower()))
    return [term for _, term in sorted(found, key=itemgetter(0))]


def characters(text: str) -> list[str]:
    """The Chinese characters, Latin words and numbers of a folded text, in order and with repetitions.

    >>> characters("支持50个AI项目")
    ['支', '持', '50', '个', 'ai', '项', '目']
    """
    found: list[str] = []
    for match in _TERM.finditer(text):
        run = match[0]
        found += run if match["chinese"] else [run.replace(",", "").lower()]
    return found


def sound(term: str) -> str | None:
    """How two Chinese characters sound, tones aside; None for every other term.

    Each by itself and by its most usual reading: what stands beside it may be the character that is mistyped.

    >>> sound("金连"), sound("金链"), sound("ai")
    ("jin'lian", "jin'lian", None)
    """
    # Rare characters have no usual reading.
    if len(term) != 2 or not all("\u3400" <= character <= "\u9fff" for character in term):
        return None
    return "'".join(map(_syllable, term))


def sounds(text: str) -> list[str]:
    """The sounds of the terms of a text that have one.

    >>> sounds("资金链AI")
    ["zi'jin", "jin'lian"]
    """
    return [heard for heard in map(sound, terms(text)) if heard]


@cache
def _syllable(character: str) -> str:
    return lazy_pinyin(character)[0]
