"""The report as one HTML file: plots, tables and the worst questions, with nothing to be fetched from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import jinja2
from markupsafe import Markup

from eval import draw
from eval.draw import Dot
from eval.measure import FALSE, RECALL, SAID
from eval.records import LabelledQuestion
from eval.report import Estimate, Group, QuestionResult, Report, Variant
from eval.run import Evaluation
from eval.show import KEY, OF_KINDS, change, count, directed, figure, footnote, measures, refused
from eval.write_trec import NotWritable

_PAGES = Path(__file__).with_name("pages")
_WORST = 25
_SHOWN = 3
_TILES = ("nDCG@10", "A@1000c", SAID, "AUROC", "ECE", FALSE, RECALL, "citations correct")


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that came back to a question."""

    id: str
    text: str
    relevant: bool


@dataclass(frozen=True, slots=True)
class Worst:
    """A question that went wrong, with what came back."""

    result: QuestionResult
    why: str
    wanted: Sequence[str]
    found: Sequence[Found]


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawing and what is said of it."""

    title: str
    caption: str
    drawing: Markup


def write_report(evaluation: Evaluation, file: Path) -> None:
    """Write the report of an evaluation.

    Raises:
        NotWritable: with the reason.
    """
    try:
        file.write_text(render(evaluation), encoding="utf-8")
    except OSError as error:
        raise NotWritable(f"{file} cannot be written: {error.strerror or error}. Name another file.") from error


def render(evaluation: Evaluation) -> str:
    """The page."""
    report = evaluation.report
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_PAGES), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
    )
    environment.filters |= {"figure": figure, "change": change, "directed": directed}
    systems = report.of_group("system")
    return environment.get_template("report.html").render(
        report=report,
        footnote=footnote(report),
        style=Markup((_PAGES / "report.css").read_text(encoding="utf-8")),  # noqa: S704 # our own file
        tiles=[(name, report.own.scores[name]) for name in _TILES if name in report.own.scores],
        systems=systems,
        measures=measures(systems),
        key=KEY,
        of_kinds=OF_KINDS,
        kinds=[(kind, count(scores), scores, refused(scores)) for kind, scores in report.kinds.items()],
        changes=[variant for variant in report.variants if variant.differences],
        plots=_plots(report),
        worst=worst(evaluation),
    )


def _plots(report: Report) -> list[Plot]:
    plots = []
    if len(report.kinds) > 1:
        for measure, caption in (
            ("nDCG@10", "How high the passages stand that hold the evidence."),
            (SAID, "The share of the evidence that the answer itself says; a refusal says nothing."),
        ):
            plots.append(Plot(f"{measure} by kind", caption, _by_kind(report.kinds, measure)))
        shares = {kind: scores.get(RECALL) or scores.get(FALSE) for kind, scores in report.kinds.items()}
        rows = [_dot(kind, share) for kind, share in shares.items() if share]
        plots.append(
            Plot(
                "Refused by kind",
                "Wanted: 1 for the kinds that no text answers, 0 for all others.",
                draw.dots("Share of refused questions by kind", rows),
            )
        )
    if "ECE" in report.own.scores:
        answerable = [result.confidence for result in report.questions if result.answerable]
        others = [result.confidence for result in report.questions if not result.answerable]
        threshold = report.settings.answer_threshold
        plots += [
            Plot(
                "Reliability",
                f"Expected calibration error {figure(report.own.scores['ECE'])}: the mean distance from the diagonal.",
                draw.reliability("Reliability of confidence", report.bins),
            ),
            Plot(
                "Confidence",
                "Where the two sides overlap, no threshold tells them apart.",
                draw.distributions("Confidence of answerable and other questions", answerable, others, threshold),
            ),
        ]
    titles: dict[Group, str] = {
        "ablation": "What each part is worth",
        "slice": "The same questions, asked otherwise",
    }
    for group, title in titles.items():
        changed = report.of_group(group)
        if changed:
            caption = "Difference in nDCG@10 to the system as it is; left of zero is worse. Faint: could be chance."
            plots.append(Plot(title, caption, _changes(title, changed)))
    return plots


def _by_kind(kinds: Mapping[str, Mapping[str, Estimate]], measure: str) -> Markup:
    rows = [_dot(kind, scores[measure]) for kind, scores in kinds.items() if measure in scores]
    return draw.dots(f"{measure} by kind of question", rows)


def _dot(label: str, estimate: Estimate) -> Dot:
    return Dot(label, estimate.value, estimate.low, estimate.high, f"({estimate.n} questions)")


def _changes(title: str, variants: Sequence[Variant]) -> Markup:
    found = [(variant.name, variant.differences["nDCG@10"]) for variant in variants if "nDCG@10" in variant.differences]
    rows = [
        Dot(name, one.value, one.low, one.high, f"(p = {one.p:.4f})", emphasis=one.p < 0.05)  # by convention
        for name, one in found
    ]
    reach = max([0.02, *(abs(bound) for row in rows for bound in (row.low, row.high))]) * 1.05
    return draw.dots(f"{title}: difference in nDCG@10", rows, -reach, reach)


def worst(evaluation: Evaluation) -> list[Worst]:
    """The questions that went most wrong: answered though nothing answers, then refused, then found late."""
    labelled = {question.id: question for question in evaluation.questions}
    chosen = sorted(
        (result for result in evaluation.report.questions if _loss(result) > 0),
        key=lambda result: (-_loss(result), result.id),
    )
    return [_worst(result, labelled[result.id], evaluation) for result in chosen[:_WORST]]


def _loss(result: QuestionResult) -> float:
    """From 0, nothing went wrong, to 3."""
    if not result.answerable:
        return 0.0 if result.refused else 2 + result.confidence
    return float(result.refused) + (1 - result.measures["nDCG@10"]) + (1 - result.measures.get(SAID, 1.0)) / 2


def _worst(result: QuestionResult, question: LabelledQuestion, evaluation: Evaluation) -> Worst:
    relevant = evaluation.relevant(question)
    if not result.answerable:
        why = "answered, though no text answers"
    elif result.refused:
        why = "refused, though a text answers"
    elif result.measures["nDCG@10"] < 1:
        why = "the evidence stands low"
    else:
        why = "the answer does not say all the evidence"
    found = [Found(name, evaluation.texts.get(name, ""), name in relevant) for name in result.returned[:_SHOWN]]
    wanted = [evidence.wordings[0] for evidence in question.evidence]
    return Worst(result, why, wanted, found)
