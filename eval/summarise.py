"""Columns of figures become estimates: each system's scores, how it differs from policyqa, and how both split up."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eval.estimate import (
    BINS,
    Floats,
    Interval,
    Statistic,
    auroc,
    bins_by_mass,
    bins_by_width,
    calibration_error,
    intervals,
    mean,
    randomisation_test,
)
from eval.measure import PRECISION, Columns, ranked
from eval.records import LabelledQuestion, Level, Outcome
from eval.report import Bin, Difference, Estimate, Group, QuestionResult, Report, Variant

AUROC, ECE, ECE_MASS = "AUROC", "ECE", "ECE equal mass"


@dataclass(frozen=True, slots=True)
class Measured:
    """A system, what it gave back, and what that is worth."""

    name: str
    group: Group
    outcomes: Sequence[Outcome]
    columns: Columns


def variants(
    questions: Sequence[LabelledQuestion], measured: Sequence[Measured], baseline: Report | None
) -> list[Variant]:
    """The scores of each system; all but the first with their difference to the first, a baseline the other way."""
    first = measured[0]
    result = [
        Variant(
            name=one.name,
            group=one.group,
            scores=_scores(questions, one),
            differences=_differences(one.columns, first.columns) if one is not first else {},
        )
        for one in measured
    ]
    if baseline:
        before = _columns_of(baseline, questions)
        differences = _differences(first.columns, before)
        result.append(
            Variant(
                name=f"baseline of {baseline.made}",
                group="baseline",
                scores=baseline.own.scores,
                differences=differences,
            )
        )
    return result


def _columns_of(report: Report, questions: Sequence[LabelledQuestion]) -> Columns:
    """The figures of an earlier run for these questions; NaN for those it did not ask."""
    before = {result.id: result.measures for result in report.questions}
    names = dict.fromkeys(name for measures in before.values() for name in measures)
    return {
        name: np.array([before.get(question.id, {}).get(name, np.nan) for question in questions], dtype=np.float64)
        for name in names
    }


def _scores(questions: Sequence[LabelledQuestion], measured: Measured) -> dict[str, Estimate]:
    statistics = {name: mean(column) for name, column in measured.columns.items()}
    counts = {name: int((~np.isnan(column)).sum()) for name, column in measured.columns.items()}
    answerable = np.array([question.answerable for question in questions], dtype=np.bool_)
    if all(outcome.confidence is not None for outcome in measured.outcomes) and 0 < answerable.sum() < len(questions):
        statistics |= _of_confidence(_confidences(measured.outcomes), answerable)
        counts |= dict.fromkeys((AUROC, ECE, ECE_MASS), len(questions))
    return _estimates(intervals(statistics, len(questions)), counts)


def _of_confidence(confidence: Floats, answerable: NDArray[np.bool_]) -> dict[str, Statistic]:
    return {
        AUROC: auroc(confidence, answerable),
        ECE: calibration_error(confidence, answerable, bins_by_width(confidence)),
        ECE_MASS: calibration_error(confidence, answerable, bins_by_mass(confidence)),
    }


def _confidences(outcomes: Sequence[Outcome]) -> Floats:
    return np.array([outcome.confidence or 0.0 for outcome in outcomes], dtype=np.float64)


def _estimates(found: Mapping[str, Interval], counts: Mapping[str, int]) -> dict[str, Estimate]:
    """Those that any question says something of."""
    return {
        name: Estimate(value=figure.value, low=figure.low, high=figure.high, n=counts[name])
        for name, figure in found.items()
        if not math.isnan(figure.value)
    }


def _differences(one: Columns, other: Columns) -> dict[str, Difference]:
    """The first less the second, over the questions that both say something of."""
    # Of a question that both refuse, precision is the same: its difference says nothing.
    columns = {name: one[name] - other[name] for name in one if name in other and name != PRECISION}
    columns = {name: column for name, column in columns.items() if not np.isnan(column).all()}
    if not columns:
        return {}
    chances = randomisation_test(columns)
    found = intervals({name: mean(column) for name, column in columns.items()}, len(next(iter(columns.values()))))
    return {
        name: Difference(
            value=figure.value,
            low=figure.low,
            high=figure.high,
            p=chances[name],
            n=int((~np.isnan(columns[name])).sum()),
        )
        for name, figure in found.items()
    }


def kinds(questions: Sequence[LabelledQuestion], measured: Measured) -> dict[str, dict[str, Estimate]]:
    """The scores by kind of question, in the order in which kinds first occur."""
    result = {}
    for kind in dict.fromkeys(question.kind for question in questions):
        rows = [row for row, question in enumerate(questions) if question.kind == kind]
        columns = {name: column[rows] for name, column in measured.columns.items()}
        counts = {name: int((~np.isnan(column)).sum()) for name, column in columns.items()}
        statistics = {name: mean(column) for name, column in columns.items() if counts[name]}
        result[kind] = _estimates(intervals(statistics, len(rows)), counts)
    return result


def reliability(questions: Sequence[LabelledQuestion], outcomes: Sequence[Outcome]) -> list[Bin]:
    """The ten bins of equal width that the expected calibration error is made of; empty ones are left out."""
    confidence = _confidences(outcomes)
    answerable = np.array([question.answerable for question in questions], dtype=np.float64)
    bins = bins_by_width(confidence)
    return [
        Bin(
            low=at / BINS,
            high=(at + 1) / BINS,
            n=int(inside.sum()),
            confidence=float(confidence[inside].mean()),
            answerable=float(answerable[inside].mean()),
        )
        for at in range(BINS)
        if (inside := bins == at).any()
    ]


def questions(asked: Sequence[LabelledQuestion], measured: Measured, level: Level) -> list[QuestionResult]:
    """Each question with its own figures."""
    return [
        QuestionResult(
            id=question.id,
            kind=question.kind,
            question=question.text,
            answerable=question.answerable,
            confidence=outcome.confidence or 0.0,
            refused=outcome.refused,
            answer=outcome.answer,
            returned=ranked(outcome, level)[:10],
            measures={
                name: float(column[row]) for name, column in measured.columns.items() if not np.isnan(column[row])
            },
        )
        for row, (question, outcome) in enumerate(zip(asked, measured.outcomes, strict=True))
    ]
