"""Group texts that are copies of one another: candidates by MinHash, each compared letter by letter.

Candidates are texts that share runs of five letters, by MinHash [1] and locality-sensitive hashing. Each text, the best
first, is compared with the best copies found before it, by `common_stretch`: a chance collision never makes two texts
one, and every copy has been compared with the very text it is a copy of.

[1] Broder: On the resemblance and containment of documents. SEQUENCES 1997.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray
from rensa import RMinHash

from index.compare_texts import Block, Text, common_stretch
from index.take_letters import Codes

_SHINGLE = 5
# Of two texts with half of their runs in common, 0.4 % are missed; with two thirds of them, 1 in 1,000,000.
_BANDS, _BAND_ROWS, _SLOTS, _SEED = 42, 3, 128, 1
# Thousands of forms that differ in a number each must not cost millions of comparisons.
_CROWD = 64
_BATCH = 1000

SIGNATURE = f"minhash-{RMinHash.ALGORITHM_VERSION}:{_SHINGLE}:{_BANDS}x{_BAND_ROWS}:{_CROWD}"
"""Names what decides which texts are compared."""


@dataclass(frozen=True, slots=True)
class Alike:
    """What a text is a copy of."""

    best: int
    """The best copy's place in the sequence; the text's own, if it is that itself."""
    blocks: Sequence[Block]
    """What they have in common; empty for the best copy."""


def sketches_of(codes: Codes, spans: Sequence[tuple[int, int]]) -> NDArray[np.uint64]:
    """Of each stretch of a text one number a band, shape (spans, 42): texts with the same one are candidates."""
    hashes = _hashes(codes)
    runs = [hashes[start : max(start + 1, end - _SHINGLE + 1)] for start, end in spans]
    # The library takes and gives lists of Python's own numbers, which are large.
    batches = (runs[at : at + _BATCH] for at in range(0, len(runs), _BATCH))
    return np.concatenate([_sketches(batch) for batch in batches])


def _sketches(runs: Sequence[NDArray[np.uint64]]) -> NDArray[np.uint64]:
    offsets = list(accumulate(map(len, runs), initial=0))
    flat = np.concatenate(runs).tolist()
    slots = RMinHash.digest_matrix_from_flat_token_hashes(flat, offsets, _SLOTS, _SEED).to_rows()
    bands = np.array(slots, dtype=np.uint64)[:, : _BANDS * _BAND_ROWS]
    return _mixed(bands.reshape(len(runs), _BANDS, _BAND_ROWS))


def _hashes(codes: Codes) -> NDArray[np.uint64]:
    """A hash of the letters that begin at each letter; at least one, so that a text too short for a run has one."""
    padded = np.concatenate([codes, np.zeros(_SHINGLE, dtype=np.uint32)]).astype(np.uint64)
    return _mixed(np.lib.stride_tricks.sliding_window_view(padded, _SHINGLE))


def _mixed(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """One number out of the last axis: a polynomial modulo 2^64, then SplitMix64 (Steele, Lea, Flood 2014)."""
    mixed = np.zeros(numbers.shape[:-1], dtype=np.uint64)
    for at in range(numbers.shape[-1]):
        mixed = mixed * np.uint64(0x9E3779B97F4A7C15) + numbers[..., at]
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return mixed ^ (mixed >> np.uint64(31))


def group(texts: Sequence[Text], sketches: NDArray[np.uint64]) -> list[Alike]:
    """What each text is a copy of. `texts` have the best first; `sketches` are theirs, shape (texts, 42)."""
    first: dict[str, int] = {}
    numbers = [first.setdefault(text.letters, len(first)) for text in texts]
    # Equal texts have one sketch, and what only they share makes no candidates.
    keys = _shared_keys(sketches[np.unique(numbers, return_index=True)[1]])
    same: list[list[int]] = [[] for _ in first]
    best_by_key: dict[int, list[int]] = {}
    alike: list[Alike] = []
    for at, (here, number) in enumerate(zip(texts, numbers, strict=True)):
        found = _first_alike(here, same[number], texts)
        if not found:
            shared = keys[number][keys[number] >= 0].tolist()
            found = _first_alike(here, _candidates(shared, best_by_key), texts)
        alike.append(found or Alike(at, ()))
        if not found:
            for bests in (same[number], *(best_by_key.setdefault(key, []) for key in shared)):
                if len(bests) < _CROWD:
                    bests.append(at)
    return alike


def _shared_keys(sketches: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Sketches with a small number for each value that occurs more than once in its band, and -1 for any other."""
    keys = np.full(sketches.shape, -1, dtype=np.int64)
    for band in range(sketches.shape[1]):
        _, inverse, counts = np.unique(sketches[:, band], return_inverse=True, return_counts=True)
        shared = counts[inverse] > 1
        keys[shared, band] = inverse[shared] * sketches.shape[1] + band
    return keys


def _candidates(shared: Sequence[int], best_by_key: dict[int, list[int]]) -> Sequence[int]:
    return sorted({best for key in shared for best in best_by_key.get(key, ())})[:_CROWD]


def _first_alike(here: Text, bests: Iterable[int], texts: Sequence[Text]) -> Alike | None:
    for best in bests:
        if blocks := common_stretch(here, texts[best]):
            return Alike(best, blocks)
    return None
