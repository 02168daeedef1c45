from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.clean.drop_footer import footer_length

TEXT = "本办法自发布之日起施行。"
LINKS = "江苏省发展和改革委员会 江苏省工业和信息化厅 江苏省财政厅"
FOOTER = [
    LINKS,
    "电话:协会:025-8799064 学会:025-86799482",
    "传真:025-83755381",
    "邮箱:a@example.com",
    "邮编:210019",
    "地址:南京市梦都大街50号",
]
PERMIT = "备案号:苏ICP备13033418号-1"


@pytest.mark.parametrize(
    "permit",
    [
        PERMIT,
        "版权所有 工业和信息化部",
        "Copyright 2022 MIIT",
        "copyright © 2022",
        "京公网安备 11040102700068号",
        "增值电信业务经营许可证:苏B2-20110130",
        "网站标识码bm07000001",
    ],
)
def test_closing_lines_with_a_permit_among_them_are_the_footer(permit: str) -> None:
    assert footer_length([TEXT, *FOOTER, permit]) == len(FOOTER) + 1
    assert footer_length([TEXT, permit, *FOOTER]) == len(FOOTER) + 1


@pytest.mark.parametrize(
    "closing",
    [
        [],
        ["联系电话：010-68205301"],
        ["地址：北京市西城区西长安街13号", "邮编：100804"],
        ["工业和信息化部", "2022年5月16日"],
        ["工业和信息化部 财政部 商务部", "2022年5月16日"],
        [LINKS],
        FOOTER,
    ],
    ids=["nothing", "telephone", "address", "signature", "joint signature", "institutions", "contact lines alone"],
)
def test_without_a_permit_nothing_is_a_footer(closing: list[str]) -> None:
    assert footer_length([TEXT, *closing]) == 0


@pytest.mark.parametrize(
    "own",
    [
        ["联系电话：010-68205301", "工业和信息化部", "2022年5月16日"],
        ["联系人：王某，电话：010-68205301。"],
        ["咨询电话010-68205301，传真010-66017178"],
        ["工业和信息化部 财政部 商务部", "2022年5月16日"],
    ],
    ids=["telephone and signature", "sentence with a telephone", "clause with a telephone", "joint signature"],
)
def test_a_policy_s_own_telephone_and_signature_stay_above_a_footer(own: list[str]) -> None:
    assert footer_length([TEXT, *own, *FOOTER, PERMIT]) == len(FOOTER) + 1


@pytest.mark.parametrize(
    "own", [["联系电话：010-68205301"], FOOTER[1:], ["咨询电话：025-1234567", "传真：025-1234568"]]
)
def test_contact_lines_right_above_a_permit_are_the_text_s(own: list[str]) -> None:
    assert footer_length([TEXT, *own, PERMIT]) == 1
    assert footer_length([TEXT, *own, "主办：某市财政局", PERMIT]) == 2


def test_contact_lines_below_the_signature_are_the_site_s_unless_they_name_whom_to_ask() -> None:
    assert footer_length([TEXT, "某市人民政府", "二○二二年五月十六日", "电话：0512-68610000", PERMIT]) == 2
    signed = [TEXT, "某市人民政府", "2022年5月16日"]
    assert footer_length([*signed, "地址：人民路1号", "电话：0512-68610000", PERMIT]) == 3
    assert footer_length([*signed, "联系人：王某，电话：0512-68610000", PERMIT]) == 1


@pytest.mark.parametrize(
    "line",
    [
        "您是第 1234567 位访问者",
        "今日访问量：1234 总访问量：5678901",
        "建议使用IE9以上浏览器，1024×768分辨率浏览本站",
        "技术支持：某某科技有限公司",
        "主办单位：某省人民政府办公厅",
    ],
)
def test_what_a_site_tells_of_itself_is_footer_above_a_permit_only(line: str) -> None:
    assert footer_length([TEXT, line, PERMIT]) == 2
    assert footer_length([TEXT, line]) == 0


@pytest.mark.parametrize(
    "line",
    [
        "党中央高度重视。 一、总则 为了发展。 版权所有 工业和信息化部",
        "网站应当标明备案号。",
        "未取得增值电信业务经营许可证的，不得经营。",
    ],
)
def test_a_line_with_a_full_stop_is_text(line: str) -> None:
    assert footer_length([line]) == 0
    assert footer_length([TEXT, line]) == 0


@pytest.mark.parametrize(
    "materials",
    [
        ["申请人应当提交下列材料：", "（一）营业执照；", "（二）食品经营许可证"],
        ["一、办理依据", "二、增值电信业务经营许可证的申请"],
        ["表1 网站名称、ICP备案号、负责人"],
        ["第五条 申请书载明下列事项：", "（一）网站名称；", "（二）网站备案号；"],
    ],
    ids=["a licence among documents", "a heading about licences", "a table's caption", "an item about filing numbers"],
)
def test_a_policy_that_speaks_of_permits_keeps_its_last_line(materials: list[str]) -> None:
    assert footer_length([TEXT, *materials]) == 0


def test_lines_above_the_footer_stay() -> None:
    assert footer_length([LINKS, TEXT, PERMIT]) == 1
    assert footer_length([PERMIT, TEXT]) == 0
    assert footer_length([]) == 0


@given(st.lists(st.sampled_from([TEXT, "一、总则", *FOOTER, PERMIT]), max_size=10))
@settings(max_examples=200, deadline=None)
def test_what_is_left_has_no_footer(lines: list[str]) -> None:
    left = lines[: len(lines) - footer_length(lines)]
    assert footer_length(left) == 0
