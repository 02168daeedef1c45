from __future__ import annotations

from itertools import pairwise

import pytest

from eval.insert_noise import MARKS, insert_noise
from eval.measure_noise import NoiseScore, measure

TEXT = "各省、自治区、直辖市人民政府，国务院各部委：现将通知印发给你们，请认真贯彻执行。（共3条），Q4，\n" * 20


def without(text: str, spans: list[tuple[int, int]]) -> str:
    for start, end in reversed(spans):
        text = text[:start] + text[end:]
    return text


@pytest.mark.parametrize("rate", [0.0, 0.05, 0.5, 1.0])
def test_without_its_insertions_the_text_is_what_it_was(rate: float) -> None:
    noisy = insert_noise(TEXT, rate, seed=1)
    assert without(noisy.text, list(noisy.insertions)) == TEXT


def test_insertions_stand_before_marks_behind_chinese_and_are_one_to_three_long() -> None:
    noisy = insert_noise(TEXT, 1.0, seed=2)
    assert {end - start for start, end in noisy.insertions} == {1, 2, 3}
    assert all(noisy.text[end] in MARKS for _, end in noisy.insertions)
    assert len(noisy.insertions) == sum(
        mark in MARKS and "\u4e00" <= before <= "\u9fff" for before, mark in pairwise(TEXT)
    )


def test_the_rate_is_the_share_of_marks() -> None:
    every = len(insert_noise(TEXT * 10, 1.0, seed=3).insertions)
    assert len(insert_noise(TEXT * 10, 0.2, seed=3).insertions) == pytest.approx(0.2 * every, rel=0.15)


def test_the_same_seed_makes_the_same_noise() -> None:
    assert insert_noise(TEXT, 0.5, seed=4) == insert_noise(TEXT, 0.5, seed=4)
    assert insert_noise(TEXT, 0.5, seed=4) != insert_noise(TEXT, 0.5, seed=5)


def test_the_text_is_turned_into_traditional_script_and_the_noise_is_not() -> None:
    noisy = insert_noise(TEXT, 1.0, seed=6, script="traditional")
    assert "國務院" in noisy.text
    inserted = "".join(noisy.text[start:end] for start, end in noisy.insertions)
    assert inserted.encode("gb2312")


def test_readings_stand_behind_characters_of_the_text() -> None:
    noisy = insert_noise(TEXT, 0.0, seed=7, readings=True)
    assert noisy.text.count("(") > 30
    assert "(zh" in noisy.text


def test_a_score_counts_characters() -> None:
    score = NoiseScore(inserted=10, removed=8, right=6, kept=1000)
    assert (score.precision, score.recall, score.lost) == (0.75, 0.6, 400)
    assert NoiseScore(0, 0, 0, 0).precision == 1


def test_noise_is_measured_as_the_cleaner_takes_it_out() -> None:
    score = measure([TEXT], 1.0)
    assert score.inserted > 200
    assert score.precision > 0.9
    assert score.recall > 0.9
    assert measure([TEXT], 0.0).removed == 0
