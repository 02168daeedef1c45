"""How fast each rule of cleaning is, and what share of the time of indexing a text its cleaning takes.

    .venv/bin/python benchmark/clean.py [FOLDER [DOCUMENTS]]

FOLDER is a question set in BEIR layout, of whose documents a sample is indexed, or a folder of any other sources. Every
round is one build of an index with the default model, in which each rule is timed where it is called, so that the
rounds alternate between all of them; the medians of the rounds are shown. Megabytes are those of the source in UTF-8,
once, however often a rule looks at it. Rules are measured in processor time, which other programs do not change; steps
also on the clock, since embedding uses several cores and the others one. What is prepared on first use is not counted.
A machine's absolute speed says little: compare the rows.
"""

from __future__ import annotations

import random
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ParamSpec, TypeVar
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from index import build, clean_sources
from index.clean import document, read_metadata, take_header, undo_damage
from index.clean.document import clean
from index.clean.find_headings import heading_paths
from index.clean.mark_damage import mark_damage
from index.find_duplicates import find_duplicates
from index.read import read_sources
from index.records import RawDocument
from index.settings import read_settings
from index.stages import Stages, choose_stages

ROUNDS = 3
DOCUMENTS = 80
SEED = 1
STEPS = ("read", "clean", "repair", "split", "embed", "find duplicates", "store")

P = ParamSpec("P")
R = TypeVar("R")


Seconds = NDArray[np.float64]
"""On the clock, and of the processor."""


@dataclass(frozen=True, slots=True)
class Stopwatch:
    """Seconds spent, by name."""

    spent: dict[str, Seconds] = field(default_factory=lambda: defaultdict(lambda: np.zeros(2)))

    def timed(self, name: str, call: Callable[P, R]) -> Callable[P, R]:
        """The same call, its time added to what is spent under the name."""

        def called(*args: P.args, **kwargs: P.kwargs) -> R:
            started = _now()
            try:
                return call(*args, **kwargs)
            finally:
                self.spent[name] += _now() - started

        return called


def _now() -> Seconds:
    return np.array([time.perf_counter(), time.process_time()])


def main() -> None:
    """Index the documents several rounds and print the medians by rule and by step."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("corpus")
    count = int(sys.argv[2]) if len(sys.argv) > 2 else DOCUMENTS
    stages = choose_stages(read_settings())
    with TemporaryDirectory() as temporary:
        source = _sample(folder, count, Path(temporary))
        raws = [item for item in read_sources([source]) if isinstance(item, RawDocument)]
        megabytes = sum(len(raw.text.encode("utf-8", "surrogatepass")) for raw in raws) / 1e6
        clean(raws[0])
        stages.embedder.embed([raws[0].text], "passage")
        rounds = [_round(source, Path(temporary) / f"{number}", stages) for number in range(ROUNDS)]
    title = f"{len(raws)} documents, {megabytes:.2f} MB"

    rules = {name: np.array([spent[name] for spent in rounds]) for name in rounds[0] if name not in STEPS}
    cleaning = np.array([spent["clean"] for spent in rounds])
    rules["edits and their places"] = cleaning - sum(rules.values())
    table = Table("rule of cleaning", "MB/s", "share of cleaning", title=title)
    for name, found in [*rules.items(), ("all", cleaning)]:
        table.add_row(name, _speed(megabytes, found[:, 1]), f"{np.median(found / cleaning, axis=0)[1]:.1%}")
    Console().print(table)

    steps = {step: np.array([spent[step] for spent in rounds]) for step in STEPS}
    whole = np.sum(list(steps.values()), axis=0)
    table = Table("step of indexing", "MB/s", "share of time", "share of processor time", title=title)
    for name, found in [*steps.items(), ("all", whole)]:
        table.add_row(
            name, _speed(megabytes, found[:, 0]), *(f"{share:.2%}" for share in np.median(found / whole, axis=0))
        )
    Console().print(table)


def _speed(megabytes: float, seconds: Seconds) -> str:
    speed = megabytes / max(float(np.median(seconds)), 1e-9)
    return f"{float(f'{speed:.2g}'):,g}"


def _sample(folder: Path, count: int, temporary: Path) -> Path:
    """The documents as a source: of a question set so many at random, of another folder all."""
    corpus = folder / "corpus.jsonl"
    if not corpus.exists():
        return folder
    lines = corpus.read_text(encoding="utf-8").splitlines()
    chosen = random.Random(SEED).sample(lines, min(count, len(lines)))  # noqa: S311 - a sample, no secret
    sample = temporary / corpus.name
    sample.write_text("\n".join(chosen), encoding="utf-8")
    return sample


def _round(source: Path, folder: Path, stages: Stages) -> dict[str, Seconds]:
    """What is spent by step and by rule on one build, which finds nothing that an earlier one has left behind."""
    _forget()
    watch = Stopwatch()
    with _watched(watch, stages):
        build_all = watch.timed("store", build.build_index)
        build_all([source], folder, stages)
    # What no other step is.
    watch.spent["store"] -= np.sum([watch.spent[step] for step in STEPS if step != "store"], axis=0)
    return watch.spent


def _forget() -> None:
    """Empty the caches that cleaning fills from the texts; tables and models stay."""
    for name, module in list(sys.modules.items()):
        for value in vars(module).values() if name.startswith("index.clean.") else ():
            if hasattr(value, "cache_parameters") and value.cache_parameters()["maxsize"] is not None:
                value.cache_clear()


@contextmanager
def _watched(watch: Stopwatch, stages: Stages) -> Iterator[None]:
    """Every rule and step timed where it is called."""

    def rules(found: Iterable[Callable[P, R]]) -> list[Callable[P, R]]:
        return [watch.timed(rule.__name__, rule) for rule in found]

    undone, insertions, folding = document.TEXT_RULES
    breaking = document._paragraph_pieces
    cleaner, embedder, splitter = type(stages.cleaner), type(stages.embedder), type(stages.splitter)
    replaced: Sequence[tuple[object, str, object]] = (
        (undo_damage, "RULES", rules(undo_damage.RULES)),
        (undo_damage, "mark_damage", watch.timed("mark_damage", mark_damage)),
        (document, "TEXT_RULES", [undone, *rules([insertions]), watch.timed("fold", folding)]),
        (take_header, "take_header", watch.timed("take_header", take_header.take_header)),
        (document, "BLOCK_RULES", rules(document.BLOCK_RULES)),
        (read_metadata, "read_metadata", watch.timed("read_metadata", read_metadata.read_metadata)),
        # What is made one by one is timed as a whole.
        (document, "_paragraph_pieces", watch.timed("break_paragraphs", lambda *text: list(breaking(*text)))),
        (document, "heading_paths", watch.timed("find_headings", heading_paths)),
        (read_metadata, "finish", watch.timed("read_title", read_metadata.finish)),
        (clean_sources, "read_sources", watch.timed("read", lambda sources: list(read_sources(sources)))),
        (cleaner, "clean", watch.timed("clean", cleaner.clean)),
        (cleaner, "repair", watch.timed("repair", cleaner.repair)),
        (splitter, "split", watch.timed("split", splitter.split)),
        (embedder, "embed", watch.timed("embed", embedder.embed)),
        (build, "find_duplicates", watch.timed("find duplicates", find_duplicates)),
    )
    with ExitStack() as stack:
        for place, name, value in replaced:
            stack.enter_context(patch.object(place, name, value))
        yield


if __name__ == "__main__":
    main()
