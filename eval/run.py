"""Put a question set to the system and to what it is compared with, and make the report of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from eval import summarise
from eval.ablate import ABLATIONS, Ablation, other_index
from eval.locate import RelevantPassages
from eval.measure import Relevant, measure
from eval.records import LabelledQuestion, Outcome, QuestionSet
from eval.remember import RememberingEmbedder
from eval.report import POLICYQA, Digests, Group, Report, Settings
from eval.summarise import Measured
from eval.systems import System, as_it_is, bigrams_alone, dense_alone, passages_of, put, texts_of
from eval.vary import SLICES, as_a_mirror_copies, shifted, write_noisy
from eval.verify import SourceCheck
from index.clean.align import Span
from index.clean_sources import Progress, no_progress
from index.load import SearchIndex
from index.stages import Stages
from qa.ask import Assistant

NOISE = "with noise in the corpus"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is measured beside the system as it is and its two baselines."""

    part: Literal["development", "test", "all"] = "all"
    ablations: bool = False
    slices: bool = False
    baseline: Report | None = None
    """An earlier run to compare with."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The report, and what it was made of."""

    report: Report
    questions: Sequence[LabelledQuestion]
    runs: Mapping[str, Sequence[Outcome]]
    """System -> what came back to each question."""
    relevant: Relevant
    texts: Mapping[str, str]
    """Passage id -> text."""


@dataclass(slots=True)
class _Runner:
    questions: QuestionSet
    assistant: Assistant
    stages: Stages
    progress: Progress
    unasked: int = 0
    runs: dict[str, Sequence[Outcome]] = field(default_factory=dict)

    def systems(self, folder: Path) -> Iterator[Measured]:
        """The system as it is, and what it is compared with."""
        systems: Mapping[str, System] = {
            POLICYQA: as_it_is(self.assistant),
            "dense alone": dense_alone(self.assistant),
            "bigram BM25 alone": bigrams_alone(self.assistant.index, folder),
        }
        for name, system in systems.items():
            measured = self.measured(name, "system", system, self.assistant.index)
            self.runs[name] = measured.outcomes
            yield measured

    def ablations(self) -> Iterator[Measured]:
        """The system without each of its parts."""
        for ablation in ABLATIONS:
            with ExitStack() as stack:
                assistant = self._ablated(ablation, stack)
                yield self.measured(ablation.name, "ablation", ablation.system(assistant), assistant.index)

    def _ablated(self, ablation: Ablation, stack: ExitStack) -> Assistant:
        if ablation.stages is None:
            return self.assistant
        corpus, stages = self.questions.corpus, ablation.stages(self.stages)
        return stack.enter_context(other_index(corpus, self.assistant, stages, self.progress))

    def slices(self) -> Iterator[Measured]:
        """The system asked in other ways, and over a corpus with noise."""
        system = as_it_is(self.assistant)
        for name, change in SLICES.items():
            asked = [change(question) for question in self.questions.questions]
            yield self.measured(name, "slice", system, self.assistant.index, asked=asked)
        with TemporaryDirectory() as temporary:
            corpus, offsets = write_noisy(self.questions.corpus, Path(temporary), as_a_mirror_copies)

            def moved(document: str, span: Span) -> Span:
                return shifted(span, offsets[document])

            with other_index(corpus, self.assistant, self.stages, self.progress) as noisy:
                yield self.measured(NOISE, "slice", as_it_is(noisy), noisy.index, corpus, moved=moved)

    def measured(
        self,
        name: str,
        group: Group,
        system: System,
        index: SearchIndex,
        corpus: Path | None = None,
        asked: Sequence[LabelledQuestion] | None = None,
        moved: Callable[[str, Span], Span] = lambda _, span: span,
    ) -> Measured:
        """Put the questions, or other wordings of them, to a system over an index, and score what comes back."""
        labelled = self.questions.questions
        if isinstance(index.embedder, RememberingEmbedder):
            index.embedder.prepare(asked or labelled, partial(self.progress, "embed"))
        outcomes, unasked = put(asked or labelled, system, partial(self.progress, name))
        if group == "system":
            self.unasked = unasked
        relevant = self.relevant(index, moved)
        verify = SourceCheck([corpus or self.questions.corpus], index.documents)
        columns = measure(labelled, outcomes, self.questions.level, relevant, verify)
        return Measured(name, group, outcomes, columns)

    def relevant(self, index: SearchIndex, moved: Callable[[str, Span], Span] = lambda _, span: span) -> Relevant:
        """What is relevant to a question among the passages of an index."""
        if self.questions.level == "document":
            return lambda question: question.documents
        return RelevantPassages(passages_of(index), self.assistant.index.documents, moved).of


def evaluate(
    questions: QuestionSet,
    assistant: Assistant,
    stages: Stages,
    wanted: Wanted | None = None,
    progress: Progress = no_progress,
) -> Evaluation:
    """Measure the assistant on a set whose corpus it has indexed, beside its dense leg alone and plain bigram BM25.

    Each system returns up to 100 passages. The same questions to the same index give the same report, but for its date.
    """
    wanted = wanted or Wanted()
    if wanted.part != "all":
        chosen = [question for question in questions.questions if question.part == wanted.part]
        questions = replace(questions, questions=chosen)
    embedder = RememberingEmbedder(assistant.index.embedder)
    assistant = replace(assistant, index=replace(assistant.index, embedder=embedder))
    runner = _Runner(questions, assistant, replace(stages, embedder=embedder), progress)
    with TemporaryDirectory() as folder:
        measured = list(runner.systems(Path(folder)))
    if wanted.ablations:
        measured += runner.ablations()
    if wanted.slices:
        measured += runner.slices()

    asked = questions.questions
    settings = _settings(assistant)
    manifest = assistant.index.manifest
    report = Report(
        name=questions.name,
        part=wanted.part,
        level=questions.level,
        made=datetime.now(UTC).date(),
        settings=settings,
        digests=Digests(
            corpus=digest({name: document.source for name, document in assistant.index.documents.items()}),
            questions=questions.digest,
            settings=digest(settings.model_dump()),
        ),
        documents=manifest.counts["documents"],
        passages=manifest.counts["passages"],
        asked=len(asked),
        refused_unasked=runner.unasked,
        variants=summarise.variants(asked, measured, wanted.baseline),
        kinds=summarise.kinds(asked, measured[0]),
        bins=summarise.reliability(asked, measured[0].outcomes),
        questions=summarise.questions(asked, measured[0], questions.level),
    )
    return Evaluation(report, asked, runner.runs, runner.relevant(assistant.index), texts_of(assistant.index))


def _settings(assistant: Assistant) -> Settings:
    stages, settings = assistant.index.manifest.stages, assistant.settings
    return Settings(
        model=stages["model"],
        dense_weight=settings.dense_weight,
        answer_threshold=settings.answer_threshold,
        reranker=settings.reranker,
        splitter=stages["splitter"],
        stores=stages["stores"],
    )


def digest(value: object) -> str:
    """SHA-256 of a value as JSON."""
    return hashlib.sha256(json.dumps(value, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
