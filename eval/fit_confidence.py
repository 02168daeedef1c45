"""Fit how confidence is judged: `python -m eval.fit_confidence INDEXES DIR...` prints weights and how well they judge.

Learnt from are the development part of `eval/questions.jsonl` and half of each BEIR set in DIR. To a set are put its
own questions; its own questions where their documents are shut out, on the subject but without an answer; and
questions of the next set. INDEXES is a folder for an index of each; one that is there is brought up to date. Run it
again when retrieval, the terms of a question or `qa.expect` change.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from eval.command import QUESTIONS
from eval.estimate import auroc, bins_by_width, calibration_error
from eval.read_beir import read_beir
from eval.read_questions import read_questions
from eval.records import LabelledQuestion, QuestionSet
from eval.remember import RememberingEmbedder
from index.build import build_index
from index.errors import InvalidQuestion
from index.load import SearchIndex, load_index
from index.settings import read_settings
from index.stages import choose_stages
from qa.judge import BEST, FEATURES, evidence
from qa.question import Filters, Question
from qa.retrieve import retrieve
from qa.weigh_sentences import Sought, weigh

Floats = NDArray[np.float64]

_ASKED = 400
"""Questions of a set of each sort, at most."""
_ANSWERABLE = 0.7
"""Share of the weight of a BEIR set that its answerable questions have; both sorts of others have half of the rest."""
_OWN_WEIGHT = 3.0
"""Of our own questions, beside all BEIR sets together at 2: no others were written to be near misses."""
_RIDGE = 3e-3


@dataclass(frozen=True, slots=True)
class Judged:
    """A question with its evidence."""

    features: Sequence[float]
    sort: str
    """`own`, `without` its documents, or `foreign`."""
    development: bool
    weight: float = 1.0

    @property
    def answerable(self) -> bool:
        """Whether the texts asked answer it."""
        return self.sort == "own"


def main(arguments: Sequence[str]) -> None:
    """Print each feature with its weight, with and without the likeness, and how well they judge each set."""
    indexes, folders = Path(arguments[0]), [Path(folder) for folder in arguments[1:]]
    corpus = read_settings().corpus
    index = indexed(corpus, indexes / "corpus")
    questions = read_questions(QUESTIONS, corpus, index.documents)
    samples = {questions.name: list(_labelled(questions, index))}
    sets = [read_beir(folder) for folder in folders]
    for at, one in enumerate(sets):
        foreign = sets[(at + 1) % len(sets)].questions if len(sets) > 1 else questions.questions
        samples[one.name] = list(_asked(one, foreign, indexed(one.corpus, indexes / one.name)))
    for count in (len(FEATURES), len(FEATURES) - 1):
        learnt = [
            replace(judged, features=judged.features[:count], weight=weight)
            for name, sample in samples.items()
            for judged, weight in _weighted([judged for judged in sample if judged.development], name == questions.name)
        ]
        weights = fit(learnt)
        print(", ".join(f"{name} {weight:.3f}" for name, weight in zip(FEATURES, weights, strict=False)))  # noqa: T201
        for name, sample in samples.items():
            print(f"  {name}: {_quality([judged for judged in sample if not judged.development], weights)}")  # noqa: T201


def fit(sample: Sequence[Judged]) -> Floats:
    """The weights of a logistic regression; the ridge is on standardised features, the first of which is 1."""
    features = np.array([judged.features for judged in sample], dtype=np.float64)
    right = np.array([judged.answerable for judged in sample], dtype=np.float64)
    weights = np.array([judged.weight for judged in sample]) / sum(judged.weight for judged in sample)
    mean, deviation = features[:, 1:].mean(axis=0), np.maximum(features[:, 1:].std(axis=0), 1e-9)
    scaled = np.column_stack([features[:, :1], (features[:, 1:] - mean) / deviation])

    def loss(beta: Floats) -> tuple[float, Floats]:
        scores = scaled @ beta
        penalty = _RIDGE * np.concatenate([[0.0], beta[1:]])
        value = weights @ (np.logaddexp(0, scores) - right * scores) + penalty @ beta
        return float(value), scaled.T @ (weights * (1 / (1 + np.exp(-scores)) - right)) + 2 * penalty

    found = minimize(loss, np.zeros(features.shape[1]), jac=True, method="L-BFGS-B").x
    slopes = found[1:] / deviation
    return np.concatenate([[found[0] - slopes @ mean], slopes])


def _weighted(sample: Sequence[Judged], own: bool) -> Iterator[tuple[Judged, float]]:
    if own:
        yield from ((judged, _OWN_WEIGHT / len(sample)) for judged in sample)
        return
    shares = {"own": _ANSWERABLE, "without": (1 - _ANSWERABLE) / 2, "foreign": (1 - _ANSWERABLE) / 2}
    for sort, share in shares.items():
        of_sort = [judged for judged in sample if judged.sort == sort]
        yield from ((judged, share / len(of_sort)) for judged in of_sort)


def _quality(sample: Sequence[Judged], weights: Floats) -> str:
    features = np.array([judged.features[: len(weights)] for judged in sample])
    confidence = 1 / (1 + np.exp(-(features @ weights)))
    right = np.array([judged.answerable for judged in sample])
    error = calibration_error(confidence, right, bins_by_width(confidence))(np.ones((1, len(sample))))[0]
    parts = [f"ECE {error:.3f}", f"false refusals {(confidence[right] < 0.5).mean():.3f}"]
    for sort in ("without", "foreign"):
        other = np.array([judged.sort == sort for judged in sample])
        if other.any():
            both = right | other
            area = auroc(confidence[both], right[both])(np.ones((1, both.sum())))[0]
            parts.append(f"{sort}: AUROC {area:.3f}, refused {(confidence[other] < 0.5).mean():.3f}")
    return "; ".join(parts)


def indexed(corpus: Path, folder: Path) -> SearchIndex:
    """The index of a corpus in a folder, brought up to date, with an embedder that remembers questions."""
    stages = choose_stages(read_settings())
    build_index([corpus], folder, stages)
    index = load_index(folder, stages)
    return replace(index, embedder=RememberingEmbedder(index.embedder))


def _labelled(questions: QuestionSet, index: SearchIndex) -> Iterator[Judged]:
    for question in questions.questions:
        sort = "own" if question.answerable else "foreign" if question.kind == "unanswerable-far" else "without"
        yield Judged(_evidence(_question(question), index), sort, question.part == "development")


def _asked(questions: QuestionSet, foreign: Sequence[LabelledQuestion], index: SearchIndex) -> Iterator[Judged]:
    for sort, asked in (("own", questions.questions), ("without", questions.questions), ("foreign", foreign)):
        for number, question in enumerate(islice(_drawn(asked), _ASKED)):
            shut_out = question.documents if sort == "without" else ()
            allowed = [name for name in index.documents if name not in shut_out] if shut_out else ()
            judged = Question(question.text, filters=Filters(document_ids=allowed))
            yield Judged(_evidence(judged, index), sort, number % 2 == 0)


def _drawn(questions: Sequence[LabelledQuestion]) -> Iterator[LabelledQuestion]:
    for question in random.Random(1).sample(questions, len(questions)):  # noqa: S311
        try:
            Question(question.text)
        except InvalidQuestion:
            continue
        yield question


def _question(question: LabelledQuestion) -> Question:
    return Question(question.text, history=question.history)


def _evidence(question: Question, index: SearchIndex) -> Sequence[float]:
    retrieved = retrieve(question, index, read_settings().dense_weight)
    sought = Sought.of(question.search_text, index.lexical.rarity)
    return evidence(sought, retrieved, weigh(sought, retrieved.hits[:BEST]), index)


if __name__ == "__main__":
    main(sys.argv[1:])
