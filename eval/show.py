"""Evaluation reports on a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from eval.run import Report


def show_report(report: Report, console: Console) -> None:
    """One row a system, one column a measure; every figure is in [0, 1], higher is better."""
    table = Table(
        title=f"{report.name}: {report.questions} questions, {report.documents} documents, {report.passages} passages",
        caption=f"{report.model}, dense weight {report.dense_weight}; {report.refused} questions cannot be asked",
    )
    measures = list(next(iter(report.systems.values())))
    table.add_column("system")
    for name in measures:
        table.add_column(name, justify="right")
    for system, scores in report.systems.items():
        table.add_row(system, *(f"{scores[name]:.4f}" for name in measures))
    console.print(table)
