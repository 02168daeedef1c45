from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api import create_app
from qa.ask import Assistant
from tests.stubs import assistant_over, keyed

PLAN, RULES, UNTITLED = "行动计划", "办法", "无题"
KEY = "a key of a server".replace(" ", "-")


def asked(http: TestClient, query: str = "实体园区补贴通知", top_k: int = 10, **fields: Any) -> Any:
    setting = {"top_k": top_k, "score_threshold": fields.pop("score_threshold", 0.0)}
    response = http.post(
        "/retrieval", json={"knowledge_id": "policyqa", "query": query, "retrieval_setting": setting, **fields}
    )
    assert response.status_code == 200, response.text
    return response.json()["records"]


def found(http: TestClient, *conditions: tuple[object, str, object], operator: str | None = "and") -> set[str]:
    """The documents that meet conditions of name, operator and value."""
    condition = {
        "logical_operator": operator,
        "conditions": [
            {"name": name, "comparison_operator": compared, **({} if value is None else {"value": value})}
            for name, compared, value in conditions
        ],
    }
    return {record["metadata"]["document_id"] for record in asked(http, metadata_condition=condition)}


def test_a_record_is_a_passage_with_its_document_and_its_place(http: TestClient) -> None:
    (record, *_) = asked(http, "行动计划支持多少个实体园区")

    assert record["content"] == "行动计划支持不少于50个实体园区打造特色载体。"
    assert record["title"] == "融通发展行动计划"
    assert 0 < record["score"] <= 1
    assert (
        record["metadata"].items()
        >= {
            "document_id": PLAN,
            "title": "融通发展行动计划",
            "issuer": "工业和信息化部",
            "document_number": "工信部联企业〔2022〕54号",
            "issued_on": "2022-05-16",
            "url": "https://example.org/plan",
            "level": 3,
            "paragraph_id": f"{PLAN}:1",
            "paragraph": 1,
            "start": 0,
            "end": len(record["content"]),
        }.items()
    )
    assert record["metadata"]["page"].endswith("#p1")


def test_the_metadata_of_a_record_is_an_object_without_null(http: TestClient) -> None:
    for record in asked(http):
        assert isinstance(record["metadata"], dict)
        assert None not in record["metadata"].values()


@pytest.mark.parametrize("top_k", [1, 2, 100])
def test_no_more_records_come_than_asked_for_and_the_best_first(http: TestClient, top_k: int) -> None:
    scores = [record["score"] for record in asked(http, top_k=top_k)]

    assert len(scores) == min(top_k, 5)
    assert scores == sorted(scores, reverse=True)


def test_a_threshold_keeps_what_reaches_it(http: TestClient) -> None:
    every = asked(http)
    least = every[1]["score"]

    assert asked(http, score_threshold=least) == [record for record in every if record["score"] >= least]
    assert asked(http, score_threshold=None) == every
    assert asked(http, "今天天气怎么样", score_threshold=1.0) == []


@pytest.mark.parametrize(
    ("condition", "documents"),
    [
        (("title", "contains", "行动"), {PLAN}),
        (("title", "contains", "行動"), {PLAN}),
        (("title", "not contains", "行动"), {RULES, UNTITLED}),
        (("title", "start with", "补贴"), {RULES}),
        (("title", "start with", "管理"), set()),
        (("title", "end with", "办法"), {RULES}),
        (("issuer", "is", "财政部"), {RULES}),
        (("issuer", "is", "財政部"), {RULES}),
        (("issuer", "is", "财政"), set()),
        (("issuer", "is not", "财政部"), {PLAN, UNTITLED}),
        (("issuer", "in", ["财政部", "工业和信息化部"]), {RULES, PLAN}),
        (("issuer", "in", "财政部, 教育部"), {RULES}),
        (("issuer", "in", []), set()),
        (("issuer", "not in", ["财政部"]), {PLAN, UNTITLED}),
        (("issuer", "empty", None), {UNTITLED}),
        (("issuer", "not empty", None), {PLAN, RULES}),
        (("issuer", "null", None), {UNTITLED}),
        (("issuer", "not null", None), {PLAN, RULES}),
        (("document_number", "is", "工信部联企业〔2022〕54号"), {PLAN}),
        (("document_id", "is", RULES), {RULES}),
        (("url", "start with", "https://example.org/"), {PLAN}),
        (("issued_on", "not empty", None), {PLAN, RULES}),
        (("valid_from", "empty", None), {PLAN, RULES, UNTITLED}),
        (("level", "=", 3), {PLAN}),
        (("level", "=", "3.0"), {PLAN}),
        (("level", "≠", 3), {RULES, UNTITLED}),
        (("level", ">", 2), {PLAN}),
        (("level", ">", 3), set()),
        (("level", "<", "3.5"), {PLAN}),
        (("level", "≥", 3), {PLAN}),
        (("level", "≤", 2.9), set()),
        (("issued_on", "before", "2022-05-16"), {RULES}),
        (("issued_on", "before", "2022年5月17日"), {RULES, PLAN}),
        (("issued_on", "after", "2020-02-01"), {PLAN}),
        (("issued_on", "after", 1580428800), {RULES, PLAN}),
        (("issued_on", "after", "1580601600"), {PLAN}),
        (("issued_on", "≥", "2020-02-01"), {RULES, PLAN}),
        (("issued_on", "≤", "2020-02-01"), {RULES}),
        (("issued_on", ">", "2020-02-01"), {PLAN}),
        (("issued_on", "after", 1580601600), {PLAN}),
        (("issued_on", "after", "2020"), {PLAN}),
        (("issued_on", "after", " 2019 "), {RULES, PLAN}),
        (("issued_on", "before", "2022"), {RULES}),
        (("issued_on", "before", "2020"), set()),
        (("issued_on", ">", "2020"), {PLAN}),
        (("issued_on", "<", "2022"), {RULES}),
        (("issued_on", "≥", "2021"), {PLAN}),
        (("issued_on", "≥", "2020"), {RULES, PLAN}),
        (("issued_on", "≤", "2020"), {RULES}),
        (("issued_on", "≤", "2022"), {RULES, PLAN}),
        (("issued_on", "after", "20200201"), {PLAN}),
        (("issued_on", "before", "20200202"), {RULES}),
        (("issued_on", "≥", "20200202"), {PLAN}),
        (("issued_on", ">", "158060"), set()),
        (("issued_on", "is", "2020-02-01"), {RULES}),
        (("nowhere", "empty", None), {PLAN, RULES, UNTITLED}),
        (("nowhere", "contains", "x"), set()),
        ((["issuer", "title"], "contains", "工业"), {PLAN}),
        ((["issuer", "title"], "not contains", "补贴"), {PLAN, UNTITLED}),
    ],
)
def test_an_operator_lets_through_what_meets_it(
    http: TestClient, condition: tuple[object, str, object], documents: set[str]
) -> None:
    assert found(http, condition) == documents


@pytest.mark.parametrize(("operator", "documents"), [("and", set()), ("or", {PLAN, RULES}), (None, set())])
def test_conditions_are_joined(http: TestClient, operator: str | None, documents: set[str]) -> None:
    assert found(http, ("title", "contains", "行动"), ("issuer", "is", "财政部"), operator=operator) == documents


@pytest.mark.parametrize("condition", [None, {}, {"conditions": []}, {"conditions": None}])
def test_no_condition_lets_everything_through(http: TestClient, condition: object) -> None:
    assert len(asked(http, metadata_condition=condition)) == 5


@pytest.mark.parametrize(
    "condition",
    [
        {"name": "title", "comparison_operator": "contains"},
        {"name": "title", "comparison_operator": "like", "value": "x"},
        {"name": "title", "comparison_operator": "is", "value": ["x"]},
        {"name": "title", "comparison_operator": "in", "value": 5},
        {"name": "issued_on", "comparison_operator": "before", "value": "gestern"},
        {"name": "issued_on", "comparison_operator": "after", "value": 1e300},
        {"name": "issued_on", "comparison_operator": "after", "value": "9" * 5000},
        {"name": "issued_on", "comparison_operator": "after", "value": "0000"},
        {"name": "issued_on", "comparison_operator": "after", "value": "201501"},
        {"name": "issued_on", "comparison_operator": "after", "value": "20151301"},
        {"name": "issued_on", "comparison_operator": "before", "value": "12345678901.5"},
        {"name": "level", "comparison_operator": ">", "value": "many"},
        {"name": [], "comparison_operator": "is", "value": "x"},
        {"comparison_operator": "is", "value": "x"},
    ],
)
def test_a_condition_that_cannot_be_met_or_missed_is_refused(http: TestClient, condition: dict[str, object]) -> None:
    response = http.post(
        "/retrieval",
        json={
            "knowledge_id": "policyqa",
            "query": "园区",
            "retrieval_setting": {"top_k": 1},
            "metadata_condition": {"conditions": [condition]},
        },
    )

    assert response.status_code == 422
    assert response.json()["error_code"] == 422
    assert "metadata_condition" in response.json()["error_msg"]


def test_a_probe_without_a_body_is_invalid_and_nothing_else(http: TestClient) -> None:
    response = http.post("/retrieval")

    assert response.status_code == 422
    assert response.json().keys() == {"error_code", "error_msg"}


def test_an_unknown_knowledge_base_is_told(http: TestClient) -> None:
    body = {"knowledge_id": "other", "query": "园区", "retrieval_setting": {"top_k": 1, "score_threshold": 0}}
    response = http.post("/retrieval", json=body)

    assert response.status_code == 404
    assert response.json()["error_code"] == 2001
    assert "'other'" in response.json()["error_msg"]


@pytest.fixture(scope="module")
def locked(small: Assistant) -> Iterator[TestClient]:
    with TestClient(create_app(keyed(small.settings, api_keys=KEY), small)) as client:
        yield client


@pytest.mark.parametrize(
    ("authorization", "code"),
    [(None, 1001), (KEY, 1001), ("Token x", 1001), ("Bearer", 1001), ("Bearer wrong", 1002), (f"Bearer {KEY}x", 1002)],
)
def test_who_has_no_key_is_told_as_dify_expects(locked: TestClient, authorization: str | None, code: int) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    response = locked.post("/retrieval", headers=headers)

    assert response.status_code == 403
    assert response.json()["error_code"] == code


def test_a_probe_with_the_right_key_is_let_in(locked: TestClient) -> None:
    assert locked.post("/retrieval", headers={"Authorization": f"Bearer {KEY}"}).status_code == 422


def test_a_document_of_several_issuers_is_each_ones(tmp_path: Path) -> None:
    record: dict[str, object] = {"_id": "a", "text": "支持园区建设。", "issuer": "财政部、税务总局"}
    assistant = assistant_over([record, {"_id": "b", "text": "支持园区。", "issuer": "财政"}], tmp_path)
    with TestClient(create_app(assistant.settings, assistant)) as http:
        for issuer in ("财政部", "税务总局", "财政部、税务总局"):
            assert found(http, ("issuer", "is", issuer)) == {"a"}
        assert found(http, ("issuer", "is not", "税务总局")) == {"b"}
