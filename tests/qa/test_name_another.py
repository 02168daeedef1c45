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
    ],
)
def test_a_text_speaks_of_another_province_or_year_if_it_names_some_and_not_the_one_asked_about(
    question: str, title: str, text: str, other: bool
) -> None:
    document = clean(RawDocument("a", text, "a.txt", Metadata(title=title)))
    assert names_another(question, document) == other


def test_what_one_province_pays_does_not_answer_for_another(tmp_path: Path) -> None:
    text = "对首次认定的国家级专精特新小巨人企业，省财政给予一次性奖励50万元。"
    assistant = remembering(assistant_over([{"_id": "a", "title": JIANGSU, "text": text}], tmp_path))
    asked = "省国家级专精特新小巨人企业一次性奖励多少元？"
    assert assistant.ask(Question(f"江苏{asked}")).answer.answerable
    assert not assistant.ask(Question(f"安徽{asked}")).answer.answerable
