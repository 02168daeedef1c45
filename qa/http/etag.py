"""What is unchanged is not sent again (RFC 9110, sections 8.8.3 and 13.1.2)."""

from __future__ import annotations

import hashlib
import re
from http import HTTPStatus

from fastapi import Request, Response

from qa.ask import Assistant

_TAG = re.compile(r'(?:W/)?"[^"]*"')


def unchanged(request: Request, response: Response, assistant: Assistant, *parts: object) -> Response | None:
    """Tag a response; where the client has this very state, the response that says so.

    `parts` name what of the index is sent.
    """
    held = [request.app.version, assistant.index.manifest.version, *parts]
    tag = f'"{hashlib.sha256(repr(held).encode("utf-8", "surrogatepass")).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if matches(request, tag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    response.headers.update(headers)
    return None


def matches(request: Request, tag: str) -> bool:
    """Whether the client says that it has the state of this entity tag, a strong one."""
    wanted = request.headers.get("if-none-match", "")
    return wanted.strip() == "*" or tag in {known.removeprefix("W/") for known in _TAG.findall(wanted)}
