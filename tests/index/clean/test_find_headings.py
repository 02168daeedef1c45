from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.clean.find_headings import Style, heading_level, heading_paths, read_number, run_in_heading


def paths(*paragraphs: str) -> list[str]:
    return [" > ".join(path) for path in heading_paths(paragraphs)]


@pytest.mark.parametrize(
    ("text", "style", "number"),
    [
        ("附件1", Style.ANNEX, 1),
        ("附件：", Style.ANNEX, 0),
        ("第一编 总则", Style.PART, 1),
        ("第二部分：重点任务", Style.PART, 2),
        ("第十二章 附则", Style.CHAPTER, 12),
        ("第12章 附则", Style.CHAPTER, 12),
        ("第三节 监督", Style.SECTION, 3),
        ("第二十一条 为了规范", Style.ARTICLE, 21),
        ("第一百零三条 附则", Style.ARTICLE, 103),
        ("第一百〇五条 附则", Style.ARTICLE, 105),
        ("一、背景", Style.FIRST, 1),
        ("十二、组织实施", Style.FIRST, 12),
        ("(二)基本原则", Style.SECOND, 2),
        ("1.发展目标", Style.THIRD, 1),
        ("12．发展目标", Style.THIRD, 12),
        ("2.1.3 应急响应", Style.DECIMAL, 3),
        ("（12）发展目标", Style.FOURTH, 12),
        ("(b) 在香港登记", Style.LETTER, 2),
        ("一是深化理念", Style.POINT, 1),
        ("二要加强领导", Style.POINT, 2),
        ("问：怎样申领？", Style.QUESTION, 0),
    ],
)
def test_a_paragraph_is_read_by_the_number_it_begins_with(text: str, style: Style, number: int) -> None:
    numbered = read_number(text)
    assert numbered is not None
    assert (numbered.style, numbered.number) == (style, number)


@pytest.mark.parametrize(
    "text",
    [
        "2022年5月16日",
        "1.5万元以下的项目",
        "2.0版",
        "10万元",
        "一、二年级学生",
        "1、2号楼居民",
        "三、四线城市",
        "第五条第二款规定的情形",
        "第三条、第四条除外",
        "首先，加强领导",
        "其次，做好服务",
        "（试行）",
        "（2022年）",
        "一般要求",
        "一要",
        "附件下载",
        "《办法》",
        "",
    ],
)
def test_a_date_a_decimal_or_a_reference_is_no_number(text: str) -> None:
    numbered = read_number(text)
    assert numbered is None or (text == "附件下载" and heading_level(text) is not None), numbered


@pytest.mark.parametrize(
    "text",
    [
        "第一编 总则",
        "第三节 监督",
        "一、关于《携手行动》的背景意义",
        "（一）总体目标",
        "2、发展目标",
        "（1）目标：",
        "一、怎样申领？",
        "附件2 申报表",
    ],
)
def test_a_short_numbered_line_is_a_heading(text: str) -> None:
    numbered = read_number(text)
    assert numbered is not None
    assert heading_level(text) is numbered.style


@pytest.mark.parametrize(
    "text",
    [
        "总则",
        "一、落实各项政策。",
        "（一）有固定的场所；",
        "第一条 为了规范管理",
        "一是深化一个理念",
        "一、" + "长" * 39,
        "1.《促进发展规定》",
        "2.《目录》（2022年版）和《指南》",
        "（一）《关于印发办法的通知》",
        "（十五）按照《中共广东省委办公厅",
        "附件：1.申报表",
        "",
    ],
)
def test_another_line_is_no_heading(text: str) -> None:
    assert heading_level(text) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("一、总体要求。以新发展理念为指导。", "一、总体要求"),
        ("（一）加强组织领导。各地要高度重视。", "（一）加强组织领导"),
        ("1.补贴标准：每人1000元。", "1.补贴标准"),
        ("一是深化一个理念。通过实施行动推动发展。", "一是深化一个理念"),
        ("第五条 申请人应当提交材料。", "第五条"),
        ("第五条【适用范围】本办法适用于企业。", "第五条【适用范围】"),
        ("问：怎样申领？答：网上申领。", "问：怎样申领？"),
        ("（一）加强组织领导。", None),
        ("（三）受理部门应当严格保密。泄露的，追究责任。", None),
        ("（一）企业在30日内向所在地主管部门提出申请并提交全部材料和有关证明文件。逾期不予受理。", None),
        ("加强组织领导。各地要高度重视。", None),
    ],
)
def test_a_heading_run_into_its_paragraph_is_what_stands_before_the_first_full_stop(
    text: str, name: str | None
) -> None:
    assert run_in_heading(text) == name


def test_paragraphs_stand_under_the_headings_above_them() -> None:
    assert paths("序", "一、甲", "（一）乙", "文。", "（二）丙", "文。", "二、丁", "文。", "1.戊") == [
        "",
        "",
        "一、甲",
        "一、甲 > （一）乙",
        "一、甲",
        "一、甲 > （二）丙",
        "",
        "二、丁",
        "二、丁",
    ]


def test_a_paragraph_stands_under_the_heading_it_begins_with_and_so_does_what_goes_on_from_it() -> None:
    assert paths("一、总体要求。以发展为指导。", "到2025年见成效。", "二、任务。抓好落实。") == [
        "一、总体要求",
        "一、总体要求",
        "二、任务",
    ]


def test_an_article_heads_its_further_paragraphs_and_its_items() -> None:
    assert paths(
        "第一章 总则", "第一条 为了发展，制定本办法。", "第二条 下列企业予以支持：", "（一）成立满一年；",
        "（二）依法纳税。", "前款企业由市财政局认定。", "第二章 附则", "第三条 本办法自发布之日起施行。",
    ) == [
        "", "第一章 总则 > 第一条", "第一章 总则 > 第二条", "第一章 总则 > 第二条", "第一章 总则 > 第二条",
        "第一章 总则 > 第二条", "", "第二章 附则 > 第三条",
    ]  # fmt: skip


def test_articles_stand_in_sections_numbered_with_chinese_numerals_and_may_hold_such_items() -> None:
    assert paths("一、总则", "第一条 甲。", "第二条 乙。", "二、分则", "第三条 丙。") == [
        "", "一、总则 > 第一条", "一、总则 > 第二条", "", "二、分则 > 第三条",
    ]  # fmt: skip
    assert paths("第一条 禁止下列行为：", "一、污染水源；", "二、乱倒垃圾。", "第二条 乙。") == [
        "第一条", "第一条", "第一条", "第二条",
    ]  # fmt: skip


def test_a_question_heads_its_answer_with_the_lists_in_it() -> None:
    found = paths(
        "一、税", "问：减吗？", "答：条件是：", "1.小企业；", "2.新办。", "问：期限？", "答：一年。", "二、社保"
    )
    assert found == ["", "一、税", *["一、税 > 问：减吗？"] * 3, "一、税", "一、税 > 问：期限？", ""]
    answer = "答案是这样的，" * 8
    assert paths("防控问答", "口罩怎样选？", answer, "怎样洗手？", answer) == ["", "", "口罩怎样选？", "", "怎样洗手？"]


def test_one_question_among_sentences_heads_nothing() -> None:
    answer = "答案是这样的，" * 8
    assert paths("会议指出", "钱从哪里来？", answer, answer) == [""] * 4


def test_an_annex_stands_under_no_heading_of_the_text_before_it() -> None:
    assert paths("一、甲", "文。", "附件1 申报指南", "一、条件", "文。", "附件2 申报表", "填写说明") == [
        "", "一、甲", "", "附件1 申报指南", "附件1 申报指南 > 一、条件", "", "附件2 申报表",
    ]  # fmt: skip


def test_the_end_of_a_text_stands_under_no_heading() -> None:
    end = ["特此通知。", "附件：1.申报表", "2.登记表", "某市人民政府", "2022年5月16日", "（此件公开发布）"]
    assert paths("一、甲", "文。", *end) == ["", "一、甲", *[""] * 6]
    assert paths("一、甲", "文。", "财政部 税务总局 2020年2月6日") == ["", "一、甲", ""]
    assert paths("一、甲", "文。", "财政部", "二O二〇年二月六日") == ["", "一、甲", "", ""]
    assert paths("一、甲", "本办法自2022年1月1日起施行。", "文。") == ["", "", ""]


def test_the_items_of_a_list_head_nothing() -> None:
    assert paths("一、材料", "提交下列材料：", "1.营业执照", "2.身份证", "材料齐全的，予以受理。") == [
        "",
        *["一、材料"] * 4,
    ]
    assert paths("一、办理", "现规定如下：", "（一）条件", "年满18周岁。", "（二）期限", "一年。") == [
        "", "一、办理", "一、办理", "一、办理 > （一）条件", "一、办理", "一、办理 > （二）期限",
    ]  # fmt: skip


PLAIN = ["申請須知", "申請資格", "須符合以下條件：", "(a) 在香港登記；", "(b) 屬非上市企業。", "審批", "四十日內完成。"]


def test_the_plain_lines_of_a_text_that_numbers_none_are_its_headings() -> None:
    assert paths(*PLAIN, "查詢", "請致電本署。") == [
        *["", ""], *["申請資格"] * 3, *["", "審批"], *["", "查詢"],
    ]  # fmt: skip
    assert set(paths(*PLAIN)) == {""}, "two such lines may be anything"


@pytest.mark.parametrize("line", ["一、总则", "第一条 各地应当执行。", "第一章 总则"])
def test_among_numbered_headings_a_plain_line_heads_nothing(line: str) -> None:
    assert "查詢" not in "".join(paths(line, "文。", *PLAIN, "查詢", "請致電本署。"))


@pytest.mark.parametrize("line", ["市财政局", "工業貿易署", "张三，李四", "2022年", "电话12345", "长" * 17])
def test_who_signs_and_what_is_no_name_of_a_section_heads_nothing(line: str) -> None:
    assert line not in paths(*PLAIN, "查詢", "請致電本署。", line, "文。")


def test_a_short_line_with_a_full_stop_heads_the_deeper_numbers_below_it() -> None:
    assert paths("（一）求助接待。", "1.身体检视。进站测温。", "（二）登记。", "1.查验。查验证件。")[1::2] == [
        "（一）求助接待。 > 1.身体检视",
        "（二）登记。 > 1.查验",
    ]


PARAGRAPHS = st.lists(
    st.sampled_from(
        [
            *[
                "第一章",
                "第二章 总则",
                "一、甲",
                "二、乙。文。",
                "（一）乙",
                "1.丙",
                "（1）丁",
                "一是戊。文。",
                "附件1",
            ],
            *[
                "正文。",
                "第一条 规则",
                "问：甲？",
                "答：乙。",
                "如下：",
                "2022年5月16日",
                "某局",
                "须知",
                "(a) 己。",
                "特此通知。",
                "甲吗？",
                "长" * 50,
            ],
        ]
    ),
    max_size=15,
)


@given(PARAGRAPHS)
@settings(max_examples=300, deadline=None)
def test_a_path_is_made_of_what_stands_above_or_opens_the_paragraph(paragraphs: list[str]) -> None:
    found = heading_paths(paragraphs)
    assert len(found) == len(paragraphs)
    for at, path in enumerate(found):
        # Below a question, which has its own lists, a style may be counted anew.
        styles: list[Style] = []
        for heading in path:
            sources = [above for above in paragraphs[: at + 1] if above.startswith(heading)]
            assert sources
            numbered = read_number(heading)
            styles = [] if numbered is None or numbered.style is Style.QUESTION else [*styles, numbered.style]
            assert len(set(styles)) == len(styles)


@given(PARAGRAPHS, PARAGRAPHS)
@settings(max_examples=100, deadline=None)
def test_a_chapter_closes_whatever_stood_before_it(before: list[str], after: list[str]) -> None:
    chapter = ["第九章 附则", "正文。"]
    assert heading_paths([*before, *chapter, *after])[len(before) + 1 :][:1] in (
        [("第九章 附则",)],
        *([path] for path in heading_paths([*before, *chapter])[-1:] if path[:1] in {("附件1",)}),
    )
