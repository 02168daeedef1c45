"""Ask a question set and score it: the system as it is, and what it is compared with."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence, Set
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from eval.measure import Returned, measure
from eval.read_beir import LabelledQuestion, QuestionSet
from index.build import Progress, no_progress
from index.clean.fold import fold
from index.errors import InvalidQuestion
from index.load import SearchIndex
from index.search_lexical import TantivyBM25
from qa.ask import Assistant
from qa.question import MAX_TOP_K, Question
from qa.retrieve import retrieve

Run = Callable[[str], Sequence[Returned]]


@dataclass(frozen=True, slots=True)
class Report:
    """The scores of each system on one set, with the settings they hold for."""

    name: str
    questions: int
    refused: int
    """Questions that cannot be asked, such as empty ones; they are scored as finding nothing."""
    documents: int
    passages: int
    model: str
    dense_weight: float
    systems: dict[str, dict[str, float]]
    """System -> measure -> mean over all questions."""

    def as_dict(self) -> dict[str, object]:
        """The report as JSON holds it."""
        return asdict(self)


def evaluate(questions: QuestionSet, assistant: Assistant, progress: Progress = no_progress) -> Report:
    """Score the assistant on a set that it has indexed, beside its dense leg alone and plain bigram BM25.

    Each system returns up to 100 passages. The baseline is what keyword search gives: BM25 over the same passages,
    without title and headings.
    """
    index = assistant.index
    refused = {question.id for question in questions.questions if not _can_be_asked(question.text)}
    with tempfile.TemporaryDirectory() as folder:
        systems: dict[str, Run] = {
            "policyqa": lambda text: _asked(text, assistant),
            "dense alone": lambda text: _retrieved(text, index, dense_weight=1.0),
            "bigram BM25 alone": _baseline(index, Path(folder)),
        }
        scores = {
            name: _score(questions.questions, refused, run, partial(progress, name)) for name, run in systems.items()
        }
    counts = index.manifest.counts
    return Report(
        name=questions.name,
        questions=len(questions.questions),
        refused=len(refused),
        documents=counts["documents"],
        passages=counts["passages"],
        model=index.manifest.stages["model"],
        dense_weight=assistant.settings.dense_weight,
        systems=scores,
    )


def _score(
    questions: Sequence[LabelledQuestion], refused: Set[str], run: Run, progress: Callable[[int, int], None]
) -> dict[str, float]:
    runs = {}
    for done, question in enumerate(questions, 1):
        runs[question.id] = [] if question.id in refused else run(question.text)
        progress(done, len(questions))
    return measure(questions, runs)


def _can_be_asked(text: str) -> bool:
    try:
        Question(text)
    except InvalidQuestion:
        return False
    return True


def _asked(text: str, assistant: Assistant) -> list[Returned]:
    """What a user gets: the passages of `/v1/ask`."""
    reply = assistant.ask(Question(text, top_k=MAX_TOP_K))
    return [Returned(citation.document.id, citation.quote) for citation in reply.citations]


def _retrieved(text: str, index: SearchIndex, dense_weight: float) -> list[Returned]:
    hits = retrieve(Question(text, top_k=MAX_TOP_K), index, dense_weight).hits
    return [Returned(hit.passage.document_id, hit.passage.text) for hit in hits]


def _baseline(index: SearchIndex, folder: Path) -> Run:
    store = TantivyBM25.build(folder, [passage.text for passage in index.passages])

    def run(text: str) -> list[Returned]:
        found = (index.passages[row] for row in store.search(fold(text), MAX_TOP_K)[0])
        return [Returned(passage.document_id, passage.text) for passage in found]

    return run
