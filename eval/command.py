"""The command `policyqa eval`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from index.clean_sources import CleaningRules, clean_sources
from index.errors import IndexDamaged, IndexMissing, IndexOutdated, NoDocuments, PolicyQAError
from index.manifest import Manifest
from index.records import Document
from index.settings import Settings, read_settings
from qa.progress import show_progress
from qa.show import show_build

if TYPE_CHECKING:
    # What measures takes a second to import, which other commands need not wait for.
    from eval.records import QuestionSet
    from eval.run import Evaluation, Wanted

_WIDTH = 180
QUESTIONS = Path(__file__).with_name("questions.jsonl")


class Part(StrEnum):
    """Which questions are asked; `development` is for tuning, `test` for what was tuned."""

    development = "development"
    test = "test"
    all = "all"


class IndexOfOtherTexts(PolicyQAError):
    """An index would be overwritten that holds something else."""


def evaluate(
    questions: Annotated[
        Path | None, typer.Argument(help="Labelled questions over the corpus. [eval/questions.jsonl]")
    ] = None,
    beir: Annotated[
        Path | None, typer.Option(help="Folder of a question set in BEIR layout, in place of QUESTIONS.")
    ] = None,
    strangers: Annotated[
        Path | None, typer.Option(help="With --beir: a set whose questions are asked too; none of them is answerable.")
    ] = None,
    index: Annotated[
        Path | None, typer.Option("--index", help="Folder to keep the index in. [a temporary one]")
    ] = None,
    part: Annotated[Part, typer.Option(help="Which part of QUESTIONS.")] = Part.all,
    ablate: Annotated[bool, typer.Option("--ablate", help="Also without each part of the system.")] = False,
    slices: Annotated[
        bool, typer.Option("--slices", help="Also asked in other scripts, with typos, unpunctuated.")
    ] = False,
    baseline: Annotated[Path | None, typer.Option(help="A report of --json to compare with.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    report: Annotated[Path | None, typer.Option(help="Write an HTML report with plots to this file.")] = None,
    trec: Annotated[Path | None, typer.Option(help="Write runs and judgements for trec_eval to this folder.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Only check the questions.")] = False,
    gate: Annotated[bool, typer.Option("--gate", help="Fail if a score is worse than pinned.")] = False,
    pin: Annotated[bool, typer.Option("--pin", help="Pin the scores as what must be reached from now on.")] = False,
    lower: Annotated[bool, typer.Option("--lower", help="With --pin: also where they are worse than pinned.")] = False,
    publish: Annotated[bool, typer.Option("--publish", help="Write the tables of the README and docs anew.")] = False,
) -> None:
    """Measure finding, answering and abstaining on questions with known answers."""
    _require_sense(questions, beir, strangers, part, gate or pin, lower)
    # Tables are wide: where no terminal sets the width, a file has room for them.
    output, messages = Console(width=None if sys.stdout.isatty() else _WIDTH), Console(stderr=True)
    settings = read_settings(given={"index": index} if index else None)
    asked = _read(questions, beir, strangers, settings)
    if check:
        output.print(f"{len(asked.questions)} questions, all in order.", highlight=False)
        return

    from eval import gate as pinned
    from eval import publish as pages
    from eval.report import Report
    from eval.run import Wanted
    from eval.show import show_report
    from eval.write_report import write_report
    from eval.write_trec import write_trec

    wanted = Wanted(part.value, ablate, slices, baseline=Report.read(baseline) if baseline else None)
    with _indexed(asked, settings, keep=index is not None) as placed:
        evaluation = _evaluate(asked, placed, wanted, messages)
    if as_json:
        typer.echo(evaluation.report.model_dump_json())
    else:
        show_report(evaluation.report, output)
    if report:
        write_report(evaluation, report)
    if trec:
        write_trec(evaluation, trec)
    if pin:
        made = pinned.pin(evaluation.report, pinned.read_baseline(pinned.BASELINE), lower)
        pinned.BASELINE.write_text(made.model_dump_json(indent=2) + "\n", encoding="utf-8")
    if gate:
        pinned.check(evaluation.report, pinned.read_baseline(pinned.BASELINE))
        messages.print("The gate is passed.", highlight=False)
    if publish:
        pages.publish(evaluation.report)


def _require_sense(
    questions: Path | None, beir: Path | None, strangers: Path | None, part: Part, pinning: bool, lower: bool
) -> None:
    """Refuse options that contradict each other, as wrong usage."""
    if questions and beir:
        raise typer.BadParameter("QUESTIONS and --beir name two sets. Name one.")
    if strangers and not beir:
        raise typer.BadParameter("--strangers needs --beir: QUESTIONS has unanswerable questions of its own.")
    if beir and part is not Part.all:
        raise typer.BadParameter("--part needs QUESTIONS: a set in BEIR layout has no parts.")
    if pinning and (questions or beir or part is not Part.all):
        raise typer.BadParameter(
            "--gate and --pin are for all of eval/questions.jsonl. Leave QUESTIONS, --beir, --part out."
        )
    if lower and not pinning:
        raise typer.BadParameter("--lower needs --pin.")


def _read(questions: Path | None, beir: Path | None, strangers: Path | None, settings: Settings) -> QuestionSet:
    from eval.read_beir import read_beir, with_strangers
    from eval.read_questions import read_questions

    if beir:
        found = read_beir(beir)
        return with_strangers(found, read_beir(strangers)) if strangers else found
    documents = _documents(settings.corpus)
    return read_questions(questions or QUESTIONS, settings.corpus, documents)


def _documents(corpus: Path) -> dict[str, Document]:
    """The documents that an index of the corpus holds, in which evidence is looked up before anything slow begins."""
    documents, _ = clean_sources([corpus], CleaningRules())
    if not documents:
        raise NoDocuments(
            f"There is no document in {corpus} that could be read. Run this where the corpus is, or set "
            "POLICYQA_CORPUS."
        )
    return {document.id: document for document in documents}


@contextmanager
def _indexed(asked: QuestionSet, settings: Settings, keep: bool) -> Iterator[Settings]:
    """Settings whose index may be built: in the folder named, or in one that goes when the context ends."""
    if keep:
        _require_index_of(asked.corpus, settings.index)
        yield settings
        return
    with TemporaryDirectory() as folder:
        yield settings.model_copy(update={"index": Path(folder, "index")})


def _evaluate(asked: QuestionSet, settings: Settings, wanted: Wanted, messages: Console) -> Evaluation:
    from eval.run import evaluate as run
    from index.build import build_index
    from index.stages import choose_stages
    from qa.ask import Assistant

    stages = choose_stages(settings)
    with show_progress(messages) as told:
        built = build_index([asked.corpus], settings.index, stages, told)
        if built.refused:
            show_build(built, messages)
        return run(asked, Assistant.load(settings, stages), stages, wanted, told)


def _require_index_of(corpus: Path, folder: Path) -> None:
    """Refuse to turn an index of other texts into one of a question set."""
    try:
        sources = Manifest.read(folder).sources
    except (IndexMissing, IndexDamaged, IndexOutdated):
        return
    if sources != [str(corpus)]:
        raise IndexOfOtherTexts(
            f"The index in {folder} holds {', '.join(sources)}, not {corpus}. Name another folder, or none."
        )
