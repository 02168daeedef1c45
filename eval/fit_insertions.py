"""Fit the net of the insertion decoder on BEIR corpora: `python -m eval.fit_insertions DIR...` writes it.

Every other document is used, so that the rest can measure; half of them are turned into Traditional script. A folder
that is named three times counts three times. `insertion_net.npz` was made of `ncp ncp ncp drcd cmrc`: of policies alone
it would learn to take foreign names in encyclopaedias for noise.
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
import torch
from numpy.typing import NDArray

from eval.insert_noise import Pool, insert_noise
from eval.train_character_model import write_tables
from index.clean import insertion_net
from index.clean.character_model import CharacterModel, Floats
from index.clean.drop_insertions import drawing_sets, log_drawn
from index.clean.fold import fold
from index.clean.weigh_insertions import FEATURES, LONGEST, find_places, framed, weigh

_RATES = (0.1, 0.2, 0.3, 0.5, 0.7)
_SCRIPTS: Sequence[Literal["original", "traditional"]] = ("original", "traditional")
_POOLS: Sequence[Pool] = ("simplified", "simplified", "mixed")
_DRAWS = 6
"""How often noise is put into each document, anew."""
_UNITS, _EPOCHS, _BATCH = 64, 16, 512
# With less decay the net finds as much and is surer of what it takes for noise in texts that have none.
_LEARNING_RATE, _DECAY = 0.006, 0.02


@dataclass(frozen=True, slots=True)
class Sample:
    """Places with what was really inserted before them."""

    features: Floats
    """Places x LONGEST x FEATURES."""
    possible: NDArray[np.bool_]
    inserted: NDArray[np.intp]
    """0 to LONGEST characters."""
    prior: Floats
    """Log-odds of an insertion of one length in the text a place is from."""
    noise: Floats
    """Places x LONGEST: log P(the characters | drawn at random)."""


def main(folders: Sequence[str]) -> None:
    """Write the net beside `index.clean.insertion_net`, and print its loss on the documents it was fitted on."""
    documents = [text for folder in folders for text in list(read_texts(Path(folder)))[::2]]
    tables, loss = fit(make_sample(documents * _DRAWS, seed=1))
    with Path(insertion_net.__file__).with_suffix(".npz").open("wb") as stream:
        write_tables(stream, tables)
    print(f"{loss:.4f} nats a place")  # noqa: T201 - a script's result


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
        shares = np.array((0.9, 0, 0, 0.1, 0) if pool == "simplified" else (0.45, 0, 0.45, 0.1, 0))
        noise = log_drawn(drawing_sets()[:, places.characters], shares)
        # What was put where the decoder never looks teaches nothing.
        learnt = (inserted == 0) | places.possible[np.arange(len(inserted)), np.maximum(inserted - 1, 0)]
        prior = np.full(len(inserted), math.log(rate / (1 - rate) / LONGEST))
        columns = (places.features, places.possible, inserted, prior, noise)
        parts.append([column[learnt] for column in columns])
    return Sample(*(np.concatenate(part) for part in zip(*parts, strict=True)))


def fit(sample: Sample) -> tuple[dict[str, NDArray[np.float32]], float]:
    """The tables of the net, and its loss in nats a place.

    The net is fitted to features of mean 0 and deviation 1; its tables take them as they are.
    """
    torch.manual_seed(0)
    seen = sample.features[sample.possible]
    mean, deviation = seen.mean(axis=0), seen.std(axis=0)
    deviation[deviation == 0] = 1.0  # what never varies says nothing
    features = torch.tensor((sample.features - mean) / deviation, dtype=torch.float32)
    possible, inserted = torch.tensor(sample.possible), torch.tensor(sample.inserted)
    prior, noise = (torch.tensor(column, dtype=torch.float32) for column in (sample.prior, sample.noise))
    linear, hidden = torch.nn.Linear(len(FEATURES), 1), torch.nn.Linear(len(FEATURES), _UNITS)
    out, weight = torch.nn.Linear(_UNITS, 1, bias=False), torch.nn.Parameter(torch.tensor(1.0))

    def loss(batch: torch.Tensor) -> torch.Tensor:
        said = linear(features[batch]) + out(torch.tanh(hidden(features[batch])))
        scores = said.squeeze(-1) + weight * noise[batch] + prior[batch][:, None]
        scores = scores.masked_fill(~possible[batch], -torch.inf)
        return torch.nn.functional.cross_entropy(torch.nn.functional.pad(scores, (1, 0)), inserted[batch])

    parameters = [*linear.parameters(), *hidden.parameters(), *out.parameters(), weight]
    optimizer = torch.optim.AdamW(parameters, weight_decay=_DECAY)
    batches = -(-len(inserted) // _BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, _LEARNING_RATE, total_steps=_EPOCHS * batches)
    for _ in range(_EPOCHS):
        for batch in torch.split(torch.randperm(len(inserted)), _BATCH):
            optimizer.zero_grad()
            torch.autograd.backward(loss(batch))
            optimizer.step()
            schedule.step()
    with torch.no_grad():
        total = float(loss(torch.arange(len(inserted))))
        scale = torch.tensor(1 / deviation, dtype=torch.float32)
        shift = torch.tensor(mean, dtype=torch.float32) * scale
        lengths = torch.arange(len(FEATURES)) >= len(FEATURES) - LONGEST
        tables = {
            # One of the lengths always holds, so that the constant can go to them.
            "linear": linear.weight[0] * scale + lengths * (linear.bias - linear.weight[0] @ shift),
            "hidden": (hidden.weight * scale).T,
            "bias": hidden.bias - hidden.weight @ shift,
            "out": out.weight[0],
            "noise": weight,
        }
    return {name: table.detach().numpy() for name, table in tables.items()}, total


if __name__ == "__main__":
    main(sys.argv[1:])
