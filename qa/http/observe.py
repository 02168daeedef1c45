"""Around every request: its id, its line in the access log, its time, and the last place where an error is caught."""

from __future__ import annotations

import json
import logging
import re
import sys
import time
import uuid
from datetime import UTC, datetime
from http import HTTPMethod
from typing import TextIO

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.http.guard import CALLER
from qa.http.measure import Metrics
from qa.http.problems import unexpected

ACCESS = logging.getLogger("policyqa.access")
TOLD = "policyqa.told"
"""Where a request's scope holds what else its line in the log says."""
_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
_METHODS = frozenset(HTTPMethod)


class Observe:
    """Give each request an id, count and time it, and write a line of JSON about it when it has ended."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        given = request.headers.get("x-request-id", "")
        request_id = given if _ID.fullmatch(given) else uuid.uuid4().hex
        told: dict[str, object] = {}
        scope[TOLD] = told
        began = time.perf_counter()
        first = None
        status = 0
        sent = 0

        async def noted(message: Message) -> None:
            nonlocal first, status, sent
            if message["type"] == "http.response.start":
                first = time.perf_counter()
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = request_id
            sent += len(message.get("body", b""))
            await send(message)

        try:
            with self._metrics.running.track_inprogress():
                try:
                    await self._app(scope, receive, noted)
                except ClientDisconnect:
                    told["left"] = True
                except Exception as error:
                    response = await unexpected(request, error)
                    if first is not None:
                        raise
                    await response(scope, receive, noted)
        finally:
            self._count(scope, status, (first or time.perf_counter()) - began)
            ACCESS.info(
                json.dumps(
                    {
                        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
                        "request_id": request_id,
                        "client": request.client.host if request.client else None,
                        "key": getattr(scope.get(CALLER), "name", None),
                        "method": scope["method"],
                        "path": scope["path"],
                        "status": status,
                        "bytes": sent,
                        "took_ms": round((time.perf_counter() - began) * 1000, 1),
                        **told,
                    },
                    ensure_ascii=False,
                )
            )

    def _count(self, scope: Scope, status: int, seconds: float) -> None:
        # By the route's own path and known methods: what is asked for in vain has no end of names.
        route = getattr(scope.get("route"), "path", "none")
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self._metrics.requests.labels(method, route, status).inc()
        self._metrics.latency.labels(method, route).observe(seconds)


def log_access(stream: TextIO = sys.stdout) -> None:
    """Write the access log to a stream, one JSON object a line."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(message)s"))
    ACCESS.handlers = [handler]
    ACCESS.setLevel(logging.INFO)
    ACCESS.propagate = False
