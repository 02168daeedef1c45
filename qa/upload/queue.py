"""Jobs in SQLite: what is to be done outlives the server."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from qa.database import now, opened
from qa.errors import UnknownJob

Kind = Literal["put", "delete"]
State = Literal["queued", "running", "done", "failed"]
FILE = "jobs.sqlite"
_KEPT = 1000
"""How many jobs that have ended can still be asked for."""
_TABLE = """
CREATE TABLE IF NOT EXISTS jobs (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, document_id TEXT NOT NULL,
    suffix TEXT NOT NULL, state TEXT NOT NULL, detail TEXT NOT NULL, queued_at TEXT NOT NULL, ended_at TEXT
) STRICT
"""


@dataclass(frozen=True, slots=True)
class Job:
    """One change of one document."""

    id: str
    kind: Kind
    document_id: str
    suffix: str
    """Of the file that was uploaded; empty where a document is removed."""
    state: State
    detail: str
    """Why it failed, or what it waits for; else empty."""
    queued_at: str
    ended_at: str | None


class JobQueue:
    """The jobs of one state folder; safe to use from several threads and processes."""

    def __init__(self, folder: Path) -> None:
        """Nothing is made before the first job comes."""
        self._file = folder / FILE

    def exists(self) -> bool:
        """Whether there ever was a job."""
        return self._file.exists()

    def add(self, kind: Kind, document_id: str, suffix: str = "", job_id: str | None = None) -> Job:
        """Queue a job."""
        job_id = job_id or new_id()
        with opened(self._file, _TABLE) as database:
            database.execute(
                "INSERT INTO jobs (id, kind, document_id, suffix, state, detail, queued_at) "
                "VALUES (?, ?, ?, ?, 'queued', '', ?)",
                (job_id, kind, document_id, suffix, now()),
            )
            database.execute(
                "DELETE FROM jobs WHERE state IN ('done', 'failed') AND number NOT IN "
                "(SELECT number FROM jobs ORDER BY number DESC LIMIT ?)",
                (_KEPT,),
            )
        return self.get(job_id)

    def get(self, job_id: str) -> Job:
        """The job of this id.

        Raises:
            UnknownJob: there is none.
        """
        for job in self._select("WHERE id = ?", job_id):
            return job
        raise UnknownJob(f"There is no job {job_id!r}; the last {_KEPT} are kept.")

    def last(self, limit: int) -> list[Job]:
        """The last jobs, the newest first."""
        return self._select("ORDER BY number DESC LIMIT ?", limit)

    def waiting(self) -> list[Job]:
        """The jobs to be done, the oldest first."""
        return self._select("WHERE state = 'queued' ORDER BY number")

    def is_changing(self, document_id: str) -> bool:
        """Whether a job for a document waits or runs."""
        return bool(self._select("WHERE document_id = ? AND state IN ('queued', 'running') LIMIT 1", document_id))

    def set(self, jobs: list[Job], state: State, detail: str = "") -> None:
        """Say how jobs stand."""
        ended = now() if state in {"done", "failed"} else None
        with opened(self._file, _TABLE) as database:
            database.executemany(
                "UPDATE jobs SET state = ?, detail = ?, ended_at = ? WHERE id = ?",
                [(state, detail, ended, job.id) for job in jobs],
            )

    def take_back(self) -> None:
        """Queue again what ran when its server was stopped or killed."""
        with opened(self._file, _TABLE) as database:
            database.execute("UPDATE jobs SET state = 'queued', detail = '' WHERE state = 'running'")

    def _select(self, clause: str, *values: object) -> list[Job]:
        if not self.exists():
            return []
        with opened(self._file, _TABLE) as database:
            columns = "id, kind, document_id, suffix, state, detail, queued_at, ended_at"
            rows = database.execute(f"SELECT {columns} FROM jobs {clause}", values)  # noqa: S608 - clauses are literals
            return [Job(*row) for row in rows]


def new_id() -> str:
    """An id for a job."""
    return secrets.token_hex(12)
