from __future__ import annotations

from pathlib import Path

import pytest

from eval import publish as pages
from eval.publish import (
    BEGIN,
    DOCUMENTATION,
    END,
    README,
    NoPlaceForResults,
    Results,
    full_tables,
    read_results,
    replaced,
    short_tables,
)
from eval.report import InvalidReport
from eval.run import Evaluation


def between(page: Path) -> str:
    return page.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0]


def test_the_tables_of_the_project_were_made_from_its_results() -> None:
    results = read_results(pages.RESULTS)
    assert results.reports
    assert between(README) == "\n" + short_tables(results)
    assert between(DOCUMENTATION) == "\n" + full_tables(results)


def test_a_report_takes_the_place_of_the_earlier_one_of_its_set(evaluated: Evaluation) -> None:
    other = evaluated.report.model_copy(update={"name": "other"})
    results = Results().with_report(evaluated.report).with_report(other)
    again = results.with_report(evaluated.report.model_copy(update={"asked": 99}))
    assert [(report.name, report.asked) for report in again.reports] == [("small", 99), ("other", other.asked)]
    assert again.reports[0].questions == []


def test_tables_name_every_system_kind_change_and_setting(evaluated: Evaluation) -> None:
    results = Results().with_report(evaluated.report)
    tables = full_tables(results)
    for name in [*evaluated.report.kinds, *(variant.name for variant in evaluated.report.variants)]:
        assert f"| {name} " in tables or f" {name} |" in tables
    assert f"{evaluated.report.own.scores['nDCG@10'].value:.3f}" in short_tables(results)
    assert str(evaluated.report.made) in short_tables(results)


def test_publishing_writes_all_pages_or_none(
    evaluated: Evaluation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("RESULTS", "README", "DOCUMENTATION"):
        monkeypatch.setattr(pages, name, tmp_path / name)
    (tmp_path / "README").write_text(f"above\n{BEGIN}\nstale figures\n{END}\nbelow", encoding="utf-8")
    with pytest.raises(NoPlaceForResults, match="DOCUMENTATION"):
        pages.publish(evaluated.report)
    assert "stale figures" in (tmp_path / "README").read_text(encoding="utf-8")

    (tmp_path / "DOCUMENTATION").write_text(BEGIN + END, encoding="utf-8")
    pages.publish(evaluated.report)
    readme = (tmp_path / "README").read_text(encoding="utf-8")
    assert readme.startswith("above\n")
    assert readme.endswith("\nbelow")
    assert "stale figures" not in readme
    assert read_results(tmp_path / "RESULTS").reports[0].name == "small"


def test_a_page_without_a_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text(BEGIN, encoding="utf-8")
    with pytest.raises(NoPlaceForResults, match=r"page\.md has no place"):
        replaced(tmp_path / "page.md", "")


def test_results_that_are_damaged_are_told(tmp_path: Path) -> None:
    (tmp_path / "r.json").write_text("[]", encoding="utf-8")
    with pytest.raises(InvalidReport, match=r"r\.json cannot be read"):
        read_results(tmp_path / "r.json")
