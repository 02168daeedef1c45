"""Servers for the browser to visit: the real application, whose network can fail, and somebody else's website."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PATIENCE = 60


@dataclass
class Network:
    """What lies between the application and the browser: it can be slow, and it can break off an answer's stream."""

    app: ASGIApp
    seconds_before_the_end: float = 0
    streams_to_break_off: int = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != "/v1/ask":
            await self.app(scope, receive, send)
            return

        async def passed_on(message: Message) -> None:
            if b"event: done" in message.get("body", b""):
                if self.streams_to_break_off > 0:
                    self.streams_to_break_off -= 1
                    raise ConnectionResetError("the network broke off")
                pause, self.seconds_before_the_end = self.seconds_before_the_end, 0
                await asyncio.sleep(pause)
            await send(message)

        try:
            await self.app(scope, receive, passed_on)
        except ConnectionResetError:
            await send({"type": "http.response.body", "body": b"", "more_body": False})


@dataclass
class Server:
    """The application on a port of its own, which can be stopped and started again."""

    app: ASGIApp
    port: int = 0
    network: Network = field(init=False)
    _server: uvicorn.Server | None = None
    _thread: threading.Thread | None = None

    def __post_init__(self) -> None:
        self.network = Network(self.app)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        listening = socket.create_server(("127.0.0.1", self.port))
        self.port = listening.getsockname()[1]
        config = uvicorn.Config(self.network, log_level="error", ws="none", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [listening]}, daemon=True)
        self._thread.start()
        given_up = time.monotonic() + PATIENCE
        while not self._server.started:
            assert time.monotonic() < given_up, "the server does not start"
            time.sleep(0.01)

    def stop(self) -> None:
        assert self._server
        assert self._thread
        self._server.should_exit = True
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive(), "the server does not stop"


@contextmanager
def serving(app: ASGIApp, port: int = 0) -> Iterator[Server]:
    server = Server(app, port)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@dataclass
class Website:
    """Another origin: pages by their path, each with the security policy it is served under."""

    port: int
    pages: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def put(self, name: str, body: str, policy: str = "", head: str = "", lang: str = "zh-Hans") -> str:
        """Publish a page and return its address."""
        html = (
            f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>某某行业协会</title>'
            f'<meta name="viewport" content="width=device-width, initial-scale=1">{head}</head>'
            f"<body><main><h1>某某行业协会</h1><p>欢迎访问本会网站。</p>{body}</main></body></html>"
        )
        self.pages[f"/{name}"] = (html, policy)
        return f"{self.address}/{name}"


@contextmanager
def website() -> Iterator[Website]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            html, policy = site.pages.get(self.path, ("", ""))
            self.send_response(200 if html else 204)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            if policy:
                self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, *_: object) -> None:
            """Nothing to say."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        site = Website(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield site
        server.shutdown()
        thread.join(PATIENCE)
