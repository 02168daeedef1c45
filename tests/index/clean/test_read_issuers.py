from __future__ import annotations

import pytest

from index.clean.read_issuers import is_institution, is_same_institution, split_issuers, stated_issuers, whole_name


@pytest.mark.parametrize(
    "name",
    [
        *("国务院", "财政部", "国家发展改革委", "教育部办公厅", "国家税务总局北京市税务局", "交通运输部海事局"),
        *("中共扬州市委", "中国人民银行上海总部", "中国石油和化学工业联合会", "黄山市人民政府", "证监会"),
        *("国务院应对新型冠状病毒感染的肺炎疫情联防联控机制综合组", "麻城市疫情防控指挥部", "海关总署"),
    ],
)
def test_a_name_of_an_institution_is_known(name: str) -> None:
    assert is_institution(name)


@pytest.mark.parametrize(
    "words",
    [
        *("", "部", "全部", "领导干部", "各有关部", "联系电话办公室", "财政部税务总局", "江苏省财政厅江苏省商务厅"),
        *(
            "关于印发办法",
            "财政部发布",
            "附件",
            "2022年财政部",
            "公共场所",
            "财政部的",
            "相关部门",
            "记者站",
            "领导小组办公室",
        ),
        *("市教育局、市公安局", "财政部。", "《财政部》"),
    ],
)
def test_other_words_are_no_institution(words: str) -> None:
    assert not is_institution(words)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("财政部 税务总局", ("财政部", "税务总局")),
        ("财 政 部    税 务 总 局", ("财政部", "税务总局")),
        ("市医保局、市公安局，市卫生健康委", ("市医保局", "市公安局", "市卫生健康委")),
        ("国务院（盖章）", ("国务院",)),
        ("财政部 财政部", ("财政部",)),
        ("张三 财政部", ()),
        ("", ()),
    ],
)
def test_a_list_of_institutions_is_taken_apart_or_is_none(text: str, expected: tuple[str, ...]) -> None:
    assert split_issuers(text) == expected


def test_what_a_label_states_is_a_name_even_if_it_looks_like_none() -> None:
    assert stated_issuers("天津 经济技术开发区") == ("天津经济技术开发区",)
    assert stated_issuers(" ") == ()


def test_a_name_broken_in_two_is_one() -> None:
    assert whole_name("四川省应对新型冠状病毒", "肺炎疫情应急指挥部") == "四川省应对新型冠状病毒肺炎疫情应急指挥部"
    assert whole_name("财政部", "税务总局") is None
    assert whole_name("请各单位遵照执行。", "疫情防控指挥部") is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("市政府办公室", "苏州市人民政府办公室", True),
        ("国家药监局", "国家药品监督管理局", True),
        ("四川银保监局", "中国银保监会四川监管局", True),
        ("财政部", "湖南省财政厅", False),
        ("商务部办公厅", "天津市商务局", False),
    ],
)
def test_a_short_form_is_told_from_another_institution(one: str, other: str, same: bool) -> None:
    assert is_same_institution(one, other) is same
    assert is_same_institution(other, one) is same
