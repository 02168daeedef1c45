"""Embed each question once, however many systems are asked it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from eval.records import LabelledQuestion
from index.embed import Embedder, Progress, Role, Vectors, no_progress
from index.errors import InvalidQuestion
from qa.question import Question


class RememberingEmbedder:
    """An embedder that keeps the vectors of questions; passages it hands on."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._vectors: dict[str, Vectors] = {}

    @property
    def signature(self) -> str:
        """That of the embedder within."""
        return self._embedder.signature

    @property
    def dimension(self) -> int:
        """That of the embedder within."""
        return self._embedder.dimension

    def embed(self, texts: Sequence[str], role: Role, progress: Progress = no_progress) -> Vectors:
        """See `Embedder`."""
        if role == "passage":
            return self._embedder.embed(texts, role, progress)
        new = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        if new:
            self._vectors.update(zip(new, self._embedder.embed(new, role, progress), strict=True))
        return np.stack([self._vectors[text] for text in texts])

    def prepare(self, questions: Iterable[LabelledQuestion], progress: Progress) -> None:
        """Embed many questions together, which is several times faster than one by one."""
        texts = [text for question in questions for text in _search_text(question)]
        if texts:
            self.embed(texts, "query", progress)


def _search_text(question: LabelledQuestion) -> Sequence[str]:
    try:
        return [Question(question.text, history=question.history).search_text]
    except InvalidQuestion:
        return []
