"""Runs and judgements as trec_eval reads them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

from eval.measure import ranked
from eval.records import Level
from eval.run import Evaluation
from index.errors import PolicyQAError

QRELS = "qrels.txt"


class NotWritable(PolicyQAError):
    """What was asked for cannot be written where it was to be."""


def write_trec(evaluation: Evaluation, folder: Path) -> list[Path]:
    """Write `qrels.txt` and a `<system>.run` for each system, and give their paths.

    Ids are percent-encoded, since a blank ends a field. The score of rank r is 1000 - r: trec_eval orders by score and
    breaks ties by id, and the order that came back must stay. Questions that no text answers are left out.

    Raises:
        NotWritable: with the reason.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        qrels = folder / QRELS
        qrels.write_text("".join(_judgements(evaluation)), encoding="utf-8")
        files = [qrels]
        for name in evaluation.runs:
            files.append(folder / f"{_tag(name)}.run")
            files[-1].write_text("".join(_ranks(evaluation, name, evaluation.report.level)), encoding="utf-8")
    except OSError as error:
        raise NotWritable(f"{folder} cannot be written: {error.strerror or error}. Name another folder.") from error
    return files


def _judgements(evaluation: Evaluation) -> Iterable[str]:
    for question in evaluation.questions:
        if question.answerable:
            for name, gain in evaluation.relevant(question).items():
                yield f"{_field(question.id)} 0 {_field(name)} {gain}\n"


def _ranks(evaluation: Evaluation, system: str, level: Level) -> Iterable[str]:
    tag = _tag(system)
    for question, outcome in zip(evaluation.questions, evaluation.runs[system], strict=True):
        if question.answerable:
            for rank, name in enumerate(ranked(outcome, level), 1):
                yield f"{_field(question.id)} Q0 {_field(name)} {rank} {1000 - rank} {tag}\n"


def _field(text: str) -> str:
    return quote(text, safe=":-/")


def _tag(system: str) -> str:
    return re.sub(r"\W+", "-", system)
