"""SQLite as it is used here: one file a store, opened for each use, safe for several threads and processes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from index.settings import PREFIX
from qa.errors import StateNotWritable

_PATIENCE = 30
"""Seconds to wait for another process that writes."""


@contextmanager
def opened(file: Path, table: str) -> Iterator[sqlite3.Connection]:
    """The database in a file with its table, both made if need be; what the block changes is committed if it succeeds.

    `table` is a `CREATE TABLE IF NOT EXISTS`. Whoever reads is not kept waiting by whoever writes (WAL). Rows can be
    read by place and by name.

    Raises:
        StateNotWritable: the folder or the file cannot be written.
    """
    with written_below(file.parent):
        file.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(file, timeout=_PATIENCE)) as database, database:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute(table)  # each time: whoever made the file may have been killed before
            database.row_factory = sqlite3.Row
            yield database


@contextmanager
def written_below(folder: Path) -> Iterator[None]:
    """Around what writes below the state folder.

    Raises:
        StateNotWritable: it cannot; the message says why, and what to do.
    """
    try:
        yield
    except (OSError, sqlite3.OperationalError) as error:
        cause = (isinstance(error, OSError) and error.strerror) or error
        raise StateNotWritable(
            f"The state folder {folder} cannot be written: {cause}. Make room or permission, or name another folder by "
            f"{PREFIX}STATE."
        ) from error


def now() -> str:
    """The moment, in UTC, as ISO 8601 with milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
