from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

from eval.measure import citations_correct
from eval.systems import as_it_is
from index.clean.fold import Script, to_traditional
from index.split import sentences
from qa.answer import DEPTH, Answer, Sentence, answer
from qa.ask import Assistant, Reply
from qa.choose_lists import tells_which
from qa.judge import FEATURES, evidence
from qa.question import Filters, Question
from qa.retrieve import Retrieved, retrieve
from qa.weigh_sentences import ITEM_NAME, Sought, weigh
from tests.stubs import assistant_over, remembering

ANSWERED = [
    "行动计划支持多少个实体园区打造特色载体？",
    "七条链包括哪些",
    "百场万企是什么",
    "中央财政投入多少资金",
    "四种典型模式",
    "携手行动哪些部门印发",
    "大企业专家能不能到中小企业兼职",
]
LIST = "《携手行动》的工作思路“四个一”是什么"
CHAINS = "七条链是哪七条链"
HIGHLIGHTS = "《行动计划》有哪些亮点"
UNANSWERED = ["今天天气怎么样", "个人所得税的起征点是多少", "如何申请护照", "abc", "what is the weather like", "怎么样"]


@pytest.fixture(scope="module", name="assistant")
def remembering_assistant(assistant: Assistant) -> Assistant:
    return remembering(assistant)


def answered(text: str, assistant: Assistant, threshold: float = 0.5, top_k: int = 5) -> tuple[Answer, Retrieved]:
    question = Question(text, top_k=top_k)
    retrieved = retrieve(question, assistant.index, assistant.settings.dense_weight)
    found = answer(question, retrieved, assistant.index, threshold)
    return found, replace(retrieved, hits=[*retrieved.hits, *found.beyond])


@pytest.mark.parametrize("text", ANSWERED + UNANSWERED)
@pytest.mark.parametrize("threshold", [0.0, 0.5])
def test_what_is_quoted_are_whole_sentences_of_the_best_passages(
    assistant: Assistant, text: str, threshold: float
) -> None:
    found, retrieved = answered(text, assistant, threshold)

    for sentence in found.sentences:
        assert sentence.span in sentences(retrieved.hits[sentence.hit].passage.text)
        assert retrieved.hits[sentence.hit].passage.text[slice(*sentence.span)].strip()


@pytest.mark.parametrize("text", [*ANSWERED, LIST, CHAINS, HIGHLIGHTS])
def test_sentences_come_in_reading_order_and_no_word_twice(assistant: Assistant, text: str) -> None:
    found, retrieved = answered(text, assistant)
    places: dict[str, list[tuple[int, int]]] = {}
    for sentence in found.sentences:
        passage = retrieved.hits[sentence.hit].passage
        places.setdefault(passage.document_id, []).extend(
            (passage.paragraph, passage.start + at) for at in range(*sentence.span)
        )

    assert all(found == sorted(set(found)) for found in places.values())


@pytest.mark.parametrize("text", [text for text in ANSWERED if text not in {"七条链包括哪些", "四种典型模式"}])
def test_an_answer_that_is_no_list_is_short(assistant: Assistant, text: str) -> None:
    found, _ = answered(text, assistant)
    lengths = [sentence.span[1] - sentence.span[0] for sentence in found.sentences]

    assert 1 <= len(lengths) <= 3
    assert len(lengths) == 1 or sum(lengths) <= 200


@pytest.mark.parametrize(
    ("text", "numerals"), [(LIST, "一二三四"), (CHAINS, "一二三四五六七"), (HIGHLIGHTS, "一二三四")]
)
def test_a_list_that_the_answer_opens_is_whole_and_in_order_across_passages_and_paragraphs(
    assistant: Assistant, text: str, numerals: str
) -> None:
    reply = assistant.ask(Question(text))

    assert "".join(re.findall("([一二三四五六七八])是", reply.text("simplified"))) == numerals
    assert len(reply.hits) == 5


@pytest.mark.parametrize("top_k", [1, 2, 3])
def test_of_a_list_over_more_passages_than_are_shown_nothing_is_quoted_that_is_not_shown(
    assistant: Assistant, top_k: int
) -> None:
    reply = assistant.ask(Question(CHAINS, top_k=top_k))

    assert len(reply.hits) == top_k
    assert reply.cited == list(range(1, top_k + 1))


@pytest.mark.parametrize(("text", "items"), [(CHAINS, 7), (HIGHLIGHTS, 4), (LIST, 4)])
@pytest.mark.parametrize("top_k", [1, 2, 3, 4, 5, 100])
def test_what_a_list_has_more_than_is_shown_is_counted_in_the_last_words(
    assistant: Assistant, text: str, items: int, top_k: int
) -> None:
    question = Question(text, top_k=top_k)
    reply = assistant.ask(question)
    said = reply.text("simplified")
    left = items - len(re.findall("[一二三四五六七八]是", said))

    assert left >= 0
    assert reply.answer.left_out == left
    assert re.findall("（列举未完，还有(.+)项见原文。）$", said) == [str(left)] * bool(left)
    *quotes, (last, numbers) = reply.sentences("simplified")
    assert all(found for _, found in quotes)
    assert bool(numbers) == (not left)
    assert "".join(words for words, _ in [*quotes, (last, numbers)]) == said
    assert citations_correct(as_it_is(assistant)(question), lambda _: True) == 1.0


def test_that_a_list_goes_on_is_told_in_the_script_of_the_question(assistant: Assistant) -> None:
    for script in get_args(Script):
        reply = assistant.ask(Question(to_traditional(CHAINS), top_k=2, script=script))
        assert reply.text(script).endswith("[2]（列舉未完，還有4項見原文。）")


@pytest.mark.parametrize(("text", "left_out"), [(CHAINS, 6), (HIGHLIGHTS, 3), (LIST, 0)])
def test_items_that_were_not_found_are_counted_as_those_that_are_not_shown(
    assistant: Assistant, text: str, left_out: int
) -> None:
    found, retrieved = answered(text, assistant, top_k=1)

    assert len(retrieved.hits) == 1
    assert found.left_out == left_out


def test_of_a_list_whose_first_item_answers_the_items_that_were_not_found_are_not_missed(tmp_path: Path) -> None:
    text = "一、停征污水处理费应当提交申请材料。\n二、减免房租。\n三、延长期限。"
    assistant = assistant_over([{"_id": "a", "text": text}], tmp_path)
    found, retrieved = answered("停征污水处理费应当提交什么材料", assistant, threshold=0.0, top_k=1)

    assert [hit.passage.paragraph for hit in retrieved.hits] == [1]
    assert found.left_out == 0


def test_who_asks_for_one_thing_gets_no_list(assistant: Assistant) -> None:
    assert "二是" not in assistant.ask(Question("《携手行动》以几条链为重点？")).text("simplified")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("到2025年的目标是什么", "计划到2025年"),
        ("行动计划的目标是什么", "新型产业创新生态为目标"),
        ("携手行动由几个部门发布", "十一部门共同印发"),
        ("《促进大中小企业融通发展三年行动计划》哪一年印发", "2018年"),
    ],
)
def test_goals_and_issuers_that_a_sentence_states_are_answered_by_it(
    assistant: Assistant, text: str, words: str
) -> None:
    reply = assistant.ask(Question(text))

    assert reply.answer.answerable
    assert words in reply.text("simplified")


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("产业投资基金的总规模是多少亿元？", "引导产业投资基金做什么？"),
        ("“一条龙”应用示范项目的申报截止日期是哪天？", "“一条龙”应用示范优先支持什么？"),
        ("国家小型微型企业创业创新示范基地一共有多少个？", "发挥国家小型微型企业创业创新示范基地的什么能力？"),
        ("携手行动的联系电话是什么？", "《携手行动》的具体工作思路是什么？"),
        ("融通企业的贷款利率能优惠几个百分点？", "鼓励金融机构开发什么金融产品？"),
    ],
)
def test_a_number_or_date_that_no_sentence_on_the_subject_has_is_not_answered(
    assistant: Assistant, text: str, subject: str
) -> None:
    assert not answered(text, assistant)[0].answerable
    assert answered(subject, assistant)[0].answerable


@pytest.mark.parametrize("text", ["资金", "园区", "企业"])
def test_a_word_alone_is_no_question_to_be_sure_of(assistant: Assistant, text: str) -> None:
    assert assistant.ask(Question(text)).answer.confidence < 0.8


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("行动计划支持多少个实体园区打造特色载体？", "不少于50个实体园区"),
        ("七条链包括哪些", "“七条链”为重点"),
        ("百场万企是什么", "“百场万企”洽谈会"),
        ("中央财政投入多少资金", "100亿元"),
        ("四种典型模式", "四种典型模式"),
        ("携手行动哪些部门印发", "十一部门共同印发"),
        ("大企业专家能不能到中小企业兼职", "兼职指导"),
    ],
)
def test_the_answer_quotes_the_words_that_answer(assistant: Assistant, text: str, words: str) -> None:
    found, retrieved = answered(text, assistant)

    assert any(words in retrieved.hits[quoted.hit].passage.text[slice(*quoted.span)] for quoted in found.sentences)


@pytest.mark.parametrize("text", ANSWERED)
@pytest.mark.parametrize("top_k", [1, 2, 100])
def test_whether_a_question_is_answered_does_not_depend_on_how_many_passages_are_asked_for(
    assistant: Assistant, text: str, top_k: int
) -> None:
    assert answered(text, assistant, top_k=top_k)[0].answerable


@pytest.mark.parametrize("text", UNANSWERED)
@pytest.mark.parametrize("top_k", [1, 2, 100])
def test_a_question_about_something_else_stays_refused_however_many_passages_are_asked_for(
    assistant: Assistant, text: str, top_k: int
) -> None:
    found, _ = answered(text, assistant, top_k=top_k)

    assert not found.answerable
    assert not found.sentences


@pytest.mark.parametrize("text", ANSWERED + UNANSWERED)
def test_the_script_of_a_question_changes_nothing_in_its_answer(assistant: Assistant, text: str) -> None:
    assert answered(to_traditional(text), assistant)[0] == answered(text, assistant)[0]


@pytest.mark.parametrize("text", ANSWERED + UNANSWERED)
def test_threshold_zero_answers_everything(assistant: Assistant, text: str) -> None:
    found, _ = answered(text, assistant, 0.0)

    assert found.answerable
    assert found.sentences


@pytest.mark.parametrize("text", ANSWERED + UNANSWERED)
def test_threshold_one_refuses_everything(assistant: Assistant, text: str) -> None:
    found, _ = answered(text, assistant, 1.0)

    assert not found.answerable
    assert not found.sentences


@pytest.mark.parametrize("text", ANSWERED + UNANSWERED)
def test_the_threshold_is_compared_with_the_confidence_and_does_not_change_it(assistant: Assistant, text: str) -> None:
    confidence = answered(text, assistant)[0].confidence

    assert 0 <= confidence <= 1
    for threshold in (0.0, 0.25, confidence, 0.75, 1.0):
        found, _ = answered(text, assistant, threshold)
        assert found.confidence == confidence
        assert found.answerable == (confidence >= threshold)


@pytest.mark.parametrize("threshold", [0.0, 0.5, 1.0])
def test_without_a_passage_there_is_no_answer_whatever_the_threshold(assistant: Assistant, threshold: float) -> None:
    question = Question("七条链包括哪些", filters=Filters(document_ids=["nowhere"]))
    retrieved = retrieve(question, assistant.index, assistant.settings.dense_weight)

    assert answer(question, retrieved, assistant.index, threshold) == Answer(False, 0.0, ())


@pytest.mark.parametrize("question", ["资金链怎么优化", "如何提升人才链"])
def test_a_sentence_that_only_names_an_item_is_followed_by_what_is_said_under_it(
    assistant: Assistant, question: str
) -> None:
    reply = assistant.ask(Question(question))
    names = [at for at, sentence in enumerate(reply.answer.sentences) if is_name(reply, sentence)]
    assert names
    for at in names:
        name, below = reply.answer.sentences[at : at + 2]
        assert (name.hit, name.span[1]) == (below.hit, below.span[0])


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("该通道面向滞留旅客。", "机场开设专用通道。[1]该通道面向滞留旅客。[1]"),
        ("因此，该给滞留旅客开设通道。", "机场开设专用通道。[1]因此，该给滞留旅客开设通道。[1]"),
        ("其中滞留旅客走专用通道。", "其中滞留旅客走专用通道。[1]"),
        ("旅客滞留的，走专用通道。", "旅客滞留的，走专用通道。[1]"),
    ],
)
def test_a_sentence_that_points_back_comes_with_the_one_before(tmp_path: Path, rule: str, said: str) -> None:
    text = f"各单位要加强领导。机场开设专用通道。{rule}"
    assistant = assistant_over([{"_id": "a", "title": "关于机场服务的通知", "text": text}], tmp_path)
    assert remembering(assistant).ask(Question("谁是专用通道的滞留旅客？")).text("simplified") == said


GUIDE = """\
一、申报条件
（一）在本市登记注册的制造业企业；
（二）近两年营业收入均在2000万元以上；
（三）已完成自评，评测等级在一级以上；小企业在二级以上。
二、办理方式
由省厅组织认定。（责任单位：认定处）申报需要提交的材料包括：
（一）营业执照；
（二）自评报告。
三、管理
逾期三个月未交会费的，停止权利。逾期六个月未交会费的，视为退会。"""


@pytest.mark.parametrize(
    ("question", "said", "unsaid"),
    [
        ("试点企业的申报条件有哪些？", ["登记注册", "2000万元", "已完成自评"], ["营业执照"]),
        ("试点企业要满足什么条件，省厅才会组织认定？", ["登记注册", "2000万元", "已完成自评"], ["营业执照"]),
        ("营业收入要求多少以上？", ["2000万元"], ["登记注册"]),
        ("由谁组织认定？", ["省厅"], ["营业执照"]),
        ("怎么组织认定？", ["省厅"], ["营业执照"]),
        ("组织认定由哪个单位负责？", ["认定处"], ["营业执照"]),
        ("要交哪些材料，省厅才会组织认定？", ["营业执照", "自评报告"], ["登记注册"]),
        ("试点企业的申报条件有哪些？", ["小企业在二级以上"], []),
        ("申报要提交哪些材料？", ["营业执照", "自评报告"], ["登记注册"]),
        ("逾期六个月未交会费怎么办？", ["视为退会"], []),
        ("办理方式是什么？", ["省厅组织认定"], ["登记注册"]),
    ],
)
def test_of_a_guide_the_section_that_is_asked_about_is_told(
    tmp_path: Path, question: str, said: list[str], unsaid: list[str]
) -> None:
    assistant = remembering(assistant_over([{"_id": "a", "title": "试点企业申报指南", "text": GUIDE}], tmp_path))
    text = assistant.ask(Question(question)).text("simplified")
    assert [words for words in said if words not in text] == []
    assert [words for words in unsaid if words in text] == []


INSURANCE = """\
关于做好农业保险工作的通知
各险种的保险金额和保费见附件。
附件1 险种一览表
险种 | 保险金额 | 保费分担比例 | 农户自缴金额
险种 | 保险金额 | 省级财政 | 农户 | 农户自缴金额
水稻完全成本保险 | 1200元/亩 | 80% | 20% | 9.6元/亩
柑橘种植保险 | 2500元/亩 | 70% | 30% | 45元/亩
附件2 参保任务
乡镇 | 早稻（亩） | 晚稻（亩）
青石镇 | 6200 | 6800
东渡镇 | 8800 | 9200"""


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (
            "柑橘保险农户每亩自己要缴多少钱？",
            "险种 | 保险金额 | 省级财政 | 农户 | 农户自缴金额柑橘种植保险 | 2500元/亩 | 70% | 30% | 45元/亩",
        ),
        ("东渡镇的晚稻参保任务是多少亩？", "乡镇 | 早稻（亩） | 晚稻（亩）东渡镇 | 8800 | 9200"),
    ],
)
def test_a_row_of_a_table_is_told_with_the_names_of_its_columns(question: str, said: str, tmp_path: Path) -> None:
    assistant = remembering(assistant_over([{"_id": "a", "text": INSURANCE}], tmp_path))
    assert re.sub(r"\[\d+\]", "", assistant.ask(Question(question)).text("simplified")) == said


def test_a_row_far_below_its_head_is_told_with_it(tmp_path: Path) -> None:
    rows = "\n".join(f"{at}号村 | {at + 1000} | {at + 2000}" for at in range(230))
    text = f"关于水稻保险任务的通知\n现将任务下达如下。\n村 | 早稻（亩） | 晚稻（亩）\n{rows}"
    assistant = remembering(assistant_over([{"_id": "a", "text": text}], tmp_path))
    reply = assistant.ask(Question("217号村的晚稻任务是多少亩？"))
    assert "村 | 早稻（亩） | 晚稻（亩）" in reply.text("simplified")
    assert "217号村 | 1217 | 2217" in reply.text("simplified")


def test_each_part_is_told_though_parts_are_nearly_alike(tmp_path: Path) -> None:
    records: list[dict[str, object]] = [
        {
            "_id": county,
            "title": f"{county}农机补贴办法",
            "text": f"{county}农机补贴办法\n{county}购买农机的，每台补贴{money}元。",
        }
        for county, money in (("甲县", 500), ("乙县", 800))
    ]
    assistant = remembering(assistant_over(records, tmp_path))
    text = assistant.ask(Question("甲县和乙县购买农机每台补贴分别是多少？")).text("simplified")
    assert ("500元" in text, "800元" in text) == (True, True)


FORM = """\
数字农业项目申报表
主管部门 | 市农业农村局
补贴标准 | 500元/亩
实施期限 | 3年
任务面积 | 2000亩"""


def test_a_form_has_no_head_that_is_told_with_its_rows(tmp_path: Path) -> None:
    assistant = remembering(assistant_over([{"_id": "a", "text": FORM}], tmp_path))
    reply = assistant.ask(Question("数字农业项目的补贴标准是多少？"))
    assert {hit.passage.head for hit in reply.hits} == {None}


HOUSING = """\
人才公寓管理细则
第二条 配租人才公寓应当符合下列条件：
（一）年龄不超过45周岁；
（二）在本市缴纳社会保险费满6个月。
第十二条 承租人有下列情形之一的，应当退出人才公寓：
（一）转租、转借的；
（二）连续空置6个月以上的。
第十三条 承租人应当自接到退出通知之日起30日内腾退。
三、年度目标
（一）2025年，配租人才公寓300套，改造老旧公寓40套。
（二）2026年，配租人才公寓500套，改造老旧公寓60套。
（三）2027年，配租人才公寓800套，改造老旧公寓50套。"""


@pytest.mark.parametrize(
    ("question", "said", "unsaid"),
    [
        ("请引用细则中关于承租人应当退出人才公寓的情形。", ["转租", "连续空置6个月"], ["45周岁"]),
        ("承租人接到退出通知后要在多少天内腾退人才公寓？", ["30日内"], ["下列情形之一", "下列条件"]),
        ("人才公寓2026年的年度目标有哪些？", ["500套，改造老旧公寓60套"], ["300套", "800套"]),
        ("人才公寓的年度目标有哪些？", ["300套", "500套", "800套"], ["下列"]),
        ("2027年前人才公寓的年度目标有哪些？", ["300套", "500套", "800套"], []),
        ("人才公寓2025年到2027年的年度目标有哪些？", ["300套", "500套", "800套"], []),
        ("谁应当退出人才公寓？", ["转租", "连续空置6个月"], ["45周岁"]),
    ],
)
def test_what_leads_to_a_list_is_told_with_it_or_not_at_all(
    question: str, said: list[str], unsaid: list[str], tmp_path: Path
) -> None:
    assistant = remembering(assistant_over([{"_id": "a", "text": HOUSING}], tmp_path))
    text = assistant.ask(Question(question)).text("simplified")
    assert [words for words in said if words not in text] == []
    assert [words for words in unsaid if words in text] == []


NOTICE = """\
关于申报“小店焕新”项目的通知
一、申报条件
申报主体应当经营满18个月。
二、申报材料
1. “小店焕新”项目申报表；
2. 营业执照；
3. 房屋租赁合同；
4. 项目改造前后照片；
5. 项目支出发票；
6. 纳税申报表；
7. 信用承诺书。
所有材料按顺序装订成册，没有公章的由经营者签字。
三、有关要求
（一）申报主体对材料真实性负责，三年内不得再申报小店焕新。
（二）获得支持的小店应当持续经营一年。
四、培训补助
申请培训补助应当提交下列材料：
（一）培训补助申请表；
（二）花名册；
（三）银行流水；
（四）证明材料。"""
_MATERIALS = ["申报表", "营业执照", "租赁合同", "照片", "发票", "纳税", "承诺书"]
_TRAINING = ["培训补助申请表", "花名册", "流水", "证明材料"]


@pytest.mark.parametrize(
    ("question", "said", "unsaid"),
    [
        # Item and question have words in common that the title, the heading or the lead-in has as well.
        ("小店焕新申报材料有哪些？", _MATERIALS, ["培训", "持续经营"]),
        ("培训补助需要提交哪些材料？", _TRAINING, ["营业执照"]),
        ("申请培训补助要带哪些东西？", _TRAINING, ["营业执照"]),
        # The best sentence has the word 材料 and does not tell which.
        ("报小店焕新要准备哪些材料？", _MATERIALS, ["持续经营", "真实性"]),
    ],
)
def test_a_list_is_told_whole_though_some_items_say_what_stands_over_it(
    tmp_path: Path, question: str, said: list[str], unsaid: list[str]
) -> None:
    assistant = remembering(assistant_over([{"_id": "a", "text": NOTICE}], tmp_path))
    text = assistant.ask(Question(question)).text("simplified")
    assert [words for words in said if words not in text] == []
    assert [words for words in unsaid if words in text] == []


def test_a_list_shows_more_passages_than_five_unless_the_question_says_how_many(tmp_path: Path) -> None:
    assistant = remembering(assistant_over([{"_id": "a", "text": NOTICE}], tmp_path))
    whole, cut = (assistant.ask(Question("小店焕新申报材料有哪些？", top_k=top_k)) for top_k in (None, 5))

    assert len(whole.hits) == len(whole.citations) == len(_MATERIALS)
    assert whole.answer.left_out == 0
    assert len(cut.hits) == 5
    assert cut.answer.left_out == len(_MATERIALS) - 5
    assert len(assistant.ask(Question("没有公章的怎么签字？")).hits) == 5

    (tmp_path / "long").mkdir()
    long = "一、申报材料\n" + "\n".join(f"{at}. 第{at}类证明{'甲乙丙丁'[at % 4]}；" for at in range(1, 26))
    many = remembering(
        assistant_over([{"_id": "a", "title": "关于申报小店项目的通知", "text": long}], tmp_path / "long")
    )
    assert many.ask(Question("小店项目申报材料有哪些？")).answer.left_out == 0


def test_what_a_question_says_and_only_another_text_says_is_told_apart(tmp_path: Path) -> None:
    texts: list[dict[str, object]] = [
        {"_id": "a", "text": "稳岗补助按季度发放给企业。"},
        {"_id": "b", "text": "电梯加装的咨询电话是0829-7735120。"},
    ]
    index = assistant_over(texts, tmp_path).index

    def elsewhere(question: Question) -> float:
        retrieved = retrieve(question, index, 0.2)
        sought = Sought.of(question.search_text, index.lexical.rarity)
        features = evidence(sought, retrieved, weigh(sought, retrieved.hits), index)
        return features[FEATURES.index("elsewhere")]

    asked = Question("稳岗补助的咨询电话是多少？")
    assert elsewhere(Question("电梯加装的咨询电话是多少？")) == 0
    assert elsewhere(asked) > 0.2
    assert elsewhere(replace(asked, filters=Filters(document_ids=["b"]))) == 0, "the other text was not searched"


def test_what_only_announces_is_no_part_of_an_answer(tmp_path: Path) -> None:
    notice = (
        "外出务工人员的健康申报怎么办？\n经同意，外出务工人员的健康申报免费。现将健康申报事项通知如下：\n各地要重视。"
    )
    assistant = remembering(assistant_over([{"_id": "a", "text": notice}], tmp_path))
    said = assistant.ask(Question("外出务工人员的健康申报收费吗？")).text("simplified")
    assert said == "经同意，外出务工人员的健康申报免费。[1]"


def test_who_asks_what_a_thing_is_is_told_its_definition_first_of_all(tmp_path: Path) -> None:
    rules = """\
第一条 本办法所称示范企业，是指创新能力强的企业。
第二条 小企业是示范企业的基础力量。
第三条 大企业是示范企业的核心力量。"""
    assistant = remembering(assistant_over([{"_id": "a", "title": "示范企业管理办法", "text": rules}], tmp_path))
    assert "所称示范企业" in assistant.ask(Question("什么是示范企业？")).text("simplified").split("[1]")[0]


@pytest.mark.parametrize("question", ["何文彬是谁？", "何文彬是什么人？", "何文彬担任什么职务？"])
def test_who_somebody_is_is_told_by_his_office_or_not_at_all(tmp_path: Path, question: str) -> None:
    news = "何文彬说，很多企业不知道能贷款。{}何文彬算了一笔账。银行也在行动，贷款的利率下降。"
    for office in ("市知识产权局局长何文彬告诉记者，办法是新的。", ""):
        text = news.format(office)
        assistant = remembering(assistant_over([{"_id": "a", "title": "质押融资答问", "text": text}], tmp_path))
        reply = assistant.ask(Question(question))
        assert reply.answer.answerable == bool(office)
        assert not office or "局长何文彬" in reply.text("simplified")


def test_of_a_list_all_items_are_told_though_the_question_finds_none_of_them(tmp_path: Path) -> None:
    items = ["（一）拒不整改；", "（二）三次逾期；", "（三）材料造假。"]
    others = [f"第{at}条 申请人的资格由第{at}窗口取消或者恢复，申请人可以申请复核。" for at in range(2, 40)]
    text = "\n".join([*others, "第四十条 有下列情形之一的，取消申请人的资格：", *items])
    assistant = remembering(assistant_over([{"_id": "a", "title": "关于申请人资格的规定", "text": text}], tmp_path))
    question = Question("哪些情形取消申请人的资格？")
    found = retrieve(replace(question, top_k=DEPTH), assistant.index, assistant.settings.dense_weight).hits
    assert not any(item in hit.passage.text for hit in found for item in items), "else this shows nothing"

    reply = assistant.ask(question)
    said = reply.text("simplified")
    assert [item for item in items if item not in said] == []
    assert "未完" not in said
    assert [citation.quote for citation in reply.citations] == [hit.passage.text for hit in reply.hits]
    assert len(reply.hits) == question.shown


@pytest.mark.parametrize("question", ["哪些开支不会获得资助？", "评审准则有哪些？"])
def test_lists_in_letters_are_told_whole_and_alone(tmp_path: Path, question: str) -> None:
    notice = """\
本计划协助企业开拓市场。
开支
以下开支不会获得资助：
(a) 租金及水电；
(b) 贷款利息。
评审准则
委员会就下列各项评核：
(a) 目标是否清晰；
(b) 预算是否合理。
查询
请致电本署。"""
    assistant = remembering(assistant_over([{"_id": "a", "title": "资助计划须知", "text": notice}], tmp_path))
    quoted = [text for text, _ in assistant.ask(Question(question)).sentences("simplified")]
    told = ["租金", "利息"] if "开支" in question else ["目标", "预算"]
    assert [words for words in told if not any(words in text for text in quoted)] == []
    assert len(quoted) <= len(told) + 1


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("购买设备的企业要满足什么条件才有设备补贴？", "连续经营两年"),
        ("设备补贴发给哪些对象？", "发给购买设备"),
    ],
)
def test_the_conditions_of_another_grant_do_not_answer(tmp_path: Path, question: str, said: str) -> None:
    guide = """\
一、设备补贴
设备补贴发给购买设备、连续经营两年的企业。
二、贷款贴息
（一）申请条件
1.贷款余额不足百万；
2.没有逾期记录。
三、监督检查
（一）检查对象
1.被举报的企业；
2.有逾期记录的企业。"""
    assistant = remembering(assistant_over([{"_id": "a", "title": "扶持企业指南", "text": guide}], tmp_path))
    text = assistant.ask(Question(question)).text("simplified")
    assert said in text
    assert "逾期" not in text


def test_of_a_section_with_lists_in_it_the_items_of_all_are_told_in_order(tmp_path: Path) -> None:
    guide = (
        "一、申报条件\n（一）基本条件\n1.依法注册；\n2.信用良好；\n3.正常经营。\n（二）专项条件\n1.有研发人员；\n2.有专利。\n"
        "二、其他\n按规定执行。"
    )
    assistant = remembering(assistant_over([{"_id": "a", "title": "指南", "text": guide}], tmp_path))
    said = assistant.ask(Question("申报条件有哪些？", top_k=8)).text("simplified")
    assert re.sub(r"\[\d\]", "", said) == "1.依法注册；2.信用良好；3.正常经营。1.有研发人员；2.有专利。"


def test_an_article_of_one_sentence_is_no_name_of_the_next(tmp_path: Path) -> None:
    rules = "第九条 企业应当配合检查。\n第十条 本办法由财政局负责解释。\n第十一条 违反本办法的，追回资金。"
    assistant = remembering(assistant_over([{"_id": "a", "text": rules}], tmp_path))
    assert assistant.ask(Question("谁负责解释本办法？")).text("simplified") == "第十条 本办法由财政局负责解释。[1]"


def test_the_words_that_lead_to_a_list_give_way_to_its_last_item(tmp_path: Path) -> None:
    guide = "申报应当提交下列材料：\n（一）申请表；\n（二）营业执照；\n（三）自评报告。"
    assistant = remembering(assistant_over([{"_id": "a", "text": guide}], tmp_path))
    question = Question("申报应当提交哪些材料？", top_k=3)

    assert (
        re.sub(r"\[\d\]", "", assistant.ask(question).text("simplified"))
        == "（一）申请表；（二）营业执照；（三）自评报告。"
    )
    assert assistant.ask(replace(question, top_k=4)).text("simplified").startswith("申报应当提交下列材料：")


def test_a_name_that_is_a_paragraph_of_its_own_is_followed_by_what_stands_in_the_next_one(tmp_path: Path) -> None:
    text = (
        "现就支持企业发展提出以下措施，请遵照执行。\n（九）减轻企业租金负担。\n承租国有用房的，免收一个月租金。其他用房的，"
        "鼓励减免。\n（十）加强金融纾困。\n银行给予延期还贷。"
    )
    assistant = remembering(assistant_over([{"_id": "a", "text": text}], tmp_path))
    question = Question("减轻企业租金负担有哪些措施？")
    marked = "（九）减轻企业租金负担。[1]承租国有用房的，免收一个月租金。[2]其他用房的，鼓励减免。[2]"

    assert assistant.ask(question).text("simplified") == marked
    assert assistant.ask(replace(question, top_k=1)).text("simplified") == marked.partition("承租")[0]


@pytest.mark.parametrize(
    ("question", "items"),
    [
        ("人才链有哪些举措", ["开放共享培训平台", "兼职指导和定期派驻机制", "融通创新主题班"]),
        ("产业链如何巩固", ["技术攻关和样机研发", "产品可靠性", "按产业链组织专精特新"]),
        ("创新链有哪些措施", ["仪器设备", "创新联合体"]),
        ("资金链有哪些具体措施", ["鼓励金融机构", "产业投资基金"]),
        ("怎么打造创新链", ["仪器设备", "创新联合体"]),
        ("计划到2025年实现哪些目标", ["典型模式", "激发涌现", "融通创新生态"]),
        ("2025年要实现什么目标", ["计划到2025年", "激发涌现", "融通创新生态"]),
    ],
)
def test_one_item_of_a_list_is_told_whole_and_the_others_are_not(
    assistant: Assistant, question: str, items: list[str]
) -> None:
    said = assistant.ask(Question(question)).text("simplified")
    assert [item for item in items if item not in said] == []
    assert len(re.findall("[一二三四五六七]是", said)) <= 1


@pytest.mark.parametrize(
    ("question", "halves"),
    [
        ("《携手行动》的重点是几条链，《行动计划》推广的又是几种模式？", ["“七条链”为重点", "四种典型模式"]),
        ("行动计划亮点是啥，携手行动的四个一又是啥？", ["亮点突出", "“四个一”"]),
        ("100亿元分几年投入？今年批了几家？", ["分三年投入100亿元", "36家"]),
        (
            "公共服务示范平台，前后两份文件分别怎么安排？",
            ["中小企业公共服务示范平台、制造业双创平台", "资源整合和对接能力"],
        ),
    ],
)
def test_of_a_question_for_two_things_both_are_answered(assistant: Assistant, question: str, halves: list[str]) -> None:
    said = assistant.ask(Question(question)).text("simplified")
    assert [half for half in halves if half not in said] == []


@pytest.mark.parametrize(
    ("question", "items"),
    [
        ("优化资金链和人才链有哪些措施？", ["鼓励金融机构", "开放共享培训平台"]),
        ("数据链和资金链的措施分别有哪些？", ["小快轻准", "鼓励金融机构"]),
        ("创新链、产业链和人才链分别有什么举措？", ["创新联合体", "技术攻关和样机研发", "开放共享培训平台"]),
    ],
)
def test_of_several_items_that_are_asked_for_each_is_told(
    assistant: Assistant, question: str, items: list[str]
) -> None:
    said = assistant.ask(Question(question)).text("simplified")
    assert [item for item in items if item not in said] == []
    assert "服务链" not in said


@pytest.mark.parametrize("question", ["行动计划有哪四个亮点", "行动计划四大亮点分别是什么？", "四個亮點是什麼？"])
def test_how_many_items_a_question_counts_changes_nothing(assistant: Assistant, question: str) -> None:
    asked = (question, "行动计划的亮点有哪些？")
    said = {re.sub(r"\[\d\]", "", assistant.ask(Question(text)).text("simplified")) for text in asked}
    assert len(said) == 1


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("境外项目外派人员如何排查？", "境外项目外派人员每天排查一次。[1]出现症状的，第一时间报告。[1]"),
        ("境外项目外派人员多久排查一次？", "境外项目外派人员每天排查一次。[1]"),
    ],
)
def test_who_asks_for_more_than_one_thing_is_told_what_the_best_sentence_goes_on_with(
    tmp_path: Path, question: str, said: str
) -> None:
    rule = "各单位要加强领导。境外项目外派人员每天排查一次。出现症状的，第一时间报告。费用自理。"
    assistant = assistant_over([{"_id": "a", "text": rule}], tmp_path)
    assert remembering(assistant).ask(Question(question)).text("simplified") == said


def test_of_a_question_for_two_things_no_more_passages_are_quoted_than_asked_for(assistant: Assistant) -> None:
    reply = assistant.ask(Question("《携手行动》的重点是几条链，《行动计划》推广的又是几种模式？", top_k=1))
    assert reply.cited == [1]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (
            "逾期三个月未交会费的，停止会员权利。经催告后仍不交的，视为自动退会。情节严重的，予以除名。",
            "逾期三个月未交会费的，停止会员权利。[1]经催告后仍不交的，视为自动退会。[1]情节严重的，予以除名。[1]",
        ),
        (
            "逾期三个月未交会费的，停止会员权利；拒不交的，予以除名。每年公布一次。造成损失的，另行处理。",
            "逾期三个月未交会费的，停止会员权利；[1]拒不交的，予以除名。[1]",
        ),
        # Neither says what follows in a worse case; the next sentence comes along, the last one does not.
        (
            "逾期三个月未交会费要停止会员权利。名册另行公布。仍不交的，视为自动退会。",
            "逾期三个月未交会费要停止会员权利。[1]名册另行公布。[1]",
        ),
        (
            "逾期三个月未交会费的，停止会员权利。名册另行公布。退会的，交回会员证。",
            "逾期三个月未交会费的，停止会员权利。[1]名册另行公布。[1]",
        ),
    ],
)
def test_what_follows_in_a_case_is_said_with_what_follows_in_worse_ones(tmp_path: Path, rule: str, said: str) -> None:
    assistant = assistant_over([{"_id": "a", "text": f"本办法自发布之日起施行。{rule}"}], tmp_path)
    reply = remembering(assistant).ask(Question("逾期未交会费会怎么样"))

    assert reply.text("simplified") == said


def is_name(reply: Reply, sentence: Sentence) -> bool:
    """Whether a sentence says no more than what an item is about: 五是优化资金链。"""
    return ITEM_NAME.fullmatch(reply.hits[sentence.hit].passage.text[slice(*sentence.span)].strip()) is not None


@pytest.mark.parametrize(
    ("sentence", "tells"),
    [
        ("申报应当提交身份证、户口簿等材料。", True),
        ("申报材料包括营业执照。", True),
        ("应当提交下列材料：", True),
        ("申报主体对材料真实性负责。", False),
        ("申报主体应当对提交的材料真实性负责。", False),
        ("法定代表人、推荐单位对材料的完整性负责。", False),
        ("申报材料有虚假的，取消资格。", False),
        ("申报材料存在弄虚作假的，取消资格。", False),
    ],
)
def test_a_sentence_that_has_the_word_may_not_tell_which_materials(sentence: str, tells: bool) -> None:
    assert tells_which("材料", sentence) is tells
