"""Numbers in words or with units as plain digits, so that 五十个 finds 50个 and 百亿元 finds 100亿元."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Context, Decimal

_DIGITS = {
    numeral: digit for digit, row in enumerate(("〇零○", "一", "二两", "三", *"四五六七八九")) for numeral in row
}
_SMALL = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10**4, "亿": 10**8}
_UNITS = _SMALL | _LARGE
_ARABIC = r"\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?"
# What is counted: behind one of these even a lone numeral is a number; 分 is none of them (十分), nor 方 (第三方).
_COUNTED = "个名位项条款章节家户年月日天周岁次批届期倍元层级类种件所套台辆亩吨"
_AMOUNT = re.compile(
    rf"(?P<arabic>{_ARABIC})(?P<units>[十百千万亿]*)"
    rf"|(?P<share>分之)?(?P<words>[{''.join(_DIGITS)}{''.join(_UNITS)}]+)"
    rf"(?:点(?P<decimals>[{''.join(_DIGITS)}]+))?(?P<counted>(?=[{_COUNTED}]))?"
)
# The longest number that is said, 9999万亿 and so on to the last digit, has 31 numerals; beyond, they are no number.
_LONGEST = 40
_EXACT = Context(prec=_LONGEST)


def amounts(text: str) -> Iterator[tuple[int, str]]:
    """Where each number begins that is written in words, with units or with leading zeros, and its digits.

    A year spelled digit by digit is one (二〇二五年), a lone numeral only where something is counted (三个).
    Must not touch: numerals that count nothing, such as 一带一路, 十分, 第三方, 万一; plain digits, which are terms;
    a row of numerals longer than any number, such as a ruled line of ○.

    >>> [digits for _, digits in amounts("百亿元、1.5万人、百分之五十、二〇二五年、三个、05月")]
    ['10000000000', '15000', '50', '2025', '3', '5']
    >>> list(amounts("一带一路十分重要，万一第三方……"))
    []
    """
    for match in _AMOUNT.finditer(text):
        if match.end() - match.start() > _LONGEST:
            continue
        digits = _arabic(match) if match["arabic"] else _in_words(match)
        if digits:
            yield match.start(), digits


def _arabic(match: re.Match[str]) -> str | None:
    written = match["arabic"].replace(",", "")
    value = Decimal(written)
    for unit in match["units"]:
        value = _EXACT.multiply(value, _UNITS[unit])
    digits = f"{value.normalize(_EXACT):f}"
    return digits if match["units"] or (written[0] == "0" and written.isdecimal() and digits != written) else None


def _in_words(match: re.Match[str]) -> str | None:
    words = match["words"]
    counted = match["counted"] is not None or match["share"] is not None or match["decimals"] is not None
    if len(words) == 1:
        # 一个 and 一次 are said where nothing is counted.
        of_a_day = match.string[match.end() : match.end() + 1] in tuple("年月日")
        if words in _LARGE or not counted or (words == "一" and not (of_a_day or match["share"] or match["decimals"])):
            return None
    value = _spelled(words) if all(word in _DIGITS for word in words) else _counted(words)
    if value is None:
        return None
    decimals = "".join(str(_DIGITS[word]) for word in match["decimals"] or "")
    return f"{value}.{decimals}" if decimals else str(value)


def _spelled(words: str) -> int | None:
    """Digits one by one: a single one, or as many as a year has, or some with a zero among them; 一二三 is none."""
    if len(words) in (1, 4) or any(_DIGITS[word] == 0 for word in words):
        return int("".join(str(_DIGITS[word]) for word in words))
    return None


def _counted(words: str) -> int | None:
    """A number with units, such as 三千二百万; None where they make none (万一) or leave one out (三百五)."""
    total = section = 0
    digit: int | None = None
    for word in words:
        if word in _SMALL:
            section += (1 if digit is None else digit) * _SMALL[word]
            digit = None
        elif word in _LARGE:
            section += digit or 0
            if word == "亿" and total:  # 三万五千亿: all that was said before is counted in 亿
                total = (total + section) * _LARGE[word]
            elif section:
                total += section * _LARGE[word]
            else:
                return None
            section, digit = 0, None
        elif digit:
            return None
        else:
            digit = _DIGITS[word]
    if digit and words[-2] not in "十〇零○":
        return None
    return total + section + (digit or 0)
