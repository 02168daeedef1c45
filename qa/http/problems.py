"""Errors become HTTP here and nowhere else, as RFC 9457 problem+json."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index.errors import InvalidQuestion, PolicyQAError, UnknownDocument

logger = logging.getLogger("policyqa")

_ERRORS_TOLD = 20
MAX_BODY = 1 << 20
"""Bytes of a request's body."""

_STATUS: Mapping[type[PolicyQAError], int] = {
    InvalidQuestion: HTTPStatus.UNPROCESSABLE_ENTITY,
    UnknownDocument: HTTPStatus.NOT_FOUND,
}


class ProblemBody(BaseModel):
    """An error as RFC 9457 has it."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[dict[str, str]] | None = Field(None, description="each invalid field: where, and what is wrong")


class BodyTooLarge(HTTPException):
    """A request's body went over the limit while it was read; of a kind that passes through who reads it."""

    def __init__(self) -> None:
        super().__init__(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"The body is larger than {MAX_BODY} bytes.")


def install(app: FastAPI) -> None:
    """Make every error of the app leave as a problem."""
    app.add_middleware(LimitBody)
    app.exception_handler(PolicyQAError)(_known)
    app.exception_handler(RequestValidationError)(_invalid)
    app.exception_handler(HTTPException)(_http)
    app.exception_handler(Exception)(_unexpected)


def problem(
    status: int,
    detail: str,
    kind: str = "about:blank",
    title: str | None = None,
    headers: Mapping[str, str] | None = None,
    errors: list[dict[str, str]] | None = None,
) -> JSONResponse:
    """One problem as a response."""
    body = ProblemBody(type=kind, title=title or HTTPStatus(status).phrase, status=status, detail=detail, errors=errors)
    return JSONResponse(
        body.model_dump(exclude_none=True), status, headers=headers, media_type="application/problem+json"
    )


async def _known(_request: Request, error: PolicyQAError) -> JSONResponse:
    status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), HTTPStatus.SERVICE_UNAVAILABLE)
    words = re.sub(r"(?<!^)(?=[A-Z])", " ", type(error).__name__)
    return problem(status, str(error), f"urn:policyqa:{words.lower().replace(' ', '-')}", words.capitalize())


async def _invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        reason = first.get("ctx", {}).get("error", first["msg"])
        return problem(HTTPStatus.BAD_REQUEST, f"The body is not JSON: {reason} at character {first['loc'][-1]}.")
    errors = [
        {"field": ".".join(map(str, detail["loc"])) or "body", "message": detail["msg"]}
        for detail in error.errors()[:_ERRORS_TOLD]
    ]
    detail = "; ".join(f"{item['field']}: {item['message']}" for item in errors)
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, f"The request is not valid: {detail}.", errors=errors)


async def _http(request: Request, error: HTTPException) -> JSONResponse:
    detail = error.detail
    if detail == HTTPStatus(error.status_code).phrase:
        detail = f"{detail}: {request.method} {request.url.path}"
    return problem(error.status_code, detail, headers=error.headers)


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    logger.error("unexpected error in %s %s", request.method, request.url.path, exc_info=error)
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "The server failed; its log says why.")


class LimitBody:
    """Refuse a body over `MAX_BODY`, whether it is announced or just comes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count what is received."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        # Told by its digits first: a number of thousands of them is not worth reading.
        if announced.isdigit() and (len(announced) > len(str(MAX_BODY)) or int(announced) > MAX_BODY):
            response = await _http(Request(scope), BodyTooLarge())
            await response(scope, receive, send)
            return
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > MAX_BODY:
                raise BodyTooLarge
            return message

        await self._app(scope, counted, send)
