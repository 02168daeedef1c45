"""A small corpus with its questions, evaluated once with everything but the real model."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from eval.read_questions import read_questions
from eval.records import QuestionSet
from eval.run import Evaluation, Wanted, evaluate
from index.build import build_index
from index.settings import read_settings
from index.stages import Stages, with_embedder
from qa.ask import Assistant
from tests.stubs import HashingEmbedder

TEXTS = {
    "园区": "计划支持不少于50个实体园区打造特色载体。\n園區計(jì)劃培育600家企業(yè)。",
    "资金": "中央财政分三年投入100亿元。支持200家开发区。",
    "人才": "探索大企业专家人才到中小企业兼职指导。开设主题班。",
}


def record(name: str, kind: str = "fact", evidence: Sequence[tuple[str, str]] = (), **fields: object) -> dict[str, Any]:
    """A line of a file of questions, with fields changed or added."""
    quotes = [{"document_id": document, "quote": quote} for document, quote in evidence]
    base = {"id": name, "kind": kind, "part": "development", "question": f"{name}是什么", "history": []}
    return {**base, "evidence": quotes, **fields}


RECORDS = [
    record("园区数", "number", [("园区", "不少于50个实体园区")], question="支持多少个实体園區"),
    record("投入", "fact", [("资金", "分三年投入100亿元")], question="中央财政分几年投入多少", part="test"),
    record("人才", "list", [("人才", "兼职指导"), ("人才", "开设主题班")], question="人才有哪些举措，专家能否兼职指导"),
    record("那个", "follow-up", [("资金", "支持200家开发区")], question="它支持几家开发区", part="test",
           history=[{"role": "user", "content": "中央财政投入多少？"}]),
    record("两样", "two-documents", [("园区", "计划培育600家"), ("资金", "100亿元")], question="企业计划培育几家"),
    record("近", "unanswerable-near", question="实体园区的名单在哪里公布"),
    record("远", "unanswerable-far", question="红烧肉怎么做", part="test"),
]  # fmt: skip


def write_questions(file: Path, records: Sequence[dict[str, Any]]) -> Path:
    """A file of questions."""
    lines = (json.dumps(one, ensure_ascii=False) for one in records)
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


@dataclass(frozen=True, slots=True)
class Small:
    """The small corpus, indexed, and its questions."""

    questions: QuestionSet
    assistant: Assistant
    stages: Stages

    def evaluate(self, wanted: Wanted | None = None) -> Evaluation:
        """Evaluate the questions."""
        return evaluate(self.questions, self.assistant, self.stages, wanted)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Small:
    folder = tmp_path_factory.mktemp("small")
    corpus = folder / "corpus"
    corpus.mkdir()
    for name, text in TEXTS.items():
        (corpus / f"{name}.txt").write_text(text, encoding="utf-8")
    stages = with_embedder(HashingEmbedder())
    settings = read_settings({"POLICYQA_INDEX": str(folder / "index"), "POLICYQA_CORPUS": str(corpus)})
    build_index([corpus], settings.index, stages)
    assistant = Assistant.load(settings, stages)
    file = write_questions(folder / "small.jsonl", RECORDS)
    return Small(read_questions(file, corpus, assistant.index.documents), assistant, stages)


@pytest.fixture(scope="session")
def evaluated(small: Small) -> Evaluation:
    """Everything there is to measure."""
    return small.evaluate(Wanted(ablations=True, slices=True))
