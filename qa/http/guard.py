"""Before a request is read: is it too much, from whom is it, and may it come in."""

from __future__ import annotations

import math
import time
from ipaddress import IPv6Address, ip_address

from fastapi import Request
from limits import RateLimitItem, parse_many
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.types import ASGIApp, Receive, Scope, Send

from index.errors import InvalidSetting, PolicyQAError
from index.settings import PREFIX
from qa.errors import TooManyRequests
from qa.http.keys import ANYONE, Caller, Door
from qa.http.problems import known
from qa.http.root_path import route_path

CALLER = "policyqa.caller"
"""Where a request's scope holds who it is from."""
# What anyone may get without a key and without being counted: it holds nothing of the texts. All else is closed.
_OPEN = {
    "/docs",
    "/favicon.ico",
    "/health",
    "/health/ready",
    "/openapi.json",
    "/widget.js",
    "/widget.json",
}
_OPEN_BELOW = ("/pages/", "/static-offline-docs/")


class RateLimit:
    """How often one key or one address may ask; kept in memory, so each process counts for itself."""

    def __init__(self, written: str) -> None:
        """Read the limits.

        Raises:
            InvalidSetting: they are none.
        """
        try:
            self._items: list[RateLimitItem] = [] if written == "off" else list(parse_many(written))
        except ValueError as error:
            raise InvalidSetting(
                f"{PREFIX}RATE_LIMIT={written!r} is no limit. Write 600/minute, several separated by ;, or off."
            ) from error
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    def count(self, who: str) -> None:
        """Count a request.

        Raises:
            TooManyRequests: it is one too many.
        """
        for item in self._items:
            if not self._limiter.hit(item, who):
                wait = self._limiter.get_window_stats(item, who).reset_time - time.time()
                seconds = max(1, math.ceil(wait))
                raise TooManyRequests(
                    f"More than {item.amount} requests in {item.multiples} {item.GRANULARITY.name}(s): "
                    f"ask again in {seconds} s.",
                    seconds,
                )


class Guard:
    """Refuse requests over the limit, with a wrong key, and from whom a key is needed."""

    def __init__(self, app: ASGIApp, door: Door, limit: RateLimit) -> None:
        self._app = app
        self._door = door
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request pass or answer it."""
        if scope["type"] != "http" or _is_open(route_path(scope)):
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        try:
            scope[CALLER] = self._recognised(request)
        except PolicyQAError as error:
            await known(request, error)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _recognised(self, request: Request) -> Caller:
        address = request.client.host if request.client else None
        caller = ANYONE
        try:
            caller = self._door.recognise(request.headers.get("authorization"))
            self._door.let_in(caller, address, request.url.hostname)
        finally:
            # Also those who are refused are counted, by their address: keys cannot be tried out.
            self._limit.count(caller.name or _network(address))
        return caller


def _is_open(path: str) -> bool:
    return path in _OPEN or path.startswith(_OPEN_BELOW)


def _network(address: str | None) -> str:
    """An address as it is counted: of IPv6 the first 64 bits, since whoever has one has them all."""
    try:
        known_address = ip_address((address or "").split("%")[0])
    except ValueError:
        return "local"
    if isinstance(known_address, IPv6Address) and not known_address.ipv4_mapped:
        return known_address.exploded[:19]
    return str(known_address)
