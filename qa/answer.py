"""Hits become an answer: the sentences that answer, word for word, or the plain statement that nothing does."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index import convert_e5
from index.clean.align import Span
from index.load import SearchIndex
from index.records import Passage
from index.split import list_items, sentences
from index.tokenize import terms
from qa.question import Question, subject
from qa.retrieve import Retrieved

_PASSAGES = 3
"""How many passages an answer is taken from."""
_SENTENCES = 3
_LENGTH = 200
# A numbered sentence too short to say more than what it is about.
_ITEM_NAME = re.compile(
    r"(?:[一二三四五六七八九十]+(?:是|、)|[（(][一二三四五六七八九十\d]+[）)]|\d+[.．、])[^，,]{2,24}[。；;]"
)
# A further sentence must add this share of the question's weight to what is already said.
_GAIN = 0.15

NOTHING_SIMPLIFIED = "所收录的文本中没有找到能回答这个问题的内容。下面是最接近的段落，仅供参考。"
NOTHING_LEFT_SIMPLIFIED = "没有符合筛选条件的文本。"
NOTHING_LEFT_TRADITIONAL = "沒有符合篩選條件的文本。"
NOTHING_TRADITIONAL = "所收錄的文本中沒有找到能回答這個問題的內容。下面是最接近的段落，僅供參考。"

# Logistic regression of "the question belongs to this collection" on two features, over ncp, drcd and cmrc, each asked
# its own questions and those of the two others: AUROC 0.997; at the threshold that loses 5 % of the answerable
# questions, 99 % of the others are refused. Cosines are a model's own, so another model is judged by coverage alone
# (AUROC 0.988).
_BIAS, _COVERAGE, _LIKENESS = -93.8, 15.85, 100.8
_BIAS_ALONE, _COVERAGE_ALONE = -6.5, 20.6


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the answer: which hit it comes from, and where in that hit's passage it stands."""

    hit: int
    """From 0."""
    span: Span


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said to a question."""

    answerable: bool
    confidence: float
    """In [0, 1]: how likely the texts hold the answer at all."""
    sentences: Sequence[Sentence]
    """In the order of the hits, then of the text; the nearest ones' sentences are empty where nothing answers."""


def answer(question: Question, retrieved: Retrieved, index: SearchIndex, threshold: float) -> Answer:
    """The sentences of the best passages that hold most of what the question is about.

    A term weighs its rarity in the index. The best sentence comes first into the answer; further ones while they add
    terms of the question that are not said yet, up to three sentences and about 200 characters. Where one of them
    introduces a list, the first sentence of each of its items follows; where one only names an item, the next does.
    """
    weights = {term: index.lexical.rarity(term) for term in _content_terms(question)}
    total = math.fsum(weights.values())
    hits = retrieved.hits[:_PASSAGES]

    def share(found: set[str]) -> float:
        # In a fixed order and exactly, so that no tie falls differently from one run to the next.
        return math.fsum(weight for term, weight in weights.items() if term in found) / total if total else 0.0

    coverage = max((share(set(terms(hit.passage.indexed_text))) for hit in hits), default=0.0)
    confidence = _confidence(coverage, retrieved.likeness, index) if hits else 0.0
    if not hits or confidence < threshold:
        return Answer(False, confidence, ())

    candidates = [
        (Sentence(at, span), set(terms(hit.passage.text[slice(*span)])))
        for at, hit in enumerate(hits)
        for span in sentences(hit.passage.text)
    ]
    chosen: list[Sentence] = []
    said: set[str] = set()
    length = 0
    while len(chosen) < _SENTENCES:
        told = share(said)
        gains = [share(found | said) - told for _, found in candidates]
        best = max(range(len(candidates)), key=lambda at: (gains[at], -candidates[at][0].hit), default=None)
        if best is None or (chosen and gains[best] < _GAIN):
            break
        sentence, found = candidates.pop(best)
        length += sentence.span[1] - sentence.span[0]
        if chosen and length > _LENGTH:
            break
        chosen.append(sentence)
        said |= found
    whole = {item for sentence in chosen for item in _list_opened_by(sentence, hits[sentence.hit].passage)}
    whole |= {below for sentence in chosen for below in _said_under(sentence, hits[sentence.hit].passage)}
    return Answer(True, confidence, sorted({*chosen, *whole}, key=lambda sentence: (sentence.hit, sentence.span)))


def _list_opened_by(sentence: Sentence, passage: Passage) -> Iterator[Sentence]:
    """The first sentence of each item, where a sentence introduces a list: a list is answered whole."""
    items = list_items(passage.text)
    if items and sentence.span[0] <= items[0][0] <= sentence.span[1]:
        for start, end in items:
            if start >= sentence.span[1]:
                first = sentences(passage.text[start:end])[0]
                yield Sentence(sentence.hit, (start + first[0], start + first[1]))


def _said_under(sentence: Sentence, passage: Passage) -> Iterator[Sentence]:
    """The sentence below a chosen one that only names an item: 五是优化资金链。 says nothing without it."""
    start, end = sentence.span
    if _ITEM_NAME.fullmatch(passage.text[start:end].strip()) and end < len(passage.text):
        below = sentences(passage.text[end:])[0]
        yield Sentence(sentence.hit, (end + below[0], end + below[1]))


def _content_terms(question: Question) -> list[str]:
    """The terms that say what is asked about: a lone character is none, unless there is nothing else."""
    found = terms(subject(question.search_text))
    return [term for term in found if len(term) > 1 or term.isdecimal()] or found


def _confidence(coverage: float, likeness: float, index: SearchIndex) -> float:
    if index.embedder.signature.startswith(f"{convert_e5.NAME}@"):
        evidence = _BIAS + _COVERAGE * coverage + _LIKENESS * likeness
    else:
        evidence = _BIAS_ALONE + _COVERAGE_ALONE * coverage
    return 1 / (1 + math.exp(-evidence))
