"""Read and check a file of labelled questions: JSON Lines, each question with the words that answer it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from eval.locate import places
from eval.measure import normalised
from eval.records import Evidence, LabelledQuestion, Part, QuestionSet
from index.errors import InvalidQuestion, PolicyQAError
from index.records import Document
from qa.question import Question, Turn

Kind = Literal[
    "fact",
    "number",
    "list",
    "paraphrase",
    "colloquial",
    "traditional",
    "typo",
    "follow-up",
    "two-documents",
    "unanswerable-near",
    "unanswerable-far",
]
KINDS: Sequence[str] = get_args(Kind)
_UNANSWERABLE = "unanswerable-"
_SHORTEST_QUOTE = 2
_PROBLEMS_SHOWN = 20
_MARKS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}


class InvalidQuestionFile(PolicyQAError):
    """A file of questions breaks its format; the message lists the problems, each with its line and its cure."""


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class QuoteRecord(_Record):
    """Words of the corpus that answer."""

    document_id: str
    quote: str = Field(description="exact words of one paragraph of the cleaned document, in Simplified script")


class TurnRecord(_Record):
    """One earlier turn of the conversation."""

    role: Literal["user", "assistant"]
    content: str


class QuestionRecord(_Record):
    """One line of a file of questions."""

    id: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^\S+$")]
    kind: Kind
    part: Part
    question: str
    history: list[TurnRecord] = []
    evidence: list[QuoteRecord]


@dataclass(slots=True)
class _Checks:
    """What was seen so far, and what was wrong with it."""

    documents: Mapping[str, Document]
    problems: list[str] = field(default_factory=list)
    ids: dict[str, int] = field(default_factory=dict)
    asked: dict[tuple[str, ...], tuple[int, bool]] = field(default_factory=dict)
    """Question and history -> line, and whether it is labelled as answerable."""
    standing: dict[tuple[str, str], bool] = field(default_factory=dict)
    """Document and quote -> whether the one holds the other."""


def read_questions(file: Path, corpus: Path, documents: Mapping[str, Document]) -> QuestionSet:
    """The questions of a file, every one checked against the documents of the corpus.

    Raises:
        InvalidQuestionFile: listing every problem, up to twenty of them.
    """
    try:
        data = file.read_bytes()
    except OSError as error:
        raise InvalidQuestionFile(
            f"{file} cannot be read: {error.strerror or error}. Name a file of questions."
        ) from error
    if data[:2] in _MARKS:
        raise InvalidQuestionFile(f"{file} is {_MARKS[data[:2]]}. Save it as UTF-8.")
    checks = _Checks(documents)
    questions = []
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        record = _read_line(line, number, checks) if line.strip() else None
        if record:
            questions.append(_labelled(record))
    if checks.problems:
        shown = "\n".join(f"  {problem}" for problem in checks.problems[:_PROBLEMS_SHOWN])
        more = len(checks.problems) - _PROBLEMS_SHOWN
        rest = f"\n  and {more} more" if more > 0 else ""
        raise InvalidQuestionFile(f"{file} has {len(checks.problems)} problem(s):\n{shown}{rest}")
    if not questions:
        raise InvalidQuestionFile(f"{file} holds no question. Write one a line; docs/evaluation.md has the format.")
    return QuestionSet(file.stem, corpus, questions, hashlib.sha256(data).hexdigest(), "passage")


def _read_line(line: bytes, number: int, checks: _Checks) -> QuestionRecord | None:
    """The record of a line; None if anything is wrong with it, which joins the problems."""
    try:
        line.decode("utf-8")
    except UnicodeDecodeError as error:
        broken = f"byte {error.start + 1} is not UTF-8 ({_likely_encoding(line)}). Save the file as UTF-8."
        checks.problems.append(f"line {number}: {broken}")
        return None
    try:
        record = QuestionRecord.model_validate_json(line)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            where = ".".join(map(str, detail["loc"]))
            checks.problems.append(f"line {number}: {_told(where, detail['type'], detail['msg'])}")
        return None
    found = [f"line {number} ({record.id}): {problem}" for problem in _problems(record, number, checks)]
    checks.problems += found
    return None if found else record


def _likely_encoding(line: bytes) -> str:
    for encoding in ("gb18030", "big5hkscs"):
        try:
            line.decode(encoding)
        except UnicodeDecodeError:
            continue
        return f"it reads as {encoding.upper()}"
    return "nor any other Chinese encoding"


def _told(where: str, kind: str, message: str) -> str:
    fields = ", ".join(QuestionRecord.model_fields)
    if kind == "extra_forbidden":
        return f"{where!r} is no field of a question. Remove it; the fields are {fields}."
    if kind == "missing":
        return f"{where!r} is missing. Add it; the fields are {fields}."
    return f"{where!r}: {message}." if where else f"{message}. A line holds one JSON object."


def _problems(record: QuestionRecord, number: int, checks: _Checks) -> Iterator[str]:
    """What is wrong with a record that has the right fields, also in view of the lines above it."""
    earlier = checks.ids.setdefault(record.id, number)
    if earlier != number:
        yield f"the id stands on line {earlier} already. Give each question its own."
    try:
        Question(record.question, history=tuple(Turn(turn.role, turn.content) for turn in record.history))
    except InvalidQuestion as error:
        yield str(error)
    answerable = not record.kind.startswith(_UNANSWERABLE)
    said = tuple(map(normalised, (*(turn.content for turn in record.history), record.question)))
    line, was_answerable = checks.asked.setdefault(said, (number, answerable))
    if line != number and was_answerable == answerable:
        yield f"line {line} asks the same. Remove one of them."
    elif line != number:
        yield f"line {line} asks the same and says the opposite of whether the corpus answers. Remove the wrong one."
    if answerable and not record.evidence:
        yield f"the kind {record.kind!r} needs evidence. Quote the words that answer, or make it {_UNANSWERABLE}near."
    if not answerable and record.evidence:
        yield f"the kind {record.kind!r} has no evidence. Remove it, or choose the kind that fits."
    yield from _shape_problems(record)
    for at, quote in enumerate(record.evidence, 1):
        problem = _quote_problem(quote, checks)
        if problem:
            yield f"evidence {at}: {problem}"


def _shape_problems(record: QuestionRecord) -> Iterator[str]:
    """What a kind asks for."""
    documents = {quote.document_id for quote in record.evidence}
    if record.kind == "follow-up" and not any(turn.role == "user" for turn in record.history):
        yield "a follow-up needs a 'history' with the question it follows."
    if record.kind == "list" and len(record.evidence) < 2:
        yield "a list needs one quote for each item, two at least."
    if record.kind == "two-documents" and len(documents) < 2:
        yield "the kind 'two-documents' needs evidence from two documents at least."
    if len({(quote.document_id, quote.quote) for quote in record.evidence}) < len(record.evidence):
        yield "a quote stands in its evidence twice. Remove one of them."


def _quote_problem(quote: QuoteRecord, checks: _Checks) -> str | None:
    if sum(map(str.isalnum, quote.quote)) < _SHORTEST_QUOTE:
        return f"{quote.quote!r} is too short to be evidence. Quote {_SHORTEST_QUOTE} characters at least."
    if quote.document_id not in checks.documents:
        known = ", ".join(list(checks.documents)[:5])
        return (
            f"there is no document {quote.document_id!r} in the corpus ({known}{', …' * (len(checks.documents) > 5)})."
        )
    if _stands(quote.quote, quote.document_id, checks):
        return None
    # Looking through all documents takes its time: only for problems that will be read.
    listed = len(checks.problems) < _PROBLEMS_SHOWN
    others = [name for name in checks.documents if listed and _stands(quote.quote, name, checks)]
    cure = (
        f"It stands in {others[0]!r}." if others else "See `policyqa clean` for its words; one paragraph must hold it."
    )
    return f"{quote.quote[:60]!r} is not in {quote.document_id!r}. {cure}"


def _stands(quote: str, document_id: str, checks: _Checks) -> bool:
    key = document_id, quote
    if key not in checks.standing:
        checks.standing[key] = bool(places(quote, checks.documents[document_id]))
    return checks.standing[key]


def _labelled(record: QuestionRecord) -> LabelledQuestion:
    return LabelledQuestion(
        id=record.id,
        text=record.question,
        documents=dict.fromkeys((quote.document_id for quote in record.evidence), 1),
        evidence=[Evidence(frozenset([quote.document_id]), (quote.quote,)) for quote in record.evidence],
        kind=record.kind,
        part=record.part,
        history=tuple(Turn(turn.role, turn.content) for turn in record.history),
    )
