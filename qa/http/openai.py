"""`/v1/models` and `/v1/chat/completions`, as OpenAI's clients speak them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, StreamingResponse
from fastapi.sse import format_sse_event
from starlette.responses import Response

from index.clean.fold import Script
from index.errors import InvalidQuestion, PolicyQAError
from index.manifest import FILE as MANIFEST
from qa import errors
from qa.ask import Assistant, Reply
from qa.http.ask import EVENT_STREAM, STREAM_HEADERS, STREAMED
from qa.http.depend import AskingDependency, AssistantDependency
from qa.http.examples import example_response
from qa.http.openai_bodies import (
    MODEL,
    AnnotationBody,
    AnsweredBody,
    ChatBody,
    ChoiceBody,
    ChunkBody,
    ChunkChoiceBody,
    CompletionBody,
    DeltaBody,
    ErrorBody,
    ErrorReplyBody,
    ModelBody,
    ModelListBody,
    UrlCitationBody,
    UsageBody,
)
from qa.http.problems import Problem
from qa.http.reply import page_of, title_of

PATHS = ("/v1/chat", "/v1/models")
"""Below these, errors leave as OpenAI's do."""
_CODES: dict[type[PolicyQAError], str] = {
    errors.UnknownModel: "model_not_found",
    errors.WrongKey: "invalid_api_key",
    errors.KeyNeeded: "invalid_api_key",
    errors.MalformedAuthorization: "invalid_api_key",
    errors.TooManyRequests: "rate_limit_exceeded",
}
_RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorReplyBody, "description": "Error"} for status in (400, 401, 403, 413, 429, 503)
}
_UNKNOWN: dict[int | str, dict[str, Any]] = {404: {"model": ErrorReplyBody, "description": "No such model"}}

router = APIRouter(tags=["OpenAI"])


def as_openai_error(problem: Problem) -> JSONResponse:
    """A problem as OpenAI's clients expect it; what is not valid is a bad request there."""
    status = HTTPStatus.BAD_REQUEST if problem.status == HTTPStatus.UNPROCESSABLE_ENTITY else problem.status
    param = problem.errors[0]["field"].removeprefix("body.") if problem.errors else None
    if problem.error is InvalidQuestion:
        param = "messages"
    elif problem.error is errors.UnknownModel:
        param = "model"
    kind = "server_error" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "invalid_request_error"
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        kind = "requests"
    code = _CODES.get(problem.error) if problem.error else None
    body = ErrorReplyBody(error=ErrorBody(message=problem.detail, type=kind, param=param, code=code))
    return JSONResponse(body.model_dump(), status, headers=problem.headers)


@router.get("/v1/models", responses={**_RESPONSES, **example_response("models")})
def list_models(assistant: AssistantDependency) -> ModelListBody:
    """The one model there is: the texts, and the way they are asked."""
    return ModelListBody(data=[_model(assistant)])


@router.get("/v1/models/{model}", responses={**_RESPONSES, **_UNKNOWN})
def read_model(model: str, assistant: AssistantDependency) -> ModelBody:
    """The model of this name."""
    _require(model)
    return _model(assistant)


@router.post(
    "/v1/chat/completions",
    response_model=CompletionBody,
    responses={**_RESPONSES, **_UNKNOWN, 200: {"content": {**example_response("chat")[200]["content"], **STREAMED}}},
)
def complete(body: ChatBody, asking: AskingDependency, request: Request) -> CompletionBody | Response:
    """Answer the last question of a conversation with quoted sentences, whose marks are annotated with addresses."""
    _require(body.model)
    reply = asking.ask(body.question())
    script = reply.question.script
    text = reply.text(script)
    answered = AnsweredBody(
        content=text if reply.answer.answerable else None,
        refusal=None if reply.answer.answerable else text,
        annotations=_annotations(reply, script, str(request.base_url).rstrip("/")),
    )
    completion = CompletionBody(
        id=f"chatcmpl-{reply.id}",
        created=int(time.time()),
        system_fingerprint=f"fp_{asking.assistant.index.manifest.version}",
        choices=[ChoiceBody(message=answered)],
        usage=UsageBody(prompt_tokens=body.length, completion_tokens=len(text), total_tokens=body.length + len(text)),
    )
    if not body.stream:
        return completion
    with_usage = body.stream_options is not None and body.stream_options.include_usage
    frames = _frames(completion, [words for words, _ in reply.sentences(script)], with_usage=with_usage)
    return StreamingResponse(frames, media_type=EVENT_STREAM, headers=STREAM_HEADERS)


def _annotations(reply: Reply, script: Script, address: str) -> list[AnnotationBody]:
    """One for each mark [n], which ends its sentence."""
    annotations = []
    at = 0
    for text, numbers in reply.sentences(script):
        at += len(text)
        for number in numbers:
            citation = reply.citations[number - 1]
            annotations.append(
                AnnotationBody(
                    url_citation=UrlCitationBody(
                        start_index=at - len(f"[{number}]"),
                        end_index=at,
                        title=title_of(citation.document, script),
                        url=address + page_of(citation.paragraph),
                    )
                )
            )
    return annotations


def _frames(completion: CompletionBody, sentences: list[str], *, with_usage: bool) -> Iterator[bytes]:
    """The completion in chunks of a sentence each; what is annotated is told with the last of them."""
    (choice,) = completion.choices
    deltas = [DeltaBody(role="assistant", content="")]
    for sentence in sentences:
        deltas.append(DeltaBody(refusal=sentence) if choice.message.refusal else DeltaBody(content=sentence))
    deltas[-1].annotations = choice.message.annotations or None

    def frame(choices: list[ChunkChoiceBody], usage: UsageBody | None = None) -> bytes:
        chunk = ChunkBody(
            id=completion.id,
            created=completion.created,
            system_fingerprint=completion.system_fingerprint,
            choices=choices,
            usage=usage,
        )
        return format_sse_event(data_str=chunk.model_dump_json())

    for delta in deltas:
        yield frame([ChunkChoiceBody(delta=delta)])
    yield frame([ChunkChoiceBody(delta=DeltaBody(), finish_reason="stop")])
    if with_usage:
        yield frame([], completion.usage)
    yield format_sse_event(data_str="[DONE]")


def _require(model: str) -> None:
    if model != MODEL:
        raise errors.UnknownModel(f"There is no model {model!r}; the model is {MODEL!r}.")


def _model(assistant: Assistant) -> ModelBody:
    return ModelBody(created=int((assistant.settings.index / MANIFEST).stat().st_mtime))
