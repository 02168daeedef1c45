"""Score what came back to each question: a column of figures for each measure, a row for each question.

Where a measure says nothing of a question, such as the rank of an answer that no text holds, its column has NaN there;
the mean of a column is over the others. So the mean of `refusal recall` is a recall, and that of `refusal precision` a
precision, and every measure but those of `eval.estimate` can be averaged, resampled and compared in the same way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

import ir_measures
import numpy as np
from ir_measures import RR, R, Success, nDCG
from numpy.typing import NDArray

from eval.records import Evidence, LabelledQuestion, Level, Outcome, Returned
from index.clean.fold import fold

Columns = Mapping[str, NDArray[np.float64]]
"""Measure -> one figure a question, NaN where it says nothing."""

BUDGETS = (1000, 2000)
"""Characters read, for A@1000c and A@2000c."""
RANKED = (nDCG @ 10, RR @ 10, R @ 1, R @ 5, R @ 10, Success @ 1)
CITATIONS, SAID, ITEMS, LENGTH = "citations correct", "evidence said", "list items said", "answer length"
PRECISION, RECALL, FALSE = "refusal precision", "refusal recall", "false refusals"
LOWER_IS_BETTER = frozenset({FALSE, "ECE", "ECE equal mass", LENGTH})
"""Every other measure: higher is better."""

_LONG_ANSWER = 20
_GRAM = 8
_GRAMS_HELD = 0.6
_MARK = re.compile(r"\[(\d+)\]")

Verify = Callable[[Returned], bool]
Relevant = Callable[[LabelledQuestion], Mapping[str, int]]


def measure(
    questions: Sequence[LabelledQuestion],
    outcomes: Sequence[Outcome],
    level: Level,
    relevant: Relevant,
    verify: Verify,
) -> Columns:
    """Every measure of every question, in the order of the questions.

    Args:
        questions: what was asked.
        outcomes: what came back to each.
        level: whether ranks are counted in passages or in documents, where a document stands at the rank of its best
            passage.
        relevant: a question's passage or document ids -> gains.
        verify: whether a passage's quote is found at its place in the source.
    """
    pairs = list(zip(questions, outcomes, strict=True))
    columns = ranks(questions, outcomes, level, relevant)
    for budget in BUDGETS:
        columns[f"A@{budget}c"] = _column(
            [
                float(read_within(question.evidence, outcome.returned, budget)) if question.evidence else None
                for question, outcome in pairs
            ]
        )
    if all(outcome.confidence is None for outcome in outcomes):
        return columns
    said = [_said(question, outcome) for question, outcome in pairs]
    columns[SAID] = _column(said)
    columns[ITEMS] = _column(
        [share if question.kind == "list" else None for question, share in zip(questions, said, strict=True)]
    )
    columns[CITATIONS] = _column([citations_correct(outcome, verify) for outcome in outcomes])
    columns[LENGTH] = _column([None if outcome.refused else len(_MARK.sub("", outcome.answer)) for outcome in outcomes])
    columns[PRECISION] = _column([float(not asked.answerable) if got.refused else None for asked, got in pairs])
    columns[RECALL] = _column([None if asked.answerable else float(got.refused) for asked, got in pairs])
    columns[FALSE] = _column([float(got.refused) if asked.answerable else None for asked, got in pairs])
    return columns


def _column(values: Sequence[float | None]) -> NDArray[np.float64]:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def ranks(
    questions: Sequence[LabelledQuestion], outcomes: Sequence[Outcome], level: Level, relevant: Relevant
) -> dict[str, NDArray[np.float64]]:
    """The rank measures of ir_measures, each in [0, 1]; a question that found nothing has 0."""
    rows = {question.id: row for row, question in enumerate(questions) if question.answerable}
    # Inside an evaluation ids are numbers: what ids may hold is no matter, and nothing is read as two words.
    qrels = {str(row): dict(relevant(questions[row])) for row in rows.values()}
    run = {
        str(row): {name: -float(rank) for rank, name in enumerate(ranked(outcomes[row], level))}
        for row in rows.values()
    }
    columns = {str(name): np.full(len(questions), np.nan) for name in RANKED}
    for column in columns.values():
        column[list(rows.values())] = 0.0
    for found in ir_measures.iter_calc(RANKED, qrels, run) if rows else ():
        columns[str(found.measure)][int(found.query_id)] = found.value
    return columns


def ranked(outcome: Outcome, level: Level) -> list[str]:
    """The ids of what came back, best first, each once."""
    if level == "document":
        return list(dict.fromkeys(passage.document_id for passage in outcome.returned))
    return list(dict.fromkeys(passage.id for passage in outcome.returned))


def read_within(evidence: Sequence[Evidence], passages: Sequence[Returned], budget: int) -> bool:
    """Whether all evidence is read within the first `budget` characters, going down the passages in order.

    Only a passage of a document that the evidence belongs to can hold it; the passage in which the budget ends is read
    up to there.
    """
    left = budget
    missing = list(evidence)
    for passage in passages:
        if left <= 0 or not missing:
            break
        read = passage.text[:left]
        missing = [
            one
            for one in missing
            if passage.document_id not in one.documents or not any(holds(read, wording) for wording in one.wordings)
        ]
        left -= len(passage.text)
    return not missing


def _said(question: LabelledQuestion, outcome: Outcome) -> float | None:
    """The share of the evidence that the answer's own words hold; 0 where it was refused."""
    if not question.evidence:
        return None
    if outcome.refused:
        return 0.0
    answer = _MARK.sub("", outcome.answer)
    said = [any(holds(answer, wording) for wording in one.wordings) for one in question.evidence]
    return sum(said) / len(said)


def citations_correct(outcome: Outcome, verify: Verify) -> float | None:
    """The share of what is cited that stands where it is said to stand; None where nothing was cited.

    Counted are the passages, whose quotes must be found in the source, and the sentences of the answer, each of which
    must stand in the passage whose number follows it.
    """
    right = [verify(passage) for passage in outcome.returned]
    if not outcome.refused:
        pieces = _MARK.split(outcome.answer)
        for sentence, number in zip(pieces[::2], pieces[1::2], strict=False):
            at = int(number) - 1
            right.append(at < len(right) and right[at] and sentence.strip() in outcome.returned[at].text)
    return sum(right) / len(right) if right else None


def holds(text: str, answer: str) -> bool:
    """Whether a text contains an answer, script, width, punctuation and blanks aside.

    An answer over 20 characters is also held where 60 % of its 8-grams are.
    """
    text, answer = normalised(text), normalised(answer)
    if answer in text:
        return bool(answer)
    if len(answer) <= _LONG_ANSWER:
        return False
    grams = {answer[at : at + _GRAM] for at in range(len(answer) - _GRAM + 1)}
    return sum(gram in text for gram in grams) >= _GRAMS_HELD * len(grams)


@lru_cache(maxsize=1 << 16)
def normalised(text: str) -> str:
    """A text as answers are compared: Simplified, narrow, in lower case, its letters and digits alone."""
    return "".join(filter(str.isalnum, fold(text).lower()))
