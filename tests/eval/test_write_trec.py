from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import ir_measures
import pytest

from eval.measure import RANKED
from eval.run import Evaluation
from eval.write_trec import NotWritable, write_trec


def test_what_is_written_scores_as_it_was_scored(evaluated: Evaluation, tmp_path: Path) -> None:
    qrels, *runs = write_trec(evaluated, tmp_path / "trec")
    assert [file.name for file in runs] == ["policyqa.run", "dense-alone.run", "bigram-BM25-alone.run"]
    judged = list(ir_measures.read_trec_qrels(str(qrels)))  # type: ignore[no-untyped-call] # the library declares no types
    for file, variant in zip(runs, evaluated.report.variants, strict=False):
        returned = ir_measures.read_trec_run(str(file))  # type: ignore[no-untyped-call] # the library declares no types
        found = ir_measures.calc_aggregate(RANKED, judged, returned)
        assert {str(name): value for name, value in found.items()} == pytest.approx(
            {str(name): variant.scores[str(name)].value for name in RANKED}
        )


def test_ids_with_blanks_stay_one_field(evaluated: Evaluation, tmp_path: Path) -> None:
    questions = [replace(question, id=f"一 {at}") for at, question in enumerate(evaluated.questions)]
    write_trec(replace(evaluated, questions=questions), tmp_path)
    lines = [line.split() for file in tmp_path.glob("*.run") for line in file.read_text(encoding="utf-8").splitlines()]
    assert lines
    assert {len(fields) for fields in lines} == {6}
    assert lines[0][0] == "%E4%B8%80%200"


def test_a_folder_that_cannot_be_written_is_named(evaluated: Evaluation, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NotWritable, match="file"):
        write_trec(evaluated, tmp_path / "file")
