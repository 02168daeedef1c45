"""Raw document in, cleaned document out: the rules in their order."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from index.clean import drop_footer, drop_insertions, read_metadata, take_header
from index.clean.align import AlignedText, Change, Span
from index.clean.break_paragraphs import break_line, continues, heading_paths
from index.clean.fold import fold
from index.clean.undo_damage import undo_damage
from index.records import Document, Paragraph, RawDocument

LAYOUT = "layout"

# Rules on running text, in order. Folding comes last: it reads words, which the noise would break.
TEXT_RULES: Sequence[Callable[[AlignedText], AlignedText]] = (
    undo_damage,
    drop_insertions.drop_insertions,
    lambda text: text.folded(fold),
)

_LINE = re.compile(r"[^\r\n\v\f\x85\u2028\u2029]+")


def clean(raw: RawDocument) -> Document:
    """Clean one document: text rules, then header table, footer, paragraphs and headings.

    Every character of `raw.text` ends up in exactly one paragraph's span or in one edit.
    """
    text = AlignedText.of(raw.text)
    metadata = raw.metadata
    # What one pass takes out can bring to light what the next one sees: a footer at the end of a pasted line. Each pass
    # leaves one paragraph a line, so when nothing changes any more, cleaning the result would change nothing either.
    while True:
        for rule in TEXT_RULES:
            text = rule(text)
        lines = list(_lines(text.text))
        written = [text.text[start:end] for start, end in lines]
        header, metadata = take_header.take_header(written, metadata)
        footer = len(lines) - drop_footer.footer_length(written[header:])
        metadata = read_metadata.read_metadata(written[header:footer], metadata)
        spans = list(_paragraph_spans(text.text, lines[header:footer]))
        edited = text.apply(_removals(text.text, lines[:header], spans, lines[footer:], between="\n"))
        if edited.text == text.text:
            break
        text = edited
    edited = text.apply(_removals(text.text, lines[:header], spans, lines[footer:], between=""))
    shift = 0
    slices: list[Span] = []
    for paragraph in spans:
        length = sum(end - start for start, end in paragraph)
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


def _lines(text: str) -> Iterator[Span]:
    """The lines that are not blank, without the blanks around them."""
    for line in _LINE.finditer(text):
        written = line[0].strip()
        if written:
            start = line.start() + line[0].index(written)
            yield start, start + len(written)


def _paragraph_spans(text: str, lines: Sequence[Span]) -> Iterator[list[Span]]:
    """Each paragraph as the stretches of text that make it up; more than one where a line goes on from the last."""
    paragraph: list[Span] = []
    for line in lines:
        pieces = break_line(text, *line, first=line == lines[0])
        if paragraph and continues(text[pieces[0][0] : pieces[0][1]]):
            paragraph.append(pieces.pop(0))
        for piece in pieces:
            if paragraph:
                yield paragraph
            paragraph = [piece]
    if paragraph:
        yield paragraph


def _removals(
    text: str, header: Sequence[Span], paragraphs: Sequence[Sequence[Span]], footer: Sequence[Span], between: str
) -> Iterator[Change]:
    """Changes that take out header and footer and put `between` between paragraphs, whatever stood there."""
    kinds = [(span, take_header.KIND, 0) for span in header]
    kinds += [(span, "", at) for at, paragraph in enumerate(paragraphs, 1) for span in paragraph]
    kinds += [(span, drop_footer.KIND, 0) for span in footer]
    for (span, kind, at), (following, _, then) in pairwise([((0, 0), "", 0), *kinds, ((len(text), len(text)), "", 0)]):
        if kind:
            yield Change(*span, kind)
        if span[1] < following[0]:
            after = between if at and then and at != then else ""
            if text[span[1] : following[0]] != after:
                yield Change(span[1], following[0], LAYOUT, after)
