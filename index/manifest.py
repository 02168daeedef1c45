"""What an index folder says of itself: `manifest.json`, whose replacement is the one moment a build takes effect."""

from __future__ import annotations

import hashlib
import json
import os
import shlex
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from index.errors import IndexDamaged, IndexMissing, IndexOutdated

FORMAT = 7
"""Changes with the layout of the folder or the fields of the manifest."""
FILE = "manifest.json"


def rebuild(folder: Path, sources: Sequence[str] = ("SOURCE",)) -> str:
    """The cure for an index that cannot be used, as a sentence with the command."""
    return f"Rebuild it with: {_command(folder, sources)}"


def _command(folder: Path, sources: Sequence[str] = ("SOURCE",)) -> str:
    return f"policyqa index {shlex.join(sources)} --index {shlex.quote(str(folder))}"


@dataclass(frozen=True, slots=True)
class Manifest:
    """The manifest of one build. Its files stand in a subfolder of their own, so that no build touches another."""

    format: int
    version: str
    """Names the content: the same documents through the same stages give the same version."""
    data: str
    stages: dict[str, str]
    sources: list[str]
    """What was indexed, as it was named then."""
    counts: dict[str, int]
    documents: dict[str, str]
    """Document id -> digest of its source."""
    refused: dict[str, str]
    """Origin of each source that could not be read -> the reason."""
    files: dict[str, str]
    """File below `data` -> SHA-256."""

    @classmethod
    def read(cls, folder: Path) -> Self:
        """The manifest of an index folder.

        Raises:
            IndexMissing: there is none.
            IndexDamaged: it is not as it was written.
            IndexOutdated: it is of another format.
        """
        file = folder / FILE
        try:
            content = json.loads(file.read_text(encoding="utf-8"))
            whole = isinstance(content, dict) and content.pop("sha256", None) == _digest(content)
        except FileNotFoundError as error:
            raise IndexMissing(f"There is no index in {folder}. Build one with: {_command(folder)}") from error
        except (OSError, ValueError, RecursionError) as error:
            raise IndexDamaged(f"{file} cannot be read ({error}). {rebuild(folder)}") from error
        if not whole:
            raise IndexDamaged(f"{file} is not as it was written. {rebuild(folder)}")
        if content.get("format") != FORMAT:
            raise IndexOutdated(
                f"The index in {folder} has format {content.get('format')}, this program reads {FORMAT}. "
                + rebuild(folder)
            )
        return cls(**content)

    @staticmethod
    def data_of(folder: Path) -> str | None:
        """Where the files of a manifest of any format stand, or None if it cannot be read."""
        try:
            data = json.loads((folder / FILE).read_text(encoding="utf-8"))["data"]
        except (OSError, ValueError, TypeError, KeyError, RecursionError):
            return None
        return data if isinstance(data, str) else None

    def write(self, folder: Path) -> None:
        """Put the manifest in its place in one rename, after everything it names is on disk."""
        content = asdict(self)
        written = json.dumps({**content, "sha256": _digest(content)}, ensure_ascii=False, indent=1)
        temporary = folder / f".{FILE}.{os.getpid()}"
        with temporary.open("w", encoding="utf-8") as file:
            file.write(written)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(folder / FILE)
        sync_folder(folder)

    def check(self, folder: Path) -> None:
        """Compare every file with its digest.

        Raises:
            IndexDamaged: one is missing or altered; the message names it.
        """
        for name, expected in self.files.items():
            file = folder / self.data / name
            try:
                found = digest_of(file)
            except OSError as error:
                raise IndexDamaged(
                    f"{file} cannot be read ({error.strerror}). {rebuild(folder, self.sources)}"
                ) from error
            if found != expected:
                raise IndexDamaged(f"{file} is not the file that was written. {rebuild(folder, self.sources)}")


def digest_of(file: Path) -> str:
    """SHA-256 of a file."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def sync_folder(folder: Path) -> None:
    """Make a folder's entries survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _digest(content: dict[str, object]) -> str:
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
