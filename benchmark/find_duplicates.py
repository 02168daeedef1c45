"""How long finding duplicates takes beside cleaning, and how much memory, on a corpus full of mirrors.

    .venv/bin/python benchmark/find_duplicates.py [DOCUMENTS]

The corpus is made: documents of random sentences out of common characters, about 2,000 characters each; a third are
mirrors of others with a footer, and a tenth are editions that differ in a number. Figures are ratios of processor time
within one run; a machine's absolute speed says little. What is found is counted, too, so that speed is not bought with
misses.
"""

from __future__ import annotations

import resource
import sys
import time

import numpy as np
from rich.console import Console
from rich.table import Table

from index.clean.document import clean
from index.find_duplicates import find_duplicates
from index.records import RawDocument
from index.split import SentenceWindows

DOCUMENTS = 10_000
PARAGRAPHS, SENTENCES, LENGTH = 15, 4, 25
# Of level 1 of GB 2312, the characters in common use.
CHARACTERS = np.array([bytes([row, cell]).decode("gb2312") for row in range(0xB0, 0xC8) for cell in range(0xA1, 0xFF)])


def main() -> None:
    """Make the corpus, clean it, find its duplicates, and print the ratios."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else DOCUMENTS
    raws, mirrors = made(count)
    started = time.process_time()
    documents = [clean(raw) for raw in raws]
    cleaning = time.process_time() - started
    passages = [passage for document in documents for passage in SentenceWindows().split(document)]
    find_duplicates(documents[:1], [])  # what is prepared on first use is not counted
    before = _peak()
    started = time.process_time()
    copies = find_duplicates(documents, passages)
    finding = time.process_time() - started
    memory = (_peak() - before) * 1024

    characters = sum(len(raw.text) for raw in raws)
    found = sum(len(text) - 1 for text in copies.documents)
    table = Table("documents", "M characters", "finding, cleaning = 1", "bytes a character", "copies found")
    table.add_row(
        f"{count:,}",
        f"{characters / 1e6:.1f}",
        f"{finding / cleaning:.2f}",
        f"{memory / characters:.1f}",
        f"{found} of {mirrors}",
    )
    Console().print(table)


def _peak() -> int:
    """The most memory that this process has held, in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def made(count: int) -> tuple[list[RawDocument], int]:
    """The corpus, and how many of its documents are mirrors."""
    random = np.random.default_rng(1)
    texts: list[str] = []
    mirrors = 0
    for _ in range(count):
        kind = random.random() if texts else 1.0
        if kind < 1 / 3:
            texts.append(f"{texts[random.integers(len(texts))]}\n主办单位：某某网站 责任编辑：王某")
            mirrors += 1
        elif kind < 1 / 3 + 1 / 10:
            texts.append(texts[random.integers(len(texts))].replace("补助", f"补助{random.integers(10**6)}", 1))
        else:
            texts.append("\n".join(_paragraph(random) for _ in range(PARAGRAPHS)))
    return [RawDocument(f"{at}", text, "made") for at, text in enumerate(texts)], mirrors


def _paragraph(random: np.random.Generator) -> str:
    return "".join("".join(random.choice(CHARACTERS, LENGTH)) + "，补助50万元。" for _ in range(SENTENCES))


if __name__ == "__main__":
    main()
