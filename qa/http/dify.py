"""`POST /retrieval`: passages for Dify, as its external knowledge bases are asked."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, StrictFloat, StrictInt, StrictStr

from index.errors import PolicyQAError
from qa import errors
from qa.cite import Citation
from qa.http.depend import AskingDependency
from qa.http.examples import example_request, example_response
from qa.http.match_metadata import MetadataConditionBody, matching, values_of
from qa.http.problems import Problem
from qa.http.reply import page_of
from qa.question import MAX_LENGTH, MAX_TOP_K, Filters, Question

KNOWLEDGE = "policyqa"
"""The id of the one knowledge base there is."""
PATHS = ("/retrieval",)
"""Where errors leave as Dify expects them."""
_CODES: dict[type[PolicyQAError], int] = {
    errors.KeyNeeded: 1001,
    errors.MalformedAuthorization: 1001,
    errors.WrongKey: 1002,
    errors.UnknownKnowledge: 2001,
}

router = APIRouter(tags=["Dify"])


class RetrievalSettingBody(BaseModel):
    """How many records, and how good."""

    top_k: Annotated[StrictInt, Field(ge=1, le=MAX_TOP_K)]
    score_threshold: Annotated[StrictFloat, Field(ge=0, le=1, description="least score of a record")] | None = None


class RetrievalBody(BaseModel):
    """What Dify asks. Fields that a later version of it adds are passed over."""

    model_config = ConfigDict(json_schema_extra=example_request("retrieval"))

    knowledge_id: StrictStr
    query: Annotated[StrictStr, Field(max_length=MAX_LENGTH)]
    retrieval_setting: RetrievalSettingBody
    metadata_condition: MetadataConditionBody | None = None


class RecordBody(BaseModel):
    """One passage."""

    content: str
    score: float = Field(ge=0, le=1)
    title: str
    metadata: dict[str, Any] = Field(description="of the document, and where the passage stands; never null")


class RecordsBody(BaseModel):
    """The passages, best first; none where nothing matches."""

    records: list[RecordBody]


class DifyErrorBody(BaseModel):
    """An error: 1001 no or malformed authorization, 1002 wrong key, 2001 no such knowledge base, else the status."""

    error_code: int
    error_msg: str


_RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"model": DifyErrorBody, "description": "Error"} for status in (400, 403, 404, 413, 422, 429, 503)
}


def as_dify_error(problem: Problem) -> JSONResponse:
    """A problem as Dify expects it; where it sets up a connection, it reads 403 as a wrong key."""
    status = HTTPStatus.FORBIDDEN if problem.status == HTTPStatus.UNAUTHORIZED else problem.status
    code = _CODES.get(problem.error, problem.status) if problem.error else problem.status
    body = DifyErrorBody(error_code=code, error_msg=problem.detail)
    return JSONResponse(body.model_dump(), status, headers=problem.headers)


@router.post("/retrieval", responses={**_RESPONSES, **example_response("retrieval")})
def retrieve(body: RetrievalBody, asking: AskingDependency, request: Request) -> RecordsBody:
    """The best passages among the documents whose metadata meet the condition."""
    if body.knowledge_id != KNOWLEDGE:
        raise errors.UnknownKnowledge(f"There is no knowledge base {body.knowledge_id!r}; its id is {KNOWLEDGE!r}.")
    question = Question(body.query, top_k=body.retrieval_setting.top_k)
    if question.is_traditional:
        question = replace(question, script="traditional")
    if body.metadata_condition and body.metadata_condition.conditions:
        documents = matching(body.metadata_condition, asking.assistant.index.documents.values())
        if not documents:
            return RecordsBody(records=[])
        question = replace(question, filters=Filters(document_ids=documents))
    reply = asking.ask(question)
    least = body.retrieval_setting.score_threshold or 0.0
    address = str(request.base_url).rstrip("/")
    return RecordsBody(
        records=[
            RecordBody(
                content=citation.shown(question.script),
                score=round(hit.score, 4),
                title=citation.document.label,
                metadata=_metadata(citation, address),
            )
            for hit, citation in zip(reply.hits, reply.citations, strict=True)
            if hit.score >= least
        ]
    )


def _metadata(citation: Citation, address: str) -> dict[str, Any]:
    """What the document says of itself, without what it does not say, and where the passage stands."""
    return {
        **{name: value for name, value in values_of(citation.document).items() if value is not None},
        "page": address + page_of(citation.paragraph),
        "paragraph_id": citation.paragraph.id,
        "paragraph": citation.paragraph.ordinal,
        "start": citation.start,
        "end": citation.end,
        "source_start": citation.content.start,
        "source_end": citation.content.end,
    }
