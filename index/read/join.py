"""Lines that are one line: blanks collapsed, and line breaks that only fit the text to a width taken out."""

from __future__ import annotations

import re

_BLANKS = re.compile(r"[ \t\r\n\f\v\xa0]+")
# A line break between two of these is no blank: https://drafts.csswg.org/css-text-3/#line-break-transform
_WIDE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60\U00020000-\U0003ffff“”‘’…—·]")


def one_line(text: str) -> str:
    r"""Runs of blanks become one; a run with a line break in it, next to a Chinese character, becomes nothing.

    >>> one_line("推动大中小\n 企业发展 2022\n年 by the\nstate")
    '推动大中小企业发展 2022年 by the state'
    """

    def blank(match: re.Match[str]) -> str:
        before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
        return "" if "\n" in match[0] and (_WIDE.match(before) or _WIDE.match(after)) else " "

    return _BLANKS.sub(blank, text).strip()
