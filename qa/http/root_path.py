"""Where an address lies when a proxy puts the whole application under a path of its own (`--root-path`)."""

from __future__ import annotations

from starlette._utils import get_route_path
from starlette.types import Scope


def root_path(scope: Scope) -> str:
    """The path that everything is under, without a slash at its end: what an address begins with on a page."""
    root: str = scope.get("root_path", "")
    return root.rstrip("/")


def route_path(scope: Scope) -> str:
    """The path of a request as the routes name it.

    By the router's own function, so that a path cannot mean one thing to what guards it and another to what serves it.
    """
    return get_route_path(scope)
