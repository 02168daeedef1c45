from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.clean.fold import fold
from index.tokenize import terms

CHINESE = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1, max_size=12)
TEXTS = st.lists(
    st.one_of(
        CHINESE,
        st.sampled_from(["AI", "wto", "Café", "50", "1,000,000", "3.5", "，", "。", " ", "\n", "%", "𠀀", "〇"]),
    ),
    max_size=8,
).map("".join)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("支持50个AI项目", ["支持", "50", "个", "ai", "项目"]),
        ("行动计划", ["行动", "动计", "计划"]),
        ("甲", ["甲"]),
        ("支持，企业", ["支持", "企业"]),
        ("支持 企业", ["支持", "企业"]),
        ("投入1,000,000元", ["投入", "1000000", "元"]),
        ("增长3.5%", ["增长", "3.5"]),
        ("二〇二二年", ["二〇", "〇二", "二二", "二年"]),
        ("WTO Café", ["wto", "café"]),
        ("𠮷林省", ["𠮷林", "林省"]),
        ("2022-05-16", ["2022", "05", "16"]),
        ("工信部〔2022〕54号", ["工信", "信部", "2022", "54", "号"]),
        ("，。“”（）", []),
        ("", []),
    ],
)
def test_a_text_gives_these_terms(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2021,2022年", ["2021", "2022", "年"]),
        ("第1,2,3条", ["第", "1", "2", "3", "条"]),
        ("2018年,2019,2020年", ["2018", "年", "2019", "2020", "年"]),
    ],
)
def test_a_comma_that_groups_no_thousands_parts_two_numbers(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


@given(CHINESE)
@settings(max_examples=200, deadline=None)
def test_a_run_of_chinese_gives_every_two_neighbours(run: str) -> None:
    expected = [first + second for first, second in pairwise(run)] if len(run) > 1 else [run]
    assert terms(run) == expected


@given(TEXTS, TEXTS)
@settings(max_examples=200, deadline=None)
def test_no_term_reaches_across_punctuation_or_a_line(before: str, after: str) -> None:
    for mark in ("。", "\n", "、"):
        assert terms(before + mark + after) == terms(before) + terms(after)


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_every_letter_and_digit_is_in_a_term_and_nothing_else_is(text: str) -> None:
    held = set("".join(terms(text)))
    assert held - {"."} == {character for character in text.lower() if character.isalnum()}


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_terms_stand_in_the_text_in_their_order(text: str) -> None:
    plain = re.sub(r"(?<=\d),(?=\d)", "", text.lower())
    at = 0
    for term in terms(text):
        found = plain.find(term, at)
        assert found >= 0
        at = found


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_case_makes_no_difference(text: str) -> None:
    assert terms(text.upper()) == terms(text.lower()) == terms(text)


def test_a_question_in_either_script_and_width_has_the_terms_of_the_text() -> None:
    assert terms(fold("行動計劃支持５０個ＡＩ項目")) == terms(fold("行动计划支持50个AI项目"))
