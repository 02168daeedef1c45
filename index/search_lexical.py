"""The lexical leg: BM25 over character bigrams, by tantivy."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, Self

import numpy as np
import tantivy

from index.search_dense import Rows, Scores
from index.tokenize import SIGNATURE as TERMS_SIGNATURE
from index.tokenize import terms

_TERMS, _ROW = "terms", "row"


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


class TantivyBM25:
    """tantivy, one term per blank-separated word; BM25 with k1 = 1.2 and b = 0.75, which it does not let one set."""

    SIGNATURE = f"tantivy-bm25-1/{TERMS_SIGNATURE}"

    def __init__(self, index: tantivy.Index) -> None:
        self._schema = index.schema
        self._searcher = index.searcher()

    @classmethod
    def build(cls, folder: Path, texts: Sequence[str]) -> Self:
        """An index of these folded texts in an empty folder; a text's row is its place in the sequence."""
        builder = tantivy.SchemaBuilder()
        builder.add_text_field(_TERMS, tokenizer_name="whitespace", index_option="freq")
        builder.add_unsigned_field(_ROW, indexed=True, fast=True)
        schema = builder.build()
        index = tantivy.Index(schema, path=str(folder))
        # One thread makes one segment, in the order of the rows: the same texts give the same scores every time.
        with index.writer(num_threads=1) as writer:
            for row, text in enumerate(texts):
                document = tantivy.Document()
                document.add_text(_TERMS, " ".join(terms(text)))
                document.add_unsigned(_ROW, row)
                writer.add_document(document)
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
            (tantivy.Occur.Should, tantivy.Query.boost_query(self._term(term), float(count)))
            for term, count in Counter(terms(question)).items()
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
        rows, having = self._searcher.num_docs, self._searcher.doc_freq(_TERMS, term)
        return float(np.log1p((rows - having + 0.5) / (having + 0.5)))

    def _term(self, term: str) -> tantivy.Query:
        return tantivy.Query.term_query(self._schema, _TERMS, term, index_option="freq")
