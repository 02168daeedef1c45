"""Score what came back: rank measures by ir_measures, and answer containment within a reading budget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ir_measures
from ir_measures import RR, R, nDCG

from eval.read_beir import LabelledQuestion
from index.clean.fold import fold

BUDGETS = (1000, 2000)
"""Characters read, for A@1000c and A@2000c."""
_RANKED = (nDCG @ 10, RR @ 10, R @ 10)
_LONG_ANSWER = 20
_GRAM = 8
_GRAMS_HELD = 0.6


@dataclass(frozen=True, slots=True)
class Returned:
    """One passage that came back: its document and the text that a reader sees."""

    document_id: str
    text: str


def measure(questions: Sequence[LabelledQuestion], runs: Mapping[str, Sequence[Returned]]) -> dict[str, float]:
    """The mean of each measure over all questions, each in [0, 1], higher is better.

    Args:
        questions: what was asked.
        runs: question id -> passages in the order they came back.

    Returns:
        nDCG@10, RR@10 and R@10 over documents, where a document stands at the rank of its best passage, and A@Nc, the
        share of questions whose answer is read within the first N characters.
    """
    qrels = {question.id: dict(question.documents) for question in questions}
    ranked = {
        question.id: {name: -float(rank) for rank, name in enumerate(_documents(runs[question.id]))}
        for question in questions
    }
    measured = ir_measures.calc_aggregate(_RANKED, qrels, ranked)
    scores = {str(name): float(measured[name]) for name in _RANKED}
    answered = [question for question in questions if question.answers]
    for budget in BUDGETS:
        held = sum(answer_within(question, runs[question.id], budget) for question in answered)
        scores[f"A@{budget}c"] = held / len(answered) if answered else 0.0
    return scores


def _documents(passages: Sequence[Returned]) -> list[str]:
    return list(dict.fromkeys(passage.document_id for passage in passages))


def answer_within(question: LabelledQuestion, passages: Sequence[Returned], budget: int) -> bool:
    """Whether the answer is read within the first `budget` characters, going down the passages in order.

    Only a passage of a document that the question belongs to can hold it; the passage in which the budget ends is read
    up to there.
    """
    left = budget
    for passage in passages:
        if left <= 0:
            return False
        read = passage.text[:left]
        relevant = question.documents.get(passage.document_id, 0) > 0
        if relevant and any(holds(read, answer) for answer in question.answers):
            return True
        left -= len(passage.text)
    return False


def holds(text: str, answer: str) -> bool:
    """Whether a text contains an answer, script, width, punctuation and blanks aside.

    An answer over 20 characters is also held where 60 % of its 8-grams are.
    """
    text, answer = _normalised(text), _normalised(answer)
    if answer in text:
        return bool(answer)
    if len(answer) <= _LONG_ANSWER:
        return False
    grams = {answer[at : at + _GRAM] for at in range(len(answer) - _GRAM + 1)}
    return sum(gram in text for gram in grams) >= _GRAMS_HELD * len(grams)


def _normalised(text: str) -> str:
    return "".join(filter(str.isalnum, fold(text).lower()))
