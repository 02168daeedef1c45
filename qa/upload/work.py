"""One thread does the jobs and keeps the index in use the one on disk."""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from index.build import build_index
from index.errors import IndexBusy, PolicyQAError, UnreadableSource
from index.manifest import FILE as MANIFEST
from index.manifest import Manifest
from index.records import Refusal
from index.settings import Settings
from index.stages import with_embedder
from qa.ask import Assistant
from qa.errors import DocumentTaken
from qa.upload.files import Uploads, read_upload, upload_folder
from qa.upload.queue import Job, JobQueue

logger = logging.getLogger("policyqa")

_INCOMING = "incoming"
_LOCK = ".jobs.lock"
_PAUSE = 0.5
"""Seconds between two looks at the queue and at the index on disk."""
_RETRY = 30.0
"""Seconds until an index that could not be put into use is tried again."""
_ABANDONED = 3600.0
"""Seconds after which an upload that is not queued has no request any more that could queue it."""
_FAILED = "The server failed; its log says why."


class Stopped(Exception):
    """The server ends; what was begun is taken back and done when it is started again."""


class Worker:
    """Does the jobs of a state folder, all that wait in one build, and puts each new index into use.

    An index that another process has built is put into use as well. Where several processes share a state folder,
    one of them does the jobs.
    """

    def __init__(self, settings: Settings, assistant: Assistant, queue: JobQueue) -> None:
        self.assistant = assistant
        """The one in use."""
        self._settings = settings
        self._stages = with_embedder(assistant.index.embedder)
        self._queue = queue
        self._uploads = Uploads(upload_folder(settings))
        self._seen: tuple[int, int] | None = None  # the one on disk may be another already than was loaded
        self._next_try = 0.0
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, name="policyqa-jobs")
        self.progress: tuple[str, int, int] | None = None
        """What the running build does, how much of it is done, and how much there is."""

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """Look at the queue now."""
        self._wake.set()

    def stop(self) -> None:
        """End, and wait for the end: a build that runs is given up as soon as the file that it reads is read.

        That may take as long as a file may take, up to an hour for a scanned PDF. Whoever does not wait and kills the
        process loses nothing: the jobs are done when it is started again.
        """
        self._stop.set()
        self._wake.set()
        if self._thread.ident is not None:
            self._thread.join()

    def incoming(self, job_id: str, document_id: str, suffix: str) -> Path:
        """Where the file of a job is put before the job is queued."""
        folder = self._settings.state / _INCOMING / job_id
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{document_id}{suffix}"

    def discard(self, job_id: str) -> None:
        """Remove what was put where `incoming` said."""
        shutil.rmtree(self._settings.state / _INCOMING / job_id, ignore_errors=True)

    def require_uploaded(self, document_id: str, *, may_be_new: bool) -> None:
        """Refuse to change what was not uploaded.

        Raises:
            DocumentTaken: the document comes from another source.
            UnknownDocument: there is none of this id, and it may not be new.
        """
        # In this order: a job that ends in between has put its file there before.
        if self._queue.is_changing(document_id) or self._uploads.holds(document_id):
            return
        if document_id in self.assistant.index.documents:
            raise DocumentTaken(
                f"Document {document_id!r} was not uploaded: it comes from {', '.join(self._sources())}. "
                "Change it there and run policyqa index, or take another id."
            )
        if not may_be_new:
            self.assistant.index.document(document_id)

    def _run(self) -> None:
        lock = FileLock(self._settings.state / _LOCK, timeout=0)
        while not self._stop.is_set():
            try:
                if self._queue.exists():
                    with lock:
                        self._queue.take_back()
                        self._sweep()
                        self._do_waiting()
            except Timeout:
                pass  # another process does the jobs
            except Stopped:
                break
            except Exception:  # the thread must outlive whatever one round meets
                logger.exception("the jobs could not be done")
            self._keep_up()
            self._wake.wait(_PAUSE)
            self._wake.clear()

    def _sweep(self) -> None:
        """Remove uploads whose server was killed before they were queued."""
        waiting = {job.id for job in self._queue.waiting()}
        for folder in (self._settings.state / _INCOMING).glob("*"):
            with suppress(FileNotFoundError):  # its request has failed just now
                written = max(path.stat().st_mtime for path in (folder, *folder.iterdir()))
                if folder.name not in waiting and time.time() - written > _ABANDONED:
                    self.discard(folder.name)

    def _do_waiting(self) -> None:
        while jobs := self._queue.waiting():
            self._queue.set(jobs, "running")
            ready = [job for job in jobs if self._is_ready(job)]
            try:
                done = self._build(ready) if ready else []
            except (IndexBusy, Stopped) as error:
                self._queue.set(ready, "queued", str(error))
                if isinstance(error, Stopped):
                    raise
                return
            except PolicyQAError as error:
                self._queue.set(ready, "failed", str(error))
            except Exception:
                logger.exception("the jobs could not be done")
                self._queue.set(ready, "failed", _FAILED)
            else:
                self._queue.set(done, "done")
            finally:
                self.progress = None
            for job in jobs:
                if self._queue.get(job.id).state in {"done", "failed"}:
                    self.discard(job.id)

    def _is_ready(self, job: Job) -> bool:
        """Whether a job can be done; if not, it has failed, and the others go on.

        Raises:
            Stopped: the server ends.
        """
        if self._stop.is_set():
            raise Stopped
        if job.kind == "delete":
            return True
        try:
            document = read_upload(self.incoming(job.id, job.document_id, job.suffix), job.document_id)
            if not self._stages.cleaner.clean(document).holds_text:
                raise UnreadableSource("The upload holds no text.")
        except PolicyQAError as error:
            self._queue.set([job], "failed", str(error))
            return False
        except Exception as error:  # a text that brings a rule down must not take the others with it
            logger.exception("cleaning the upload %r failed", job.document_id)
            self._queue.set([job], "failed", f"Cleaning the upload failed: {type(error).__name__}: {error}")
            return False
        return True

    def _build(self, jobs: Sequence[Job]) -> list[Job]:
        """Do jobs in one build, put it into use, and say which are done; the others have failed."""
        changes = {
            job.document_id: self.incoming(job.id, job.document_id, job.suffix) if job.kind == "put" else None
            for job in jobs  # of several jobs for one document the last decides
        }
        with self._uploads.changed(changes):
            sources = [Path(source) for source in self._sources()]
            for source in sources:
                if not source.exists():
                    raise UnreadableSource(
                        f"{source}, which the index was built from, is not there (seen from {Path.cwd()}): "
                        "building without it would remove its documents. Put it back, or run policyqa index."
                    )
            # The state folder may be named in another way now than when the index was built.
            if self._uploads.folder.resolve() not in {source.resolve() for source in sources}:
                sources.append(self._uploads.folder)
            report = build_index(sources, self._settings.index, self._stages, self._tell, changes.keys())
        done = [job for job in jobs if not self._was_refused(job, report.refused)]
        try:
            self._follow()
        except Exception as error:
            logger.exception("the new index cannot be put into use; the one before stays in use")
            reason = str(error) if isinstance(error, PolicyQAError) else _FAILED
            self._queue.set(
                done,
                "failed",
                f"The change is in the new index, which cannot be put into use, but is tried again: {reason}",
            )
            return []
        return done

    def _was_refused(self, job: Job, refused: Sequence[Refusal]) -> bool:
        """Whether another source has brought the same id since the upload was taken; then the job has failed."""
        if job.kind == "delete":
            return False
        folder, name = self._uploads.folder.resolve(), f"{job.document_id}{job.suffix}"
        for refusal in refused:
            origin = Path(refusal.origin)
            # What is refused is a file, or the one record in it.
            if origin.name in {name, f"{name}:1"} and origin.parent.resolve() == folder:
                self._queue.set([job], "failed", f"The document was refused: {refusal.reason}.")
                self._uploads.drop(job.document_id)
                return True
        return False

    def _tell(self, step: str, done: int, total: int) -> None:
        if self._stop.is_set():
            raise Stopped
        self.progress = (step, done, total)

    def _sources(self) -> list[str]:
        return Manifest.read(self._settings.index).sources

    def _keep_up(self) -> None:
        """Put the index on disk into use; where that fails, again after a while."""
        if time.monotonic() < self._next_try:
            return
        try:
            self._follow()
        except Exception:
            logger.exception("the new index cannot be put into use; the one before stays in use")
            self._next_try = time.monotonic() + _RETRY

    def _follow(self) -> None:
        """Put the index on disk into use if it is another one than that in use, or raise what keeps it from that."""
        seen = self._on_disk()
        if seen is None or seen == self._seen:
            return
        if Manifest.read(self._settings.index).version != self.assistant.index.manifest.version:
            self.assistant = Assistant.load(self._settings, self._stages, self.assistant.reranker)
        self._seen = seen

    def _on_disk(self) -> tuple[int, int] | None:
        try:
            status = (self._settings.index / MANIFEST).stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_ino
