from __future__ import annotations

import html
import json
import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, get_args
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from api import create_app
from index.clean.fold import Script, is_folded, to_traditional
from index.search_dense import Rows, Scores
from index.settings import Settings
from qa.answer import NOTHING, NOTHING_LEFT
from qa.ask import Assistant
from qa.http.limit_body import MAX_BODY
from qa.http.openai import PATHS as OPENAI
from tests.conftest import CORPUS
from tests.stubs import HOSTILE, assistant_over, remembering

SCRIPTS: tuple[Script, ...] = get_args(Script)
QUESTIONS = ["行动计划支持多少个实体园区？", "七條鏈包括哪些", "中央财政投入多少资金", "今天天气怎么样"]
IDS = ["a/b", "a b", "文件 甲", "a?b#c", '"<b>&', "a//b", "/a", "a/", "paragraphs", "[x]", "a+b", "(2022)54号", "a;b=c"]
JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module")
def client(settings: Settings, assistant: Assistant) -> Iterator[TestClient]:
    with TestClient(create_app(settings, remembering(assistant))) as client:
        yield client


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Documents whose ids are awkward in an address."""
    records: list[dict[str, object]] = [{"_id": name, "text": f"支持园区建设{name}。\n第二段。"} for name in IDS]
    assistant = assistant_over(records, tmp_path_factory.mktemp("odd"))
    with TestClient(create_app(assistant.settings, assistant)) as client:
        yield client


def asked(client: TestClient, question: str, **fields: object) -> Any:
    response = client.post("/v1/ask", json={"question": question, **fields})
    assert response.status_code == 200, response.text
    return response.json()


def problem(response: Any, status: int) -> Any:
    """The problem that a response is, after checking that it is this one."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert body["status"] == status
    assert all(isinstance(body[name], str) and body[name] for name in ("type", "title", "detail"))
    return body


def without_time(reply: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in reply.items() if name not in {"id", "took_ms"}}


# What is asked and answered


def test_a_reply_has_the_documented_fields(client: TestClient) -> None:
    body = asked(client, "行动计划支持多少个实体园区？")
    (passage, *_) = body["passages"]

    assert body.keys() >= {"question", "answer", "passages", "index", "took_ms"}
    assert body["answer"].keys() >= {"answerable", "confidence", "text", "citations"}
    assert passage.keys() >= {"rank", "score", "scores", "text", "highlights", "citation"}
    assert passage["scores"].keys() >= {"lexical", "dense"}
    assert passage["citation"].keys() >= {
        *("id", "document_id", "title", "issuer", "document_number", "issued_on", "paragraph_id", "paragraph"),
        *("start", "end", "source_start", "source_end", "page", "quote", "url"),
    }
    assert body["index"].keys() >= {"version", "model", "documents", "passages"}
    assert isinstance(body["took_ms"], float)
    assert body["question"] == "行动计划支持多少个实体园区？"


@pytest.mark.parametrize("in_words", [str, to_traditional], ids=["simplified", "traditional"])
def test_a_question_is_answered_with_a_cited_passage(client: TestClient, in_words: type[str]) -> None:
    body = asked(client, in_words("行动计划支持多少个实体园区打造特色载体？"))

    assert body["answer"]["answerable"] is True
    assert "不少于50个实体园区" in body["answer"]["text"]
    assert 1 in body["answer"]["citations"]
    assert "不少于50个实体园区" in body["passages"][0]["citation"]["quote"]


@pytest.mark.parametrize(
    ("question", "nothing"), [("今天天气怎么样", NOTHING), ("今天天氣怎麼樣", to_traditional(NOTHING))]
)
def test_what_nothing_answers_is_told_in_the_questions_script_with_the_nearest_marked_as_such(
    client: TestClient, question: str, nothing: str
) -> None:
    body = asked(client, question)

    assert body["answer"] == {
        "answerable": False,
        "confidence": body["answer"]["confidence"],
        "text": nothing,
        "citations": [],
    }
    assert [passage["nearest"] for passage in body["passages"]] == [True] * 5
    assert [passage["highlights"] for passage in body["passages"]] == [[]] * 5


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("script", SCRIPTS)
def test_the_text_of_a_passage_is_its_quote_and_its_slice_of_the_paragraph(
    client: TestClient, question: str, script: Script
) -> None:
    for passage in asked(client, question, script=script, top_k=100)["passages"]:
        citation = passage["citation"]
        address = f"/v1/documents/{quote(citation['document_id'], safe='')}/paragraphs/{citation['paragraph']}"
        paragraph = client.get(address, params={"script": script}).json()

        assert paragraph["id"] == citation["paragraph_id"]
        assert passage["text"] == citation["quote"] == paragraph["text"][citation["start"] : citation["end"]]


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_source_span_of_a_citation_lies_in_the_untouched_file(client: TestClient, question: str) -> None:
    for passage in asked(client, question, script="original", top_k=100)["passages"]:
        citation = passage["citation"]
        address = f"/v1/documents/{citation['document_id']}/paragraphs/{citation['paragraph']}"
        edits = client.get(address).json()["edits"]
        start, end = citation["source_start"], citation["source_end"]
        text = (CORPUS / f"{citation['document_id']}.txt").read_bytes().decode("utf-8")[start:end]
        for edit in reversed(edits):
            if start <= edit["start"] and edit["end"] <= end:
                text = text[: edit["start"] - start] + edit["after"] + text[edit["end"] - start :]

        assert text == citation["quote"]


@pytest.mark.parametrize("question", QUESTIONS)
def test_offsets_scores_and_highlights_are_the_same_in_every_script(client: TestClient, question: str) -> None:
    replies = [asked(client, question, script=script) for script in SCRIPTS]
    for reply in replies:
        for passage in reply["passages"]:
            assert len(passage["text"]) == passage["citation"]["end"] - passage["citation"]["start"]
            passage["text"] = passage["citation"]["quote"] = ""
            passage["citation"] |= {"title": "", "issuer": "", "document_number": ""}
        reply["answer"]["text"] = ""

    assert without_time(replies[0]) == without_time(replies[1]) == without_time(replies[2])


def test_the_script_asked_for_is_the_one_shown(client: TestClient) -> None:
    simplified, traditional = (
        asked(client, "七条链包括哪些", script=script) for script in ("simplified", "traditional")
    )

    assert "“七條鏈”為重點" in traditional["answer"]["text"]
    assert "“七條鏈”為重點" in traditional["passages"][0]["text"]
    assert is_folded(traditional["answer"]["text"], simplified["answer"]["text"])


def test_marks_in_the_answer_refer_to_the_passages_that_come_with_it(client: TestClient) -> None:
    body = asked(client, "四种典型模式")
    highlighted = [passage["citation"]["id"] for passage in body["passages"] if passage["highlights"]]

    assert body["answer"]["citations"] == highlighted
    assert all(f"[{number}]" in body["answer"]["text"] for number in highlighted)
    for passage in body["passages"]:
        for start, end in passage["highlights"]:
            assert f"{passage['text'][start:end].strip()}[{passage['rank']}]" in body["answer"]["text"]


def test_the_same_question_gets_the_same_reply(client: TestClient) -> None:
    first, second = (asked(client, "中央财政投入多少资金", top_k=100) for _ in range(2))

    assert without_time(first) == without_time(second)


def test_the_turn_before_is_understood(client: TestClient) -> None:
    history = [{"role": "user", "content": "行动计划是什么"}, {"role": "assistant", "content": "一份文件。"}]

    assert "不少于50个实体园区" in asked(client, "那它支持多少个园区", history=history)["passages"][0]["text"]


def test_filters_choose_the_documents(client: TestClient) -> None:
    everything = asked(client, "大中小企业融通", top_k=100)["passages"]
    dated = asked(client, "大中小企业融通", top_k=100, filters={"issued_from": "2022-05-16", "issued_to": "2022-05-16"})

    assert sorted(passage["citation"]["paragraph_id"] for passage in dated["passages"]) == sorted(
        passage["citation"]["paragraph_id"]
        for passage in everything
        if passage["citation"]["issued_on"] == "2022-05-16"
    )
    assert 0 < len(dated["passages"]) < len(everything)


def test_filters_that_match_nothing_are_an_answer_and_no_error(client: TestClient) -> None:
    body = asked(client, "七条链包括哪些", filters={"document_ids": ["nowhere"]})

    assert body["passages"] == []
    assert body["answer"] == {"answerable": False, "confidence": 0, "text": NOTHING_LEFT, "citations": []}


@pytest.mark.parametrize("question", [*HOSTILE, "园区\n\r\t\x00\x01\x7f\x1b[31m", "\x00园区"])
def test_any_characters_may_be_asked_and_come_back_as_they_were(client: TestClient, question: str) -> None:
    body = asked(client, question)

    assert body["question"] == question
    assert len(body["passages"]) == 5


# Documents


def test_the_documents_of_the_index_are_listed(client: TestClient, assistant: Assistant) -> None:
    body = client.get("/v1/documents").json()

    assert body["total"] == len(assistant.index.documents)
    assert {document["id"]: document["paragraphs"] for document in body["documents"]} == {
        document.id: len(document.paragraphs) for document in assistant.index.documents.values()
    }


def test_pages_of_the_list_make_up_the_whole(odd: TestClient) -> None:
    pages = [odd.get("/v1/documents", params={"offset": at, "limit": 4}).json() for at in range(0, 20, 4)]

    assert [page["total"] for page in pages] == [len(IDS)] * 5
    assert [document["id"] for page in pages for document in page["documents"]] == IDS
    assert [len(page["documents"]) for page in pages] == [4, 4, 4, 1, 0]


@pytest.mark.parametrize(
    "query", ["offset=-1", "limit=0", "limit=1001", "limit=many", "offset=1e3", f"offset={'9' * 5000}"]
)
def test_a_page_that_cannot_be_is_invalid(client: TestClient, query: str) -> None:
    problem(client.get(f"/v1/documents?{query}"), 422)


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_document_holds_its_paragraphs(client: TestClient, assistant: Assistant, script: Script) -> None:
    for document in assistant.index.documents.values():
        body = client.get(f"/v1/documents/{document.id}", params={"script": script}).json()
        paragraphs = [
            client.get(f"/v1/documents/{document.id}/paragraphs/{number}", params={"script": script}).json()
            for number in range(1, len(document.paragraphs) + 1)
        ]

        assert body["id"] == document.id
        assert len(body["paragraphs"]) == len(paragraphs)
        for short, long in zip(body["paragraphs"], paragraphs, strict=True):
            assert short.items() <= long.items()
            assert long["source"] == document.source[long["source_start"] : long["source_end"]]


@pytest.mark.parametrize("name", IDS)
def test_a_document_is_found_whatever_its_id(odd: TestClient, name: str) -> None:
    address = f"/v1/documents/{quote(name, safe='')}"

    assert odd.get(address).json()["id"] == name
    assert odd.get(f"{address}/paragraphs/2").json()["id"] == f"{name}:2"


def test_the_address_of_every_citation_leads_to_a_page_with_its_paragraph(odd: TestClient, client: TestClient) -> None:
    for asked_client, question in ((odd, "园区"), (client, "中央财政投入多少资金")):
        for passage in asked(asked_client, question, top_k=100)["passages"]:
            address, fragment = passage["citation"]["url"].split("#")
            page = asked_client.get(address)

            assert page.status_code == 200
            assert page.headers["content-type"].startswith("text/html")
            assert f'id="{fragment}"' in page.text


def test_the_page_and_the_paragraph_show_what_was_repaired_and_by_what(
    client: TestClient, assistant: Assistant
) -> None:
    name, other = "002_7d8cf7461854982d", "000_0484466805c91431"
    page = client.get(f"/documents/{name}").text
    ((shown, words),) = re.findall(r'<mark class="repair" title="([^"]*)">(.*?)</mark>', page)
    repairs = [
        edit
        for paragraph in assistant.index.documents[name].paragraphs
        for edit in client.get(f"/v1/documents/{name}/paragraphs/{paragraph.ordinal}").json()["edits"]
        if edit["evidence"]
    ]

    ((before, after, evidence),) = [(edit["before"], edit["after"], edit["evidence"]) for edit in repairs]
    assert words == after
    assert evidence.startswith(f"{other}:")
    assert evidence in shown
    assert html.escape(before) in shown


@pytest.mark.parametrize("name", ["nowhere", "", "%00", "a%0Ab", "%FF", "%ED%A0%80", "文件", "a/b/c"])
def test_an_unknown_document_is_not_found(client: TestClient, name: str) -> None:
    for address in (f"/v1/documents/{name}", f"/v1/documents/{name}/paragraphs/1"):
        assert problem(client.get(address), 404)["type"] == "urn:policyqa:unknown-document"


def test_an_unknown_paragraph_is_not_found_and_told_which_there_are(client: TestClient, assistant: Assistant) -> None:
    for document in assistant.index.documents.values():
        body = problem(client.get(f"/v1/documents/{document.id}/paragraphs/999"), 404)
        assert f"1 to {len(document.paragraphs)}, not 999" in body["detail"]


@pytest.mark.parametrize("number", ["0", "-1", "x", "1.5", "9" * 30])
def test_a_paragraph_that_is_no_number_from_one_is_invalid(
    client: TestClient, assistant: Assistant, number: str
) -> None:
    (name, *_) = assistant.index.documents

    problem(client.get(f"/v1/documents/{name}/paragraphs/{number}"), 422)


# Health and description


def test_health_and_readiness(client: TestClient, assistant: Assistant) -> None:
    assert client.get("/health").json()["status"] == "ok"
    ready = client.get("/health/ready").json()
    assert ready["status"] == "ready"
    assert ready["index"]["version"] == assistant.index.manifest.version
    assert ready["index"]["passages"] == len(assistant.index.passages)


def test_before_the_index_is_loaded_the_server_is_alive_but_not_ready(settings: Settings, assistant: Assistant) -> None:
    client = TestClient(create_app(settings, assistant))  # not entered, so nothing is loaded

    assert client.get("/health").status_code == 200
    problem(client.get("/health/ready"), 503)
    problem(client.get("/v1/documents"), 503)
    problem(client.post("/v1/ask", json={"question": "园区"}), 503)
    problem(client.post("/v1/feedback", json={"answer_id": "x", "rating": "up"}), 503)
    problem(client.post("/mcp", json={}), 503)
    problem(client.get("/metrics"), 503)


def test_the_interface_describes_itself(client: TestClient) -> None:
    description = client.get("/openapi.json").json()
    docs = client.get("/docs")

    assert {"/v1/ask", "/v1/documents", "/health", "/health/ready"} <= description["paths"].keys()
    assert docs.status_code == 200
    assert "/openapi.json" in docs.text


def test_every_error_is_described_as_a_problem(client: TestClient) -> None:
    described = [
        (path, status, set(response["content"]))
        for path, operations in client.get("/openapi.json").json()["paths"].items()
        for operation in operations.values()
        for status, response in operation["responses"].items()
        if status.startswith(("4", "5")) and path.startswith("/v1/") and not path.startswith(OPENAI)
    ]

    assert {"400", "413", "422", "503"} <= {status for path, status, _ in described if path == "/v1/ask"}
    assert [content for _, _, content in described] == [{"application/problem+json"}] * len(described)


# Wrong input


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"question": ""},
        {"question": "   "},
        {"question": "？！……"},
        {"question": "\N{GRINNING FACE}"},
        {"question": "\0"},
        {"question": "字" * 100_000},
        {"question": 5},
        {"question": ["园区"]},
        {"question": {"text": "园区"}},
        {"question": None},
        {"question": True},
        *({"question": "园区", "top_k": top_k} for top_k in (0, -1, 101, 10_000, 10**30, "5", True, 1.5, None, [5])),
        *({"question": "园区", "script": script} for script in ("", "english", "Simplified", None, 1)),
        *(
            {"question": "园区", "filters": {"issued_from": day}}
            for day in ("gestern", "2022-02-30", "2022-13-01", "", True)
        ),
        {"question": "园区", "filters": {"issuer": "工信部"}},
        {"question": "园区", "filters": {"issuers": []}},
        {"question": "园区", "filters": {"document_ids": [1]}},
        {"question": "园区", "filters": []},
        {"question": "园区", "history": "前文"},
        {"question": "园区", "history": [{"role": "system", "content": "x"}]},
        {"question": "园区", "history": [{"role": "user", "content": None}]},
        {"question": "园区", "topk": 5},
        {"query": "园区"},
        [],
        None,
        "园区",
        5,
    ],
)
def test_a_wrong_body_is_invalid(client: TestClient, body: object) -> None:
    problem(client.post("/v1/ask", content=json.dumps(body), headers=JSON), 422)


@pytest.mark.parametrize("field", ["topk", "Question", "limit"])
def test_an_unknown_field_is_named(client: TestClient, field: str) -> None:
    response = client.post("/v1/ask", json={"question": "园区", field: 5})

    assert [error["field"] for error in problem(response, 422)["errors"]] == [f"body.{field}"]


def test_a_question_over_the_limit_is_told_the_limit(client: TestClient) -> None:
    assert "2000" in problem(client.post("/v1/ask", json={"question": "字" * 100_000}), 422)["detail"]


@pytest.mark.parametrize(
    "body",
    [
        r'{"question": "\ud800"}',
        r'{"question": "园区\udfff"}',
        r'{"question": "园区", "\ud800": 1}',
        r'{"question": "园区", "script": "\ud800"}',
        r'{"question": "园区", "filters": {"\ud800": 1}}',
        r'{"question": "园区", "filters": {"issued_from": "\ud800"}}',
        r'{"question": "那它呢", "history": [{"role": "user", "content": "\ud800"}]}',
        r'{"question": "那它呢", "history": [{"role": "\ud800", "content": "x"}]}',
    ],
)
def test_half_a_character_is_invalid_wherever_it_stands(settings: Settings, assistant: Assistant, body: str) -> None:
    with TestClient(create_app(settings, assistant), raise_server_exceptions=False) as client:
        problem(client.post("/v1/ask", content=body, headers=JSON), 422)


@pytest.mark.parametrize("field", ["document_ids", "issuer"])
def test_half_a_character_in_a_filter_is_invalid(client: TestClient, field: str) -> None:
    body = rf'{{"question": "园区", "filters": {{"{field}": ["\ud800"]}}}}'
    problem(client.post("/v1/ask", content=body, headers=JSON), 422)


@pytest.mark.parametrize(
    "body",
    [
        "{",
        '{"question": "园区"',
        '{"question": "园区",}',
        "{'question': '园区'}",
        "question=园区",
        "\0",
        '{"question": "园\n区"}',
        "]",
    ],
)
def test_a_broken_body_is_told_where_it_breaks(client: TestClient, body: str) -> None:
    assert "not JSON" in problem(client.post("/v1/ask", content=body, headers=JSON), 400)["detail"]


@pytest.mark.parametrize(
    "body",
    [b"\xff\xfe\x00", '{"question": "园区"}'.encode("gb18030"), b"[" * 100_000, b'{"question": ' + b"9" * 5000 + b"}"],
)
def test_a_body_that_no_reader_can_read_is_a_bad_request(client: TestClient, body: bytes) -> None:
    problem(client.post("/v1/ask", content=body, headers=JSON), 400)


def test_no_body_is_invalid(client: TestClient) -> None:
    problem(client.post("/v1/ask"), 422)
    problem(client.post("/v1/ask", content=b"", headers=JSON), 422)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/xml", "nonsense"])
def test_a_body_of_another_type_is_invalid(client: TestClient, kind: str) -> None:
    problem(client.post("/v1/ask", content='{"question": "园区"}', headers={"content-type": kind}), 422)


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "APPLICATION/JSON", "application/vnd.api+json"])
def test_json_is_read_under_each_of_its_names(client: TestClient, kind: str) -> None:
    response = client.post("/v1/ask", content='{"question": "园区"}', headers={"content-type": kind})

    assert response.status_code == 200


def test_a_body_over_the_limit_is_too_large_when_it_is_announced(client: TestClient) -> None:
    body = json.dumps({"question": "a" * MAX_BODY})

    assert str(MAX_BODY) in problem(client.post("/v1/ask", content=body, headers=JSON), 413)["detail"]


def test_a_body_over_the_limit_is_too_large_when_it_just_comes(client: TestClient) -> None:
    def pieces() -> Iterator[bytes]:
        yield b'{"question": "'
        for _ in range(MAX_BODY // 1024 + 1):
            yield b"a" * 1024
        yield b'"}'

    assert str(MAX_BODY) in problem(client.post("/v1/ask", content=pieces(), headers=JSON), 413)["detail"]


def test_a_body_at_the_limit_is_read(client: TestClient) -> None:
    body = '{"question": "园区"}'.encode()
    response = client.post("/v1/ask", content=body + b" " * (MAX_BODY - len(body)), headers=JSON)

    assert response.status_code == 200


@pytest.mark.parametrize("path", ["/nowhere", "/v1", "/v2/ask", "/v1/ask/more", "/v1/%00", "/.env"])
def test_an_unknown_route_is_not_found(client: TestClient, path: str) -> None:
    problem(client.get(path), 404)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/v1/ask", "POST"),
        ("PUT", "/v1/ask", "POST"),
        ("DELETE", "/v1/documents", "GET"),
        ("POST", "/health", "GET"),
        ("PATCH", "/v1/documents/x/paragraphs/1", "GET"),
    ],
)
def test_a_wrong_method_is_told_the_right_one(client: TestClient, method: str, path: str, allowed: str) -> None:
    response = client.request(method, path)

    problem(response, 405)
    assert response.headers["allow"] == allowed


class BrokenLexicalStore:
    """Fails as no store should."""

    def search(self, question: str, k: int, allowed: Rows | None = None) -> tuple[Rows, Scores]:
        raise RuntimeError(f"cannot open /secret/folder for {question}, {k}, {allowed}")

    def rarity(self, term: str) -> float:
        raise RuntimeError(term)


def test_an_unexpected_error_is_told_without_what_is_inside_and_the_server_goes_on(
    settings: Settings, assistant: Assistant, caplog: pytest.LogCaptureFixture
) -> None:
    broken = replace(assistant, index=replace(assistant.index, lexical=BrokenLexicalStore()))
    with TestClient(create_app(settings, broken), raise_server_exceptions=False) as client:
        with caplog.at_level(logging.ERROR, "policyqa"):
            response = client.post("/v1/ask", json={"question": "园区"})

        problem(response, 500)
        assert client.get("/health/ready").status_code == 200
    assert not [word for word in ("secret", "RuntimeError", "Traceback", "园区") if word in response.text]
    assert "cannot open /secret/folder" in caplog.text


RECORDS: Sequence[dict[str, object]] = [
    {"_id": "a", "text": "支持园区建设。", "title": "\ud800标题"},
    {"_id": "b", "text": "支持园区建设。", "issuer": "工信部\ud800"},
    {"_id": "c", "text": "支持园区建设。", "number": "\ud800"},
    {"_id": "d", "text": "支持园区建设。", "url": "https://example.org/\ud800"},
    {"_id": "e", "text": "支持园区建设。", "note": "\ud800"},
    {"_id": "f", "text": "支持园区建设。"},
]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: str(record["_id"]))
def test_half_a_character_in_what_was_indexed_never_fails_a_reader(
    record: dict[str, object], tmp_path_factory: pytest.TempPathFactory
) -> None:
    assistant = assistant_over([record, RECORDS[-1] | {"_id": "whole"}], tmp_path_factory.mktemp("half"))
    with TestClient(create_app(assistant.settings, assistant), raise_server_exceptions=False) as client:
        assert asked(client, "园区")["passages"]
        assert client.get("/v1/documents").status_code == 200
        for name in assistant.index.documents:
            assert client.get(f"/v1/documents/{name}").status_code == 200
            assert client.get(f"/v1/documents/{name}/paragraphs/1").status_code == 200
