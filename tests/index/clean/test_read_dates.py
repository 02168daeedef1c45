from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.clean.read_dates import last_day, parse_date


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2022-05-16", date(2022, 5, 16)),
        ("2022-5-6", date(2022, 5, 6)),
        ("2022/05/16", date(2022, 5, 16)),
        ("2022.05.16", date(2022, 5, 16)),
        ("2022年5月16日", date(2022, 5, 16)),
        ("2022 年 5 月 16 日", date(2022, 5, 16)),
        ("印发于2022年5月16日。", date(2022, 5, 16)),
        ("2022-05-16 09:30", date(2022, 5, 16)),
        ("2022-02-30", None),
        ("2022-13-01", None),
        ("2022-05", None),
        ("22-05-16", None),
        ("3022-05-16", None),
        ("20220516", None),
        ("二〇二二年五月十二日", date(2022, 5, 12)),
        ("二○二二年十二月三十一日", date(2022, 12, 31)),
        ("二零二二年一月二十日", date(2022, 1, 20)),
        ("二OO九年十月十日", date(2009, 10, 10)),
        ("二Ｏ一一年元月廿八日", date(2011, 1, 28)),
        ("一九九八年三月卅一日", date(1998, 3, 31)),
        ("二〇二二年5月12日", date(2022, 5, 12)),
        ("２０２２年　５月 １２日", date(2022, 5, 12)),
        ("二〇二二年十三月一日", None),
        ("二〇二一年二月三十日", None),
        ("民国111年5月12日", date(2022, 5, 12)),
        ("中华民国 99年1月31日", date(2010, 1, 31)),
        ("中華民國113年4月25日", date(2024, 4, 25)),
        ("111年5月12日", None),
        ("民国111年13月1日", None),
        ("民國三十八年十月一日", None),
        ("中华民国一百一十一年五月十二日", None),
        ("12022年5月16日", None),
        ("", None),
    ],
)
def test_a_date_is_read_as_it_is_written(text: str, expected: date | None) -> None:
    assert parse_date(text) == expected


DIGITS = str.maketrans("0123456789", "〇一二三四五六七八九")


def numeral(number: int) -> str:
    """A number under 100 as documents write days: 二十一."""
    tens, ones = divmod(number, 10)
    written = "" if tens == 0 else "十" if tens == 1 else str(tens).translate(DIGITS) + "十"
    return written + (str(ones).translate(DIGITS) if ones else "")


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_a_day_reads_the_same_in_both_kinds_of_numerals(day: date) -> None:
    chinese = f"{str(day.year).translate(DIGITS)}年{numeral(day.month)}月{numeral(day.day)}日"
    assert parse_date(chinese) == parse_date(day.isoformat()) == day


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.integers(1, 240))
def test_a_period_ends_within_its_months(start: date, months: int) -> None:
    end = last_day(start, months)
    following = end + timedelta(days=1)
    assert end > start
    assert abs((following.year - start.year) * 12 + following.month - start.month - months) <= 1


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        (date(2022, 6, 1), 60, date(2027, 5, 31)),
        (date(2022, 1, 1), 12, date(2022, 12, 31)),
        (date(2020, 2, 29), 12, date(2021, 2, 28)),
        (date(2022, 3, 15), 3, date(2022, 6, 14)),
    ],
)
def test_a_period_ends_the_day_before_its_anniversary(start: date, months: int, expected: date) -> None:
    assert last_day(start, months) == expected
