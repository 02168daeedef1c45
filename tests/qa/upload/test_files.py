from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping
from itertools import count
from pathlib import Path

import pytest

from qa.upload.files import Uploads

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")

OLD = {"replaced.txt": "old", "retyped.txt": "old", "removed.md": "old", "other.txt": "old"}
NEW = {"replaced.txt": "new", "retyped.md": "new", "added.txt": "new", "other.txt": "old"}


def written(folder: Path, files: Mapping[str, str]) -> Path:
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def held(uploads: Uploads) -> dict[str, str]:
    """All files that a build would read, and only those may be there."""
    assert [path.name for path in uploads.folder.iterdir() if path.is_dir()] == []
    return {path.name: path.read_text(encoding="utf-8") for path in uploads.folder.iterdir()}


def changes(incoming: Path) -> dict[str, Path | None]:
    new: dict[str, Path | None] = {Path(name).stem: incoming / name for name in NEW if name != "other.txt"}
    return {**new, "removed": None}


def fail(uploads: Uploads, what: Mapping[str, Path | None]) -> None:
    with pytest.raises(RuntimeError, match="no build"), uploads.changed(what):
        raise RuntimeError("no build")


def test_documents_are_replaced_added_and_removed(tmp_path: Path) -> None:
    uploads = Uploads(written(tmp_path / "uploads", OLD))
    with uploads.changed(changes(written(tmp_path / "incoming", NEW))):
        pass

    assert held(uploads) == NEW


def test_a_block_that_fails_leaves_the_folder_as_before(tmp_path: Path) -> None:
    uploads = Uploads(written(tmp_path / "uploads", OLD))
    fail(uploads, changes(written(tmp_path / "incoming", NEW)))

    assert held(uploads) == OLD


@needs_fork
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # the child uses no thread of this process
def test_whoever_is_killed_at_any_moment_leaves_what_takes_it_all_back(tmp_path: Path) -> None:
    incoming = written(tmp_path / "incoming", NEW)
    outcomes = []
    for moment in count():
        uploads = Uploads(written(tmp_path / f"uploads{moment}", OLD))
        built = tmp_path / f"built{moment}"
        killed = killed_at(moment, uploads, changes(incoming), built)
        for again in ({}, changes(incoming)):
            fail(uploads, again)
            found = held(uploads)
            assert found == OLD or (built.exists() and found == NEW), f"{moment}: {found}"
        outcomes.append(found)
        if not killed:
            break

    assert outcomes.count(OLD) > 20
    assert outcomes[-1] == NEW


def killed_at(moment: int, uploads: Uploads, what: Mapping[str, Path | None], built: Path) -> bool:
    """Whether another process was killed when it touched a file for the nth time; `built` is there if its block ran."""
    child = os.fork()
    if not child:
        touched = count()

        def kill(event: str, _: object) -> None:
            if event.startswith(("open", "os.", "shutil.")) and next(touched) == moment:
                os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(kill)
        with uploads.changed(what):
            built.touch()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)
