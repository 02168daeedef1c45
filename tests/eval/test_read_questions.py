from __future__ import annotations

import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from eval.command import QUESTIONS
from eval.read_questions import KINDS, InvalidQuestionFile, read_questions
from index.clean.document import clean
from index.read import read_sources
from index.records import Document, RawDocument
from tests.conftest import CORPUS
from tests.eval.conftest import RECORDS, TEXTS, record, write_questions

DOCUMENTS = {name: clean(RawDocument(name, text, name)) for name, text in TEXTS.items()}
FACT = record("一", evidence=[("园区", "50个")])


def told(file: Path) -> str:
    with pytest.raises(InvalidQuestionFile) as raised:
        read_questions(file, Path("corpus"), DOCUMENTS)
    return str(raised.value)


def test_a_question_keeps_all_that_is_written_of_it(tmp_path: Path) -> None:
    read = read_questions(write_questions(tmp_path / "q.jsonl", RECORDS), Path("corpus"), DOCUMENTS)
    assert [question.id for question in read.questions] == [one["id"] for one in RECORDS]
    followed = read.questions[3]
    assert (followed.kind, followed.part, followed.history[0].content) == ("follow-up", "test", "中央财政投入多少？")
    assert [evidence.wordings for evidence in read.questions[2].evidence] == [("兼职指导",), ("开设主题班",)]
    assert not read.questions[-1].answerable
    assert read.questions[0].answerable


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"answer": "50个"}, "'answer' is no field of a question. Remove it"),
        ({"kind": "riddle"}, "'kind'"),
        ({"part": "train"}, "'part'"),
        ({"id": "a b"}, "'id'"),
        ({"question": 5}, "'question'"),
        ({"question": "？"}, "The question is empty"),
        ({"question": "问" * 2001}, "2001 characters"),
        ({"evidence": []}, "needs evidence"),
        ({"kind": "unanswerable-near"}, "has no evidence. Remove it"),
        ({"kind": "follow-up"}, "needs a 'history'"),
        ({"kind": "list"}, "one quote for each item"),
        ({"kind": "two-documents"}, "from two documents"),
        ({"evidence": [{"document_id": "园区", "quote": "60个"}]}, "'60个' is not in '园区'"),
        ({"evidence": [{"document_id": "园区", "quote": "100亿元"}]}, "It stands in '资金'"),
        ({"evidence": [{"document_id": "公园", "quote": "50个"}]}, "no document '公园'"),
        ({"evidence": [{"document_id": "园区", "quote": "。"}]}, "too short"),
        ({"evidence": [{"document_id": "园区", "quote": "50个"}] * 2}, "stands in its evidence twice"),
        ({"evidence": [{"document_id": "园区", "quote": "50个", "page": 1}]}, "'evidence.0.page' is no field"),
        ({"evidence": [{"document_id": "园区"}]}, "'evidence.0.quote' is missing"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, change: dict[str, Any], problem: str) -> None:
    message = told(write_questions(tmp_path / "q.jsonl", [RECORDS[1], {**FACT, **change}]))
    assert "1 problem(s)" in message
    assert "line 2" in message
    assert problem in message


@pytest.mark.parametrize("name", ["id", "kind", "part", "question", "evidence"])
def test_a_missing_field_is_told(tmp_path: Path, name: str) -> None:
    message = told(write_questions(tmp_path / "q.jsonl", [{key: FACT[key] for key in FACT if key != name}]))
    assert f"line 1: '{name}' is missing" in message


def test_every_problem_is_told_at_once_and_twenty_are_listed(tmp_path: Path) -> None:
    message = told(write_questions(tmp_path / "q.jsonl", [{**FACT, "id": f"{at}", "x": 1} for at in range(30)]))
    assert "30 problem(s)" in message
    assert message.count("'x' is no field") == 20
    assert message.endswith("and 10 more")


def test_the_same_question_twice_is_refused_whatever_its_script_and_marks(tmp_path: Path) -> None:
    again = {**FACT, "id": "二", "question": f"{FACT['question']}？？"}
    assert "line 2 (二): line 1 asks the same. Remove one" in told(write_questions(tmp_path / "q.jsonl", [FACT, again]))


def test_after_another_history_it_is_another_question(tmp_path: Path) -> None:
    again = {**FACT, "id": "二", "history": [{"role": "user", "content": "园区"}]}
    read = read_questions(write_questions(tmp_path / "q.jsonl", [FACT, again]), Path("corpus"), DOCUMENTS)
    assert len(read.questions) == 2


def test_a_contradiction_is_refused(tmp_path: Path) -> None:
    again = {**FACT, "id": "二", "kind": "unanswerable-near", "evidence": []}
    assert "says the opposite" in told(write_questions(tmp_path / "q.jsonl", [FACT, again]))


def test_an_id_that_stands_there_twice_is_refused(tmp_path: Path) -> None:
    again = {**FACT, "question": "另一个问题"}
    assert "the id stands on line 1 already" in told(write_questions(tmp_path / "q.jsonl", [FACT, again]))


def test_mixed_encodings_are_told_by_line(tmp_path: Path) -> None:
    lines = [json.dumps({**FACT, "id": f"{at}", "question": f"第{at}问"}, ensure_ascii=False) for at in range(3)]
    data = b"\n".join([lines[0].encode(), lines[1].encode("gb18030"), lines[2].encode()])
    (tmp_path / "q.jsonl").write_bytes(data)
    message = told(tmp_path / "q.jsonl")
    assert "1 problem(s)" in message
    assert "line 2: byte" in message
    assert "reads as GB18030" in message


def test_other_encodings_are_named(tmp_path: Path) -> None:
    (tmp_path / "q.jsonl").write_text(json.dumps(FACT), encoding="utf-16")
    assert "is UTF-16. Save it as UTF-8" in told(tmp_path / "q.jsonl")


def test_a_byte_order_mark_and_blank_lines_are_no_problem(tmp_path: Path) -> None:
    text = "\n" + json.dumps(FACT, ensure_ascii=False) + "\r\n\n"
    (tmp_path / "q.jsonl").write_text(text, encoding="utf-8-sig", newline="")
    assert len(read_questions(tmp_path / "q.jsonl", Path("corpus"), DOCUMENTS).questions) == 1


@pytest.mark.parametrize("content", ["", "\n\n", "\N{BYTE ORDER MARK}"])
def test_a_file_without_questions_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "q.jsonl").write_text(content, encoding="utf-8")
    assert "holds no question" in told(tmp_path / "q.jsonl")


@pytest.mark.parametrize("line", ["{", "[1]", '"问"', "null", '{"id": "\\ud800"}'])
def test_a_line_that_is_no_record_is_told(tmp_path: Path, line: str) -> None:
    (tmp_path / "q.jsonl").write_text(line, encoding="utf-8")
    assert "line 1" in told(tmp_path / "q.jsonl")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert str(tmp_path / "none.jsonl") in told(tmp_path / "none.jsonl")


def test_a_hundred_thousand_questions_are_checked_in_reasonable_time(tmp_path: Path) -> None:
    good = json.dumps(FACT, ensure_ascii=False)
    lines = [good.replace('"一"', f'"{at}"').replace("一是什么", f"第{at}问是什么") for at in range(100_000)]
    lines[70_000] = lines[70_000].replace("50个", "60个")
    (tmp_path / "q.jsonl").write_text("\n".join(lines), encoding="utf-8")
    started = time.process_time()
    assert "1 problem(s)" in told(tmp_path / "q.jsonl")
    assert time.process_time() - started < 60


@pytest.fixture(scope="module")
def corpus() -> dict[str, Document]:
    return {raw.id: clean(raw) for raw in read_sources([CORPUS]) if isinstance(raw, RawDocument)}


def test_the_questions_of_the_project_are_in_order(corpus: dict[str, Document]) -> None:
    questions = read_questions(QUESTIONS, CORPUS, corpus).questions
    kinds = Counter(question.kind for question in questions)
    assert len(questions) >= 170
    assert set(kinds) == set(KINDS)
    assert min(kinds.values()) >= 12
    assert kinds["unanswerable-near"] >= 25
    assert kinds["unanswerable-near"] + kinds["unanswerable-far"] >= 45
    parts = Counter((question.kind, question.part) for question in questions)
    assert all(abs(parts[kind, "development"] - parts[kind, "test"]) <= 1 for kind in kinds)
