"""The words of the project as records: what is read, what cleaning makes of it, what is indexed."""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from itertools import chain

from index.clean.align import AlignedText, Edit

LABEL_LENGTH = 24
ISSUER_MARK = "、"
CONTEXT_MARK = " > "


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known of a document; `None` where it does not say. A title may be its first line."""

    title: str | None = None
    issuers: tuple[str, ...] = ()
    """发布机构, as the document names them; several where they issued it together."""
    number: str | None = None
    """发文字号, such as 工信部联企业〔2022〕54号: the year in 〔〕 whatever brackets the text has."""
    issued_on: date | None = None
    """成文日期 or 制发日期; where the document states neither, the day it says the text was published."""
    url: str | None = None
    extra: Mapping[str, object] = field(default_factory=dict)
    """Fields of a record that have no place here, kept as they came."""
    published_on: date | None = None
    """发布日期: when the text went online."""
    valid_from: date | None = None
    """施行日期: the first day in force."""
    valid_until: date | None = None
    """The last day in force (有效期)."""
    index_number: str | None = None
    """索引号 of the site's catalogue."""

    @property
    def issuer(self) -> str | None:
        """The issuers in one line, as 工业和信息化部办公厅、教育部办公厅; None where none is stated."""
        return ISSUER_MARK.join(self.issuers) or None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A source that was not read, and why."""

    origin: str
    reason: str


@dataclass(frozen=True, slots=True)
class RawDocument:
    """One file or record as read.

    `text` is the source that every span counts its characters in: a text file as decoded, of other types the text as
    their reader gives it. It is kept in the index, so a citation can be checked without the file.
    """

    id: str
    text: str
    origin: str
    """The file, or file and line, that it was read from, for messages."""
    metadata: Metadata = Metadata()
    pages: tuple[int, ...] = ()
    """Where in `text` each page begins, in characters; empty where the file type has no pages."""

    @property
    def digest(self) -> str:
        """SHA-256 over id, text, metadata and pages: two readings with the same digest are the same document."""
        parts = json.dumps(
            [self.id, self.text, asdict(self.metadata), self.pages], ensure_ascii=False, default=str, sort_keys=True
        )
        return hashlib.sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph of a cleaned document; only cleaning decides where it begins and ends, never the splitter."""

    document_id: str
    ordinal: int
    """From 1, in reading order."""
    heading: tuple[str, ...]
    """The headings it stands under, outermost first; the last may be the numbered name that it begins with."""
    content: AlignedText

    @property
    def id(self) -> str:
        """`<document id>:<ordinal>`."""
        return f"{self.document_id}:{self.ordinal}"

    @property
    def text(self) -> str:
        """The cleaned text, in Simplified script."""
        return self.content.text


@dataclass(frozen=True, slots=True)
class Document:
    """A cleaned document: its paragraphs, and every edit that made them out of `source`."""

    id: str
    source: str
    digest: str
    metadata: Metadata
    edits: tuple[Edit, ...]
    paragraphs: tuple[Paragraph, ...]
    pages: tuple[int, ...] = ()
    """Where in `source` each page begins, in characters; empty where the file type has no pages."""

    @property
    def holds_text(self) -> bool:
        """Whether it has a word or a number: what has neither can be neither asked for nor an answer."""
        return any(map(str.isalnum, chain.from_iterable(paragraph.text for paragraph in self.paragraphs)))

    def page(self, at: int) -> int | None:
        """The page, from 1, that a character of the source stands on; None where there are no pages."""
        return max(1, bisect_right(self.pages, at)) if self.pages else None

    @property
    def label(self) -> str:
        """What to call it: its title or, where it has none, its opening words followed by an ellipsis."""
        if self.metadata.title:
            return self.metadata.title
        opening = self.paragraphs[0].text if self.paragraphs else self.id
        return opening if len(opening) <= LABEL_LENGTH else opening[:LABEL_LENGTH] + "…"

    @property
    def quoted_label(self) -> str:
        """The label as a sentence names it: a title in 《》, or as it is where it has some; opening words in “”."""
        if not self.metadata.title:
            return f"“{self.label}”"
        return self.label if "《" in self.label else f"《{self.label}》"


@dataclass(frozen=True, slots=True)
class Passage:
    """The unit of retrieval: `text` is `paragraph.text[start:end]`.

    `context` (title, headings, and the words that open a list or the row that names a table's columns) is searched with
    the text and never quoted.
    """

    document_id: str
    paragraph: int
    start: int
    end: int
    text: str
    context: str
    head: int | None = None
    """Of a row of a table, the ordinal of the paragraph that names its columns, which may be its own."""

    @property
    def paragraph_id(self) -> str:
        """The id of the paragraph it was cut from."""
        return f"{self.document_id}:{self.paragraph}"

    @property
    def names_columns(self) -> bool:
        """Whether it is a row that only says what stands in those below it."""
        return self.head is not None and self.paragraph <= self.head

    @property
    def columns(self) -> str | None:
        """The row that names its columns, which its context ends with; None where it is none of a table's rows."""
        return self.context.rpartition(CONTEXT_MARK)[2] if self.head is not None and not self.names_columns else None

    @property
    def indexed_text(self) -> str:
        """What is embedded: the context, then the text."""
        return f"{self.context}\n{self.text}" if self.context else self.text
