from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api import create_app
from index.errors import InvalidSetting
from qa.ask import Assistant
from qa.errors import TooManyRequests
from qa.http.guard import RateLimit
from tests.stubs import keyed

KEY, OTHER = "the-key-of-somebody", "the-key-of-somebody-else"
HTTP_DOCS = (Path(__file__).parents[3] / "docs" / "http.md").read_text(encoding="utf-8")
CLOSED = [
    "/",
    "/documents",
    "/widget/questions.json",
    "/redoc",
    "/docs/oauth2-redirect",
    "/docs/",
    "/pages",
    "/v1/documents",
    "/v1/documents/办法",
    "/documents/办法",
    "/v1/models",
    "/mcp",
    "/metrics",
    "/v1/jobs",
    "/nowhere",
]
OPEN = [
    "/docs",
    "/health",
    "/health/ready",
    "/openapi.json",
    "/pages/page.css",
    "/static-offline-docs/swagger-ui.css",
    "/widget.js",
    "/widget.json",
]


def client_of(assistant: Assistant, client: tuple[str, int] = ("127.0.0.1", 1), **settings: object) -> TestClient:
    changed = assistant.settings.model_copy(update=settings)
    return TestClient(create_app(changed, assistant), client=client)


@pytest.fixture(scope="module")
def locked(small: Assistant) -> Iterator[TestClient]:
    with TestClient(create_app(keyed(small.settings, api_keys=f"{KEY},{OTHER}"), small)) as client:
        yield client


@pytest.mark.parametrize("path", CLOSED)
def test_where_keys_are_set_everything_with_texts_is_closed(locked: TestClient, path: str) -> None:
    response = locked.get(path)

    assert response.status_code == 401
    assert "Bearer" in response.headers["www-authenticate"]
    assert "办法" not in response.text.replace(path, "")
    assert locked.get(path, headers={"Authorization": f"Bearer {KEY}x"}).status_code == 401
    assert locked.get(path, headers={"Authorization": f"Bearer {KEY}"}).status_code != 401


@pytest.mark.parametrize("path", CLOSED)
def test_what_is_closed_is_kept_in_no_cache_that_several_share(locked: TestClient, path: str) -> None:
    response = locked.get(path, headers={"Authorization": f"Bearer {KEY}"})

    assert "public" not in response.headers.get("cache-control", "")


@pytest.mark.parametrize("path", OPEN)
def test_what_holds_no_text_is_open(locked: TestClient, path: str) -> None:
    assert locked.get(path).status_code == 200


@pytest.mark.parametrize("root", ["/policy", "/policy/qa"])
def test_behind_a_path_of_a_proxy_the_same_is_open_and_closed(small: Assistant, root: str) -> None:
    app = create_app(keyed(small.settings, api_keys=KEY), small)
    with TestClient(app, root_path=root) as client:
        assert {client.get(f"{root}{path}").status_code for path in CLOSED} == {401}
        assert {client.get(f"{root}{path}").status_code for path in OPEN} == {200}
        # The path itself cannot be what opens a door.
        assert client.get("/docs/v1/documents").status_code == 401
    with TestClient(app, root_path="/health") as client:
        assert client.get("/health").status_code == 401
        assert client.get("/health/v1/documents").status_code == 401


def test_behind_a_path_openai_and_dify_clients_are_told_in_their_own_words(small: Assistant) -> None:
    with TestClient(create_app(keyed(small.settings, api_keys=KEY), small), root_path="/policy") as client:
        assert client.post("/policy/v1/chat/completions", json={}).json()["error"]["code"] == "invalid_api_key"
        assert client.post("/policy/retrieval", json={}).json()["error_code"]


def test_what_docs_call_open_is_open(locked: TestClient) -> None:
    (told,) = re.findall("Always open.*?: (.*?), the widget's\\nfiles", HTTP_DOCS, re.DOTALL)
    paths = re.findall("`(/[^`]*)`", told)

    assert len(paths) >= 4
    assert {locked.get(path).status_code for path in paths} == {200}


def test_a_browser_opens_a_cited_page_with_the_key_as_password(locked: TestClient) -> None:
    assert "Basic" in locked.get("/documents/办法").headers["www-authenticate"]
    assert locked.get("/documents/办法", auth=("", KEY)).status_code == 200


def test_a_question_with_a_wrong_key_is_a_problem(locked: TestClient) -> None:
    response = locked.post(
        "/v1/ask", json={"question": "园区"}, headers={"Authorization": "Bearer revoked-revoked-revoked"}
    )

    assert response.status_code == 401
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["type"] == "urn:policyqa:wrong-key"
    assert "revoked-revoked" not in response.text


def test_openai_clients_are_told_of_a_wrong_key_in_their_own_words(locked: TestClient) -> None:
    response = locked.post("/v1/chat/completions", json={}, headers={"Authorization": "Bearer wrong-wrong-wrong"})

    assert (response.status_code, response.json()["error"]["code"]) == (401, "invalid_api_key")


def test_without_keys_other_machines_are_refused(small: Assistant) -> None:
    with client_of(small, ("203.0.113.7", 1)) as client:
        assert client.post("/v1/ask", json={"question": "园区"}).status_code == 403
        assert client.get("/health").status_code == 200
    with client_of(small, ("203.0.113.7", 1), public=True) as client:
        assert client.post("/v1/ask", json={"question": "园区"}).status_code == 200


def test_a_foreign_name_that_leads_here_is_refused(small: Assistant) -> None:
    with client_of(small) as client:
        assert client.get("/v1/documents", headers={"Host": "evil.example"}).status_code == 403
        assert client.get("/v1/documents", headers={"Host": "localhost:8000"}).status_code == 200


# How often


def test_requests_over_the_limit_wait(small: Assistant) -> None:
    with client_of(small, rate_limit="3/minute") as client:
        statuses = [client.get("/v1/documents").status_code for _ in range(5)]
        response = client.get("/v1/documents")

    assert statuses == [200, 200, 200, 429, 429]
    assert 1 <= int(response.headers["retry-after"]) <= 60
    assert response.json()["type"] == "urn:policyqa:too-many-requests"


def test_what_is_open_is_not_counted(small: Assistant) -> None:
    with client_of(small, rate_limit="1/minute") as client:
        assert {client.get("/health").status_code for _ in range(5)} == {200}
        assert client.get("/v1/documents").status_code == 200


def test_each_key_is_counted_for_itself_and_wrong_ones_by_address(small: Assistant) -> None:
    settings = keyed(small.settings, api_keys=f"{KEY},{OTHER}").model_copy(update={"rate_limit": "2/day"})
    with TestClient(create_app(settings, small)) as client:

        def statuses(key: str) -> list[int]:
            headers = {"Authorization": f"Bearer {key}"}
            return [client.get("/v1/documents", headers=headers).status_code for _ in range(3)]

        assert statuses(KEY) == [200, 200, 429]
        assert statuses(OTHER) == [200, 200, 429]
        assert statuses("guess-number-one-x") == [401, 401, 429]
        assert statuses("guess-number-two-x") == [429, 429, 429]


def test_openai_and_dify_are_told_to_wait_in_their_own_words(small: Assistant) -> None:
    with client_of(small, rate_limit="1/hour") as client:
        client.get("/v1/documents")
        chat, dify = client.post("/v1/chat/completions", json={}), client.post("/retrieval")

    assert chat.json()["error"]["code"] == "rate_limit_exceeded"
    assert dify.json()["error_code"] == 429
    assert chat.headers["retry-after"]
    assert dify.headers["retry-after"]


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        ("203.0.113.7", "203.0.113.8", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
    ],
)
def test_an_address_is_counted_for_itself_and_of_ipv6_its_network(
    small: Assistant, first: str, second: str, together: bool
) -> None:
    app = create_app(small.settings.model_copy(update={"rate_limit": "1/hour", "public": True}), small)
    with TestClient(app, client=(first, 1)) as one:
        assert one.get("/v1/documents").status_code == 200
        assert one.get("/v1/documents").status_code == 429
        other = TestClient(app, client=(second, 1))
        assert other.get("/v1/documents").status_code == (429 if together else 200)


@pytest.mark.parametrize("written", ["many", "0", "5/fortnight", "-1/second", "5"])
def test_a_limit_that_is_none_is_refused_by_name(small: Assistant, written: str) -> None:
    with pytest.raises(InvalidSetting, match="POLICYQA_RATE_LIMIT"):
        create_app(small.settings.model_copy(update={"rate_limit": written}), small)


def test_several_limits_hold_together() -> None:
    limit = RateLimit("3/second;4/hour")
    for _ in range(3):
        limit.count("x")
    with pytest.raises(TooManyRequests) as caught:
        limit.count("x")
    assert caught.value.retry_after == 1


# Other origins


ORIGIN = "https://www.example.org"


def preflight(client: TestClient, origin: str) -> int:
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    return client.options("/v1/ask", headers=headers).status_code


def test_pages_of_an_origin_that_is_named_may_ask_and_no_others(small: Assistant) -> None:
    with client_of(small, cors_origins=f"{ORIGIN}, https://other.example.org") as client:
        allowed = client.post("/v1/ask", json={"question": "园区"}, headers={"Origin": ORIGIN})
        foreign = client.post("/v1/ask", json={"question": "园区"}, headers={"Origin": "https://evil.example"})

        assert allowed.headers["access-control-allow-origin"] == ORIGIN
        assert "X-Request-ID" in allowed.headers["access-control-expose-headers"]
        assert "access-control-allow-origin" not in foreign.headers
        assert (preflight(client, ORIGIN), preflight(client, "https://evil.example")) == (200, 400)


def test_pages_of_no_other_origin_may_ask_unless_named(small: Assistant) -> None:
    with client_of(small) as client:
        assert preflight(client, ORIGIN) == 400
        assert client.post("/v1/ask", json={"question": "园区"}).status_code == 200  # no origin at all


def test_an_origin_is_told_of_errors_too(small: Assistant) -> None:
    with client_of(small, cors_origins=ORIGIN, rate_limit="1/hour") as client:
        client.get("/v1/documents")
        refused = client.post("/v1/ask", json={"question": "园区"}, headers={"Origin": ORIGIN})

        assert refused.status_code == 429
        assert refused.headers["access-control-allow-origin"] == ORIGIN
