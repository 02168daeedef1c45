"""How much all features of an insertion together speak for it: a small neural net over those of `weigh_insertions`.

The net is a table of weights, `insertion_net.npz`, made by `eval.fit_insertions`. A sum of features alone finds less: a
word that ends at the mark says much where no term does, and little where one does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from index.clean.character_model import Floats, read_tables

_FILE = "insertion_net.npz"


@dataclass(frozen=True, slots=True)
class InsertionNet:
    """score = x . linear + tanh(x . hidden + bias) . out + noise * log P(characters | drawn at random)."""

    linear: Floats
    """By feature."""
    hidden: Floats
    """Features x units."""
    bias: Floats
    """By unit."""
    out: Floats
    """By unit."""
    noise: float

    @classmethod
    @cache
    def load(cls) -> Self:
        """The net that comes with the program."""
        return cls.of(read_tables(_FILE))

    @classmethod
    def of(cls, tables: Mapping[str, NDArray[Any]]) -> Self:
        """The net of these weights, by the names of the attributes."""
        linear, hidden, bias, out = (tables[name].astype(np.float64) for name in ("linear", "hidden", "bias", "out"))
        return cls(linear, hidden, bias, out, tables["noise"].item())

    def score(self, features: Floats) -> Floats:
        """What the features say, without what the noise says: log-odds, of the shape of all dimensions but the last."""
        found: Floats = features @ self.linear + np.tanh(features @ self.hidden + self.bias) @ self.out
        return found
