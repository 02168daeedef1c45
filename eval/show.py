"""Evaluation reports on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rich.console import Console
from rich.table import Table

from eval.measure import FALSE, LOWER_IS_BETTER, RECALL, SAID
from eval.report import Difference, Estimate, Report, Variant

KEY = ("nDCG@10", "Success@1", "A@1000c", SAID, RECALL, FALSE)
"""The measures that narrow tables show."""
OF_KINDS = ("nDCG@10", "Success@1", "A@1000c", SAID)


def show_report(report: Report, console: Console) -> None:
    """Systems by measure, kinds of question, and what changes when parts or conditions change."""
    console.print(_systems(report))
    if len(report.kinds) > 1:
        console.print(_kinds(report))
    changed = [variant for variant in report.variants if variant.group != "system"]
    if changed:
        console.print(_changes(changed))
    console.print(footnote(report), style="dim", highlight=False)


def footnote(report: Report) -> str:
    """What the figures hold for, in one line."""
    settings = report.settings
    model = settings.model.split("|")[0]
    reranker = f", cross-encoder {settings.reranker}" if settings.reranker else ""
    return (
        f"{report.asked} questions ({report.part}; {report.refused_unasked} cannot be asked), {report.documents} "
        f"documents, {report.passages} passages, ranks of {report.level}s; {model}, dense weight "
        f"{settings.dense_weight}, answer threshold {settings.answer_threshold}{reranker}; {report.made}"
    )


def directed(measure: str) -> str:
    """The name of a measure, with ↓ where lower is better."""
    return f"{measure} ↓" if measure in LOWER_IS_BETTER else measure


def figure(estimate: Estimate | None) -> str:
    """A score with its interval: 0.905 [0.861, 0.940]; figures of 10 and more are lengths and have no decimals."""
    if estimate is None:
        return ""
    digits = 0 if estimate.value >= 10 else 3  # lengths in characters
    return f"{estimate.value:.{digits}f} [{estimate.low:.{digits}f}, {estimate.high:.{digits}f}]"


def change(difference: Difference | None) -> str:
    """A difference with its interval: -0.031 [-0.052, -0.011]*; the star: p < 0.05."""
    if difference is None:
        return ""
    star = "*" if difference.p < 0.05 else ""  # by convention
    return f"{difference.value:+.3f} [{difference.low:+.3f}, {difference.high:+.3f}]{star}"


def refused(scores: Mapping[str, Estimate]) -> str:
    """The share of a kind's questions that were refused: what is wanted of unanswerable ones, and of no other."""
    found = scores.get(RECALL) or scores.get(FALSE)
    return f"{found.value:.3f}" if found else ""


def _systems(report: Report) -> Table:
    systems = report.of_group("system")
    table = Table(title=f"{report.name}: scores with 95 % intervals, ranks counted in {report.level}s")
    table.add_column("measure")
    for system in systems:
        table.add_column(system.name, justify="right")
    for measure in measures(systems):
        table.add_row(directed(measure), *(figure(system.scores.get(measure)) for system in systems))
    return table


def measures(variants: Iterable[Variant]) -> list[str]:
    """Every measure that any of them has, in order."""
    return list(dict.fromkeys(measure for variant in variants for measure in variant.scores))


def _kinds(report: Report) -> Table:
    table = Table(title="policyqa by kind of question")
    head, *rows = kinds_table(report)
    for name in head:
        table.add_column(name, justify="left" if name == "kind" else "right", no_wrap=name == "kind")
    for row in rows:
        table.add_row(*row)
    return table


def kinds_table(report: Report) -> list[list[str]]:
    """A row a kind of question, below the names of the columns: how many, the key figures, the share refused."""
    rows = [["kind", "n", *OF_KINDS, "refused"]]
    for kind, scores in report.kinds.items():
        values = [f"{scores[name].value:.3f}" if name in scores else "" for name in OF_KINDS]
        rows.append([kind, str(count(scores)), *values, refused(scores)])
    return rows


def count(scores: Mapping[str, Estimate]) -> int:
    """How many questions a kind has."""
    return max((estimate.n for estimate in scores.values()), default=0)


def _changes(variants: Iterable[Variant]) -> Table:
    table = Table(title="What changes (*: p < 0.05)")
    table.add_column("", no_wrap=True)
    for measure in KEY:
        table.add_column(directed(measure), justify="right")
    for variant in variants:
        table.add_row(variant.name, *(change(variant.differences.get(measure)) for measure in KEY))
    return table
