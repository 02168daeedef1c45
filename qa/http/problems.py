"""Errors become HTTP here and nowhere else.

As RFC 9457 problem+json, in the shape that a convention has for them, or as a page where a browser opens one.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match

from index import errors as index_errors
from index.errors import PolicyQAError
from qa import errors
from qa.http.prefer_page import prefers_page
from qa.http.root_path import route_path

logger = logging.getLogger("policyqa")

_ERRORS_TOLD = 20
# What is read by programs, also where a person looks at it in a browser.
_INTERFACES = ("/v1", "/retrieval", "/mcp", "/health", "/metrics", "/openapi.json")
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

STATUS: Mapping[type[PolicyQAError], int] = {
    index_errors.InvalidQuestion: HTTPStatus.UNPROCESSABLE_ENTITY,
    index_errors.UnknownDocument: HTTPStatus.NOT_FOUND,
    index_errors.UnreadableSource: HTTPStatus.UNPROCESSABLE_ENTITY,
    index_errors.NoDocuments: HTTPStatus.CONFLICT,
    # Nothing can be asked until an operator has put it right, and then all is well again.
    index_errors.IndexMissing: HTTPStatus.SERVICE_UNAVAILABLE,
    index_errors.IndexDamaged: HTTPStatus.SERVICE_UNAVAILABLE,
    index_errors.IndexOutdated: HTTPStatus.SERVICE_UNAVAILABLE,
    index_errors.IndexBusy: HTTPStatus.SERVICE_UNAVAILABLE,
    index_errors.ModelUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    index_errors.IndexNotWritable: HTTPStatus.INSUFFICIENT_STORAGE,
    # These have no place in an answer: the server itself is at fault.
    index_errors.InvalidSetting: HTTPStatus.INTERNAL_SERVER_ERROR,
    index_errors.QuoteMismatch: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.MalformedAuthorization: HTTPStatus.UNAUTHORIZED,
    errors.KeyNeeded: HTTPStatus.UNAUTHORIZED,
    errors.WrongKey: HTTPStatus.UNAUTHORIZED,
    errors.NotAllowed: HTTPStatus.FORBIDDEN,
    errors.TooManyRequests: HTTPStatus.TOO_MANY_REQUESTS,
    errors.TypeNotRead: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    errors.InvalidDocument: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.DocumentTaken: HTTPStatus.CONFLICT,
    errors.StateNotWritable: HTTPStatus.INSUFFICIENT_STORAGE,
    errors.UnknownJob: HTTPStatus.NOT_FOUND,
    errors.UnknownAnswer: HTTPStatus.NOT_FOUND,
    errors.UnknownModel: HTTPStatus.NOT_FOUND,
    errors.UnknownKnowledge: HTTPStatus.NOT_FOUND,
}
"""What each error is over HTTP; a test holds that none is missing."""


class ProblemBody(BaseModel):
    """An error as RFC 9457 has it."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[dict[str, str]] | None = Field(None, description="each invalid field: where, and what is wrong")


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong with a request, whatever shape it leaves in."""

    status: int
    detail: str
    error: type[PolicyQAError] | None = None
    """The broken rule, where it has a name of its own."""
    headers: Mapping[str, str] = field(default_factory=dict)
    errors: list[dict[str, str]] | None = None

    @property
    def words(self) -> str:
        """The name of the broken rule in words, `Unknown document`, or of the status."""
        if self.error is None:
            return HTTPStatus(self.status).phrase
        return re.sub(r"(?<!^)(?=[A-Z])", " ", self.error.__name__).capitalize()


Shape = Callable[[Problem], JSONResponse]
Page = Callable[[Request, Problem], Response]


def as_problem(problem: Problem) -> JSONResponse:
    """A problem as RFC 9457 has it."""
    body = ProblemBody(
        type=f"urn:policyqa:{problem.words.lower().replace(' ', '-')}" if problem.error else "about:blank",
        title=problem.words,
        status=problem.status,
        detail=problem.detail,
        errors=problem.errors,
    )
    content = body.model_dump(exclude_none=True)
    return JSONResponse(content, problem.status, headers=problem.headers, media_type="application/problem+json")


def install(app: FastAPI, shapes: Mapping[str, Shape] | None = None, page: Page | None = None) -> None:
    """Make every error of the app leave as a problem or, below a path of `shapes`, in the shape given there.

    Where a browser opens anything but an interface of programs, it leaves as the page that `page` makes of it.
    """
    app.state.shapes = shapes or {}
    app.state.problem_page = page
    app.exception_handler(PolicyQAError)(_known)
    app.exception_handler(RequestValidationError)(_invalid)
    app.exception_handler(HTTPException)(_http)
    app.exception_handler(Exception)(unexpected)


def respond(request: Request, problem: Problem) -> Response:
    """A problem in the shape that the path of its request has for errors, or as a page."""
    shapes: Mapping[str, Shape] = request.app.state.shapes
    page: Page | None = request.app.state.problem_page
    path = route_path(request.scope)
    shape = next((shape for at, shape in shapes.items() if _is_below(path, at)), as_problem)
    if shape is not as_problem or page is None or any(_is_below(path, at) for at in _INTERFACES):
        return shape(problem)
    prefers = prefers_page(request.headers.get("accept", ""))
    response = page(request, problem) if prefers else as_problem(problem)
    response.headers.add_vary_header("Accept")
    return response


def _is_below(path: str, at: str) -> bool:
    return path == at or path.startswith(f"{at}/")


def known(request: Request, error: PolicyQAError) -> Response:
    """The response to one of this program's own errors."""
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), HTTPStatus.INTERNAL_SERVER_ERROR)
    headers = {}
    if isinstance(error, errors.TooManyRequests):
        headers["Retry-After"] = str(error.retry_after)
    response = respond(request, Problem(status, str(error), type(error), headers))
    if status == HTTPStatus.UNAUTHORIZED:
        # A browser that follows a link to a page asks for the key, as password; the name is not looked at. One header
        # for each way: of two in one, Chromium sees only the first.
        response.headers.append("WWW-Authenticate", 'Basic realm="policyqa", charset="UTF-8"')
        response.headers.append("WWW-Authenticate", 'Bearer realm="policyqa"')
    return response


async def unexpected(request: Request, error: Exception) -> Response:
    """The response to a defect: its log says all, the response nothing."""
    logger.error("unexpected error in %s %s", request.method, request.url.path, exc_info=error)
    return respond(request, Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "The server failed; its log says why."))


async def _known(request: Request, error: PolicyQAError) -> Response:
    return known(request, error)


async def _invalid(request: Request, error: RequestValidationError) -> Response:
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        reason = first.get("ctx", {}).get("error", first["msg"])
        detail = f"The body is not JSON: {reason} at character {first['loc'][-1]}."
        return respond(request, Problem(HTTPStatus.BAD_REQUEST, detail))
    found = [
        {"field": ".".join(map(str, detail["loc"])) or "body", "message": detail["msg"].removeprefix("Value error, ")}
        for detail in error.errors()[:_ERRORS_TOLD]
    ]
    detail = "; ".join(f"{item['field']}: {item['message']}" for item in found)
    problem = Problem(HTTPStatus.UNPROCESSABLE_ENTITY, f"The request is not valid: {detail}.", errors=found)
    return respond(request, problem)


async def _http(request: Request, error: HTTPException) -> Response:
    detail = error.detail
    headers = error.headers or {}
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        # Several routes may share an address; the one that was tried first knows its own methods only.
        headers = {**headers, "Allow": ", ".join(method for method in _METHODS if _is_served(request, method))}
    if detail == HTTPStatus(error.status_code).phrase:
        detail = f"{detail}: {request.method} {request.url.path}"
    return respond(request, Problem(error.status_code, detail, headers=headers))


def _is_served(request: Request, method: str) -> bool:
    scope = {**request.scope, "method": method}
    return any(route.matches(scope)[0] is Match.FULL for route in request.app.routes)
