"""The tables of results in the README and the documentation, made from one committed file of figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from eval.report import Group, InvalidReport, Report
from eval.show import KEY, change, directed, figure, footnote, kinds_table, measures
from index.errors import PolicyQAError

RESULTS = Path(__file__).with_name("results.json")
_ROOT = Path(__file__).parent.parent
README, DOCUMENTATION = _ROOT / "README.md", _ROOT / "docs" / "evaluation.md"
BEGIN, END = "<!-- results:begin -->", "<!-- results:end -->"
_SHORT = ("nDCG@10", "RR@10", "A@1000c", "A@2000c")


class NoPlaceForResults(PolicyQAError):
    """A page lacks the two comments between which results stand."""


class Results(BaseModel):
    """Reports without their questions, one a set and part, in the order in which they were first published."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reports: list[Report] = []

    def with_report(self, report: Report) -> Results:
        """The results with a report in place of the earlier one of the same set and part."""
        added = report.model_copy(update={"questions": []})
        reports = {(one.name, one.part): one for one in [*self.reports, added]}
        return Results(reports=list(reports.values()))


def read_results(file: Path) -> Results:
    """The results that are published; none if there is no file.

    Raises:
        InvalidReport: it is not as it was written.
    """
    try:
        return Results.model_validate_json(file.read_bytes())
    except FileNotFoundError:
        return Results()
    except (OSError, ValidationError) as error:
        raise InvalidReport(f"{file} cannot be read ({error}). Restore it, or remove it and publish anew.") from error


def publish(report: Report) -> list[Path]:
    """Add a report to the results, write both pages' tables anew, and give the files written.

    Raises:
        NoPlaceForResults, InvalidReport: nothing is written then.
    """
    results = read_results(RESULTS).with_report(report)
    written = {
        RESULTS: results.model_dump_json(indent=1) + "\n",
        README: replaced(README, short_tables(results)),
        DOCUMENTATION: replaced(DOCUMENTATION, full_tables(results)),
    }
    for file, content in written.items():
        file.write_text(content, encoding="utf-8")
    return list(written)


def replaced(page: Path, tables: str) -> str:
    """The text of a page with these tables between its two comments.

    Raises:
        NoPlaceForResults: the page or the comments are missing.
    """
    text = page.read_text(encoding="utf-8") if page.is_file() else ""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise NoPlaceForResults(f"{page} has no place for results. Write {BEGIN} and {END} there.")
    return f"{before}{BEGIN}\n{tables}{END}{after}"


def short_tables(results: Results) -> str:
    """For the README: the systems of each set, by the measures of ranking and reading."""
    return "".join(f"{_line(_short(report))}\n*{report.name}*: {footnote(report)}.\n\n" for report in results.reports)


def full_tables(results: Results) -> str:
    """For the documentation: every measure, kind and change of each set."""
    return "".join("\n".join(_full(report)) + "\n" for report in results.reports)


def _line(rows: Sequence[Sequence[str]]) -> str:
    head, *body = rows
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *body]
    return "".join(f"| {' | '.join(row)} |\n" for row in lines)


def _short(report: Report) -> list[list[str]]:
    rows = [["system", *_SHORT]]
    for variant in report.of_group("system"):
        cells = [f"{variant.scores[name].value:.3f}" if name in variant.scores else "" for name in _SHORT]
        rows.append([variant.name, *cells])
    return rows


def _full(report: Report) -> Iterator[str]:
    systems = report.of_group("system")
    yield f"### {report.name}\n\n{footnote(report)}.\n"
    head = ["measure", *(system.name for system in systems)]
    yield _line(
        [head, *([directed(name), *(figure(one.scores.get(name)) for one in systems)] for name in measures(systems))]
    )
    if len(report.kinds) > 1:
        yield _line(kinds_table(report))
    captions: dict[Group, str] = {"ablation": "without this part", "slice": "asked this way"}
    for group, caption in captions.items():
        changed = report.of_group(group)
        if changed:
            rows = [[one.name, *(change(one.differences.get(name)) for name in KEY)] for one in changed]
            yield _line([[caption, *map(directed, KEY)], *rows])
