from __future__ import annotations

import pytest

from qa.expect import Kind, asked_noun, expected, holds


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("中央财政投入多少资金", "number"),
        ("支持几个园区", "number"),
        ("什么时候印发的", "date"),
        ("目标期限是到哪一年", "date"),
        ("要用多久完成", "date"),
        ("由谁来完善", "name"),
        ("哪个部门牵头", "name"),
        ("往哪里迁移", "place"),
        ("为什么要开展", "reason"),
        ("有哪些措施", "list"),
        ("是哪七条链", "list"),
        ("如何优化资金链", "way"),
        ("咨询电话是多少", "contact"),
        ("百场万企是什么", None),
        ("七条链", None),
    ],
)
def test_the_words_of_a_question_tell_what_kind_of_thing_it_asks_for(question: str, kind: Kind | None) -> None:
    assert expected(question) == kind


@pytest.mark.parametrize(
    ("kind", "sentence", "held"),
    [
        ("number", "培育600家企业。", True),
        ("number", "推广四种典型模式。", True),
        ("number", "一批融通发展模式。", False),
        ("date", "计划到2025年。", True),
        ("date", "用三年时间。", True),
        ("date", "支持50个园区。", False),
        ("list", "品牌、设计研发能力。", True),
        ("list", "深化一个理念。", False),
        ("reason", "为贯彻落实决策部署。", True),
        ("contact", "电话：0258799064", True),
    ],
)
def test_a_sentence_holds_a_kind_or_does_not(kind: Kind, sentence: str, held: bool) -> None:
    assert holds(kind, sentence) == held


@pytest.mark.parametrize(
    ("question", "noun"),
    [
        ("专精特新“小巨人”企业的认定标准是什么？", "标准"),
        ("大企业不开放创新资源会受到什么处罚？", "处罚"),
        ("申请打造特色载体需要提交哪些材料？", "材料"),
        ("专家到中小企业兼职，报酬怎么算？", "报酬"),
        ("入选的企业能拿多少奖补资金？", "奖补"),
        ("服务和人才起什么作用？", "人才"),
        ("有哪些措施", None),
        ("什么是融通的灵魂", None),
    ],
)
def test_the_noun_that_is_asked_for_is_found_where_there_is_one(question: str, noun: str | None) -> None:
    assert asked_noun(question) == noun
