from __future__ import annotations

import pytest

from index.clean.document import clean
from index.find_names import Name, OtherNames, names_in
from index.records import Document, RawDocument


def document(text: str, name: str = "a") -> Document:
    return clean(RawDocument(name, text, ""))


@pytest.mark.parametrize(
    ("text", "full", "short"),
    [
        ("工业和信息化部（以下简称工信部）印发通知。", "工业和信息化部", "工信部"),
        ("人力资源和社会保障部(下称“人社部”)决定如下。", "人力资源和社会保障部", "人社部"),
        ("由工業和信息化部（以下簡稱「工信部」）負責。", "工业和信息化部", "工信部"),
        ("现将《中小企业促进法实施条例》（以下简称《条例》）印发。", "中小企业促进法实施条例", "条例"),
        ("各地要依托“中小企业公共服务平台”（以下统称为服务平台）开展工作。", "中小企业公共服务平台", "服务平台"),
        ("为全力支持北京经济技术开发区（简称：经开区）建设。", "经济技术开发区", "经开区"),
    ],
)
def test_a_definition_is_read(text: str, full: str, short: str) -> None:
    assert list(names_in(document(text))) == [Name(full, short)]


@pytest.mark.parametrize(
    "text",
    [
        "工业和信息化部（2022年）印发通知。",
        "甲方（以下简称甲）负责。",
        "（以下简称工信部）",
        "简称工信部。",
        "名称（见附件）。",
    ],
)
def test_what_defines_nothing_is_no_name(text: str) -> None:
    assert list(names_in(document(text))) == []


DEFINING = document(
    "工业和信息化部（以下简称工信部）牵头制定了《促进大中小企业融通创新行动方案》（以下简称《方案》）。\n"
    "由工信部组织实施《方案》。"
)


def test_a_passage_with_one_name_lacks_the_other() -> None:
    names = OtherNames([DEFINING])
    assert names.missing("a", "由工信部组织实施。") == ["工业和信息化部"]
    assert names.missing("a", "由工业和信息化部组织实施。") == ["工信部"]
    assert names.missing("a", "工业和信息化部（以下简称工信部）") == []
    assert names.missing("a", "按照《方案》执行。") == ["促进大中小企业融通创新行动方案"]
    assert names.missing("a", "没有名称。") == []
    assert names.missing("a", "") == []


def test_an_abbreviation_holds_in_every_text_and_a_shortened_name_in_its_own_only() -> None:
    names = OtherNames([DEFINING, document("其他文本。", "b")])
    assert names.missing("b", "由工信部组织实施《方案》。") == ["工业和信息化部"]


def test_an_abbreviation_with_two_meanings_holds_in_their_own_texts_only() -> None:
    one = document("支持北京经济技术开发区（简称经开区）。", "one")
    # 经开区 of another full name.
    two = document("支持青岛经济改革开发区（简称经开区）。", "two")
    names = OtherNames([one, two, document("其他文本。", "three")])
    assert names.missing("one", "经开区企业") == ["经济技术开发区"]
    assert names.missing("two", "经开区企业") == ["经济改革开发区"]
    assert names.missing("three", "经开区企业") == []
