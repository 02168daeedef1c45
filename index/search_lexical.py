"""The lexical legs: BM25 over terms, for passages over their characters and sounds, too; by tantivy."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, Self

import numpy as np
import tantivy

from index.search_dense import Rows, Scores
from index.tokenize import SIGNATURE as TERMS_SIGNATURE
from index.tokenize import characters, sound, sounds, terms

_TERMS, _CHARACTERS, _SOUNDS, _ROW = "terms", "characters", "sounds", "row"


class LexicalStore(Protocol):
    """Finds the rows whose texts share the rarest terms with a question."""

    def search(self, question: str, k: int, allowed: Rows | None = None) -> tuple[Rows, Scores]:
        """The best rows, best first, and their BM25 scores, above 0 and without an upper bound.

        Args:
            question: folded text; any characters, since it is read as terms and never as a query language.
            k: how many at most; rows that share no term with the question are not found.
            allowed: search among these rows only; None: among all.
        """
        ...

    def rarity(self, term: str) -> float:
        """The inverse document frequency of a term as BM25 weighs it, in nats, >= 0."""
        ...


@contextmanager
def _writing() -> Iterator[None]:
    """Make an OSError of what tantivy reports as a ValueError, such as a full disk."""
    try:
        yield
    except ValueError as error:
        raise OSError(str(error)) from error


class TantivyBM25:
    """tantivy, one term per blank-separated word; BM25 with k1 = 1.2 and b = 0.75, which it does not let one set."""

    SIGNATURE = f"tantivy-bm25-1/{TERMS_SIGNATURE}"
    _FIELDS: Mapping[str, Callable[[str], list[str]]] = {_TERMS: terms}

    def __init__(self, index: tantivy.Index) -> None:
        self._schema = index.schema
        self._searcher = index.searcher()

    @classmethod
    def build(cls, texts: Sequence[str], folder: Path) -> Self:
        """An index of these folded texts in an empty folder; a text's row is its place in the sequence.

        Raises:
            OSError: the folder cannot be written, or its disk is full.
        """
        builder = tantivy.SchemaBuilder()
        for name in cls._FIELDS:
            builder.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
        builder.add_unsigned_field(_ROW, indexed=True, fast=True)
        with _writing():
            index = tantivy.Index(builder.build(), path=str(folder))
            # One thread makes one segment, in the order of the rows: the same texts give the same scores every time.
            writer = index.writer(num_threads=1)
        for row, text in enumerate(texts):
            document = tantivy.Document()
            for name, parts in cls._FIELDS.items():
                document.add_text(name, " ".join(parts(text)))
            document.add_unsigned(_ROW, row)
            with _writing():
                writer.add_document(document)
        with _writing():
            writer.commit()
            writer.wait_merging_threads()
            index.reload()
        return cls(index)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """An index built before."""
        if not os.access(folder, os.W_OK):  # tantivy takes a lock to read, for which a read-only disk has no place
            with tempfile.TemporaryDirectory() as copy:
                # The files stay mapped into memory when the copy is gone.
                return cls(tantivy.Index.open(str(shutil.copytree(folder, copy, dirs_exist_ok=True))))
        return cls(tantivy.Index.open(str(folder)))

    def search(self, question: str, k: int, allowed: Rows | None = None) -> tuple[Rows, Scores]:
        """See `LexicalStore`."""
        clauses = [
            (tantivy.Occur.Should, tantivy.Query.boost_query(self._query(field, term), weight))
            for (field, term), weight in self._weights(question).items()
        ]
        query = tantivy.Query.boolean_query(clauses)
        if allowed is not None:
            among = tantivy.Query.term_set_query(self._schema, _ROW, allowed.tolist())
            query = tantivy.Query.boolean_query(
                [
                    (tantivy.Occur.Must, query),
                    (tantivy.Occur.Must, tantivy.Query.const_score_query(among, 0.0)),
                ]
            )
        hits = self._searcher.search(query, limit=max(k, 1), count=False).hits if clauses else []
        rows = self._searcher.fast_field_values(_ROW, [address for _, address in hits])
        return np.array(rows, dtype=np.int64), np.array([score for score, _ in hits], dtype=np.float32)

    def rarity(self, term: str) -> float:
        """See `LexicalStore`."""
        rows, having = self._searcher.num_docs, self._texts_with(_TERMS, term)
        return float(np.log1p((rows - having + 0.5) / (having + 0.5)))

    def _weights(self, question: str) -> dict[tuple[str, str], float]:
        """What to look for in which field, and how much it weighs: as often as it is asked."""
        return {(_TERMS, term): float(count) for term, count in Counter(terms(question)).items()}

    def _texts_with(self, field: str, term: str) -> int:
        return self._searcher.doc_freq(field, term)

    def _query(self, field: str, term: str) -> tantivy.Query:
        return tantivy.Query.term_query(self._schema, field, term, index_option="freq")


class FieldedBM25(TantivyBM25):
    """The sum of BM25 over terms, over single characters, and over the sounds of terms that are likely mistyped.

    Characters find what is said in another order or abbreviated. A term that hardly any of the texts with its sound has
    may be mistyped, so its sound is looked for, too: 资金连 finds 资金链.
    """

    SIGNATURE = f"tantivy-fields-1/{TERMS_SIGNATURE}"
    _FIELDS: Mapping[str, Callable[[str], list[str]]] = {_TERMS: terms, _CHARACTERS: characters, _SOUNDS: sounds}
    # Document nDCG@10 without characters and with them: drcd 0.978, 0.980; ncp 0.908, 0.909; from 0.3 to 0.8 alike.
    _CHARACTER_WEIGHT = 0.5
    # With every eighth character mistyped, ncp 0.894 without sounds, 0.904 with them; as typed, no change. The sounds
    # of all terms would cost 0.003.
    _SOUND_WEIGHT = 1.0
    _LIKELY_MISTYPED = 1 / 20

    def _weights(self, question: str) -> dict[tuple[str, str], float]:
        weights = super()._weights(question)
        found = defaultdict(float, weights)
        for (_, term), count in weights.items():
            heard = sound(term)
            if heard and self._texts_with(_TERMS, term) < self._LIKELY_MISTYPED * self._texts_with(_SOUNDS, heard):
                found[_SOUNDS, heard] += self._SOUND_WEIGHT * count
        for character in characters(question):
            found[_CHARACTERS, character] += self._CHARACTER_WEIGHT
        return found
