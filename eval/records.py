"""The words of measuring as records: what is asked and what answers it, and what a system gave back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from index.clean.align import Span
from qa.question import Turn

Part = Literal["development", "test"]
Level = Literal["passage", "document"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing an answer must say: any of these wordings, in any of these documents."""

    documents: frozenset[str]
    wordings: Sequence[str]


@dataclass(frozen=True, slots=True)
class LabelledQuestion:
    """A question, and what answers it."""

    id: str
    text: str
    documents: Mapping[str, int]
    """Document id -> gain; empty where no text answers."""
    evidence: Sequence[Evidence] = ()
    """An answer is whole when it says every one."""
    kind: str = "question"
    part: Part | None = None
    history: Sequence[Turn] = ()

    @property
    def answerable(self) -> bool:
        """Whether any document answers."""
        return any(gain > 0 for gain in self.documents.values())


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """A named set of questions over one corpus."""

    name: str
    corpus: Path
    questions: Sequence[LabelledQuestion]
    digest: str
    """SHA-256 of the questions and their labels, as they stand on disk."""
    level: Level
    """What ranks are counted in: passages, where the place of the evidence is known, else documents."""


@dataclass(frozen=True, slots=True)
class Returned:
    """One passage that came back: where it stands in the untouched source, and the text that a reader sees."""

    document_id: str
    span: Span
    """In characters of the source."""
    text: str

    @property
    def id(self) -> str:
        """`<document id>:<start>-<end>`: the same for every splitter that cuts there."""
        return f"{self.document_id}:{self.span[0]}-{self.span[1]}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a system gave back to one question."""

    returned: Sequence[Returned]
    """Best first."""
    confidence: float | None = None
    """In [0, 1]; None: the system does not judge whether the texts answer."""
    refused: bool = False
    answer: str = ""
    """In Simplified script, each sentence followed by its [n], the place of its passage among `returned`, from 1."""
