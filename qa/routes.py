"""The `/v1` routes: each turns JSON into a call and its result into JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request

from index.clean.fold import Script
from index.errors import IndexMissing
from qa.ask import Assistant
from qa.schemas import (
    AskBody,
    DocumentBody,
    DocumentListBody,
    HealthBody,
    ParagraphDetailBody,
    ProblemBody,
    ReplyBody,
    document_body,
    document_list,
    index_body,
    paragraph_body,
    reply_body,
)


def _assistant(request: Request) -> Assistant:
    """The assistant that the app holds; a route that needs it answers 503 until it is there."""
    assistant = getattr(request.app.state, "assistant", None)
    if not isinstance(assistant, Assistant):
        raise IndexMissing("The index is not loaded yet.")
    return assistant


def _problems(*statuses: int) -> Mapping[int | str, dict[str, Any]]:
    content = {"application/problem+json": {"schema": ProblemBody.model_json_schema()}}
    return {status: {"description": "Problem", "content": content} for status in (*statuses, 503)}


AssistantDependency = Annotated[Assistant, Depends(_assistant)]
ScriptQuery = Annotated[Script, Query(description="script of the texts; offsets hold in every one")]
DocumentId = Annotated[str, Path(description="id of the document")]
Ordinal = Annotated[int, Path(ge=1, le=1_000_000_000, description="paragraph, from 1")]

router = APIRouter()


@router.get("/health", tags=["health"])
def health() -> HealthBody:
    """Alive."""
    return HealthBody(status="ok")


@router.get("/health/ready", tags=["health"], responses={**_problems()})
def ready(assistant: AssistantDependency) -> HealthBody:
    """Ready to answer: the index is loaded."""
    return HealthBody(status="ready", index=index_body(assistant.index.manifest))


@router.post("/v1/ask", tags=["questions"], responses={**_problems(400, 413, 422)})
def ask(body: AskBody, assistant: AssistantDependency) -> ReplyBody:
    """Answer a question with ranked passages, each citing its source paragraph."""
    return reply_body(assistant.ask(body.question_of()), assistant.index.manifest)


@router.get("/v1/documents", tags=["documents"], responses={**_problems(422)})
def list_documents(
    assistant: AssistantDependency,
    offset: Annotated[int, Query(ge=0, le=1_000_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> DocumentListBody:
    """The documents that can be asked about."""
    return document_list(assistant.index, offset, limit)


# An id may hold a slash, hence `path`; the longer route must come first.
@router.get(
    "/v1/documents/{document_id:path}/paragraphs/{ordinal}",
    tags=["documents"],
    responses={**_problems(404, 422)},
)
def read_paragraph(
    document_id: DocumentId,
    ordinal: Ordinal,
    assistant: AssistantDependency,
    script: ScriptQuery = "simplified",
) -> ParagraphDetailBody:
    """One paragraph: its cleaned text, its untouched source, and the edits between them."""
    return paragraph_body(assistant.index.paragraph(document_id, ordinal), script)


@router.get("/v1/documents/{document_id:path}", tags=["documents"], responses={**_problems(404, 422)})
def read_document(
    document_id: DocumentId, assistant: AssistantDependency, script: ScriptQuery = "simplified"
) -> DocumentBody:
    """One document with its paragraphs."""
    return document_body(assistant.index.document(document_id), script)
