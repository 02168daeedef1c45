"""Check that cleaning keeps the answers: what stands in a document before cleaning must stand in it afterwards.

`python -m eval.keep --beir DIR` prints each answer that was lost, with its question and document, and fails if there
is one. Answers that stand in no document before cleaning, such as those people put in their own words, do not count.
"""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from eval.measure import normalised
from eval.read_beir import read_beir
from eval.records import QuestionSet
from index.clean.document import clean
from index.read import Refusal, read_file


@dataclass(frozen=True, slots=True)
class Lost:
    """An answer that cleaning took away from a document."""

    question: str
    document: str
    answer: str


@dataclass(frozen=True, slots=True)
class Kept:
    """How many answers stood in the documents before cleaning, and which were lost."""

    found: int
    lost: tuple[Lost, ...]


def keep(questions: QuestionSet) -> Kept:
    """Look for every answer in the documents its question belongs to, before and after cleaning.

    Script, width, punctuation and blanks aside, an answer must stand there word for word, or with the escapes undone
    that it was copied with (&amp;). A document that is refused counts as one whose text was taken away.
    """
    texts = dict(_texts(questions))
    found = 0
    lost: list[Lost] = []
    for question in questions.questions:
        for document in question.documents:
            before, after = texts.get(document, ("", ""))
            for answer in (wording for evidence in question.evidence for wording in evidence.wordings):
                wanted = normalised(answer)
                if wanted and wanted in before:
                    found += 1
                    if wanted not in after and normalised(html.unescape(answer)) not in after:
                        lost.append(Lost(question.text, document, answer))
    return Kept(found, tuple(lost))


def _texts(questions: QuestionSet) -> Iterator[tuple[str, tuple[str, str]]]:
    """Document id -> its text before and after cleaning."""
    for raw in read_file(questions.corpus):
        if not isinstance(raw, Refusal):
            paragraphs = clean(raw).paragraphs
            yield raw.id, (normalised(raw.text), normalised("".join(paragraph.text for paragraph in paragraphs)))


def main(
    beir: Annotated[Path, typer.Option(help="Folder of a question set in BEIR layout.")],
) -> None:
    """Print the answers that cleaning loses; exit code 1 if there is one."""
    console = Console()
    kept = keep(read_beir(beir))
    for lost in kept.lost:
        console.print(f"{lost.document}: {lost.question}\n    {lost.answer}", markup=False, soft_wrap=True)
    console.print(
        f"{kept.found} answers stand in their documents, {len(kept.lost)} are lost by cleaning", highlight=False
    )
    if kept.lost:
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
