"""A cleaned document as the blocks of a page: its paragraphs in a script, or its untouched source with every edit."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote, urlsplit

from index.clean.align import AlignedText, Edit
from index.clean.document import taken_between
from index.clean.fold import Script
from index.clean.mark_damage import KIND as DAMAGE
from index.clean.repair_damage import KIND as REPAIR
from index.records import Document, Paragraph
from qa.cite import in_script

View = Literal["simplified", "traditional", "original", "source"]
"""A script of the cleaned text, or the untouched source."""

# What a reader calls each kind of edit; a kind that is not here is shown by its own name.
KINDS = {
    "reading": "注音",
    "insertion": "混入的字符",
    "invisible": "不可见字符",
    "entity": "字符实体",
    "mojibake": "编码错乱",
    "damage": "损坏",
    "repair": "据其他文本修补",
    "header": "网页表头",
    "navigation": "网站导航",
    "tools": "网页按钮",
    "info": "网页标注",
    "links": "相关链接",
    "notice": "网站声明",
    "footer": "网站页脚",
    "layout": "换行与空白",
}
# How many characters at least begin and end a stretch that a link finds in another page by its text.
_FRAGMENT = 8
# A browser finds whole words only, by its own dictionary; where punctuation stands, every dictionary ends a word.
_CLAUSE = re.compile(r"[^，,。；;：:！？!?]*[，,。；;：:！？!?]*[”’」』）)》]*")
_LINE = re.compile(r"[^\r\n\v\f\x85\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text as it is shown; `removed` and `added` together are one edit."""

    text: str
    state: Literal["kept", "removed", "added", "marked"] = "kept"
    kind: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or what stands between paragraphs and was removed (`ordinal` 0)."""

    ordinal: int
    pieces: tuple[Piece, ...]
    level: int | None = None
    """Of a heading, from 0, the outermost."""
    origin: str | None = None
    """Link to the paragraph on the page that the text was taken from."""


def blocks(document: Document, view: View) -> list[Block]:
    """The document in reading order; the text of a paragraph's pieces, without the removed ones, is the paragraph."""
    headings = {heading for paragraph in document.paragraphs for heading in paragraph.heading}
    shown = [(p.content.start, _paragraph(document, p, view, p.text in headings)) for p in document.paragraphs]
    if view == "source":
        shown += [(edit.start, Block(0, (_removed(edit),))) for edit in taken_between(document)]
    in_order: list[Block] = []
    for _, block in sorted(shown, key=lambda at: at[0]):
        last = in_order[-1] if in_order else None
        if last and not last.ordinal and not block.ordinal and last.pieces[0].kind == block.pieces[0].kind:
            # Lines of one header or footer.
            in_order[-1] = Block(0, (*last.pieces, Piece("\n"), *block.pieces))
        else:
            in_order.append(block)
    return in_order


def edit_counts(document: Document) -> list[tuple[str, str, int]]:
    """Each kind of edit that was made, what it is called, and how often; the commonest first."""
    counts = Counter(edit.kind for edit in document.edits)
    return [(kind, KINDS.get(kind, kind), count) for kind, count in counts.most_common()]


def _paragraph(document: Document, paragraph: Paragraph, view: View, is_heading: bool) -> Block:
    pieces = _with_edits(paragraph.content) if view == "source" else _with_marks(paragraph.content, view)
    return Block(
        paragraph.ordinal,
        tuple(pieces),
        len(paragraph.heading) if is_heading else None,
        text_fragment(document.metadata.url, paragraph.content),
    )


def _with_edits(content: AlignedText) -> Iterator[Piece]:
    at = content.start
    for edit in content.edits:
        if at < edit.start:
            yield Piece(content.source[at : edit.start])
        if edit.kind == DAMAGE:
            yield Piece(edit.before, "marked", DAMAGE, _note(edit))
        else:
            yield _removed(edit)
            if edit.after:
                yield Piece(edit.after, "added", edit.kind, _note(edit))
        at = edit.end
    if at < content.end:
        yield Piece(content.source[at : content.end])


def _with_marks(content: AlignedText, script: Script) -> Iterator[Piece]:
    """The text in a script, what is damaged or was repaired in stretches of their own: a quote must not hide that."""
    text = in_script(content, script)  # as long as the cleaned text
    shown = 0
    for at, edit in content.placed_edits():
        if edit.kind in {DAMAGE, REPAIR}:
            yield Piece(text[shown:at])
            shown = at + len(edit.after)
            yield Piece(text[at:shown], "marked", edit.kind, _note(edit))
    yield Piece(text[shown:])


def _note(edit: Edit) -> str:
    if edit.kind == DAMAGE:
        return "原文此处受损，无法辨读"
    if edit.kind == REPAIR:
        return f"原文此处受损（{edit.before}），据 {edit.evidence} 修补"
    return ""


def _removed(edit: Edit) -> Piece:
    return Piece(edit.before, "removed", edit.kind)


def web_address(url: str | None) -> str | None:
    """The address if a browser may be sent there: whatever a record holds, only http and https are links.

    >>> web_address("https://example.org/a"), web_address("javascript:alert(1)")
    ('https://example.org/a', None)
    """
    try:
        parts = urlsplit((url or "").strip())
    except ValueError:
        return None
    return (url or "").strip() if parts.scheme in {"http", "https"} and parts.netloc else None


def text_fragment(url: str | None, content: AlignedText) -> str | None:
    """A link that finds the paragraph by its first and last words, in the glyphs that the page has.

    The words are those of the untouched source, edits and all, since the page still has what cleaning removed [1].

    [1] https://wicg.github.io/scroll-to-text-fragment/: `#:~:text=start,end`, percent-encoded with `-`, `,` and `&`.
    """
    address = web_address(url)
    lines = [line[0].strip() for line in _LINE.finditer(content.source[content.start : content.end])]
    lines = [line for line in lines if line]
    if not address or not lines:
        return None
    first, last = _CLAUSE.findall(lines[0]), _CLAUSE.findall(lines[-1])[::-1]
    start, end = "".join(_long_enough(first)), "".join(reversed(_long_enough(last)))
    whole = len(lines) == 1 and len(start) + len(end) >= len(lines[0])
    words = lines if whole else [start.strip(), end.strip()]
    directive = ",".join(quote(word, safe="").replace("-", "%2D") for word in words)
    # An address may have a fragment of its own; the directive follows it.
    return f"{address}{'' if '#' in address else '#'}:~:text={directive}"


def _long_enough(clauses: Sequence[str]) -> list[str]:
    """As many clauses as make up the least length."""
    taken: list[str] = []
    for clause in clauses:
        taken.append(clause)
        if sum(map(len, taken)) >= _FRAGMENT:
            break
    return taken
