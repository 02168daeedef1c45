"""Say where a passage stands, and check that it really stands there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from index.clean.align import AlignedText
from index.clean.fold import Script, as_written, is_folded, is_traditional
from index.errors import QuoteMismatch, UnknownDocument
from index.load import SearchIndex
from index.records import Document, Paragraph, Passage

# Longer than any word of OpenCC's tables.
_WORD = 32


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a quote stands. Spans are offsets in characters, the end not included."""

    document: Document
    paragraph: Paragraph
    start: int
    """In the cleaned paragraph."""
    end: int
    content: AlignedText
    """The quote with its way back: `content.start` and `content.end` are its span in the untouched source."""

    @property
    def quote(self) -> str:
        """The words cited, in Simplified script."""
        return self.content.text

    @property
    def page(self) -> int | None:
        """The page of the source, from 1, that the quote begins on; None where the file type has no pages."""
        return self.document.page(self.content.start)

    def shown(self, script: Script) -> str:
        """The quote in a script; every script has the same length."""
        return in_script(self.content, script)


def in_script(content: AlignedText, script: Script) -> str:
    """A cleaned text in a script: simplified, traditional, or original (the glyphs of the source).

    What the source writes in Traditional script is shown as it writes it: 計畫, not 計劃.
    """
    if script == "simplified":
        return content.text
    written = content.original()
    if script == "original":
        return written
    return as_written(written, content.text, traditional=_is_traditional(content.source))


@lru_cache(maxsize=256)
def _is_traditional(source: str) -> bool:
    """Whether a document is written in Traditional script: a quote of it, such as 台北市, may be too short to tell."""
    return is_traditional(source)


def cite(passage: Passage, index: SearchIndex) -> Citation:
    """The citation of a passage, checked against the source.

    Raises:
        QuoteMismatch: the source, with its edits applied, does not yield the quote.
    """
    try:
        document = index.document(passage.document_id)
        paragraph = index.paragraph(passage.document_id, passage.paragraph)
        content = paragraph.content.slice(passage.start, passage.end)
    except (UnknownDocument, ValueError) as error:
        raise QuoteMismatch(f"{passage} stands nowhere: {error}") from error
    yielded = content.original()
    # Folding reads words, and a passage may begin inside one, so its neighbours are looked at as well.
    around = slice(max(0, passage.start - _WORD), passage.end + _WORD)
    original = paragraph.content.original()
    folded = is_folded(original[around], paragraph.text[around]) and original[passage.start : passage.end] == yielded
    if content.text != passage.text or not folded:
        raise QuoteMismatch(
            f"Passage {passage.paragraph_id}[{passage.start}:{passage.end}] quotes {passage.text[:40]!r}, "
            f"but source[{content.start}:{content.end}] yields {yielded[:40]!r}."
        )
    return Citation(document, paragraph, passage.start, passage.end, content)
