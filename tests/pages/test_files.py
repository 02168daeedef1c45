"""What other sites load, as it goes over the wire. No browser is needed here."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from api import create_app
from qa import pages
from qa.ask import Assistant
from qa.pages.suggest_questions import suggest_questions

HOST = "https://host.example"
LIMIT = 16_000
"""Bytes of the widget, compressed: what a visitor of a page that embeds it has to load."""
WIDGET = (Path(pages.__file__).parent / "widget.js").read_bytes()
FILES = ["/widget.js", "/pages/page.css", "/pages/theme.js", "/pages/document.js", "/pages/icon.svg"]
PAGES = ["/", "/documents", "/documents?q=x&page=9", "/documents/plan", "/documents/plan?view=source"]


@pytest.fixture(scope="module")
def client(records: Assistant) -> Iterator[TestClient]:
    settings = records.settings.model_copy(update={"public": True})
    with TestClient(create_app(settings, records), base_url=HOST) as client:
        yield client


def test_the_widget_is_small() -> None:
    assert len(gzip.compress(WIDGET, 9)) <= LIMIT


def test_the_widget_is_served_whole_compressed_and_to_every_origin(client: TestClient) -> None:
    compressed = client.get("/widget.js", headers={"accept-encoding": "gzip", "origin": "https://other.example"})
    plain = client.get("/widget.js", headers={"accept-encoding": "identity"})

    assert compressed.content == plain.content == WIDGET
    assert compressed.headers["content-encoding"] == "gzip"
    assert int(compressed.headers["content-length"]) <= LIMIT
    assert "content-encoding" not in plain.headers
    for response in (compressed, plain):
        assert response.headers["content-type"] == "text/javascript; charset=utf-8"
        assert response.headers["access-control-allow-origin"] == "*"
        assert response.headers["cross-origin-resource-policy"] == "cross-origin"
        assert "Accept-Encoding" in response.headers["vary"]


def test_the_description_tells_the_hash_of_what_is_served(client: TestClient) -> None:
    told = client.get("/widget.json").json()
    digest = base64.b64encode(hashlib.sha384(client.get("/widget.js").content).digest()).decode()

    assert told["url"] == "https://host.example/widget.js"
    assert told["integrity"] == f"sha384-{digest}"
    assert told["version"]
    assert f'src="{told["url"]}" integrity="{told["integrity"]}" crossorigin="anonymous"' in told["html"]


@pytest.mark.parametrize(
    ("accepted", "compressed"),
    [
        ("gzip;q=0, identity", False),
        ("gzip; q=0.000", False),
        ("not-gzip", False),
        ("*;q=0", False),
        ("", False),
        ("gzip;q=0.1", True),
        ("br, GZIP", True),
        ("*", True),
    ],
)
def test_a_file_is_compressed_for_who_takes_that(client: TestClient, accepted: str, compressed: bool) -> None:
    response = client.get("/widget.js", headers={"accept-encoding": accepted})

    assert response.content == WIDGET
    assert response.headers.get("content-encoding") == ("gzip" if compressed else None)


@pytest.mark.parametrize("address", FILES)
def test_a_client_that_has_a_file_is_told_so(client: TestClient, address: str) -> None:
    for encoding in ("gzip", "identity"):
        first = client.get(address, headers={"accept-encoding": encoding})
        tag = first.headers["etag"]
        for known in (tag, f"W/{tag}", f'"other", {tag}', f'"one,other",{tag}', "*"):
            again = client.get(address, headers={"accept-encoding": encoding, "if-none-match": known})
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert client.get(address, headers={"if-none-match": '"other"'}).status_code == 200
        assert "max-age" in first.headers["cache-control"]
        assert client.head(address).status_code == 200


@pytest.mark.parametrize("address", PAGES)
def test_a_page_needs_files_of_its_own_host_and_nothing_inline(client: TestClient, address: str) -> None:
    page = client.get(address)

    assert page.status_code == 200
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert page.headers["x-content-type-options"] == "nosniff"
    assert " style=" not in page.text
    assert "<style" not in page.text
    assert "<script>" not in page.text
    assert not re.search(r"<[^>]* on\w+=", page.text)


def test_what_names_texts_is_behind_the_key_and_what_a_page_embeds_is_not(records: Assistant) -> None:
    key = "a-key-of-some-length"
    settings = records.settings.model_copy(update={"api_keys": SecretStr(key)})
    with TestClient(create_app(settings, records), base_url=HOST) as client:
        for address in (*PAGES, "/widget/questions.json"):
            assert client.get(address).status_code == 401
            assert client.get(address, auth=("", key)).status_code == 200
        for address in (*FILES, "/widget.json"):
            assert client.get(address).status_code == 200


def test_behind_a_path_every_link_stays_behind_it(records: Assistant) -> None:
    app = create_app(records.settings.model_copy(update={"public": True}), records)
    with TestClient(app, base_url=HOST, root_path="/policy") as client:
        start, document = client.get("/policy/").text, client.get("/policy/documents/plan").text
        told = client.get("/policy/widget.json").json()

    assert told["url"] == "https://host.example/policy/widget.js"
    for page in (start, document):
        addresses = [part.split('"')[0] for at in ('href="', 'src="') for part in page.split(at)[1:]]
        assert [
            address for address in addresses if address.startswith("/") and not address.startswith("/policy/")
        ] == []


def test_the_examples_are_made_once_for_an_index(client: TestClient, records: Assistant) -> None:
    told = client.get("/widget/questions.json").json()["questions"]

    assert told == suggest_questions(records)
    assert client.get("/widget/questions.json").json()["questions"] == told


def test_whoever_asks_for_the_examples_while_they_are_made_waits_for_them(
    records: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Assistant] = []

    def slowly(assistant: Assistant) -> list[str]:
        made.append(assistant)
        time.sleep(0.3)
        return suggest_questions(assistant)

    monkeypatch.setattr("qa.pages.serve_files.suggest_questions", slowly)
    settings = records.settings.model_copy(update={"public": True})
    with TestClient(create_app(settings, records), base_url=HOST) as client, ThreadPoolExecutor(8) as threads:
        told = list(threads.map(lambda _: client.get("/widget/questions.json").json()["questions"], range(8)))

    assert told == [suggest_questions(records)] * 8
    assert len(made) == 1


@pytest.mark.parametrize(
    "address", ["/documents/no-such", "/documents/plan?view=other", "/documents?page=0", "/?q=" + "x" * 2001]
)
def test_what_cannot_be_shown_is_a_problem(client: TestClient, address: str) -> None:
    response = client.get(address)

    assert response.status_code in {404, 422}
    assert response.headers["content-type"] == "application/problem+json"
