from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from qa.database import now, opened
from qa.feedback import FILE as FEEDBACK
from qa.feedback import FeedbackStore
from qa.upload.queue import FILE as JOBS
from qa.upload.queue import JobQueue

TABLE = "CREATE TABLE IF NOT EXISTS x (a TEXT, b TEXT)"


def test_what_a_block_wrote_is_there_for_the_next_and_is_not_where_it_failed(tmp_path: Path) -> None:
    file = tmp_path / "x.sqlite"
    with opened(file, TABLE) as database:
        database.execute("INSERT INTO x VALUES ('1', '2')")

    def fail() -> None:
        with opened(file, TABLE) as database:
            database.execute("DELETE FROM x")
            raise ValueError("halfway")

    with pytest.raises(ValueError, match="halfway"):
        fail()
    with opened(file, TABLE) as database:
        (row,) = database.execute("SELECT * FROM x")
        assert (*row,) == ("1", "2")
        assert (row["a"], row["b"]) == ("1", "2")


def test_a_database_is_closed_after_its_block_and_in_write_ahead_mode(tmp_path: Path) -> None:
    with opened(tmp_path / "x.sqlite", TABLE) as database:
        assert (*database.execute("PRAGMA journal_mode").fetchone(),) == ("wal",)
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        database.execute("SELECT 1")


def test_a_file_left_by_who_was_killed_before_its_table_was_made_gets_it(tmp_path: Path) -> None:
    for name, prepare in (("empty", "SELECT 1"), ("in-wal-mode", "PRAGMA journal_mode = WAL")):
        file = tmp_path / name
        file.touch()
        with closing(sqlite3.connect(file)) as killed:
            killed.execute(prepare)

        with opened(file, TABLE) as database:
            assert database.execute("SELECT * FROM x").fetchall() == []


def test_stores_whose_file_was_just_made_hold_nothing(tmp_path: Path) -> None:
    for file in (JOBS, FEEDBACK):
        (tmp_path / file).touch()
    queue = JobQueue(tmp_path)
    queue.take_back()

    assert queue.waiting() == []
    assert FeedbackStore(tmp_path).all() == []


def test_the_moment_is_written_in_utc_and_grows_as_text_does() -> None:
    before, after = now(), now()

    assert before <= after
    assert datetime.fromisoformat(before).utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - datetime.fromisoformat(before)) < timedelta(minutes=1)
