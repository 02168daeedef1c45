"""The interface described for people, `GET /docs`, from files of this server alone."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from typing import Any

import fastapi_offline
from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

from qa.http.examples import put_in
from qa.http.root_path import root_path

_STATIC = "/static-offline-docs"
_SCRIPT = re.compile(rb"<script>(.*?)</script>", re.DOTALL)

router = APIRouter(include_in_schema=False)


def install(app: FastAPI) -> None:
    """Serve the page and its files."""
    app.mount(
        _STATIC, StaticFiles(directory=Path(fastapi_offline.__file__).parent / "static"), name="static-offline-docs"
    )
    app.include_router(router)
    bare = app.openapi

    def described() -> dict[str, Any]:
        description = bare()
        put_in(description)
        _without_own_errors(description)
        return description

    app.openapi = described  # type: ignore[method-assign] # how FastAPI documents that it is extended


def _without_own_errors(description: dict[str, Any]) -> None:
    """Take out the errors that FastAPI describes of its own accord: none leaves in that shape."""
    for operations in description["paths"].values():
        for operation in operations.values():
            if "HTTPValidationError" in str(operation["responses"].get("422")):
                del operation["responses"]["422"]
    for name in ("HTTPValidationError", "ValidationError"):
        description["components"]["schemas"].pop(name, None)


@router.get("/docs")
def docs(request: Request) -> HTMLResponse:
    """Swagger UI; its one inline script is allowed by its digest, and no other."""
    root = root_path(request.scope)
    page = get_swagger_ui_html(
        openapi_url=f"{root}{request.app.openapi_url}",
        title=f"{request.app.title} · API",
        swagger_js_url=f"{root}{_STATIC}/swagger-ui-bundle.js",
        swagger_css_url=f"{root}{_STATIC}/swagger-ui.css",
        swagger_favicon_url=f"{root}{_STATIC}/favicon.png",
    )
    scripts = (hashlib.sha256(script).digest() for script in _SCRIPT.findall(bytes(page.body)))
    digests = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in scripts)
    page.headers["Content-Security-Policy"] = (
        f"default-src 'none'; script-src 'self' {digests}; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return page
