from __future__ import annotations

from datetime import date

import pytest

from index.clean.take_header import parse_date, take_header
from index.records import Metadata

NOTHING = Metadata()


def test_the_rows_of_a_header_table_become_metadata() -> None:
    rows = ["发布机构 | 中华人民共和国工业和信息化部 | ||", "号 | 制发日期 | 2022-05-16 |", "党中央高度重视。"]
    expected = Metadata(issuer="中华人民共和国工业和信息化部", issued_on=date(2022, 5, 16))
    assert take_header(rows, NOTHING) == (2, expected)


def test_every_field_is_taken_from_one_row() -> None:
    row = "标题 | 关于促进发展的通知 | 文号 | 工信部〔2022〕54号 | 发文机关 | 工信部 | 成文日期 | 2022年5月16日"
    expected = Metadata("关于促进发展的通知", "工信部", "工信部〔2022〕54号", date(2022, 5, 16))
    assert take_header([row], NOTHING) == (1, expected)


@pytest.mark.parametrize(
    "row",
    [
        "发布机构|工信部",
        "发布机构 ｜ 工信部",
        "发布机构\t工信部",
        "发布机构：| 工信部",
        "发 布 机 构 | 工信部",
        "发布机构: | 工信部 |",
    ],
)
def test_a_row_is_known_however_its_cells_are_parted(row: str) -> None:
    assert take_header([row], NOTHING) == (1, Metadata(issuer="工信部"))


def test_a_label_without_a_value_before_the_next_label_has_none() -> None:
    taken, metadata = take_header(["文号 | | 发布机构 | 工信部", "发文字号 | 成文日期 | 2022-05-16"], NOTHING)
    assert taken == 2
    assert metadata == Metadata(issuer="工信部", issued_on=date(2022, 5, 16))


def test_what_is_already_known_is_kept() -> None:
    known = Metadata(title="题目", issuer="财政部", number="1号", issued_on=date(2020, 1, 1), url="u", extra={"a": 1})
    rows = ["标题 | 别的 | 发布机构 | 工信部 | 文号 | 2号 | 制发日期 | 2022-05-16"]
    assert take_header(rows, known) == (1, known)


def test_of_two_rows_with_the_same_label_the_first_counts() -> None:
    assert take_header(["发布机构 | 工信部", "发布机构 | 财政部"], NOTHING) == (2, Metadata(issuer="工信部"))


@pytest.mark.parametrize("published", ["发布日期", "公开日期"])
def test_the_day_of_writing_counts_before_the_day_of_publishing(published: str) -> None:
    rows = [f"{published} | 2022-05-20 | 成文日期 | 2022-05-16"]
    assert take_header(rows, NOTHING)[1].issued_on == date(2022, 5, 16)


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["党中央、国务院高度重视。"],
        ["发布机构"],
        ["发布机构：工信部"],
        ["项目 | 金额", "发布机构 | 工信部"],
        ["| 发布机构 | 工信部"],
        ["为规范发布机构 | 的行为"],
        ["党中央高度重视。", "发布机构 | 工信部"],
    ],
    ids=" / ".join,
)
def test_lines_that_are_text_are_no_header(lines: list[str]) -> None:
    assert take_header(lines, NOTHING) == (0, NOTHING)


def test_the_header_ends_with_the_first_line_that_is_no_row() -> None:
    lines = ["发布机构 | 工信部", "一、总则", "文号 | 1号"]
    assert take_header(lines, NOTHING) == (1, Metadata(issuer="工信部"))


def test_a_day_that_does_not_exist_is_no_date() -> None:
    assert take_header(["制发日期 | 2022-13-01"], NOTHING) == (1, NOTHING)


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
        ("", None),
    ],
)
def test_a_date_is_read_as_it_is_written(text: str, expected: date | None) -> None:
    assert parse_date(text) == expected
