"""Find where paragraphs begin and end."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.clean.align import Span
from index.clean.find_headings import STARTS, Style, heading_level, is_bare_number, is_closed, read_number
from index.clean.find_site_lines import FIELD_END, SITE_STARTS, Certainty, ends_before, site_line
from index.rows import is_row

_ENDS_CLAUSE = re.compile(r"[。；！？;!?：:][”’」』）)]*$")
# No paragraph begins with these: a line that does goes on from the line before.
_CONTINUES = re.compile(r"[，,。；;、！？!?：:）)》”’」』]")
# Where the text of a page ends and its site begins.
_SITE_NOTICE = re.compile(r"版权所有\s*[:：©]|版权所有\s|Copyright|©")
_STARTS = re.compile(rf"{STARTS}|{_SITE_NOTICE.pattern}|答\s*[:：]|附\s?件\s?\d*\s*[:：]")
_SITE_STARTS = re.compile(SITE_STARTS)
_LATIN = re.compile(r"[A-Za-z0-9.+-]")
# 发文字号 in the bracket forms that texts have: 国发〔2020〕5号, 银发[2020]29号.
_NUMBER = re.compile(r"[一-鿿]{1,15}[〔﹝\[（(【]\s?(?:19|20)\d{2}\s?[〕﹞\]）)】]\s?(?:第\s?)?\d{1,5}\s?号")
# A sentence or a correspondent's line begins a text behind its headline.
_DATELINE = r"\S{2,14}[电讯](?=\s|[（(])"
_SENTENCE_AHEAD = re.compile(rf"{_DATELINE}|\S{{4,120}}?[，。；]")
_TAIL_LENGTH = 24
_GLUED = re.compile(
    r"(?<=[。）)”日！？])[\[【（(]?(?:责任编辑|责编|网络编辑)\s*[:：]\s*[^\s，。；：:（）()]{0,8}[\]】）)]?$"
)
_TITLE_LINES = 4
# Where the line of a title that goes on in the next line breaks off.
_BREAKS_OFF = re.compile(r"(?:关于|印发|转发|批转|[、和及与的暨])$")
_ISSUER = re.compile(r"[一-鿿（）()、 ]{2,40}(?:部|委|局|厅|署|办|院|会|政府|办公室|中心|银行|指挥部|小组|机制|组|处)$")
_SUBJECT = re.compile(r"(?:关于|印发|转发|批转)")
# What a bare number may number: a name, no sentence.
_NAME = re.compile(r"[^。；！？;!?：:，,]{1,40}")
_HEADLINE = re.compile(r".{8,}(?<![电讯日）)部委局厅署会院府])")
_BLANKS = re.compile(r"\s+")
_TITLE_LENGTHS = range(4, 81)
# A sentence, a table row, or what a site prints around a title: its source, date, counters and tools.
_NO_TITLE = re.compile(
    r"[。；！？;!?|]|^(?:来源|作者|时间|日期|发布|浏览|点击|阅读|打印|字体|字号|分享|责任编辑|编辑|当前位置|首页|您的位置)"
    r"|(?:19|20)\d{2}-\d{1,2}-\d{1,2}"
)
TITLE_ENDING = re.compile(
    r"(?:通知|意见|办法|公告|通告|方案|规定|细则|条例|措施|函|解读|指南|指引|答记者问|计划|规划|纲要|决定|命令|批复|"
    r"报告|政策|清单|问答|倡议书|公开信|一览表|若干措施|有关事项|须知|提示|要点|规程|规范|标准|目录|简报|公报)"
    r"(?:[（(][^）)]{1,20}[）)])?$"
)


def is_title(text: str) -> bool:
    """Whether the first line of a text is its title: one phrase, no sentence, and not a numbered heading."""
    if len(text) not in _TITLE_LENGTHS or heading_level(text) is not None or _NUMBER.fullmatch(text):
        return False
    return not (_ENDS_CLAUSE.search(text) or _NO_TITLE.search(text))


def title_lines(lines: Sequence[str]) -> int:
    """How many of the first lines make up the title, where it is printed in several (…关于 / 印发…的通知); else 1.

    Each must be a part of a title, the last end as titles do, and each but the last break off: behind a word that asks
    for more, or behind the issuer.
    """
    joined = ""
    for at, line in enumerate(lines[:_TITLE_LINES]):
        joined += line
        part = is_title(line) or _ISSUER.fullmatch(line)
        if not part or len(joined) >= _TITLE_LENGTHS.stop or not is_closed(joined):
            return 1
        if TITLE_ENDING.search(line):
            return at + 1 if "关于" in joined else 1
        following = lines[at + 1] if at + 1 < len(lines) else ""
        issued = _ISSUER.fullmatch(line) and (_SUBJECT.match(following) or _ISSUER.fullmatch(following))
        begun = "关于" in joined and not _SUBJECT.match(following)
        if not (_BREAKS_OFF.search(line) or issued or begun):
            return 1
    return 1


def joint(above: str, line: str) -> str | None:
    """What to put between a line and the one above it if they are one paragraph: nothing or a blank; None if not.

    A line goes on from the line above (see `continues`), or it is the name of the number that stands alone there:
    第一章 / 总则. Must not touch: a number above another number, above a sentence, or with no name at all.
    """
    if continues(line):
        return ""
    if not is_bare_number(above) or read_number(line) or site_line(line):
        return None
    numbered = read_number(above)
    named = _NAME.fullmatch(line) or (numbered is not None and numbered.style is Style.ARTICLE)
    whole = f"{above} {line}"
    if not named or any(end == len(above) for _, end in break_line(whole, 0, len(whole), first=False)):
        return None
    return " "


def title_joint(above: str, line: str) -> str:
    """What to put between two lines of a title: a blank between issuers, nothing inside a name."""
    return " " if _ISSUER.fullmatch(above) and _ISSUER.fullmatch(line) else ""


def glued_tail(line: str) -> int:
    """Where the editor's name begins that a site glued to a text (…。责任编辑：王某), or else the line's length."""
    start = max(0, len(line) - _TAIL_LENGTH)
    match = _GLUED.search(line, start)
    return match.start() if match else len(line)


def continues(line: str) -> bool:
    """Whether a line goes on from the line before it, as when a link was cut out of the middle of a sentence."""
    return bool(_CONTINUES.match(line))


def break_line(text: str, start: int, end: int, *, first: bool) -> list[Span]:
    """The paragraphs of one line, `text[start:end]`.

    A page pasted as one line keeps a blank where each line ended. A blank is taken for one when a sentence or a
    clause ends before it, a number or a word of the site begins after it, a heading or what a site prints stands before
    it, or, on the `first` line, a title or the text's own number does. Must not touch: the blank inside a name, between
    words, behind a number (第一章 总则), or in a row of a table below the first line.
    """
    spans: list[Span] = []
    begin = start
    opening = first
    for blank in () if not first and is_row(text[start:end]) else _BLANKS.finditer(text, start, end):
        # Only the last words can end a clause, and only a short text is a heading or a title: a line may be megabytes.
        before = text[max(begin, blank.start() - _TITLE_LENGTHS.stop) : blank.start()]
        after = blank.end()
        if (
            (_ENDS_CLAUSE.search(before) and not FIELD_END.search(before))
            or _STARTS.match(text, after, end)
            or _breaks_at_site(before, text, after, end)
            or (_parts_han(before, text, after) and heading_level(before) is not None and not is_bare_number(before))
            or (opening and _opens(before, text, after, end))
        ):
            spans.append((begin, blank.start()))
            begin = after
            opening = opening and bool(TITLE_ENDING.search(before) or _NUMBER.fullmatch(before))
    spans.append((begin, end))
    return spans


def _breaks_at_site(before: str, text: str, after: int, end: int) -> bool:
    """Whether a line of the site begins at `after` or has ended before it; its fields and buttons stay together."""
    # A piece this long is no line of the site; what is at hand of a longer one is not all of it.
    line = site_line(before) if len(before) < _TITLE_LENGTHS.stop else None
    if line is None or line.certainty is Certainty.BESIDE:
        return _SITE_STARTS.match(text, after, end) is not None
    return ends_before(text, after)


def _opens(before: str, text: str, after: int, end: int) -> bool:
    """Whether a title or the text's own number ends where the text goes on."""
    if _NUMBER.fullmatch(before):
        return True
    if not is_title(before) or not is_closed(before):
        return False
    if TITLE_ENDING.search(before) or _NUMBER.match(text, after, end):
        return True
    return bool(
        _HEADLINE.fullmatch(before)
        and not _LATIN.match(before[-1])
        and not _CONTINUES.match(text, after, end)
        and _SENTENCE_AHEAD.match(text, after, end)
    )


def _parts_han(before: str, text: str, after: int) -> bool:
    """Whether no Latin letter or digit stands beside a blank, where it may stand inside a phrase: 支持 AI 企业."""
    return not (_LATIN.match(text, after) or _LATIN.match(before[-1:]))
