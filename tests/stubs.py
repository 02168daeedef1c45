"""A stand-in for the model where a test is not about the model: deterministic, fast, and a true `Embedder`."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from index.embed import Progress, Role, Vectors, no_progress
from index.tokenize import terms


class HashingEmbedder:
    """Each term adds a fixed pseudo-random direction: texts that share terms are alike, and nothing is learned."""

    def __init__(self, dimension: int = 64, name: str = "hashing") -> None:
        self._dimension = dimension
        self._name = name
        self.embedded: list[str] = []
        """Every passage that was embedded, in order, so that a test can see what was not embedded again."""

    @property
    def signature(self) -> str:
        return f"{self._name}@{self._dimension}"

    @property
    def dimension(self) -> int:
        return self._dimension

    def embed(self, texts: Sequence[str], role: Role, progress: Progress = no_progress) -> Vectors:
        if role == "passage":
            self.embedded += texts
        vectors = np.zeros((len(texts), self._dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for term in terms(text) or [text]:
                seed = int.from_bytes(hashlib.sha256(term.encode()).digest()[:8], "little")
                vectors[row] += np.random.default_rng(seed).standard_normal(self._dimension)
            progress(row + 1, len(texts))
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)
