from __future__ import annotations

import numpy as np
import pytest

from index.clean.character_model import MARK, OTHER, SIZE, CharacterModel, Lookup, encode, pack, pair, raw_codes, unpack


@pytest.fixture(scope="module")
def model() -> CharacterModel:
    return CharacterModel.load()


@pytest.mark.parametrize("context", ["企业", "发展", "，各", "\n\n", "0年", "堃彧", "的的"])
def test_what_may_follow_has_a_total_probability_of_about_one(model: CharacterModel, context: str) -> None:
    every = np.arange(SIZE, dtype=np.uint64)
    first, second = encode(context)
    total = np.exp(model.log_probability(np.full(SIZE, first), np.full(SIZE, second), every)).sum()
    # Every probability is rounded to within 4 %, and small ones are lost.
    assert total == pytest.approx(1, abs=0.08)


@pytest.mark.parametrize(
    ("context", "likely", "unlikely"), [("中小", "企", "啤"), ("国务", "院", "怨"), ("等", MARK, "彧")]
)
def test_what_texts_say_is_likelier_than_what_they_do_not(
    model: CharacterModel, context: str, likely: str, unlikely: str
) -> None:
    def log_probability(character: str) -> float:
        codes = encode("\n" + context + character)
        return float(model.log_probability(codes[-3:-2], codes[-2:-1], codes[-1:])[0])

    assert log_probability(likely) > log_probability(unlikely) + 4


def test_the_commonest_word_that_ends_at_a_place_is_found(model: CharacterModel) -> None:
    codes = encode("\n\n支持中小企业发展彧堃，")
    ends = np.array([len(codes) - 3, len(codes) - 1])
    development, none = model.word_ending_at(codes, ends)
    assert development > 5
    assert none == 0
    assert model.word_ending_at(codes, ends, longest=1, least=1).min() > 0


def test_marks_digits_letters_and_blanks_are_one_symbol_each() -> None:
    assert encode("，。;？").tolist() == [ord(MARK)] * 4
    assert encode("05９").tolist() == [ord("0")] * 3
    assert encode("AｚQ").tolist() == [ord("a")] * 3
    assert encode(" \u3000\t\n").tolist() == [ord("\n")] * 4


def test_every_character_has_one_code_whatever_plane_it_is_of() -> None:
    text = "中\U00020000a\ud800"
    assert raw_codes(text).tolist() == [ord("中"), OTHER, ord("a"), 0xD800]


def test_packing_keeps_probabilities_within_a_few_per_cent() -> None:
    probabilities = np.exp(-np.linspace(0, 20, 500))
    assert unpack(pack(probabilities)) == pytest.approx(probabilities, rel=0.05)
    assert unpack(pack(np.zeros(3))).tolist() == [0, 0, 0]


def test_a_lookup_gives_zero_for_what_is_not_there() -> None:
    keys = pair(encode("一一二"), encode("二三三"))
    counts = Lookup.counts(np.concatenate([keys, keys[:1]]))
    assert counts.get(keys).tolist() == [2, 1, 1]
    assert counts.get(pair(encode("三"), encode("一"))).tolist() == [0]
    assert Lookup(np.zeros(0, dtype=np.uint64), np.zeros(0)).get(keys).tolist() == [0, 0, 0]


def test_keys_are_found_in_any_order_and_shape() -> None:
    table = Lookup(np.array([2, 3, 5, 7], dtype=np.uint64), np.array([20.0, 30.0, 50.0, 70.0]))
    wanted = np.array([[7, 1, 3], [2, 9, 3]], dtype=np.uint64)
    assert table.get(wanted).tolist() == [[70, 0, 30], [20, 0, 30]]
    assert table.find(wanted)[1].tolist() == [[True, False, True], [True, False, True]]
    assert table.get(wanted[:, :0]).shape == (2, 0)
