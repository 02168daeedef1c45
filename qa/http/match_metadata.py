"""Which documents meet a condition on their metadata, in the operators of Dify."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StrictBool, StrictFloat, StrictInt, model_validator

from index.clean.fold import fold
from index.clean.read_dates import parse_date
from index.records import Document
from qa.http.read_json import WholeText

Operator = Literal[
    "contains",
    "not contains",
    "start with",
    "end with",
    "is",
    "is not",
    "in",
    "not in",
    "empty",
    "not empty",
    "null",
    "not null",
    "=",
    "≠",
    ">",
    "<",
    "≥",
    "≤",
    "before",
    "after",
]
Scalar = StrictBool | StrictInt | StrictFloat | WholeText

# An operator that denies another one holds exactly where that does not, so also where a field is missing.
_DENIES: Mapping[Operator, Operator] = {
    "not contains": "contains",
    "is not": "is",
    "not in": "in",
    "not empty": "empty",
    "not null": "empty",
    "≠": "=",
}
_IS_EMPTY: frozenset[Operator] = frozenset({"empty", "null", "not empty", "not null"})
_OF_TEXT: Mapping[Operator, Callable[[str, str], bool]] = {
    "contains": lambda held, wanted: wanted in held,
    "start with": lambda held, wanted: held.startswith(wanted),
    "end with": lambda held, wanted: held.endswith(wanted),
    "is": lambda held, wanted: held == wanted,
}
_OF_SIZE: Mapping[Operator, Callable[[float, float], bool]] = {
    ">": lambda held, wanted: held > wanted,
    "<": lambda held, wanted: held < wanted,
    "≥": lambda held, wanted: held >= wanted,
    "≤": lambda held, wanted: held <= wanted,
    "after": lambda held, wanted: held > wanted,
    "before": lambda held, wanted: held < wanted,
}

_YEAR = re.compile(r"\d{4}")
_DIGITS = re.compile(r"(\d{4})(?:(\d\d)(\d\d))?")
_SECONDS = re.compile(r"\d{9,}")


class ConditionBody(BaseModel):
    """A condition on one field; where several names are given, on any of these fields."""

    name: WholeText | Annotated[list[WholeText], Field(min_length=1)]
    comparison_operator: Operator
    value: Scalar | list[Scalar] | None = None

    @model_validator(mode="after")
    def _can_be_compared(self) -> ConditionBody:
        operator = self.comparison_operator
        if operator in _IS_EMPTY:
            return self
        if self.value is None:
            raise ValueError(f"{operator!r} needs a value")
        if isinstance(self.value, list) != (operator in {"in", "not in"}) and not (
            operator in {"in", "not in"} and isinstance(self.value, str)
        ):
            raise ValueError(f"{operator!r} needs {'a list' if operator in {'in', 'not in'} else 'one value'}")
        if operator in {"before", "after"} and _day(self.value) is None:
            raise ValueError(
                f"{operator!r} needs a day such as 2022-05-16, the text of a year or seconds since 1970, nine digits "
                f"or more, not {self.value!r}"
            )
        if operator in _OF_SIZE and _number(self.value) is None and _day(self.value) is None:
            raise ValueError(f"{operator!r} needs a number or a day such as 2022-05-16, not {self.value!r}")
        return self


class MetadataConditionBody(BaseModel):
    """Conditions that all (`and`) or any (`or`) must be met."""

    logical_operator: Literal["and", "or"] | None = "and"
    conditions: Annotated[list[ConditionBody], Field(max_length=100)] | None = None


def matching(condition: MetadataConditionBody, documents: Iterable[Document]) -> Sequence[str]:
    """The ids of the documents that meet a condition."""
    join = any if condition.logical_operator == "or" else all
    return tuple(
        document.id
        for document in documents
        if join(_holds(single, _compared(document)) for single in condition.conditions or ())
    )


def values_of(document: Document) -> dict[str, object]:
    """The metadata of a document by the names that conditions use; a field of its own goes before an extra one."""
    metadata = document.metadata
    days = {
        "issued_on": metadata.issued_on,
        "published_on": metadata.published_on,
        "valid_from": metadata.valid_from,
        "valid_until": metadata.valid_until,
    }
    return {
        **metadata.extra,
        "document_id": document.id,
        "title": document.label,
        "issuer": metadata.issuer,
        "document_number": metadata.number,
        "url": metadata.url,
        "index_number": metadata.index_number,
        **{name: day.isoformat() if day else None for name, day in days.items()},
    }


def _compared(document: Document) -> Mapping[str, object]:
    """The metadata as conditions see them: a document that several issued together is each one's."""
    issuers = document.metadata.issuers
    return {**values_of(document), "issuer": list({document.metadata.issuer, *issuers})}


def _holds(condition: ConditionBody, values: Mapping[str, object]) -> bool:
    operator = condition.comparison_operator
    asserted = _DENIES.get(operator, operator)
    names = [condition.name] if isinstance(condition.name, str) else condition.name
    found = any(_meets(asserted, values.get(name), condition.value) for name in names)
    return found != (operator in _DENIES)


def _meets(operator: Operator, held: object, wanted: object) -> bool:
    """Whether a field, or one value of a field that is a list, meets an operator that denies nothing."""
    values = [one for one in (held if isinstance(held, list) else [held]) if one not in (None, "", {})]
    if operator in _IS_EMPTY:
        return not values
    return any(_compare(operator, value, wanted) for value in values)


def _compare(operator: Operator, held: object, wanted: object) -> bool:
    if operator in _OF_TEXT:
        return _OF_TEXT[operator](_text(held), _text(wanted))
    if operator == "=":
        return _equal(held, wanted)
    if operator == "in":
        choices = wanted.split(",") if isinstance(wanted, str) else wanted
        return isinstance(choices, list) and any(_equal(held, choice) for choice in choices)
    left, right = _number(held), _number(wanted)
    if operator not in {"before", "after"} and left is not None and right is not None:
        return _OF_SIZE[operator](left, right)
    day, bound = _day(held), _day(wanted)
    if day is None or bound is None:
        return False
    # What is after 2015 is after its last day, what is before it before its first.
    by_year = isinstance(wanted, str) and _YEAR.fullmatch(wanted.strip())
    left, right = (day.year, bound.year) if by_year else (day.toordinal(), bound.toordinal())
    return _OF_SIZE[operator](left, right)


def _equal(held: object, wanted: object) -> bool:
    left, right = _number(held), _number(wanted)
    if left is not None and right is not None:
        return left == right
    return _text(held) == _text(wanted)


def _text(value: object) -> str:
    """A value as it is compared: folded, so that it is met in either script and width."""
    if isinstance(value, bool):
        return str(value).lower()
    return fold(str(value)).strip()


def _number(value: object) -> float | None:
    try:
        return float(value) if isinstance(value, int | float | str) else None
    except (ValueError, OverflowError):
        return None


def _day(value: object) -> date | None:
    """A day from its words, from digits (20150101, or a year: its first day), or from seconds since 1970.

    Seconds are a number, or nine digits and more: what has fewer looks like a day or a year.
    """
    if isinstance(value, date):
        return value
    try:
        if isinstance(value, int | float):
            return datetime.fromtimestamp(value, UTC).date()
        text = str(value).strip()
        if _SECONDS.fullmatch(text):
            return datetime.fromtimestamp(float(text), UTC).date()
        if digits := _DIGITS.fullmatch(text):
            year, month, day = digits.groups(default="1")
            return date(int(year), int(month), int(day))
    except (ValueError, OverflowError, OSError):
        return None
    return parse_date(text)
