"""Read what a document says of itself in its first lines and in the signature at its end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from index.clean.read_head import (
    is_official,
    labelled_values,
    masthead,
    named_above,
    own_number,
    read_head,
    read_note,
    titled_by,
)
from index.clean.read_issuers import is_same_institution, join_spaced, split_issuers
from index.clean.read_numbers import join_loose
from index.clean.read_signature import read_signature
from index.clean.read_title import read_title
from index.clean.read_validity import read_validity
from index.clean.take_header import complete
from index.records import Metadata

# Characters at either end that are looked at.
_WINDOW = 4000


def read_metadata(lines: Sequence[str], known: Metadata) -> Metadata:
    """`known` completed by the first lines of a text, by its signature, and by its rule on coming into force.

    `lines` are folded and without blanks around them. First lines: title, number, labelled values, and a day in
    brackets, down to the first sentence. Signature: institutions above (or below) a day, each alone between blanks or
    lines, after the body has begun. Title, number and recipients make a text official; in others only a signature at
    the very end counts. Must not touch: numbers, institutions and days in running text, which are other documents'.
    """
    windows = _windows(lines)
    head = list(read_head(windows[0]))
    metadata = complete(known, labelled_values(head))
    texts = [phrase.text for phrase in head]
    number, numbered_by = own_number(head, known.title)
    titling = titled_by(head, known.title)
    noted = read_note(texts)
    official = bool(number or titling or noted.number or is_official(windows[0], texts))
    signed_by, signed_on = read_signature(windows, official, order="令" in (number or ""))
    red_head = next((split_issuers(text[:-2]) for text in texts if text.endswith("文件")), ()) or masthead(texts)
    others = titling or red_head or split_issuers(numbered_by) or noted.issuers
    stated = metadata.issuers or others
    if signed_by and stated and not any(is_same_institution(a, b) for a in signed_by for b in stated):
        signed_by, signed_on = (), None  # the signature of an annex, or of the document passed on
    valid_from, valid_until = read_validity(windows)
    return replace(
        metadata,
        issuers=metadata.issuers or signed_by or red_head or others or named_above(texts),
        number=metadata.number or number or noted.number,
        issued_on=metadata.issued_on or noted.issued_on or signed_on,
        valid_from=metadata.valid_from or valid_from,
        valid_until=metadata.valid_until or valid_until,
    )


def finish(metadata: Metadata, paragraphs: Sequence[str]) -> Metadata:
    """The metadata with the title that the paragraphs show, and the day of publishing where no other is stated."""
    return replace(
        metadata,
        title=metadata.title or read_title(paragraphs),
        issued_on=metadata.issued_on or metadata.published_on,
    )


def _windows(lines: Sequence[str]) -> list[str]:
    """The first and the last `_WINDOW` characters, as one text where they touch."""
    if sum(map(len, lines)) <= _WINDOW * 2:
        return ["\n".join(map(_joined, lines))]
    first, last = _taken(lines), _taken(reversed(lines), -1)[::-1]
    return ["\n".join(map(_joined, part)) for part in (first, last)]


def _taken(lines: Iterable[str], side: int = 1) -> list[str]:
    """Lines up to `_WINDOW` characters, the last of them cut; with side -1, of each line its end."""
    taken: list[str] = []
    room = _WINDOW
    for line in lines:
        if room <= 0:
            break
        taken.append(line[:room] if side > 0 else line[-room:])
        room -= len(line) + 1
    return taken


def _joined(line: str) -> str:
    return join_spaced(join_loose(line))
