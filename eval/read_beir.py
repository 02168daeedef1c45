"""Read a question set in the layout of BEIR: corpus.jsonl, queries.jsonl, qrels.tsv."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from eval.records import Evidence, LabelledQuestion, QuestionSet
from index.errors import PolicyQAError

STRANGER = "stranger"
"""The kind of a question that belongs to another set."""


class InvalidQuestionSet(PolicyQAError):
    """A question set breaks its layout; the message names file and line."""


def read_beir(folder: Path) -> QuestionSet:
    """The set in a folder; its corpus is read when it is indexed.

    Raises:
        InvalidQuestionSet: a file is missing or a line is not as it should be.
    """
    qrels = folder / "qrels" / "test.tsv"  # where BEIR's own sets have it
    if not qrels.is_file():
        qrels = folder / "qrels.tsv"
    for file in (folder / "corpus.jsonl", folder / "queries.jsonl", qrels):
        if not file.is_file():
            raise InvalidQuestionSet(
                f"{folder} has no {file.name}: a set in BEIR layout holds corpus.jsonl, queries.jsonl and qrels.tsv."
            )
    try:
        gains = _read_qrels(qrels)
        lines = (folder / "queries.jsonl").read_text(encoding="utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise InvalidQuestionSet(f"The questions in {folder} are not UTF-8: {error}.") from error
    questions: dict[str, LabelledQuestion] = {}
    for number, line in enumerate(lines, 1):
        if line.strip():
            origin = f"{folder / 'queries.jsonl'}:{number}"
            question = _question(line, origin, gains)
            if question.id in questions:
                raise InvalidQuestionSet(f"{origin}: question {question.id!r} stands there twice.")
            questions[question.id] = question
    if not questions:
        raise InvalidQuestionSet(f"{folder / 'queries.jsonl'} holds no question.")
    digest = hashlib.sha256((folder / "queries.jsonl").read_bytes() + qrels.read_bytes()).hexdigest()
    return QuestionSet(folder.resolve().name, folder / "corpus.jsonl", list(questions.values()), digest, "document")


def with_strangers(questions: QuestionSet, strangers: QuestionSet) -> QuestionSet:
    """The set with the questions of another one among its own: those, its corpus does not answer."""
    added = [
        replace(question, id=f"{strangers.name}/{question.id}", documents={}, evidence=(), kind=STRANGER)
        for question in strangers.questions
    ]
    return replace(
        questions,
        questions=[*questions.questions, *added],
        digest=hashlib.sha256(f"{questions.digest} {strangers.digest}".encode()).hexdigest(),
    )


def _question(line: str, origin: str, gains: Mapping[str, Mapping[str, int]]) -> LabelledQuestion:
    try:
        record = json.loads(line)
    except ValueError as error:
        raise InvalidQuestionSet(f"{origin}: not JSON ({error}).") from error
    if not isinstance(record, dict):
        raise InvalidQuestionSet(f"{origin}: not a JSON object.")
    identifier, text, answers = record.get("_id"), record.get("text"), record.get("answers", [])
    if not isinstance(identifier, str) or not isinstance(text, str):
        raise InvalidQuestionSet(f"{origin}: '_id' and 'text' must be texts.")
    if not isinstance(answers, list) or not all(isinstance(answer, str) and answer for answer in answers):
        raise InvalidQuestionSet(f"{origin}: 'answers' must be a list of texts that are not empty.")
    if identifier not in gains:
        raise InvalidQuestionSet(f"{origin}: question {identifier!r} has no line in qrels.tsv.")
    documents = gains[identifier]
    relevant = frozenset(name for name, gain in documents.items() if gain > 0)
    return LabelledQuestion(identifier, text, documents, [Evidence(relevant, answers)] if answers else [])


def _read_qrels(file: Path) -> dict[str, dict[str, int]]:
    gains: dict[str, dict[str, int]] = {}
    with file.open(encoding="utf-8", newline="") as stream:
        for number, row in enumerate(csv.reader(stream, delimiter="\t"), 1):
            if number == 1 and row[:2] == ["query-id", "corpus-id"]:
                continue
            try:
                question, document, gain = row
                gains.setdefault(question, {})[document] = int(gain)
            except ValueError as error:
                raise InvalidQuestionSet(
                    f"{file}:{number}: expected question id, document id and a whole number, found {row}."
                ) from error
    return gains
