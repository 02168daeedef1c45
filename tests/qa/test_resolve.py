from __future__ import annotations

import pytest

from qa.resolve import answered_items, resolve

ONES = (
    "《携手行动》的具体工作思路可以概括为“四个一”:一是深化一个理念。[1]二是举办一系列活动。[1]"
    "三是推动出台一系列支持措施。[1]"
)
CHAINS = "以创新链、产业链、供应链、数据链、资金链、服务链、人才链“七条链”为重点。[1]"


@pytest.mark.parametrize(
    ("text", "before", "alone"),
    [
        ("那供应链呢", "巩固产业链有哪些措施", "巩固供应链有哪些措施"),
        ("供应链呢？", "巩固产业链有哪些措施？", "巩固供应链有哪些措施？"),
        ("那上海市又如何？", "北京市补贴多少", "上海市补贴多少"),
        ("那《行动计划》呢", "《携手行动》的目标是什么", "《行动计划》的目标是什么"),
        ("那2022年的携手行动呢？", "三年行动计划是谁印发的？", "2022年的携手行动是谁印发的？"),
        ("那携手行动呢", "《行动计划》由谁印发", "携手行动由谁印发"),
        ("那2022年的呢？", "三年行动计划是谁印发的？", "三年行动计划是谁印发的？ 2022年"),
        ("那《\\d》呢", "《甲》由谁印发", "《\\d》由谁印发"),
        ("那《\\g<0>》呢", "《甲》由谁印发", "《\\g<0>》由谁印发"),
        ("那优惠政策呢", "小微企业要满足什么规定才能贷款", "小微企业要满足什么规定才能贷款 优惠政策"),
        ("那工业电商呢？", "各地要举办什么活动", "各地要举办什么活动 工业电商"),
    ],
)
def test_another_noun_takes_the_place_of_the_one_it_is_contrasted_with(text: str, before: str, alone: str) -> None:
    assert resolve(text, [before], []) == alone


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("它支持多少个园区", "《行动计划》 支持多少个园区"),
        ("那它支持多少个园区", "《行动计划》 支持多少个园区"),
        ("该计划由谁负责", "《行动计划》 由谁负责"),
        ("其主要任务有哪些", "《行动计划》 主要任务有哪些"),
        ("上述措施何时开始执行", "《行动计划》 何时开始执行"),
        ("以上措施何时开始执行", "《行动计划》 何时开始执行"),
        ("对以上措施有哪些要求", "《行动计划》 对有哪些要求"),
        ("此项目何时开始执行", "《行动计划》 何时开始执行"),
        ("要用多久完成？", "《行动计划》 要用多久完成？"),
        ("一共几个部门？", "《行动计划》 一共几个部门？"),
    ],
)
def test_a_pronoun_or_a_question_without_a_subject_carries_over_the_text_asked_about(text: str, alone: str) -> None:
    assert resolve(text, ["《行动计划》是谁印发的？"], []) == alone


def test_who_adds_hardly_a_word_asks_about_all_that_was_asked_about() -> None:
    assert resolve("那到什么时候", ["《携手行动》的目标是什么？"], []) == "《携手行动》的目标 到什么时候"


def test_without_a_name_the_question_before_is_carried_over_but_for_its_asking() -> None:
    found = resolve("这些钱支持多少家开发区", ["中央财政为特色载体投了多少资金？"], [])

    assert found == "中央财政为特色载体投了 资金 钱支持多少家开发区"


@pytest.mark.parametrize(
    "text",
    [
        "需要提交什么材料？",
        "逾期提交怎么办？",
        "向哪个部门申请？",
        "申请截止日期是哪天？",
        "补贴标准是多少？",
        "审核要多长时间？",
        "审核通过之后多久能到账？",
        "目标是什么？",
        "支持多少家？",
        "最高能拿多少钱？",
        "不符合条件会怎么样？",
        "个体工商户也可以申请吗？",
    ],
)
def test_what_may_be_asked_of_any_policy_is_asked_of_the_one_spoken_of_before(text: str) -> None:
    assert resolve(text, ["企业上云补贴怎么申请？"], []) == f"企业上云补贴 {text}"
    assert resolve(text, ["《甲》里企业上云补贴的申请条件是什么？"], []) == f"《甲》里企业上云补贴 {text}"


@pytest.mark.parametrize(
    "before",
    ["领军人才补贴有多少？", "新材料产业政策有哪些？", "《专项资金管理办法》是谁印发的？", "污水处理减免有多少？"],
)
def test_no_name_loses_a_word_that_may_be_asked_of_any_policy(before: str) -> None:
    name = before[:5]
    assert resolve("申请条件是什么？", [before], []).startswith(name)


@pytest.mark.parametrize("text", ["还有呢", "还有吗？", "那还有什么", "其他的呢"])
def test_who_wants_more_asks_the_same_again(text: str) -> None:
    assert resolve(text, ["服务链有哪些措施"], []) == "服务链有哪些措施"


@pytest.mark.parametrize(
    ("text", "answer", "item"),
    [
        ("那第三条呢", ONES, "三是推动出台一系列支持措施"),
        ("第3项具体讲什么", ONES, "三是推动出台一系列支持措施"),
        ("第五条呢", CHAINS, "五是资金链"),
        ("第一个呢", CHAINS, "一是创新链"),
        ("第一呢", CHAINS, "一是创新链"),
        ("第二是什么", CHAINS, "二是产业链"),
        ("第二类有哪些措施", CHAINS, "二是产业链"),
        ("第三方面具体讲什么", ONES, "三是推动出台一系列支持措施"),
        ("第六条呢", ONES, "六是"),
        ("第二条呢", "没有列举", "二是"),
    ],
)
def test_an_ordinal_picks_the_item_of_the_list_answered_last(text: str, answer: str, item: str) -> None:
    found = resolve(text, ["《携手行动》的重点是什么"], [answer, CHAINS])

    assert f" {item}" in found
    assert (found + " ").split(item)[1].split(" ")[0] == ""


@pytest.mark.parametrize(
    "text",
    [
        "中央财政投入多少资金",
        "《携手行动》由几个部门印发",
        "其他城市的住房公积金贷款最多能贷多少",
        "企业应该如何申报这类项目",
        "百场万企洽谈会在哪里举办",
        "那些没有参保的困难职工家庭能不能领取临时生活补助",
        "专精特新中小企业的认定标准怎么样",
        "60岁以上老人有什么补贴",
        "50人以上企业可以申请吗",
        "县级以上人民政府要承担哪些责任",
        "规模以上工业企业有哪些补助",
        "第三方机构要满足哪些条件",
        "第三方面临哪些要求和限制",
        "第12条说了什么",
        "第10项是什么内容",
        "第二十条是什么内容",
        "第一季度GDP增长多少",
        "第一个五年规划何时编制完成",
        "第三产业的比重是多少",
        "第二类医疗器械经营如何备案",
        "此外企业还要做什么",
        "此次补贴的标准是多少",
        "这次补贴的标准是多少",
        "因此企业需要提交哪些材料",
        "特色载体申请条件是什么",
        "特色载体可以申请吗",
    ],
)
def test_a_question_on_a_subject_of_its_own_is_left_as_it_is(text: str) -> None:
    assert resolve(text, ["《行动计划》是谁印发的？"], [ONES]) == text


def test_a_chain_of_questions_is_followed_to_its_beginning() -> None:
    assert resolve("那数据链呢", ["那供应链呢", "巩固产业链有哪些措施"], []) == "巩固数据链有哪些措施"


@pytest.mark.parametrize("text", ["那第二类呢", "第二类呢？"])
def test_another_number_of_the_same_takes_its_place(text: str) -> None:
    assert resolve(text, ["第一类楼宇是什么？"], [ONES]) == "第二类楼宇是什么？"


@pytest.mark.parametrize("text", ["那供应链呢", "它呢", "还有呢", "第三条呢"])
def test_without_an_earlier_question_nothing_is_carried_over(text: str) -> None:
    assert resolve(text, [], [ONES]) == text


@pytest.mark.parametrize("text", ["呢", "那", "它", "第一", "《》呢", "那《呢", "(((((呢", "那" * 300])
@pytest.mark.parametrize("before", ["", "？", "《", "链", "链" * 5000])
@pytest.mark.parametrize("answer", ["", "、", "、、、", "一是二是", "[1]"])
def test_nothing_that_can_be_typed_is_too_odd(text: str, before: str, answer: str) -> None:
    assert resolve(text, [before], [answer]).strip()


def test_the_items_of_an_answer_are_its_numbered_ones_or_its_longest_run_of_words() -> None:
    assert answered_items(ONES) == ["一是深化一个理念", "二是举办一系列活动", "三是推动出台一系列支持措施"]
    assert answered_items(CHAINS) == ["创新链", "产业链", "供应链", "数据链", "资金链", "服务链", "人才链"]
    assert answered_items("36家。") == []


@pytest.mark.parametrize(
    "text", ["第二条呢", "再说说第二条", "介绍一下第二条", "请具体说明第二条", "你能再详细讲讲第二条"]
)
def test_however_an_item_is_asked_for_it_is_the_one_of_that_number(text: str) -> None:
    assert resolve(text, ["“四个一”是什么"], [ONES]) == "“四个一” 二是举办一系列活动"


@pytest.mark.parametrize("text", ["那文件呢", "那另一份文件呢"])
def test_a_word_for_any_document_takes_no_name_s_place(text: str) -> None:
    assert "《甲》" in resolve(text, ["《甲》由谁印发"], [])
