"""The HTTP application: `create_app()` puts the routes together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib import metadata

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from fastapi.middleware import Middleware
from fastapi.middleware.cors import CORSMiddleware

from index.settings import Settings, read_settings
from qa.ask import Assistant
from qa.feedback import FeedbackStore, RecentAnswers
from qa.http import ask, change, describe, dify, documents, feedback, health, mcp, openai, problems
from qa.http.guard import Guard, RateLimit
from qa.http.keys import Door
from qa.http.limit_body import LimitBody
from qa.http.measure import Metrics
from qa.http.observe import Observe
from qa.http.secure import SecureHeaders
from qa.http.services import Services, provide
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
    metrics = Metrics()
    app = FastAPI(
        title="policyqa",
        summary="Answers questions about Chinese policy texts with passages that cite their source paragraph.",
        version=metadata.version("policyqa"),
        lifespan=_lifespan(settings, metrics, assistant),
        docs_url=None,
        redoc_url=None,
        middleware=_middleware(settings, metrics),
    )
    problems.install(
        app,
        {**dict.fromkeys(openai.PATHS, openai.as_openai_error), **dict.fromkeys(dify.PATHS, dify.as_dify_error)},
        as_page,
    )
    describe.install(app)
    mcp.install(app)
    for served in (health, ask, documents, change, feedback, openai, dify, pages):
        app.include_router(served.router)
    return app


def _middleware(settings: Settings, metrics: Metrics) -> list[Middleware]:
    """What every request passes, the outermost first."""
    return [
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
    ]


def _lifespan(
    settings: Settings, metrics: Metrics, given: Assistant | None
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """What the app does around all requests: load the index, share what routes need, and do the jobs."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        assistant = given if given is not None else await run_in_threadpool(Assistant.load, settings)
        jobs = JobQueue(settings.state)
        worker = Worker(settings, assistant, jobs)
        worker.start()
        try:
            async with mcp.running(app.version) as tools:
                store = FeedbackStore(settings.state)
                provide(app, Services(settings, metrics, RecentAnswers(), store, jobs, worker, tools))
                yield
        finally:
            provide(app, None)
            await run_in_threadpool(worker.stop)

    return lifespan
