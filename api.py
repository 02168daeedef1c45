"""The HTTP application: `create_app()` puts the routes together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import metadata

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from fastapi.middleware import Middleware
from fastapi.middleware.cors import CORSMiddleware

from index.settings import Settings, read_settings
from qa.ask import Assistant
from qa.feedback import FeedbackStore, RecentAnswers
from qa.http import ask, change, describe, dify, documents, feedback, health, mcp, measure, openai, problems
from qa.http.guard import Guard, RateLimit
from qa.http.keys import Door
from qa.http.limit_body import LimitBody
from qa.http.measure import Metrics
from qa.http.observe import Observe
from qa.http.secure import SecureHeaders
from qa.pages import routes as pages
from qa.pages.show_problem import as_page
from qa.upload.queue import JobQueue
from qa.upload.work import Worker


def create_app(settings: Settings | None = None, assistant: Assistant | None = None) -> FastAPI:
    """The application over an assistant or, without one, over the index that the settings name.

    Without arguments it can be served by any ASGI server: `uvicorn --factory api:create_app`.

    Raises:
        InvalidSetting: a setting cannot be used.
    """
    settings = settings or read_settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        first = assistant if assistant is not None else await run_in_threadpool(Assistant.load, settings)
        app.state.assistant = first
        app.state.suggesting = asyncio.Lock()
        worker = Worker(settings, first, app.state.jobs, lambda new: setattr(app.state, "assistant", new))
        app.state.worker = worker
        worker.start()
        try:
            async with mcp.running(app):
                yield
        finally:
            await run_in_threadpool(worker.stop)

    metrics = Metrics()
    app = FastAPI(
        title="policyqa",
        summary="Answers questions about Chinese policy texts with passages that cite their source paragraph.",
        version=metadata.version("policyqa"),
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        middleware=[  # the outermost first
            Middleware(SecureHeaders),
            Middleware(
                CORSMiddleware,
                allow_origins=settings.origins,
                allow_methods=["GET", "POST"],
                allow_headers=["Authorization", "Content-Type", "If-None-Match", "X-Request-ID"],
                expose_headers=["ETag", "Retry-After", "X-Request-ID"],
            ),
            Middleware(Observe, metrics),
            Middleware(Guard, Door(settings), RateLimit(settings.rate_limit)),
            Middleware(LimitBody, settings.max_upload << 20),
        ],
    )
    app.state.settings = settings
    app.state.metrics = metrics
    app.state.recent = RecentAnswers()
    app.state.feedback = FeedbackStore(settings.state)
    app.state.jobs = JobQueue(settings.state)
    problems.install(
        app,
        {**dict.fromkeys(openai.PATHS, openai.as_openai_error), **dict.fromkeys(dify.PATHS, dify.as_dify_error)},
        as_page,
    )
    describe.install(app)
    mcp.install(app)
    for served in (health, measure, ask, documents, change, feedback, openai, dify, pages):
        app.include_router(served.router)
    return app
