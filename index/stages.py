"""The composition root: which cleaner, splitter, embedder and stores make up the pipeline."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from index import find_duplicates
from index.clean_sources import Cleaner, CleaningRules
from index.embed import Embedder, Vectors, choose_embedder
from index.find_names import SIGNATURE as NAMES_SIGNATURE
from index.search_dense import FaissFlat, VectorStore
from index.search_lexical import FieldedBM25, LexicalStore, TantivyBM25
from index.settings import Settings
from index.split import SentenceWindows, Splitter


@dataclass(frozen=True, slots=True)
class Stages:
    """What an index is built with; `with_embedder` is the one place that chooses."""

    cleaner: Cleaner
    splitter: Splitter
    embedder: Embedder
    build_vectors: Callable[[Vectors, Path], VectorStore]
    load_vectors: Callable[[Path], VectorStore]
    build_lexical: Callable[[Sequence[str], Path], LexicalStore]
    load_lexical: Callable[[Path], LexicalStore]
    build_whole: Callable[[Sequence[str], Path], LexicalStore]
    load_whole: Callable[[Path], LexicalStore]
    stores: str
    """Names the stores and their formats: of vectors, of passages' words, of whole documents' words."""

    @property
    def signature(self) -> dict[str, str]:
        """Names every stage; an index built with another signature cannot be searched with these stages."""
        return {
            "cleaner": self.cleaner.signature,
            "splitter": self.splitter.signature,
            "model": self.embedder.signature,
            "names": NAMES_SIGNATURE,
            "stores": self.stores,
            "duplicates": find_duplicates.SIGNATURE,
        }


def choose_stages(settings: Settings) -> Stages:
    """The stages in use."""
    return with_embedder(choose_embedder(settings))


def with_embedder(embedder: Embedder) -> Stages:
    """The default stages around an embedder."""
    return Stages(
        cleaner=CleaningRules(),
        splitter=SentenceWindows(),
        embedder=embedder,
        build_vectors=_build_vectors,
        load_vectors=FaissFlat.load,
        build_lexical=FieldedBM25.build,
        load_lexical=FieldedBM25.load,
        build_whole=TantivyBM25.build,
        load_whole=TantivyBM25.load,
        stores=f"{FaissFlat.SIGNATURE}+{FieldedBM25.SIGNATURE}+{TantivyBM25.SIGNATURE}",
    )


def _build_vectors(vectors: Vectors, file: Path) -> FaissFlat:
    store = FaissFlat.build(vectors)
    store.save(file)
    return store
