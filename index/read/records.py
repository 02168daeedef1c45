"""JSON Lines into raw documents, one a line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from index.clean.read_dates import parse_date
from index.errors import UnreadableSource
from index.read.decode import decode
from index.records import ISSUER_MARK, Metadata, RawDocument, Refusal

_ID_LENGTH = 200
_DATES = ("issued_on", "published_on", "valid_from", "valid_until")
_FIELDS = frozenset(("_id", "text", "title", "issuer", "number", "url", "index_number", *_DATES))
# What no text can hold: it cannot be written down in UTF-8, or ends a string in databases and other programs.
_NO_TEXT = re.compile(r"[\0\ud800-\udfff]")
_UNADDRESSABLE = re.compile(r"(?:^|/)\.{1,2}(?:/|$)|/paragraphs/\d+$")


def read_records(file: Path, data: bytes) -> Iterator[RawDocument | Refusal]:
    """JSON Lines of `{"_id", "title", "text", ...metadata}`; a line that is none is refused by its number."""
    for number, line in enumerate(decode(data).split("\n"), 1):
        origin = f"{file}:{number}"
        if line.strip():
            try:
                yield _record(json.loads(line), origin)
            except json.JSONDecodeError as error:
                yield Refusal(origin, f"not JSON: {error.msg} at column {error.colno}")
            except (ValueError, RecursionError) as error:  # a number of thousands of digits, a bottomless nesting
                yield Refusal(origin, f"not JSON that can be read: {error}")
            except UnreadableSource as error:
                yield Refusal(origin, str(error))


def _record(record: object, origin: str) -> RawDocument:
    if not isinstance(record, dict):
        raise UnreadableSource("not a JSON object")
    for name in ("_id", "text"):
        if not isinstance(record.get(name), str) or not record[name].strip():
            raise UnreadableSource(f"{name!r} must be a text that is not empty")
    identifier = record["_id"]
    if len(identifier) > _ID_LENGTH or not identifier.isprintable():
        raise UnreadableSource(f"'_id' must be at most {_ID_LENGTH} printable characters")
    if _UNADDRESSABLE.search(identifier):
        raise UnreadableSource(f"'_id' must not be a step in a path or end like a paragraph's address: {identifier!r}")
    for name, value in record.items():
        written = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        if flaw := flaw_in(written) or flaw_in(name):
            raise UnreadableSource(f"{name!r} holds {flaw}")
    return RawDocument(
        id=identifier,
        text=record["text"],
        origin=origin,
        metadata=Metadata(
            title=_text_or_none(record, "title"),
            issuers=_issuers(record),
            number=_text_or_none(record, "number"),
            issued_on=_date_or_none(record, "issued_on"),
            url=_text_or_none(record, "url"),
            extra={name: record[name] for name in record if name not in _FIELDS},
            published_on=_date_or_none(record, "published_on"),
            valid_from=_date_or_none(record, "valid_from"),
            valid_until=_date_or_none(record, "valid_until"),
            index_number=_text_or_none(record, "index_number"),
        ),
    )


def flaw_in(text: str) -> str | None:
    """What in a text cannot be kept, and where; None if all of it can.

    >>> flaw_in("政策" + chr(0)), flaw_in("政策")
    ('NUL at 2', None)
    """
    odd = _NO_TEXT.search(text)
    if not odd:
        return None
    kind = "NUL" if odd[0] == "\0" else "half a character (a lone surrogate)"
    return f"{kind} at {odd.start()}"


def _text_or_none(record: Mapping[str, object], name: str) -> str | None:
    value = record.get(name)
    if value is not None and not isinstance(value, str):
        raise UnreadableSource(f"{name!r} must be a text, not {value!r}")
    return value.strip() or None if value else None


def _issuers(record: Mapping[str, object]) -> tuple[str, ...]:
    """The issuers of a record: one name, several with 、 between them, or a list of names."""
    value = record.get("issuer") or ""
    names = value.split(ISSUER_MARK) if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise UnreadableSource(f"'issuer' must be a text or a list of texts, not {value!r}")
    return tuple(name.strip() for name in names if name.strip())


def _date_or_none(record: Mapping[str, object], name: str) -> date | None:
    value = _text_or_none(record, name)
    day = parse_date(value) if value else None
    if value and day is None:
        raise UnreadableSource(f"{name!r} must be a date such as 2022-05-16, not {value!r}")
    return day
