"""Whether the server is alive, and whether it can answer."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from qa.http.depend import AssistantDependency, problems
from qa.http.examples import example_response
from qa.http.reply import IndexBody, index_body

router = APIRouter(tags=["health"])


class HealthBody(BaseModel):
    """Alive, or ready with an index."""

    status: Literal["ok", "ready"]
    index: IndexBody | None = None


@router.get("/health")
def health() -> HealthBody:
    """Alive."""
    return HealthBody(status="ok")


@router.get("/health/ready", responses={**problems(), **example_response("ready")})
def ready(assistant: AssistantDependency) -> HealthBody:
    """Ready to answer: the index is loaded."""
    return HealthBody(status="ready", index=index_body(assistant.index.manifest))
