"""The files that pages load, and the widget for other sites: with entity tags, compressed, and hashed for SRI."""

from __future__ import annotations

import base64
import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from qa.http.depend import AssistantDependency
from qa.http.etag import matches
from qa.http.read_weights import read_weights
from qa.http.services import services_of
from qa.pages.suggest_questions import suggest_questions

_HERE = Path(__file__).parent
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
# Looked at anew after this many seconds, by its entity tag: an update reaches every page that embeds the widget.
_FRESH = 300

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class _File:
    content: bytes
    zipped: bytes
    media_type: str
    sha384: str
    """In base64, as SRI has it."""


@cache
def _file(name: str) -> _File:
    content = (_HERE / name).read_bytes()
    digest = base64.b64encode(hashlib.sha384(content).digest()).decode()
    # A fixed time, so that the same file is always the same bytes.
    return _File(content, gzip.compress(content, 9, mtime=0), _TYPES[Path(name).suffix], digest)


def _served(request: Request, name: str, headers: dict[str, str]) -> Response:
    """A file, or 304 to a client that has it already."""
    file = _file(name)
    encodings = read_weights(request.headers.get("accept-encoding", ""))
    zipped = encodings.get("gzip", encodings.get("*", 0)) > 0
    tag = f'"{file.sha384[:27]}{"-gzip" if zipped else ""}"'
    headers = headers | {
        "Cache-Control": f"public, max-age={_FRESH}, must-revalidate",
        "ETag": tag,
        "Vary": "Accept-Encoding",
    }
    if matches(request, tag):
        return Response(status_code=304, headers=headers)
    if zipped:
        headers["Content-Encoding"] = "gzip"
    return Response(file.zipped if zipped else file.content, media_type=file.media_type, headers=headers)


def _page_file(name: str) -> None:
    @router.api_route(f"/pages/{name}", methods=["GET", "HEAD"])
    def page_file(request: Request) -> Response:
        return _served(request, name, {})


for _name in ("page.css", "theme.js", "document.js", "icon.svg"):
    _page_file(_name)


# Whoever embeds the widget may read it: SRI needs the CORS header, and a page may isolate itself from other origins.
_FOR_ALL = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}


@router.api_route("/widget.js", methods=["GET", "HEAD"])
def widget(request: Request) -> Response:
    """The element `<policy-qa>`, for any page."""
    return _served(request, "widget.js", _FOR_ALL)


@router.get("/widget.json")
def describe_widget(request: Request) -> JSONResponse:
    """What a page needs to embed the widget and be sure of what it runs."""
    url = str(request.url_for("widget"))
    integrity = f"sha384-{_file('widget.js').sha384}"
    html = f'<script src="{url}" integrity="{integrity}" crossorigin="anonymous" defer></script>'
    described = {"version": metadata.version("policyqa"), "url": url, "integrity": integrity, "html": html}
    return JSONResponse(described, headers=_FOR_ALL | {"Cache-Control": "no-cache"})


@router.get("/widget/questions.json")
async def example_questions(request: Request, assistant: AssistantDependency) -> JSONResponse:
    """Questions to begin with. Finding them takes some answers' time, so they are kept until the index is another."""
    version = assistant.index.manifest.version
    services = services_of(request)
    async with services.suggesting:  # whoever asks meanwhile waits for them, and holds no thread that answers others
        kept = services.suggested
        if not kept or kept[0] != version:
            kept = services.suggested = (version, await run_in_threadpool(suggest_questions, assistant))
    return JSONResponse({"questions": kept[1]}, headers={"Cache-Control": f"private, max-age={_FRESH}"})
