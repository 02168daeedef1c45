"""How much all features of an insertion together speak for it: a small neural net over those of `weigh_insertions`.

Its weights are the tables of `insertion_net.npz`, made by `eval.fit_insertions`. A sum of features alone finds less: a
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
_BLOCK = 4096


@dataclass(frozen=True, slots=True)
class InsertionNet:
    """log-odds = score(x) + noise * log P(the characters | drawn at random).

    score(x) = x . linear + tanh(x . hidden + bias) . out
    """

    linear: Floats
    """By feature."""
    hidden: Floats
    """Features x units."""
    bias: Floats
    """By unit."""
    out: Floats
    """By unit."""
    noise: float
    """Of the logarithm."""

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
        """Log-odds by the features alone, which are the last dimension."""
        found = np.empty(features.shape[:-1])
        # A long text has many places, and each has as many units as all its features together.
        for at in range(0, len(features), _BLOCK):
            block = features[at : at + _BLOCK]
            found[at : at + _BLOCK] = block @ self.linear + np.tanh(block @ self.hidden + self.bias) @ self.out
        return found
