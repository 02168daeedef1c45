from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from index.clean.document import clean
from index.records import Document, Metadata, RawDocument
from qa.name_metadata import named_metadata, unstated


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("这份通知是什么时候印发的", "近日，财政部印发了《关于支持企业的通知（2022-2025年）》。"),
        ("规划是哪一年发布的", "《规划（2021年版）》提出了新的目标。"),
        ("发布机构是谁", "中小企业是发展的主体。"),
        ("文号是多少", "支持50个园区。"),
        ("什么时候施行", "2024年5月1日印发。"),
        ("计划哪天印发的", "本计划自印发之日起施行，有效期至2026年12月31日。"),
    ],
)
def test_a_sentence_without_it_does_not_state_a_texts_own_metadata(question: str, sentence: str) -> None:
    assert unstated(question, sentence)


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("这份通知是什么时候印发的", "2022年5月，财政部印发了通知。"),
        ("这份通知的印发日期是什么时候", "印发日期：2024年5月1日"),
        ("这份通知的发布日期是什么时候", "发布日期：2024年5月1日。"),
        ("计划哪一年印发", "财政部于2018年印发了《三年行动计划》。"),
        ("哪些部门印发", "财政部、科技部联合印发了通知。"),
        ("文号是多少", "《通知》（财建〔2018〕408号）提出了要求。"),
        ("支持多少个园区", "中小企业是发展的主体。"),
        ("省级老字号奖励多少", "认定为省级以上老字号的，奖励8万元。"),
        ("什么时候完成", "尽快完成。"),
        ("哪一年颁布的", "1684年颁布禁令。"),
        ("哪个月印发的", "5月印发。"),
        ("什么时候实施", "二〇二四年九月一日起实施。"),
        ("什么时候施行", "本办法自印发之日起施行。"),
    ],
)
def test_a_sentence_that_has_it_states_it_and_other_questions_ask_for_none(question: str, sentence: str) -> None:
    assert not unstated(question, sentence)


@pytest.mark.parametrize(
    ("title", "named"),
    [
        ("行动计划", "《行动计划》"),
        ("《行动计划》", "《行动计划》"),
        ("《行动计划》解读", "《行动计划》解读"),
        ("财政部关于印发《办法》", "财政部关于印发《办法》"),
        ("关于印发《行动计划》的通知", "关于印发《行动计划》的通知"),
    ],
)
def test_a_text_is_named_with_each_mark_around_the_name_it_belongs_to(title: str, named: str) -> None:
    nearest = Document("a", "", "", Metadata(title=title, issued_on=date(2022, 5, 1)), (), ())
    assert named_metadata("这个文件什么时候发布", nearest) == f"最接近的文本{named}标注的日期：2022-05-01。"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("支持园区建设。", "“支持园区建设。”"),
        (
            "党中央、国务院高度重视大中小企业融通创新,《国民经济和社会发展规划》提出要求。",
            "“党中央、国务院高度重视大中小企业融通创新,《国民…”",
        ),
    ],
)
def test_a_text_without_a_title_is_named_by_its_opening_words_however_they_are_cut(text: str, named: str) -> None:
    cleaned = clean(RawDocument("a", text, ""))
    nearest = replace(cleaned, metadata=Metadata(issued_on=date(2022, 5, 1)))
    assert named_metadata("这个文件什么时候发布", nearest) == f"最接近的文本{named}标注的日期：2022-05-01。"


def test_the_day_of_issue_is_not_told_to_who_asks_when_a_text_takes_effect() -> None:
    nearest = Document("a", "", "", Metadata(title="办法", issued_on=date(2022, 5, 1)), (), ())
    assert not named_metadata("这个办法什么时候施行", nearest)
