"""A plain text file into a raw document."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from index.read.decode import decode
from index.records import RawDocument, Refusal


def read_text(file: Path, data: bytes) -> Iterator[RawDocument | Refusal]:
    """The decoded file, untouched; citations count its characters."""
    yield RawDocument(file.stem, decode(data), str(file))
