"""The HTTP application: `create_app()` puts the routes together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import metadata

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from fastapi_offline import FastAPIOffline

from index.settings import Settings, read_settings
from qa.ask import Assistant
from qa.http import ask, documents, health, problems
from qa.pages import routes as pages


def create_app(settings: Settings | None = None, assistant: Assistant | None = None) -> FastAPI:
    """The application over an assistant or, without one, over the index that the settings name.

    Without arguments it can be served by any ASGI server: `uvicorn --factory api:create_app`.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.assistant = assistant or await run_in_threadpool(Assistant.load, settings or read_settings())
        yield

    app = FastAPIOffline(  # its /docs needs no other host
        title="policyqa",
        summary="Answers questions about Chinese policy texts with passages that cite their source paragraph.",
        version=metadata.version("policyqa"),
        lifespan=lifespan,
    )
    problems.install(app)
    for served in (health, ask, documents, pages):
        app.include_router(served.router)
    return app
