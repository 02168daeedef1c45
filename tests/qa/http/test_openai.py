from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import openai
import pytest
from fastapi.testclient import TestClient

from index.clean.fold import to_traditional
from qa.answer import NOTHING
from qa.ask import Assistant
from tests.serve import served

ASKED = "行动计划支持多少个实体园区打造特色载体？"
WEATHER = "今天天气怎么样"


@pytest.fixture(scope="module")
def client(small: Assistant) -> Iterator[openai.OpenAI]:
    with served(small) as address, openai.OpenAI(base_url=f"{address}/v1", api_key="any", max_retries=0) as client:
        yield client


def said(client: openai.OpenAI, question: str, **fields: Any) -> Any:
    messages = [{"role": "user", "content": question}]
    return client.chat.completions.create(model="policyqa", messages=messages, **fields)  # type: ignore[arg-type]


def test_the_model_is_listed_and_found_by_name(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["policyqa"]
    assert client.models.retrieve("policyqa").owned_by == "policyqa"
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("gpt-4")


def test_an_answer_is_content_with_annotated_marks(client: openai.OpenAI) -> None:
    completion = said(client, ASKED)
    (choice,) = completion.choices
    (annotation, *_) = choice.message.annotations
    citation = annotation.url_citation

    assert choice.finish_reason == "stop"
    assert choice.message.refusal is None
    assert "支持不少于50个实体园区" in choice.message.content
    assert annotation.type == "url_citation"
    assert choice.message.content[citation.start_index : citation.end_index] == "[1]"
    assert citation.title == "融通发展行动计划"
    assert citation.url.startswith(str(client.base_url).removesuffix("v1/") + "documents/")
    assert citation.url.endswith("#p1")
    assert completion.usage.total_tokens == completion.usage.prompt_tokens + completion.usage.completion_tokens
    assert completion.usage.completion_tokens == len(choice.message.content)


@pytest.mark.parametrize(("question", "nothing"), [(WEATHER, NOTHING), ("今天天氣怎麼樣", to_traditional(NOTHING))])
def test_what_nothing_answers_is_a_refusal(client: openai.OpenAI, question: str, nothing: str) -> None:
    message = said(client, question).choices[0].message

    assert message.content is None
    assert message.refusal == nothing
    assert message.annotations == []


def test_a_question_is_answered_in_its_own_script(client: openai.OpenAI) -> None:
    message = said(client, "行動計劃支持多少個實體園區打造特色載體？").choices[0].message

    assert "支持不少於50個實體園區" in message.content
    assert message.annotations[0].url_citation.title == "融通發展行動計劃"


@pytest.mark.parametrize("question", [ASKED, WEATHER])
def test_a_stream_says_piece_by_piece_what_is_said_at_once(client: openai.OpenAI, question: str) -> None:
    whole = said(client, question)
    chunks = list(said(client, question, stream=True, stream_options={"include_usage": True}))
    *pieces, last, usage = chunks
    deltas = [chunk.choices[0].delta for chunk in pieces]

    assert len({chunk.id for chunk in chunks}) == 1
    assert deltas[0].role == "assistant"
    assert "".join(delta.content or "" for delta in deltas) == (whole.choices[0].message.content or "")
    assert "".join(delta.refusal or "" for delta in deltas) == (whole.choices[0].message.refusal or "")
    assert last.choices[0].finish_reason == "stop"
    assert usage.choices == []
    assert usage.usage == whole.usage
    annotated = [getattr(delta, "annotations", None) for delta in deltas]
    expected = [annotation.model_dump() for annotation in whole.choices[0].message.annotations]
    assert annotated == [None] * (len(deltas) - 1) + [expected or None]


def test_a_stream_is_made_of_the_frames_that_clients_read(http: TestClient) -> None:
    messages = [{"role": "user", "content": ASKED}]
    response = http.post("/v1/chat/completions", json={"model": "policyqa", "messages": messages, "stream": True})
    frames = response.text.removesuffix("\n\n").split("\n\n")

    assert response.headers["content-type"].startswith("text/event-stream")
    assert frames[-1] == "data: [DONE]"
    for frame in frames[:-1]:
        assert json.loads(frame.removeprefix("data: "))["object"] == "chat.completion.chunk"
        assert "\n" not in frame


def test_the_turns_before_are_understood_and_instructions_are_passed_over(client: openai.OpenAI) -> None:
    completion = client.chat.completions.create(
        model="policyqa",
        temperature=0.2,
        max_tokens=5,
        messages=[
            {"role": "system", "content": "You are a pirate. 今天天气怎么样"},
            {"role": "developer", "content": "今天天气怎么样"},
            {"role": "user", "content": "行动计划是什么"},
            {"role": "assistant", "content": "一份文件。"},
            {
                "role": "user",
                "content": [{"type": "text", "text": "那它支持多少个"}, {"type": "text", "text": "实体园区"}],
            },
        ],
    )

    assert "支持不少于50个实体园区" in (completion.choices[0].message.content or "")


USER = {"role": "user", "content": "园区"}


@pytest.mark.parametrize(
    ("body", "status", "param"),
    [
        ({"model": "gpt-4", "messages": [USER]}, 404, "model"),
        ({"messages": [USER]}, 400, "model"),
        ({"model": 5, "messages": [USER]}, 400, "model"),
        ({"model": "policyqa", "messages": []}, 400, "messages"),
        ({"model": "policyqa"}, 400, "messages"),
        ({"model": "policyqa", "messages": "园区"}, 400, "messages"),
        ({"model": "policyqa", "messages": [{"role": "system", "content": "园区"}]}, 400, "messages"),
        ({"model": "policyqa", "messages": [{"role": "user", "content": ""}]}, 400, "messages"),
        ({"model": "policyqa", "messages": [{"role": "user", "content": None}]}, 400, "messages"),
        ({"model": "policyqa", "messages": [{"role": "user", "content": "字" * 2001}]}, 400, "messages"),
        ({"model": "policyqa", "messages": [{"role": "user", "content": "\ud800"}]}, 400, "messages"),
        ({"model": "policyqa", "messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, 400, "messages"),
        ({"model": "policyqa", "messages": [{"content": "园区"}]}, 400, "messages.0.role"),
        ({"model": "policyqa", "messages": [USER], "stream": "yes"}, 400, "stream"),
        ({"model": "policyqa", "messages": [USER], "n": 2}, 400, "n"),
        ([], 400, None),
        ("{", 400, None),
    ],
)
def test_what_is_wrong_is_told_as_openai_does(http: TestClient, body: object, status: int, param: str | None) -> None:
    content = body if isinstance(body, str) else json.dumps(body)
    response = http.post("/v1/chat/completions", content=content, headers={"content-type": "application/json"})
    error = response.json()["error"]

    assert response.status_code == status
    assert error.keys() == {"message", "type", "param", "code"}
    assert (error["param"] or "").removeprefix("body") == (param or "")
    assert error["type"] == "invalid_request_error"
    assert error["message"]


def test_an_unknown_address_of_the_convention_is_told_in_its_shape_too(http: TestClient) -> None:
    assert http.get("/v1/chat/nowhere").json()["error"]["type"] == "invalid_request_error"
    assert http.put("/v1/models").json()["error"]["type"] == "invalid_request_error"


def test_a_history_of_ten_thousand_turns_is_read(http: TestClient) -> None:
    turns = [{"role": "user", "content": "行动计划"}, {"role": "assistant", "content": "好"}] * 5000
    messages = [*turns, {"role": "user", "content": "那它支持多少个实体园区"}]
    response = http.post("/v1/chat/completions", json={"model": "policyqa", "messages": messages})

    assert response.status_code == 200
    assert "50个实体园区" in response.json()["choices"][0]["message"]["content"]
