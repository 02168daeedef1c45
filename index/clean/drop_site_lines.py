"""Keep a site's own lines out of the text: navigation, share and print lines, what it tells of source and readers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from index.clean.find_headings import read_number
from index.clean.find_site_lines import LINKS, Certainty, SiteLine, opens_links, site_line

NOTICE = "notice"

_SENTENCE = re.compile(r"[。；！？;!?]|[：:]$")
# What a number that opens a line begins with.
_NUMBER_AHEAD = re.compile(r"[第附（(一二三四五六七八九十百〇零\d问Q提网记]")
_LONG_LINE = 120
_LINK_LENGTH = 90
_OWN = re.compile(
    r"附\s?件|附[:：]|抄送|主送|[（(]?(?:此件|信息公开)|.{0,60}(?:19|20|二〇|二○)\S{2,3}\s?年\s?\S{1,3}\s?月\s?\S{1,3}\s?日(?:印发)?$"
)
_SITE = r"(?:本网站?|本站|本平台|本公众号|本文|来源)"
_NOTICE = re.compile(
    rf"(?:版权|免责|特别|重要|网站|本[站网])?声明\s*[:：]?$|(?:版权|免责|特别|重要|网站|本[站网])?声明\s*[:：].*{_SITE}"
    rf"|(?:[（(]?\d[.、)）]\s*)?(?:凡|本网|本站|本平台|除来源|如有|如涉及|未经|转载|以上|本文|部分)(?=.*{_SITE}).*(?:转载|侵权|版权|著作权|核实|删除|注明)"
)
_ADVERT = re.compile(
    r"(?:更多|欢迎|敬请|请)?.{0,30}关注.{0,30}(?:公众号|微信号|视频号|抖音号?|官方微博|客户端)[^：:]{0,20}$|长按.{0,10}(?:二维码|识别|图片).{0,20}$"
    r"|(?:点击)?(?:查看|阅读|详细|浏览)(?:原文|更多|全文|阅读)\s*(?:>>|»|＞＞)?$|原文(?:链接|地址|网址|出处)\s*[:：].*|(?:点击)?下载.{0,12}(?:客户端|APP)[^：:]{0,20}$"
    r"|更多.{0,20}(?:>>|»|＞＞)$",
    re.IGNORECASE,
)
_COOKIE = re.compile(r"(?=.*cookie)(?=.*(?:本网站|本站|我们|您|同意|接受)).*", re.IGNORECASE)
_NOTICE_LENGTH = 400


def drop_notices(lines: Sequence[str]) -> Mapping[int, str]:
    """What a site says of copyright, of cookies and of its own channels, above or below the text.

    Must not touch: a text about copyright, whose sentences are followed by others; an announcement (声明) in the text;
    a numbered rule; a text that asks to follow an account as a step of what it describes.
    """
    found: dict[int, str] = {}
    for at in range(len(lines) - 1, -1, -1):
        if _is_notice(lines[at]):
            found[at] = NOTICE
        elif _is_text(lines[at]):
            break
    for at, line in enumerate(lines):
        if _COOKIE.fullmatch(line) and len(line) <= _NOTICE_LENGTH:
            found[at] = NOTICE
        elif _is_text(line):
            break
    # A text that is nothing but a notice is the notice's text.
    return found if len(found) < len(lines) else {}


def _is_notice(line: str) -> bool:
    if len(line) > _NOTICE_LENGTH or read_number(line):
        return False
    return bool(_NOTICE.match(line) or _ADVERT.fullmatch(line.rstrip("。！")) or _COOKIE.fullmatch(line))


def drop_site_lines(lines: Sequence[str]) -> Mapping[int, str]:
    """The lines of navigation, buttons and fields, those that could be text as well only above and below it.

    Above the text are the lines before its first sentence, below it those after its last. Must not touch: what
    `site_line` leaves alone; source, date or a word such as 登录 in the middle of a text; such a word at an edge on
    which the site prints nothing else.
    """
    found = [site_line(line) for line in lines]
    head, tail = _edges(lines, found)
    beside_head = any(line and line.certainty > Certainty.BESIDE for line in found[:head])
    beside_tail = any(line and line.certainty > Certainty.BESIDE for line in found[tail:])
    beside_head = beside_head or _are_menu(lines[:head], found[:head])
    beside_tail = beside_tail or _are_menu(lines[tail:], found[tail:])
    dropped = {}
    for at, line in enumerate(found):
        if line is None:
            continue
        least = Certainty.ANYWHERE
        if at < head or at >= tail:
            beside = beside_head if at < head else beside_tail
            least = Certainty.BESIDE if beside else Certainty.EDGE
        if line.certainty >= least:
            dropped[at] = line.kind
    return dropped


def _are_menu(lines: Sequence[str], found: Sequence[SiteLine | None]) -> bool:
    """Whether the words of a menu stand one below the other: three in a row and more, one of them the home page."""
    run = 0
    home = False
    for line, site in zip(lines, found, strict=True):
        run = run + 1 if site else 0
        home = (home or "首页" in line) if run else False
        if run >= 3 and home:
            return True
    return False


def _edges(lines: Sequence[str], found: Sequence[SiteLine | None]) -> tuple[int, int]:
    """How many lines stand above the first sentence, and from which line on no sentence stands."""
    text = [at for at, line in enumerate(lines) if found[at] is None and _is_text(line)]
    return (text[0], text[-1] + 1) if text else (len(lines), 0)


def _is_text(line: str) -> bool:
    return bool(len(line) > _LONG_LINE or _SENTENCE.search(line) or (_NUMBER_AHEAD.match(line) and read_number(line)))


def drop_links(lines: Sequence[str]) -> Mapping[int, str]:
    """The list of links to other texts at the end: from 相关链接 and the like to the last line.

    Must not touch: such a heading with sentences, numbered lines, attachments, a signature or a date below it; a line
    that gives the address of a page or the name of a file.
    """
    start = len(lines)
    for at in range(len(lines) - 1, -1, -1):
        line = lines[at]
        if opens_links(line):
            start = at
        elif len(line) > _LINK_LENGTH or _is_text(line) or _OWN.match(line):
            break
    return dict.fromkeys(range(start, len(lines)), LINKS)
