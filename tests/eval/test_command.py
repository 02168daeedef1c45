from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import cli
import index.stages
from eval import gate, publish
from eval.report import Report
from index.clean.document import clean
from index.errors import PolicyQAError
from index.records import Document, RawDocument
from index.settings import Settings
from index.stages import Stages, with_embedder
from tests.eval.conftest import RECORDS, Small, record, write_questions
from tests.stubs import HashingEmbedder

Run = Callable[..., Result]


@pytest.fixture
def run(small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command in an empty folder, over the small corpus and with everything but the model."""

    def stages(_settings: Settings) -> Stages:
        return with_embedder(HashingEmbedder())

    monkeypatch.setattr(index.stages, "choose_stages", stages)
    monkeypatch.setattr(gate, "BASELINE", tmp_path / "baseline.json")
    monkeypatch.setenv("POLICYQA_CORPUS", str(small.questions.corpus))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("eval.command.QUESTIONS", write_questions(tmp_path / "small.jsonl", RECORDS))
    return lambda *arguments: CliRunner().invoke(cli.app, ["eval", *map(str, arguments)])


def test_the_questions_of_the_project_are_asked_by_default(run: Run) -> None:
    done = run("--json")
    assert done.exit_code == 0
    report = Report.model_validate_json(done.stdout)
    assert (report.name, report.asked, report.part) == ("small", len(RECORDS), "all")


def test_tables_tell_systems_kinds_and_settings(run: Run) -> None:
    done = run("--ablate")
    assert done.exit_code == 0
    for words in ("bigram BM25 alone", "no cleaning", "unanswerable-near", "dense weight 0.2", "AUROC"):
        assert words in done.stdout


def test_files_are_written_where_they_were_asked_for(run: Run, tmp_path: Path) -> None:
    done = run("--report", tmp_path / "r.html", "--trec", tmp_path / "trec", "--index", tmp_path / "index")
    assert done.exit_code == 0
    assert (tmp_path / "r.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert (tmp_path / "trec" / "qrels.txt").is_file()
    assert (tmp_path / "index" / "manifest.json").is_file()


def test_a_run_is_compared_with_an_earlier_one(run: Run, tmp_path: Path) -> None:
    (tmp_path / "before.json").write_text(run("--json").stdout, encoding="utf-8")
    report = json.loads(run("--json", "--baseline", tmp_path / "before.json").stdout)
    assert report["variants"][-1]["group"] == "baseline"


def test_the_gate_passes_what_was_pinned_and_fails_what_is_worse(run: Run) -> None:
    assert isinstance(run("--gate").exception, gate.GateFailed)
    assert run("--pin").exit_code == 0
    assert run("--gate").exit_code == 0
    baseline = gate.read_baseline(gate.BASELINE)
    assert baseline
    better = baseline.model_copy(update={"floors": {**baseline.floors, "AUROC": 1.01}})
    gate.BASELINE.write_text(better.model_dump_json(), encoding="utf-8")
    failed = run("--gate").exception
    assert isinstance(failed, gate.GateFailed)
    assert "AUROC" in str(failed)
    assert isinstance(run("--pin").exception, gate.FloorLowered)
    assert run("--pin", "--lower").exit_code == 0
    assert run("--gate").exit_code == 0


def test_questions_are_checked_without_a_model(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index.stages, "choose_stages", None)
    assert f"{len(RECORDS)} questions, all in order" in run("--check").stdout
    bad = write_questions(tmp_path / "bad.jsonl", [record("一", x=1)])
    assert "'x' is no field" in str(run(bad, "--check").exception)


def test_evidence_is_looked_up_in_the_documents_that_an_index_holds(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = {
        "损": "推动大中小\ufffd\ufffd融通发展。",
        "全": "推动大中小企业融通发展。",
        "坏": "支持园区建设。",
        "空": "——",
    }
    corpus = tmp_path / "repaired"
    corpus.mkdir()
    for name, text in texts.items():
        (corpus / f"{name}.txt").write_text(text, encoding="utf-8")

    def breaking(raw: RawDocument) -> Document:
        if raw.id == "坏":
            raise IndexError("a rule went too far")
        return clean(raw)

    monkeypatch.setattr("index.clean_sources.clean", breaking)
    monkeypatch.setenv("POLICYQA_CORPUS", str(corpus))
    questions = write_questions(tmp_path / "repaired.jsonl", [record("融通", evidence=[("损", "大中小企业融通")])])
    assert "1 questions, all in order" in run(questions, "--check").stdout
    for name in ("坏", "空"):
        questions = write_questions(tmp_path / "refused.jsonl", [record("无", evidence=[(name, "园区")])])
        assert f"there is no document '{name}'" in str(run(questions, "--check").exception)


@pytest.mark.parametrize(
    "options",
    [
        ["q.jsonl", "--beir", "set"],
        ["--strangers", "set"],
        ["--beir", "set", "--part", "test"],
        ["--part", "training"],
        ["q.jsonl", "--gate"],
        ["--beir", "set", "--pin"],
        ["--part", "test", "--gate"],
        ["--lower"],
    ],
)
def test_options_that_contradict_each_other_are_wrong_usage(run: Run, options: list[str]) -> None:
    assert run(*options).exit_code == 2


def test_an_empty_corpus_is_told_with_its_cure(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv("POLICYQA_CORPUS", str(tmp_path / "empty"))
    failed = run().exception
    assert isinstance(failed, PolicyQAError)
    assert "There is no document in" in str(failed)
    assert "POLICYQA_CORPUS" in str(failed)


def test_an_index_of_another_model_is_built_anew(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = json.loads(run("--json", "--index", tmp_path / "index").stdout)
    monkeypatch.setattr(
        index.stages, "choose_stages", lambda _: with_embedder(HashingEmbedder(dimension=32, name="other"))
    )
    after = json.loads(run("--json", "--index", tmp_path / "index").stdout)
    assert (before["settings"]["model"], after["settings"]["model"]) == ("hashing@64", "other@32")
    assert before["digests"]["settings"] != after["digests"]["settings"]


def test_results_are_published_from_a_run(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("README", "DOCUMENTATION"):
        monkeypatch.setattr(publish, name, tmp_path / name)
        shutil.copyfile(Path(cli.__file__).parent / "README.md", tmp_path / name)
    monkeypatch.setattr(publish, "RESULTS", tmp_path / "results.json")
    assert run("--publish").exit_code == 0
    assert "*small*: 7 questions" in (tmp_path / "README").read_text(encoding="utf-8")
