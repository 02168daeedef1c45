from __future__ import annotations

import random

import numpy as np
import pytest

from eval.fit_insertions import Sample, fit
from index.clean.insertion_net import InsertionNet
from index.clean.weigh_insertions import FEATURES, LONGEST


def _sample(places: int, *, alike: bool) -> Sample:
    """One character was inserted where two features are alike, or differ: a sum of the two cannot tell."""
    generator = np.random.default_rng(0)
    features = np.zeros((places, LONGEST, len(FEATURES)))
    features[:, 0, :2] = generator.choice([-1.0, 1.0], (places, 2))
    features[:, 0, FEATURES.index("one")] = 1
    same = features[:, 0, 0] == features[:, 0, 1]
    possible = np.zeros((places, LONGEST), dtype=bool)
    possible[:, 0] = True
    inserted = (same if alike else ~same).astype(np.intp)
    return Sample(features, possible, inserted, np.zeros((places, LONGEST)), np.zeros((places, LONGEST)))


@pytest.mark.parametrize("alike", [True, False])
def test_what_only_two_features_together_say_is_learnt(alike: bool) -> None:
    sample = _sample(4000, alike=alike)
    tables, _ = fit(sample)
    scores = InsertionNet.of(tables).score(sample.features[:, 0])
    assert ((scores > 0) == (sample.inserted == 1)).mean() > 0.99


def test_the_tables_say_what_the_net_said_that_was_fitted() -> None:
    sample = _sample(2000, alike=True)
    sample.features[:, 0, 2] = 7.0  # a constant is neither divided by its deviation of 0 nor lost
    tables, loss = fit(sample)
    scores = InsertionNet.of(tables).score(sample.features[:, 0])
    said = np.where(sample.inserted == 1, scores, 0.0) - np.logaddexp(0, scores)
    assert -said.mean() == pytest.approx(loss, abs=1e-3)


def test_the_net_speaks_for_noise_where_no_word_ends_and_against_it_where_one_does() -> None:
    generator = random.Random(0)  # noqa: S311
    features = np.array([[[generator.uniform(0, 4) for _ in FEATURES]]])
    surprising, expected = features.copy(), features.copy()
    for name in ("surprise", "mark after them", "term ends with them"):
        surprising[..., FEATURES.index(name)], expected[..., FEATURES.index(name)] = 15.0, 0.5
    net = InsertionNet.load()
    assert net.score(surprising) > net.score(expected) + 3
