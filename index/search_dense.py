"""The dense leg: exact inner product over unit vectors, by FAISS."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol, Self

import faiss
import numpy as np
from numpy.typing import NDArray

from index.embed import Vectors

Rows = NDArray[np.int64]
Scores = NDArray[np.float32]


class VectorStore(Protocol):
    """Finds the rows whose vectors are most like a question's."""

    def search(self, question: Vectors, k: int, allowed: Rows | None = None) -> tuple[Rows, Scores]:
        """The best rows, best first, and their cosine similarities in [-1, 1].

        Args:
            question: shape (dimension,), unit length.
            k: how many at most; fewer come back where fewer rows exist or are allowed.
            allowed: search among these rows only; None: among all.
        """
        ...

    def vectors(self) -> Vectors:
        """Every row's vector, shape (rows, dimension)."""
        ...


class FaissFlat:
    """FAISS `IndexFlatIP`: no training, exact. 1,000,000 x 512 costs 2 GB and 170 ms a question on one thread."""

    SIGNATURE = "faiss-flat-ip-1"

    def __init__(self, index: faiss.Index) -> None:
        self._index = index

    @classmethod
    def build(cls, vectors: Vectors) -> Self:
        """A store of these vectors; one that is not of unit length is refused, since its scores would be no cosines."""
        lengths = np.linalg.norm(vectors, axis=1)
        if not np.allclose(lengths, 1, atol=1e-3):
            row = int(np.argmax(np.abs(lengths - 1)))
            raise ValueError(f"vector {row} has length {lengths[row]:.4f}; the embedder must return unit vectors")
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(vectors)
        return cls(index)

    @classmethod
    def load(cls, file: Path) -> Self:
        """A store saved before."""
        return cls(faiss.read_index(str(file)))

    def save(self, file: Path) -> None:
        """Write the store to a file."""
        faiss.write_index(self._index, str(file))

    def search(self, question: Vectors, k: int, allowed: Rows | None = None) -> tuple[Rows, Scores]:
        """See `VectorStore`."""
        parameters = None
        if allowed is not None:
            selected = np.zeros(self._index.ntotal, dtype=bool)
            selected[allowed] = True
            bitmap = np.packbits(selected, bitorder="little")
            # faiss's type stubs describe the C++ signatures, not the ones its Python layer accepts.
            parameters = faiss.SearchParameters(sel=faiss.IDSelectorBitmap(bitmap))  # type: ignore[call-arg, arg-type]
        scores, rows = self._index.search(question[None, :], max(1, min(k, self._index.ntotal)), params=parameters)
        found = rows[0] >= 0  # FAISS fills up with -1 where it finds fewer than k
        return rows[0][found], scores[0][found]

    def vectors(self) -> Vectors:
        """See `VectorStore`."""
        vectors: Vectors = self._index.reconstruct_n(0, self._index.ntotal)
        return vectors
