"""Read the days that Chinese texts state, in Arabic or Chinese numerals."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

from index.clean.fold import fold_width

# 二〇二二年 is also typed with a circle, a letter O or 零.
_ZEROS = "0〇○◯零Oo"
_NUMERALS = "一二三四五六七八九"
_DIGIT = f"[{_ZEROS}{_NUMERALS}]"
_REPUBLIC = r"(?:中[华華])?民[国國]\s*"
_YEAR = rf"(?:(?:19|20)\d\d|(?:一九|二[{_ZEROS}]){_DIGIT}{{2}}|{_REPUBLIC}\d{{1,3}})"
_MONTH = rf"(?:\d{{1,2}}|[正元]|十[一二]?|[{_NUMERALS}])"
_DAY = rf"(?:\d{{1,2}}|(?:[二三]?十|廿|卅)[{_NUMERALS}]?|[{_NUMERALS}])"
DATE = rf"(?<![\d{_NUMERALS}]){_YEAR}\s*[-./年]\s*{_MONTH}\s*[-./月]\s*{_DAY}(?!\d)\s*日?"
"""A day as a pattern without groups; it may still be impossible."""

_DATE = re.compile(rf"(?<![\d{_NUMERALS}])({_YEAR})\s*[-./年]\s*({_MONTH})\s*[-./月]\s*({_DAY})(?!\d)")
_BEFORE_REPUBLIC = 1911
_TENS = {"廿": 20, "卅": 30}


def parse_date(text: str) -> date | None:
    """The first day that a text states, as 2022-05-16, 2022年5月16日 or 二〇二二年五月十六日; None if it states none.

    Years of the Republic are counted from 1912 (民国111年). A day that does not exist is none. Must not touch: years of
    another count without its name (111年), which have no four digits.

    >>> parse_date("2022年5月6日"), parse_date("二○二二年十二月卅一日"), parse_date("2022-13-01")
    (datetime.date(2022, 5, 6), datetime.date(2022, 12, 31), None)
    >>> parse_date("中华民国111年5月6日")
    datetime.date(2022, 5, 6)
    """
    match = _DATE.search(fold_width(text))
    if not match:
        return None
    year, month, day = match.groups()
    try:
        counted = re.sub(_REPUBLIC, "", year)
        before = 0 if counted == year else _BEFORE_REPUBLIC
        return date(before + int("".join(map(_digit, counted))), parse_numeral(month), parse_numeral(day))
    except ValueError:
        return None


def parse_numeral(text: str) -> int:
    """A number under 100 in Arabic or Chinese numerals: 12, 十二, 廿一, 两, 正 (of a month).

    >>> [parse_numeral(text) for text in ("7", "十", "二十", "卅一", "两")]
    [7, 10, 20, 31, 2]
    """
    if text.isdecimal():
        return int(text)
    if text in ("正", "元"):
        return 1
    if text == "两":
        return 2
    if text[0] in _TENS:
        return _TENS[text[0]] + (int(_digit(text[1])) if len(text) > 1 else 0)
    tens, ten, ones = text.rpartition("十")
    return (int(_digit(tens)) if tens else 1) * 10 * bool(ten) + (int(_digit(ones)) if ones else 0)


def last_day(start: date, months: int) -> date:
    """The last day of a period of so many months: the day before its anniversary.

    >>> last_day(date(2022, 6, 1), 60), last_day(date(2020, 2, 29), 12)
    (datetime.date(2027, 5, 31), datetime.date(2021, 2, 28))
    """
    years, month = divmod(start.month - 1 + months, 12)
    year = start.year + years
    length = monthrange(year, month + 1)[1]
    if start.day > length:
        return date(year, month + 1, length)
    return date(year, month + 1, start.day) - timedelta(days=1)


def _digit(character: str) -> str:
    if character in _ZEROS:
        return "0"
    return character if character.isdecimal() else str(_NUMERALS.index(character) + 1)
