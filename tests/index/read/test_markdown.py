from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from index.errors import UnreadableSource
from index.read.markdown import read_markdown
from index.records import Metadata, RawDocument


def read(text: str) -> RawDocument:
    (document,) = read_markdown(Path("a.md"), text.encode())
    assert isinstance(document, RawDocument)
    return document


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("# 一、总体*要求*\n\n支持**不少于50个**[实体园区](http://a.b/c)。", "一、总体要求\n支持不少于50个实体园区。"),
        ("推动大中小\n企业发展\nby the\nstate", "推动大中小企业发展by the state"),
        ("甲  \n乙", "甲\n乙"),
        ("3. 第一\n4. 第二\n\n   段落\n   - 子项", "3. 第一\n4. 第二\n段落\n子项"),
        ("| 序号 | 项目 |\n|---|:-:|\n| 1 | **设备** |\n| 2 | |", "序号 | 项目\n1 | 设备\n2 |"),
        ("```python\nx = 1\n\ny = 2\n```\n\n    缩进", "x = 1\ny = 2\n缩进"),
        ("<div>甲<ruby>計<rt>jì</rt></ruby>乙</div>\n\n<!-- 注 -->", "甲計乙"),
        ("行内<ruby>計<rt>jì</rt></ruby>劃`a*b`&amp;", "行内計劃a*b&"),
        ("![图1](a.png) ~~旧~~ <http://a.b>", "图1 旧 http://a.b"),
        ("> 引用\n\n---\n\n5 * 3 * 2 _甲", "引用\n5 * 3 * 2 _甲"),
        ("", ""),
    ],
)
def test_marks_go_and_words_stay(written: str, text: str) -> None:
    assert read(written).text == text


def test_front_matter_is_metadata() -> None:
    document = read(
        "---\r\ntitle: 关于促进发展的通知\ndate: 2022-05-16\n发布机构: 工信部\n文号: 工信部〔2022〕5号\nurl: https://a.cn/1\n"
        "level: 3\ntags: [a, b]\n---\n正文。"
    )
    assert document.text == "正文。"
    assert document.metadata == Metadata(
        title="关于促进发展的通知",
        issuers=("工信部",),
        number="工信部〔2022〕5号",
        url="https://a.cn/1",
        extra={"level": 3},
        published_on=date(2022, 5, 16),
    )


@pytest.mark.parametrize(
    "text",
    ["---\n不是字段\n---\n正文。", "---\na: [\n---\n正文。", "---\ntitle: 甲\n正文。", "\n---\ntitle: 甲\n---\n正文。"],
    ids=["no fields", "no YAML", "no end", "not first"],
)
def test_what_is_no_front_matter_is_text(text: str) -> None:
    document = read(text)
    assert document.metadata == Metadata()
    assert "正文。" in document.text.split("\n")[-1]


def test_an_address_that_is_none_is_not_taken() -> None:
    assert read("---\nurl: javascript:alert(1)\n---\n文。").metadata.url is None


def test_references_that_multiply_are_not_followed() -> None:
    levels = "\n".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    document = read(f"---\na: &a [甲, 乙]\n{levels}\ntitle: 题\n---\n正文。")
    assert document.metadata == Metadata("题")
    assert document.digest


@pytest.mark.parametrize(
    "deep", ["[" * 9_000 + "文", "*" * 50_000 + "文", "> " * 30 + "文", "- " * 30 + "文", "-" * 500 + "\n\n文"]
)
def test_marks_nested_deep_lose_nothing(deep: str) -> None:
    assert "文" in read(deep).text


@pytest.mark.parametrize("mark", ["> ", "- ", "1. "])
def test_marks_nested_beyond_measure_are_refused(mark: str) -> None:
    with pytest.raises(UnreadableSource, match="nested deeper than 50"):
        read(mark * 5000 + "文")


def test_brackets_beyond_measure_are_refused_in_time() -> None:
    with pytest.raises(UnreadableSource, match="brackets in one block"):
        read("[" * 1_000_000)


def test_ten_megabytes_on_one_line_and_many_short_ones_are_read() -> None:
    assert len(read("支持企业发展。" * 500_000).text) == 3_500_000
    assert read("甲\n\n" * 30_000 + "甲\n" * 30_000).text.count("甲") == 60_000
