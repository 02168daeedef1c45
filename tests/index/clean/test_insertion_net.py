from __future__ import annotations

import numpy as np
import pytest

from eval.fit_insertions import Sample, fit
from index.clean.character_model import CharacterModel, Floats
from index.clean.insertion_net import InsertionNet
from index.clean.weigh_insertions import FEATURES, LONGEST, find_places, framed, weigh


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
    return Sample(features, possible, inserted, np.zeros(places), np.zeros((places, LONGEST)))


@pytest.mark.parametrize("alike", [True, False])
def test_what_only_two_features_together_say_is_learnt(alike: bool) -> None:
    sample = _sample(4000, alike=alike)
    tables, _ = fit(sample)
    scores = InsertionNet.of(tables).score(sample.features[:, 0])
    assert ((scores > 0) == (sample.inserted == 1)).mean() > 0.99


def test_the_tables_say_what_the_net_said_that_was_fitted() -> None:
    generator = np.random.default_rng(0)
    places = 4000
    features = generator.normal(5.0, 3.0, (places, LONGEST, len(FEATURES)))
    features[..., -LONGEST:] = np.eye(LONGEST)
    noise, prior = generator.normal(-8.0, 2.0, (places, LONGEST)), generator.normal(-8.0, 2.0, places)
    possible = generator.random((places, LONGEST)) < 0.8

    def scores(said: Floats) -> Floats:
        inserted = np.where(possible, said + prior[:, None], -np.inf)
        return np.concatenate([np.zeros((places, 1)), inserted], axis=1)

    inserted = scores(3 * features[..., 0] + noise).argmax(axis=1)
    tables, loss = fit(Sample(features, possible, inserted, prior, noise))
    net = InsertionNet.of(tables)
    found = scores(net.score(features) + net.noise * noise)
    likelihood = found[np.arange(places), inserted] - np.logaddexp.reduce(found, axis=1)
    assert loss < 0.3
    assert -likelihood.mean() == pytest.approx(loss, rel=1e-3)


def test_a_feature_that_never_varied_gets_no_weight_that_matters() -> None:
    sample = _sample(2000, alike=True)
    sample.features[..., 2] = 7.0
    tables, _ = fit(sample)
    assert abs(tables["linear"]).max() < 100
    assert abs(tables["hidden"]).max() < 100


def test_the_net_has_a_weight_for_each_feature() -> None:
    net = InsertionNet.load()
    assert net.linear.shape == (len(FEATURES),)
    assert net.hidden.shape == (len(FEATURES), len(net.bias))
    assert net.out.shape == net.bias.shape


def test_the_net_speaks_for_what_was_pushed_in_and_against_the_words_it_was_pushed_behind() -> None:
    clean, noisy = "各级各部门要加强组织领导，落实工作责任。", "各级各部门要加强组织领导统台，落实工作责任。"

    def said(text: str) -> Floats:
        codes = framed(text, text)
        places = weigh(text, text, codes, find_places(codes)[:1], CharacterModel.load())
        return InsertionNet.load().score(places.features)

    assert said(noisy)[0, 1] > said(clean).max() + 10
