"""What a person reads who opens a page that fails, and what a program reads at the same address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest
from fastapi.testclient import TestClient

from api import create_app
from qa.ask import Assistant
from qa.http.secure import HEADERS
from tests.pages.conftest import HOSTILE
from tests.qa.http.test_prefer_page import CHROMIUM, FIREFOX
from tests.stubs import assistant_over, keyed

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
KEY = "a-key-of-sixteen-characters"
NOT_FOUND = [("/documents/zz", "没有这份文本"), ("/documents/", "没有这份文本"), ("/nowhere", "没有这个页面")]
FAILED = [
    *((path, 404, title) for path, title in NOT_FOUND),
    ("/documents?page=0&q=%E5%85%83", 422, "地址中的参数有误"),
    ("/documents/a?view=x", 422, "地址中的参数有误"),
]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return assistant_over([{"_id": "a", "text": "支持园区建设。"}], tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def client(small: Assistant) -> Iterator[TestClient]:
    with TestClient(create_app(small.settings, small)) as client:
        yield client


def opened(client: TestClient, path: str, status: int, **headers: str) -> str:
    """The words of the page that a browser gets, after checking that it is one like the others."""
    response = client.get(path, headers={"Accept": CHROMIUM, **headers})
    assert response.status_code == status
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert "Accept" in response.headers["vary"]
    assert {name: response.headers[name] for name in HEADERS} == HEADERS | {"Content-Security-Policy": POLICY}
    assert '<link rel="stylesheet" href="/pages/page.css">' in response.text
    assert '<a href="/">回到提问页</a>' in response.text
    return unescape(response.text)


@pytest.mark.parametrize(("path", "status", "title"), FAILED)
def test_a_browser_reads_what_went_wrong(client: TestClient, path: str, status: int, title: str) -> None:
    page = opened(client, path, status)
    assert f"<h1>{title}</h1>" in page
    if status == 422:
        assert f"不能使用：{re.findall('[?&](page|view)=', path)[0]}。" in page


@pytest.mark.parametrize(("path", "status", "_title"), FAILED)
@pytest.mark.parametrize("accept", ["*/*", "application/json", "application/problem+json, text/html;q=0.5"])
def test_a_program_reads_a_problem_at_the_same_address(
    client: TestClient, path: str, status: int, _title: str, accept: str
) -> None:
    response = client.get(path, headers={"Accept": accept})
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["status"] == response.status_code == status
    assert "Accept" in response.headers["vary"]


@pytest.mark.parametrize(
    ("path", "status"),
    [("/v1/documents/zz", 404), ("/v1/nowhere", 404), ("/v1", 404), ("/v1/ask", 405), ("/metrics/x", 404)],
)
def test_an_interface_of_programs_answers_a_browser_as_it_answers_programs(
    client: TestClient, path: str, status: int
) -> None:
    response = client.get(path, headers={"Accept": FIREFOX})
    assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json")


@pytest.mark.parametrize(("path", "kind"), [("/v1/models/x", "error"), ("/retrieval", "error_code")])
def test_openai_and_dify_answer_a_browser_in_their_own_words(client: TestClient, path: str, kind: str) -> None:
    assert kind in client.get(path, headers={"Accept": FIREFOX}).json()


def test_where_keys_are_set_a_browser_asks_for_one_and_then_says_where_to_get_it(small: Assistant) -> None:
    with TestClient(create_app(keyed(small.settings, api_keys=KEY), small)) as client:
        for path in ("/", "/documents/a", "/nowhere"):
            page = opened(client, path, 401)
            assert "<h1>需要密钥</h1>" in page
            assert "支持园区建设" not in page
        assert "Basic" in client.get("/", headers={"Accept": FIREFOX}).headers["www-authenticate"]
        for wrong in (f"Bearer {KEY}x", "Basic x"):
            assert "<h1>密钥无效</h1>" in opened(client, "/", 401, Authorization=wrong)


def test_who_may_not_read_is_told_what_the_operator_can_do(client: TestClient) -> None:
    page = opened(client, "/", 403, Host="evil.example")
    assert "<h1>只供本机使用</h1>" in page
    assert "POLICYQA_API_KEYS" in page


def test_who_opens_pages_too_often_is_told_when_to_come_back(small: Assistant) -> None:
    settings = small.settings.model_copy(update={"rate_limit": "2/hour"})
    with TestClient(create_app(keyed(settings, api_keys=KEY), small)) as client:
        for _ in range(2):
            client.get("/documents")
        response = client.get("/documents", headers={"Accept": FIREFOX})
    assert response.status_code == 429
    assert f"请在 {response.headers['retry-after']} 秒后重新打开本页" in response.text


def test_before_the_index_is_there_a_browser_is_told_to_wait(small: Assistant) -> None:
    client = TestClient(create_app(small.settings, small))  # not started
    assert "<h1>暂时不能使用</h1>" in opened(client, "/", 503)


def test_a_defect_is_told_without_what_is_inside(small: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    app = create_app(small.settings, small)
    with TestClient(app, raise_server_exceptions=False) as client:
        monkeypatch.setattr(type(small.index.copies), "copy_of", lambda *_: 1 / 0)
        response = client.get("/documents/a", headers={"Accept": FIREFOX})
    assert response.status_code == 500
    assert "<h1>服务出错了</h1>" in response.text
    assert "ZeroDivision" not in response.text


def test_nothing_in_the_address_becomes_part_of_the_page(client: TestClient) -> None:
    for path in ("/documents/", "//", "/"):
        response = client.get(f"http://testserver{path}{HOSTILE}", headers={"Accept": FIREFOX})
        assert response.status_code == 404
        assert "<script>window" not in response.text
        assert "<img" not in response.text
        hrefs = re.findall('<a [^>]*href="([^"]*)"', response.text)
        assert [href for href in hrefs if href not in {"#main", "/", "/documents", "/docs"}] == []


def test_behind_a_path_of_a_proxy_the_way_back_leads_there(small: Assistant) -> None:
    with TestClient(create_app(small.settings, small), root_path="/policy") as client:
        page = client.get("/policy/documents/zz", headers={"Accept": FIREFOX}).text
        hrefs = [href for href in re.findall('<a [^>]*href="([^"]*)"', page) if href != "#main"]
        assert {client.get(href).status_code for href in hrefs} == {200}
