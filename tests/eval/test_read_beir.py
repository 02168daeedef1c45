from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.read_beir import InvalidQuestionSet, read_beir

QUESTION = {"_id": "q1", "text": "支持多少个园区", "answers": ["50个"]}
QRELS = "query-id\tcorpus-id\tscore\nq1\td1\t1\n"


def write_set(folder: Path, queries: str | None = None, qrels: str = QRELS) -> Path:
    (folder / "corpus.jsonl").write_text(json.dumps({"_id": "d1", "text": "支持50个园区。"}), encoding="utf-8")
    written = json.dumps(QUESTION) if queries is None else queries
    (folder / "queries.jsonl").write_text(written, encoding="utf-8")
    (folder / "qrels.tsv").write_text(qrels, encoding="utf-8")
    return folder


def test_a_set_is_read_with_its_answers_and_gains(tmp_path: Path) -> None:
    read = read_beir(write_set(tmp_path))
    assert [(question.id, question.text, question.evidence[0].wordings) for question in read.questions] == [
        ("q1", "支持多少个园区", ["50个"])
    ]
    assert read.questions[0].documents == {"d1": 1}
    assert read.name == tmp_path.name


@pytest.mark.parametrize("name", ["corpus.jsonl", "queries.jsonl", "qrels.tsv"])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    (write_set(tmp_path) / name).unlink()
    with pytest.raises(InvalidQuestionSet, match=name):
        read_beir(tmp_path)


@pytest.mark.parametrize(
    ("queries", "reason"),
    [
        ("", "no question"),
        ("{", r"queries\.jsonl:1: not JSON"),
        ("[1]", r"queries\.jsonl:1: not a JSON object"),
        ('\n{"_id": 1, "text": "问"}', r"queries\.jsonl:2: '_id' and 'text'"),
        ('{"_id": "q1", "text": "问", "answers": "答"}', r"queries\.jsonl:1: 'answers'"),
        ('{"_id": "q1", "text": "问", "answers": [""]}', r"queries\.jsonl:1: 'answers'"),
        ('{"_id": "q2", "text": "问", "answers": []}', r"'q2' has no line in qrels"),
    ],
)
def test_a_bad_question_is_told_by_file_and_line(tmp_path: Path, queries: str, reason: str) -> None:
    with pytest.raises(InvalidQuestionSet, match=reason):
        read_beir(write_set(tmp_path, queries))


@pytest.mark.parametrize("row", ["q1\td1", "q1\td1\thigh", "q1 d1 1"])
def test_a_bad_judgement_is_told_by_file_and_line(tmp_path: Path, row: str) -> None:
    with pytest.raises(InvalidQuestionSet, match=r"qrels\.tsv:2"):
        read_beir(write_set(tmp_path, qrels=f"query-id\tcorpus-id\tscore\n{row}\n"))


def test_a_question_that_stands_there_twice_is_told(tmp_path: Path) -> None:
    twice = "\n".join([json.dumps(QUESTION)] * 2)
    with pytest.raises(InvalidQuestionSet, match=r"queries\.jsonl:2: question 'q1' stands there twice"):
        read_beir(write_set(tmp_path, twice))


@pytest.mark.parametrize("name", ["queries.jsonl", "qrels.tsv"])
def test_questions_that_are_not_utf8_are_told(tmp_path: Path, name: str) -> None:
    (write_set(tmp_path) / name).write_bytes("问题".encode("gb18030"))
    with pytest.raises(InvalidQuestionSet, match="not UTF-8"):
        read_beir(tmp_path)


def test_judgements_may_stand_where_beir_has_them(tmp_path: Path) -> None:
    write_set(tmp_path)
    (tmp_path / "qrels").mkdir()
    (tmp_path / "qrels.tsv").rename(tmp_path / "qrels" / "test.tsv")
    assert read_beir(tmp_path).questions[0].documents == {"d1": 1}
