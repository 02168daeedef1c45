"""Sources into raw documents: one function for files, folders and collections, one table of file types."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from index.clean.fold import fold_script
from index.clean.read_dates import parse_date
from index.errors import UnreadableSource
from index.records import ISSUER_MARK, Metadata, RawDocument

_ID_LENGTH = 200
# What no text can hold: it cannot be written down in UTF-8, or ends a string in other programs.
_UNADDRESSABLE = re.compile(r"(?:^|/)\.{1,2}(?:/|$)|/paragraphs/\d+$")
_DATES = ("issued_on", "published_on", "valid_from", "valid_until")
_FIELDS = frozenset(("_id", "text", "title", "issuer", "number", "url", "index_number", *_DATES))
_NO_TEXT = re.compile(r"[\0\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A source that was not read, and why."""

    origin: str
    reason: str


def read_sources(sources: Sequence[Path]) -> Iterator[RawDocument | Refusal]:
    """Every document of the sources, in a fixed order; what cannot be read is refused by name, and the rest goes on.

    A source is a file or a folder, whose files are read with those of its subfolders. In a folder, hidden files and
    README files are passed over: they describe the folder. A folder or file that does not exist is refused as well.
    """
    for source in sources:
        try:
            files = list(_files_of(source))
        except OSError as error:
            reason = "it does not exist" if isinstance(error, FileNotFoundError) else error.strerror or str(error)
            yield Refusal(str(source), reason)
            continue
        for file in files:
            yield from read_file(file)


def _files_of(source: Path) -> Iterator[Path]:
    if not source.is_dir():
        source.stat()  # raises the reason, where there is one
        yield source
        return
    for file in sorted(path for path in source.rglob("*") if path.is_file()):
        within = file.relative_to(source).parts
        if not any(part.startswith(".") for part in within) and file.stem.upper() != "README":
            yield file


def read_file(file: Path) -> Iterator[RawDocument | Refusal]:
    """The documents of one file, by the reader of its suffix."""
    if _NO_TEXT.search(file.stem):
        yield Refusal(ascii(str(file)), "its name is not UTF-8; rename it")
        return
    reader = READERS.get(file.suffix.lower())
    if reader is None:
        yield Refusal(str(file), f"{file.suffix or 'no suffix'} is not a type that is read ({', '.join(READERS)})")
        return
    try:
        yield from reader(file, file.read_bytes())
    except OSError as error:
        yield Refusal(str(file), error.strerror or str(error))
    except UnreadableSource as error:
        yield Refusal(str(file), str(error))


def decode(data: bytes) -> str:
    """Bytes into text: by their byte order mark, else UTF-8, else the likelier of GB18030 and Big5 (with Hong Kong).

    The mark itself is no text. GB18030 and Big5 cannot be told apart by what is valid; the likelier is the one that
    gives more everyday characters. On texts of 8 characters and more of three collections this made no mistake, where
    charset-normalizer 3.5 refused about one text in fifty.

    Raises:
        UnreadableSource: none of them yields text.
    """
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            return _decoded(data.removeprefix(mark), encoding)
    if b"\0" in data:
        raise UnreadableSource("it holds NUL bytes: it is not text")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        problem = f"UTF-8 breaks at byte {error.start}"
    candidates = []
    for encoding in ("gb18030", "big5hkscs"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        candidates.append((_everyday_share(text), text))
    best = max(candidates, default=(0.0, ""), key=lambda candidate: candidate[0])
    if best[0] < _EVERYDAY_SHARE:
        raise UnreadableSource(f"its encoding is neither UTF-8 ({problem}) nor GB18030 nor Big5; save it as UTF-8")
    return best[1]


_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
# Chinese prose reaches 0.9; its bytes read as the other encoding stay under 0.4.
_EVERYDAY_SHARE = 0.6
_SAMPLE = 4000


def _decoded(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableSource(f"it is marked as {encoding.upper()}, but breaks at byte {error.start}") from error
    if "\0" in text:
        raise UnreadableSource("it holds NUL characters: it is not text")
    return text


def _everyday_share(text: str) -> float:
    """The share of everyday characters (level 1 of GB 2312, and its punctuation) among those beyond ASCII."""
    beyond = [character for character in fold_script(text[:_SAMPLE]) if not character.isascii()]
    everyday = 0
    for character in beyond:
        lead = character.encode("gb2312", "ignore")[:1]
        everyday += b"\xb0" <= lead <= b"\xd7" or lead in (b"\xa1", b"\xa3")
    return everyday / len(beyond) if beyond else 0.0


def _read_text(file: Path, data: bytes) -> Iterator[RawDocument | Refusal]:
    yield RawDocument(file.stem, decode(data), str(file))


def _read_records(file: Path, data: bytes) -> Iterator[RawDocument | Refusal]:
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
        odd = _NO_TEXT.search(written) or _NO_TEXT.search(name)
        if odd:
            kind = "NUL" if odd[0] == "\0" else "half a character (a lone surrogate)"
            raise UnreadableSource(f"{name!r} holds {kind} at {odd.start()}")
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


# Another file type joins here, with a function from the file and its bytes to its documents.
READERS: Mapping[str, Callable[[Path, bytes], Iterator[RawDocument | Refusal]]] = {
    ".txt": _read_text,
    ".jsonl": _read_records,
}
