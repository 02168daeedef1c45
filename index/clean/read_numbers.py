"""Read the numbers that institutions give their documents (发文字号)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.clean.fold import fold_width
from index.clean.read_issuers import is_institution, whole_name

_OPEN, _CLOSE = r"[〔﹝\[［【〖（(]", r"[〕﹞\]］】〗）)]"
_COUNT = r"第?[\d一二三四五六七八九十百〇零]{1,6}"
_CODE = r"[\u3400-\u9fffA-Za-z]{0,16}"
_BRACKETED = re.compile(rf"({_CODE}){_OPEN}((?:19|20)\d\d)年?{_CLOSE}({_COUNT})号")
# 财政部公告2020年第6号, 国务院令第722号, and each of their parts on a line of its own.
_SERIAL = re.compile(
    r"(?P<issuer>[\u3400-\u9fff]*?)(?P<kind>令|公告|通告|命令)?[（(]?(?P<year>(?:19|20)\d\d年)?"
    r"(?P<count>第[\d一二三四五六七八九十百〇零]{1,6}号)[）)]?"
)
_KIND = re.compile(r"(?P<issuer>[\u3400-\u9fff]*?)(?P<kind>令|公告|通告|命令)")
_NO_CODE = re.compile(r"根据|按照|依据|关于|贯彻|落实|参照|详见|转发|废止|以及|的")
# Blanks that typesetting leaves inside numbers and days.
_LOOSE = re.compile(
    rf"{_OPEN}\0\d|\d\0(?:{_CLOSE}|[年月日号])|{_CLOSE}\0第?\s*\d+\s*号|第\0\d"
    r"|[年月]\0(?:第|\d|[一二三四五六七八九十廿卅]+[月日])|[\u3400-\u9fff]\0[〔﹝\[［【]\s*(?:19|20)\d\d"
)
_BLANKS = re.compile(r"\s+")


def join_loose(line: str) -> str:
    """A line without the blanks inside its numbers and days.

    >>> join_loose("国发 〔 2022 〕 5 号  2022 年 5 月 12 日")
    '国发〔2022〕5号  2022年5月12日'
    """

    def joined(blank: re.Match[str]) -> str:
        around = f"{line[blank.start() - 1 : blank.start()]}\0{line[blank.end() : blank.end() + 12]}"
        return "" if _LOOSE.match(around) else blank[0]

    return _BLANKS.sub(joined, line)


def normalise_number(text: str) -> str:
    """A document number with its year in 〔〕, digits in ASCII, and no blanks but those between institutions.

    The brackets tell nothing and are typed in many ways, so that only one form can be compared; the text keeps its own.

    >>> normalise_number("工信部联企业【２０２２】 54号"), normalise_number("财政部 税务总局公告 2020年 第10号")
    ('工信部联企业〔2022〕54号', '财政部 税务总局公告2020年第10号')
    """
    text = re.sub(rf"{_OPEN}((?:19|20)\d\d)年?{_CLOSE}", r"〔\1〕", join_loose(fold_width(text).strip()))
    names = text.split()
    while len(names) > 1 and not (is_institution(names[-2]) and _KIND.search(names[-1])):
        names[-2:] = [names[-2] + names[-1]]
    return " ".join(names)


def bracketed_number(text: str) -> str | None:
    """The number that a phrase is as a whole, such as 国办发[2020]24号, normalised; None if it is none.

    Must not touch: a number inside a sentence or behind 《…》, which is another document's.
    """
    match = _BRACKETED.fullmatch(text)
    return normalise_number(text) if match and not _NO_CODE.search(match[1]) else None


def leading_number(text: str) -> tuple[str, str] | None:
    """The number that a phrase begins with and the rest of the phrase, where mirrors ran number and title together."""
    match = _BRACKETED.match(text)
    if match and match[1] and not _NO_CODE.search(match[1]):
        return normalise_number(match[0]), text[match.end() :]
    return None


def trailing_number(title: str) -> str | None:
    """The number that runs on from a title: …的通知人社部发〔2020〕11号."""
    match = re.search(
        rf"的(?:通知|意见|公告|通告|决定|批复|函|办法|方案|规定)({_CODE}{_OPEN}(?:19|20)\d\d年?{_CLOSE}{_COUNT}号)$",
        title,
    )
    return bracketed_number(match[1]) if match and not re.search(r"[《》]", title) else None


def closing_number(text: str) -> str | None:
    """The number in round brackets at the end of a title: …的通知（鲁安发〔2021〕9号）."""
    match = re.search(rf"[（(]({_CODE}{_OPEN}(?:19|20)\d\d年?{_CLOSE}{_COUNT}号)[）)]$", text)
    if not match or re.search(r"[《》]|转发|贯彻|落实|解读|根据", text[: match.start()]):
        return None
    return bracketed_number(match[1])


def serial_number(phrases: Sequence[str], at: int) -> tuple[str, str] | None:
    """The number 财政部公告2020年第6号 that ends at `phrases[at]`, and the institution it names, or "".

    The institution, the word 令 or 公告 and the count may each be a phrase of its own. A count alone (第15号) that
    names neither year nor institution is none: many institutions count so.
    """
    match = _SERIAL.fullmatch(phrases[at])
    if not match:
        return None
    issuer, kind, before = match["issuer"], match["kind"] or "", at
    above = None if kind or issuer or not at else _KIND.fullmatch(phrases[at - 1])
    upper = phrases[at - 2] if at > 1 else ""
    if above and (not above["issuer"] or _is_issuer(above["issuer"]) or whole_name(upper, above["issuer"])):
        issuer, kind, before = above["issuer"], above["kind"], at - 1
    if kind and before and (whole := whole_name(phrases[before - 1], issuer)):
        issuer = whole
    elif kind and before and is_institution(phrases[before - 1]):
        issuer = f"{phrases[before - 1]} {issuer}".strip()
    if issuer and not _is_issuer(issuer):
        return None
    if not issuer and not match["year"]:
        return None
    if issuer and not kind:
        return None
    return f"{issuer}{kind}{match['year'] or ''}{match['count']}", issuer


def _is_issuer(text: str) -> bool:
    """Whether an order can be of this name: institutions, or the head of the state."""
    return text.endswith("主席") or all(map(is_institution, text.split()))


def is_number_line(line: str) -> bool:
    """Whether a line is a document number, or 令 or 公告 under an institution's name, and nothing else."""
    line = "".join(line.split())
    return bool(
        _BRACKETED.fullmatch(line) or _SERIAL.fullmatch(line) or re.fullmatch(r"[\u3400-\u9fff]*[令]|公告|通告", line)
    )
