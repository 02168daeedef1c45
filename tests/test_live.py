"""What clients do to a live server."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
import uvicorn

from api import create_app
from index.search_dense import Rows, Scores
from index.search_lexical import LexicalStore
from qa.ask import Assistant
from tests.qa.http.conftest import RECORDS
from tests.serve import served
from tests.stubs import HOSTILE, assistant_over, keyed

QUESTION = {"question": "行动计划支持多少个实体园区"}
ADMIN = "the-key-of-an-admin"


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return assistant_over(RECORDS, tmp_path_factory.mktemp("live"))


@pytest.fixture(scope="module")
def address(assistant: Assistant) -> Iterator[str]:
    with served(assistant, keyed(assistant.settings, admin_keys=ADMIN)) as address:
        yield address


def connected(address: str) -> socket.socket:
    host, port = address.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), 30)


def wire(body: object) -> bytes:
    """A question as it goes over the wire."""
    content = json.dumps(body).encode()
    head = "POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content


def test_a_thousand_requests_at_once_from_one_address_are_answered_or_told_to_wait(assistant: Assistant) -> None:
    async def ask_one(host: str, port: str) -> int:
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(wire(QUESTION))
        head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 60)).decode().lower()
        status, fields = int(head.split()[1]), dict(line.split(": ", 1) for line in head.splitlines()[1:] if line)
        json.loads(await reader.readexactly(int(fields["content-length"])))
        writer.close()
        assert status == 200 or int(fields["retry-after"]) >= 1
        return status

    # Without a client in between: the work of one that keeps connections grows with the square of their number.
    async def ask_all(address: str) -> Counter[int]:
        host, port = address.removeprefix("http://").split(":")
        return Counter(await asyncio.gather(*(ask_one(host, port) for _ in range(1000))))

    with served(assistant, assistant.settings.model_copy(update={"rate_limit": "100/hour"})) as address:
        assert asyncio.run(ask_all(address)) == {200: 100, 429: 900}
        assert httpx.get(f"{address}/health").status_code == 200


def test_a_client_that_leaves_in_the_middle_of_a_stream_disturbs_nobody(
    address: str, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(20):
        with connected(address) as connection:
            connection.sendall(wire({**QUESTION, "stream": True, "top_k": 100}))
            assert connection.recv(20).startswith(b"HTTP/1.1 200")

    assert httpx.post(f"{address}/v1/ask", json=QUESTION).status_code == 200
    assert "Traceback" not in caplog.text


def test_a_client_that_leaves_before_it_has_asked_disturbs_nobody(
    address: str, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(20):
        with connected(address) as connection:
            connection.sendall(wire(QUESTION)[:-10])

    assert httpx.post(f"{address}/v1/ask", json=QUESTION).status_code == 200
    assert "Traceback" not in caplog.text


def test_slow_clients_hold_nobody_up(address: str) -> None:
    slow = [connected(address) for _ in range(100)]  # more than there are threads
    try:
        for connection in slow:
            connection.sendall(wire(QUESTION)[:-10])
        began = time.monotonic()
        assert httpx.post(f"{address}/v1/ask", json=QUESTION).status_code == 200
        assert time.monotonic() - began < 5
        for connection in slow:
            connection.sendall(wire(QUESTION)[-10:])
        assert all(connection.recv(12) == b"HTTP/1.1 200" for connection in slow)
    finally:
        for connection in slow:
            connection.close()


def test_an_upload_of_a_hundred_megabytes_is_refused_before_it_is_sent(address: str) -> None:
    with connected(address) as connection:
        head = f"PUT /v1/documents/x HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {ADMIN}\r\n"
        connection.sendall(f"{head}Content-Type: text/plain\r\nContent-Length: {100 << 20}\r\n\r\n".encode())
        assert connection.recv(12) == b"HTTP/1.1 413"


@pytest.mark.parametrize("question", HOSTILE)
def test_whatever_is_asked_is_answered_streamed_or_not(address: str, question: str) -> None:
    plain = httpx.post(f"{address}/v1/ask", json={"question": question})
    streamed = httpx.post(f"{address}/v1/ask", json={"question": question, "stream": True})

    assert plain.json()["question"] == question
    assert streamed.text.count("\n\n") == streamed.text.count("event: ") >= 3


def test_a_history_of_ten_thousand_turns_is_told_how_long_one_may_be(address: str) -> None:
    history = [{"role": "user", "content": "园区"}] * 10_000
    response = httpx.post(f"{address}/v1/ask", json={**QUESTION, "history": history})

    assert response.status_code == 422
    assert "1000" in response.json()["detail"]


class Waiting:
    """A lexical store that answers when it is told to."""

    def __init__(self, store: LexicalStore) -> None:
        self._store = store
        self.asked = threading.Event()
        self.go = threading.Event()

    def search(self, question: str, k: int, allowed: Rows | None = None) -> tuple[Rows, Scores]:
        self.asked.set()
        assert self.go.wait(30)
        return self._store.search(question, k, allowed)

    def rarity(self, term: str) -> float:
        return self._store.rarity(term)


def test_a_server_that_is_stopped_finishes_what_it_has_begun(assistant: Assistant) -> None:
    waiting = Waiting(assistant.index.lexical)
    slow = replace(assistant, index=replace(assistant.index, lexical=waiting))
    server = uvicorn.Server(uvicorn.Config(create_app(slow.settings, slow), log_level="error"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        with connected(address) as connection:
            connection.sendall(wire(QUESTION))
            assert waiting.asked.wait(30)
            server.should_exit = True
            time.sleep(0.3)
            waiting.go.set()
            assert connection.recv(12) == b"HTTP/1.1 200"
        thread.join(30)
        assert not thread.is_alive()
