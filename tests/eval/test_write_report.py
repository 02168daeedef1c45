from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from eval.draw import Dot, distributions, dots
from eval.run import Evaluation
from eval.write_report import render, worst, write_report
from eval.write_trec import NotWritable


@pytest.fixture(scope="module")
def page(evaluated: Evaluation) -> str:
    return render(evaluated)


def test_nothing_is_fetched_and_nothing_runs(page: str) -> None:
    assert re.findall(r"(?:https?:)?//|<script|<link|<img|@import|url\(|\son\w+=", page) == []


def test_every_plot_is_well_formed_and_has_words(page: str) -> None:
    drawings = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(drawings) == 7
    for drawing in drawings:
        tree = ElementTree.fromstring(drawing)  # noqa: S314 # our own
        title, described = tree.find("title"), tree.find("desc")
        assert title is not None
        assert title.text
        assert described is not None
        assert described.text


def test_every_kind_system_and_setting_is_told(page: str, evaluated: Evaluation) -> None:
    report = evaluated.report
    for name in [*report.kinds, *(variant.name for variant in report.variants), report.settings.model]:
        assert name in page


def test_the_worst_questions_come_with_what_was_wanted_and_returned(page: str, evaluated: Evaluation) -> None:
    chosen = worst(evaluated)
    assert chosen
    for one in chosen:
        right = not one.result.answerable and one.result.refused
        assert not right
        assert one.result.question in page
        assert [found.text for found in one.found] == [evaluated.texts[name] for name in one.result.returned[:3]]
        assert all(words in page for words in one.wanted)


def test_texts_are_texts_and_not_markup(evaluated: Evaluation) -> None:
    hostile = "<script>alert(1)</script>"
    questions = [one.model_copy(update={"question": hostile}) for one in evaluated.report.questions]
    page = render(replace(evaluated, report=evaluated.report.model_copy(update={"questions": questions})))
    assert hostile not in page
    assert "&lt;script&gt;" in page


def test_dots_stand_where_their_figures_are() -> None:
    def place(value: float) -> float:
        return float(re.findall(r'<circle[^>]* cx="([\d.]+)"', dots("t", [Dot("a", value, value, value)]))[0])

    assert place(0.5) == pytest.approx((place(0.0) + place(1.0)) / 2, abs=0.1)
    assert "&lt;b&gt;" in dots("<b>", [])


def test_bars_are_as_high_as_their_shares() -> None:
    drawn = distributions("t", [0.01, 0.01, 0.99], [0.5], 0.5)
    heights = [float(height) for height in re.findall(r'height="([\d.]+)"', drawn)]
    assert heights[0] == pytest.approx(2 * heights[19], abs=0.1)
    assert max(heights) == heights[20 + 10]


def test_a_file_that_cannot_be_written_is_named(evaluated: Evaluation, tmp_path: Path) -> None:
    with pytest.raises(NotWritable, match="none"):
        write_report(evaluated, tmp_path / "none" / "report.html")
