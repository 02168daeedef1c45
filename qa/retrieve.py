"""A question finds passages: two legs, fused by a convex sum."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.clean.fold import fold
from index.load import SearchIndex
from index.records import Document, Passage
from index.search_dense import Rows, Scores
from qa.drop_copies import Elsewhere, drop_copies, elsewhere
from qa.question import Filters, Question

DEPTH = 100
"""How many passages each leg contributes at least."""
_DEEPER = 4


@dataclass(frozen=True, slots=True)
class LegScore:
    """What one leg says of a passage."""

    score: float
    """In [0, 1], higher is better: BM25 as a share of the best passage's (lexical), or the cosine, scaled from the
    least to the greatest found (dense)."""
    rank: int
    """From 1."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found; a leg that did not find it says nothing."""

    passage: Passage
    score: float
    """In [0, 1], higher is better: (1 - w) * lexical + w * dense."""
    lexical: LegScore | None
    dense: LegScore | None
    elsewhere: Sequence[Elsewhere] = ()
    """Other documents that say the same, the better copies first."""


@dataclass(frozen=True, slots=True)
class Retrieved:
    """The hits of a question, best first, and how close the closest is."""

    hits: Sequence[Hit]
    likeness: float
    """Cosine of the question to the most similar passage, in [-1, 1]; -1 where nothing was searched."""


def retrieve(question: Question, index: SearchIndex, dense_weight: float) -> Retrieved:
    """The best `question.top_k` passages among the documents that the filters let through.

    The legs are fused by a convex sum [1]. BM25 has a natural zero and is scaled by its greatest value; cosines of
    one model crowd together and are scaled from their least to their greatest. A passage outside a leg's list has 0
    there.
    Reciprocal rank fusion was measured worse than BM25 alone on policy questions (nDCG@10 0.70 to 0.73) and not used.

    What several documents say is found once. Of documents that are copies of one text, only the best copy among those
    that the filters let through is searched; of other copies, the hit that comes first is kept. Each leg looks as deep
    as it takes to have as many passages as it had without them.

    [1] Bruch, Gai, Ingber: An Analysis of Fusion Functions for Hybrid Retrieval. ACM TOIS 42 (2023).
    """
    allowed = _allowed_rows(question.filters, index)
    if allowed is not None and not len(allowed):
        return Retrieved((), -1.0)
    depth = max(DEPTH, question.top_k)
    text = question.search_text
    vector = index.embedder.embed([text], "query")[0]
    hidden = index.copies.hidden if allowed is None else frozenset()
    while True:
        lexical_rows, bm25 = _seen(lambda k: index.lexical.search(text, k, allowed), depth, hidden)
        dense_rows, cosines = _seen(lambda k: index.vectors.search(vector, k, allowed), depth, hidden)
        lexical = _leg(lexical_rows, bm25 / bm25.max(initial=1e-9))
        dense = _leg(dense_rows, _spread(cosines))
        scores = {
            row: (1 - dense_weight) * _score(lexical.get(row)) + dense_weight * _score(dense.get(row))
            for row in lexical.keys() | dense.keys()
        }
        # Equal scores in the order of the rows, so that the same question always gets the same list.
        ranked = sorted(scores, key=lambda row: (-scores[row], row))
        rows = drop_copies(ranked, scores.__getitem__, index.copies, question.top_k)
        if len(rows) == question.top_k or max(len(lexical), len(dense)) < depth:
            break
        depth *= _DEEPER
    hits = [
        Hit(index.passages[row], min(1.0, scores[row]), lexical.get(row), dense.get(row), elsewhere(row, index))
        for row in rows
    ]
    return Retrieved(hits, float(cosines.max(initial=-1.0)))


def _issuer_names(document: Document) -> Iterator[str]:
    """The names a filter finds a document by: each issuer's, and that of all together."""
    yield from document.metadata.issuers
    yield document.metadata.issuer or ""


def _seen(search: Callable[[int], tuple[Rows, Scores]], depth: int, hidden: Set[int]) -> tuple[Rows, Scores]:
    """The best `depth` rows of a leg that are not hidden."""
    asked = depth
    while True:
        rows, scores = search(asked)
        seen = [at for at, row in enumerate(rows.tolist()) if row not in hidden][:depth]
        if len(seen) == depth or len(rows) < asked:
            return rows[seen], scores[seen]
        asked *= _DEEPER


def _leg(rows: Rows, scores: Scores) -> dict[int, LegScore]:
    pairs = zip(rows.tolist(), scores.tolist(), strict=True)
    return {row: LegScore(min(1.0, max(0.0, score)), rank) for rank, (row, score) in enumerate(pairs, 1)}


def _spread(cosines: Scores) -> Scores:
    low, high = cosines.min(initial=1.0), cosines.max(initial=-1.0)
    if high <= low:
        return np.ones_like(cosines)
    spread: NDArray[np.float32] = (cosines - low) / (high - low)
    return spread


def _score(leg: LegScore | None) -> float:
    return leg.score if leg else 0.0


def _allowed_rows(filters: Filters, index: SearchIndex) -> Rows | None:
    """The rows of the documents that pass, none said by a better copy among them; None if every document passes."""
    if filters == Filters():
        return None
    issuers = set(map(fold, filters.issuer))
    passing = {document.id for document in index.documents.values() if _passes(document, filters, issuers)}
    hidden = set(index.copies.hidden_among(passing))
    rows = [row for row, passage in enumerate(index.passages) if passage.document_id in passing and row not in hidden]
    return np.array(rows, dtype=np.int64)


def _passes(document: Document, filters: Filters, issuers: Set[str]) -> bool:
    issued_on = document.metadata.issued_on
    return (
        (not filters.document_ids or document.id in filters.document_ids)
        and (not issuers or not issuers.isdisjoint(map(fold, _issuer_names(document))))
        and (filters.issued_from is None or (issued_on is not None and issued_on >= filters.issued_from))
        and (filters.issued_to is None or (issued_on is not None and issued_on <= filters.issued_to))
    )
