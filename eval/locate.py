"""Find evidence in the corpus: quotes become spans of the untouched source, so that labels outlive re-splitting."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from eval.records import LabelledQuestion, Returned
from index.clean.align import Span
from index.clean.fold import fold
from index.records import Document


def places(quote: str, document: Document) -> list[Span]:
    """Where a quote stands in a document, as spans of the source; script and width aside, all else to the letter.

    A quote that stands in several places is evidence in each of them.
    """
    wanted = fold(quote)
    found = []
    for paragraph in document.paragraphs:
        at = paragraph.text.find(wanted)
        while at >= 0:
            found.append(paragraph.content.source_span(at, at + len(wanted)))
            at = paragraph.text.find(wanted, at + 1)
    return found


class RelevantPassages:
    """Which passages of an index hold the evidence of a question."""

    def __init__(
        self,
        passages: Iterable[Returned],
        documents: Mapping[str, Document],
        moved: Callable[[str, Span], Span] = lambda _, span: span,
    ) -> None:
        """Passages and documents need not be of one index: only spans of the source are compared.

        Args:
            passages: of the index that is measured.
            documents: that the evidence is quoted from.
            moved: where a span of a document of this id stands in the source of the passages, if that is another one.
        """
        self._documents = documents
        self._moved = moved
        self._passages: dict[str, list[Returned]] = defaultdict(list)
        for passage in passages:
            self._passages[passage.document_id].append(passage)
        self._found: dict[tuple[str, str], list[str]] = {}

    def of(self, question: LabelledQuestion) -> dict[str, int]:
        """Passage id -> 1 for each passage that holds evidence, or holds a piece of it where none holds it whole."""
        return {
            passage: 1
            for evidence in question.evidence
            for document_id in evidence.documents
            for wording in evidence.wordings
            for passage in self._holding(document_id, wording)
        }

    def _holding(self, document_id: str, wording: str) -> Sequence[str]:
        key = document_id, wording
        if key not in self._found:
            document = self._documents.get(document_id)
            spans = [self._moved(document_id, span) for span in places(wording, document)] if document else []
            passages = self._passages[document_id]
            whole = [passage.id for passage in passages if any(_covers(passage.span, span) for span in spans)]
            self._found[key] = whole or [
                passage.id for passage in passages if any(_touches(passage.span, span) for span in spans)
            ]
        return self._found[key]


def _covers(outer: Span, inner: Span) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _touches(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]
