"""Uploaded documents as files: one a document, its name the document's id, so that the folder is a source."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from index.errors import UnreadableSource
from index.manifest import sync_folder
from index.read import READERS, read_file
from index.records import RawDocument
from index.settings import Settings
from qa.errors import InvalidDocument, TypeNotRead

_FOLDER = "uploads"
# What takes a change back, and the same while it is written or removed; hidden, so that they are no source.
_BEFORE, _DRAFT = ".before", ".draft"
# In both: copies of the files that are replaced or removed, an empty file for each name that is new, and the new files.
_HELD, _ADDED, _NEW = "held", "added", "new"
RECORDS = ".jsonl"
# 255 bytes are what file systems hold, the suffix included.
_MAX_BYTES = 200
_NO_NAME = re.compile(r"[/\\\0]|^\.|^README$", re.IGNORECASE)
SUFFIXES: Mapping[str, str] = {
    "text/plain": ".txt",
    "text/markdown": ".md",
    "text/html": ".html",
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
}
"""Media type -> suffix of its reader."""


def upload_folder(settings: Settings) -> Path:
    """Where uploaded documents are kept."""
    return settings.state / _FOLDER


def default_sources(settings: Settings) -> list[Path]:
    """What is indexed when no source is named: the corpus and, where there are any, the uploaded documents."""
    uploads = upload_folder(settings)
    return [settings.corpus, *([uploads] if uploads.is_dir() else [])]


def require_name(document_id: str) -> None:
    """Refuse an id that cannot be a file's name.

    Raises:
        InvalidDocument: it says which ids can.
    """
    fits = len(document_id.encode("utf-8", "replace")) <= _MAX_BYTES
    whole = document_id.isprintable() and document_id == document_id.strip(" ")
    if not document_id or not fits or not whole or _NO_NAME.search(document_id):
        raise InvalidDocument(
            f"{document_id!r} cannot be the id of an uploaded document: it must be at most {_MAX_BYTES} bytes of "
            "printable characters, without / and \\, not begin with a dot, begin or end with a space, or be README."
        )


def suffix_of(name: str) -> str:
    """The suffix of an uploaded file by its name.

    Raises:
        TypeNotRead: no reader has it.
    """
    suffix = Path(name).suffix.lower()
    if suffix not in READERS or suffix == RECORDS:
        types = ", ".join(known for known in READERS if known != RECORDS)
        raise TypeNotRead(f"{suffix or 'No suffix'} is not a type that can be uploaded ({types}).")
    return suffix


def suffix_of_type(media_type: str) -> str:
    """The suffix of an uploaded file by its media type.

    Raises:
        TypeNotRead: no reader has it.
    """
    suffix = SUFFIXES.get(media_type)
    if suffix is None or suffix not in READERS:
        types = ", ".join(known for known, suffix in SUFFIXES.items() if suffix in READERS)
        raise TypeNotRead(
            f"{media_type or 'No media type'} cannot be uploaded. Send application/json, multipart/form-data with the "
            f"file in the field file, or one of {types}."
        )
    return suffix


def write_record(document_id: str, record: Mapping[str, object], file: Path) -> None:
    """Write a document given as text and metadata."""
    file.write_text(json.dumps({**record, "_id": document_id}) + "\n", encoding="utf-8")


def read_upload(file: Path, document_id: str) -> RawDocument:
    """The one document of an upload.

    Raises:
        UnreadableSource: it holds none, several, or another.
    """
    read = list(read_file(file))
    if len(read) != 1:
        raise UnreadableSource(f"The upload holds {len(read)} documents; it must hold one.")
    (document,) = read
    if not isinstance(document, RawDocument):
        raise UnreadableSource(f"The upload cannot be read: {document.reason}.")
    if document.id != document_id:
        raise UnreadableSource(f"The upload holds the document {document.id!r}, not {document_id!r}.")
    return document


class Uploads:
    """The folder of uploaded documents; only one thread of one process may change it at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def holds(self, document_id: str) -> bool:
        """Whether a document was uploaded."""
        return any(self._files(document_id))

    def drop(self, document_id: str) -> None:
        """Forget a document that turned out not to be indexable."""
        for file in list(self._files(document_id)):
            file.unlink()

    def _files(self, document_id: str) -> Iterator[Path]:
        if self.folder.is_dir():
            for file in self.folder.iterdir():
                if file.stem == document_id and file.suffix in READERS:
                    yield file

    @contextmanager
    def changed(self, changes: Mapping[str, Path | None]) -> Iterator[None]:
        """The folder with documents replaced by files, or removed where there is none; as before if the block fails.

        The files are copied. What was begun by whoever was killed meanwhile is taken back first.
        """
        self._take_back()
        self._prepare(changes)
        try:
            for new in (self.folder / _BEFORE / _NEW).glob("*"):
                new.replace(self.folder / new.name)
            for document_id, file in changes.items():
                for held in list(self._files(document_id)):
                    if file is None or held.suffix != file.suffix:
                        held.unlink()
            yield
        except BaseException:
            self._take_back()
            raise
        self._forget()

    def _prepare(self, changes: Mapping[str, Path | None]) -> None:
        """Write, before anything is changed, what takes it back."""
        draft = self.folder / _DRAFT
        shutil.rmtree(draft, ignore_errors=True)
        for part in (_HELD, _ADDED, _NEW):
            (draft / part).mkdir(parents=True)
        for document_id, file in changes.items():
            for held in self._files(document_id):
                _copy(held, draft / _HELD / held.name)
            if file is not None:
                name = f"{document_id}{file.suffix}"
                _copy(file, draft / _NEW / name)
                if not (self.folder / name).exists():
                    (draft / _ADDED / name).touch()
        draft.replace(self.folder / _BEFORE)
        sync_folder(self.folder)

    def _take_back(self) -> None:
        """Make the folder what it was before a change, if one is under way."""
        before = self.folder / _BEFORE
        for note in (before / _ADDED).glob("*"):
            (self.folder / note.name).unlink(missing_ok=True)
        for held in (before / _HELD).glob("*"):
            held.replace(self.folder / held.name)
        self._forget()

    def _forget(self) -> None:
        """Leave the folder as it is now."""
        before, draft = self.folder / _BEFORE, self.folder / _DRAFT
        shutil.rmtree(draft, ignore_errors=True)
        if before.exists():
            before.replace(draft)  # at once: what is removed one by one could be put back in part
            shutil.rmtree(draft, ignore_errors=True)


def _copy(file: Path, to: Path) -> None:
    """Copy a file, and be sure that it is on disk."""
    shutil.copy2(file, to)
    with to.open("rb") as written:
        os.fsync(written.fileno())
