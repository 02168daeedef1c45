"""Read the first lines of a document: what stands above its first sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from index.clean.break_paragraphs import TITLE_ENDING
from index.clean.read_dates import DATE, parse_date
from index.clean.read_issuers import is_institution, join_spaced, split_issuers
from index.clean.read_numbers import bracketed_number, closing_number, leading_number, serial_number, trailing_number
from index.clean.take_header import DATES, LABELS
from index.records import Metadata

# Characters and phrases that may stand above a body.
_OPENING = 1000
_HEAD_PHRASES = 24
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff]+")
_HEAD_LABELS = (*LABELS, "来源", "信息来源", "文章来源", "作者", "发稿时间", "发表时间")
_NAMES = "|".join(r"\s*".join(label) for label in sorted(_HEAD_LABELS, key=len, reverse=True))
HEAD_LABEL = re.compile(rf"(?<!\S)({_NAMES})\s*[:：]")
BODY = re.compile(r"[。；！？;!?]|[：:]$|^(?:第[一1][章条]|[一1][、．.](?!\d)|[（(]一[）)]|[一二三]是)")
_NOTE = re.compile(rf"[（(]\s*(?P<day>{DATE})(?P<rest>[^）)]*)[）)]")
_NOTED_ORDER = re.compile(r"^(?P<issuer>[\u3400-\u9fff]+?)令(?P<count>第[\d一二三四五六七八九十百]+号)(?:公布|发布)")
_AMENDED = re.compile(r"修正|修订|修改")
OPENS_TITLE = re.compile(r"^(?P<issuers>[^《》]*?)(?P<verb>关于|转发|印发|批转)")
_NO_DOCUMENT = re.compile(r"解读|答记者问|问答|发布会|一图读懂|新闻|报道|举行|召开|出台")
# What Taiwanese institutions call their texts above them.
_MASTHEAD = ("公告", "函", "令", "通告", "书函")
_OFFICIAL = re.compile(
    r"特此(?:通知|公告|通告|通报|函复|函告|批复|公示|说明)|现(?:将|就|予)?[^。]{0,80}(?:通知|公告|通告|通报|函复|批复|决定|规定)如下"
    r"|(?:提出|制定|制订)(?:以下|如下)|印发(?:给)?你们|遵照执行|贯彻执行"
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words between wide blanks; `line` tells those of one line."""

    text: str
    line: int


def phrases_of(text: str) -> Iterator[Phrase]:
    """The phrases of a text in their order, without invisible characters and rules around them."""
    for number, line in enumerate(text.split("\n")):
        for words in _INVISIBLE.sub("", line).split():
            if words := words.strip("-—─·"):
                yield Phrase(words, number)


def read_head(window: str) -> Iterator[Phrase]:
    """The phrases above the body: before the first sentence, recipients or numbered paragraph."""
    opening = HEAD_LABEL.sub(lambda match: f"\n{''.join(match[1].split())}\0", window[:_OPENING])
    for count, phrase in enumerate(phrases_of(opening)):
        if "\0" not in phrase.text and (BODY.search(phrase.text) or count >= _HEAD_PHRASES):
            break
        yield phrase


def labelled_values(head: Sequence[Phrase]) -> dict[str, str]:
    """The values of labels in the head, by field; the first phrase behind a label, all of them if institutions."""
    found: dict[str, str] = {}
    for at, phrase in enumerate(head):
        label, mark, value = phrase.text.partition("\0")
        field = LABELS.get(label, "published_on" if label in ("发稿时间", "发表时间") else None)
        if not mark or field is None:
            continue
        values = [value] if value else []
        for later in head[at + 1 :]:
            if "\0" in later.text or (values and later.line != phrase.line):
                break
            values.append(later.text)
        if field == "issuers":
            named = list(takewhile(is_institution, values)) or values[:1]
            value = " ".join(named)
        else:
            value = values[0] if values else ""
        if field in DATES and parse_date(value) is None:
            continue
        if field == "title" and not TITLE_ENDING.search(value):
            continue
        if field in ("number", "index_number") and not re.search(r"\d", value):
            continue
        if value:
            found.setdefault(field, value)
    return found


def own_number(head: Sequence[Phrase], title: str | None) -> tuple[str | None, str]:
    """The document's number in the head, and the institution that a number such as 财政部令第5号 names."""
    texts = [phrase.text for phrase in head if "\0" not in phrase.text]
    for at, text in enumerate(texts):
        if number := bracketed_number(text):
            return number, ""
        if serial := serial_number(texts, at):
            return serial
        if (leading := leading_number(text)) and _title_issuers(leading[1], []):
            return leading[0], ""
    for text in (*texts, title or ""):
        if (number := closing_number(text) or trailing_number(text)) and OPENS_TITLE.match(text):
            return number, ""
    return None, ""


def titled_by(head: Sequence[Phrase], title: str | None) -> tuple[str, ...]:
    """The institutions that a title begins with, as GB/T 9704 has it: 财政部 税务总局关于…的通知."""
    texts = [phrase.text for phrase in head if "\0" not in phrase.text]
    if title:
        words = join_spaced(title).split()
        texts = [*words, *texts]
    for at, text in enumerate(texts):
        leading = leading_number(text)
        named = _title_issuers(leading[1] if leading else text, texts[:at])
        whole = "".join(texts[at : at + 2])
        if named and not _NO_DOCUMENT.search(whole) and (TITLE_ENDING.search(text) or TITLE_ENDING.search(whole)):
            return named
    return ()


def _title_issuers(text: str, before: Sequence[str]) -> tuple[str, ...]:
    match = OPENS_TITLE.match(text)
    if not match or not match["issuers"] or (text[match.end() :].startswith("《") and text.endswith("》")):
        return ()
    named = split_issuers(match["issuers"])
    if not named:
        return ()
    above = list(takewhile(lambda name: bool(split_issuers(name)), reversed(before)))
    return tuple(dict.fromkeys([name for text in reversed(above) for name in split_issuers(text)] + list(named)))


def named_above(texts: Sequence[str]) -> tuple[str, ...]:
    """The institutions on the line above a title 关于…的通知."""
    for at, text in enumerate(texts):
        if text.startswith("关于") and TITLE_ENDING.search(text) and not _NO_DOCUMENT.search(text):
            above = list(takewhile(is_institution, reversed(texts[:at])))
            return tuple(dict.fromkeys(reversed(above)))
    return ()


def masthead(texts: Sequence[str]) -> tuple[str, ...]:
    """The institution that stands first, before the kind of text, as Taiwan has it: 海澄縣政府　公告."""
    if len(texts) > 1 and texts[1] in _MASTHEAD and is_institution(texts[0]):
        return (texts[0],)
    return ()


def read_note(texts: Sequence[str]) -> Metadata:
    """What the note under a title says: （2022年5月12日）, （2013年10月2日国务院令第641号公布 自…起施行）."""
    note = _NOTE.search(" ".join(texts))
    if not note or _AMENDED.search(note["rest"]):
        return Metadata()
    rest = note["rest"].strip()
    day = parse_date(note["day"])
    if not rest:
        return Metadata(issued_on=day)
    order = _NOTED_ORDER.match(rest)
    if not order:
        return Metadata()
    issuers = split_issuers(order["issuer"])
    return Metadata(issuers=issuers, number=f"{order['issuer']}令{order['count']}", issued_on=day)


def is_official(window: str, texts: Sequence[str]) -> bool:
    """Whether a text addresses someone as a document does: recipients under the title, or 现将…通知如下."""
    opening = window[:_OPENING]
    if texts and _NO_DOCUMENT.search(texts[0]):
        return False
    return bool(_OFFICIAL.search(window)) or any(
        phrase.text.endswith(("：", ":")) and len(phrase.text) > 2
        for phrase in list(phrases_of(opening))[:_HEAD_PHRASES]
    )
