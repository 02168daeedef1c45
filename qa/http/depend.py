"""What routes are given: the assistant of the app, and parameters that several of them take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request

from index.clean.fold import Script
from index.errors import IndexMissing
from qa.ask import Assistant
from qa.http.problems import ProblemBody


def _assistant(request: Request) -> Assistant:
    """The assistant that the app holds at this moment; a route that needs it answers 503 until it is there."""
    assistant = getattr(request.app.state, "assistant", None)
    if not isinstance(assistant, Assistant):
        raise IndexMissing("The index is not loaded yet.")
    return assistant


def problems(*statuses: int) -> Mapping[int | str, dict[str, Any]]:
    """The description of a route's errors."""
    content = {"application/problem+json": {"schema": ProblemBody.model_json_schema()}}
    return {status: {"description": "Problem", "content": content} for status in (*statuses, 503)}


AssistantDependency = Annotated[Assistant, Depends(_assistant)]
ScriptQuery = Annotated[Script, Query(description="script of the texts; offsets hold in every one")]
DocumentId = Annotated[str, Path(description="id of the document")]
Ordinal = Annotated[int, Path(ge=1, le=1_000_000_000, description="paragraph, from 1")]
