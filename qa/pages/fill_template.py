"""Templates become pages, all with the same headers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.templating import Jinja2Templates
from starlette.responses import Response

from qa.http.root_path import root_path

_templates = Jinja2Templates(Path(__file__).parent)  # escapes everything it puts into a page
_templates.env.trim_blocks = _templates.env.lstrip_blocks = True
# A page needs files of this host and nothing else, whatever a text holds.
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
}


def fill(request: Request, template: str, status: int = 200, **context: Any) -> Response:
    """A template of this folder as the response to a request."""
    # The path that a proxy puts the whole application under.
    context["root"] = root_path(request.scope)
    return _templates.TemplateResponse(request, template, context, status_code=status, headers=_HEADERS)
