from __future__ import annotations

from itertools import product

import pytest

from index.clean.read_numbers import (
    bracketed_number,
    closing_number,
    is_number_line,
    join_loose,
    leading_number,
    normalise_number,
    serial_number,
    trailing_number,
)


@pytest.mark.parametrize("brackets", ["〔〕", "[]", "【】", "（）", "()", "﹝﹞", "［］", "〖〗"])
def test_a_number_is_the_same_in_all_brackets(brackets: str) -> None:
    opening, closing = brackets[0], brackets[1]
    assert bracketed_number(f"工信部联企业{opening}2022{closing}54号") == "工信部联企业〔2022〕54号"
    loose = f"工信部联企业 {opening} 2022 {closing} 54 号"
    assert normalise_number(loose) == "工信部联企业〔2022〕54号"


@pytest.mark.parametrize("code", ["国发", "苏府办", "发改价格", "肺炎机制综发", ""])
def test_every_code_of_an_institution_is_kept(code: str) -> None:
    assert bracketed_number(f"{code}〔1998〕第1号") == f"{code}〔1998〕第1号"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "根据国发〔2020〕1号",
            "国发〔2020〕1号文件",
            "《办法》（国发〔2020〕1号）",
            "国发〔20〕1号",
            "国发2020年1号",
            "",
        ),
        *("国发〔3020〕1号", "转发国发〔2020〕1号"),
    ],
)
def test_a_number_among_other_words_is_none(text: str) -> None:
    assert bracketed_number(text) is None


@pytest.mark.parametrize(
    ("phrases", "expected"),
    [
        (["财政部公告2020年第6号"], ("财政部公告2020年第6号", "财政部")),
        (["财政部", "税务总局公告2020年第8号"], ("财政部 税务总局公告2020年第8号", "财政部 税务总局")),
        (["国务院令第722号"], ("国务院令第722号", "国务院")),
        (["国家药品监督管理局", "公告", "2021年第51号"], ("国家药品监督管理局公告2021年第51号", "国家药品监督管理局")),
        (["中华人民共和国主席令", "第七十八号"], ("中华人民共和国主席令第七十八号", "中华人民共和国主席")),
        (["关于发展的公告", "2020年第15号"], ("2020年第15号", "")),
        (["武汉市防控指挥部通告（第7号）"], ("武汉市防控指挥部通告第7号", "武汉市防控指挥部")),
        (
            ["四川省应对肺炎", "疫情应急指挥部公告", "（第6号）"],
            ("四川省应对肺炎疫情应急指挥部公告第6号", "四川省应对肺炎疫情应急指挥部"),
        ),
        (["关于发展的通告", "第15号"], None),
        (["财政部", "第15号"], None),
        (["按照令第15号"], None),
        (["财政部公告"], None),
    ],
)
def test_the_number_of_an_order_or_announcement_is_put_together(
    phrases: list[str], expected: tuple[str, str] | None
) -> None:
    assert serial_number(phrases, len(phrases) - 1) == expected


def test_a_number_before_behind_or_in_a_title_is_found() -> None:
    assert leading_number("筑府办发电〔2020〕5号市政府关于发展的通知") == (
        "筑府办发电〔2020〕5号",
        "市政府关于发展的通知",
    )
    assert trailing_number("财政部关于发展的通知人社部发〔2020〕11号") == "人社部发〔2020〕11号"
    assert closing_number("关于发展的通知（鲁安发〔2021〕9号）") == "鲁安发〔2021〕9号"
    for title in ("解读《意见》（国发〔2021〕9号）", "关于贯彻意见的通知（国发〔2021〕9号）", "关于发展的通知"):
        assert closing_number(title) is None
    assert trailing_number("转发《关于发展的通知》国发〔2021〕9号") is None


def test_blanks_inside_numbers_and_days_go_and_others_stay() -> None:
    assert join_loose("第 57 号  2021 年 3 月 8 日 财政部 1 号楼") == "第57号  2021年3月8日 财政部 1号楼"
    for text in ("财政部 税务总局", "自2022年 起 施行", "2 个 3 个"):
        assert join_loose(text) == text


@pytest.mark.parametrize("kind", ["令", "公告", "通告"])
def test_the_lines_of_a_number_are_known(kind: str) -> None:
    for line, expected in product([kind, "国发〔2020〕1号", "第 5 号"], [True]):
        assert is_number_line(line) is expected
    assert not is_number_line("关于发展的通知")
