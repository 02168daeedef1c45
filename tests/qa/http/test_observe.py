from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from api import create_app
from qa.ask import Assistant
from qa.http.observe import ACCESS, log_access
from qa.http.secure import HEADERS
from tests.qa.http.test_http import BrokenLexicalStore
from tests.stubs import keyed

KEY = "the-key-of-somebody"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    before = ACCESS.handlers, ACCESS.level, ACCESS.propagate
    stream = io.StringIO()
    log_access(stream)
    yield stream
    ACCESS.handlers, ACCESS.level, ACCESS.propagate = before


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def broken(assistant: Assistant) -> TestClient:
    wrong = replace(assistant, index=replace(assistant.index, lexical=BrokenLexicalStore()))
    return TestClient(create_app(assistant.settings, wrong), raise_server_exceptions=False)


def test_a_request_is_a_line_of_json_without_the_question(http: TestClient, log: io.StringIO) -> None:
    reply = http.post(
        "/v1/ask", json={"question": "行动计划支持多少个实体园区"}, headers={"X-Request-ID": "abc-1"}
    ).json()
    (line,) = lines(log)

    assert (
        line.items()
        >= {
            "request_id": "abc-1",
            "client": "testclient",
            "key": None,
            "method": "POST",
            "path": "/v1/ask",
            "status": 200,
            "answer_id": reply["id"],
            "answerable": True,
        }.items()
    )
    assert line["bytes"] > 100
    assert line["took_ms"] > 0
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", line["time"])
    assert "园区" not in log.getvalue()


def test_the_question_is_logged_where_that_is_asked_for(small: Assistant, log: io.StringIO) -> None:
    settings = small.settings.model_copy(update={"log_questions": True})
    with TestClient(create_app(settings, replace(small, settings=settings))) as client:
        client.post("/v1/ask", json={"question": "园区\n补贴"})

    assert [line["question"] for line in lines(log)] == ["园区\n补贴"]


def test_a_key_is_logged_by_the_beginning_of_its_digest(small: Assistant, log: io.StringIO) -> None:
    with TestClient(create_app(keyed(small.settings, api_keys=KEY), small)) as client:
        client.get("/v1/documents", headers={"Authorization": f"Bearer {KEY}"})
        client.get("/v1/documents", headers={"Authorization": "Bearer a-key-that-is-wrong"})

    known, unknown = lines(log)
    assert re.fullmatch("[0-9a-f]{8}", known["key"])
    assert (unknown["key"], unknown["status"]) == (None, 401)
    assert KEY not in log.getvalue()
    assert "a-key-that-is-wrong" not in log.getvalue()


@pytest.mark.parametrize("path", ["/health", "/nowhere", "/v1/documents/nowhere", "/docs"])
def test_every_response_has_an_id(http: TestClient, path: str) -> None:
    first, second = (http.get(path).headers["x-request-id"] for _ in range(2))

    assert first != second
    assert re.fullmatch("[0-9a-f]{32}", first)


@pytest.mark.parametrize("given", ["a b", "a\tb", "x" * 129, "", '"quoted"', "é"])
def test_an_id_that_could_break_a_log_is_replaced(http: TestClient, given: str) -> None:
    response = http.get("/health", headers={b"X-Request-ID": given.encode("latin-1")})

    assert re.fullmatch("[0-9a-f]{32}", response.headers["x-request-id"])


def test_a_failure_has_its_id_its_headers_and_its_line(small: Assistant, log: io.StringIO) -> None:
    with broken(small) as client:
        response = client.post("/v1/ask", json={"question": "园区"}, headers={"X-Request-ID": "failed-1"})

    assert response.status_code == 500
    assert response.headers["x-request-id"] == "failed-1"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert [(line["request_id"], line["status"]) for line in lines(log)] == [("failed-1", 500)]


# Headers


@pytest.mark.parametrize(
    "path", ["/health", "/nowhere", "/v1/documents", "/openapi.json", "/documents/办法", "/metrics"]
)
def test_every_response_says_what_a_browser_must_not_do(http: TestClient, path: str) -> None:
    headers = http.get(path).headers

    for name in HEADERS:
        assert headers[name]
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert "unsafe" not in headers["content-security-policy"]


def test_the_description_runs_its_own_script_and_no_other(http: TestClient) -> None:
    page = http.get("/docs")
    policy = page.headers["content-security-policy"]

    assert page.text.count("<script>") == policy.count("'sha256-") == 1
    assert "unsafe" not in policy
    for address in re.findall(r'(?:src|href)="([^"]+)"', page.text):
        assert http.get(address).status_code == 200


def test_behind_a_path_the_description_finds_what_it_loads(small: Assistant) -> None:
    with TestClient(create_app(small.settings, small), root_path="/policy") as client:
        page = client.get("/policy/docs").text
        addresses = [*re.findall(r'(?:src|href)="([^"]+)"', page), *re.findall(r"url: '([^']+)'", page)]

        assert len(addresses) >= 4
        assert [address for address in addresses if not address.startswith("/policy/")] == []
        assert {client.get(address).status_code for address in addresses} == {200}


# Metrics


def values(client: TestClient) -> dict[tuple[str, tuple[str, ...]], float]:
    response = client.get("/metrics")
    assert response.headers["content-type"].startswith("text/plain")
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(response.text)
        for sample in family.samples
    }


def test_requests_answers_and_stages_are_counted(small: Assistant) -> None:
    with TestClient(create_app(small.settings, small)) as client:
        for question in ("行动计划支持多少个实体园区", "今天天气怎么样", "今天天气怎么样"):
            client.post("/v1/ask", json={"question": question})
        for path in ("/v1/documents/办法", "/v1/documents/无题", "/nowhere", "/nowhere/else"):
            client.get(path)
        found = values(client)

    assert found["policyqa_requests_total", ("POST", "/v1/ask", "200")] == 3
    assert found["policyqa_requests_total", ("GET", "/v1/documents/{document_id:text}", "200")] == 2
    assert found["policyqa_requests_total", ("GET", "none", "404")] == 2
    assert found["policyqa_answers_total", ("answered",)] == 1
    assert found["policyqa_answers_total", ("refused",)] == 2
    for stage in ("retrieve", "cite", "answer"):
        assert found["policyqa_stage_seconds_count", (stage,)] == 3
    assert found["policyqa_request_seconds_count", ("POST", "/v1/ask")] == 3
    assert found["policyqa_requests_running", ()] == 1  # this one
    assert found["policyqa_index_held", ("documents",)] == 3
    assert found["policyqa_index_info", ("hashing@64", small.index.manifest.version)] == 1


def test_metrics_do_not_grow_with_what_is_asked_for(http: TestClient) -> None:
    before = len(values(http))
    for number in range(50):
        http.get(f"/v1/documents/{number}")
        http.get(f"/nowhere/{number}")
        http.request(f"METHOD{number}", "/health")
    found = values(http)

    assert len(found) <= before + 60
    assert sum(count for (name, labels), count in found.items() if name.endswith("s_total") and "other" in labels) == 50


def test_the_access_log_is_silent_until_it_is_given_a_stream(
    http: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        http.get("/health")
    assert caplog.text == ""
