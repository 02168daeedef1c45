"""What people said of answers becomes a file of labelled questions."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eval.measure import normalised
from index.records import Document
from qa.feedback import Feedback

RATED_DOWN = "rated down: they say which answers are wrong, not what is right"
ASKED_AGAIN = "asked again: what was said last counts"
NOT_THERE = "whose evidence is no longer in the texts"


@dataclass(frozen=True, slots=True)
class Exported:
    """The lines of an evaluation file, and what did not become one."""

    lines: Sequence[str]
    left_out: Mapping[str, int]
    """Reason -> how many."""


def export(feedback: Sequence[Feedback], documents: Mapping[str, Document]) -> Exported:
    """A labelled question for each answer that was rated up: the sentences it quoted are the evidence.

    A refusal that was rated up becomes a question that the texts do not answer. `feedback` is in order.
    """
    left_out: Counter[str] = Counter()
    last: dict[tuple[str, ...], Feedback] = {}
    for said in feedback:
        turns = (words for _, words in said.answered.history)
        asked = tuple(map(normalised, (*turns, said.answered.question)))
        left_out[ASKED_AGAIN] += asked in last
        last[asked] = said
    lines = []
    for said in last.values():
        if said.rating == "down":
            left_out[RATED_DOWN] += 1
        elif not all(_stands(quote, documents.get(name)) for name, quote in said.answered.evidence):
            left_out[NOT_THERE] += 1
        else:
            lines.append(_line(said))
    return Exported(lines, {reason: count for reason, count in left_out.items() if count})


def _stands(quote: str, document: Document | None) -> bool:
    return document is not None and any(quote in paragraph.text for paragraph in document.paragraphs)


def _line(said: Feedback) -> str:
    answered = said.answered
    if not answered.answerable:
        kind = "unanswerable-near"
    elif any(role == "user" for role, _ in answered.history):
        kind = "follow-up"
    else:
        kind = "fact"
    record = {
        "id": f"feedback-{said.answer_id}",
        "kind": kind,
        "part": "development",
        "question": answered.question,
        "history": [{"role": role, "content": words} for role, words in answered.history],
        "evidence": [
            {"document_id": name, "quote": quote} for name, quote in dict.fromkeys(map(tuple, answered.evidence))
        ],
    }
    return json.dumps(record, ensure_ascii=False)
