"""What routes are given: the assistant of the app, who asks, and parameters that several of them take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request

from index.clean.fold import Script
from index.settings import PREFIX
from qa.ask import Assistant, Reply
from qa.errors import KeyNeeded, NotAllowed, WrongKey
from qa.http.guard import CALLER
from qa.http.keys import ANYONE, Caller
from qa.http.observe import TOLD
from qa.http.problems import ProblemBody
from qa.http.services import services_of
from qa.question import Question


def assistant_of(request: Request) -> Assistant:
    """The assistant that the app holds at this moment; a route that needs it answers 503 until it is there.

    Raises:
        IndexMissing: it is not there yet.
    """
    return services_of(request).assistant


@dataclass(frozen=True, slots=True)
class Asking:
    """A request that asks: the reply is counted, timed, told to the log, and remembered for feedback."""

    request: Request
    assistant: Assistant

    def ask(self, question: Question) -> Reply:
        """Answer a question."""
        told = self.request.scope.get(TOLD, {})
        services = services_of(self.request)
        if self.assistant.settings.log_questions:
            told["question"] = question.text
        reply = self.assistant.ask(question)
        told["answer_id"] = reply.id
        told["answerable"] = reply.answer.answerable
        services.metrics.count_reply(reply)
        services.recent.remember(reply, self.assistant.index.manifest.version)
        return reply


def _asking(request: Request) -> Asking:
    return Asking(request, assistant_of(request))


def _admin(request: Request) -> Caller:
    caller: Caller = request.scope.get(CALLER, ANYONE)
    if caller.role == "admin":
        return caller
    if services_of(request).settings.admin_keys is None:
        raise NotAllowed(f"Documents cannot be changed here: no {PREFIX}ADMIN_KEYS are set.")
    if caller.role == "anyone" and "authorization" in request.headers:
        raise WrongKey("The key is no admin key: it is mistyped, or was revoked.")
    if caller.role == "anyone":
        raise KeyNeeded("An admin key is needed: send it as Authorization: Bearer KEY.")
    raise NotAllowed("This key may ask, but not change documents: an admin key is needed.")


def problems(*statuses: int) -> Mapping[int | str, dict[str, Any]]:
    """The description of a route's errors; those that every route can have are among them."""
    content = {"application/problem+json": {"schema": ProblemBody.model_json_schema()}}
    described: dict[int | str, dict[str, Any]] = {
        status: {"description": "Problem", "content": content} for status in {*statuses, 401, 403, 503}
    }
    wait = {"Retry-After": {"description": "seconds after which to ask again", "schema": {"type": "integer"}}}
    return {**described, 429: {"description": "Too many requests", "content": content, "headers": wait}}


AssistantDependency = Annotated[Assistant, Depends(assistant_of)]
AskingDependency = Annotated[Asking, Depends(_asking)]
AdminDependency = Depends(_admin)
"""For routes that change documents."""
ScriptQuery = Annotated[Script, Query(description="script of the texts; offsets hold in every one")]
DocumentId = Annotated[str, Path(description="id of the document")]
Ordinal = Annotated[int, Path(ge=1, le=1_000_000_000, description="paragraph, from 1")]
