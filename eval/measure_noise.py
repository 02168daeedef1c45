"""How much of inserted noise cleaning takes out, and how much of the text with it: `python -m eval.measure_noise DIR`.

Noise is put into the documents of a BEIR corpus and the result is cleaned as any document is. Counted are characters:
precision is the share of what was removed as insertion that was inserted, recall the share of what was inserted that
was removed. At rate 0 nothing was inserted, and what counts is how many characters are lost in 200,000.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.table import Table

from eval.fit_insertions import read_texts
from eval.insert_noise import Pool, insert_noise, is_chinese
from index.clean.document import clean
from index.clean.drop_insertions import KIND
from index.records import RawDocument

RATES = (0.05, 0.2, 0.6, 1.0)
SCRIPTS: Sequence[Literal["original", "traditional"]] = ("original", "traditional")
POOLS: Sequence[Pool] = ("simplified", "mixed")
DOCUMENTS = 200
SEED = 20


@dataclass(frozen=True, slots=True)
class NoiseScore:
    """Counts of characters over a set of documents."""

    inserted: int
    removed: int
    right: int
    """Removed and inserted."""
    kept: int
    """Characters of text that were there to lose."""

    @property
    def precision(self) -> float:
        """In [0, 1]; 1 where nothing was removed."""
        return self.right / self.removed if self.removed else 1.0

    @property
    def recall(self) -> float:
        """In [0, 1]; 1 where nothing was inserted."""
        return self.right / self.inserted if self.inserted else 1.0

    @property
    def lost(self) -> float:
        """Characters of text removed in 200,000."""
        return 200_000 * (self.removed - self.right) / max(1, self.kept)


def measure(
    texts: Sequence[str],
    rate: float,
    *,
    script: Literal["original", "traditional"] = "original",
    pool: Pool = "simplified",
    readings: bool = False,
    seed: int = SEED,
) -> NoiseScore:
    """Clean the texts with noise of one kind and count."""
    inserted = removed = right = kept = 0
    for number, text in enumerate(texts):
        noisy = insert_noise(text, rate, seed + number, script=script, pool=pool, readings=readings)
        document = clean(RawDocument("noisy", noisy.text, "noisy"))
        there = {at for start, end in noisy.insertions for at in range(start, end)}
        edited = (at for edit in document.edits if edit.kind == KIND for at in range(edit.start, edit.end))
        # A reading that stands between removed characters is part of the edit; another rule removed it, and rightly.
        taken = {at for at in edited if is_chinese(noisy.text[at])}
        inserted += len(there)
        removed += len(taken)
        right += len(there & taken)
        kept += len(noisy.text) - len(there)
    return NoiseScore(inserted, removed, right, kept)


def main(folders: Sequence[str]) -> None:
    """Print the scores for every kind of noise over 200 documents of the first corpus, and the losses in clean ones.

    The 200 are among those that `fit_insertions` leaves out.
    """
    first = list(read_texts(Path(folders[0])))[1::2]
    sample = random.Random(SEED).sample(first, min(DOCUMENTS, len(first)))  # noqa: S311
    table = Table("rate", "script", "drawn from", "readings", "precision", "recall", title=f"{len(sample)} documents")
    for rate in RATES:
        for script in SCRIPTS:
            for pool in POOLS:
                for readings in (False, True):
                    score = measure(sample, rate, script=script, pool=pool, readings=readings)
                    names = (f"{rate:.0%}", script, pool, "yes" if readings else "no")
                    table.add_row(*names, f"{score.precision:.4f}", f"{score.recall:.4f}")
    console = Console()
    console.print(table)
    for folder in folders:
        score = measure(list(read_texts(Path(folder))), 0.0)
        console.print(
            f"{folder}: {score.removed} of {score.kept} characters removed from clean texts, "
            f"{score.lost:.2f} in 200,000"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
