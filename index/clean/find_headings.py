"""Read the numbering of a text: which paragraphs are headings, and under which headings each paragraph stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from string import ascii_lowercase

from index.clean.read_dates import DATE
from index.rows import is_row

_NUMERAL = "[一二三四五六七八九十百〇零]"
_DIGITS = {character: value for value, character in enumerate("〇一二三四五六七八九")} | {"零": 0}


class Style(IntEnum):
    """The numberings of Chinese official texts, outermost first (GB/T 9704-2012, 7.3.3: 一、 （一） 1. （1）).

    And how those of Hong Kong and Macau go without: headings that are plain lines, lists in letters, (a).
    """

    ANNEX = 0
    PART = 1
    CHAPTER = 2
    SECTION = 3
    ARTICLE = 4
    PLAIN = 5
    FIRST = 6
    SECOND = 7
    THIRD = 8
    DECIMAL = 9
    FOURTH = 10
    LETTER = 11
    POINT = 12
    QUESTION = 13


# What may not follow 第五条 where it is a reference to the article, not its beginning: 第五条第二款所称…
_REFERENCE = r"(?!第|\s*(?:款|规定|所|的|中|和|、|至|到|或|之|修改|明确|以外|及|与|同|，|,|[”》）)]))"
# Each with the group that holds its number.
_PATTERNS = {
    Style.ANNEX: r"附\s?件\s?(?P<annex>[一二三四五六七八九十]{1,3}|\d{1,2})?(?:\s*[:：.．]?(?=\s|$)|(?=[一-鿿《]))",
    Style.PART: rf"第(?P<part>{_NUMERAL}+|\d+)(?:[编篇]|部分?)(?=\s|、|：|:|$)",
    Style.CHAPTER: rf"第(?P<chapter>{_NUMERAL}+|\d+)章",
    Style.SECTION: rf"第(?P<section>{_NUMERAL}+|\d+)节",
    Style.ARTICLE: rf"第(?P<article>{_NUMERAL}+|\d+)条(?:之{_NUMERAL})?{_REFERENCE}",
    Style.FIRST: rf"(?P<first>{_NUMERAL}+)、",
    Style.SECOND: rf"[（(](?P<second>{_NUMERAL}+)[）)]",
    Style.THIRD: r"(?P<third>\d{1,2})(?:[．、]|\.(?!\d))",
    Style.DECIMAL: r"(?P<decimal>\d{1,2}(?:\.\d{1,2}){1,3})[、.．]?\s+(?=[一-鿿])",
    Style.FOURTH: r"[（(](?P<fourth>\d{1,2})[）)]",
    Style.LETTER: r"[（(](?P<letter>[a-z])[）)]",
    Style.POINT: r"(?P<point>[一二三四五六七八九十])[是要](?=[一-鿿“《])",
    Style.QUESTION: r"(?:问\s?\d{0,3}|Q\d{0,3}|提问|网友提问|记者)\s*[:：]",
}
_NUMBERED = re.compile("|".join(f"(?P<{style.name}>{pattern})" for style, pattern in _PATTERNS.items()))
# The numberings at which a line pasted together from several breaks.
_BREAKING = _PATTERNS.keys() - {Style.DECIMAL, Style.LETTER, Style.POINT, Style.ANNEX}
STARTS = "|".join(re.sub(r"\?P<\w+>", "?:", _PATTERNS[style]) for style in sorted(_BREAKING))

# No number is longer, with what tells it from a reference.
_NUMBER_LENGTH = 30
_HEADING_LENGTH = 40
_QUESTION_LENGTH = 80
_ENDS_SENTENCE = re.compile(r"[。；！？;!?，,、]$")
_ENDS_QUESTION = re.compile(r"[？?][”’」』）)]*$")
# The name of what follows, up to the first full stop; a short one may end with a colon: 1.补贴标准：每人1000元。
_RUN_IN = re.compile(
    r"(?!.{0,30}(?:应当|应该|不得|可以|的，))[^。；;：:！!？?]{1,30}(?=。.)|[^。；;：:！!？?，,、]{2,12}(?=[：:].)"
)
_RUN_IN_POINT = re.compile(r"[^。；;：:！!？?]{1,30}(?=。.)")
_RUN_IN_ARTICLE = re.compile(r"\s*(?:【[^】]{1,20}】|（[^）]{1,20}）)?")
_RUN_IN_QUESTION = re.compile(r".{1,200}?[？?](?=\s*(?:答|A\d{0,3}|回答|回复)\s*[:：])")
# Names of documents and nothing else are a list, not a heading.
_NAMES = re.compile(r"(?:\s*[、，和及]?\s*[^《》]{0,20}《[^》]*》\s*(?:[（(][^）)]*[）)])?)+")
# Behind these, a text speaks for itself again: its end, its annexes, whom it goes to.
_CLOSES = re.compile(
    r"(?:特此(?:通知|公告|通告|函[告复]|批复|报告|说明|致函)|附\s?件\s*\d*\s*[:：]|[（(]?(?:此件|信息公开)|抄送|主送|主题词"
    r"|(?:本|以上)[一-鿿]{2,10}(?:自|从).{1,40}起.{0,4}(?:施行|实施|执行|生效))"
)
_ANNEX_LIST = re.compile(r"附\s?件\s?\d*\s*[:：.．]\s*\S")
# A heading without a number: words and nothing else. No name of an office, which signs.
_PLAIN = re.compile("[一-鿿、“”「」]{2,16}(?<![局厅部委署院会處处室办])")
_PLAIN_HEADINGS = 3
_ENDS_ALL = re.compile("[。！!？?][”’」』）)]*$")
_ENDS = re.compile("[。；：;:！？!?][”’」』）)]*$")
_DATE = rf"[（(]?{DATE}[）)]?"
_DATE_ALONE = re.compile(_DATE)
# Who signs, and when: 财政部 税务总局 2020年2月6日 （此件公开发布）
_SIGNATURE = re.compile(rf"[^，。；：！？,;:!?]{{2,80}}?\s*{_DATE}\s*(?:[（(][^）)]*[）)])?")
_SIGNATURES = 30
_SENTENCE = re.compile(r"[。；！？;!?：:]")


@dataclass(frozen=True, slots=True)
class Numbered:
    """How a paragraph begins."""

    style: Style
    number: int
    """From 1; 0 where it has none, as a question or an annex without a number."""
    end: int
    """Where the number ends, in characters of the paragraph."""


def read_number(text: str) -> Numbered | None:
    """The number that a paragraph begins with, None if it begins with none.

    Must not touch: a date (2022年), a decimal number (1.5万), 一、二年级 or 1、2号楼, a reference to an article
    (第五条第二款所称…).
    """
    return _read_number(text[:_NUMBER_LENGTH])


@lru_cache(maxsize=8192)
def _read_number(text: str) -> Numbered | None:
    match = _NUMBERED.match(text)
    if not match:
        return None
    style = next(style for style in _PATTERNS if match[style.name] is not None)
    written = match[style.name.lower()] if style is not Style.QUESTION else None
    number = _value(written) if written else 0
    if style in {Style.FIRST, Style.THIRD} and _counts_on(text[match.end() : match.end() + 3], number):
        return None
    return Numbered(style, number, match.end())


def _value(number: str) -> int:
    """A number in Arabic or Chinese numerals, or a letter, which counts from a; of 2.1.3 the last part."""
    if number in ascii_lowercase:
        return ascii_lowercase.index(number) + 1
    if number[-1].isdecimal():
        return int(number.rpartition(".")[2])
    hundreds, _, rest = number.rpartition("百")
    tens, ten, ones = rest.rpartition("十")
    value = 100 * _DIGITS.get(hundreds, 0) + (10 * _DIGITS.get(tens.strip("零〇"), 1) if ten else 0)
    # Without 十 and 百 it is written digit by digit: 二〇.
    return value + (_DIGITS.get(ones.strip("零〇"), 0) if ten or hundreds else int("".join(map(_digit, ones))))


def _digit(character: str) -> str:
    return str(_DIGITS.get(character, 0))


def _counts_on(following: str, number: int) -> bool:
    """Whether the next number stands right behind: 一、二年级, 1、2号楼."""
    match = re.match(rf"(?:{_NUMERAL}+|\d+)(?![、.．])", following)
    return match is not None and _value(match[0]) == number + 1


def heading_level(text: str) -> Style | None:
    """The depth of a heading, or None if the paragraph is not one.

    A heading is a short numbered line that ends without a full stop, or a question that is numbered or asked by 问：.
    Must not touch: 第一条, which introduces a rule; names of documents in 《》 and nothing else; rows of tables; what
    `read_number` leaves alone.
    """
    if len(text) > _QUESTION_LENGTH or is_row(text):
        return None
    numbered = read_number(text)
    if numbered is None or numbered.style in {Style.ARTICLE, Style.POINT}:
        return None
    if numbered.style is Style.QUESTION or _ENDS_QUESTION.search(text):
        return numbered.style if _ENDS_QUESTION.search(text) else None
    listed = numbered.style is Style.ANNEX and _ANNEX_LIST.match(text)
    if len(text) > _HEADING_LENGTH or _ENDS_SENTENCE.search(text) or listed or _NAMES.fullmatch(text, numbered.end):
        return None
    return numbered.style if is_closed(text) else None


def is_closed(text: str) -> bool:
    """Whether every bracket that opens in a text closes in it: a line pasted together may break off inside one."""
    return all(text.count(opening) <= text.count(closing) for opening, closing in ("《》", "（）", "“”", "〔〕", "()"))


def is_bare_number(text: str) -> bool:
    """Whether a text is a number alone, whose heading follows: 第一章 总则."""
    numbered = read_number(text) if len(text) < _SIGNATURES else None
    return numbered is not None and numbered.style is not Style.QUESTION and not text[numbered.end :].strip()


def run_in_heading(text: str) -> str | None:
    """The numbered name that opens a paragraph and heads what follows in it: （一）加强领导 of （一）加强领导。各地….

    Of an article it is its number, with its subject where that stands in brackets: 第五条, 第五条【适用范围】.
    """
    numbered = read_number(text)
    if numbered is None:
        return None
    if numbered.style is Style.ARTICLE:
        match = _RUN_IN_ARTICLE.match(text, numbered.end)
    elif numbered.style is Style.QUESTION:
        match = _RUN_IN_QUESTION.match(text, numbered.end)
    elif numbered.style is Style.POINT:
        match = _RUN_IN_POINT.match(text, numbered.end)
    else:
        match = _RUN_IN.match(text, numbered.end)
    return text[: match.end()].rstrip() if match else None


def heading_paths(paragraphs: Sequence[str]) -> list[tuple[str, ...]]:
    """For each paragraph, the headings it stands under, outermost first; a heading stands under those of lower level.

    The last of a path may be the name that the paragraph itself begins with (see `run_in_heading`). A number of a style
    that is open already goes on with it: articles stand in sections numbered 一、 and hold items numbered 一、 alike.
    What follows a question is its answer. The items of a list head nothing, nor does anything head the signature.
    """
    paths: list[tuple[str, ...]] = []
    open_headings: list[tuple[Style, int, str]] = []
    path: tuple[str, ...] = ()
    unnumbered = {at: Numbered(Style.QUESTION, 0, 0) for at in _questions(paragraphs)}
    unnumbered |= {at: Numbered(Style.PLAIN, 0, 0) for at in _plain_headings(paragraphs)}
    items = set(_list_items(paragraphs))
    for at, paragraph in enumerate(paragraphs):
        numbered = unnumbered.get(at) or read_number(paragraph)
        if numbered is None and len(paragraph) < 2 * _HEADING_LENGTH and _SIGNATURE.fullmatch(paragraph):
            open_headings, path = [], ()
        elif _DATE_ALONE.fullmatch(paragraph) and open_headings and (signed := _signers(paragraphs, at)):
            open_headings, path = [], ()
            paths[at - signed :] = [()] * signed
        elif _CLOSES.match(paragraph) and heading_level(paragraph) is None:
            open_headings, path = [], ()
        elif numbered:
            _close(open_headings, numbered)
            path = tuple(name for _, _, name in open_headings)
            name = paragraph if at in unnumbered or heading_level(paragraph) is not None else None
            if name is None and at + 1 < len(paragraphs) and _heads(numbered, paragraph, paragraphs[at + 1]):
                name = paragraph
            opening = run_in_heading(paragraph) if name is None else None
            if at not in items and (name or opening):
                open_headings.append((numbered.style, numbered.number, name or opening or ""))
            if opening and at not in items:
                path = (*path, opening)
            paths.append(path)
            path = tuple(name for _, _, name in open_headings)
            continue
        paths.append(path)
    return paths


def _heads(numbered: Numbered, paragraph: str, following: str) -> bool:
    """Whether a short line that ends with a full stop heads the next all the same: （一）救助。 above 1.登记。…."""
    if len(paragraph) > _SIGNATURES or not paragraph.endswith("。") or _RUN_IN.match(paragraph, numbered.end):
        return False
    below = read_number(following)
    return below is not None and Style.FIRST <= numbered.style < below.style < Style.POINT and below.number == 1


def _close(open_headings: list[tuple[Style, int, str]], numbered: Numbered) -> None:
    """Close the headings that a number ends: its own style and below or, where that is not open, all deeper ones."""
    for at in range(len(open_headings) - 1, -1, -1):
        style = open_headings[at][0]
        # An answer may have a list of its own that counts from one, like the questions around it.
        if style is Style.QUESTION and numbered.number == 1 and numbered.style > Style.ARTICLE:
            del open_headings[at + 1 :]
            return
        if style is numbered.style:
            del open_headings[at:]
            return
    pair = {Style.ARTICLE, Style.FIRST}
    while open_headings:
        style = open_headings[-1][0]
        if style < numbered.style or (numbered.style in pair and style in pair):
            return
        if style is Style.QUESTION and numbered.style > Style.ARTICLE:
            return
        open_headings.pop()


def _questions(paragraphs: Sequence[str]) -> set[int]:
    """The questions that head an answer though no number or 问： opens them, if there are at least two."""
    found = []
    for at, paragraph in enumerate(paragraphs[1:-1], 1):
        short = len(paragraph) <= _QUESTION_LENGTH // 2 and _ENDS_QUESTION.search(paragraph)
        if short and "。" not in paragraph and read_number(paragraph) is None:
            following = paragraphs[at + 1]
            if len(following) > _QUESTION_LENGTH // 2 and not _ENDS_QUESTION.search(following):
                found.append(at)
    return set(found) if len(found) > 1 else set()


def _plain_headings(paragraphs: Sequence[str]) -> set[int]:
    """The headings of a text that numbers none: short lines of words alone between sentences, if at least three.

    Where parts or articles are numbered, those are the headings, and a short line is a name or a cell of a table.
    """
    numbers = (read_number(text) for text in paragraphs)
    if any(number and Style.ANNEX < number.style <= Style.FIRST for number in numbers):
        return set()
    found = set()
    for at in range(1, len(paragraphs) - 1):
        start = at - 1 if _PLAIN.fullmatch(paragraphs[at - 1]) else at
        # Behind a colon stands a list, whose last line heads nothing.
        opens = start == 0 or _ENDS_ALL.search(paragraphs[start - 1])
        if opens and _PLAIN.fullmatch(paragraphs[at]) and _ENDS.search(paragraphs[at + 1]):
            found.add(at)
    return found if len(found) >= _PLAIN_HEADINGS else set()


def _list_items(paragraphs: Sequence[str]) -> Iterator[int]:
    """The short numbered lines that are items of a list: two and more in a row with no text between, behind a colon."""
    at = 0
    while at < len(paragraphs):
        style = heading_level(paragraphs[at])
        end = at + 1
        if style is not None and style > Style.FIRST and style is not Style.QUESTION:
            while end < len(paragraphs) and heading_level(paragraphs[end]) is style:
                end += 1
            introduced = at > 0 and paragraphs[at - 1].endswith(("：", ":"))
            listed = at > 0 and re.match(r"附\s?件\s*[:：]", paragraphs[at - 1])
            if listed or (introduced and end - at > 1) or end - at > 2:
                yield from range(at, end)
        at = end


def _signers(paragraphs: Sequence[str], date: int) -> int:
    """How many lines above a date sign the text: short, unnumbered, no sentence."""
    at = date
    while at > 0 and date - at < _SIGNATURES:
        line = paragraphs[at - 1]
        if len(line) > _HEADING_LENGTH or _SENTENCE.search(line) or read_number(line):
            break
        at -= 1
    return date - at
