from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from eval.train_word_model import build_tables, segment
from index.clean.character_model import MARK, CharacterModel, encode, unpack
from index.clean.word_model import WINDOW, WordModel


@pytest.fixture(scope="module")
def model() -> WordModel:
    return WordModel.load()


def _number(model: WordModel, word: str) -> int:
    numbers, there = model.find(encode(word), np.array([len(word)]), len(word))
    assert there[0]
    return int(numbers[0])


def _before_mark(model: WordModel, text: str, longest: int = 0) -> list[float]:
    codes = encode(text)
    return [float(odds) for odds in model.before_mark(codes, np.array([len(codes)]), longest)[0]]


@pytest.mark.parametrize("word", ["发展", "工作", "的", "领导小组"])
def test_what_may_follow_a_word_has_a_total_probability_of_about_one(model: WordModel, word: str) -> None:
    every = np.arange(len(model.one))
    total = np.exp(model.log_probability(np.full(len(every), _number(model, word)), every)).sum()
    # Every probability is rounded to within 4 %.
    assert total == pytest.approx(1, abs=0.08)


def test_the_likeliest_words_are_those_of_all_readings(model: WordModel) -> None:
    text = "加强中小企业"[-WINDOW:].rjust(WINDOW, "各")
    codes = encode(text)
    best = -np.inf
    for cuts in product([False, True], repeat=WINDOW - 1):
        ends = [at + 1 for at, cut in enumerate(cuts) if cut] + [WINDOW]
        starts = [0, *ends[:-1]]
        if max(end - start for start, end in zip(starts, ends, strict=True)) > 4:
            continue
        found = [model.find(codes, np.array([end]), end - start) for start, end in zip(starts, ends, strict=True)]
        if not all(there[0] for _, there in found):
            continue
        numbers = [int(number[0]) for number, _ in found] + [ord(MARK)]
        odds = float(np.log(model.one[numbers[0]]))
        odds += float(model.log_probability(np.array(numbers[:-1]), np.array(numbers[1:])).sum())
        best = max(best, odds)
    assert _before_mark(model, text)[0] == pytest.approx(best)


def test_a_mark_is_likelier_behind_a_whole_word_than_behind_what_was_pushed_in(model: WordModel) -> None:
    whole, pushed = "各级各部门工作", "各部门工作统台"
    assert _before_mark(model, whole)[0] > _before_mark(model, pushed)[0] + 10
    with_all, without_two = np.array(_before_mark(model, pushed, 2))[[0, 2]]
    assert without_two > with_all + 10


def test_many_places_are_weighed_as_each_by_itself(model: WordModel) -> None:
    codes = encode("推进改革，扩大开放，" * 1200)
    ends = np.flatnonzero(codes == ord(MARK))[1:]
    ends = np.tile(ends, 2)
    together = model.before_mark(codes, ends, 3)
    assert len(together) == len(ends) > 4096
    assert together[[1, -1]] == pytest.approx(model.before_mark(codes, ends[[1, -1]], 3))
    assert model.before_mark(codes, ends[:0], 3).shape == (0, 4)


def test_a_line_is_read_as_its_likeliest_words() -> None:
    logarithms = {"中": -6.0, "小": -6.0, "企": -9.0, "业": -8.0, "中小": -9.0, "企业": -7.0, "小企": -14.0}
    assert segment("中小企业", logarithms) == ["中小", "企业"]
    assert segment("彧企业", logarithms) == ["彧", "企业"]
    assert segment("", logarithms) == []


def test_tables_hold_what_the_lines_say(model: WordModel) -> None:
    tables = build_tables(["发展经济，发展企业，"] * 4, CharacterModel.load())
    development = _number(model, "发展")
    followers = {_number(model, "经济"), _number(model, "企业")}
    assert set(tables["second"][tables["first"] == development].tolist()) == followers
    # Four times of eight each, less the discount.
    assert unpack(tables["two"][tables["first"] == development]) == pytest.approx((4 - 0.75) / 8, rel=0.05)
    assert unpack(tables["onward"][[development]]) == pytest.approx(0.75 * 2 / 8, rel=0.05)
    assert len(tables["one"]) == len(tables["onward"]) == len(model.one)
