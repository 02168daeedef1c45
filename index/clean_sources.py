"""Sources become cleaned documents: read, cleaned one by one, repaired by what the others say."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Protocol

import index.clean
from index.clean.document import clean
from index.clean.repair_damage import repair
from index.read import read_sources
from index.records import Document, RawDocument, Refusal

Progress = Callable[[str, int, int], None]
"""Told what is being done (`read`, `clean`, `embed`, `store`), how much of it is done, and how much there is."""

NO_TEXT = "it holds no text"
"""Why a document is refused in which cleaning leaves no word: an empty file, a picture, a site's footer."""

_logger = logging.getLogger(__name__)


def no_progress(step: str, done: int, total: int) -> None:
    """Tell nobody."""


class Cleaner(Protocol):
    """Makes documents of what was read."""

    @property
    def signature(self) -> str:
        """Names the rules: two cleaners with the same signature make the same documents of the same texts."""
        ...

    def clean(self, raw: RawDocument) -> Document:
        """One document by itself."""
        ...

    def repair(self, documents: Sequence[Document]) -> list[Document]:
        """What cleaning one document cannot do: mend the losses of each by what the others say; the order stays."""
        ...


class CleaningRules:
    """The rules of `index.clean`."""

    @property
    def signature(self) -> str:
        """Digest of the rules, their tables, and the libraries they ask, so that no change goes unnoticed."""
        return _signature()

    def clean(self, raw: RawDocument) -> Document:
        """One document by itself."""
        return clean(raw)

    def repair(self, documents: Sequence[Document]) -> list[Document]:
        """The documents with the losses repaired that they bear witness to."""
        return repair(documents)


def clean_sources(
    sources: Sequence[Path], cleaner: Cleaner, progress: Progress = no_progress
) -> tuple[list[Document], list[Refusal]]:
    """The documents of all sources, cleaned and repaired, and what is refused.

    Refused is what cannot be read, brings a rule down or holds no text, and a document whose id another one has taken.
    """
    raws: list[RawDocument] = []
    refused: list[Refusal] = []
    origins: dict[str, str] = {}
    for item in read_sources(sources):
        if isinstance(item, Refusal):
            refused.append(item)
        elif item.id in origins:
            refused.append(
                Refusal(item.origin, f"its id {item.id!r} is taken by {origins[item.id]}; rename one of them")
            )
        else:
            origins[item.id] = item.origin
            raws.append(item)
        progress("read", len(raws), 0)
    documents = []
    for done, raw in enumerate(raws, 1):
        try:
            document = cleaner.clean(raw)
        except Exception as error:  # a text that brings a rule down must not take the others with it
            _logger.warning("Cleaning %s failed", raw.origin, exc_info=True)
            refused.append(Refusal(raw.origin, f"cleaning it failed: {type(error).__name__}: {error}"))
        else:
            if document.holds_text:
                documents.append(document)
            else:
                refused.append(Refusal(raw.origin, NO_TEXT))
        progress("clean", done, len(raws))
    return cleaner.repair(documents), refused


@cache
def _signature() -> str:
    digest = hashlib.sha256()
    for file in sorted(_source_files()):
        digest.update(file.read_bytes())
    for library in ("opencc", "pypinyin"):
        digest.update(f"{library}=={metadata.version(library)}".encode())
    return digest.hexdigest()[:16]


def _source_files() -> Iterator[Path]:
    for folder in index.clean.__path__:
        for pattern in ("*.py", "*.npz"):
            yield from Path(folder).rglob(pattern)
