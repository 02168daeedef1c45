from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from eval.export_feedback import ASKED_AGAIN, NOT_THERE, RATED_DOWN, export
from eval.read_questions import read_questions
from index.errors import IndexDamaged
from qa.ask import Assistant
from qa.feedback import Answered, Feedback, Rating
from qa.question import Question, Turn
from tests.stubs import assistant_over

TEXTS: list[dict[str, object]] = [
    {"_id": "a", "text": "行动计划支持不少于50个实体园区。"},
    {"_id": "b", "text": "补贴标准为每人每年五百元。"},
]
PARKS = ("a", "行动计划支持不少于50个实体园区。")


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return assistant_over(TEXTS, tmp_path_factory.mktemp("exported"))


def said(
    question: str,
    rating: Rating = "up",
    evidence: Sequence[tuple[str, str]] = (PARKS,),
    history: Sequence[tuple[str, str]] = (),
    name: str = "x",
) -> Feedback:
    return Feedback(name, rating, "", "2026-01-01", Answered(question, history, bool(evidence), evidence, "v"))


def lines(assistant: Assistant, *feedback: Feedback) -> list[dict[str, object]]:
    return [json.loads(line) for line in export(feedback, assistant.index.documents).lines]


def test_a_good_answer_becomes_a_question_with_its_quotes_as_evidence(assistant: Assistant) -> None:
    assert lines(assistant, said("支持多少个园区", evidence=[PARKS, PARKS])) == [
        {
            "id": "feedback-x",
            "kind": "fact",
            "part": "development",
            "question": "支持多少个园区",
            "history": [],
            "evidence": [{"document_id": "a", "quote": "行动计划支持不少于50个实体园区。"}],
        }
    ]


def test_a_good_refusal_becomes_a_question_that_the_texts_do_not_answer(assistant: Assistant) -> None:
    (line,) = lines(assistant, said("今天天气怎么样", evidence=[]))
    assert (line["kind"], line["evidence"]) == ("unanswerable-near", [])


def test_a_question_after_others_is_a_follow_up(assistant: Assistant) -> None:
    (line,) = lines(assistant, said("那它支持多少个", history=[("user", "行动计划"), ("assistant", "好")]))
    assert line["kind"] == "follow-up"
    assert line["history"] == [{"role": "user", "content": "行动计划"}, {"role": "assistant", "content": "好"}]


def test_what_cannot_be_used_is_left_out_and_counted(assistant: Assistant) -> None:
    exported = export(
        [
            said("一", "down"),
            said("二", evidence=[("a", "早已删去的话。")]),
            said("三", evidence=[("gone", PARKS[1])]),
            said("支持多少個園區？", "up", name="first"),
            said("支持多少个园区", "up", name="last"),
            said("四", "up"),
            said("四", "down"),
        ],
        assistant.index.documents,
    )

    assert [json.loads(line)["id"] for line in exported.lines] == ["feedback-last"]
    assert exported.left_out == {RATED_DOWN: 2, NOT_THERE: 2, ASKED_AGAIN: 2}


def test_what_the_assistant_quotes_is_evidence_that_stands(assistant: Assistant) -> None:
    for text in ("行動計劃支持多少個實體園區", "补贴标准是多少元"):
        reply = assistant.ask(Question(text, script="traditional", history=(Turn("assistant", "好"),)))
        feedback = Feedback(reply.id, "up", "", "2026-01-01", Answered.of(reply, "v"))
        (line,) = lines(assistant, feedback)
        assert line["evidence"]
        assert line["kind"] == "fact"


def test_the_command_writes_the_file(tmp_path: Path, assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    from typer.testing import CliRunner

    from cli import app
    from qa.feedback import FeedbackStore

    FeedbackStore(assistant.settings.state).give(said("支持多少个园区"))
    monkeypatch.setenv("POLICYQA_STATE", str(assistant.settings.state))
    written = tmp_path / "questions.jsonl"
    done = CliRunner().invoke(app, ["feedback", "export", str(written), "--index", str(assistant.settings.index)])

    assert done.exit_code == 0, done.output
    read = read_questions(written, tmp_path, assistant.index.documents)
    assert [question.text for question in read.questions] == ["支持多少个园区"]
    assert [json.loads(line)["question"] for line in written.read_text(encoding="utf-8").splitlines()] == [
        "支持多少个园区"
    ]


@pytest.mark.parametrize("damage", [lambda file: file.write_text("{", encoding="utf-8"), Path.unlink])
def test_the_command_tells_damage_of_the_index_with_its_cure(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    from typer.testing import CliRunner

    from cli import app

    folder = assistant_over(TEXTS, tmp_path).settings.index
    (file,) = folder.rglob("documents.jsonl")
    damage(file)
    written = tmp_path / "questions.jsonl"
    done = CliRunner().invoke(app, ["feedback", "export", str(written), "--index", str(folder)])

    assert isinstance(done.exception, IndexDamaged)
    assert str(file) in str(done.exception)
    assert not written.exists()
