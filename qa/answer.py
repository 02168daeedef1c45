"""Hits become an answer: the sentences that answer, word for word, or the plain statement that nothing does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.load import SearchIndex
from qa.choose_sentences import choose
from qa.judge import BEST, judge
from qa.name_another import names_another
from qa.question import MAX_TOP_K, Question
from qa.retrieve import Hit, Retrieved, around
from qa.split_question import asks_of_two_documents, parts
from qa.weigh_sentences import Candidate, Sentence, Sought, weigh

__all__ = ["Answer", "Sentence", "answer"]

DEPTH = 20
"""How many hits an answer looks at, however few are shown: a part of the question may be answered far down."""

NOTHING = "所收录的文本中没有找到能回答这个问题的内容。下面是最接近的段落，仅供参考。"
NOTHING_LEFT = "没有符合筛选条件的文本。"
LEFT_OUT = "（列举未完，还有{}项见原文。）"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said to a question."""

    answerable: bool
    confidence: float
    """In [0, 1]: how likely the texts hold the answer at all."""
    sentences: Sequence[Sentence]
    """In reading order, document by document; none where nothing answers."""
    left_out: int = 0
    """How many items of the lists that the sentences open are in no passage that is shown."""
    beyond: Sequence[Hit] = ()
    """Passages that the sentences quote and that were not found: what a list goes on with. Counted behind the hits."""


def answer(question: Question, retrieved: Retrieved, index: SearchIndex, threshold: float) -> Answer:
    """The sentences of the best passages that answer; none where the confidence is below the threshold.

    Sentences come from the three best hits, or fewer if fewer are asked for; the items of a list they open from any hit
    that was retrieved, or from what stands around the best. They never come from more passages than the question wants
    to see, if it says how many.
    """
    sought = Sought.of(question.search_text, index.lexical.rarity)
    best = retrieved.hits[:BEST]
    candidates = _candidates(sought, best, index)
    confidence = judge(sought, retrieved, candidates, index)
    if not best or confidence < threshold:
        return Answer(False, confidence, ())
    asked = _parts(question.search_text, retrieved.hits, index) or [(sought, candidates)]
    shown = [
        (of, [candidate for candidate in among if candidate.hit < question.shown or len(asked) > 1])
        for of, among in asked
    ]
    reach = [*retrieved.hits, *around(best, retrieved.hits, index)]
    sentences, left_out = choose(shown, reach, index.documents, question.top_k or MAX_TOP_K)
    found = len(retrieved.hits)
    beyond = sorted({sentence.hit for sentence in sentences if sentence.hit >= found})
    places = {at: place for place, at in enumerate(beyond, found)}
    return Answer(
        answerable=True,
        confidence=confidence,
        sentences=[replace(sentence, hit=places.get(sentence.hit, sentence.hit)) for sentence in sentences],
        left_out=left_out,
        beyond=[reach[at] for at in beyond],
    )


def _parts(text: str, hits: Sequence[Hit], index: SearchIndex) -> list[tuple[Sought, list[Candidate]]]:
    """What each part of a question asks, with the sentences that may answer it; none where it has no parts."""
    questions = parts(text)
    if len(questions) > 1:
        return [
            (sought, _candidates(sought, hits, index))
            for sought in (Sought.of(part, index.lexical.rarity) for part in questions)
        ]
    documents = list(dict.fromkeys(hit.passage.document_id for hit in hits))[:2]
    if len(documents) < 2 or not asks_of_two_documents(text):
        return []
    sought = Sought.of(text, index.lexical.rarity)
    candidates = _candidates(sought, hits, index)
    return [
        (sought, [one for one in candidates if hits[one.hit].passage.document_id == document]) for document in documents
    ]


def _candidates(sought: Sought, hits: Sequence[Hit], index: SearchIndex) -> list[Candidate]:
    """The sentences of the hits, without those of texts that speak of something else, if others are left.

    Nor those that only name the columns of a table, which come with its rows.
    """
    candidates = weigh(sought, hits)
    documents = {hit.passage.document_id for hit in hits}
    others = {document for document in documents if names_another(sought.text, index.documents[document])}
    telling = [
        one
        for one in candidates
        if (passage := hits[one.hit].passage).document_id not in others and not passage.names_columns
    ]
    return telling or candidates
