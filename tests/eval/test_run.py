from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from eval.ablate import ABLATIONS, other_index
from eval.measure import CITATIONS, SAID
from eval.read_beir import STRANGER, read_beir, with_strangers
from eval.records import QuestionSet
from eval.report import InvalidReport, Report
from eval.run import NOISE, Evaluation, Wanted, evaluate
from eval.show import footnote
from eval.systems import as_it_is, dense_alone, reciprocal_ranks, with_weight
from eval.vary import SLICES
from index.build import build_index
from index.clean_sources import no_progress
from index.load import load_index
from index.settings import read_settings
from index.stages import Stages
from qa.ask import Assistant
from qa.question import Question
from tests.eval.conftest import RECORDS, Small

BEIR_TEXTS = {
    "园区": "计划支持不少于50个实体园区打造特色载体。",
    "资金": "中央财政分三年投入100亿元。",
    "人才": "探索大企业专家人才到中小企业兼职指导。",
}
ASKED = {
    "园区": ("支持多少个实體園區", "50个"),
    "资金": ("中央财政投入多少", "100亿元"),
    "人才": ("专家能否兼职指导", "兼职指导"),
}


def written(folder: Path, asked: dict[str, tuple[str, str]]) -> QuestionSet:
    folder.mkdir()
    queries = [{"_id": name, "text": text, "answers": [answer]} for name, (text, answer) in asked.items()]
    corpus = [{"_id": name, "text": text} for name, text in BEIR_TEXTS.items()]
    for name, records in (("corpus.jsonl", corpus), ("queries.jsonl", queries)):
        lines = "\n".join(json.dumps(record, ensure_ascii=False) for record in records)
        (folder / name).write_text(lines, encoding="utf-8")
    judged = "".join(f"{name}\t{name if name in BEIR_TEXTS else '园区'}\t1\n" for name in asked)
    (folder / "qrels.tsv").write_text(f"query-id\tcorpus-id\tscore\n{judged}", encoding="utf-8")
    return read_beir(folder)


@pytest.fixture
def beir(stub_stages: Stages, tmp_path: Path) -> tuple[QuestionSet, Assistant]:
    questions = written(tmp_path / "set", {**ASKED, "空": (" ", "无")})
    settings = read_settings({"POLICYQA_INDEX": str(tmp_path / "index")})
    build_index([questions.corpus], settings.index, stub_stages)
    return questions, Assistant.load(settings, stub_stages)


def test_every_system_is_scored_on_every_question(beir: tuple[QuestionSet, Assistant], stub_stages: Stages) -> None:
    report = evaluate(*beir, stub_stages).report
    scores = {variant.name: variant.scores for variant in report.variants}
    assert list(scores) == ["policyqa", "dense alone", "bigram BM25 alone"]
    assert (report.asked, report.documents, report.passages, report.level) == (4, 3, 3, "document")
    # Three questions are found first, the empty one is scored as finding nothing.
    assert scores["policyqa"]["nDCG@10"].value == pytest.approx(0.75)
    assert scores["bigram BM25 alone"]["A@1000c"].value == pytest.approx(0.75)
    assert report.refused_unasked == 1


def test_strangers_are_not_answerable(beir: tuple[QuestionSet, Assistant], stub_stages: Stages, tmp_path: Path) -> None:
    questions, assistant = beir
    others = written(tmp_path / "others", {"园区": ("红烧肉怎么做", "肉"), "月球": ("月球有多远", "远")})
    report = evaluate(with_strangers(questions, others), assistant, stub_stages).report
    assert [(result.id, result.answerable) for result in report.questions if result.kind == STRANGER] == [
        ("others/园区", False),
        ("others/月球", False),
    ]
    # Each of the three that can be asked stands above both strangers, the empty one below both.
    assert report.own.scores["AUROC"].value == 6 / 8
    assert report.own.scores["refusal recall"].n == 2
    assert report.own.scores["nDCG@10"].value == pytest.approx(0.75)


def test_a_report_has_every_measure_and_kind(evaluated: Evaluation) -> None:
    report = evaluated.report
    assert report.own.name == "policyqa"
    assert {"nDCG@10", "RR@10", "R@1", "R@5", "R@10", "Success@1", "A@1000c", "A@2000c"} <= set(report.own.scores)
    assert {SAID, CITATIONS, "AUROC", "ECE", "ECE equal mass", "refusal recall"} <= set(report.own.scores)
    assert set(report.kinds) == {record["kind"] for record in RECORDS}
    assert all(0 <= one.low <= one.value <= one.high <= 1 for one in (report.own.scores["nDCG@10"],))
    assert report.own.scores[CITATIONS].value == 1
    assert sum(one.n for one in report.bins) == len(RECORDS)
    assert report.own.scores["nDCG@10"].value > 0.5
    assert [variant.name for variant in report.variants if variant.group == "slice"] == [*SLICES, NOISE]


def test_every_part_taken_out_changes_something(evaluated: Evaluation) -> None:
    variants = {variant.name: variant for variant in evaluated.report.variants}
    assert [ablation.name for ablation in ABLATIONS] == [
        name for name, variant in variants.items() if variant.group == "ablation"
    ]
    assert variants["no cleaning"].differences["A@1000c"].value < 0
    # Sounds are the same in either script, so among so few texts each is still found.
    assert any(one.value for one in variants["no script folding"].differences.values())


def test_ablations_change_what_they_name(small: Small) -> None:
    document = small.assistant.index.documents["园区"]
    changed = {ablation.name: ablation.stages(small.stages) for ablation in ABLATIONS if ablation.stages}
    assert {passage.context for passage in changed["no context"].splitter.split(document)} == {""}
    from index.records import RawDocument

    raw = RawDocument("园区", document.source, "园区.txt")
    assert [paragraph.text for paragraph in changed["no cleaning"].cleaner.clean(raw).paragraphs][
        1
    ] == "园区计(jì)划培育600家企业(yè)。"
    assert [paragraph.text for paragraph in changed["no script folding"].cleaner.clean(raw).paragraphs][
        1
    ] == "園區計劃培育600家企業。"


def test_a_part_of_the_index_that_is_taken_out_is_named_by_its_signature(small: Small) -> None:
    changed = [ablation.stages(small.stages) for ablation in ABLATIONS if ablation.stages]
    signatures = {tuple(stages.signature.items()) for stages in [small.stages, *changed]}
    assert len(signatures) == 1 + len(changed)


def test_an_index_without_cleaning_is_cleaned_when_it_is_built_again(small: Small, tmp_path: Path) -> None:
    corpus = small.questions.corpus
    (no_cleaning,) = (one.stages for one in ABLATIONS if one.name == "no cleaning" and one.stages)
    build_index([corpus], tmp_path, no_cleaning(small.stages))
    build_index([corpus], tmp_path, small.stages)
    assert load_index(tmp_path, small.stages).documents == small.assistant.index.documents


def test_a_part_is_asked_alone(small: Small) -> None:
    report = small.evaluate(Wanted(part="test")).report
    assert [result.id for result in report.questions] == [one["id"] for one in RECORDS if one["part"] == "test"]
    assert report.part == "test"


def test_noise_in_the_corpus_leaves_labels_in_place(evaluated: Evaluation) -> None:
    noisy = next(variant for variant in evaluated.report.variants if variant.name == NOISE)
    assert noisy.scores["R@10"].value == evaluated.report.own.scores["R@10"].value
    assert noisy.scores[CITATIONS].value == 1


def test_an_unchanged_system_does_not_differ_from_its_baseline(small: Small, evaluated: Evaluation) -> None:
    against = small.evaluate(Wanted(baseline=evaluated.report)).report.variants[-1]
    assert against.group == "baseline"
    assert {(one.value, one.p) for one in against.differences.values()} == {(0, 1)}


def test_a_baseline_is_compared_question_by_question(small: Small, evaluated: Evaluation) -> None:
    worse = [
        one.model_copy(update={"measures": {**one.measures, "nDCG@10": one.measures["nDCG@10"] / 2}})
        for one in evaluated.report.questions
        if one.answerable
    ]
    baseline = evaluated.report.model_copy(update={"questions": worse[1:]})
    found = small.evaluate(Wanted(baseline=baseline)).report.variants[-1].differences["nDCG@10"]
    assert found.n == len(worse) - 1
    assert found.value == pytest.approx(np.mean([one.measures["nDCG@10"] for one in worse[1:]]))


def test_the_same_questions_give_the_same_report(small: Small) -> None:
    first, second = (small.evaluate().report for _ in range(2))
    assert first == second


class Backwards:
    """A cross-encoder that turns every list round."""

    def scores(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        del question  # whatever is asked
        return (np.arange(len(texts)) / len(texts)).astype(np.float32)


@pytest.fixture(scope="module")
def reread(small: Small) -> Small:
    """The small corpus, asked with a cross-encoder."""
    settings = small.assistant.settings.model_copy(update={"reranker": "backwards"})
    return replace(small, assistant=replace(small.assistant, settings=settings, reranker=Backwards()))


def test_a_report_names_the_cross_encoder_and_its_digest_depends_on_it(small: Small, reread: Small) -> None:
    without, with_one = small.evaluate().report, reread.evaluate().report
    assert (without.settings.reranker, with_one.settings.reranker) == (None, "backwards")
    assert without.digests.settings != with_one.digests.settings
    assert "cross-encoder backwards" in footnote(with_one)
    assert "cross-encoder" not in footnote(without)


def test_what_is_compared_keeps_the_cross_encoder_unless_it_is_a_leg_alone(small: Small, reread: Small) -> None:
    question = Question("企业计划培育几家", top_k=100)
    assert with_weight(reread.assistant, 0.0).reranker is reread.assistant.reranker
    with other_index(small.questions.corpus, reread.assistant, small.stages, no_progress) as other:
        assert other.reranker is reread.assistant.reranker
    assert as_it_is(reread.assistant)(question).returned != as_it_is(small.assistant)(question).returned
    for system in (dense_alone, reciprocal_ranks):
        assert system(reread.assistant)(question).returned == system(small.assistant)(question).returned


def test_other_labels_other_digest(small: Small) -> None:
    changed = replace(small, questions=replace(small.questions, digest="0"))
    before, after = small.evaluate().report.digests, changed.evaluate().report.digests
    assert (before.corpus, before.settings) == (after.corpus, after.settings)
    assert before.questions != after.questions


def test_a_report_is_read_back_as_it_was_printed(evaluated: Evaluation, tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text(evaluated.report.model_dump_json(), encoding="utf-8")
    assert Report.read(tmp_path / "run.json") == evaluated.report


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b'{"format": 2}'])
def test_a_file_that_is_no_report_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "run.json").write_bytes(content)
    with pytest.raises(InvalidReport, match=r"run\.json is not a report"):
        Report.read(tmp_path / "run.json")
    with pytest.raises(InvalidReport, match=r"none\.json cannot be read"):
        Report.read(tmp_path / "none.json")
