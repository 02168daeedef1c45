"""Sources into raw documents: folders into files, files to the readers of their types."""

from __future__ import annotations

import logging
import os
import re
import stat
from collections.abc import Iterator, Sequence
from operator import attrgetter
from pathlib import Path

from index.errors import UnreadableSource
from index.read.file_types import READERS
from index.records import RawDocument, Refusal

LARGEST = 64 << 20
"""Bytes of the largest file that is read as one document: the longest laws have 1 MiB, scanned books more."""
LARGEST_COLLECTION = 512 << 20
"""Bytes of the largest collection of records."""
# Half a character cannot be written down in UTF-8.
_NO_NAME = re.compile(r"[\ud800-\udfff]")
_WORD_BEFORE_2007 = ".doc"

_logger = logging.getLogger(__name__)


def read_sources(sources: Sequence[Path]) -> Iterator[RawDocument | Refusal]:
    """Every document of the sources, in a fixed order; what cannot be read is refused by name, and the rest goes on.

    A source is a file or a folder, whose files are read with those of its subfolders. In a folder, hidden files and
    README files are passed over: they describe the folder. A folder or file that does not exist is refused as well, and
    so is a folder whose files cannot be listed. What lies in several sources, or in one that is named in two ways, is
    read once.
    """
    read: set[Path] = set()
    for source in sources:
        closed: list[OSError] = []
        try:
            files = list(_files_of(source, closed))
        except OSError as error:
            reason = "it does not exist" if isinstance(error, FileNotFoundError) else error.strerror or str(error)
            yield Refusal(str(source), reason)
            continue
        yield from sorted(map(_closed, closed), key=attrgetter("origin"))
        # A link keeps its own name: it is another document than the file that it leads to.
        places = {file: file.parent.resolve() / file.name for file in files}
        for file, place in places.items():
            if place not in read:
                yield from read_file(file)
        read.update(places.values())


def _files_of(source: Path, closed: list[OSError]) -> Iterator[Path]:
    """The files of a source in a fixed order; what keeps a folder's from being listed is added to `closed`."""
    if not source.is_dir():
        source.stat()  # raises the reason, where there is one
        yield source
        return
    found: list[Path] = []
    for folder, subfolders, names in os.walk(source, onerror=closed.append):
        subfolders[:] = [name for name in subfolders if not name.startswith(".")]
        found += (Path(folder, name) for name in names if not name.startswith("."))
    for file in sorted(found):
        if file.stem.upper() != "README" and _may_be_file(file):
            yield file


def _closed(error: OSError) -> Refusal:
    folder = str(error.filename)
    reason = f"its files cannot be listed: {error.strerror}; make the folder readable"
    return Refusal(ascii(folder) if _NO_NAME.search(folder) else folder, reason)


def _may_be_file(path: Path) -> bool:
    """Whether it is a file, or cannot be looked at: then reading it says why."""
    try:
        return path.is_file()
    except OSError:
        return True


def read_file(file: Path) -> Iterator[RawDocument | Refusal]:
    """The documents of one file, by the reader of its suffix; whatever is wrong with it, it is refused by name."""
    if _NO_NAME.search(file.stem):
        yield Refusal(ascii(str(file)), "its name is not UTF-8; rename it")
        return
    reader = READERS.get(file.suffix.lower())
    if reader is None:
        yield Refusal(str(file), _unknown_type(file.suffix))
        return
    try:
        yield from reader(file, _content(file))
    except OSError as error:
        yield Refusal(str(file), error.strerror or str(error))
    except UnreadableSource as error:
        yield Refusal(str(file), str(error))
    except Exception as error:  # a file that brings its reader down must not take the others with it
        _logger.warning("Reading %s failed", file, exc_info=True)
        yield Refusal(str(file), f"its reader failed: {type(error).__name__}: {error}")


def _unknown_type(suffix: str) -> str:
    cure = "; save it as .docx" if suffix.lower() == _WORD_BEFORE_2007 else ""
    return f"{suffix or 'no suffix'} is not a type that is read ({', '.join(READERS)}){cure}"


def _content(file: Path) -> bytes:
    """The bytes of a file, all of one moment.

    Raises:
        UnreadableSource: it is no regular file, too large, or was written to meanwhile.
    """
    largest = LARGEST_COLLECTION if file.suffix.lower() == ".jsonl" else LARGEST
    # Opening a pipe would wait for someone to write into it.
    if not stat.S_ISREG(file.stat().st_mode):
        raise UnreadableSource("it is not a file with content")
    with file.open("rb") as stream:
        before = os.fstat(stream.fileno())
        if before.st_size > largest:
            raise UnreadableSource(
                f"it has {before.st_size >> 20} MiB, more than the {largest >> 20} MiB that are read; split it"
            )
        data = stream.read(largest + 1)
        after = os.fstat(stream.fileno())
    if len(data) != after.st_size or before.st_mtime_ns != after.st_mtime_ns:
        raise UnreadableSource("it changed while it was read; try again when it is written")
    return data
