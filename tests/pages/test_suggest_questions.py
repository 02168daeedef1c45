from __future__ import annotations

from pathlib import Path

import pytest

from qa.ask import Assistant
from qa.pages.suggest_questions import LIMIT, suggest_questions
from qa.question import Question
from tests.stubs import assistant_over, remembering


def over(folder: Path, *texts: str, **more: object) -> Assistant:
    """An assistant over documents of these texts."""
    return assistant_over([{"_id": f"{at}", "text": text, **more} for at, text in enumerate(texts)], folder)


def test_questions_about_the_corpus_are_answered_from_it(assistant: Assistant) -> None:
    assistant = remembering(assistant)
    questions = suggest_questions(assistant)

    assert 3 <= len(questions) <= LIMIT
    assert len(set(questions)) == len(questions)
    replies = [assistant.ask(Question(question)) for question in questions]
    assert all(reply.answer.answerable for reply in replies)
    # Both documents are asked about.
    assert {reply.citations[0].document.id for reply in replies} == set(assistant.index.documents)


@pytest.mark.parametrize(
    ("text", "question"),
    [
        (
            "有关工作已经部署。\n中央财政安排专项资金30亿元支持实体园区建设。",
            "中央财政安排专项资金多少亿元支持实体园区建设？",
        ),
        ("有关工作已经部署。\n对参保企业按每人每年给予不超过1500元稳岗补贴。", None),
        ("有关工作已经部署。\n本省计划建设不少于50个省级实体园区。", "本省计划建设多少个省级实体园区？"),
        ("有关工作已经部署。\n本办法所称小微企业，是指符合国家划型标准的企业。", "小微企业指的是什么？"),
        ("有关工作已经部署。\n一、加强组织领导工作\n各地要加强组织领导工作，明确责任分工。", "如何加强组织领导工作？"),
        (
            "有关工作已经部署。\n一、《补贴办法》的申报条件\n申报条件是依法设立并按时缴费。",
            "《补贴办法》的申报条件有哪些？",
        ),
        # Nothing to ask about: a date, a number of a document, a share, half a quotation, two numbers.
        ("有关工作已经部署。\n本通知自2020年2月1日起在全省范围内施行。", None),
        ("有关工作已经部署。\n根据省政府第12号令以及有关规定执行本通知。", None),
        ("有关工作已经部署。\n对符合条件的参保企业给予50%的社会保险补贴。", None),
        ("有关工作已经部署。\n推出了“首贴最高7500元减息优惠、延期还本”措施。", None),
        ("有关工作已经部署。\n第一批12家企业获得补助资金共计300万元整。", None),
    ],
)
def test_a_question_is_made_of_what_a_text_says(tmp_path: Path, text: str, question: str | None) -> None:
    assert suggest_questions(over(tmp_path, text)) == ([question] if question else [])


def test_every_document_is_asked_about_before_one_is_asked_about_twice(tmp_path: Path) -> None:
    texts = [
        f"有关工作已经部署。\n{place}省计划建设不少于50个省级实体园区。{place}省财政安排专项资金30亿元支持实体园区建设。"
        for place in ("江苏", "浙江", "山东")
    ]
    questions = suggest_questions(over(tmp_path, *texts), limit=4)

    assert ["江苏" in question for question in questions[:3]] == [True, False, False]
    assert len({question[:2] for question in questions[:3]}) == 3


@pytest.mark.parametrize(
    "text", ["", "。", "无", "<script>50个</script>" * 50, "50个" * 5000, "“" * 500 + "支持50个实体园区打造特色载体"]
)
def test_odd_texts_give_questions_that_are_answered_or_none(tmp_path: Path, text: str) -> None:
    assistant = over(tmp_path, f"{text}一", "本省计划建设不少于50个省级实体园区。")

    for question in suggest_questions(assistant):
        assert assistant.ask(Question(question)).answer.answerable
