"""Text into search terms: Chinese character bigrams, Latin words, numbers."""

from __future__ import annotations

import re
from itertools import pairwise

SIGNATURE = "bigrams-1"

_TERM = re.compile(
    r"[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f]+"
    r"|[a-z\u00c0-\u024f]+"
    r"|\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)*"
    r"|\d+(?:\.\d+)*",
    re.IGNORECASE,
)


def terms(text: str) -> list[str]:
    """The terms of a folded text, in order and with repetitions.

    A run of Chinese characters gives every two neighbours, a lone one itself; Latin words are lower-cased, numbers lose
    the commas that group them. Index and question use this one function: two segmenters disagree on 43 % of passages.

    >>> terms("支持50个AI项目")
    ['支持', '50', '个', 'ai', '项目']
    """
    found: list[str] = []
    for match in _TERM.finditer(text):
        run = match[0]
        if run[0].isdecimal():
            found.append(run.replace(",", ""))
        elif run[0].isascii() or "\u00c0" <= run[0] <= "\u024f" or len(run) == 1:
            found.append(run.lower())
        else:
            found += map("".join, pairwise(run))
    return found
