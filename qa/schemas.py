"""The JSON that enters and leaves, as `/v1` documents it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field, StrictInt, StrictStr

from index.clean.align import Edit, Span
from index.clean.fold import Script
from index.load import SearchIndex
from index.manifest import Manifest
from index.records import Document, Metadata, Paragraph
from qa.ask import Reply
from qa.cite import Citation, in_script
from qa.drop_copies import MAX_NAMED, Elsewhere
from qa.question import MAX_LENGTH, MAX_TOP_K, Filters, Question, Turn
from qa.retrieve import LegScore


class _Request(BaseModel):
    """A body that is read: an unknown field is an error, since it is most likely a misspelt one."""

    model_config = ConfigDict(extra="forbid")


class FiltersBody(_Request):
    """Which documents may answer; what is left out or empty lets every document through."""

    document_ids: list[StrictStr] = Field(default=[], max_length=1000)
    issuer: list[StrictStr] = Field(
        default=[], max_length=1000, description="exact names, any of them; each issuer of a joint document counts"
    )
    issued_from: date | None = Field(None, description="first day, included")
    issued_to: date | None = Field(None, description="last day, included")


class TurnBody(_Request):
    """An earlier turn of the conversation."""

    role: Literal["user", "assistant"]
    content: StrictStr


class AskBody(_Request):
    """A question."""

    question: Annotated[StrictStr, Field(max_length=MAX_LENGTH, examples=["行动计划支持多少个实体园区打造特色载体？"])]
    top_k: StrictInt = Field(5, ge=1, le=MAX_TOP_K, description="how many passages come back at most")
    script: Script = Field("simplified", description="script of texts and quotes; offsets hold in every one")
    filters: FiltersBody = FiltersBody()
    history: list[TurnBody] = Field(default=[], max_length=1000, description="earlier turns, oldest first")

    def question_of(self) -> Question:
        """The question as the program asks it."""
        return Question(
            text=self.question,
            top_k=self.top_k,
            script=self.script,
            filters=Filters(
                tuple(self.filters.document_ids),
                tuple(self.filters.issuer),
                self.filters.issued_from,
                self.filters.issued_to,
            ),
            history=tuple(Turn(turn.role, turn.content) for turn in self.history),
        )


class AnswerBody(BaseModel):
    """What is said to the question."""

    answerable: bool = Field(description="false: nothing in the corpus answers; text says so, in the question's script")
    confidence: float = Field(ge=0, le=1)
    text: str = Field(
        description="sentences quoted from the passages, each followed by the number of its citation, [n]"
    )
    citations: list[int] = Field(description="the numbers in the text: ids of the passages' citations")


class ScoresBody(BaseModel):
    """Each leg's score in [0, 1]; 0 where the leg did not find the passage."""

    lexical: float
    dense: float


class RanksBody(BaseModel):
    """Each leg's rank from 1; null where the leg did not find the passage."""

    lexical: int | None
    dense: int | None


class CopyBody(BaseModel):
    """Where another document says the same."""

    document_id: str
    title: str = Field(description="the document's title or, where it has none, its opening words and an ellipsis")
    issuer: str | None
    url: str = Field(description="page of the document, at the paragraph")


class CitationBody(BaseModel):
    """Where a passage stands."""

    id: int
    document_id: str
    title: str = Field(description="the document's title or, where it has none, its opening words and an ellipsis")
    issuer: str | None
    document_number: str | None
    issued_on: date | None
    paragraph_id: str
    paragraph: int
    start: int = Field(description="where the quote begins in the cleaned paragraph, in characters")
    end: int
    source_start: int = Field(description="where it begins in the untouched source text, in characters")
    source_end: int
    page: int | None = Field(description="page of the source, from 1, that it begins on; null where there are no pages")
    quote: str
    url: str = Field(description="page of the document, at the paragraph")
    copies: list[CopyBody] = Field(
        description=f"other documents that say the same, {MAX_NAMED} at most, those with the better copies first"
    )


class PassageBody(BaseModel):
    """A passage that was found."""

    rank: int
    score: float = Field(ge=0, le=1, description="fused score, higher is better")
    scores: ScoresBody
    ranks: RanksBody
    nearest: bool = Field(description="true: shown as the nearest there is, not as an answer")
    text: str
    highlights: list[Span] = Field(description="stretches of the text that the answer quotes")
    citation: CitationBody


class IndexBody(BaseModel):
    """What was searched."""

    version: str
    model: str
    documents: int
    passages: int


class ReplyBody(BaseModel):
    """The answer to a question, with the passages behind it."""

    question: str
    answer: AnswerBody
    passages: list[PassageBody]
    index: IndexBody
    took_ms: float


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
    copy_of: str | None = Field(description="the document of which this one is a copy, which is cited in its place")


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


class HealthBody(BaseModel):
    """Alive, or ready with an index."""

    status: Literal["ok", "ready"]
    index: IndexBody | None = None


class ProblemBody(BaseModel):
    """An error as RFC 9457 has it."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[dict[str, str]] | None = Field(None, description="each invalid field: where, and what is wrong")


def reply_body(reply: Reply, manifest: Manifest) -> ReplyBody:
    """A reply as it leaves, texts in the script that was asked for."""
    script = reply.question.script
    passages = []
    for at, (hit, citation) in enumerate(zip(reply.hits, reply.citations, strict=True)):
        shown = citation.shown(script)
        passages.append(
            PassageBody(
                rank=at + 1,
                score=round(hit.score, 4),
                scores=ScoresBody(lexical=_score(hit.lexical), dense=_score(hit.dense)),
                ranks=RanksBody(lexical=hit.lexical and hit.lexical.rank, dense=hit.dense and hit.dense.rank),
                nearest=not reply.answer.answerable,
                text=shown,
                highlights=reply.highlights(at),
                citation=_citation(citation, at + 1, shown, hit.elsewhere),
            )
        )
    return ReplyBody(
        question=reply.question.text,
        answer=AnswerBody(
            answerable=reply.answer.answerable,
            confidence=round(reply.answer.confidence, 4),
            text=reply.text(script),
            citations=reply.cited,
        ),
        passages=passages,
        index=index_body(manifest),
        took_ms=round(reply.took_ms, 1),
    )


def _score(leg: LegScore | None) -> float:
    return round(leg.score, 4) if leg else 0.0


def _citation(citation: Citation, number: int, shown: str, others: Sequence[Elsewhere]) -> CitationBody:
    metadata = citation.document.metadata
    return CitationBody(
        id=number,
        document_id=citation.document.id,
        title=citation.document.label,
        issuer=metadata.issuer,
        document_number=metadata.number,
        issued_on=metadata.issued_on,
        paragraph_id=citation.paragraph.id,
        paragraph=citation.paragraph.ordinal,
        start=citation.start,
        end=citation.end,
        source_start=citation.content.start,
        source_end=citation.content.end,
        page=citation.page,
        quote=shown,
        url=_page(citation.paragraph),
        copies=[
            CopyBody(
                document_id=other.document.id,
                title=other.document.label,
                issuer=other.document.metadata.issuer,
                url=_page(other.paragraph),
            )
            for other in others
        ],
    )


def _page(paragraph: Paragraph) -> str:
    return f"/documents/{quote(paragraph.document_id, safe='')}#p{paragraph.ordinal}"


def index_body(manifest: Manifest) -> IndexBody:
    """What an index says of itself."""
    return IndexBody(
        version=manifest.version,
        model=manifest.stages["model"].split("|")[0],
        documents=manifest.counts["documents"],
        passages=manifest.counts["passages"],
    )


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
