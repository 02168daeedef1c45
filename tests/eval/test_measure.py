from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from eval.measure import CITATIONS, FALSE, ITEMS, PRECISION, RECALL, SAID, holds, measure, read_within
from eval.records import Evidence, LabelledQuestion, Level, Outcome, Returned

EVIDENCE = Evidence(frozenset("a"), ["50个"])
QUESTION = LabelledQuestion("q", "支持多少个园区", {"a": 1}, [EVIDENCE])
NOWHERE = LabelledQuestion("n", "红烧肉怎么做", {})


def passage(document: str, text: str, start: int = 0) -> Returned:
    return Returned(document, (start, start + len(text)), text)


def means(
    questions: Sequence[LabelledQuestion],
    outcomes: Sequence[Outcome],
    level: Level = "document",
    relevant: Mapping[str, int] | None = None,
    standing: bool = True,
) -> dict[str, float]:
    columns = measure(
        questions,
        outcomes,
        level,
        lambda question: question.documents if relevant is None else relevant,
        lambda _: standing,
    )
    return {name: float(np.nanmean(column)) for name, column in columns.items() if not np.isnan(column).all()}


def test_a_document_stands_at_the_rank_of_its_best_passage() -> None:
    passages = [passage("b", "一"), passage("b", "二", 1), passage("a", "三"), passage("a", "四", 1)]
    scores = means([QUESTION], [Outcome(passages)])
    assert scores["nDCG@10"] == pytest.approx(1 / math.log2(3))
    assert scores["RR@10"] == pytest.approx(1 / 2)
    assert (scores["R@1"], scores["Success@1"], scores["R@5"]) == (0, 0, 1)


def test_passages_count_one_by_one() -> None:
    passages = [passage("b", "一"), passage("b", "二", 1), passage("a", "三"), passage("a", "四", 1)]
    scores = means([QUESTION], [Outcome(passages)], "passage", {"a:0-1": 1, "a:1-2": 1})
    assert scores["RR@10"] == pytest.approx(1 / 3)
    assert scores["R@5"] == 1


def test_a_document_beyond_rank_ten_counts_nothing() -> None:
    passages = [*(passage(str(rank), "字") for rank in range(10)), passage("a", "50个")]
    assert means([QUESTION], [Outcome(passages)])["nDCG@10"] == 0


def test_a_question_that_found_nothing_counts_as_zero() -> None:
    found = LabelledQuestion("found", "支持多少个园区", {"a": 1}, [EVIDENCE])
    scores = means([QUESTION, found], [Outcome([]), Outcome([passage("a", "50个园区")])])
    assert scores["nDCG@10"] == pytest.approx(0.5)
    assert scores["A@1000c"] == pytest.approx(0.5)


def test_a_question_that_nothing_answers_has_no_rank_and_no_reading() -> None:
    columns = measure([NOWHERE], [Outcome([passage("a", "字")], 0.2, refused=True)], "document", dict.get, bool)  # type: ignore[arg-type] # never called
    assert np.isnan([columns[name][0] for name in ("nDCG@10", "A@1000c", SAID, FALSE)]).all()
    assert (columns[RECALL][0], columns[PRECISION][0]) == (1, 1)


def test_refusals_are_counted_both_ways() -> None:
    outcomes = [Outcome([], 0.1, refused=True), Outcome([], 0.9, answer="无。[1]")]
    scores = means([QUESTION, NOWHERE], outcomes)
    assert (scores[FALSE], scores[RECALL], scores[PRECISION]) == (1, 0, 0)
    assert scores[SAID] == 0


def test_the_answer_must_be_read_within_the_budget() -> None:
    passages = [passage("b", "字" * 990), passage("a", "支持不少于50个实体园区")]
    assert read_within([EVIDENCE], passages, 998)
    assert not read_within([EVIDENCE], passages, 997)


def test_all_evidence_must_be_read() -> None:
    evidence = [EVIDENCE, Evidence(frozenset("b"), ["三年", "3年"])]
    passages = [passage("a", "支持50个园区"), passage("b", "用3年时间")]
    assert read_within(evidence, passages, 1000)
    assert not read_within(evidence, passages[:1], 1000)


def test_only_a_document_of_the_evidence_holds_it() -> None:
    assert not read_within([EVIDENCE], [passage("b", "支持不少于50个实体园区")], 1000)


def test_an_answer_says_a_share_of_its_evidence() -> None:
    listed = LabelledQuestion("l", "哪些", {"a": 1}, [EVIDENCE, Evidence(frozenset("a"), ["三年"])], kind="list")
    outcome = Outcome([passage("a", "支持50个园区。")], 0.9, answer="支持50个园区。[1]")
    scores = means([listed], [outcome])
    assert (scores[SAID], scores[ITEMS]) == (0.5, 0.5)


@pytest.mark.parametrize(
    ("answer", "share"),
    [
        ("支持50个园区。[1]", 1.0),
        ("支持50个园区。[2]", 0.5),  # nothing came back in second place
        ("支持60个园区。[1]", 0.5),  # those are not its words
        ("", 1.0),
    ],
)
def test_every_sentence_must_stand_in_the_passage_it_cites(answer: str, share: float) -> None:
    outcome = Outcome([passage("a", "支持50个园区。")], 0.9, answer=answer)
    assert means([QUESTION], [outcome])[CITATIONS] == share


def test_a_passage_that_is_not_in_its_source_is_a_wrong_citation() -> None:
    outcome = Outcome([passage("a", "支持50个园区。")], 0.9, answer="支持50个园区。[1]")
    assert means([QUESTION], [outcome], standing=False)[CITATIONS] == 0


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("支持不少于５０个，实体园区", "50个实体园区"),
        ("支持不少於50個實體園區", "50个实体园区"),
        ("Ａ类企业", "a类"),
    ],
)
def test_script_width_punctuation_and_case_are_no_difference(text: str, answer: str) -> None:
    assert holds(text, answer)


def test_a_long_answer_is_held_by_three_fifths_of_its_grams() -> None:
    answer = "一二三四五六七八九十甲乙丙丁戊己庚辛壬癸子丑寅卯"
    grams = len(answer) - 7
    held = math.ceil(grams * 0.6)
    assert holds(answer[: held + 7], answer)
    assert not holds(answer[: held + 6], answer)
    assert not holds(answer[:19], answer[:20])


def test_an_answer_of_punctuation_is_held_by_nothing() -> None:
    assert not holds("支持。", "。")
