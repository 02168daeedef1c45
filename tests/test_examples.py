"""The examples of the interface's description are what the server answers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api import create_app
from index.settings import Settings
from qa.ask import Assistant
from qa.http.examples import FILE
from tests.write_examples import answered

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CUT = "…"
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


def agree(written: object, answered: object) -> bool:
    """Whether an answer is as written, up to where the writing is cut short, and figures nearly."""
    if isinstance(written, dict) and isinstance(answered, dict):
        return written.keys() == answered.keys() and all(agree(written[name], answered[name]) for name in written)
    if isinstance(written, list) and isinstance(answered, list):
        return len(written) == len(answered) and all(map(agree, written, answered))
    if isinstance(written, str) and isinstance(answered, str) and written.endswith(CUT):
        return answered.startswith(written.rstrip(CUT))
    return written == (pytest.approx(answered, abs=0.05) if isinstance(answered, float) else answered)


def test_the_example_of_the_readme_is_what_is_answered_now(now: dict[str, Any]) -> None:
    written = json.loads(README.split("```json\n")[1].split("```")[0])
    answered = now["ask"]["response"] | {"took_ms": written["took_ms"]}
    assert agree(written, answered)
    assert json.dumps(now["ask"]["request"], ensure_ascii=False, separators=(",", ":")) in README


@pytest.mark.parametrize(
    "text", [Path("README.md"), *sorted(path.relative_to(ROOT) for path in ROOT.glob("docs/*.md"))]
)
def test_what_a_text_refers_to_is_there(text: Path) -> None:
    written = (ROOT / text).read_text(encoding="utf-8")
    links = [(ROOT / text).parent / link for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", written)]
    named = [ROOT / name for name in re.findall(r"`((?:docs|benchmark|corpus|eval|index|qa|tests)/[\w./-]*)`", written)]
    assert [str(path) for path in (*links, *named) if not path.exists()] == []
