"""Documents, paragraphs and edits as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pydantic import BaseModel, Field

from index.clean.align import Edit
from index.clean.fold import Script
from index.load import SearchIndex
from index.records import Document, Metadata, Paragraph
from qa.cite import in_script


class MetadataBody(BaseModel):
    """What a document says of itself; null where it does not say."""

    title: str | None
    issuer: str | None = Field(description="its issuers in one line, 、 between them")
    issuers: list[str]
    document_number: str | None
    issued_on: date | None
    url: str | None
    published_on: date | None = Field(description="when it went online")
    valid_from: date | None = Field(description="first day in force")
    valid_until: date | None = Field(description="last day in force")
    index_number: str | None = Field(description="索引号 in the catalogue of its site")


class ParagraphBody(BaseModel):
    """A paragraph of a cleaned document."""

    id: str
    heading: list[str]
    text: str
    source_start: int
    source_end: int


class EditBody(BaseModel):
    """What cleaning took out, replaced or, where `after` is `before`, marked as damaged; offsets in the source text."""

    kind: str
    start: int
    end: int
    before: str
    after: str
    evidence: str | None = Field(
        None, description="of a repair: where `after` stands, as <document id>:<start>-<end> in that document's source"
    )


class CleanedBody(BaseModel):
    """A cleaned document: every source character is in one paragraph or in one edit."""

    metadata: MetadataBody
    paragraphs: list[ParagraphBody]
    edits: list[EditBody]


class DocumentSummaryBody(MetadataBody):
    """A document in the list."""

    id: str
    label: str = Field(description="the title or, where it has none, its opening words and an ellipsis")
    paragraphs: int
    copy_of: str | None = Field(description="the document of which this one is a copy, which is cited before it")


class DocumentListBody(BaseModel):
    """The documents of the index, in its order."""

    total: int
    documents: list[DocumentSummaryBody]


class DocumentBody(MetadataBody):
    """A document with its text."""

    id: str
    label: str
    paragraphs: list[ParagraphBody]


class ParagraphDetailBody(ParagraphBody):
    """A paragraph with its way back to the source."""

    source: str = Field(description="the untouched source from source_start to source_end")
    edits: list[EditBody]


def cleaned_body(document: Document, script: Script = "simplified") -> CleanedBody:
    """A cleaned document as `policyqa clean --json` prints it."""
    return CleanedBody(
        metadata=_metadata(document.metadata),
        paragraphs=_paragraphs(document, script),
        edits=_edits(document.edits),
    )


def document_list(index: SearchIndex, offset: int, limit: int) -> DocumentListBody:
    """A stretch of the list of documents."""
    documents = list(index.documents.values())
    return DocumentListBody(
        total=len(documents),
        documents=[
            DocumentSummaryBody(
                id=document.id,
                label=document.label,
                paragraphs=len(document.paragraphs),
                copy_of=index.copies.copy_of(document.id),
                **_metadata(document.metadata).model_dump(),
            )
            for document in documents[offset : offset + limit]
        ],
    )


def document_body(document: Document, script: Script) -> DocumentBody:
    """A document with its paragraphs."""
    return DocumentBody(
        id=document.id,
        label=document.label,
        paragraphs=_paragraphs(document, script),
        **_metadata(document.metadata).model_dump(),
    )


def paragraph_body(paragraph: Paragraph, script: Script) -> ParagraphDetailBody:
    """A paragraph with its source and edits."""
    content = paragraph.content
    return ParagraphDetailBody(
        **_paragraph(paragraph, script).model_dump(),
        source=content.source[content.start : content.end],
        edits=_edits(content.edits),
    )


def _metadata(metadata: Metadata) -> MetadataBody:
    return MetadataBody(
        title=metadata.title,
        issuer=metadata.issuer,
        issuers=list(metadata.issuers),
        document_number=metadata.number,
        issued_on=metadata.issued_on,
        url=metadata.url,
        published_on=metadata.published_on,
        valid_from=metadata.valid_from,
        valid_until=metadata.valid_until,
        index_number=metadata.index_number,
    )


def _paragraphs(document: Document, script: Script) -> list[ParagraphBody]:
    return [_paragraph(paragraph, script) for paragraph in document.paragraphs]


def _paragraph(paragraph: Paragraph, script: Script) -> ParagraphBody:
    return ParagraphBody(
        id=paragraph.id,
        heading=list(paragraph.heading),
        text=in_script(paragraph.content, script),
        source_start=paragraph.content.start,
        source_end=paragraph.content.end,
    )


def _edits(edits: Sequence[Edit]) -> list[EditBody]:
    return [
        EditBody(
            kind=edit.kind,
            start=edit.start,
            end=edit.end,
            before=edit.before,
            after=edit.after,
            evidence=edit.evidence,
        )
        for edit in edits
    ]
