from __future__ import annotations

import pytest

from qa.name_metadata import unstated


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("这份通知是什么时候印发的", "近日，财政部印发了《关于支持企业的通知（2022-2025年）》。"),
        ("规划是哪一年发布的", "《规划（2021年版）》提出了新的目标。"),
        ("发布机构是谁", "中小企业是发展的主体。"),
        ("文号是多少", "支持50个园区。"),
    ],
)
def test_a_sentence_without_it_does_not_state_a_texts_own_metadata(question: str, sentence: str) -> None:
    assert unstated(question, sentence)


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("这份通知是什么时候印发的", "2022年5月，财政部印发了通知。"),
        ("计划哪一年印发", "财政部于2018年印发了《三年行动计划》。"),
        ("哪些部门印发", "财政部、科技部联合印发了通知。"),
        ("文号是多少", "《通知》（财建〔2018〕408号）提出了要求。"),
        ("支持多少个园区", "中小企业是发展的主体。"),
        ("什么时候完成", "尽快完成。"),
    ],
)
def test_a_sentence_that_has_it_states_it_and_other_questions_ask_for_none(question: str, sentence: str) -> None:
    assert not unstated(question, sentence)
