"""Texts into unit vectors, by any sentence-transformers model; the default one comes with the installation."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import cached_property
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from index.load_model import load_model
from index.settings import DEFAULT_MODEL, Settings

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Vectors = NDArray[np.float32]
Role = Literal["query", "passage"]
Progress = Callable[[int, int], None]
"""Told how much is done and how much there is."""

_BATCH = 16


def no_progress(done: int, total: int) -> None:
    """Tell nobody."""


class Embedder(Protocol):
    """Turns texts into vectors whose inner product is their likeness."""

    @property
    def signature(self) -> str:
        """Names model, weights and prefixes: vectors of two signatures must never be compared."""
        ...

    @property
    def dimension(self) -> int:
        """Length of each vector."""
        ...

    def embed(self, texts: Sequence[str], role: Role, progress: Progress = no_progress) -> Vectors:
        """Shape (len(texts), dimension), float32, each row of length 1, rows in the order of the texts."""
        ...


class SentenceTransformerEmbedder:
    """A sentence-transformers model from this machine, with its prefixes for questions and passages."""

    def __init__(self, name: str, folder: str, prefixes: dict[Role, str | None], weights: str | None = None) -> None:
        """A model that is loaded when it is first needed, which an index that is up to date never is.

        Args:
            name: what messages and the index call it.
            folder: a folder, or a name in the local hub cache.
            prefixes: by role; None takes what the model declares, or nothing.
            weights: SHA-256 that stands for the weights; None: computed from the loaded model.
        """
        self._name = name
        self._folder = folder
        self._given_prefixes = prefixes
        self._given_weights = weights

    @cached_property
    def _model(self) -> SentenceTransformer:
        return load_model(
            self._name,
            self._folder,
            _load,
            "embedding model",
            "POLICYQA_MODEL",
            "Unset it to use the model that comes with the installation.",
        )

    def _prefix(self, role: Role) -> str:
        given = self._given_prefixes[role]
        if given is not None:
            return given
        declared = self._model.prompts or {}
        return declared.get(role) or declared.get("document" if role == "passage" else role) or ""

    @cached_property
    def _weights(self) -> str:
        return self._given_weights or _digest_of_weights(self._model)

    @property
    def signature(self) -> str:
        """Model, first 16 digits of the SHA-256 of its weights, prefixes."""
        prefixes = "|".join((self._prefix("query"), self._prefix("passage")))
        return f"{self._name}@{self._weights[:16]}|{prefixes}"

    @property
    def dimension(self) -> int:
        """Length of each vector."""
        return self._model.get_embedding_dimension() or 0

    @staticmethod
    def _precision(role: Role) -> AbstractContextManager[object]:
        """bfloat16 products where the processor has them: 2.3 times the speed, cosine 0.99999 to float32 [1].

        For passages only: converting the weights costs more than one question saves.

        [1] `benchmark/embed.py`, 72 passages of the corpus, a processor with AMX.
        """
        import torch

        capabilities = torch.cpu.get_capabilities()
        fast = bool(capabilities.get("amx_bf16") or capabilities.get("avx512_bf16"))
        precision: AbstractContextManager[object] = torch.autocast(
            "cpu", dtype=torch.bfloat16, enabled=fast and role == "passage"
        )
        return precision

    def embed(self, texts: Sequence[str], role: Role, progress: Progress = no_progress) -> Vectors:
        """See `Embedder`. Batches hold texts of like length, longest first, so that little is padded."""
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        prefix = self._prefix(role)
        order = sorted(range(len(texts)), key=lambda at: -len(texts[at]))
        for start in range(0, len(order), _BATCH):
            rows = order[start : start + _BATCH]
            batch = [prefix + texts[row] for row in rows]
            with self._precision(role):
                found = self._model.encode(
                    batch, batch_size=_BATCH, prompt="", normalize_embeddings=True, show_progress_bar=False
                )
            vectors[rows] = found
            progress(start + len(rows), len(order))
        return vectors


def choose_embedder(settings: Settings) -> SentenceTransformerEmbedder:
    """The embedder that the settings name.

    Raises:
        ModelUnavailable: its files are not on this machine, or are not what they should be.
    """
    prefixes: dict[Role, str | None] = {"query": settings.query_prefix, "passage": settings.passage_prefix}
    if settings.model != DEFAULT_MODEL:
        embedder = SentenceTransformerEmbedder(settings.model, settings.model, prefixes)
        embedder.dimension  # noqa: B018 # loads it now: a wrong name must not wait for the first text
        return embedder
    from index import convert_e5

    # All that names this model is known, so it need not be loaded to see that an index is of it.
    folder = convert_e5.converted(settings.cache)
    known: dict[Role, str | None] = {
        role: convert_e5.PROMPTS[role] if prefix is None else prefix for role, prefix in prefixes.items()
    }
    return SentenceTransformerEmbedder(convert_e5.NAME, str(folder), known, convert_e5.WEIGHTS_SHA256)


def _load(folder: str) -> SentenceTransformer:
    import torch
    from sentence_transformers import SentenceTransformer

    # Weights of half precision are widened: the processor has no fast way with them.
    return SentenceTransformer(folder, device="cpu", local_files_only=True, model_kwargs={"dtype": torch.float32})


def _digest_of_weights(model: SentenceTransformer) -> str:
    """SHA-256 over the weights as loaded, so that a changed model under the same name is noticed."""
    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.detach().cpu().contiguous().view(-1).numpy().tobytes())
    return digest.hexdigest()
