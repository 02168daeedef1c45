"""The system with one part taken out: what is lost is what the part is worth.

Parts of retrieval are taken out by its settings, parts of the index by other stages, in an index of their own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from eval.systems import System, as_it_is, reciprocal_ranks, with_weight
from index.build import build_index
from index.clean.align import AlignedText
from index.clean.fold import fold
from index.clean_sources import Cleaner, Progress
from index.load import load_index
from index.records import Document, Paragraph, Passage, RawDocument
from index.split import Splitter
from index.stages import Stages
from qa.ask import Assistant
from qa.question import Question

_LINE = re.compile(r"[^\r\n]*\S[^\r\n]*")


@dataclass(frozen=True, slots=True)
class Ablation:
    """One part taken out."""

    name: str
    stages: Callable[[Stages], Stages] | None = None
    """The stages without it; None: the index stays as it is."""
    system: Callable[[Assistant], System] = as_it_is


@contextmanager
def other_index(corpus: Path, assistant: Assistant, stages: Stages, progress: Progress) -> Iterator[Assistant]:
    """The assistant over an index of other texts or of other stages, which lasts as long as the context."""
    with TemporaryDirectory() as temporary:
        folder = Path(temporary, "index")
        build_index([corpus], folder, stages, progress)
        yield replace(assistant, index=load_index(folder, stages))


@dataclass(frozen=True, slots=True)
class LinesAsTheyAre:
    """No cleaning: each line a paragraph, script and width folded, nothing taken out or joined."""

    cleaner: Cleaner
    """Whose rules fold."""

    @property
    def signature(self) -> str:
        """That of the cleaner, and that lines stay as they are."""
        return f"{self.cleaner.signature}/lines as they are"

    def clean(self, raw: RawDocument) -> Document:
        """The lines of a document."""
        folded = AlignedText.of(raw.text).folded(fold)
        lines = folded.slices(line.span() for line in _LINE.finditer(raw.text))
        paragraphs = tuple(Paragraph(raw.id, ordinal, (), line) for ordinal, line in enumerate(lines, 1))
        return Document(raw.id, raw.text, raw.digest, raw.metadata, (), paragraphs)

    def repair(self, documents: Sequence[Document]) -> list[Document]:
        """The same documents: nothing marks what they have lost."""
        return list(documents)


@dataclass(frozen=True, slots=True)
class Unfolded:
    """A cleaner that leaves script and width as they are written."""

    cleaner: Cleaner

    @property
    def signature(self) -> str:
        """That of the cleaner, and that nothing is folded."""
        return f"{self.cleaner.signature}/unfolded"

    def clean(self, raw: RawDocument) -> Document:
        """The same document, its paragraphs as they are written."""
        document = self.cleaner.clean(raw)
        paragraphs = tuple(
            replace(paragraph, content=replace(paragraph.content, text=paragraph.content.original()))
            for paragraph in document.paragraphs
        )
        return replace(document, paragraphs=paragraphs)

    def repair(self, documents: Sequence[Document]) -> list[Document]:
        """As the cleaner repairs them."""
        return self.cleaner.repair(documents)


@dataclass(frozen=True, slots=True)
class WithoutContext:
    """A splitter whose passages are searched by their own text alone."""

    splitter: Splitter

    @property
    def signature(self) -> str:
        """That of the splitter, and that context is missing."""
        return f"{self.splitter.signature}/no context"

    def split(self, document: Document) -> list[Passage]:
        """The same passages, without title and headings."""
        return [replace(passage, context="") for passage in self.splitter.split(document)]

    def keywords(self, _document: Document, passage: Passage) -> str:
        """The text alone."""
        return passage.text


class QuestionAsWritten(Question):
    """A question whose script and width are not folded."""

    __slots__ = ()

    @property
    def search_text(self) -> str:
        """The words as they were typed, after the question they follow."""
        earlier = [turn.content for turn in self.history if turn.role == "user"]
        return " ".join([*earlier[-1:], self.text])


def _as_written(assistant: Assistant) -> System:
    ask = as_it_is(assistant)
    return lambda question: ask(
        QuestionAsWritten(question.text, question.top_k, question.script, question.filters, question.history)
    )


ABLATIONS = (
    Ablation("lexical only", system=lambda assistant: as_it_is(with_weight(assistant, 0.0))),
    Ablation("dense only", system=lambda assistant: as_it_is(with_weight(assistant, 1.0))),
    Ablation("fused by RRF", system=reciprocal_ranks),
    Ablation("no context", lambda stages: replace(stages, splitter=WithoutContext(stages.splitter))),
    Ablation("no cleaning", lambda stages: replace(stages, cleaner=LinesAsTheyAre(stages.cleaner))),
    Ablation("no script folding", lambda stages: replace(stages, cleaner=Unfolded(stages.cleaner)), _as_written),
)
