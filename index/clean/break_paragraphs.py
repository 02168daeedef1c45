"""Find where paragraphs begin and end, and which of them are headings."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.clean.align import Span

_NUMERAL = "[一二三四五六七八九十百〇零]"
# The numbering of Chinese official texts, outermost first (GB/T 9704-2012, 7.3.3: 一、 （一） 1. （1）).
_LEVELS = (
    re.compile(rf"第(?:{_NUMERAL}+|\d+)[编篇部]分?(?=\s|、|：|:)"),
    re.compile(rf"第(?:{_NUMERAL}+|\d+)章"),
    re.compile(rf"第(?:{_NUMERAL}+|\d+)节"),
    re.compile(rf"{_NUMERAL}+、"),
    re.compile(rf"[（(]{_NUMERAL}+[）)]"),
    re.compile(r"\d{1,2}(?:[．、]|\.(?!\d))"),
    re.compile(r"[（(]\d{1,2}[）)]"),
)
_ARTICLE = re.compile(rf"第(?:{_NUMERAL}+|\d+)条")
_HEADING_LENGTH = 40
_ENDS_SENTENCE = re.compile(r"[。；！？;!?，,、]$")
_ENDS_CLAUSE = re.compile(r"[。；！？;!?：:][”’」』）)]*$")
# No paragraph begins with these: a line that does goes on from the line before.
_CONTINUES = re.compile(r"[，,。；;、！？!?：:）)》”’」』]")
# Where the text of a page ends and its site begins.
_SITE_NOTICE = re.compile(r"版权所有\s*[:：©]|版权所有\s|Copyright|©")
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


def heading_level(text: str) -> int | None:
    """The depth of a heading, 0 the outermost, or None if the paragraph is not one.

    A heading is a short numbered line that ends without a full stop; 第一条 introduces a rule, not a heading.
    """
    if len(text) > _HEADING_LENGTH or _ENDS_SENTENCE.search(text):
        return None
    return next((level for level, pattern in enumerate(_LEVELS) if pattern.match(text)), None)


def is_title(text: str) -> bool:
    """Whether the first line of a text is its title: one phrase, no sentence, and not a numbered heading."""
    if len(text) not in _TITLE_LENGTHS or heading_level(text) is not None:
        return False
    return not (_ENDS_CLAUSE.search(text) or _NO_TITLE.search(text))


def continues(line: str) -> bool:
    """Whether a line goes on from the line before it, as when a link was cut out of the middle of a sentence."""
    return bool(_CONTINUES.match(line))


def break_line(text: str, start: int, end: int, *, first: bool) -> list[Span]:
    """The paragraphs of one line, `text[start:end]`.

    A page pasted as one line keeps a blank where each line ended. A blank is taken for one when a sentence or a
    clause ends before it, a number or the site's notice begins after it, a heading stands before it, or the title does
    (`first`). Must not touch: the blank inside a name, between words, or behind a number: 第一章 总则.
    """
    spans: list[Span] = []
    begin = start
    for blank in _BLANKS.finditer(text, start, end):
        # Only the last words can end a clause, and only a short text is a heading or a title: a line may be megabytes.
        before = text[max(begin, blank.start() - _TITLE_LENGTHS.stop) : blank.start()]
        after = blank.end()
        if (
            _ENDS_CLAUSE.search(before)
            or (heading_level(before) is not None and not _is_bare_number(before))
            or any(pattern.match(text, after, end) for pattern in (*_LEVELS, _ARTICLE, _SITE_NOTICE))
            or (first and begin == start and is_title(before) and TITLE_ENDING.search(before))
        ):
            spans.append((begin, blank.start()))
            begin = after
    spans.append((begin, end))
    return spans


def _is_bare_number(text: str) -> bool:
    """Whether a text is a number alone, whose heading follows: 第一章 总则."""
    return any(pattern.fullmatch(text) for pattern in _LEVELS)


def heading_paths(paragraphs: Sequence[str]) -> list[tuple[str, ...]]:
    """For each paragraph, the headings above it, outermost first; a heading stands under those of lower level."""
    open_headings: list[tuple[int, str]] = []
    paths = []
    for paragraph in paragraphs:
        level = heading_level(paragraph)
        if level is not None:
            while open_headings and open_headings[-1][0] >= level:
                open_headings.pop()
        paths.append(tuple(heading for _, heading in open_headings))
        if level is not None:
            open_headings.append((level, paragraph))
    return paths
