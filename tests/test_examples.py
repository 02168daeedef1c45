"""The examples of the interface's description are what the server answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api import create_app
from index.settings import Settings
from qa.ask import Assistant
from qa.http.examples import FILE
from tests.write_examples import answered

EXAMPLES: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def now(settings: Settings, assistant: Assistant) -> Iterator[dict[str, Any]]:
    with TestClient(create_app(settings, assistant), base_url="http://127.0.0.1:8000") as client:
        yield answered(client)


def shape(value: object) -> object:
    """The fields of a value, without what stands in them."""
    if isinstance(value, dict):
        return {name: shape(held) for name, held in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return None


def examples(value: object) -> Iterator[object]:
    """Everything that a description calls an example."""
    if isinstance(value, dict):
        if "example" in value:
            yield value["example"]
        if isinstance(value.get("examples"), list):
            yield from value["examples"]
        for held in value.values():
            yield from examples(held)


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_what_is_answered_now_in_shape(name: str, now: dict[str, Any]) -> None:
    assert shape(EXAMPLES[name]["response"]) == shape(now[name]["response"]), "run: python -m tests.write_examples"
    assert EXAMPLES[name].get("request") == now[name].get("request")


def test_the_example_answers_its_question() -> None:
    reply = EXAMPLES["ask"]["response"]
    assert reply["answer"]["answerable"]
    assert "不少于50个实体园区" in reply["answer"]["text"]


def test_every_example_stands_in_the_description(now: dict[str, Any], settings: Settings) -> None:
    assert now
    described = list(examples(create_app(settings).openapi()))
    for example in EXAMPLES.values():
        assert example["response"] in described
        assert "request" not in example or example["request"] in described
