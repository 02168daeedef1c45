from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from eval.train_vocabulary_model import build_tables
from index.clean.character_model import BREAK, SIZE, Lookup, encode, keys_of, unpack
from index.clean.vocabulary_model import TERM_LENGTHS, VocabularyModel


@pytest.fixture(scope="module")
def model() -> VocabularyModel:
    return VocabularyModel.load()


def _log_probability(model: VocabularyModel, context: str, character: str) -> float:
    codes = encode(context + character)
    return float(model.log_probability(codes[-3:-2], codes[-2:-1], codes[-1:])[0])


@pytest.mark.parametrize("context", ["发展", "企业", "改革", "，各", "堃彧", "的的"])
def test_what_may_follow_has_a_total_probability_of_about_one(model: VocabularyModel, context: str) -> None:
    every = np.arange(SIZE, dtype=np.uint64)
    first, second = encode(context)
    total = np.exp(model.log_probability(np.full(SIZE, first), np.full(SIZE, second), every)).sum()
    # Every probability is rounded to within 4 %, and small ones are lost.
    assert total == pytest.approx(1, abs=0.08)


@pytest.mark.parametrize(
    ("context", "likely", "unlikely"), [("有限", "公", "怨"), ("产业", "链", "鳖"), ("公司", BREAK, "彧")]
)
def test_what_terms_say_is_likelier_than_what_they_do_not(
    model: VocabularyModel, context: str, likely: str, unlikely: str
) -> None:
    assert _log_probability(model, context, likely) > _log_probability(model, context, unlikely) + 4


def test_what_is_seen_once_is_left_to_the_shorter_context() -> None:
    tables = build_tables(["融通创新", "融通发展", "通发", "流通创新", "发展"])
    two = dict(zip(keys_of(tables["two_keys"]).tolist(), unpack(tables["two"]).tolist(), strict=True))
    three = Lookup(keys_of(tables["three_keys"]), unpack(tables["three"]))

    def key(text: str) -> int:
        return sum(ord(character) << 16 * at for at, character in enumerate(reversed(text)))

    # 通 is followed by 创 twice and by 发 twice, 0.75 of each is set aside; 流通 stands once.
    assert two[key("通创")] == pytest.approx((2 - 0.75) / 4, rel=0.05)
    assert key("流通") not in two
    # 通创新 stands twice and nothing else follows 通创; 融通创 stands once.
    assert three.get(np.array([key("通创新"), key("融通创")], dtype=np.uint64)).tolist() == pytest.approx(
        [(2 - 0.75) / 2, 0.0], rel=0.05
    )


def test_every_term_passes_the_filter_and_hardly_anything_else() -> None:
    terms = ["产业链", "供应链", "融通创新", "中小企业"]
    filtered = replace(VocabularyModel.load(), terms=build_tables(terms)["terms"])
    for term in terms:
        codes = encode("的" + term)
        assert filtered.term_ends(codes, np.array([len(codes)]), len(term)).all()
        assert not filtered.term_ends(codes, np.array([len(codes) - 1]), len(term)).any()
    drawn = np.random.default_rng(0).integers(0x4E00, 0x9FA0, 20_000).astype(np.uint64)
    for length in TERM_LENGTHS:
        # The whole list fills 49 % of the filter: six bits are all set by chance in one case of 75.
        assert VocabularyModel.load().term_ends(drawn, np.arange(length, len(drawn)), length).mean() < 0.02


def test_terms_of_the_list_are_known_and_noise_is_not(model: VocabularyModel) -> None:
    for term, known in (("产业链", True), ("中小企业", True), ("展统台", False), ("企业统台", False)):
        assert model.term_ends(encode(term), np.array([len(term)]), len(term)).tolist() == [known]
