"""The documents that can be asked about: listed, whole, and paragraph by paragraph with the way back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from qa.http.depend import AssistantDependency, DocumentId, Ordinal, ScriptQuery, problems
from qa.http.texts import (
    DocumentBody,
    DocumentListBody,
    ParagraphDetailBody,
    document_body,
    document_list,
    paragraph_body,
)

router = APIRouter(prefix="/v1/documents", tags=["documents"])


@router.get("", responses={**problems(422)})
def list_documents(
    assistant: AssistantDependency,
    offset: Annotated[int, Query(ge=0, le=1_000_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> DocumentListBody:
    """The documents that can be asked about."""
    return document_list(assistant.index, offset, limit)


# An id may hold a slash, hence `path`; the longer route must come first.
@router.get("/{document_id:path}/paragraphs/{ordinal}", responses={**problems(404, 422)})
def read_paragraph(
    document_id: DocumentId,
    ordinal: Ordinal,
    assistant: AssistantDependency,
    script: ScriptQuery = "simplified",
) -> ParagraphDetailBody:
    """One paragraph: its cleaned text, its untouched source, and the edits between them."""
    return paragraph_body(assistant.index.paragraph(document_id, ordinal), script)


@router.get("/{document_id:path}", responses={**problems(404, 422)})
def read_document(
    document_id: DocumentId, assistant: AssistantDependency, script: ScriptQuery = "simplified"
) -> DocumentBody:
    """One document with its paragraphs."""
    return document_body(assistant.index.document(document_id), script)
