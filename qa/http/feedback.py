"""`POST /v1/feedback`: what somebody thinks of an answer."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field, StrictStr

from qa.database import now
from qa.feedback import Feedback, Rating
from qa.http.depend import problems
from qa.http.read_json import RequestBody, WholeText
from qa.http.services import services_of

router = APIRouter(tags=["questions"])


class FeedbackBody(RequestBody):
    """Feedback on one answer."""

    answer_id: Annotated[StrictStr, Field(max_length=100, description="`id` of the reply")]
    rating: Rating
    comment: Annotated[WholeText, Field(max_length=2000)] = ""


@router.post("/v1/feedback", status_code=HTTPStatus.NO_CONTENT, responses={**problems(400, 404, 413, 422, 507)})
def give_feedback(body: FeedbackBody, request: Request) -> None:
    """Say whether an answer was good. The last one said of an answer counts.

    The question, the turns before it and the quoted sentences are kept with it, so that it can be evaluated.
    """
    services = services_of(request)
    answer_id = body.answer_id.removeprefix("chatcmpl-")
    services.feedback.give(Feedback(answer_id, body.rating, body.comment, now(), services.recent.recall(answer_id)))
