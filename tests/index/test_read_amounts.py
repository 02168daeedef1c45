from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.read_amounts import amounts

NUMERALS = "零一二三四五六七八九"


def digits(text: str) -> list[str]:
    return [found for _, found in amounts(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("五十个", ["50"]),
        ("三百零五家", ["305"]),
        ("一百二十三万四千五百六十七元", ["1234567"]),
        ("两亿五千万", ["250000000"]),
        ("三万五千亿元", ["3500000000000"]),
        ("百亿元", ["10000000000"]),
        ("七万亿", ["7000000000000"]),
        ("100亿", ["10000000000"]),
        ("3千万", ["30000000"]),
        ("1,200万", ["12000000"]),
        ("1.5万", ["15000"]),
        ("百分之五十", ["50"]),
        ("百分之三点五", ["3.5"]),
        ("二〇二五年", ["2025"]),
        ("二零二〇", ["2020"]),
        ("一九九八年", ["1998"]),
        ("第三条", ["3"]),
        ("一月十五日", ["1", "15"]),
        ("05", ["5"]),
        ("四个一", ["4"]),
    ],
)
def test_a_number_is_read(text: str, expected: list[str]) -> None:
    assert digits(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "一带一路",
        "十分",
        "第三方",
        "万一",
        "一个",
        "一次性",
        "亿万",
        "万万",
        "三百五",
        "一二三产业",
        "50个",
        "0.50",
        "00",
        "零",
        "",
    ],
)
def test_what_counts_nothing_or_is_digits_already_is_left_alone(text: str) -> None:
    assert digits(text) in ([], ["0"] if text == "00" else [])


@given(st.integers(0, 9999))
def test_every_number_below_ten_thousand_is_read_as_it_is_spoken(number: int) -> None:
    assert digits(spoken(number) + "个") == ([] if number == 1 else [str(number)])


def spoken(number: int) -> str:
    """A number as it is said, every digit with its unit and one zero for each gap."""
    if number < 10:
        return NUMERALS[number]
    text = ""
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            text += NUMERALS[digit] + name
        elif text and number % unit and not text.endswith("零"):
            text += "零"
    return text


@given(st.text(st.sampled_from("〇零一二两三九十百千万亿点分之个年0123,. 企")))
def test_nothing_raises_and_places_ascend(text: str) -> None:
    places = [at for at, _ in amounts(text)]
    assert places == sorted(places)
    assert all(found.replace(".", "").isdecimal() for found in digits(text))


@pytest.mark.parametrize(
    "text",
    ["○" * 5000 + "年", "一" + "亿" * 600, "1" + "亿" * 200_000, "0" * 5000 + "1", "百分之三点" + "五" * 5000],
    ids=["line", "units", "arabic", "zeros", "decimals"],
)
def test_a_row_of_numerals_longer_than_any_number_is_none(text: str) -> None:
    assert digits(text) == []
    assert digits(f"{text}，五十个") == ["50"]


def test_the_longest_number_that_is_said_is_read_to_the_last_digit() -> None:
    four = "九千九百九十九"
    assert digits(f"{four}亿{four}万{four}元") == ["9" * 12]
    assert digits("12345678901234567890123456789012万") == ["123456789012345678901234567890120000"]
