"""`POST /v1/ask`: the whole reply at once, or as server-sent events."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter
from fastapi.responses import StreamingResponse
from fastapi.sse import format_sse_event
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StrictInt, StrictStr
from pydantic.config import JsonDict
from starlette.responses import Response

from index.clean.fold import Script
from qa.http.depend import AskingDependency, problems
from qa.http.examples import example_request, example_response
from qa.http.read_json import RequestBody
from qa.http.reply import ReplyBody, reply_body
from qa.question import MAX_LENGTH, MAX_TOP_K, SHOWN, Filters, Question, Turn

router = APIRouter(tags=["questions"])

TOP_K = "how many passages come back at most; if left out five, or as many as the answer quotes"
EVENT_STREAM = "text/event-stream"
STREAMED = {
    EVENT_STREAM: {
        "itemSchema": {
            "type": "object",
            "properties": {
                "event": {"type": "string"},
                "data": {"type": "string", "contentMediaType": "application/json"},
            },
            "required": ["data"],
        }
    }
}
"""The description of a stream: each event carries one JSON object or, of OpenAI's, `[DONE]`."""
STREAM_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
"""No cache and no proxy may hold events back."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _day(value: object) -> object:
    """Refuse what is no day in words that say what is: pydantic would take a number for seconds since 1970."""
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise ValueError(f"there is no day {value} ({error})") from None
    if value is None or isinstance(value, date):
        return value
    raise ValueError("expected a day as year-month-day, such as 2022-05-16")


Day = Annotated[date | None, BeforeValidator(_day)]


class FiltersBody(RequestBody):
    """Which documents may answer; what is left out or empty lets every document through."""

    document_ids: list[StrictStr] = Field(default=[], max_length=1000)
    issuer: list[StrictStr] = Field(
        default=[], max_length=1000, description="exact names, any of them; each issuer of a joint document counts"
    )
    issued_from: Day = Field(None, description="first day, included")
    issued_to: Day = Field(None, description="last day, included")


class TurnBody(RequestBody):
    """An earlier turn of the conversation."""

    role: Literal["user", "assistant"]
    content: StrictStr


def _without_default(schema: JsonDict) -> None:
    del schema["default"]


class AskBody(RequestBody):
    """A question."""

    model_config = ConfigDict(json_schema_extra=example_request("ask"))

    question: Annotated[StrictStr, Field(max_length=MAX_LENGTH)]
    # Left out it is not the same as given, so the description of the interface states no default.
    top_k: StrictInt = Field(SHOWN, ge=1, le=MAX_TOP_K, description=TOP_K, json_schema_extra=_without_default)
    script: Script = Field("simplified", description="script of texts and quotes; offsets hold in every one")
    filters: FiltersBody = FiltersBody()
    history: list[TurnBody] = Field(default=[], max_length=1000, description="earlier turns, oldest first")
    stream: StrictBool = Field(default=False, description="answer with server-sent events: passages, sentence…, done")

    def question_of(self) -> Question:
        """The question as the program asks it."""
        return Question(
            text=self.question,
            top_k=self.top_k if "top_k" in self.model_fields_set else None,
            script=self.script,
            filters=Filters(
                tuple(self.filters.document_ids),
                tuple(self.filters.issuer),
                self.filters.issued_from,
                self.filters.issued_to,
            ),
            history=tuple(Turn(turn.role, turn.content) for turn in self.history),
        )


class SentenceBody(BaseModel):
    """One sentence of the answer with its marks; all of them together are the answer's text."""

    text: str
    citations: list[int]


@router.post(
    "/v1/ask",
    response_model=ReplyBody,
    responses={**problems(400, 413, 422), 200: {"content": {**example_response("ask")[200]["content"], **STREAMED}}},
)
def ask(body: AskBody, asking: AskingDependency) -> ReplyBody | Response:
    """Answer a question with ranked passages, each citing its source paragraph.

    With `stream` the reply comes as server-sent events: `passages` (the reply without the answer's text), a `sentence`
    for each sentence of the answer, and `done` (the whole reply).
    """
    question = body.question_of()
    reply = asking.ask(question)
    whole = reply_body(reply, asking.assistant.index.manifest)
    if not body.stream:
        return whole
    sentences = [SentenceBody(text=text, citations=numbers) for text, numbers in reply.sentences(question.script)]
    return StreamingResponse(_events(whole, sentences), media_type=EVENT_STREAM, headers=STREAM_HEADERS)


def _events(whole: ReplyBody, sentences: list[SentenceBody]) -> Iterator[bytes]:
    first = whole.model_dump_json(exclude={"answer": {"text"}, "took_ms": True})
    yield format_sse_event(event="passages", data_str=first)
    for sentence in sentences:
        yield format_sse_event(event="sentence", data_str=sentence.model_dump_json())
    yield format_sse_event(event="done", data_str=whole.model_dump_json())
