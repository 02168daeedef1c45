"""The numbers that Word prints before paragraphs (第一条, 一、, （二）, 1.2): they stand in no text, only in rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DEEPEST = 9
_DIGITS = "〇一二三四五六七八九"
_LEGAL_DIGITS = "零壹贰叁肆伍陆柒捌玖"
# Formats by what they are: a row of signs, one for each number; a sign for each digit; a number as it is spoken.
_ROWS = {
    "decimalEnclosedCircle": "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳",
    "decimalEnclosedCircleChinese": "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳",
    "decimalEnclosedParen": "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇",
    "decimalEnclosedFullstop": "⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛",
    "ideographTraditional": "甲乙丙丁戊己庚辛壬癸",
    "ideographZodiac": "子丑寅卯辰巳午未申酉戌亥",
}
_DIGIT_BY_DIGIT = {
    "ideographDigital": _DIGITS,
    "japaneseDigitalTenThousand": _DIGITS,
    "taiwaneseDigital": _DIGITS,
    "decimalFullWidth": "０１２３４５６７８９",
    "decimalFullWidth2": "０１２３４５６７８９",
}
_COUNTED = frozenset(
    ("chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting", "taiwaneseCountingThousand")
)
_ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl")),
    *((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)


@dataclass(frozen=True, slots=True)
class _Level:
    """A w:lvl: `text` is 第%1条 or （%2）, where %n stands for the number of level n."""

    start: int
    format: str
    text: str
    suffix: str
    legal: bool
    restart: int | None
    """The level whose items set this one back to its start; None: every one above; 0: none."""
    style: str | None
    """The paragraph style that is numbered on this level."""


@dataclass(slots=True)
class Numbering:
    """The numbering definitions of a document, and how far each list has been counted."""

    _levels: dict[str, dict[int, _Level]]
    """Of each w:num, by its id."""
    _abstract: dict[str, str]
    """The w:abstractNum behind each w:num: those that share one count on together."""
    _starts: dict[tuple[str, int], int]
    _counts: dict[str, dict[int, int]] = field(default_factory=dict)
    _begun: set[tuple[str, int]] = field(default_factory=set)

    @classmethod
    def of(cls, root: etree._Element | None) -> Numbering:
        """The definitions of a numbering part, or none."""
        levels: dict[str, dict[int, _Level]] = {}
        abstract: dict[str, str] = {}
        starts: dict[tuple[str, int], int] = {}
        if root is not None:
            definitions = {
                definition.get(f"{W}abstractNumId"): {
                    int(level.get(f"{W}ilvl")): _level(level) for level in _all(definition, "lvl")
                }
                for definition in _all(root, "abstractNum")
            }
            for number in _all(root, "num"):
                name = number.get(f"{W}numId")
                abstract[name] = _value(number, "abstractNumId") or ""
                levels[name] = dict(definitions.get(abstract[name], {}))
                for override in _all(number, "lvlOverride"):
                    at = int(override.get(f"{W}ilvl"))
                    for level in _all(override, "lvl"):
                        levels[name][at] = _level(level)
                    start = _value(override, "startOverride")
                    if start is not None:
                        starts[name, at] = int(start)
        return cls(levels, abstract, starts)

    def level_of(self, number: str, style: str) -> int | None:
        """The level of a list that a paragraph style is numbered on; None if none is tied to it."""
        return next((at for at, level in self._levels.get(number, {}).items() if level.style == style), None)

    def next(self, number: str, level: int) -> str:
        """What is printed before the next paragraph of a list, with the blank behind it; empty for bullets."""
        levels = self._levels.get(number, {})
        if level not in levels:
            return ""
        counts = self._counts.setdefault(self._abstract[number], {})
        if (number, level) in self._starts and (number, level) not in self._begun:
            counts[level] = self._starts[number, level]
        else:
            counts[level] = counts.get(level, levels[level].start - 1) + 1
        self._begun.add((number, level))
        for deeper in [at for at in counts if at > level]:
            restart = levels[deeper].restart if deeper in levels else None
            if restart is None or level < restart:
                del counts[deeper]
        return _printed(levels, counts, level)


def _printed(levels: dict[int, _Level], counts: dict[int, int], level: int) -> str:
    shown = levels[level]
    if shown.format in ("bullet", "none"):
        return ""
    text = shown.text
    for at in range(_DEEPEST):
        if f"%{at + 1}" in text and at in levels:
            style = "decimal" if shown.legal else levels[at].format
            text = text.replace(f"%{at + 1}", numeral(counts.get(at, levels[at].start), style))
    # A tab behind 一、 only makes room; behind a number or a letter it is a blank that is read.
    return text if shown.suffix == "nothing" or text.endswith(("、", "）", "，", "：", "．")) else f"{text} "


def numeral(number: int, style: str) -> str:
    """A number in one of Word's formats (w:numFmt); Arabic digits for one that is not known here.

    The formats are those of ECMA-376 part 1, 17.18.59 (ST_NumberFormat), as Word prints them.

    >>> numeral(12, "chineseCounting"), numeral(12, "ideographDigital"), numeral(110, "chineseCountingThousand")
    ('十二', '一二', '一百一十')
    """
    if style in _ROWS:
        row = _ROWS[style]
        return row[number - 1] if 0 < number <= len(row) else str(number)
    if style in _DIGIT_BY_DIGIT:
        return "".join(_DIGIT_BY_DIGIT[style][int(digit)] for digit in str(number))
    if style in _COUNTED:
        return _counted(number, _DIGITS, "十百千")
    if style == "chineseLegalSimplified":
        return _counted(number, _LEGAL_DIGITS, "拾佰仟", one_before_ten=True)
    if style in ("lowerLetter", "upperLetter"):
        written = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
    elif style in ("lowerRoman", "upperRoman"):
        written = _roman(number)
    else:
        return f"{number:02}" if style == "decimalZero" else str(number)
    return written.upper() if style.startswith("upper") else written


def _roman(number: int) -> str:
    written = ""
    for value, letters in _ROMAN:
        written += letters * (number // value)
        number %= value
    return written


def _counted(number: int, digits: str, units: str, *, one_before_ten: bool = False) -> str:
    """A number below 10,000 as it is spoken: 一百零二."""
    if not 0 < number < 10_000:
        return str(number)
    spoken = ""
    figures = str(number)
    for at, figure in enumerate(figures):
        place = len(figures) - at - 1
        if figure != "0":
            spoken += digits[int(figure)] + (units[place - 1] if place else "")
        elif not spoken.endswith("零") and figures[at:].strip("0"):
            spoken += "零"
    if not one_before_ten and spoken.startswith(f"{digits[1]}{units[0]}"):
        return spoken[1:]
    return spoken


def _level(level: etree._Element) -> _Level:
    restart = _value(level, "lvlRestart")
    return _Level(
        start=int(_value(level, "start") or 1),
        format=_value(level, "numFmt") or "decimal",
        text=_value(level, "lvlText") or "",
        suffix=_value(level, "suff") or "tab",
        legal=level.find(f"{W}isLgl") is not None,
        restart=None if restart is None else int(restart),
        style=_value(level, "pStyle"),
    )


def _all(element: etree._Element, name: str) -> Iterator[etree._Element]:
    yield from element.iterfind(f"{W}{name}")


def _value(element: etree._Element, name: str) -> str | None:
    found = element.find(f"{W}{name}")
    return None if found is None else found.get(f"{W}val")
