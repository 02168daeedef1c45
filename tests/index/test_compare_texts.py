from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.compare_texts import Block, Text, common_stretch, pieces
from index.take_letters import letters_of

BODY = (
    "为支持中小企业数字化转型，市财政安排专项资金2000万元，用于购买服务、培训和设备更新。"
    "符合条件的企业应当在本市登记注册，上一年度营业收入不低于500万元，且没有严重失信记录。"
    "申报单位对材料的真实性负责，弄虚作假的，追回资金并在三年内不再受理其申请。"
    "各区主管部门收到材料后十个工作日内提出意见，报市级主管部门组织专家评审，评审结果向社会公示。"
    "资金按照先建后补的方式拨付，项目验收合格后一次性到位，单个项目补助不超过50万元。"
)


def text(written: str, noise: int = 0, **names: str) -> Text:
    letters = letters_of(written)
    stated = [letters_of(names[name]).text if name in names else None for name in ("title", "issuer", "number")]
    return Text(letters.text, letters.closed, letters.gaps, noise, stated)


def is_copy(copy: Text, other: Text) -> bool:
    return bool(common_stretch(copy, other))


def test_a_text_is_a_copy_of_itself_whatever_its_marks() -> None:
    assert common_stretch(text(BODY), text(BODY.replace("，", " ").replace("。", "\n"))) == (
        Block(0, 0, len(letters_of(BODY).text)),
    )


@pytest.mark.parametrize("around", ["首页 政策文件 正文\n{}", "{}\n主办单位 某某网 版权所有", "{}\n2022年5月12日"])
def test_what_only_one_has_around_it_is_no_difference(around: str) -> None:
    assert is_copy(text(around.format(BODY)), text(BODY))
    assert is_copy(text(BODY), text(around.format(BODY)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("{}\n北京市财政局", "{}\n上海市财政局"),
        ("{}\n2021年5月12日", "{}\n2022年5月12日"),
        ("北京市财政局关于专项资金的通知\n{}", "上海市财政局关于专项资金的通知\n{}"),
    ],
)
def test_what_both_have_on_the_same_side_must_agree(one: str, other: str) -> None:
    assert not is_copy(text(one.format(BODY)), text(other.format(BODY)))


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("2000万元", "3000万元"),
        ("50万元。", "60万元。"),
        ("三年内", "五年内"),
        ("十个工作日", "二十个工作日"),
        ("本市登记", "本省登记"),
        ("不再受理", "再受理"),
        ("和设备更新", "和设备更新改造"),
        ("、培训", ""),
    ],
)
@pytest.mark.parametrize("noise", [0, 100])
def test_another_edition_is_no_copy(was: str, now: str, noise: int) -> None:
    assert was in BODY
    edition = text(BODY.replace(was, now))
    assert not is_copy(edition, text(BODY))
    assert not is_copy(text(BODY), edition)
    if noise and len(now) < len(was):  # what the noisy text lacks is no noise
        assert not is_copy(text(BODY.replace(was, now), noise), text(BODY))


def test_noise_left_by_cleaning_is_forgiven_where_cleaning_found_as_much() -> None:
    left = BODY.replace("2000万元，", "2000万元统台，").replace("失信记录。", "失信jì记录服英。")
    assert is_copy(text(left, noise=3), text(BODY))
    assert is_copy(text(BODY), text(left, noise=3))
    assert not is_copy(text(left, noise=2), text(BODY))
    assert not is_copy(text(left), text(BODY))
    assert not is_copy(text(left), text(BODY, noise=9))


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("2000万元，", "2000万元统台宾服，"),
        ("不低于", "不得低于"),
        ("2000万元，", "2000万元三，"),
        ("2000万", "20001万"),
    ],
)
def test_what_does_not_look_like_noise_is_not_forgiven(was: str, now: str) -> None:
    assert not is_copy(text(BODY.replace(was, now, 1), noise=100), text(BODY))


def test_lines_near_the_ends_come_and_go_with_the_site() -> None:
    title = "关于支持中小企业数字化转型的若干措施"
    one, other = f"{title}\n{BODY}\n特此通知", f"{title}\n沪财发〔2022〕14号 来源：市财政局\n{BODY}\n特此通知"
    blocks = common_stretch(text(one), text(other))
    assert len(pieces(blocks)) == 2
    assert is_copy(text(other), text(one))
    dated = f"{title}\n沪财发〔2022〕15号 来源：市财政局\n{BODY}\n特此通知"
    assert not is_copy(text(dated), text(other))


def test_lines_amid_the_text_are_a_difference() -> None:
    assert not is_copy(text(f"{BODY}\n{BODY[::-1]}"), text(f"{BODY}\n相关阅读：税收优惠\n{BODY[::-1]}"))


def test_a_text_that_was_cut_short_is_a_copy_and_an_excerpt_is_none() -> None:
    letters = len(letters_of(BODY).text)
    assert is_copy(text(BODY[: int(len(BODY) * 0.75)]), text(BODY))
    assert not is_copy(text(BODY[: int(len(BODY) * 0.4)]), text(BODY))
    beginning, end = BODY[: int(len(BODY) * 0.95)], BODY[int(len(BODY) * 0.05) :]
    (block,) = common_stretch(text(beginning), text(end))
    assert block.copy + block.length == len(letters_of(beginning).text)
    assert block.text == 0
    assert block.length < letters


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ({"issuer": "北京市财政局"}, {"issuer": "上海市财政局"}, False),
        ({"number": "〔2021〕5号"}, {"number": "〔2022〕5号"}, False),
        ({"title": "甲市专项资金管理办法"}, {"title": "乙市专项资金管理办法"}, False),
        ({"issuer": "北京市财政局"}, {}, True),
        ({"title": "专项资金管理办法"}, {"title": "专项资金管理办法_某某网"}, True),
        ({"number": "〔2021〕5号"}, {"number": "[2021]5号"}, True),
    ],
)
def test_what_both_state_of_themselves_must_agree(one: dict[str, str], other: dict[str, str], agree: bool) -> None:
    assert is_copy(text(BODY, **one), text(BODY, **other)) is agree  # type: ignore[arg-type]


@pytest.mark.parametrize(("days", "agree"), [(0, True), (90, True), (91, False), (365, False)])
def test_a_mirror_may_be_dated_some_weeks_later_and_an_edition_a_year(days: int, agree: bool) -> None:
    issued = replace(text(BODY), issued_on=date(2022, 5, 12))
    posted = replace(text(BODY), issued_on=date(2022, 5, 12) + timedelta(days))
    assert is_copy(issued, posted) is is_copy(posted, issued) is agree
    assert is_copy(text(BODY), posted)


def test_texts_without_letters_are_no_copies() -> None:
    assert not is_copy(text(""), text(""))
    assert not is_copy(text("……"), text("。"))


def test_very_long_texts_are_compared_letter_by_letter_and_in_no_time() -> None:
    long = "".join(map(chr, np.random.default_rng(1).integers(0x4E00, 0x9FA5, 500_000).tolist()))
    assert is_copy(text(long), text(f"{long}主办单位"))
    assert not is_copy(text(long), text(long[:-300] + "甲" + long[-300:]))


@given(st.data())
def test_the_blocks_are_equal_letters_in_order(data: st.DataObject) -> None:
    letters = letters_of(BODY).text
    start, end = data.draw(st.integers(0, 20)), data.draw(st.integers(len(letters) - 20, len(letters)))
    head, tail = data.draw(st.sampled_from(["", "首页"])), data.draw(st.sampled_from(["", "版权所有"]))
    one, other = Text(head + letters[start:end] + tail), Text(letters)
    at = (0, 0)
    for block in common_stretch(one, other):
        assert at[0] <= block.copy
        assert at[1] <= block.text
        at = block.copy + block.length, block.text + block.length
        assert one.letters[block.copy : at[0]] == other.letters[block.text : at[1]]
