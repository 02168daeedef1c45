"""Builds that are killed at any moment: the index is the old one or the new one, and the next build goes through."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from index.build import build_index
from index.load import SearchIndex, load_index
from index.manifest import FILE
from index.stages import Stages, with_embedder
from tests.conftest import ROOT
from tests.index.test_build import assert_equal_indexes, write_texts
from tests.stubs import HashingEmbedder

KILLS = 12
needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")


@dataclass(frozen=True)
class Finished:
    """A content, and its index as built in peace. The folder is read only: copy it before changing it."""

    source: Path
    folder: Path
    index: SearchIndex


def many_texts(kind: str, count: int) -> dict[str, str]:
    return {f"{kind}{at}": f"第{at}号{kind}办法\n对符合条件的企业给予{at}万元补贴。\n" for at in range(count)}


@pytest.fixture(scope="module")
def stages() -> Stages:
    return with_embedder(HashingEmbedder())


@pytest.fixture(scope="module")
def old_and_new(tmp_path_factory: pytest.TempPathFactory, stages: Stages) -> list[Finished]:
    """Two contents that share some documents."""
    finished = []
    for kind in ("旧", "新"):
        place = tmp_path_factory.mktemp("finished")
        source = write_texts(place / "source", {**many_texts("共享", 8), **many_texts(kind, 12)})
        build_index([source], place / "index", stages)
        finished.append(Finished(source, place / "index", load_index(place / "index", stages)))
    return finished


def assert_whole(folder: Path, expected: Sequence[Finished], stages: Stages) -> int:
    """That a folder holds exactly one of the finished indexes; gives which."""
    found = load_index(folder, stages)
    which = [finished.index.manifest.version for finished in expected].index(found.manifest.version)
    assert_equal_indexes(found, expected[which].index)
    return which


def assert_next_build_goes_through(folder: Path, expected: Finished, stages: Stages) -> None:
    report = build_index([expected.source], folder, stages)
    assert_equal_indexes(load_index(folder, stages), expected.index)
    assert sorted(path.name for path in folder.iterdir()) == [".lock", "builds", FILE]
    assert [path.name for path in (folder / "builds").iterdir()] == [Path(report.manifest.data).name]


# Both scripts below kill children of one process that has imported and loaded what a build needs, since that takes ten
# times as long as the build. It builds nothing itself: a child has no use of threads that were started before it.
_READY_TO_FORK = """
import os, shutil, signal, sys
from itertools import count, cycle
from pathlib import Path
from time import monotonic, sleep
from index.build import build_index
from index.read import read_sources
from index.stages import with_embedder
from index.take_letters import letters_of
from tests.stubs import HashingEmbedder

old, folders, *sources = map(Path, sys.argv[1:])
stages = with_embedder(HashingEmbedder())
for read in read_sources(sources[:1]):
    letters_of(stages.cleaner.clean(read).source)

def copied(name):
    return Path(shutil.copytree(old, folders / str(name)))

def ended(child):
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    print(code)
    return code
"""


def exit_codes(script: str, old: Finished, folders: Path, *new: Finished) -> list[int]:
    """The exit codes of the children of a script that builds contents over copies of an index: `folders`/0, /1 …"""
    done = subprocess.run(
        [sys.executable, "-c", _READY_TO_FORK + script, old.folder, folders, *(content.source for content in new)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return list(map(int, done.stdout.split()))


# Each child builds contents in turn, without end, and is killed somewhere within its third and fourth build.
_KILL_AT_ANY_MOMENT = f"""
import numpy as np

for at, moment in enumerate(np.random.default_rng(0).uniform(0, 2, {KILLS})):
    folder = copied(at)
    told, tells = os.pipe()
    child = os.fork()
    if not child:
        for source in cycle(sources):
            build_index([source], folder, stages)
            os.write(tells, b"built")
    os.close(tells)
    os.read(told, 5)
    begun = monotonic()
    os.read(told, 5)
    sleep(moment * (monotonic() - begun))
    os.kill(child, signal.SIGKILL)
    ended(child)
    os.close(told)
"""


@needs_fork
def test_a_kill_at_any_moment_leaves_the_old_or_the_new_index(
    tmp_path: Path, old_and_new: list[Finished], stages: Stages
) -> None:
    codes = exit_codes(_KILL_AT_ANY_MOMENT, old_and_new[1], tmp_path, *old_and_new)
    assert codes == [-signal.SIGKILL] * KILLS
    for at in range(KILLS):
        assert_whole(tmp_path / str(at), old_and_new, stages)
        assert_next_build_goes_through(tmp_path / str(at), old_and_new[1], stages)


# Each child builds a content and kills itself before another file operation in the folder: the first one, the second
# one, and so on until a build gets through.
_KILL_BEFORE_EVERY_OPERATION = """
for allowed in count():
    folder = copied(allowed)
    child = os.fork()
    if not child:
        left = allowed
        def watch(event, arguments):
            global left
            if event.split(".")[0] in ("open", "os", "shutil") and any(str(folder) in str(part) for part in arguments):
                if not left:
                    os.kill(os.getpid(), signal.SIGKILL)
                left -= 1
        sys.addaudithook(watch)
        build_index(sources, folder, stages)
        os._exit(0)
    if not ended(child):
        break
"""


@needs_fork
def test_a_kill_before_any_file_operation_leaves_the_old_index_up_to_the_swap_and_the_new_one_after_it(
    tmp_path: Path, old_and_new: list[Finished], stages: Stages
) -> None:
    old, new = old_and_new
    codes = exit_codes(_KILL_BEFORE_EVERY_OPERATION, old, tmp_path, new)
    assert codes == [-signal.SIGKILL] * (len(codes) - 1) + [0]
    found = [assert_whole(tmp_path / str(at), old_and_new, stages) for at in range(len(codes))]
    assert found == sorted(found)
    swap = found.index(1)
    assert 10 < swap < len(codes) - 1, "some were killed before the swap and some right after it"
    for at in (0, swap // 2, swap - 1, swap, len(codes) - 2):
        assert_next_build_goes_through(tmp_path / str(at), new, stages)


_BUILD = """
import sys
from pathlib import Path
from index.build import build_index
from index.stages import with_embedder
from tests.stubs import HashingEmbedder

build_index([Path(sys.argv[1])], Path(sys.argv[2]), with_embedder(HashingEmbedder()))
sys.stdin.read()
"""


def test_a_first_build_that_is_killed_leaves_no_index_and_the_next_one_makes_it(
    tmp_path: Path, old_and_new: list[Finished], stages: Stages
) -> None:
    folder = tmp_path / "index"
    command = [sys.executable, "-c", _BUILD, str(old_and_new[0].source), str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE) as process:
        while not list(folder.glob("builds/*")):
            assert process.poll() is None
        process.kill()
    assert process.returncode == -signal.SIGKILL
    if (folder / FILE).exists():
        assert assert_whole(folder, old_and_new, stages) == 0
    assert_next_build_goes_through(folder, old_and_new[0], stages)


def test_the_command_killed_while_it_embeds_leaves_a_whole_index_and_the_next_build_goes_through(
    tmp_path: Path, real_index: Path, real_stages: Stages
) -> None:
    folder = tmp_path / "index"
    shutil.copytree(real_index, folder)
    old = load_index(folder, real_stages)
    source = write_texts(tmp_path / "source", many_texts("新", 33))
    with subprocess.Popen(
        [str(Path(sys.executable).with_name("policyqa")), "index", str(source), "--index", str(folder)],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr
        lines = []
        for line in process.stderr:
            lines.append(line)
            if line.startswith("embed"):
                break
        process.kill()
    assert process.returncode == -signal.SIGKILL, lines
    found = load_index(folder, real_stages)

    report = build_index([source], folder, real_stages)
    new = load_index(folder, real_stages)
    # It is killed with most of the texts still to embed; on a stalled machine it may get through before.
    assert_equal_indexes(found, old if found.manifest.version == old.manifest.version else new)
    assert set(new.documents) == set(many_texts("新", 33))
    assert sorted(path.name for path in folder.iterdir()) == [".lock", "builds", FILE]
    assert [path.name for path in (folder / "builds").iterdir()] == [Path(report.manifest.data).name]
