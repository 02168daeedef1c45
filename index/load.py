"""An index on disk becomes a `SearchIndex` in memory, checked before it is believed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import TypeVar

from index.copies import Copies
from index.embed import Embedder
from index.errors import IndexDamaged, IndexOutdated, UnknownDocument
from index.manifest import Manifest, rebuild
from index.records import Document, Paragraph, Passage
from index.search_dense import VectorStore
from index.search_lexical import LexicalStore
from index.stages import Stages
from index.store import read_copies, read_documents, read_passages

DOCUMENTS, PASSAGES, COPIES = "documents.jsonl", "passages.jsonl", "copies.json"
VECTORS, LEXICAL, LEXICAL_WHOLE = "vectors.faiss", "lexical", "lexical-whole"
Loaded = TypeVar("Loaded")


@dataclass(frozen=True, slots=True)
class SearchIndex:
    """Everything a question needs.

    Row `i` of `vectors` and of `lexical` is `passages[i]`; row `i` of `whole` is the document `document_ids[i]`.
    """

    manifest: Manifest
    documents: Mapping[str, Document]
    passages: Sequence[Passage]
    vectors: VectorStore
    lexical: LexicalStore
    whole: LexicalStore
    document_ids: Sequence[str]
    embedder: Embedder
    copies: Copies
    document_rows: Mapping[str, range] = field(init=False)
    """Document id -> the rows of its passages, in reading order."""

    def __post_init__(self) -> None:
        """Look up where each document's passages begin and end: they stand together."""
        rows, start = {}, 0
        for document_id, passages in groupby(self.passages, lambda passage: passage.document_id):
            end = start + sum(1 for _ in passages)
            rows[document_id] = range(start, end)
            start = end
        object.__setattr__(self, "document_rows", rows)  # frozen, but this follows from the rest

    def document(self, document_id: str) -> Document:
        """The document of this id.

        Raises:
            UnknownDocument: there is none.
        """
        try:
            return self.documents[document_id]
        except KeyError:
            raise UnknownDocument(f"There is no document {document_id!r} in the index.") from None

    def paragraph(self, document_id: str, ordinal: int) -> Paragraph:
        """Paragraph `ordinal`, from 1, of a document.

        Raises:
            UnknownDocument: there is no such document or paragraph.
        """
        paragraphs = self.document(document_id).paragraphs
        if not 1 <= ordinal <= len(paragraphs):
            raise UnknownDocument(f"Document {document_id!r} has paragraphs 1 to {len(paragraphs)}, not {ordinal}.")
        return paragraphs[ordinal - 1]


def load_index(folder: Path, stages: Stages) -> SearchIndex:
    """The index in a folder, every file compared with its digest.

    Raises:
        IndexMissing, IndexDamaged: there is none, or it is not as it was written.
        IndexOutdated: it was built by other stages.
    """

    def read(manifest: Manifest) -> SearchIndex:
        data = folder / manifest.data
        documents = _documents(data)
        return SearchIndex(
            manifest=manifest,
            documents=documents,
            passages=read_passages(data / PASSAGES),
            vectors=stages.load_vectors(data / VECTORS),
            lexical=stages.load_lexical(data / LEXICAL),
            whole=stages.load_whole(data / LEXICAL_WHOLE),
            document_ids=tuple(documents),
            embedder=stages.embedder,
            copies=read_copies(data / COPIES),
        )

    return _loaded(folder, read, stages)


def load_documents(folder: Path) -> dict[str, Document]:
    """The documents of the index in a folder by id, whatever stages built it, every file compared with its digest.

    Raises:
        IndexMissing, IndexDamaged: there is none, or it is not as it was written.
        IndexOutdated: it is of another format.
    """
    return _loaded(folder, lambda manifest: _documents(folder / manifest.data))


def _loaded(folder: Path, read: Callable[[Manifest], Loaded], stages: Stages | None = None) -> Loaded:
    """What is read of the index in a folder: all of one build, and by these stages where they are given."""
    manifest = Manifest.read(folder)
    if stages:
        _require(manifest, stages, folder)
    try:
        manifest.check(folder)
        return read(manifest)
    except (IndexDamaged, OSError, RuntimeError, ValueError) as error:
        # A build that ended meanwhile has put a new version in place and swept this one away: that is no damage.
        if Manifest.read(folder).data != manifest.data:
            return _loaded(folder, read, stages)
        if isinstance(error, IndexDamaged):
            raise
        raise IndexDamaged(
            f"The index in {folder} cannot be loaded ({error}). {rebuild(folder, manifest.sources)}"
        ) from error


def _documents(data: Path) -> dict[str, Document]:
    return {document.id: document for document in read_documents(data / DOCUMENTS)}


def _require(manifest: Manifest, stages: Stages, folder: Path) -> None:
    for stage, now in stages.signature.items():
        then = manifest.stages.get(stage, "none")
        if then != now:
            raise IndexOutdated(
                f"The index in {folder} was built with another {stage} ({then}) than the one in use ({now}). "
                + rebuild(folder, manifest.sources)
            )
