from __future__ import annotations

import pytest

from qa.expect import Kind, asked_noun, defined_in, expected


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
        ("要满足什么条件才能申报", "list"),
        ("是哪七条链", "list"),
        ("如何优化资金链", "way"),
        ("对谎报的人如何处置", "way"),
        ("截至2月10日发放贷款多少元", "number"),
        ("补助额度的百分之几", "number"),
        ("承担百分之三十费用的是哪个部门", "name"),
        ("咨询电话是多少", "contact"),
        ("打电话问天气的服务是哪一年开始的", "date"),
        ("应该打哪个电话举报", "contact"),
        ("用什么邮箱提交材料", "contact"),
        ("联系电话，谢谢", "contact"),
        ("服务热线为群众提供哪些服务", "list"),
        ("热线什么时候开通", "date"),
        ("几时截止申报", "date"),
        ("申报截止了吗", "date"),
        ("截至目前办理退票多少张", "number"),
        ("什么是小巨人企业", "definition"),
        ("2025年要实现什么目标", "goal"),
        ("主要目标有哪些？", "goal"),
        ("目标是培育多少家", "number"),
        ("由谁制定目标", "name"),
        ("如何实现目标", "way"),
        ("为实现目标采取哪些措施", "list"),
        ("公司网站有哪些功能", "list"),
        ("证件号码有误怎么办", "way"),
        ("意见提出了几点要求", "number"),
        ("期限内没有整改怎么处罚", "way"),
        ("哪些单位负责落实目标", "list"),
        ("何文彬是谁", "person"),
        ("何文彬是什么人？", "person"),
        ("罗建平是哪个学校的教授", "person"),
        ("苏敏担任什么职务", "person"),
        ("主席是谁", "name"),
        ("召集人是谁", "name"),
        ("公示期多长", "date"),
        ("秘书处的办公时间？", "date"),
        ("秘书处的地址？", "place"),
        ("百场万企是什么", None),
        ("余款是什么", None),
        ("七条链", None),
    ],
)
def test_the_words_of_a_question_tell_what_kind_of_thing_it_asks_for(question: str, kind: Kind | None) -> None:
    wanted = expected(question)
    assert (wanted and wanted.kind) == kind


@pytest.mark.parametrize(
    ("question", "sentence", "held"),
    [
        ("有多少企业", "培育600家企业。", True),
        ("咨询电话是多少", "陈立 0579-8221 3306；", True),
        ("咨询电话是多少", "查詢請致電2788 5678。", True),
        ("何文彬是谁", "促进处处长何文彬介绍。", True),
        ("何文彬是谁", "何文彬，省财政厅副厅长。", True),
        ("孟晓岚是谁", "联系人：孟晓岚，电话：8332195；", True),
        ("何文彬是谁", "何文彬说，市长来过。", False),
        ("什么时候实施", "《意见》自2024年6月1日起实施。", True),
        ("什么时候实施", "到2026年登记金额突破800亿元。", False),
        ("何时生效", "自发布之日起生效。", True),
        ("秘书处的地址在哪里", "达之路88号三楼。", True),
        ("秘书处的地址在哪里", "企业只设注册地址的不予资助。", False),
        ("咨询电话是多少", "电话：（010）68205301。", True),
        ("咨询电话是多少", "拨打12345。", True),
        ("咨询电话是多少", "行动计划（2022-2025年）。", False),
        ("咨询电话是多少", "拨付50000元，期限120天。", False),
        ("推广几种模式", "推广四种典型模式。", True),
        ("推广几种模式", "一批融通发展模式。", False),
        ("培育多少家小巨人", "中央财政投入100亿元培育小巨人。", False),
        ("培育多少家小巨人", "培育小巨人600余个。", True),
        ("由几个部门发布", "十一部门共同印发。", True),
        ("投入多少亿元", "支持200家开发区。", False),
        ("投入多少亿元", "投入一百亿元。", True),
        ("能拿到多少资金", "每家奖励50万元。", True),
        ("要多少个小时", "不超过24小时。", True),
        ("要多少个小时", "支持24家企业。", False),
        ("延期几个月", "延期3个月。", True),
        ("利率优惠几个百分点", "下浮0.5个百分点。", True),
        ("利率优惠几个百分点", "支持200家企业。", False),
        ("目标期限到什么时候", "计划到2025年。", True),
        ("要多久", "用三年时间。", True),
        ("要多久", "支持50个园区。", False),
        ("利率优惠几个百分点", "形成一批成果。", False),
        ("补助占多少比例", "补助三成。", True),
        ("支持比例较高的企业有多少家", "培育600家企业。", True),
        ("支持比例较高的企业有多少家", "支持比例为5%。", False),
        ("分几年完成", "用三年时间。", True),
        ("分几年完成", "2018年印发。", False),
        ("分几年完成", "三个方面推进。", False),
        ("哪一年印发", "5月12日印发。", False),
        ("哪一年印发", "二〇二二年印发。", True),
        ("哪天截止", "计划到2025年。", False),
        ("哪天截止", "截至6月30日。", True),
        ("开放哪些资源", "品牌、设计研发能力。", True),
        ("开放哪些资源", "深化一个理念。", False),
        ("为什么要开展", "为贯彻落实决策部署。", True),
        ("联系电话是多少", "电话：0258799064", True),
        ("第几款", "首款产品。", True),
        ("第几款", "第3款产品。", True),
        ("第几款", "形成一批成果。", False),
        ("在西元几年独立", "1991年宣布独立。", True),
        ("在西元几年独立", "用很长时间。", False),
        ("有效期是几年", "本办法2018年印发。", False),
        ("有效期是几年", "有效期三年。", True),
        ("多久评估一次", "每半年评估一次。", True),
        ("多久评估一次", "每天评估一次。", True),
        ("多长时间完成", "在18个月内完成。", True),
        ("多久有结果", "15个工作日内作出。", True),
        ("多久有结果", "三十个工作天内完成。", True),
        ("补贴多少", "第五条 扩岗补贴。", False),
        ("补贴多少", "第5条 扩岗补贴。", False),
        ("要实现什么目标", "到2025年形成一批成果。", True),
        ("要实现什么目标", "加强领导。", False),
    ],
)
def test_a_sentence_has_what_is_asked_for_or_has_not(question: str, sentence: str, held: bool) -> None:
    wanted = expected(question)
    assert wanted
    assert wanted.is_in(sentence) == held


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


@pytest.mark.parametrize(
    ("question", "sentence", "defined"),
    [
        ("什么是优质中小企业？", "本细则所称优质中小企业，是指创新能力强的企业。", True),
        ("优质中小企业的定义是什么", "优质中小企业是指创新能力强的企业。", True),
        ("“一条龙”是什么意思", "“一条龙”（见附件）指上下游协同。", True),
        ("什么是优质中小企业？", "创新型中小企业是优质中小企业的基础力量；", False),
        ("优质中小企业有哪些", "优质中小企业是指创新能力强的企业。", False),
    ],
)
def test_a_definition_is_one_of_the_very_thing(question: str, sentence: str, defined: bool) -> None:
    assert defined_in(question, sentence) == defined
