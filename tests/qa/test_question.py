from __future__ import annotations

from collections.abc import Iterator

import pytest

from index.clean.fold import to_traditional
from index.errors import InvalidQuestion
from qa.question import MAX_LENGTH, MAX_TOP_K, Question, Turn, subject


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "？！……", "\N{GRINNING FACE}", "\N{ZERO WIDTH SPACE}", '"*~?:\\/'])
def test_a_question_without_a_letter_or_digit_is_refused(text: str) -> None:
    with pytest.raises(InvalidQuestion, match="question is empty"):
        Question(text)


def test_the_longest_question_is_accepted_and_one_character_more_is_refused() -> None:
    assert len(Question("字" * MAX_LENGTH).search_text) == MAX_LENGTH
    with pytest.raises(InvalidQuestion, match=f"{MAX_LENGTH + 1} characters; at most {MAX_LENGTH}"):
        Question("字" * (MAX_LENGTH + 1))


@pytest.mark.parametrize("top_k", [1, MAX_TOP_K])
def test_the_bounds_of_top_k_are_accepted(top_k: int) -> None:
    assert Question("园区", top_k=top_k).top_k == top_k


@pytest.mark.parametrize("top_k", [-1, 0, MAX_TOP_K + 1, 10_000])
def test_a_top_k_out_of_bounds_is_refused_with_its_value_and_the_bounds(top_k: int) -> None:
    with pytest.raises(InvalidQuestion, match=rf"top_k is {top_k}; it must be from 1 to {MAX_TOP_K}"):
        Question("园区", top_k=top_k)


def test_half_a_character_is_refused_with_its_place() -> None:
    with pytest.raises(InvalidQuestion, match=r"half a character.* at 2"):
        Question("园区\ud800")


def test_half_a_character_in_an_earlier_turn_is_refused() -> None:
    with pytest.raises(InvalidQuestion, match="half a character"):
        Question("那它呢", history=[Turn("user", "园区\ud800")])


@pytest.mark.parametrize(
    "text",
    [
        "行动计划支持多少个实体园区打造特色载体？",
        "七条链包括哪些",
        "中央财政投入多少资金",
        "大企业专家能不能到中小企业兼职",
    ],
)
def test_both_scripts_search_for_the_same_text(text: str) -> None:
    traditional = to_traditional(text)

    assert traditional != text
    assert Question(traditional).search_text == Question(text).search_text == text


def test_full_width_letters_and_digits_are_folded() -> None:
    assert Question("支持５０个ＡＩ项目吗").search_text == "支持50个AI项目吗"


@pytest.mark.parametrize(
    "control", ["\0", "\x01", "\x1b", "\x7f", "\N{REPLACEMENT CHARACTER}", "\N{RIGHT-TO-LEFT OVERRIDE}"]
)
def test_a_control_character_hides_nothing_that_follows_it(control: str) -> None:
    assert Question(f"中央{control}財政投入").search_text == f"中央{control}财政投入"


@pytest.mark.parametrize("text", ["七條鏈包括哪些", "中央財政投入多少資金", "今天天氣怎麼樣", "如何申請護照"])
def test_a_traditional_question_is_known_as_such(text: str) -> None:
    assert Question(text).is_traditional


@pytest.mark.parametrize("text", ["七条链包括哪些", "今天天气怎么样", "what is this", "50", "后勤部门的干部"])
def test_a_question_in_simplified_or_latin_script_is_not_traditional(text: str) -> None:
    assert not Question(text).is_traditional


@pytest.mark.parametrize("text", ["a\0b", "七条\0链", "七條\0鏈"])
def test_the_script_of_a_question_with_a_nul_character_can_be_told(text: str) -> None:
    assert Question(text).is_traditional == Question(text.replace("\0", "")).is_traditional


def test_a_question_that_points_back_is_searched_with_what_was_asked_before_it_in_either_script() -> None:
    history = (Turn("user", "甲"), Turn("user", "行動計劃是什麼"), Turn("assistant", "是一份文件"))

    for text in ("那它支持多少个园区", "那它支持多少個園區"):
        assert Question(text, history=history).search_text == "行动计划 支持多少个园区"


def test_a_question_that_stands_alone_ignores_the_turns_before_it() -> None:
    history = (Turn("user", "行动计划是什么"), Turn("assistant", "是一份文件"))

    assert Question("中央财政投入多少资金", history=history).search_text == "中央财政投入多少资金"


@pytest.mark.parametrize("history", [(), (Turn("assistant", "是一份文件"),)])
def test_a_question_that_points_back_to_nothing_is_searched_as_it_is(history: tuple[Turn, ...]) -> None:
    assert Question("那它支持多少个园区", history=history).search_text == "那它支持多少个园区"


def test_of_a_very_long_turn_only_the_end_is_searched() -> None:
    found = Question("那它呢", history=(Turn("user", "首" + "字" * 10_000 + "尾"),)).search_text

    assert "尾" in found
    assert "首" not in found
    assert len(found) < MAX_LENGTH


def test_only_the_last_turns_of_a_long_conversation_are_read() -> None:
    class Counted(tuple[Turn, ...]):
        read = 0

        def __reversed__(self) -> Iterator[Turn]:
            for turn in reversed(tuple(self)):
                Counted.read += 1
                yield turn

    history = Counted(Turn("user" if at % 2 else "assistant", f"产业链{at}有哪些措施") for at in range(10_000))
    question = Question("那供应链呢", history=history)
    Counted.read = 0

    assert question.search_text == "供应链9999有哪些措施"
    assert Counted.read < 20


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("七条链包括哪些", "七条链"),
        ("百场万企是什么", "百场万企"),
        ("中央财政投入多少资金", "中央财政投入 资金"),
        ("请问如何申请护照", "申请护照"),
        ("专家能不能到中小企业兼职", "专家 到中小企业兼职"),
        ("四种典型模式", "四种典型模式"),
        ("孙文西路于何时修缮", "孙文西路于 修缮"),
        ("和哪一份周刊有关", "和 周刊有关"),
        ("审批结果多久会通知", "审批结果 会通知"),
        ("流程一共有几步", "流程"),
        ("成都有什么政策", "成都 政策"),
        ("任何人都可以申请吗", "任何人都可以申请"),
        ("哪年度预算", "年度预算"),
        ("哪国家", "国家"),
    ],
)
def test_the_subject_of_a_question_is_what_is_left_without_the_asking(text: str, expected: str) -> None:
    assert " ".join(subject(text).split()) == expected


@pytest.mark.parametrize("text", ["什么", "是什么", "谁", "怎么样"])
def test_a_question_that_only_asks_keeps_its_words(text: str) -> None:
    assert subject(text) == text


@pytest.mark.parametrize(
    ("asked", "plain"),
    [
        ("啥是七条链", "什么是七条链"),
        ("七條鏈是甚麼", "七条链是什么"),
        ("咋申报", "怎么申报"),
        ("诊断要自己掏钱吗", "诊断要自己承担费用吗"),
        ("雇个退伍兵能领多少补贴", "雇个退役军人能领多少补贴"),
        ("招一个应届大学生补多少", "招一个高校毕业生补多少"),
        ("什么企业不给发补助", "什么企业不予发补助"),
        ("补助可以花在什么地方", "补助可以用于什么地方"),
        ("该由谁管", "该由谁负责"),
        *(
            (text, text)
            for text in (
                "几号发放到账",
                "需要提交社保证明吗",
                "提交税务登记证",
                "提交费用清单",
                "购买房产",
                "上海归国人员",
                "归谁管理",
                "查看病历",
                "收到账单",
                "学生孩子",
                "托管多久",
                "给不给补",
                "成交税费",
                "中职应届毕业生",
                "坏账准备",
                "“海归小镇”补贴",
                "《个体户条例》",
            )
        ),
        ("多久能到账", "多久能拨付"),
        ("在哪儿办", "在哪里办"),
        ("七条链指的是啥", "七条链是什么"),
        ("七条链是指什么", "七条链是什么"),
        ("七條鏈指甚麼", "七条链是什么"),
    ],
)
def test_words_that_texts_do_not_use_are_put_plainly(asked: str, plain: str) -> None:
    assert Question(asked).search_text == plain


@pytest.mark.parametrize("text", ["请问，七条链是什么", "你好，请问一下，七条链是什么", "谢谢！七条链是什么"])
def test_courtesies_are_not_looked_for(text: str) -> None:
    assert Question(text).search_text == "七条链是什么"


def test_courtesies_do_not_hide_that_a_question_follows_another() -> None:
    before = [Turn("user", "巩固产业链有哪些措施")]
    assert Question("好的，谢谢，那供应链呢", history=before).search_text == "巩固供应链有哪些措施"
    assert Question("谢谢。", history=before).search_text == "谢谢。"
