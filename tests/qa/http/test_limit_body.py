from __future__ import annotations

import anyio
import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from starlette.types import Message

from qa.http.limit_body import MAX_BODY, LimitBody
from qa.http.problems import install


@pytest.fixture
def app() -> FastAPI:
    app = FastAPI()
    install(app)
    app.add_middleware(LimitBody, max_upload=2 * MAX_BODY, max_seconds=0.05)

    @app.put("/v1/documents/x")
    @app.post("/body")
    async def body(request: Request) -> int:
        return len(await request.body())

    return app


def test_an_upload_may_be_larger_than_a_question(app: FastAPI) -> None:
    client = TestClient(app)

    assert client.put("/v1/documents/x", content=b" " * 2 * MAX_BODY).json() == 2 * MAX_BODY
    assert client.put("/v1/documents/x", content=b" " * (2 * MAX_BODY + 1)).status_code == 413
    assert client.post("/body", content=b" " * (MAX_BODY + 1)).status_code == 413
    behind = TestClient(app, root_path="/policy")
    assert behind.put("/policy/v1/documents/x", content=b" " * 2 * MAX_BODY).json() == 2 * MAX_BODY
    assert behind.put("/policy/v1/documents/x", content=b" " * (2 * MAX_BODY + 1)).status_code == 413


def test_a_body_that_does_not_come_is_given_up(app: FastAPI) -> None:
    sent: list[Message] = []

    async def never() -> Message:
        await anyio.sleep(30)
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/body",
        "raw_path": b"/body",
        "query_string": b"",
        "headers": [(b"content-length", b"5"), (b"host", b"x")],
        "client": None,
        "server": ("x", 80),
        "scheme": "http",
        "http_version": "1.1",
        "root_path": "",
    }
    anyio.run(app, scope, never, send)

    assert sent[0]["status"] == 408
    assert b"0.05 s" in sent[1]["body"]
