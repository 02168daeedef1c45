from __future__ import annotations

from pathlib import Path

import pytest

from index.clean.document import clean
from index.records import Metadata, RawDocument
from qa.name_another import names_another
from qa.question import Question
from tests.stubs import assistant_over, remembering

JIANGSU = "江苏省关于专精特新企业培育的通知"


@pytest.mark.parametrize(
    ("question", "title", "text", "other"),
    [
        ("安徽省奖励多少", JIANGSU, "奖励50万元。", True),
        ("江苏奖励多少", JIANGSU, "奖励50万元。", False),
        ("奖励多少", JIANGSU, "奖励50万元。", False),
        ("安徽省奖励多少", JIANGSU, "与安徽省协同，奖励50万元。", False),
        ("安徽省奖励多少", "关于专精特新企业培育的通知", "奖励50万元，江苏省除外。", False),
        ("2023年批复多少家", JIANGSU, "2018年批复36家。", True),
        ("2018年批复多少家", JIANGSU, "2018年批复36家。", False),
        ("2018年批复多少家", JIANGSU, "二〇一八年批复36家。", False),
        ("二〇二三年批复多少家", JIANGSU, "二〇一八年批复36家。", True),
        ("2018年批复多少家", JIANGSU, "今年批复36家，投入二千元。", False),
        ("批复多少家", JIANGSU, "2018年批复36家。", False),
        ("2023年批复多少家", JIANGSU, "计划（2022-2025年）批复36家。", False),
        ("2026年批复多少家", JIANGSU, "计划（2022-2025年）批复36家。", True),
        ("2023年补贴多少元", JIANGSU, "每人补贴1500-2000元。", False),
        ("公司2019年成立，补贴多少", JIANGSU, "2023年补贴500元。", False),
        ("北京大学毕业生补贴多少", JIANGSU, "补贴500元。", False),
        ("苏州市奖励多少", "南京市关于专精特新企业培育的通知", "奖励50万元。", True),
        ("南京市奖励多少", "南京市关于专精特新企业培育的通知", "奖励50万元。", False),
        ("苏州奖励多少", JIANGSU, "奖励50万元。", False),
        ("江苏省奖励多少", "南京市关于专精特新企业培育的通知", "奖励50万元。", False),
        ("合肥奖励多少", JIANGSU, "奖励50万元。", True),
        ("厦门市奖励多少", "成都市关于专精特新企业培育的通知", "奖励50万元。", True),
        ("本市其他试点市上市公司奖励多少", "南京市关于专精特新企业培育的通知", "奖励50万元。", False),
        ("如何推广元宇宙和扩大连锁经营", "南京市关于专精特新企业培育的通知", "奖励50万元。", False),
        ("北京时间几点截止", "南京市关于专精特新企业培育的通知", "5点截止。", False),
        ("上海交通大学毕业生奖励多少", "南京市关于专精特新企业培育的通知", "奖励50万元。", False),
        ("发改委审批要多久", JIANGSU, "由发展改革部门审批。", False),
        ("“科技贷”是什么", JIANGSU, "支持科技创新。", True),
        ("白银和来宾怎么安排", "南京市关于专精特新企业培育的通知", "奖励50万元。", False),
        ("教育部负责什么", JIANGSU, "由财政部负责。", True),
        ("工信部负责什么", JIANGSU, "由工业和信息化部负责。", False),
        ("教育部门负责什么", JIANGSU, "由教育局负责。", False),
        ("中央财政部分承担多少", JIANGSU, "中央承担30%。", False),
        ("职工医保报销多少", JIANGSU, "基本医疗保险报销80%。", False),
        ("教育部和财政部负责什么", JIANGSU, "由财政部负责。", False),
        ("前后两份文件对“走出去”分别提了什么", JIANGSU, "深化对外合作。", False),
        ("《个人所得税法》怎么规定", JIANGSU, "依照《中小企业促进法》。", True),
        ("《中小企业促进发》怎么规定", JIANGSU, "依照《中小企业促进法》。", False),
        ("《甲办法》和《中小企业促进法》怎么规定", JIANGSU, "依照《中小企业促进法》。", False),
        ("“百场万企”是什么", JIANGSU, "举办“一链一策”活动。", True),
        ("“一链一策”是什么", JIANGSU, "举办一链一策活动。", False),
        ("「一鏈一策」是什麼", JIANGSU, "舉辦“一鏈一策”活動。", False),
        ("“百厂万企”是什么活动", JIANGSU, "举办“百场万企”活动。", False),
        ("《中华人民共和国中小企业促进法》怎么规定", JIANGSU, "依照中小企业促进法。", False),
        ("请“简要”说明奖励", JIANGSU, "奖励50万元。", False),
        ("《甲办法》由谁管理，“一链一策”是什么", JIANGSU, "举办“一链一策”活动。", False),
        ("OK，AI企业奖励多少", JIANGSU, "人工智能企业奖励50万元。", False),
        ("LPR是多少", JIANGSU, "利率为3%。", True),
        ("lpr是多少", JIANGSU, "按LPR执行。", False),
    ],
)
def test_a_text_speaks_of_something_else_than_what_a_question_names(
    question: str, title: str, text: str, other: bool
) -> None:
    document = clean(RawDocument("a", text, "a.txt", Metadata(title=title)))
    assert names_another(Question(question).search_text, document) == other


def test_what_one_province_pays_does_not_answer_for_another(tmp_path: Path) -> None:
    text = "对首次认定的国家级专精特新小巨人企业，省财政给予一次性奖励50万元。"
    assistant = remembering(assistant_over([{"_id": "a", "title": JIANGSU, "text": text}], tmp_path))
    asked = "省国家级专精特新小巨人企业一次性奖励多少元？"
    assert assistant.ask(Question(f"江苏{asked}")).answer.answerable
    assert not assistant.ask(Question(f"安徽{asked}")).answer.answerable


def test_the_text_of_the_province_asked_about_answers_though_another_says_more(tmp_path: Path) -> None:
    other = "对首次认定的国家级专精特新小巨人企业，给予一次性奖励50万元。"
    records: list[dict[str, object]] = [
        {"_id": "j", "title": JIANGSU, "text": other},
        {"_id": "a", "title": "安徽省支持中小企业发展若干政策", "text": "国家级小巨人，每户奖补100万元。"},
    ]
    assistant = remembering(assistant_over(records, tmp_path))
    said = assistant.ask(Question("安徽省国家级专精特新小巨人企业一次性奖励多少元？")).text("simplified")
    assert "100万元" in said
    assert "50万元" not in said
