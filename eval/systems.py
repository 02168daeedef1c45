"""The systems that questions are put to: policyqa as users ask it, and what it is compared with.

Only `Assistant.ask`, its reply, and the passages of the index are used: how passages are found is not known here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from eval.records import LabelledQuestion, Outcome, Returned
from index.clean.fold import fold
from index.errors import InvalidQuestion
from index.load import SearchIndex
from index.records import Passage
from index.search_lexical import TantivyBM25
from qa.ask import Assistant, Reply
from qa.question import MAX_TOP_K, Question

System = Callable[[Question], Outcome]
_REFUSED, _FOUND_NOTHING = Outcome((), confidence=0.0, refused=True), Outcome(())

# Equal passages are one object: a hundred thousand questions bring ten million of them.
_passages: dict[Returned, Returned] = {}


def put(
    questions: Sequence[LabelledQuestion], system: System, progress: Callable[[int, int], None]
) -> tuple[list[Outcome], int]:
    """What a system gives back to each question, and how many could not be asked and so found nothing."""
    outcomes: list[Outcome | None] = []
    for done, question in enumerate(questions, 1):
        try:
            asked = Question(question.text, top_k=MAX_TOP_K, history=question.history)
        except InvalidQuestion:
            outcomes.append(None)
        else:
            outcomes.append(system(asked))
        progress(done, len(questions))
    # A system that only ranks refuses nothing.
    ranks = any(outcome and outcome.confidence is None for outcome in outcomes)
    nothing = _FOUND_NOTHING if ranks else _REFUSED
    return [outcome or nothing for outcome in outcomes], outcomes.count(None)


def as_it_is(assistant: Assistant) -> System:
    """What a user gets."""
    return lambda question: _outcome(assistant.ask(question))


def _outcome(reply: Reply) -> Outcome:
    return Outcome(
        returned=_returned(reply),
        confidence=reply.answer.confidence,
        refused=not reply.answer.answerable,
        answer=reply.text("simplified") if reply.answer.answerable else "",
    )


def _returned(reply: Reply) -> tuple[Returned, ...]:
    return tuple(
        _one(Returned(cited.document.id, (cited.content.start, cited.content.end), cited.quote))
        for cited in reply.citations
    )


def _one(passage: Returned) -> Returned:
    return _passages.setdefault(passage, passage)


def with_weight(assistant: Assistant, dense_weight: float) -> Assistant:
    """The assistant with another share of the dense leg: 0 is the lexical and the document leg, 1 the dense alone."""
    return replace(assistant, settings=assistant.settings.model_copy(update={"dense_weight": dense_weight}))


def _ranking(assistant: Assistant, dense_weight: float) -> Callable[[Question], tuple[Returned, ...]]:
    """What the legs rank, fused with this weight: a cross-encoder does not read it again."""
    legs = replace(with_weight(assistant, dense_weight), reranker=None)
    return lambda question: _returned(legs.ask(question))


def dense_alone(assistant: Assistant) -> System:
    """The ranking of the dense leg, which does not judge or answer."""
    dense = _ranking(assistant, 1.0)
    return lambda question: Outcome(dense(question))


def bigrams_alone(index: SearchIndex, folder: Path) -> System:
    """What keyword search gives: BM25 over character bigrams of the passages, without title, headings or history."""
    store = TantivyBM25.build([passage.text for passage in index.passages], folder)
    passages = passages_of(index)

    def search(question: Question) -> Outcome:
        return Outcome(tuple(passages[row] for row in store.search(fold(question.text), MAX_TOP_K)[0]))

    return search


def reciprocal_ranks(assistant: Assistant) -> System:
    """Words (the lexical and the document leg) and meaning (the dense leg) fused by reciprocal rank [1] with k = 60.

    In place of the fusion in use, and of what a cross-encoder makes of it.

    [1] Cormack, Clarke, Büttcher: Reciprocal Rank Fusion outperforms Condorcet. SIGIR 2009.
    """
    rankings = [_ranking(assistant, 0.0), _ranking(assistant, 1.0)]

    def search(question: Question) -> Outcome:
        scores: dict[Returned, float] = {}
        for ranking in rankings:
            for rank, passage in enumerate(ranking(question), 1):
                scores[passage] = scores.get(passage, 0.0) + 1 / (60 + rank)
        return Outcome(tuple(sorted(scores, key=lambda passage: (-scores[passage], passage.id))[:MAX_TOP_K]))

    return search


def passages_of(index: SearchIndex) -> list[Returned]:
    """Every passage of an index, in the order of its rows."""
    return list(map(partial(_located, index), index.passages))


def _located(index: SearchIndex, passage: Passage) -> Returned:
    content = index.paragraph(passage.document_id, passage.paragraph).content
    return _one(Returned(passage.document_id, content.source_span(passage.start, passage.end), passage.text))


def texts_of(index: SearchIndex) -> Mapping[str, str]:
    """Passage id -> text, for reports."""
    return {passage.id: passage.text for passage in passages_of(index)}
