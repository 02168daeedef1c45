"""What the routes of one app share, from when it has started until it ends."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from fastapi import FastAPI, Request
from starlette.types import ASGIApp

from index.errors import IndexMissing
from index.settings import Settings
from qa.ask import Assistant
from qa.feedback import FeedbackStore, RecentAnswers
from qa.http.measure import Metrics
from qa.upload.queue import JobQueue
from qa.upload.work import Worker


@dataclass(slots=True)
class Services:
    """Each is there once for an app, and safe to use from every request."""

    settings: Settings
    metrics: Metrics
    recent: RecentAnswers
    feedback: FeedbackStore
    jobs: JobQueue
    worker: Worker
    tools: ASGIApp
    """Answers requests of the Model Context Protocol."""
    suggesting: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while `suggested` is made."""
    suggested: tuple[str, list[str]] | None = None
    """Questions to begin with, behind the version of the index that they were made for."""

    @property
    def assistant(self) -> Assistant:
        """The one in use at this moment."""
        return self.worker.assistant


def provide(app: FastAPI, services: Services | None) -> None:
    """Give the routes what they share, or take it from them."""
    app.state.services = services


def services_of(request: Request) -> Services:
    """What the routes share; they answer 503 until it is there.

    Raises:
        IndexMissing: the app has not started, or has ended.
    """
    services = getattr(request.app.state, "services", None)
    if not isinstance(services, Services):
        raise IndexMissing("The index is not loaded yet.")
    return services
