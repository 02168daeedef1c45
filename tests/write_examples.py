"""The examples of the interface's description, taken from a run over the corpus: `python -m tests.write_examples`."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from api import create_app
from index.build import build_index
from index.settings import read_settings
from index.stages import choose_stages
from qa.ask import Assistant
from qa.http.examples import FILE
from tests.conftest import CORPUS

QUESTION = "行动计划支持多少个实体园区打造特色载体？"
REQUESTS: dict[str, dict[str, Any]] = {
    "ask": {"question": QUESTION, "top_k": 1},
    "chat": {"model": "policyqa", "messages": [{"role": "user", "content": QUESTION}]},
    "retrieval": {
        "knowledge_id": "policyqa",
        "query": QUESTION,
        "retrieval_setting": {"top_k": 1, "score_threshold": 0.5},
        "metadata_condition": {
            "logical_operator": "and",
            "conditions": [{"name": "title", "comparison_operator": "contains", "value": "行动计划"}],
        },
    },
}


def answered(client: TestClient) -> dict[str, Any]:
    """Each example: what is asked, where anything is, and what is answered."""
    found: dict[str, Any] = {}
    for name, path in (("ask", "/v1/ask"), ("chat", "/v1/chat/completions"), ("retrieval", "/retrieval")):
        response = client.post(path, json=REQUESTS[name])
        assert response.status_code == 200, response.text
        found[name] = {"request": REQUESTS[name], "response": response.json()}
    document = found["ask"]["response"]["passages"][0]["citation"]
    for name, path in (
        ("documents", "/v1/documents?limit=1"),
        ("paragraph", f"/v1/documents/{document['document_id']}/paragraphs/{document['paragraph']}"),
        ("models", "/v1/models"),
        ("ready", "/health/ready"),
    ):
        found[name] = {"response": client.get(path).json()}
    return found


def main() -> None:
    """Write them."""
    with tempfile.TemporaryDirectory() as folder:
        given = {"POLICYQA_INDEX": f"{folder}/index", "POLICYQA_STATE": f"{folder}/state"}
        settings = read_settings(given)
        stages = choose_stages(settings)
        build_index([CORPUS], settings.index, stages)
        app = create_app(settings, Assistant.load(settings, stages))
        with TestClient(app, base_url="http://127.0.0.1:8000") as client:
            Path(FILE).write_text(json.dumps(answered(client), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
