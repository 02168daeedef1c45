from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api import create_app
from qa.ask import Assistant
from qa.errors import UnknownAnswer
from qa.feedback import FILE, Feedback, FeedbackStore, RecentAnswers
from qa.question import Question, Turn
from tests.qa.http.conftest import RECORDS
from tests.stubs import assistant_over

QUESTION = "行动计划支持多少个实体园区？"


@pytest.fixture
def assistant(tmp_path: Path) -> Assistant:
    return assistant_over(RECORDS, tmp_path)


@pytest.fixture
def client(assistant: Assistant) -> Iterator[TestClient]:
    with TestClient(create_app(assistant.settings, assistant)) as client:
        yield client


def given(assistant: Assistant) -> list[Feedback]:
    return FeedbackStore(assistant.settings.state).all()


def said(client: TestClient, answer_id: str, rating: str = "up", **fields: Any) -> int:
    return client.post("/v1/feedback", json={"answer_id": answer_id, "rating": rating, **fields}).status_code


def test_feedback_is_kept_with_the_question_and_what_was_quoted(client: TestClient, assistant: Assistant) -> None:
    history = [{"role": "user", "content": "行动计划是什么"}]
    reply = client.post("/v1/ask", json={"question": QUESTION, "history": history}).json()

    assert said(client, reply["id"], comment="正确'; DROP TABLE feedback; --") == 204
    (feedback,) = given(assistant)
    assert (feedback.answer_id, feedback.rating) == (reply["id"], "up")
    assert feedback.comment == "正确'; DROP TABLE feedback; --"
    assert feedback.answered.question == QUESTION
    assert feedback.answered.history == [("user", "行动计划是什么")]
    assert ("行动计划", "行动计划支持不少于50个实体园区打造特色载体。") in feedback.answered.evidence
    assert feedback.answered.index_version == reply["index"]["version"]


def test_a_question_nobody_speaks_of_is_not_written_down(client: TestClient, assistant: Assistant) -> None:
    client.post("/v1/ask", json={"question": QUESTION})

    assert not assistant.settings.state.exists()


def test_what_is_said_last_of_an_answer_counts(client: TestClient, assistant: Assistant) -> None:
    answer_id = client.post("/v1/ask", json={"question": QUESTION}).json()["id"]
    for rating in ("up", "down"):
        assert said(client, answer_id, rating) == 204

    assert [feedback.rating for feedback in given(assistant)] == ["down"]


def test_streamed_and_chatted_answers_can_be_spoken_of(client: TestClient, assistant: Assistant) -> None:
    body = {"model": "policyqa", "messages": [{"role": "user", "content": QUESTION}]}
    chatted = client.post("/v1/chat/completions", json=body).json()["id"]

    assert chatted.startswith("chatcmpl-")
    assert said(client, chatted) == 204
    assert [feedback.answer_id for feedback in given(assistant)] == [chatted.removeprefix("chatcmpl-")]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"answer_id": "nowhere", "rating": "up"}, 404),
        ({"answer_id": "\ud800", "rating": "up"}, 422),
        ({"answer_id": "x", "rating": "good"}, 422),
        ({"answer_id": 5, "rating": "up"}, 422),
        ({"rating": "up"}, 422),
        ({"answer_id": "x"}, 422),
        ({"answer_id": "x", "rating": "up", "comment": "字" * 2001}, 422),
        ({"answer_id": "x", "rating": "up", "comment": "a\0b"}, 422),
        ({"answer_id": "x", "rating": "up", "stars": 5}, 422),
    ],
)
def test_feedback_that_is_none_is_refused(
    client: TestClient, assistant: Assistant, body: dict[str, object], status: int
) -> None:
    response = client.post("/v1/feedback", content=json.dumps(body), headers={"content-type": "application/json"})

    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert given(assistant) == []


def test_only_the_last_answers_are_remembered(assistant: Assistant) -> None:
    recent = RecentAnswers(room=2)
    replies = [assistant.ask(Question(QUESTION)) for _ in range(3)]
    for reply in replies:
        recent.remember(reply, "v")

    assert [recent.recall(reply.id).question for reply in replies[1:]] == [QUESTION] * 2
    with pytest.raises(Exception, match="the last 2 are"):
        recent.recall(replies[0].id)


def test_of_a_long_conversation_no_more_is_remembered_than_is_read(assistant: Assistant) -> None:
    history = [Turn("user", "甲" * 50_000 + "行动计划是什么"), Turn("assistant", "一是园区。" + "乙" * 50_000)] * 30
    asked = Question("它支持多少个实体园区", history=history)
    recent = RecentAnswers()
    reply = assistant.ask(asked)
    recent.remember(reply, "v")
    answered = recent.recall(reply.id)

    assert answered.size < 50_000
    kept = [Turn("user" if role == "user" else "assistant", words) for role, words in answered.history]
    assert Question(answered.question, history=kept).search_text == asked.search_text


def test_answers_are_forgotten_where_there_is_too_much_to_remember(assistant: Assistant) -> None:
    asked = Question(QUESTION, history=[Turn("user", "行动计划" * 400)])
    recent = RecentAnswers(characters=5000)
    replies = [assistant.ask(asked) for _ in range(20)]
    for reply in replies:
        recent.remember(reply, "v")
    remembered = []
    for reply in replies:
        with suppress(UnknownAnswer):
            remembered.append(recent.recall(reply.id))

    assert 1 < len(remembered) < 20
    assert sum(answered.size for answered in remembered) <= 5000
    assert recent.recall(replies[-1].id) is remembered[-1]


def test_the_store_is_in_write_ahead_mode(client: TestClient, assistant: Assistant) -> None:
    said(client, client.post("/v1/ask", json={"question": QUESTION}).json()["id"])
    with sqlite3.connect(assistant.settings.state / FILE) as database:
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    database.close()
