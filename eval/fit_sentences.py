"""Fit how sentences are weighed: `python -m eval.fit_sentences INDEXES DIR...` prints weights and how well they choose.

Learnt from are the development part of `eval/questions.jsonl` and half of each BEIR set in DIR: of the sentences of the
three best passages, those that say the answer should weigh most. INDEXES as for `eval.fit_confidence`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from eval.command import QUESTIONS
from eval.fit_confidence import indexed
from eval.measure import holds
from eval.read_beir import read_beir
from eval.read_questions import read_questions
from eval.records import LabelledQuestion
from index.errors import InvalidQuestion
from index.load import SearchIndex
from index.settings import read_settings
from qa.judge import BEST
from qa.question import Question
from qa.retrieve import retrieve
from qa.weigh_sentences import FEATURES, Sought, weigh

Floats = NDArray[np.float64]

_RIDGE = 1e-3


@dataclass(frozen=True, slots=True)
class Choice:
    """The sentences to choose from for one question."""

    features: Floats
    """Sentences x FEATURES."""
    right: Floats
    """Of each sentence: the share of the evidence that it says; above 0 for one at least."""


def main(arguments: Sequence[str]) -> None:
    """Print each feature with its weight, and how much of what one sentence can say the best one says."""
    indexes, folders = Path(arguments[0]), [Path(folder) for folder in arguments[1:]]
    corpus = read_settings().corpus
    index = indexed(corpus, indexes / "corpus")
    questions = read_questions(QUESTIONS, corpus, index.documents)
    development = [question for question in questions.questions if question.part == "development"]
    tests = [question for question in questions.questions if question.part == "test"]
    learnt = [list(_choices(development, index))]
    held_out = {questions.name: list(_choices(tests, index))}
    for folder in folders:
        asked = read_beir(folder)
        index = indexed(asked.corpus, indexes / asked.name)
        learnt.append(list(_choices(asked.questions[::2], index)))
        held_out[asked.name] = list(_choices(asked.questions[1::2], index))
    weights = fit(learnt)
    for name, weight in zip(FEATURES, weights, strict=True):
        print(f"{weight:8.3f}  {name}")  # noqa: T201 - a script's result
    for name, choices in held_out.items():
        said = [choice.right[np.argmax(choice.features @ weights)] / choice.right.max() for choice in choices]
        print(f"{name}: {np.mean(said):.3f} of {len(said)}")  # noqa: T201


def fit(sets: Sequence[Sequence[Choice]]) -> Floats:
    """The weights of a conditional logit; every set counts alike, however many choices it has."""
    weighted = [(choice, 1 / len(choices) / len(sets)) for choices in sets for choice in choices]

    def loss(weights: Floats) -> tuple[float, Floats]:
        value, gradient = _RIDGE * weights @ weights, 2 * _RIDGE * weights
        for choice, share in weighted:
            scores = choice.features @ weights
            likely = np.exp(scores - np.logaddexp.reduce(scores))
            wanted = choice.right / choice.right.sum()
            value -= share * (wanted @ np.log(likely + 1e-12))
            gradient += share * (choice.features.T @ (likely - wanted))
        return float(value), gradient

    found: Floats = minimize(loss, np.zeros(len(FEATURES)), jac=True, method="L-BFGS-B").x
    return found


def _choices(questions: Sequence[LabelledQuestion], index: SearchIndex) -> Iterator[Choice]:
    for question in questions:
        try:
            asked = Question(question.text, history=question.history)
        except InvalidQuestion:
            continue
        hits = retrieve(asked, index, read_settings().dense_weight).hits[:BEST]
        candidates = weigh(Sought.of(asked.search_text, index.lexical.rarity), hits)
        right = np.zeros(len(candidates))
        for row, candidate in enumerate(candidates):
            passage = hits[candidate.hit].passage
            said = passage.text[slice(*candidate.span)]
            right[row] = sum(
                passage.document_id in one.documents and any(holds(said, wording) for wording in one.wordings)
                for one in question.evidence
            )
        if right.any():
            yield Choice(np.array([candidate.features for candidate in candidates]), right / len(question.evidence))


if __name__ == "__main__":
    main(sys.argv[1:])
