"""Fit the weights of the insertion decoder on BEIR corpora: `python -m eval.fit_insertions DIR...` prints them.

Every other document is used, so that the rest can measure; half of them are turned into Traditional script. A folder
that is named three times counts three times.
"""

from __future__ import annotations

import json
import math
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from eval.insert_noise import Pool, insert_noise
from index.clean.character_model import CharacterModel, Floats
from index.clean.drop_insertions import _sets
from index.clean.fold import fold
from index.clean.weigh_insertions import FEATURES, find_places, framed, weigh

_RATES = (0.1, 0.2, 0.3, 0.5, 0.7)
_SCRIPTS: Sequence[Literal["original", "traditional"]] = ("original", "traditional")
_POOLS: Sequence[Pool] = ("simplified", "simplified", "mixed")
_DRAWS = 3
"""How often noise is put into each document, anew."""
_PENALTY = 1e-4
"""Ridge, per place."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Places with what was really inserted before them."""

    features: Floats
    """Places x 3 x FEATURES."""
    possible: NDArray[np.bool_]
    inserted: NDArray[np.intp]
    """0 to 3 characters."""
    prior: Floats
    """Log-odds of an insertion of one length in the text a place is from."""


def main(folders: Sequence[str]) -> None:
    """Print each feature with its weight, and the loss in nats a place."""
    documents = [text for folder in folders for text in list(read_texts(Path(folder)))[::2]]
    sample = make_sample(documents * _DRAWS, seed=1)
    weights, loss = fit(sample)
    for name, weight in zip(FEATURES, weights, strict=True):
        print(f"{weight:8.3f}  {name}")  # noqa: T201 - a script's result
    print(f"{loss:.4f} nats a place, {len(sample.inserted)} places")  # noqa: T201


def read_texts(folder: Path) -> Iterator[str]:
    """The texts of a BEIR corpus."""
    with (folder / "corpus.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)["text"]


def make_sample(documents: Sequence[str], seed: int) -> Sample:
    """Noise of all kinds in the documents, with the features of every place."""
    generator = random.Random(seed)  # noqa: S311
    model = CharacterModel.load()
    parts = []
    for number, document in enumerate(documents):
        rate, pool = generator.choice(_RATES), generator.choice(_POOLS)
        noisy = insert_noise(document, rate, number, script=generator.choice(_SCRIPTS), pool=pool)
        folded = fold(noisy.text)
        codes = framed(noisy.text, folded)
        places = weigh(noisy.text, folded, codes, find_places(codes), model)
        lengths = {end: end - start for start, end in noisy.insertions}
        inserted = np.array([lengths.get(int(end), 0) for end in places.ends], dtype=np.intp)
        # The set that was drawn from is known here; the decoder finds it out.
        drawn = _sets()[0] if pool == "simplified" else _sets()[[0, 2]].mean(axis=0)
        noise = np.log(0.9 * drawn[places.characters] + 0.1 * _sets()[3][places.characters] + 1e-12).cumsum(axis=1)
        features = np.concatenate([places.features, noise[..., None]], axis=2)
        # What was put where the decoder never looks teaches nothing.
        learnt = (inserted == 0) | places.possible[np.arange(len(inserted)), np.maximum(inserted - 1, 0)]
        prior = np.full(len(inserted), math.log(rate / (1 - rate) / 3))
        parts.append((features[learnt], places.possible[learnt], inserted[learnt], prior[learnt]))
    return Sample(*(np.concatenate(part) for part in zip(*parts, strict=True)))


def fit(sample: Sample) -> tuple[Floats, float]:
    """The weights of a conditional logit, and its loss."""
    chosen = sample.inserted[:, None] == np.arange(1, 4)

    def loss(weights: Floats) -> tuple[float, Floats]:
        scores = np.where(sample.possible, sample.features @ weights + sample.prior[:, None], -np.inf)
        total = np.logaddexp(0, np.logaddexp.reduce(scores, axis=1))
        right = np.where(chosen, scores, 0.0).sum(axis=1, where=chosen)
        probabilities = np.exp(scores - total[:, None])
        gradient = np.einsum("pk,pkf->f", probabilities - chosen, sample.features) / len(total)
        return (
            float((total - right).mean() + _PENALTY * weights @ weights),
            gradient + 2 * _PENALTY * weights,
        )

    start = np.zeros(len(FEATURES))
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 400})
    return found.x, float(found.fun)


if __name__ == "__main__":
    main(sys.argv[1:])
