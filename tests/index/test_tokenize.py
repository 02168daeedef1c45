from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from unittest.mock import patch

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.clean.fold import fold
from index.read_amounts import amounts
from index.tokenize import characters, sound, sounds, terms

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
        ("二〇二二年", ["2022", "二〇", "〇二", "二二", "二年"]),
        ("投入百亿元", ["投入", "入百", "10000000000", "百亿", "亿元"]),
        ("WTO Café", ["wto", "café"]),
        ("𠮷林省", ["𠮷林", "林省"]),
        ("2022-05-16", ["2022", "5", "05", "16"]),
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
    assert [term for term in terms(run) if not term.isdecimal()] == expected  # a number gives its value as well


@given(TEXTS, TEXTS)
@settings(max_examples=200, deadline=None)
def test_no_term_reaches_across_punctuation_or_a_line(before: str, after: str) -> None:
    for mark in ("。", "\n", "、"):
        assert terms(before + mark + after) == terms(before) + terms(after)


def written(text: str) -> list[str]:
    """The terms of a text without the digits that its numbers amount to, which need not stand there."""
    with patch("index.tokenize.amounts", return_value=()):
        found = terms(text)
    assert Counter(terms(text)) == Counter(found) + Counter(digits for _, digits in amounts(text))
    return found


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_every_letter_and_digit_is_in_a_term_and_nothing_else_is(text: str) -> None:
    held = set("".join(written(text)))
    assert held - {"."} == {character for character in text.lower() if character.isalnum()}


@given(TEXTS)
@example("○2年零二")  # 零二 is 2 as well, and the 2 that stands there comes first
@settings(max_examples=200, deadline=None)
def test_terms_stand_in_the_text_in_their_order(text: str) -> None:
    plain = re.sub(r"(?<=\d),(?=\d)", "", text.lower())
    at = 0
    for term in written(text):
        found = plain.find(term, at)
        assert found >= 0
        at = found


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_case_makes_no_difference(text: str) -> None:
    assert terms(text.upper()) == terms(text.lower()) == terms(text)


def test_a_question_in_either_script_and_width_has_the_terms_of_the_text() -> None:
    assert terms(fold("行動計劃支持５０個ＡＩ項目")) == terms(fold("行动计划支持50个AI项目"))


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ("五十个实体园区", "50个实体园区", "50"),
        ("投入百亿元", "投入100亿元", "10000000000"),
        ("二〇二五年", "2025年", "2025"),
        ("1,000家", "1000家", "1000"),
        ("一千家", "1,000家", "1000"),
        ("５０％", "百分之五十", "50"),
        ("1.5万人", "一万五千人", "15000"),
        ("三年行动", "3年行动", "3"),
        ("2022年5月6日", "2022-05-06", "6"),
    ],
)
def test_a_number_is_found_however_it_is_written(one: str, other: str, shared: str) -> None:
    assert shared in terms(fold(one))
    assert shared in terms(fold(other))


@pytest.mark.parametrize("text", ["一带一路倡议", "十分重要", "第三方机构", "万一发生", "一个", "三五成群", "统一战线"])
def test_a_numeral_in_a_word_is_no_number(text: str) -> None:
    assert terms(text) == list(map("".join, pairwise(text)))


@pytest.mark.parametrize(("typed", "meant"), [("资金连", "资金链"), ("管军", "冠军"), ("元区", "园区")])
def test_homophones_have_one_sound(typed: str, meant: str) -> None:
    assert sounds(typed) == sounds(meant)
    assert terms(typed) != terms(meant)


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_sounds_are_those_of_chinese_bigrams_and_of_nothing_else(text: str) -> None:
    assert sounds(text) == [heard for term in terms(text) if (heard := sound(term)) is not None]
    assert all(len(heard.split("'")) == 2 for heard in sounds(text))
    assert sound("ai") is None
    assert sound("50") is None


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_characters_hold_what_the_terms_hold(text: str) -> None:
    assert set("".join(characters(text))) == set("".join(written(text)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("〇号文件", ["〇", "号", "文", "件"]),
        ("𠮷野家AI", ["𠮷", "野", "家", "ai"]),
        ("\uf900文件", ["\uf900", "文", "件"]),
        ("投入1,000元", ["投", "入", "1000", "元"]),
    ],
)
def test_each_chinese_character_is_one_also_behind_a_rare_one(text: str, expected: list[str]) -> None:
    assert characters(text) == expected
