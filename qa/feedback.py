"""What people said of answers: kept in SQLite, with as much of the question as an evaluation needs."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from qa.ask import Reply
from qa.database import opened
from qa.errors import UnknownAnswer

Rating = Literal["up", "down"]
FILE = "feedback.sqlite"
REMEMBERED = 10_000
"""How many of the last answers can be spoken of."""
_CHARACTERS = 20_000_000
"""How many characters all that is remembered may have, whatever is asked: at most 80 MB."""
_HISTORY = 20
"""How many of the last turns are kept: more than any question points back to."""

_TABLE = """
CREATE TABLE IF NOT EXISTS feedback (
    answer_id TEXT PRIMARY KEY, given_at TEXT NOT NULL, rating TEXT NOT NULL, comment TEXT NOT NULL,
    question TEXT NOT NULL, history TEXT NOT NULL, answerable INTEGER NOT NULL, evidence TEXT NOT NULL,
    index_version TEXT NOT NULL
) STRICT
"""


@dataclass(frozen=True, slots=True)
class Answered:
    """What is remembered of a reply."""

    question: str
    history: Sequence[tuple[str, str]]
    """Role and words of the turns before."""
    answerable: bool
    evidence: Sequence[tuple[str, str]]
    """Document and words of each sentence that was quoted."""
    index_version: str

    @classmethod
    def of(cls, reply: Reply, index_version: str) -> Answered:
        """What of a reply an evaluation needs."""
        question = reply.question
        return cls(
            question.text,
            [(turn.role, turn.read) for turn in question.history[-_HISTORY:]],
            reply.answer.answerable,
            [
                (reply.citations[hit].document.id, reply.citations[hit].quote[slice(*span)].strip())
                for hit, span in ((sentence.hit, sentence.span) for sentence in reply.answer.sentences)
            ],
            index_version,
        )

    @property
    def size(self) -> int:
        """In characters."""
        return len(self.question) + sum(len(words) for _, words in (*self.history, *self.evidence))


@dataclass(frozen=True, slots=True)
class Feedback:
    """What somebody said of an answer."""

    answer_id: str
    rating: Rating
    comment: str
    given_at: str
    """In UTC, as ISO 8601."""
    answered: Answered


class RecentAnswers:
    """The last answers, in memory alone: of a question that nobody comments on, nothing is ever written down."""

    def __init__(self, room: int = REMEMBERED, characters: int = _CHARACTERS) -> None:
        """How many answers are remembered at most, and of how many characters together."""
        self._room = room
        self._characters = characters
        self._held = 0
        self._answers: OrderedDict[str, Answered] = OrderedDict()
        self._lock = threading.Lock()

    def remember(self, reply: Reply, index_version: str) -> None:
        """Remember a reply, and forget the oldest when there are too many."""
        answered = Answered.of(reply, index_version)
        with self._lock:
            self._answers[reply.id] = answered
            self._held += answered.size
            while len(self._answers) > self._room or self._held > self._characters:
                _, forgotten = self._answers.popitem(last=False)
                self._held -= forgotten.size

    def recall(self, answer_id: str) -> Answered:
        """What is remembered of an answer.

        Raises:
            UnknownAnswer: nothing is.
        """
        with self._lock:
            answered = self._answers.get(answer_id)
        if answered is None:
            raise UnknownAnswer(
                f"No answer {answer_id!r} is remembered: the last {self._room} are, fewer where they are long, "
                "until the server is stopped."
            )
        return answered


class FeedbackStore:
    """Feedback in an SQLite file; safe to use from several threads and processes."""

    def __init__(self, folder: Path) -> None:
        """Nothing is made before the first feedback comes."""
        self._file = folder / FILE

    def give(self, feedback: Feedback) -> None:
        """Keep feedback; what was said of the same answer before is replaced."""
        with opened(self._file, _TABLE) as database:
            answered = feedback.answered
            database.execute(
                "INSERT OR REPLACE INTO feedback VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    feedback.answer_id,
                    feedback.given_at,
                    feedback.rating,
                    feedback.comment,
                    answered.question,
                    json.dumps(answered.history, ensure_ascii=False),
                    answered.answerable,
                    json.dumps(answered.evidence, ensure_ascii=False),
                    answered.index_version,
                ),
            )

    def all(self) -> list[Feedback]:
        """All feedback, the oldest first."""
        if not self._file.exists():
            return []
        with opened(self._file, _TABLE) as database:
            rows = database.execute("SELECT * FROM feedback ORDER BY given_at, answer_id").fetchall()
        return [
            Feedback(
                row["answer_id"],
                row["rating"],
                row["comment"],
                row["given_at"],
                Answered(
                    row["question"],
                    [(role, words) for role, words in json.loads(row["history"])],
                    bool(row["answerable"]),
                    [(document, quote) for document, quote in json.loads(row["evidence"])],
                    row["index_version"],
                ),
            )
            for row in rows
        ]
