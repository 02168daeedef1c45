from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import ValidationError

from qa.http.ask import AskBody
from qa.question import Filters, Question, Turn


def test_a_question_alone_gets_the_documented_defaults() -> None:
    assert AskBody(question="园区").question_of() == Question("园区", script="simplified")


def test_every_field_of_a_body_reaches_the_question() -> None:
    body = AskBody.model_validate_json(
        """{"question": "那它呢", "top_k": 7, "script": "original", "filters": {"document_ids": ["a", "b"],
        "issuer": ["工信部"], "issued_from": "2022-05-16", "issued_to": "2022-05-17"},
        "history": [{"role": "user", "content": "园区"}, {"role": "assistant", "content": "五十个"}]}"""
    )

    assert body.question_of() == Question(
        "那它呢",
        top_k=7,
        script="original",
        filters=Filters(("a", "b"), ("工信部",), date(2022, 5, 16), date(2022, 5, 17)),
        history=(Turn("user", "园区"), Turn("assistant", "五十个")),
    )


def test_the_body_that_the_design_shows_is_accepted() -> None:
    body = AskBody.model_validate_json(
        """{"question": "行动计划支持多少个实体园区？", "top_k": 5, "script": "simplified",
        "filters": {"document_ids": [], "issuer": [], "issued_from": null, "issued_to": null}, "history": []}"""
    )

    assert body.question_of() == Question("行动计划支持多少个实体园区？", top_k=5)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"question": 5}, "question"),
        ({"question": None}, "question"),
        ({"question": "字" * 2001}, "question"),
        ({"top_k": "5"}, "top_k"),
        ({"top_k": True}, "top_k"),
        ({"top_k": 1.5}, "top_k"),
        ({"top_k": 0}, "top_k"),
        ({"top_k": 101}, "top_k"),
        ({"script": "Simplified"}, "script"),
        ({"topk": 5}, "topk"),
        ({"filters": {"documents": []}}, "filters.documents"),
        ({"filters": {"issuer": "工信部"}}, "filters.issuer"),
        ({"filters": {"issuer": [5]}}, "filters.issuer.0"),
        ({"filters": {"document_ids": ["a"] * 1001}}, "filters.document_ids"),
        ({"filters": {"issued_from": "2022-02-30"}}, "filters.issued_from"),
        ({"filters": None}, "filters"),
        ({"history": [{"role": "system", "content": "x"}]}, "history.0.role"),
        ({"history": [{"role": "user"}]}, "history.0.content"),
        ({"history": [{"role": "user", "content": 5}]}, "history.0.content"),
        ({"history": [{"role": "user", "content": "x"}] * 1001}, "history"),
    ],
)
def test_a_wrong_field_is_named(wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as caught:
        AskBody.model_validate({"question": "园区", **wrong})

    assert [".".join(map(str, error["loc"])) for error in caught.value.errors()] == [field]


@pytest.mark.parametrize(
    "day", ["gestern", "2022-02-30", "2022-5-6", "20220516", "2022-W01-1", 0, 1.5, True, [], "２０２２-05-16"]
)
def test_what_is_no_day_is_told_what_one_looks_like(day: object) -> None:
    with pytest.raises(ValidationError) as caught:
        AskBody.model_validate({"question": "园区", "filters": {"issued_to": day}})

    (error,) = caught.value.errors()
    assert error["loc"] == ("filters", "issued_to")
    assert "such as 2022-05-16" in error["msg"] or "there is no day 2022-02-30" in error["msg"]


def test_a_first_day_after_the_last_is_refused(http: TestClient) -> None:
    filters = {"issued_from": "2022-05-17", "issued_to": "2022-05-16"}
    response = http.post("/v1/ask", json={"question": "园区", "filters": filters})

    assert response.status_code == 422
    assert "issued_from (2022-05-17) is after issued_to (2022-05-16)" in response.json()["detail"]


# Streams


def events(text: str) -> list[tuple[str, Any]]:
    """The events of a stream, read as the document of the interface says they are written."""
    read = []
    for frame in text.removesuffix("\n\n").split("\n\n"):
        name, data = frame.split("\n")
        read.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return read


def streamed(http: TestClient, question: str, **fields: object) -> list[tuple[str, Any]]:
    response = http.post("/v1/ask", json={"question": question, "stream": True, **fields})
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].startswith("text/event-stream")
    return events(response.text)


QUESTIONS = ["行动计划支持多少个实体园区？", "申請補貼應當提交什麼材料", "今天天气怎么样"]


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("script", ["simplified", "traditional", "original"])
def test_a_stream_is_the_passages_then_the_sentences_then_the_whole(
    http: TestClient, question: str, script: str
) -> None:
    (first, passages), *sentences, (last, whole) = streamed(http, question, script=script)

    assert (first, last) == ("passages", "done")
    assert {name for name, _ in sentences} == {"sentence"}
    assert "".join(sentence["text"] for _, sentence in sentences) == whole["answer"]["text"]
    assert (
        sorted({number for _, sentence in sentences for number in sentence["citations"]})
        == (whole["answer"]["citations"])
    )
    text = whole["answer"].pop("text")
    whole.pop("took_ms")
    assert passages == whole
    assert "text" not in passages["answer"]
    assert text


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_stream_ends_with_what_is_answered_without_one(http: TestClient, question: str) -> None:
    (_, whole) = streamed(http, question)[-1]
    plain = http.post("/v1/ask", json={"question": question, "stream": False}).json()

    assert plain.pop("id") != whole.pop("id")
    plain.pop("took_ms")
    whole.pop("took_ms")
    assert plain == whole


def test_every_reply_has_an_id_of_its_own(http: TestClient) -> None:
    ids = [http.post("/v1/ask", json={"question": "园区"}).json()["id"] for _ in range(20)]

    assert len(set(ids)) == 20


@pytest.mark.parametrize("body", [{"question": ""}, {"question": "园区", "top_k": 0}, {}])
def test_what_is_wrong_is_told_before_a_stream_begins(http: TestClient, body: dict[str, object]) -> None:
    response = http.post("/v1/ask", json={**body, "stream": True})

    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"


def test_no_cache_and_no_proxy_may_hold_a_stream_back(http: TestClient) -> None:
    response = http.post("/v1/ask", json={"question": "园区", "stream": True})

    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-accel-buffering"] == "no"
