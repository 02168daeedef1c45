"""Look every quote up in the untouched source, independently of the code that made the citation."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import opencc

from eval.records import Returned
from index.clean.align import Edit
from index.read import read_sources
from index.records import Document, RawDocument


class SourceCheck:
    """The files as they lie on disk, and what cleaning says it changed."""

    def __init__(self, sources: Sequence[Path], documents: Mapping[str, Document]) -> None:
        """Read the sources again: what the index remembers of them is what is being checked."""
        self._texts = {raw.id: raw.text for raw in read_sources(sources) if isinstance(raw, RawDocument)}
        self._edits = {name: document.edits for name, document in documents.items()}
        self._found: dict[Returned, bool] = {}

    def __call__(self, passage: Returned) -> bool:
        """Whether the passage's span of the source, with the edits made, gives its text, script and width aside."""
        if passage not in self._found:
            self._found[passage] = self._stands(passage)
        return self._found[passage]

    def _stands(self, passage: Returned) -> bool:
        text = self._texts.get(passage.document_id)
        start, end = passage.span
        if text is None or not 0 <= start < end <= len(text):
            return False
        edits = self._edits.get(passage.document_id, ())
        first = bisect_left(edits, start, key=lambda edit: edit.start)
        last = bisect_left(edits, end, key=lambda edit: edit.start)
        if first and edits[first - 1].end > start:
            return False
        yielded = _apply(text, start, end, edits[first:last])
        # Words first: what 畫 and 藉 are in Simplified depends on what stands beside them.
        return yielded is not None and any(
            _plain(read(yielded)) == _plain(read(passage.text)) for read in (str, _simplified().convert)
        )


def _apply(text: str, start: int, end: int, edits: Sequence[Edit]) -> str | None:
    """The stretch of text with the edits made; None where one reaches beyond it or is of another text."""
    pieces = []
    for edit in edits:
        if edit.end > end or text[edit.start : edit.end] != edit.before:
            return None
        pieces += [text[start : edit.start], edit.after]
        start = edit.end
    return "".join([*pieces, text[start:end]])


def _plain(text: str) -> str:
    return "".join(map(_plain_character, text))


@cache
def _plain_character(character: str) -> str:
    """One character in Simplified script and half width, whatever stands beside it; folded until nothing changes."""
    code = ord(character)
    if 0xFF01 <= code <= 0xFF5E:
        character = chr(code - 0xFEE0)
    elif character.isspace():
        character = " "
    while (again := str(_simplified().convert(character))) != character:
        character = again
    return character


@cache
def _simplified() -> opencc.OpenCC:
    return opencc.OpenCC("tw2s")
