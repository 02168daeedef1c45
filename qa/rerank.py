"""The best hits read again, each together with the question, by a cross-encoder; off unless one is named."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from index.errors import ModelUnavailable
from index.load_model import load_model
from index.settings import Settings

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

RERANKED = 50
"""How many hits are read again; the others keep their order behind them."""
_BATCH = 16


class Reranker(Protocol):
    """Says how well each text answers a question."""

    def scores(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """Shape (len(texts),), in [0, 1], higher is better."""
        ...


class CrossEncoderReranker:
    """A sentence-transformers CrossEncoder with one output, from this machine."""

    def __init__(self, name: str) -> None:
        """A folder, or a name in the local hub cache.

        Raises:
            ModelUnavailable: it cannot be loaded, or has not one output.
        """
        self._model = load_model(
            name, name, _load, "cross-encoder", "POLICYQA_RERANKER", "Unset it to answer without a cross-encoder."
        )
        if self._model.num_labels != 1:
            raise ModelUnavailable(
                f"The cross-encoder {name!r} has {self._model.num_labels} outputs, and one is needed: the relevance. "
                "Set POLICYQA_RERANKER to a model that ranks, or unset it."
            )

    def scores(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `Reranker`: the logistic function of what the model puts out."""
        import torch

        pairs = [(question, text) for text in texts]
        found = self._model.predict(
            pairs, batch_size=_BATCH, activation_fn=torch.nn.Sigmoid(), show_progress_bar=False, convert_to_numpy=True
        )
        return np.asarray(found, dtype=np.float32)


def choose_reranker(settings: Settings) -> Reranker | None:
    """The cross-encoder that the settings name, loaded; None if they name none.

    Raises:
        ModelUnavailable: it cannot be loaded from this machine.
    """
    return CrossEncoderReranker(settings.reranker) if settings.reranker else None


def _load(folder: str) -> CrossEncoder:
    import torch
    from sentence_transformers import CrossEncoder

    model: CrossEncoder = CrossEncoder(
        folder, device="cpu", local_files_only=True, model_kwargs={"dtype": torch.float32}
    )
    return model
