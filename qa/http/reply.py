"""A reply as JSON: the answer, the passages behind it, and where each stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TypeVar
from urllib.parse import quote

from pydantic import BaseModel, Field

from index.clean.align import Span
from index.clean.fold import Script, to_traditional
from index.manifest import Manifest
from index.records import Document, Paragraph
from qa.ask import Reply
from qa.cite import Citation
from qa.place_copies import MAX_NAMED, Elsewhere
from qa.retrieve import LegScore

_Words = TypeVar("_Words", str, str | None)


class AnswerBody(BaseModel):
    """What is said to the question."""

    answerable: bool = Field(description="false: nothing in the corpus answers; text says so, in the question's script")
    confidence: float = Field(ge=0, le=1)
    text: str = Field(
        description="sentences quoted from the passages, each followed by the number of its citation, [n]; where items "
        "of a list are in none of them, it ends with how many, in brackets and without a number"
    )
    citations: list[int] = Field(description="the numbers in the text: ids of the passages' citations")


class ScoresBody(BaseModel):
    """Each leg's score in [0, 1]; 0 where the leg did not find the passage."""

    lexical: float
    dense: float
    document: float = Field(description="of the passage's document as a whole, by its words")
    reranker: float | None = Field(None, description="of the cross-encoder; null where none read the passage")


class RanksBody(BaseModel):
    """Each leg's rank from 1; null where the leg did not find the passage."""

    lexical: int | None
    dense: int | None
    document: int | None


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

    id: str = Field(description="names this reply, for feedback")
    question: str
    answer: AnswerBody
    passages: list[PassageBody]
    index: IndexBody
    took_ms: float


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
                scores=ScoresBody(
                    lexical=_score(hit.lexical),
                    dense=_score(hit.dense),
                    document=_score(hit.document),
                    reranker=_score(hit.reranker) if hit.reranker else None,
                ),
                ranks=RanksBody(lexical=_rank(hit.lexical), dense=_rank(hit.dense), document=_rank(hit.document)),
                nearest=not reply.answer.answerable,
                text=shown,
                highlights=reply.highlights(at),
                citation=_citation(citation, at + 1, shown, hit.elsewhere, script),
            )
        )
    return ReplyBody(
        id=reply.id,
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


def _rank(leg: LegScore | None) -> int | None:
    return leg.rank if leg else None


def _score(leg: LegScore | None) -> float:
    return round(leg.score, 4) if leg else 0.0


def _citation(citation: Citation, number: int, shown: str, others: Sequence[Elsewhere], script: Script) -> CitationBody:
    metadata = citation.document.metadata
    return CitationBody(
        id=number,
        document_id=citation.document.id,
        title=title_of(citation.document, script),
        issuer=named(metadata.issuer, script),
        document_number=named(metadata.number, script),
        issued_on=metadata.issued_on,
        paragraph_id=citation.paragraph.id,
        paragraph=citation.paragraph.ordinal,
        start=citation.start,
        end=citation.end,
        source_start=citation.content.start,
        source_end=citation.content.end,
        page=citation.page,
        quote=shown,
        url=page_of(citation.paragraph),
        copies=[
            CopyBody(
                document_id=other.document.id,
                title=title_of(other.document, script),
                issuer=named(other.document.metadata.issuer, script),
                url=page_of(other.paragraph),
            )
            for other in others
        ],
    )


def title_of(document: Document, script: Script) -> str:
    """What a document is called, in a script."""
    return named(document.label, script)


def named(words: _Words, script: Script) -> _Words:
    """What a document says of itself, in a script; where texts have their original glyphs, it is as elsewhere."""
    return to_traditional(words) if words and script == "traditional" else words


def page_of(paragraph: Paragraph) -> str:
    """The address of the page of a paragraph's document, at that paragraph."""
    return f"/documents/{quote(paragraph.document_id, safe='')}#p{paragraph.ordinal}"


def index_body(manifest: Manifest) -> IndexBody:
    """What an index says of itself."""
    return IndexBody(
        version=manifest.version,
        model=manifest.stages["model"].split("|")[0],
        documents=manifest.counts["documents"],
        passages=manifest.counts["passages"],
    )
