from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from index.settings import PREFIX
from qa.http.limit_body import MAX_BODY

COMMAND = Path(sys.executable).with_name("policyqa")
PATIENCE = 120
"""Seconds after which a server that neither serves nor ends is given up."""
QUESTIONS = ["行动计划支持多少个实体园区？", "七條鏈包括哪些", "中央财政投入多少资金", "今天天气怎么样"]


@dataclass(frozen=True, slots=True)
class Server:
    """A running `policyqa serve`."""

    process: subprocess.Popen[bytes]
    messages: Path
    address: str

    def told(self) -> str:
        """What it has printed so far."""
        return self.messages.read_text(encoding="utf-8")

    def ended(self, with_signal: signal.Signals) -> int:
        """Its exit code after a signal."""
        self.process.send_signal(with_signal)
        return self.process.wait(PATIENCE)


def environment(**settings: str) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    return inherited | settings


@contextmanager
def serving(folder: Path, *options: str | Path, **settings: str) -> Iterator[Server]:
    """A server on any free port, working in a folder, from the moment it says where it serves."""
    messages = folder / "messages.txt"
    with messages.open("wb") as stream:
        process = subprocess.Popen(
            [COMMAND, "serve", "--port", "0", *options],
            cwd=folder,
            env=environment(**settings),
            stdout=stream,
            stderr=stream,
        )
    try:
        given_up = time.monotonic() + PATIENCE
        while not (found := re.search(r"Serving .* at (http://\S+)", messages.read_text(encoding="utf-8"))):
            if process.poll() is not None or time.monotonic() > given_up:
                pytest.fail(f"no server (exit code {process.poll()}): {messages.read_text(encoding='utf-8')}")
            time.sleep(0.05)
        yield Server(process, messages, found[1])
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def index(real_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of this module's own."""
    return shutil.copytree(real_index, tmp_path_factory.mktemp("served") / "index")


@pytest.fixture(scope="module")
def server(index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("server"), "--index", index) as server:
        yield server


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.address, timeout=PATIENCE) as client:
        yield client


def asked(client: httpx.Client, question: str) -> dict[str, Any]:
    response = client.post("/v1/ask", json={"question": question})
    assert response.status_code == 200, response.text
    reply: dict[str, Any] = response.json()
    return {name: value for name, value in reply.items() if name not in {"id", "took_ms"}}


def test_the_server_says_what_it_serves_and_where(server: Server) -> None:
    assert re.fullmatch(
        r"Serving 2 documents, \d+ passages at http://127\.0\.0\.1:\d+ \(API: http://127\.0\.0\.1:\d+/docs\)\n",
        server.told(),
    )


def test_a_question_over_the_network_is_answered(client: httpx.Client) -> None:
    body = asked(client, "行動計劃支持多少個實體園區打造特色載體？")

    assert body["answer"]["answerable"] is True
    assert "不少于50个实体园区" in body["passages"][0]["citation"]["quote"]


def test_the_server_is_alive_ready_and_describes_itself(client: httpx.Client) -> None:
    assert client.get("/health").json()["status"] == "ok"
    assert client.get("/health/ready").json()["status"] == "ready"
    assert client.get("/docs").status_code == 200
    assert "/v1/ask" in client.get("/openapi.json").json()["paths"]


def test_threads_that_ask_at_the_same_time_get_what_one_gets_alone(server: Server, client: httpx.Client) -> None:
    alone = [asked(client, question) for question in QUESTIONS]

    def all_asked(_thread: int) -> list[dict[str, Any]]:
        with httpx.Client(base_url=server.address, timeout=PATIENCE) as own:
            return [asked(own, question) for question in QUESTIONS]

    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(all_asked, range(8)))

    assert together == [alone] * 8


def test_a_wrong_request_over_the_network_is_a_problem_and_the_connection_goes_on(client: httpx.Client) -> None:
    for response, status in (
        (client.post("/v1/ask", content="{", headers={"content-type": "application/json"}), 400),
        (client.post("/v1/ask", json={"question": ""}), 422),
        (client.get("/nowhere"), 404),
        (client.get("/v1/ask"), 405),
    ):
        assert response.status_code == status
        assert response.headers["content-type"] == "application/problem+json"
    assert asked(client, "七条链包括哪些")["answer"]["answerable"] is True


def test_a_body_that_comes_in_pieces_over_the_limit_is_refused_over_the_network(client: httpx.Client) -> None:
    pieces = (b" " * 4096 for _ in range(MAX_BODY // 4096 + 1))
    response = client.post("/v1/ask", content=pieces, headers={"content-type": "application/json"})

    assert response.status_code == 413
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("length", ["9" * 20, "9" * 5000, "-1", "many"])
def test_a_length_that_cannot_be_is_no_failure_of_the_server(server: Server, length: str) -> None:
    host, port = server.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), PATIENCE) as connection:
        connection.sendall(f"POST /v1/ask HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}\r\n\r\n".encode())
        status = connection.makefile("rb").readline()

    assert re.match(rb"HTTP/1\.1 4\d\d ", status)


@pytest.mark.parametrize("name", ["%25", "a%2Fb", "..%2F..%2Fetc%2Fpasswd", "%E6%96%87%E4%BB%B6"])
def test_an_unknown_document_over_the_network_is_not_found_under_its_decoded_name(
    client: httpx.Client, name: str
) -> None:
    response = client.get(f"/v1/documents/{name}")

    assert response.status_code == 404
    assert repr(httpx.URL(f"http://host/{name}").path[1:]) in response.json()["detail"]


@pytest.mark.parametrize("with_signal", [signal.SIGTERM, signal.SIGINT], ids=lambda sent: sent.name)
def test_a_signal_ends_the_server_in_order_while_a_client_keeps_its_connection(
    index: Path, tmp_path: Path, with_signal: signal.Signals
) -> None:
    with serving(tmp_path, "--index", index) as server, httpx.Client(base_url=server.address) as client:
        assert client.get("/health").status_code == 200

        assert server.ended(with_signal) == 0
        assert server.told().endswith("\nStopped.\n")
        assert "Traceback" not in server.told()
        with pytest.raises(httpx.TransportError):
            client.get("/health")


def test_a_server_without_an_index_builds_the_one_of_the_corpus_first(tmp_path: Path) -> None:
    corpus = tmp_path / "texts"
    corpus.mkdir()
    (corpus / "园区.txt").write_text("行动计划支持不少于50个实体园区。", encoding="utf-8")
    index = tmp_path / "built" / "index"

    with serving(tmp_path, POLICYQA_CORPUS=str(corpus), POLICYQA_INDEX=str(index)) as server:
        assert "1 documents, 1 passages: 1 added" in " ".join(server.told().split())
        with httpx.Client(base_url=server.address, timeout=PATIENCE) as client:
            documents = client.get("/v1/documents").json()["documents"]
            assert [document["id"] for document in documents] == ["园区"]
            assert asked(client, "支持多少个实体园区")["passages"][0]["text"] == "行动计划支持不少于50个实体园区。"
    assert (index / "manifest.json").is_file()


def test_a_port_in_use_is_told_with_the_cure(index: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [COMMAND, "serve", "--index", index, "--port", port],
            cwd=tmp_path,
            env=environment(),
            capture_output=True,
            check=False,
            timeout=PATIENCE,
        )
    told = done.stderr.decode()

    assert done.returncode == 1
    assert f"127.0.0.1 port {port}" in told
    assert "--port" in told
    assert "Traceback" not in told
    assert told.count("\n") == 1


def has_ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
def test_the_address_that_is_told_can_be_asked_on_ipv6_too(index: Path, tmp_path: Path) -> None:
    with serving(tmp_path, "--index", index, "--host", "::1") as server:
        assert httpx.get(f"{server.address}/health").status_code == 200


# Who may be served


def refused(tmp_path: Path, *options: str | Path, **settings: str) -> str:
    """What a server says that does not start, in one line."""
    done = subprocess.run(
        [COMMAND, "serve", "--port", "0", *options],
        cwd=tmp_path,
        env=environment(**settings),
        capture_output=True,
        check=False,
        timeout=PATIENCE,
    )
    told = done.stderr.decode()
    assert done.returncode == 2
    assert told.startswith("error: ")
    assert told.count("\n") == 1
    return told


def test_other_machines_are_not_served_without_keys_unless_asked_for(index: Path, tmp_path: Path) -> None:
    everywhere = "0.0.0.0"  # noqa: S104 - that it is refused is the point
    told = refused(tmp_path, "--index", index, "--host", everywhere)

    assert everywhere in told
    assert "POLICYQA_API_KEYS" in told
    assert "POLICYQA_PUBLIC=true" in told


@pytest.mark.parametrize(
    ("name", "value"),
    [("POLICYQA_API_KEYS", "too-short"), ("POLICYQA_ADMIN_KEYS", "@nowhere"), ("POLICYQA_RATE_LIMIT", "often")],
)
def test_a_setting_that_cannot_be_used_is_told_before_anything_is_built(tmp_path: Path, name: str, value: str) -> None:
    told = refused(tmp_path, **{name: value})

    assert name in told
    assert "too-short" not in told
    assert not (tmp_path / ".policyqa" / "index").exists()


def test_a_server_with_keys_serves_other_machines_and_logs_who_asked(index: Path, tmp_path: Path) -> None:
    made = subprocess.run([COMMAND, "key"], capture_output=True, check=True, timeout=PATIENCE).stdout.decode()
    found = re.fullmatch(r"key     (\S{32})\ndigest  (sha256:[0-9a-f]{64})\n", made)
    assert found
    options = {"POLICYQA_API_KEYS": found[2], "POLICYQA_HOST": "0.0.0.0"}  # noqa: S104
    with serving(tmp_path, "--index", index, **options) as server:
        address = server.address.replace("0.0.0.0", "127.0.0.1")  # noqa: S104
        assert httpx.get(f"{address}/v1/documents").status_code == 401
        assert httpx.get(f"{address}/v1/documents", headers={"Authorization": f"Bearer {found[1]}"}).status_code == 200
        assert server.ended(signal.SIGTERM) == 0  # a line is written when its response is on its way
        lines = [json.loads(line) for line in server.told().splitlines() if line.startswith("{")]

    assert [(line["path"], line["status"], bool(line["key"])) for line in lines] == [
        ("/v1/documents", 401, False),
        ("/v1/documents", 200, True),
    ]
    assert found[1] not in server.told()


def test_uploaded_documents_are_served_by_the_next_server_and_indexed_with_the_corpus(tmp_path: Path) -> None:
    corpus = tmp_path / "texts"
    corpus.mkdir()
    (corpus / "园区.txt").write_text("行动计划支持不少于50个实体园区。", encoding="utf-8")
    key = "the-key-of-an-admin"
    settings = {"POLICYQA_CORPUS": str(corpus), "POLICYQA_ADMIN_KEYS": key}
    headers = {"Authorization": f"Bearer {key}"}
    with serving(tmp_path, **settings) as server:
        put = httpx.put(f"{server.address}/v1/documents/淡化", json={"text": "海水淡化每吨补助三元。"}, headers=headers)
        job = f"{server.address}{put.headers['location']}"
        given_up = time.monotonic() + PATIENCE
        while httpx.get(job, headers=headers).json()["state"] != "done" and time.monotonic() < given_up:
            time.sleep(0.1)
        server.ended(signal.SIGTERM)
    subprocess.run([COMMAND, "index"], cwd=tmp_path, env=environment(**settings), check=True, timeout=PATIENCE)
    with serving(tmp_path, **settings) as server:
        documents = httpx.get(f"{server.address}/v1/documents").json()["documents"]
        assert [document["id"] for document in documents] == ["园区", "淡化"]
