from __future__ import annotations

import pytest

from qa.split_question import parts


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("《甲》由谁印发，什么时候印发的？", ["《甲》由谁印发", "《甲》 印发 什么时候印发的"]),
        ("100亿元分几年投入？今年批了几家？", ["100亿元分几年投入", "今年批了几家"]),
        ("供应链方面，前者办什么会，后者推广哪种模式？", ["供应链方面 前者办什么会", "供应链方面 后者推广哪种模式"]),
        ("《甲》、《乙》各由谁印发？", ["《甲》各由谁印发？", "《乙》各由谁印发？"]),
        ("《甲》、《乙》和《丙》由谁印发？", ["《甲》由谁印发？", "《乙》由谁印发？", "《丙》由谁印发？"]),
    ],
)
def test_a_question_for_several_things_has_as_many_parts(question: str, expected: list[str]) -> None:
    assert parts(question) == expected


@pytest.mark.parametrize(
    "question",
    [
        "请问，如何申请补贴？",
        "你能告诉我吗，如何申请补贴？",
        "我公司有几十人，能申请支持吗？",
        "中小企业，包括个体工商户，如何申请补贴？",
        "哪怕没有营业执照，也能申请吗？",
        "《甲》和《乙》有什么区别？",
        "七条链是什么，" + "谁，" * 900,
        "什么是甲，" * 100,
        "七条链分别是什么？",
        "老板想学管理，有没有专门的班？",
        "《甲》由谁印发？",
        "七条链",
        "，，？",
        "",
    ],
)
def test_a_question_for_one_thing_stays_as_it_is(question: str) -> None:
    assert parts(question) == [question]


def test_a_later_part_takes_over_what_the_one_before_is_about() -> None:
    first, second = parts("《携手行动》由谁印发，它的目标是什么？")
    assert first == "《携手行动》由谁印发"
    assert "《携手行动》" in second
    assert "目标" in second
