"""Raw document in, cleaned document out: the rules in their order."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain

from index.clean import (
    drop_footer,
    drop_insertions,
    drop_site_lines,
    find_site_lines,
    read_metadata,
    take_header,
)
from index.clean.align import AlignedText, Change, Edit, Span
from index.clean.break_paragraphs import break_line, glued_tail, joint, title_joint, title_lines
from index.clean.find_headings import heading_paths
from index.clean.fold import fold
from index.clean.undo_damage import undo_damage
from index.records import Document, Paragraph, RawDocument

LAYOUT = "layout"

Piece = tuple[Span, str]
"""A stretch of text that belongs to a paragraph, and what joins it to the one before: nothing or a blank."""

# Rules on running text, in order. Folding comes last: it reads words, which the noise would break.
TEXT_RULES: Sequence[Callable[[AlignedText], AlignedText]] = (
    undo_damage,
    drop_insertions.drop_insertions,
    lambda text: text.folded(fold),
)

# Rules on the lines of a text, in order: each gives the numbers of the lines that go, with the kind of their edit, and
# sees what the rules before it have left.
BLOCK_RULES: Sequence[Callable[[Sequence[str]], Mapping[int, str]]] = (
    drop_site_lines.drop_notices,
    drop_site_lines.drop_site_lines,
    drop_footer.drop_footer,
    drop_site_lines.drop_links,
)

_OPENING_LINES = 10
_LINE = re.compile(r"[^\r\n\v\f\x85\u2028\u2029]+")


def clean(raw: RawDocument) -> Document:
    """Clean one document: text rules, then header table, rules on lines, metadata, paragraphs and headings.

    Every character of `raw.text` ends up in exactly one paragraph's span or in one edit.
    """
    text = AlignedText.of(raw.text)
    metadata = raw.metadata
    left_alone: dict[int, str] = {}
    # What one pass takes out can bring to light what the next one sees: a footer at the end of a pasted line. Each pass
    # leaves one paragraph a line, so when nothing changes any more, cleaning the result would change nothing either.
    while True:
        text = _settled(text, left_alone)
        lines = list(_lines(text.text))
        written = [text.text[start:end] for start, end in lines]
        rows, metadata = take_header.take_header(written, metadata)
        kinds = _kinds(written, rows)
        # Source and day stand in lines of the site: they are read before the lines are taken away.
        told = [line for line, kind in zip(written, kinds, strict=True) if kind in {"", find_site_lines.INFO}]
        metadata = read_metadata.read_metadata(told, metadata)
        kept = [line for line, kind in zip(lines, kinds, strict=True) if not kind]
        dropped = [(line, kind) for line, kind in zip(lines, kinds, strict=True) if kind]
        paragraphs = list(_paragraph_pieces(text.text, kept))
        edited = text.apply(_removals(text.text, paragraphs, dropped, between="\n"))
        if edited.text == text.text:
            break
        text = edited
    edited = text.apply(_removals(text.text, paragraphs, dropped, between=""))
    shift = 0
    slices: list[Span] = []
    for paragraph in paragraphs:
        length = sum(end - start + len(between) for (start, end), between in paragraph)
        slices.append((shift, shift + length))
        shift += length
    contents = edited.slices(slices)
    headings = heading_paths([content.text for content in contents])
    return Document(
        id=raw.id,
        source=raw.text,
        digest=raw.digest,
        metadata=read_metadata.finish(metadata, [content.text for content in contents]),
        edits=edited.edits,
        paragraphs=tuple(
            Paragraph(raw.id, ordinal, heading, content)
            for ordinal, (heading, content) in enumerate(zip(headings, contents, strict=True), 1)
        ),
        pages=raw.pages,
    )


def _settled(text: AlignedText, left_alone: dict[int, str]) -> AlignedText:
    """The text with the text rules applied.

    `left_alone` holds, by rule, the words of the last text that it had nothing to change in; a rule is not asked again
    while the words are the same. So a text rule must take one blank for another, and for a line break.
    """
    words = " ".join(text.text.split())
    for at, rule in enumerate(TEXT_RULES):
        if left_alone.get(at) == words:
            continue
        before, text = text.text, rule(text)
        if text.text == before:
            left_alone[at] = words
        else:
            words = " ".join(text.text.split())
    return text


def _lines(text: str) -> Iterator[Span]:
    """The lines that are not blank, without the blanks around them; what a site glued to the end is one of its own."""
    for line in _LINE.finditer(text):
        written = line[0].strip()
        if written:
            start = line.start() + line[0].index(written)
            end = start + len(written)
            tail = start + glued_tail(written)
            yield start, tail
            if tail < end:
                yield tail, end


def _kinds(lines: Sequence[str], rows: int) -> list[str]:
    """For each line, the kind of the edit that removes it, or nothing; the first `rows` lines are the header table."""
    kinds = [take_header.KIND] * rows + [""] * (len(lines) - rows)
    for rule in BLOCK_RULES:
        left = [at for at, kind in enumerate(kinds) if not kind]
        for at, kind in rule([lines[at] for at in left]).items():
            kinds[left[at]] = kind
    return kinds


def _paragraph_pieces(text: str, lines: Sequence[Span]) -> Iterator[list[Piece]]:
    """Each paragraph as the stretches of text that make it up; more than one where a line goes on from the last."""
    title = title_lines([text[start:end] for start, end in lines[:_OPENING_LINES]])
    paragraph: list[Piece] = []
    for at, line in enumerate(lines):
        if at < title > 1:
            above = text[slice(*lines[at - 1])]
            paragraph.append((line, title_joint(above, text[slice(*line)]) if at else ""))
            continue
        first, *others = break_line(text, *line, first=at == 0)
        between = joint(text[slice(*paragraph[-1][0])], text[slice(*first)]) if paragraph else None
        if between is None:
            if paragraph:
                yield paragraph
            paragraph = []
        paragraph.append((first, between or ""))
        for piece in others:
            yield paragraph
            paragraph = [(piece, "")]
    if paragraph:
        yield paragraph


def _removals(
    text: str, paragraphs: Sequence[Sequence[Piece]], dropped: Sequence[tuple[Span, str]], between: str
) -> Iterator[Change]:
    """Changes that take out the dropped lines and put `between` between paragraphs, whatever stood there."""
    kept = [
        (span, "", joined if number else (between if at else ""))
        for at, paragraph in enumerate(paragraphs)
        for number, (span, joined) in enumerate(paragraph)
    ]
    end = 0
    for (start, stop), kind, after in sorted(chain(kept, ((span, kind, "") for span, kind in dropped))):
        if end < start and text[end:start] != after:
            yield Change(end, start, LAYOUT, after)
        if kind:
            yield Change(start, stop, kind)
        end = stop
    if end < len(text):
        yield Change(end, len(text), LAYOUT)


def taken_between(document: Document) -> list[Edit]:
    """The edits that no paragraph contains, in order, but for mere line breaks and blanks between paragraphs.

    Layout that holds more than blanks is among them: whatever was taken out of a text can be seen.
    """
    inside = {edit for paragraph in document.paragraphs for edit in paragraph.content.edits}
    return [
        edit for edit in document.edits if edit not in inside and not (edit.kind == LAYOUT and edit.before.isspace())
    ]
