from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from qa.database import now, opened


def test_what_a_block_wrote_is_there_for_the_next_and_is_not_where_it_failed(tmp_path: Path) -> None:
    file = tmp_path / "x.sqlite"
    with opened(file) as database:
        database.execute("CREATE TABLE x (a TEXT, b TEXT)")
        database.execute("INSERT INTO x VALUES ('1', '2')")

    def fail() -> None:
        with opened(file) as database:
            database.execute("DELETE FROM x")
            raise ValueError("halfway")

    with pytest.raises(ValueError, match="halfway"):
        fail()
    with opened(file) as database:
        (row,) = database.execute("SELECT * FROM x")
        assert (*row,) == ("1", "2")
        assert (row["a"], row["b"]) == ("1", "2")


def test_a_database_is_closed_after_its_block_and_in_write_ahead_mode(tmp_path: Path) -> None:
    with opened(tmp_path / "x.sqlite") as database:
        assert (*database.execute("PRAGMA journal_mode").fetchone(),) == ("wal",)
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        database.execute("SELECT 1")


def test_the_moment_is_written_in_utc_and_grows_as_text_does() -> None:
    before, after = now(), now()

    assert before <= after
    assert datetime.fromisoformat(before).utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - datetime.fromisoformat(before)) < timedelta(minutes=1)
