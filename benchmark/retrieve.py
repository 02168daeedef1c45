"""How long a question takes beyond its embedding, by leg and in all.

    .venv/bin/python benchmark/retrieve.py FOLDER DIR

FOLDER is an index, as of `policyqa eval --beir DIR --index FOLDER`, DIR the question set that its questions come from.
Figures are ratios to plain bigram BM25 over the same passages within one run; a machine's absolute speed says little.
On 8,016 passages of policy documents, 631 questions: passages' words 2.9, documents' words 0.9, vectors 3, all 11
(3.5 ms), the rest of which is fusing and sorting 200 hits.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from rich.console import Console
from rich.table import Table

from eval.read_beir import read_beir
from eval.remember import RememberingEmbedder
from index.load import load_index
from index.search_lexical import TantivyBM25
from index.settings import read_settings
from index.stages import choose_stages
from qa.question import Question, subject
from qa.retrieve import DEPTH, retrieve

ROUNDS = 3


def main() -> None:
    """Ask every question by each way in turn, several rounds, and print the median times."""
    folder, questions = map(Path, sys.argv[1:])
    index = load_index(folder, choose_stages(read_settings()))
    labelled = read_beir(questions).questions
    embedder = RememberingEmbedder(index.embedder)
    embedder.prepare(labelled, lambda _done, _total: None)
    index = replace(index, embedder=embedder)
    asked = [Question(question.text, top_k=DEPTH) for question in labelled]
    with TemporaryDirectory() as temporary:
        plain = TantivyBM25.build([passage.text for passage in index.passages], Path(temporary))
    ways: dict[str, Callable[[Question], object]] = {
        "plain bigram BM25": lambda question: plain.search(question.search_text, DEPTH),
        "passages' words": lambda question: index.lexical.search(subject(question.search_text), DEPTH),
        "documents' words": lambda question: index.whole.search(subject(question.search_text), DEPTH),
        "vectors": lambda question: index.vectors.search(embedder.embed([question.search_text], "query")[0], DEPTH),
        "retrieval in all": lambda question: retrieve(question, index, 0.2),
    }
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            started = time.perf_counter()
            for question in asked:
                way(question)
            seconds[name].append((time.perf_counter() - started) / len(asked))
    least = {name: float(np.median(found)) for name, found in seconds.items()}
    table = Table("way", "plain BM25 = 1", "ms", title=f"{len(asked)} questions, {len(index.passages)} passages")
    for name, found in least.items():
        table.add_row(name, f"{found / least['plain bigram BM25']:.2f}", f"{found * 1000:.2f}")
    Console().print(table)


if __name__ == "__main__":
    main()
