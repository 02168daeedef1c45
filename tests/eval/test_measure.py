from __future__ import annotations

import math

import pytest

from eval.measure import Returned, answer_within, holds, measure
from eval.read_beir import LabelledQuestion

QUESTION = LabelledQuestion("q", "支持多少个园区", ["50个"], {"a": 1})


def test_a_document_stands_at_the_rank_of_its_best_passage() -> None:
    passages = [Returned("b", "一"), Returned("b", "二"), Returned("a", "三"), Returned("a", "四")]
    scores = measure([QUESTION], {"q": passages})
    assert scores["nDCG@10"] == pytest.approx(1 / math.log2(3))
    assert scores["RR@10"] == pytest.approx(1 / 2)


def test_a_document_beyond_rank_ten_counts_nothing() -> None:
    passages = [*(Returned(str(rank), "字") for rank in range(10)), Returned("a", "50个")]
    assert measure([QUESTION], {"q": passages})["nDCG@10"] == 0


def test_a_question_that_found_nothing_counts_as_zero() -> None:
    found = LabelledQuestion("found", "支持多少个园区", ["50个"], {"a": 1})
    scores = measure([QUESTION, found], {"q": [], "found": [Returned("a", "50个园区")]})
    assert scores["nDCG@10"] == pytest.approx(0.5)
    assert scores["A@1000c"] == pytest.approx(0.5)


def test_the_answer_must_be_read_within_the_budget() -> None:
    passages = [Returned("b", "字" * 990), Returned("a", "支持不少于50个实体园区")]
    assert answer_within(QUESTION, passages, 998)
    assert not answer_within(QUESTION, passages, 997)


def test_only_a_document_of_the_question_holds_its_answer() -> None:
    assert not answer_within(QUESTION, [Returned("b", "支持不少于50个实体园区")], 1000)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("支持不少于５０个，实体园区", "50个实体园区"),
        ("支持不少於50個實體園區", "50个实体园区"),
        ("Ａ类企业", "a类"),
    ],
)
def test_script_width_punctuation_and_case_are_no_difference(text: str, answer: str) -> None:
    assert holds(text, answer)


def test_a_long_answer_is_held_by_three_fifths_of_its_grams() -> None:
    answer = "一二三四五六七八九十甲乙丙丁戊己庚辛壬癸子丑寅卯"
    grams = len(answer) - 7
    held = math.ceil(grams * 0.6)
    assert holds(answer[: held + 7], answer)
    assert not holds(answer[: held + 6], answer)
    assert not holds(answer[:19], answer[:20])


def test_an_answer_of_punctuation_is_held_by_nothing() -> None:
    assert not holds("支持。", "。")


def test_a_document_judged_to_be_of_no_use_holds_no_answer() -> None:
    judged = LabelledQuestion("q", "支持多少个园区", ["50个"], {"a": 0, "b": 1})
    assert not answer_within(judged, [Returned("a", "支持50个园区")], 1000)
