"""Whether the server is alive, whether it can answer, and what it has counted."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse
from prometheus_client.exposition import choose_encoder
from pydantic import BaseModel
from starlette.responses import Response

from qa.http.depend import AssistantDependency, problems
from qa.http.examples import example_response
from qa.http.reply import IndexBody, index_body
from qa.http.services import services_of

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


@router.get("/metrics", response_class=PlainTextResponse)
def metrics(request: Request) -> Response:
    """Counts and times since the server began, in the text format of Prometheus."""
    services = services_of(request)
    services.metrics.show_index(services.assistant)
    encode, kind = choose_encoder(request.headers.get("accept", ""))
    return Response(encode(services.metrics.registry), headers={"Content-Type": kind})
