from __future__ import annotations

from pathlib import Path

import pytest

from eval.gate import BASELINE, SLACK, Baseline, FloorLowered, GateFailed, check, pin, read_baseline
from eval.measure import FALSE
from eval.report import Report
from eval.run import Evaluation


@pytest.fixture
def report(evaluated: Evaluation) -> Report:
    return evaluated.report


def scored(report: Report, **scores: float) -> Report:
    """The report with other scores, `_` in their names for a blank."""
    changed = dict(report.own.scores)
    for name, score in scores.items():
        measure = name.replace("_", " ") if name != "nDCG" else "nDCG@10"
        changed[measure] = changed[measure].model_copy(update={"value": score})
    own = report.own.model_copy(update={"scores": changed})
    return report.model_copy(update={"variants": [own, *report.variants[1:]]})


def test_what_was_pinned_passes(report: Report) -> None:
    check(report, pin(report, None, lower=False))


def test_a_worse_score_fails_by_name_whichever_way_is_better(report: Report) -> None:
    baseline = pin(scored(report, nDCG=0.9, false_refusals=0.1), None, lower=False)
    check(scored(report, nDCG=0.9 - SLACK, false_refusals=0.1 + SLACK), baseline)
    check(scored(report, nDCG=1.0, false_refusals=0.0), baseline)
    with pytest.raises(GateFailed, match=r"1 score\(s\) are worse .* nDCG@10 0\.8800, pinned at 0\.8\d+ or more"):
        check(scored(report, nDCG=0.88, false_refusals=0.1), baseline)
    with pytest.raises(GateFailed, match=rf"{FALSE} 0\.1200, pinned at 0\.11\d+ or less"):
        check(scored(report, nDCG=0.9, false_refusals=0.12), baseline)


def test_a_score_that_is_no_longer_measured_fails(report: Report) -> None:
    baseline = pin(report, None, lower=False)
    own = report.own.model_copy(update={"scores": {k: v for k, v in report.own.scores.items() if k != "AUROC"}})
    with pytest.raises(GateFailed, match="AUROC nan"):
        check(report.model_copy(update={"variants": [own]}), baseline)


@pytest.mark.parametrize("name", ["corpus", "questions", "settings"])
def test_other_data_are_named_with_the_cure(report: Report, name: str) -> None:
    baseline = pin(report, None, lower=False)
    changed = report.model_copy(update={"digests": report.digests.model_copy(update={name: "0" * 64})})
    with pytest.raises(GateFailed, match=rf"other data: {name} \(.* then, 00000000 now\) differ.*policyqa eval --pin"):
        check(changed, baseline)


def test_nothing_pinned_is_told(report: Report, tmp_path: Path) -> None:
    assert read_baseline(tmp_path / "none.json") is None
    with pytest.raises(GateFailed, match="Nothing is pinned"):
        check(report, None)


def test_a_floor_is_lowered_only_on_purpose(report: Report) -> None:
    baseline = pin(scored(report, nDCG=0.9), None, lower=False)
    with pytest.raises(FloorLowered, match="nDCG@10"):
        pin(scored(report, nDCG=0.5), baseline, lower=False)
    assert pin(scored(report, nDCG=0.5), baseline, lower=True).floors["nDCG@10"] < 0.5


def test_pinning_again_and_again_does_not_wear_a_floor_down(report: Report) -> None:
    baseline = pin(scored(report, nDCG=0.9), None, lower=False)
    for _ in range(5):
        lower = scored(report, nDCG=baseline.floors["nDCG@10"])
        assert pin(lower, baseline, lower=False).floors == baseline.floors
    assert pin(scored(report, nDCG=0.95), baseline, lower=False).floors["nDCG@10"] > baseline.floors["nDCG@10"]


def test_what_is_pinned_is_read_back(report: Report, tmp_path: Path) -> None:
    baseline = pin(report, None, lower=False)
    (tmp_path / "b.json").write_text(baseline.model_dump_json(), encoding="utf-8")
    assert read_baseline(tmp_path / "b.json") == baseline
    (tmp_path / "b.json").write_text("{}", encoding="utf-8")
    with pytest.raises(GateFailed, match=r"b\.json cannot be read"):
        read_baseline(tmp_path / "b.json")


def test_the_pinned_scores_of_the_project_can_be_read() -> None:
    baseline = read_baseline(BASELINE)
    assert isinstance(baseline, Baseline)
    assert {"nDCG@10", "A@1000c", "AUROC"} <= set(baseline.floors)
    assert {"ECE", FALSE} <= set(baseline.ceilings)
