"""Examples of the interface's description: real questions to the corpus of the project, and their answers."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("examples.json")


@cache
def _examples() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return read


def example_response(name: str) -> dict[int | str, dict[str, Any]]:
    """The description of a route's response with the name of its example, until `put_in` puts the example there."""
    return {200: {"content": {"application/json": {"example": name}}}}


def put_in(description: dict[str, Any]) -> None:
    """Put the examples where their names are. FastAPI would have left their nulls out."""
    for operations in description["paths"].values():
        for operation in operations.values():
            held = operation["responses"].get("200", {}).get("content", {}).get("application/json", {})
            if isinstance(held.get("example"), str):
                held["example"] = _examples()[held["example"]]["response"]


def example_request(name: str) -> dict[str, Any]:
    """What a body's schema says of itself: an example of it."""
    return {"examples": [_examples()[name]["request"]]}
