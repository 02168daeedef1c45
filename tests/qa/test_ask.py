from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import get_args

import pytest

from index.clean.fold import Script, to_traditional
from index.errors import IndexMissing
from index.settings import Settings, read_settings
from index.stages import Stages
from qa.answer import NOTHING, NOTHING_LEFT
from qa.ask import Assistant, Reply
from qa.question import Filters, Question, Turn
from tests.stubs import HOSTILE, assistant_over, remembering

SCRIPTS: tuple[Script, ...] = get_args(Script)
ANSWERS = {
    "行动计划支持多少个实体园区打造特色载体？": "不少于50个实体园区",
    "七条链包括哪些": "“七条链”为重点",
    "百场万企是什么": "“百场万企”洽谈会",
    "中央财政投入多少资金": "100亿元",
    "四种典型模式": "四种典型模式",
    "携手行动哪些部门印发": "十一部门共同印发",
    "大企业专家能不能到中小企业兼职": "兼职指导",
}
UNANSWERED = ["今天天气怎么样", "个人所得税的起征点是多少", "如何申请护照"]


@pytest.fixture(scope="module", name="assistant")
def remembering_assistant(assistant: Assistant) -> Assistant:
    return remembering(assistant)


def quoted(reply: Reply, script: Script) -> list[tuple[str, int]]:
    """The sentences of the answer text, each with the number of its mark."""
    text = reply.text(script)
    found = [(sentence, int(number)) for sentence, number in re.findall(r"(.+?)\[(\d+)\]", text, re.DOTALL)]
    assert "".join(f"{sentence}[{number}]" for sentence, number in found) == text
    return found


@pytest.mark.parametrize("in_words", [str, to_traditional], ids=["simplified", "traditional"])
@pytest.mark.parametrize(("text", "words"), ANSWERS.items())
def test_the_first_passage_holds_the_answer(assistant: Assistant, text: str, words: str, in_words: type[str]) -> None:
    reply = assistant.ask(Question(in_words(text)))

    assert reply.answer.answerable
    assert words in reply.citations[0].quote
    assert words in reply.text("simplified")
    assert 1 in reply.cited


@pytest.mark.parametrize("text", UNANSWERED)
def test_a_question_that_nothing_answers_is_told_so_in_its_script_and_still_gets_the_nearest(
    assistant: Assistant, text: str
) -> None:
    simplified = assistant.ask(Question(text))
    traditional = assistant.ask(Question(to_traditional(text)))

    for reply, nothing in ((simplified, NOTHING), (traditional, to_traditional(NOTHING))):
        assert not reply.answer.answerable
        assert [reply.text(script) for script in SCRIPTS] == [nothing] * 3
        assert reply.cited == []
        assert len(reply.hits) == len(reply.citations) == 5
        assert not any(reply.highlights(at) for at in range(5))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("携手行动是什么时候印发的", "标注的日期：2022-05-16。"),
        ("发布机构是谁", "标注的发布机构：中华人民共和国工业和信息化部。"),
        ("携手行动的发布机构是谁", "标注的发布机构：中华人民共和国工业和信息化部。"),
    ],
)
def test_metadata_that_no_sentence_states_is_named_and_not_passed_off_as_the_answer(
    assistant: Assistant, text: str, named: str
) -> None:
    for asked, nothing, said in (
        (text, NOTHING, named),
        (to_traditional(text), to_traditional(NOTHING), to_traditional(named)),
    ):
        reply = assistant.ask(Question(asked))

        assert not reply.answer.answerable
        assert reply.text("simplified").startswith(nothing)
        assert reply.text("simplified").endswith(said)
        assert reply.cited == []


def test_metadata_that_the_text_does_not_have_is_not_named(assistant: Assistant) -> None:
    assert assistant.ask(Question("携手行动的文号是多少")).text("simplified") == NOTHING


def test_that_nothing_answers_is_said_in_good_traditional_script() -> None:
    assert to_traditional(NOTHING) == "所收錄的文本中沒有找到能回答這個問題的內容。下面是最接近的段落，僅供參考。"
    assert to_traditional(NOTHING_LEFT) == "沒有符合篩選條件的文本。"


@pytest.mark.parametrize("text", [*ANSWERS, *map(to_traditional, ANSWERS)])
@pytest.mark.parametrize("script", SCRIPTS)
def test_every_sentence_of_the_answer_stands_word_for_word_in_the_passage_it_is_marked_with(
    assistant: Assistant, text: str, script: Script
) -> None:
    reply = assistant.ask(Question(text, script=script))
    sentences = quoted(reply, script)

    assert sentences
    assert sorted({number for _, number in sentences}) == reply.cited
    for sentence, number in sentences:
        assert 1 <= number <= len(reply.citations)
        assert sentence in reply.citations[number - 1].shown(script)


@pytest.mark.parametrize("text", ANSWERS)
@pytest.mark.parametrize("script", SCRIPTS)
def test_highlights_are_the_stretches_that_the_answer_quotes(assistant: Assistant, text: str, script: Script) -> None:
    reply = assistant.ask(Question(text, script=script))
    highlighted = sorted(
        (citation.shown(script)[start:end].strip(), at + 1)
        for at, citation in enumerate(reply.citations)
        for start, end in reply.highlights(at)
    )

    assert highlighted == sorted(quoted(reply, script))


def test_an_answer_from_two_passages_marks_each_sentence_with_its_own(tmp_path: Path) -> None:
    records: list[dict[str, object]] = [
        {"_id": "a", "text": "本文讲园区。支持建设五十个实体园区。"},
        {"_id": "b", "text": "其余由各地负责。中央财政投入一百亿元。"},
        {"_id": "c", "text": "专家可以兼职。"},
    ]
    reply = assistant_over(records, tmp_path).ask(Question("实体园区，中央财政投入"))
    sentences = [
        ("支持建设五十个实体园区。" if citation.document.id == "a" else "中央财政投入一百亿元。", number)
        for number, citation in enumerate(reply.citations[:2], 1)
    ]

    assert {citation.document.id for citation in reply.citations[:2]} == {"a", "b"}
    assert quoted(reply, "simplified") == sentences
    assert reply.cited == [1, 2]
    assert [
        [citation.quote[start:end] for start, end in reply.highlights(at)]
        for at, citation in enumerate(reply.citations)
    ] == [[sentences[0][0]], [sentences[1][0]], []]


@pytest.mark.parametrize("text", ANSWERS)
def test_the_answer_has_the_same_length_in_every_script(assistant: Assistant, text: str) -> None:
    reply = assistant.ask(Question(text))

    assert len({len(reply.text(script)) for script in SCRIPTS}) == 1


@pytest.mark.parametrize("top_k", [1, 3, 18, 100])
def test_as_many_passages_come_as_were_asked_for_and_are_there(assistant: Assistant, top_k: int) -> None:
    reply = assistant.ask(Question("中央财政投入多少资金", top_k=top_k))

    assert len(reply.hits) == len(reply.citations) == min(top_k, len(assistant.index.passages))


@pytest.mark.parametrize("asked_before", ["行动计划是什么", "行動計劃是什麼"])
@pytest.mark.parametrize("text", ["那它支持多少个园区", "那它支持多少個園區"])
def test_a_question_that_points_back_is_answered_with_the_turn_before_it(
    assistant: Assistant, text: str, asked_before: str
) -> None:
    history = [Turn("user", asked_before), Turn("assistant", "《行动计划》是一份文件。")]
    reply = assistant.ask(Question(text, history=history))

    assert reply.answer.answerable
    assert "不少于50个实体园区" in reply.citations[0].quote
    assert reply.question.text == text


def test_what_it_points_back_to_decides_the_answer(assistant: Assistant) -> None:
    alone = assistant.ask(Question("它是什么"))
    after = assistant.ask(Question("它是什么", history=[Turn("user", "“百场万企”洽谈会由谁举办")]))

    assert not alone.answer.answerable
    assert after.answer.answerable
    assert "“百场万企”洽谈会" in after.citations[0].quote


@pytest.mark.parametrize(
    "filters", [Filters(document_ids=["nowhere"]), Filters(issuer=["没有"]), Filters(issued_from=date(2100, 1, 1))]
)
@pytest.mark.parametrize("threshold", [0.0, 0.5, 1.0])
def test_filters_that_match_nothing_are_honestly_not_answered(
    assistant: Assistant, filters: Filters, threshold: float
) -> None:
    settings = assistant.settings.model_copy(update={"answer_threshold": threshold})
    reply = replace(assistant, settings=settings).ask(Question("七条链包括哪些", filters=filters))

    assert not reply.answer.answerable
    assert reply.answer.confidence == 0
    assert reply.text("simplified") == NOTHING_LEFT
    assert not reply.hits
    assert not reply.citations


def test_a_document_that_does_not_answer_is_not_made_to_by_a_filter(assistant: Assistant) -> None:
    holding = assistant.ask(Question("百场万企是什么")).citations[0].document.id
    others = [name for name in assistant.index.documents if name != holding]
    reply = assistant.ask(Question("百场万企是什么", filters=Filters(document_ids=others)))

    assert not reply.answer.answerable
    assert {citation.document.id for citation in reply.citations} == set(others)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_question_makes_the_assistant_fail(assistant: Assistant, text: str) -> None:
    reply = assistant.ask(Question(text))

    assert reply.question.text == text
    assert len(reply.citations) == 5
    assert all(len(reply.text(script)) > 0 for script in SCRIPTS)


def test_threads_that_ask_at_the_same_time_get_what_one_gets_alone(settings: Settings, real_stages: Stages) -> None:
    assistant = Assistant.load(settings, real_stages)
    questions = [Question(text) for text in (*ANSWERS, *UNANSWERED)]
    alone = [replace(assistant.ask(question), took_ms=0) for question in questions]

    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(assistant.ask, questions))

    assert [replace(reply, took_ms=0) for reply in together] == alone


def test_asking_without_an_index_names_the_command_that_builds_one(real_stages: Stages, tmp_path: Path) -> None:
    settings = read_settings({"POLICYQA_INDEX": str(tmp_path / "none")})

    with pytest.raises(IndexMissing, match="policyqa index"):
        Assistant.load(settings, real_stages)
