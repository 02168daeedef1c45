"""No body is larger or slower than its route allows."""

from __future__ import annotations

import asyncio
from http import HTTPStatus

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.http.problems import Problem, respond
from qa.http.root_path import route_path

MAX_BODY = 1 << 20
"""Bytes of a body, but for uploads."""
MAX_SECONDS = 60.0
"""Until a body of that size must be there; larger ones have more in proportion."""
_UPLOAD = "/v1/documents/"


class LimitBody:
    """Refuse a body over the limit, whether it is announced or just comes, and one that does not come in time."""

    def __init__(self, app: ASGIApp, max_upload: int, max_seconds: float = MAX_SECONDS) -> None:
        """`max_upload` in bytes: the limit for what is put below `/v1/documents/`."""
        self._app = app
        self._max_upload = max_upload
        self._max_seconds = max_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count what is received."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_upload = scope["method"] == "PUT" and route_path(scope).startswith(_UPLOAD)
        limit = self._max_upload if is_upload else MAX_BODY
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        # Told by its digits first: a number of thousands of them is not worth reading.
        if announced.isdigit() and (len(announced) > len(str(limit)) or int(announced) > limit):
            problem = Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _too_large(limit))
            await respond(Request(scope), problem)(scope, receive, send)
            return
        loop = asyncio.get_running_loop()
        seconds = self._max_seconds * max(1.0, limit / MAX_BODY)
        late = loop.time() + seconds
        received = 0
        complete = False

        async def counted() -> Message:
            nonlocal received, complete
            if complete:  # what is waited for now is that the client leaves
                return await receive()
            try:
                async with asyncio.timeout_at(late):
                    message = await receive()
            except TimeoutError:
                # Of a kind that passes through who reads the body.
                slow = f"The body was not there after {seconds:g} s."
                raise HTTPException(HTTPStatus.REQUEST_TIMEOUT, slow, {"Connection": "close"}) from None
            received += len(message.get("body", b""))
            complete = not message.get("more_body", False)
            if received > limit:
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _too_large(limit))
            return message

        await self._app(scope, counted, send)


def _too_large(limit: int) -> str:
    return f"The body is larger than {limit} bytes."
