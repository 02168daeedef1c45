"""The documents that can be asked about: listed, whole, and paragraph by paragraph with the way back."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from starlette.convertors import Convertor, register_url_convertor

from qa.http.depend import AssistantDependency, DocumentId, Ordinal, ScriptQuery, problems
from qa.http.etag import unchanged
from qa.http.examples import example_response
from qa.http.texts import (
    DocumentBody,
    DocumentListBody,
    ParagraphDetailBody,
    document_body,
    document_list,
    paragraph_body,
)


class _AnyText(Convertor[str]):
    """What Starlette's own `path` is, line breaks included: an id that is none is to be told as unknown."""

    regex = "(?s:.*)"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("text", _AnyText())
router = APIRouter(prefix="/v1/documents", tags=["documents"])


def _responses(*statuses: int, example: str | None = None) -> dict[int | str, dict[str, Any]]:
    tag = {"ETag": {"description": "names this state", "schema": {"type": "string"}}}
    found = example_response(example)[200] if example else {}
    tagged: dict[int | str, dict[str, Any]] = {
        200: {**found, "headers": tag},
        304: {"description": "As If-None-Match names it"},
    }
    return {**problems(*statuses), **tagged}


@router.get("", response_model=DocumentListBody, responses=_responses(422, example="documents"))
def list_documents(
    assistant: AssistantDependency,
    request: Request,
    response: Response,
    offset: Annotated[int, Query(ge=0, le=1_000_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> DocumentListBody | Response:
    """The documents that can be asked about."""
    known = unchanged(request, response, assistant, offset, limit)
    return known or document_list(assistant.index, offset, limit)


# An id may hold a slash, hence `text`; the longer route must come first.
@router.get(
    "/{document_id:text}/paragraphs/{ordinal}",
    response_model=ParagraphDetailBody,
    responses=_responses(404, 422, example="paragraph"),
)
def read_paragraph(
    document_id: DocumentId,
    ordinal: Ordinal,
    assistant: AssistantDependency,
    request: Request,
    response: Response,
    script: ScriptQuery = "simplified",
) -> ParagraphDetailBody | Response:
    """One paragraph: its cleaned text, its untouched source, and the edits between them."""
    paragraph = assistant.index.paragraph(document_id, ordinal)
    known = unchanged(request, response, assistant, document_id, ordinal, script)
    return known or paragraph_body(paragraph, script)


@router.get("/{document_id:text}", response_model=DocumentBody, responses=_responses(404, 422))
def read_document(
    document_id: DocumentId,
    assistant: AssistantDependency,
    request: Request,
    response: Response,
    script: ScriptQuery = "simplified",
) -> DocumentBody | Response:
    """One document with its paragraphs."""
    document = assistant.index.document(document_id)
    known = unchanged(request, response, assistant, document_id, script)
    return known or document_body(document, script)
