"""The whole way of a question: retrieve, cite, answer."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from index.clean.fold import Script, fold, to_traditional
from index.errors import QuoteMismatch
from index.load import SearchIndex, load_index
from index.settings import Settings
from index.stages import Stages, choose_stages
from qa.answer import DEPTH, LEFT_OUT, NOTHING, NOTHING_LEFT, Answer, answer
from qa.cite import Citation, cite
from qa.name_metadata import named_metadata
from qa.question import Question
from qa.rerank import Reranker, choose_reranker
from qa.retrieve import Hit, retrieve

logger = logging.getLogger("policyqa")


@dataclass(frozen=True, slots=True)
class Reply:
    """A question answered: `citations[i]` is where `hits[i]` stands; citation numbers count from 1 in that order."""

    question: Question
    answer: Answer
    hits: Sequence[Hit]
    citations: Sequence[Citation]
    took_ms: float
    stages_ms: Mapping[str, float] = field(compare=False)
    """Milliseconds of each stage: retrieve, cite, answer."""
    id: str = field(default_factory=lambda: secrets.token_hex(12), compare=False)
    """Names this reply and no other, so that it can be spoken of later."""

    def text(self, script: Script) -> str:
        """The answer in words, each sentence followed by the number of its citation: …[1]."""
        return "".join(text for text, _ in self.sentences(script))

    def sentences(self, script: Script) -> list[tuple[str, list[int]]]:
        """The answer sentence by sentence, each with its mark, and the numbers it is marked with.

        What is no quote has no number: what is said where nothing answers, and last, how many items of a list are not
        quoted.
        """
        if not self.answer.answerable:
            return [(self._nothing, [])]
        quoted = [
            (
                f"{self.citations[sentence.hit].shown(script)[slice(*sentence.span)].strip()}[{sentence.hit + 1}]",
                [sentence.hit + 1],
            )
            for sentence in self.answer.sentences
        ]
        if not self.answer.left_out:
            return quoted
        words = LEFT_OUT.format(self.answer.left_out)
        return [*quoted, (to_traditional(words) if self.question.is_traditional else words, [])]

    @property
    def _nothing(self) -> str:
        said = NOTHING_LEFT
        if self.hits:
            said = NOTHING + named_metadata(fold(self.question.text), self.citations[0].document)
        return to_traditional(said) if self.question.is_traditional else said

    @property
    def cited(self) -> list[int]:
        """The numbers of the citations that the answer text refers to, in order."""
        return sorted({sentence.hit + 1 for sentence in self.answer.sentences})

    def highlights(self, hit: int) -> list[tuple[int, int]]:
        """The spans of a hit's passage that the answer quotes; `hit` counts from 0."""
        return [sentence.span for sentence in self.answer.sentences if sentence.hit == hit]


@dataclass(frozen=True, slots=True)
class Assistant:
    """An index and the settings it is asked with. Safe to use from several threads: nothing in it changes."""

    index: SearchIndex
    settings: Settings
    reranker: Reranker | None = None

    @classmethod
    def load(cls, settings: Settings, stages: Stages | None = None, reranker: Reranker | None = None) -> Assistant:
        """The assistant over the index that the settings name; models that are loaded already can be given.

        Raises:
            PolicyQAError: the model or the index cannot be loaded.
        """
        index = load_index(settings.index, stages or choose_stages(settings))
        index.embedder.embed(["政策"], "query")  # what the model prepares on first use must not slow the first question
        return cls(index, settings, reranker or choose_reranker(settings))

    def ask(self, question: Question) -> Reply:
        """Answer a question. A passage whose quote is not in its source is left out and reported, never shown."""
        started = time.perf_counter()
        wanted = replace(question, top_k=max(question.shown, DEPTH))
        retrieved = retrieve(wanted, self.index, self.settings.dense_weight, self.reranker)
        searched = time.perf_counter()
        citable = [(hit, citation) for hit in retrieved.hits if (citation := self._cite(hit))]
        cited = time.perf_counter()
        hits = [hit for hit, _ in citable]
        found = answer(question, replace(retrieved, hits=hits), self.index, self.settings.answer_threshold)
        known = dict(enumerate(citable))
        known |= {
            at: (hit, citation) for at, hit in enumerate(found.beyond, len(hits)) if (citation := self._cite(hit))
        }
        sentences = [sentence for sentence in found.sentences if sentence.hit in known]
        if not sentences:
            found = replace(found, answerable=False)
        # A passage that the answer quotes is shown, if need be in the place of the last of the others.
        quoted = {sentence.hit for sentence in sentences}
        others = [at for at in range(len(hits)) if at not in quoted][: max(0, question.shown - len(quoted))]
        shown = sorted([*quoted, *others])
        places = {at: place for place, at in enumerate(shown)}
        left_out = found.left_out + len(found.sentences) - len(sentences)
        sentences = [replace(sentence, hit=places[sentence.hit]) for sentence in sentences]
        found = replace(found, sentences=sentences, left_out=left_out, beyond=())
        ended = time.perf_counter()
        times = {"retrieve": searched - started, "cite": cited - searched, "answer": ended - cited}
        return Reply(
            question,
            found,
            [known[at][0] for at in shown],
            [known[at][1] for at in shown],
            (ended - started) * 1000,
            {stage: seconds * 1000 for stage, seconds in times.items()},
        )

    def _cite(self, hit: Hit) -> Citation | None:
        try:
            return cite(hit.passage, self.index)
        except QuoteMismatch:
            logger.exception("a passage was left out: its quote is not in its source")
            return None
