"""Documents, passages and copies on disk, as JSON, read back equal to what was written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import date
from itertools import starmap
from pathlib import Path
from typing import Any

from index.clean.align import AlignedText, Edit
from index.copies import Copies, Copy, Place
from index.records import Document, Metadata, Paragraph, Passage


def write_documents(documents: Iterable[Document], file: Path) -> None:
    """JSON Lines, one document a line, with its source: the way back must not depend on the file's being there."""
    with file.open("w", encoding="utf-8") as stream:
        for document in documents:
            record = {
                "id": document.id,
                "source": document.source,
                "digest": document.digest,
                "metadata": asdict(document.metadata),
                "edits": [_edit_row(edit) for edit in document.edits],
                "paragraphs": [
                    [list(paragraph.heading), paragraph.content.start, paragraph.content.end, paragraph.text]
                    for paragraph in document.paragraphs
                ],
                "pages": document.pages,
            }
            # ASCII escapes keep a lone surrogate, which a damaged source may hold, out of the encoder's way.
            stream.write(json.dumps(record, default=date.isoformat) + "\n")


def read_documents(file: Path) -> Iterator[Document]:
    """The documents in the order they were written."""
    with file.open(encoding="utf-8") as stream:
        for line in stream:
            yield _document(json.loads(line))


def _edit_row(edit: Edit) -> list[str | int]:
    evidence = [] if edit.evidence is None else [edit.evidence]
    return [edit.kind, edit.start, edit.end, edit.after, *evidence]


def _document(record: dict[str, Any]) -> Document:
    source: str = record["source"]
    edits = tuple(Edit(kind, start, end, source[start:end], *after) for kind, start, end, *after in record["edits"])
    paragraphs = []
    at = 0
    for ordinal, (heading, start, end, text) in enumerate(record["paragraphs"], 1):
        while at < len(edits) and edits[at].start < start:
            at += 1
        first = at
        while at < len(edits) and edits[at].start < end:
            at += 1
        content = AlignedText(source, start, end, text, edits[first:at])
        paragraphs.append(Paragraph(record["id"], ordinal, tuple(heading), content))
    metadata = record["metadata"]
    metadata["issuers"] = tuple(metadata["issuers"])
    for name in ("issued_on", "published_on", "valid_from", "valid_until"):
        if metadata[name]:
            metadata[name] = date.fromisoformat(metadata[name])
    return Document(
        id=record["id"],
        source=source,
        digest=record["digest"],
        metadata=Metadata(**metadata),
        edits=edits,
        paragraphs=tuple(paragraphs),
        pages=tuple(record["pages"]),
    )


def write_passages(passages: Iterable[Passage], file: Path) -> None:
    """JSON Lines, one passage a line, in the order of the rows of the stores of vectors and of passages' words."""
    with file.open("w", encoding="utf-8") as stream:
        for passage in passages:
            row = [
                passage.document_id,
                passage.paragraph,
                passage.start,
                passage.end,
                passage.text,
                passage.context,
                passage.head,
            ]
            stream.write(json.dumps(row) + "\n")


def read_passages(file: Path) -> list[Passage]:
    """The passages in the order of the rows."""
    with file.open(encoding="utf-8") as stream:
        return list(starmap(Passage, map(json.loads, stream)))


def write_copies(copies: Copies, file: Path) -> None:
    """The copies of an index as one JSON object."""
    record = {
        "documents": [
            [[copy.document_id, copy.rows.start, copy.rows.stop, copy.held] for copy in text]
            for text in copies.documents
        ],
        "document_places": [[row, *place] for row, place in copies.document_places.items()],
        "paragraph_places": [[row, *place] for row, place in copies.paragraph_places.items()],
    }
    file.write_text(json.dumps(record), encoding="utf-8")


def read_copies(file: Path) -> Copies:
    """The copies as they were written."""
    record = json.loads(file.read_text(encoding="utf-8"))
    return Copies(
        [
            [Copy(name, range(start, stop), tuple(starmap(Place, held))) for name, start, stop, held in text]
            for text in record["documents"]
        ],
        {row: Place(*place) for row, *place in record["document_places"]},
        {row: Place(*place) for row, *place in record["paragraph_places"]},
    )
