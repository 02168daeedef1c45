"""A question finds passages: three legs, fused by a convex sum."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from index.clean.fold import fold
from index.copies import Copies
from index.load import SearchIndex
from index.records import Document, Passage
from index.search_dense import Rows, Scores
from qa.place_copies import Elsewhere, elsewhere, put_copies_below
from qa.question import MAX_TOP_K, Filters, Question, subject
from qa.rerank import RERANKED, Reranker

DEPTH = 2 * MAX_TOP_K
"""How many different passages, or documents, each leg contributes, however many are asked for, so that a passage has
the same score in a short list and in a long one. On ncp A@2000c is 0.929 with 100 of them and 0.932 with 200: what one
leg has far down another has near the top."""
_DEEPER = 4
_AROUND = 100
"""How many passages on either side belong to the surroundings of a hit."""
DOCUMENT_WEIGHT = 0.2
"""Share of the document in what the words say. On ncp A@1000c is 0.889 without it and 0.894 with it, A@2000c 0.913 and
0.918. 0.3 is as good there, but hides the second of two short texts that answer together."""


@dataclass(frozen=True, slots=True)
class LegScore:
    """What one leg says of a passage."""

    score: float
    """In [0, 1], higher is better: BM25 as a share of the best passage's or document's (lexical, document), the cosine,
    scaled from the least to the greatest found (dense), or the cross-encoder's own (reranker)."""
    rank: int
    """From 1."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found; a leg that did not find it says nothing."""

    passage: Passage
    score: float
    """In [0, 1], higher is better: the legs fused as `retrieve` says, or what the cross-encoder made of it."""
    lexical: LegScore | None
    dense: LegScore | None
    document: LegScore | None
    """What the lexical leg says of the passage's document as a whole."""
    reranker: LegScore | None = None
    """What the cross-encoder says, where one is set and has read the passage."""
    elsewhere: Sequence[Elsewhere] = ()
    """Other documents that say the same, the better copies first."""


@dataclass(frozen=True, slots=True)
class Retrieved:
    """The hits of a question, best first, and how close the closest is."""

    hits: Sequence[Hit]
    likeness: float
    """Cosine of the question to the most similar passage, in [-1, 1]; -1 where nothing was searched."""
    document_rows: Rows | None = None
    """Which documents were searched, by their rows in the index of whole documents; None: all."""


def retrieve(
    question: Question, index: SearchIndex, dense_weight: float, reranker: Reranker | None = None
) -> Retrieved:
    """The best `question.shown` passages among the documents that the filters let through.

    A passage's score is the convex sum [1] (1 - w) * ((1 - d) * lexical + d * document) + w * dense, where w is
    `dense_weight` and d `DOCUMENT_WEIGHT`: a passage that says little by itself belongs to a document that speaks of
    what is asked. BM25 has a natural zero and is scaled by its greatest value; cosines of one model crowd together and
    are scaled from their least to their greatest. What is outside a leg's list has 0 there.
    Reciprocal rank fusion was measured worse than BM25 alone on policy questions (nDCG@10 0.70 to 0.73) and not used.

    What several documents say is shown once: of documents that are copies of one text the best among those that the
    filters let through, of other copies the hit that comes first; the others only further down. Each leg looks as deep
    as it takes to have as many passages as it had without them, and scales their scores as it did.

    [1] Bruch, Gai, Ingber: An Analysis of Fusion Functions for Hybrid Retrieval. ACM TOIS 42 (2023).
    """
    passing = _passing(question.filters, index)
    rows, document_rows, repeated = None, None, index.copies.repeated
    if passing is not None:
        rows = _rows_of(passing, [passage.document_id for passage in index.passages])
        document_rows = _rows_of(passing, index.document_ids)
        repeated = set(index.copies.repeated_among(passing))
        if not len(rows):
            return Retrieved((), -1.0)
    text = question.search_text
    vector = index.embedder.embed([text], "query")[0]
    words = subject(text)
    whole = _leg(*_shares(index.whole.search(words, DEPTH, document_rows)))
    document = {index.document_ids[row]: leg for row, leg in whole.items()}
    cosine_rows, cosines = _seen(lambda k: index.vectors.search(vector, k, rows), repeated, index.copies)
    dense = _leg(cosine_rows, _spread(cosines))
    lexical = _leg(*_shares(_seen(lambda k: index.lexical.search(words, k, rows), repeated, index.copies)))
    scores = {
        row: _fused(lexical.get(row), dense.get(row), document.get(index.passages[row].document_id), dense_weight)
        for row in lexical.keys() | dense.keys()
    }
    # Equal scores in the order of the rows, so that the same question always gets the same list.
    ranked = sorted(scores, key=lambda row: (-scores[row], row))
    placed = put_copies_below(ranked, scores.__getitem__, index.copies, repeated)
    # Those that are read by the cross-encoder must be there for it, whatever is asked for.
    wanted = max(question.shown, RERANKED) if reranker else question.shown

    def hit(row: int) -> Hit:
        passage = index.passages[row]
        legs = lexical.get(row), dense.get(row), document.get(passage.document_id)
        return Hit(passage, scores[row], *legs, elsewhere=elsewhere(row, index))

    hits = list(map(hit, placed[:wanted]))
    if reranker:
        hits = _reranked(text, hits, reranker)
    return Retrieved(hits[: question.shown], float(cosines.max(initial=-1.0)), document_rows)


def around(best: Sequence[Hit], hits: Sequence[Hit], index: SearchIndex) -> list[Hit]:
    """The passages around the best hits that are no hits themselves, document by document, in reading order.

    And those that name the columns of tables that the best hits are rows of. No leg speaks for them, so their score is
    0: they are there for an answer that goes on in them.
    """
    rows: dict[int, None] = {}

    def place(row: int) -> tuple[int, int]:
        return _place(index.passages[row])

    for hit in best:
        of_document = index.document_rows[hit.passage.document_id]
        at = bisect_left(of_document, _place(hit.passage), key=place)
        rows |= dict.fromkeys(of_document[max(0, at - _AROUND) : at + _AROUND])
        if hit.passage.head is not None:
            rows[of_document[bisect_left(of_document, (hit.passage.head, 0), key=place)]] = None
    found = {(hit.passage.document_id, *_place(hit.passage)) for hit in hits}
    passages = ((row, index.passages[row]) for row in sorted(rows))
    return [
        Hit(passage, 0.0, None, None, None, elsewhere=elsewhere(row, index))
        for row, passage in passages
        if (passage.document_id, *_place(passage)) not in found
    ]


def _place(passage: Passage) -> tuple[int, int]:
    return passage.paragraph, passage.start


def _reranked(text: str, hits: Sequence[Hit], reranker: Reranker) -> list[Hit]:
    """The first hits in the order of the cross-encoder, then the others.

    Scores still descend and stay in [0, 1]: the upper half is the cross-encoder's, the lower half the fused score.
    """
    first = hits[:RERANKED]
    scores = reranker.scores(text, [hit.passage.indexed_text for hit in first]).tolist()
    ordered = sorted(zip(scores, first, strict=True), key=lambda pair: -pair[0])
    return [
        *(
            replace(hit, score=(1 + score) / 2, reranker=LegScore(score, rank))
            for rank, (score, hit) in enumerate(ordered, 1)
        ),
        *(replace(hit, score=hit.score / 2) for hit in hits[RERANKED:]),
    ]


def _fused(lexical: LegScore | None, dense: LegScore | None, document: LegScore | None, dense_weight: float) -> float:
    words = (1 - DOCUMENT_WEIGHT) * _score(lexical) + DOCUMENT_WEIGHT * _score(document)
    return min(1.0, (1 - dense_weight) * words + dense_weight * _score(dense))


def _issuer_names(document: Document) -> Iterator[str]:
    """The names a filter finds a document by: each issuer's, and that of all together."""
    yield from document.metadata.issuers
    yield document.metadata.issuer or ""


def _everyday(issuer: str) -> str:
    """The name of an issuer as people say it: 工业和信息化部, though it signs as 中华人民共和国工业和信息化部."""
    folded = fold(issuer)
    return folded.removeprefix("中华人民共和国") or folded


def _seen(search: Callable[[int], tuple[Rows, Scores]], repeated: Set[int], copies: Copies) -> tuple[Rows, Scores]:
    """The best rows of a leg, down to the last of `DEPTH` that differ; copies come along."""
    asked = DEPTH
    while True:
        rows, scores = search(asked)
        different: set[tuple[bool, int]] = set()
        for at, row in enumerate(rows.tolist()):
            if row not in repeated:
                place = copies.paragraph_places.get(row)
                different.add((True, place.text) if place else (False, row))
                if len(different) == DEPTH:
                    return rows[: at + 1], scores[: at + 1]
        if len(rows) < asked:
            return rows, scores
        asked *= _DEEPER


def _leg(rows: Rows, scores: Scores) -> Mapping[int, LegScore]:
    pairs = zip(rows.tolist(), scores.tolist(), strict=True)
    return {row: LegScore(min(1.0, max(0.0, score)), rank) for rank, (row, score) in enumerate(pairs, 1)}


def _shares(found: tuple[Rows, Scores]) -> tuple[Rows, Scores]:
    rows, scores = found
    return rows, scores / scores.max(initial=1e-9)


def _spread(cosines: Scores) -> Scores:
    low, high = cosines.min(initial=1.0), cosines.max(initial=-1.0)
    if high <= low:
        return np.ones_like(cosines)
    spread: NDArray[np.float32] = (cosines - low) / (high - low)
    return spread


def _score(leg: LegScore | None) -> float:
    return leg.score if leg else 0.0


def _passing(filters: Filters, index: SearchIndex) -> Set[str] | None:
    """The ids of the documents that pass, or None if every document does."""
    if filters == Filters():
        return None
    issuers = set(map(_everyday, filters.issuer))
    # A set: whoever filters by metadata may name every document.
    ids = frozenset(filters.document_ids)
    return {document.id for document in index.documents.values() if _passes(document, filters, ids, issuers)}


def _rows_of(documents: Set[str], owners: Sequence[str]) -> Rows:
    """The rows whose owner is one of the documents."""
    return np.array([row for row, owner in enumerate(owners) if owner in documents], dtype=np.int64)


def _passes(document: Document, filters: Filters, ids: Set[str], issuers: Set[str]) -> bool:
    issued_on = document.metadata.issued_on
    return (
        (not ids or document.id in ids)
        and (not issuers or not issuers.isdisjoint(map(_everyday, _issuer_names(document))))
        and (filters.issued_from is None or (issued_on is not None and issued_on >= filters.issued_from))
        and (filters.issued_to is None or (issued_on is not None and issued_on <= filters.issued_to))
    )
