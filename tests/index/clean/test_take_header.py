from __future__ import annotations

from datetime import date

import pytest

from index.clean.take_header import take_header
from index.records import Metadata

NOTHING = Metadata()


def test_the_rows_of_a_header_table_become_metadata() -> None:
    rows = ["发布机构 | 中华人民共和国工业和信息化部 | ||", "号 | 制发日期 | 2022-05-16 |", "党中央高度重视。"]
    expected = Metadata(issuers=("中华人民共和国工业和信息化部",), issued_on=date(2022, 5, 16))
    assert take_header(rows, NOTHING) == (2, expected)


def test_every_field_is_taken_from_one_row() -> None:
    row = "标题 | 关于促进发展的通知 | 文号 | 工信部〔2022〕54号 | 发文机关 | 工信部 | 成文日期 | 2022年5月16日"
    expected = Metadata("关于促进发展的通知", ("工信部",), "工信部〔2022〕54号", date(2022, 5, 16))
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
    assert take_header([row], NOTHING) == (1, Metadata(issuers=("工信部",)))


def test_a_label_without_a_value_before_the_next_label_has_none() -> None:
    taken, metadata = take_header(["文号 | | 发布机构 | 工信部", "发文字号 | 成文日期 | 2022-05-16"], NOTHING)
    assert taken == 2
    assert metadata == Metadata(issuers=("工信部",), issued_on=date(2022, 5, 16))


def test_what_is_already_known_is_kept() -> None:
    known = Metadata(
        title="题目", issuers=("财政部",), number="1号", issued_on=date(2020, 1, 1), url="u", extra={"a": 1}
    )
    rows = ["标题 | 别的 | 发布机构 | 工信部 | 文号 | 2号 | 制发日期 | 2022-05-16"]
    assert take_header(rows, known) == (1, known)


def test_of_two_rows_with_the_same_label_the_first_counts() -> None:
    assert take_header(["发布机构 | 工信部", "发布机构 | 财政部"], NOTHING) == (2, Metadata(issuers=("工信部",)))


@pytest.mark.parametrize("published", ["发布日期", "公开日期", "发布时间", "公布日期"])
def test_the_days_of_writing_and_of_publishing_are_told_apart(published: str) -> None:
    rows = [f"{published} | 2022-05-20 | 成文日期 | 2022-05-16"]
    expected = Metadata(issued_on=date(2022, 5, 16), published_on=date(2022, 5, 20))
    assert take_header(rows, NOTHING)[1] == expected


def test_days_in_force_and_the_index_number_are_taken() -> None:
    rows = ["索 引 号：K3/2022-1 实施日期：2022-06-01", "失效日期：2027年5月31日"]
    expected = Metadata(valid_from=date(2022, 6, 1), valid_until=date(2027, 5, 31), index_number="K3/2022-1")
    assert take_header(rows, NOTHING) == (2, expected)


def test_joint_issuers_are_taken_apart_and_a_phrase_that_is_no_list_is_not() -> None:
    row = "发文机关 | 工业和信息化部办公厅、教育部办公厅"
    assert take_header([row], NOTHING)[1].issuers == ("工业和信息化部办公厅", "教育部办公厅")
    assert take_header(["发文机关 | 工信部等十一部门"], NOTHING)[1].issuers == ("工信部等十一部门",)


@pytest.mark.parametrize("value", ["-", "——", "无", "/", "〔〕号"])
def test_a_dash_states_nothing(value: str) -> None:
    assert take_header([f"文号 | {value}", "发布机构 | 工信部"], NOTHING) == (2, Metadata(issuers=("工信部",)))


@pytest.mark.parametrize(
    "line",
    ["关于促进发展的通知", "各有关单位：", "党中央高度重视。", "一、总则", "财政部关于促进发展的通知"],
)
def test_a_line_below_an_empty_label_is_taken_only_if_it_is_a_value_of_its_kind(line: str) -> None:
    for label in ("主题词：", "成文日期：", "发文字号："):
        taken, _ = take_header(["发布机构：工信部", label, line], NOTHING)
        assert taken == 2, label


def test_a_long_line_of_labels_is_read_in_time() -> None:
    assert take_header(["发布机构：工信部 " * 1_000_000], NOTHING) == (0, NOTHING)


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["党中央、国务院高度重视。"],
        ["发布机构"],
        ["发布机构：工信部"],
        ["项目 | 金额", "发布机构 | 工信部"],
        ["为规范发布机构 | 的行为"],
        ["党中央高度重视。", "发布机构 | 工信部"],
    ],
    ids=" / ".join,
)
def test_lines_that_are_text_are_no_header(lines: list[str]) -> None:
    assert take_header(lines, NOTHING) == (0, NOTHING)


def test_the_header_ends_with_the_first_line_that_is_no_row() -> None:
    lines = ["发布机构 | 工信部", "一、总则", "文号 | 1号"]
    assert take_header(lines, NOTHING) == (1, Metadata(issuers=("工信部",)))


def test_a_day_that_does_not_exist_is_no_date() -> None:
    assert take_header(["制发日期 | 2022-13-01"], NOTHING) == (1, NOTHING)
