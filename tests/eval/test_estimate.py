from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval import estimate
from eval.estimate import (
    FLIPS,
    Floats,
    auroc,
    bins_by_mass,
    bins_by_width,
    calibration_error,
    intervals,
    mean,
    randomisation_test,
)

FIGURES = st.lists(st.sampled_from([0.0, 0.1, 0.5, 0.55, 0.9, 1.0]), min_size=2, max_size=30)


def once(count: int) -> Floats:
    return np.ones((1, count))


@given(FIGURES, st.randoms(use_true_random=False))
def test_the_area_is_the_share_of_pairs_in_order(confidence: list[float], random: object) -> None:
    answerable = np.array([random.random() < 0.5 for _ in confidence])  # type: ignore[attr-defined] # a Random
    pairs = [
        (one > other) + (one == other) / 2
        for (one, right), (other, wrong) in product(zip(confidence, answerable, strict=True), repeat=2)
        if right and not wrong
    ]
    found = auroc(np.array(confidence), answerable)(once(len(confidence)))[0]
    if pairs:
        assert found == pytest.approx(np.mean(pairs))
    else:
        assert np.isnan(found)


def test_a_weight_counts_a_question_so_often() -> None:
    confidence, answerable = np.array([0.9, 0.8, 0.3]), np.array([True, False, True])
    twice = np.array([[1.0, 2.0, 0.0]])
    repeated = np.array([0, 1, 1])
    for statistic in (auroc, lambda c, a: calibration_error(c, a, bins_by_width(c))):
        assert statistic(confidence, answerable)(twice) == pytest.approx(
            statistic(confidence[repeated], answerable[repeated])(once(3))
        )


def test_confidence_that_is_as_often_right_as_it_says_is_calibrated() -> None:
    confidence = np.repeat([0.25, 0.75], 4)
    answerable = np.array([True, False, False, False, True, True, True, False])
    for bins in (bins_by_width(confidence), bins_by_mass(confidence)):
        assert calibration_error(confidence, answerable, bins)(once(8))[0] == pytest.approx(0)
        assert calibration_error(confidence, ~answerable, bins)(once(8))[0] == pytest.approx(0.5)


@given(FIGURES)
def test_bins_are_ten(figures: list[float]) -> None:
    confidence = np.array(figures)
    for bins in (bins_by_width(confidence), bins_by_mass(confidence)):
        assert ((bins >= 0) & (bins < 10)).all()
        assert (np.diff(bins[np.argsort(confidence, kind="stable")]) >= 0).all()


def test_bins_of_equal_mass_hold_as_many_each() -> None:
    assert np.bincount(bins_by_mass(np.linspace(0, 1, 1000))).tolist() == [100] * 10


def test_the_mean_is_over_the_questions_that_say_something() -> None:
    column = np.array([1.0, np.nan, 0.0, 1.0])
    found = intervals({"share": mean(column)}, 4)["share"]
    assert found.value == pytest.approx(2 / 3)
    assert found.low < found.value < found.high


def test_an_interval_is_as_wide_as_theory_says() -> None:
    column = np.random.default_rng(1).normal(0.5, 0.1, 400)
    found = intervals({"mean": mean(column)}, 400)["mean"]
    half = 1.96 * column.std() / np.sqrt(400)
    assert found.low == pytest.approx(found.value - half, abs=half / 5)
    assert found.high == pytest.approx(found.value + half, abs=half / 5)


def test_the_same_figures_have_the_same_interval() -> None:
    column = np.linspace(0, 1, 50)
    assert intervals({"a": mean(column)}, 50)["a"] == intervals({"b": mean(column)}, 50)["b"]


def test_a_column_that_says_nothing_has_no_figure() -> None:
    found = intervals({"none": mean(np.full(3, np.nan))}, 3)["none"]
    assert np.isnan([found.value, found.low, found.high]).all()


def test_chance_is_told_from_difference() -> None:
    random = np.random.default_rng(2)
    chances = randomisation_test(
        {
            "none": random.normal(0, 1, 200),
            "much": random.normal(1, 1, 200),
            "equal": np.zeros(200),
            "unsaid": np.full(200, np.nan),
        }
    )
    assert chances["much"] == 1 / (FLIPS + 1)
    assert chances["none"] > 0.01
    assert chances["equal"] == chances["unsaid"] == 1


def test_the_chance_of_a_few_differences_is_what_counting_gives() -> None:
    # Of the eight ways to give three equal differences their signs, two are as great.
    assert randomisation_test({"d": np.array([1.0, 1.0, 1.0])})["d"] == pytest.approx(0.25, abs=0.02)


def test_a_hundred_thousand_questions_fit_into_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(estimate, "RESAMPLES", 300)  # two matrices' worth, so that there is a seam between them
    found = intervals({"mean": mean(np.linspace(0, 1, 100_000))}, 100_000)["mean"]
    assert found.low < found.value < found.high
