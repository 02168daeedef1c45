"""How far long work has come: a bar for each step on a terminal, a few plain lines elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from index import clean_sources


@contextmanager
def show_progress(messages: Console) -> Iterator[clean_sources.Progress]:
    """A bar for each step on a terminal, at most ten plain lines elsewhere."""
    if not messages.is_terminal:
        told: dict[str, int] = {}

        def tell_plainly(step: str, done: int, total: int) -> None:
            tenth = done * 10 // total if total else 0
            if tenth > told.get(step, 0):
                told[step] = tenth
                messages.print(f"{step} {done}/{total}", highlight=False)

        yield tell_plainly
        return
    columns = (TextColumn("{task.description:>6}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=messages, transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def tell(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(step, total=None)
            bars.update(tasks[step], completed=done, total=total or None)

        yield tell
