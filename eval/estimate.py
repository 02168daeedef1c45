"""How sure a figure is: means, areas and calibration errors with bootstrap intervals, and paired randomisation tests.

A statistic is a function of how often each question was drawn. For the figure itself each is drawn once; for its
interval, n questions are drawn from n with replacement, 2000 times, from a fixed seed; the interval is the middle 95 %
of the figures found [1]. All questions are drawn together, so a difference of two systems is one of the same questions.

[1] Efron, Tibshirani: An Introduction to the Bootstrap (1993), percentile method.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Statistic = Callable[[Floats], Floats]
"""Weights (samples, questions) -> figures (samples,); NaN where the questions drawn say nothing."""

RESAMPLES = 2000
FLIPS = 9999
SEED = 0
BINS = 10
_LEVEL = 95
_CELLS = 20_000_000
"""Of a matrix that is held at once: 160 MB."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure and the interval that holds it with 95 % confidence; NaN where no question says anything."""

    value: float
    low: float
    high: float


def intervals(statistics: Mapping[str, Statistic], questions: int) -> dict[str, Interval]:
    """Each statistic with its interval, over the same draws of the questions."""
    drawn: dict[str, list[Floats]] = {name: [] for name in statistics}
    for weights in _draws(questions):
        for name, statistic in statistics.items():
            drawn[name].append(statistic(weights))
    once = np.ones((1, questions))
    result = {}
    for name, statistic in statistics.items():
        figures = np.concatenate(drawn[name])
        figures = figures[~np.isnan(figures)]
        tail = (100 - _LEVEL) / 2
        low, high = np.percentile(figures, [tail, 100 - tail]) if len(figures) else (np.nan, np.nan)
        result[name] = Interval(float(statistic(once)[0]), float(low), float(high))
    return result


def _draws(questions: int) -> Iterator[Floats]:
    """How often each question is drawn, (samples, questions) at a time, 2000 samples in all."""
    random = np.random.default_rng(SEED)
    left = RESAMPLES
    while left:
        samples = min(left, max(1, _CELLS // max(questions, 1)))
        drawn = random.integers(questions, size=(samples, questions)) + np.arange(samples)[:, None] * questions
        weights = np.bincount(drawn.ravel(), minlength=samples * questions)
        yield weights.reshape(samples, questions).astype(np.float64)
        left -= samples


def mean(column: Floats) -> Statistic:
    """The mean of a column over the questions it says something of."""
    present = (~np.isnan(column)).astype(np.float64)
    filled = np.nan_to_num(column)
    return lambda weights: _ratio(weights @ filled, weights @ present)


def _ratio(parts: Floats, wholes: Floats) -> Floats:
    return np.divide(parts, wholes, out=np.full_like(parts, np.nan), where=wholes > 0)


def auroc(confidence: Floats, answerable: NDArray[np.bool_]) -> Statistic:
    """The chance that a question that is answered by the texts has more confidence than one that is not; ties half."""
    order = np.argsort(confidence, kind="stable")
    starts = np.flatnonzero(np.diff(confidence[order], prepend=-np.inf))
    answered = answerable[order]

    def statistic(weights: Floats) -> Floats:
        drawn = weights[:, order]
        positives = np.add.reduceat(drawn * answered, starts, axis=1)
        negatives = np.add.reduceat(drawn * ~answered, starts, axis=1)
        below = np.cumsum(negatives, axis=1) - negatives / 2
        return _ratio((positives * below).sum(axis=1), positives.sum(axis=1) * negatives.sum(axis=1))

    return statistic


def bins_by_width(confidence: Floats) -> NDArray[np.int64]:
    """The bin of each confidence, from 0: ten of equal width over [0, 1]."""
    return np.minimum((confidence * BINS).astype(np.int64), BINS - 1)


def bins_by_mass(confidence: Floats) -> NDArray[np.int64]:
    """The bin of each confidence, from 0: ten of as equal counts as ties allow."""
    edges = np.quantile(confidence, np.linspace(0, 1, BINS + 1)[1:-1]) if len(confidence) else np.empty(0)
    return np.searchsorted(edges, confidence, side="right").astype(np.int64)


def calibration_error(confidence: Floats, answerable: NDArray[np.bool_], bins: NDArray[np.int64]) -> Statistic:
    """How far confidence is from the share that is answerable, bin by bin, weighted by questions [1].

    [1] Guo, Pleiss, Sun, Weinberger: On Calibration of Modern Neural Networks. ICML 2017.
    """
    gaps = np.zeros((len(confidence), BINS))
    gaps[np.arange(len(confidence)), bins] = confidence - answerable
    return lambda weights: _ratio(np.abs(weights @ gaps).sum(axis=1), weights.sum(axis=1))


def randomisation_test(differences: Mapping[str, Floats]) -> dict[str, float]:
    """For each column of differences, how likely one as great comes by chance: the two-sided p of a paired test [1].

    The sign of each question's difference is drawn anew, 9999 times, since under the null hypothesis either system
    could have given either score. The least p is 0.0001.

    [1] Smucker, Allan, Carterette: A Comparison of Statistical Significance Tests for IR Evaluation. CIKM 2007.
    """
    if not differences:
        return {}
    table = np.nan_to_num(np.stack(list(differences.values()), axis=1))
    found = np.abs(table.sum(axis=0))
    random = np.random.default_rng(SEED)
    as_great = np.zeros(len(differences))
    left = FLIPS
    while left:
        samples = min(left, max(1, _CELLS // max(len(table), 1)))
        signs = random.integers(0, 2, size=(samples, len(table)), dtype=np.int8).astype(np.float64) * 2 - 1
        as_great += (np.abs(signs @ table) >= found - 1e-9).sum(axis=0)
        left -= samples
    return dict(zip(differences, ((as_great + 1) / (FLIPS + 1)).tolist(), strict=True))
