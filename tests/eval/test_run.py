from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.read_beir import QuestionSet, read_beir
from eval.run import Report, evaluate
from index.build import build_index
from index.settings import read_settings
from index.stages import Stages
from qa.ask import Assistant

TEXTS = {
    "园区": "计划支持不少于50个实体园区打造特色载体。",
    "资金": "中央财政分三年投入100亿元。",
    "人才": "探索大企业专家人才到中小企业兼职指导。",
}
QUESTIONS = {
    "园区": ("支持多少个实體園區", "50个"),
    "资金": ("中央财政投入多少", "100亿元"),
    "人才": ("专家能否兼职指导", "兼职指导"),
}


@pytest.fixture
def questions(tmp_path: Path) -> QuestionSet:
    corpus = [{"_id": name, "text": text} for name, text in TEXTS.items()]
    asked = [{"_id": name, "text": text, "answers": [answer]} for name, (text, answer) in QUESTIONS.items()]
    asked.append({"_id": "空", "text": " ", "answers": ["无"]})
    for name, records in (("corpus.jsonl", corpus), ("queries.jsonl", asked)):
        lines = "\n".join(json.dumps(record, ensure_ascii=False) for record in records)
        (tmp_path / name).write_text(lines, encoding="utf-8")
    judged = "".join(f"{name}\t{name}\t1\n" for name in TEXTS)
    (tmp_path / "qrels.tsv").write_text(f"query-id\tcorpus-id\tscore\n{judged}空\t园区\t1\n", encoding="utf-8")
    return read_beir(tmp_path)


@pytest.fixture
def report(questions: QuestionSet, stub_stages: Stages, tmp_path: Path) -> Report:
    settings = read_settings({"POLICYQA_INDEX": str(tmp_path / "index")})
    build_index([questions.corpus], settings.index, stub_stages)
    return evaluate(questions, Assistant.load(settings, stub_stages))


def test_every_system_is_scored_on_every_question(report: Report) -> None:
    assert list(report.systems) == ["policyqa", "dense alone", "bigram BM25 alone"]
    assert (report.questions, report.documents, report.passages) == (4, 3, 3)
    # Three questions are found first, the empty one is scored as finding nothing.
    assert report.systems["policyqa"]["nDCG@10"] == pytest.approx(0.75)
    assert report.systems["bigram BM25 alone"]["A@1000c"] == pytest.approx(0.75)


def test_a_question_that_cannot_be_asked_is_counted(report: Report) -> None:
    assert report.refused == 1


def test_the_report_is_json(report: Report) -> None:
    assert json.loads(json.dumps(report.as_dict()))["systems"] == report.systems
