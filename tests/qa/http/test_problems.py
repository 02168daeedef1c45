from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI, HTTPException, Request
from fastapi.testclient import TestClient

from index import errors
from index.errors import PolicyQAError
from qa import errors as online
from qa.http.limit_body import MAX_BODY, LimitBody
from qa.http.problems import STATUS, Problem, as_problem, install

KNOWN = {
    name: kind
    for name, kind in {**vars(errors), **vars(online)}.items()
    if isinstance(kind, type) and issubclass(kind, PolicyQAError) and kind is not PolicyQAError
}
PIECE = 1 << 16


@pytest.fixture
def client() -> TestClient:
    """An application that fails in every way, and one route that reads its body."""
    app = FastAPI()
    install(app)
    app.add_middleware(LimitBody, max_upload=2 * MAX_BODY, max_seconds=0.5)

    @app.get("/known/{name}")
    def known(name: str) -> None:
        more = (30,) if name == "TooManyRequests" else ()
        raise KNOWN[name]("The value 7 is wrong. Take 8.", *more)

    @app.get("/unexpected")
    def unexpected() -> None:
        raise RuntimeError("the password is 1234")

    @app.get("/teapot")
    def teapot() -> None:
        raise HTTPException(418, "short and stout", {"X-Spout": "left"})

    @app.get("/number/{number}")
    def number(number: int) -> int:
        return number

    @app.post("/body")
    async def body(request: Request) -> int:
        return len(await request.body())

    return TestClient(app, raise_server_exceptions=False)


def read(response: Any) -> dict[str, Any]:
    """The problem that a response is, after checking that it is one."""
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert {"type", "title", "status", "detail"} <= body.keys()
    assert body["status"] == response.status_code
    assert all(isinstance(body[name], str) and body[name] for name in ("type", "title", "detail"))
    return body


def pieces(length: int) -> Iterator[bytes]:
    for start in range(0, length, PIECE):
        yield b" " * min(PIECE, length - start)


def test_every_error_has_a_status_of_its_own() -> None:
    assert set(STATUS) == set(KNOWN.values())


@pytest.mark.parametrize("name", KNOWN)
def test_an_error_that_the_user_can_mend_says_what_it_says_under_its_own_name(client: TestClient, name: str) -> None:
    response = client.get(f"/known/{name}")
    body = read(response)

    assert response.status_code == STATUS[KNOWN[name]]
    assert body["detail"] == "The value 7 is wrong. Take 8."
    assert body["type"].startswith("urn:policyqa:")


def test_a_problems_name_is_the_broken_rule_in_words(client: TestClient) -> None:
    body = read(client.get("/known/UnknownDocument"))

    assert (body["type"], body["title"]) == ("urn:policyqa:unknown-document", "Unknown document")


def test_an_unexpected_error_is_told_without_what_is_inside_and_logged_with_it(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, "policyqa"):
        response = client.get("/unexpected")

    assert response.status_code == 500
    read(response)
    assert "1234" not in response.text
    assert "RuntimeError" not in response.text
    assert "Traceback" not in response.text
    assert "the password is 1234" in caplog.text
    assert "GET /unexpected" in caplog.text


def test_an_http_error_keeps_its_status_words_and_headers(client: TestClient) -> None:
    response = client.get("/teapot")

    assert response.status_code == 418
    assert read(response)["detail"] == "short and stout"
    assert response.headers["x-spout"] == "left"


def test_an_unknown_route_is_named(client: TestClient) -> None:
    response = client.get("/nowhere")

    assert response.status_code == 404
    assert "/nowhere" in read(response)["detail"]


def test_a_wrong_method_is_told_which_one_is_right(client: TestClient) -> None:
    response = client.put("/body")

    assert response.status_code == 405
    assert response.headers["allow"] == "POST"
    read(response)


def test_an_invalid_value_is_told_with_its_place(client: TestClient) -> None:
    response = client.get("/number/seven")
    body = read(response)

    assert response.status_code == 422
    assert [error["field"] for error in body["errors"]] == ["path.number"]
    assert "path.number" in body["detail"]


@pytest.mark.parametrize("length", [0, 1, MAX_BODY - 1, MAX_BODY])
def test_a_body_up_to_the_limit_is_read_whole(client: TestClient, length: int) -> None:
    assert client.post("/body", content=b" " * length).json() == length
    assert client.post("/body", content=pieces(length)).json() == length


@pytest.mark.parametrize("length", [MAX_BODY + 1, 4 * MAX_BODY])
def test_a_body_over_the_limit_is_refused_whether_it_is_announced_or_just_comes(
    client: TestClient, length: int
) -> None:
    for response in (
        client.post("/body", content=b" " * length),
        client.post("/body", content=pieces(length)),
        client.post("/body", content=b" " * length, headers={"content-length": "1"}),
    ):
        assert response.status_code == 413
        assert str(MAX_BODY) in read(response)["detail"]


@pytest.mark.parametrize("announced", ["9" * 20, "9" * 5000])
def test_a_body_that_is_only_announced_too_large_is_refused(client: TestClient, announced: str) -> None:
    response = client.post("/body", content=b"{}", headers={"content-length": announced})

    assert response.status_code == 413
    read(response)


@pytest.mark.parametrize("announced", ["", "-1", "many", "\N{SUPERSCRIPT TWO}"])
def test_an_announced_length_that_is_no_number_does_not_fail_the_server(client: TestClient, announced: str) -> None:
    response = client.post("/body", content=b"{}", headers={b"content-length": announced.encode("latin-1")})

    assert response.status_code < 500


def test_a_problem_says_no_more_than_it_was_given() -> None:
    response = as_problem(Problem(429, "Too many questions.", headers={"Retry-After": "1"}))

    assert response.headers["retry-after"] == "1"
    assert bytes(response.body) == (
        b'{"type":"about:blank","title":"Too Many Requests","status":429,"detail":"Too many questions."}'
    )
