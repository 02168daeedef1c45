from __future__ import annotations

import json
from itertools import chain
from pathlib import Path
from typing import NotRequired, TypedDict, cast

import pytest
from _pytest.mark.structures import ParameterSet

from index.clean.document import clean
from index.clean.mark_damage import KIND as DAMAGE
from index.clean.repair_damage import repair
from index.records import RawDocument


class Case(TypedDict):
    """A small text, and what cleaning must make of it; `rule` names the rule that acts, or that must not."""

    label: str
    rule: str
    original: str
    expected: str
    headings: NotRequired[list[list[str]]]
    """The heading path of each paragraph, where the case is about structure."""
    marked: NotRequired[list[str]]
    """The stretches that are marked as damage, where the case is about what was lost."""
    beside: NotRequired[list[str]]
    """Other texts that are cleaned with it, where the case is about what they bear witness to."""
    expected_failure: NotRequired[str]


RULES = {
    file.stem: cast("list[Case]", json.loads(file.read_text(encoding="utf-8")))
    for file in sorted((Path(__file__).parent / "golden").glob("*.json"))
}
CASES = list(chain.from_iterable(RULES.values()))


def is_negative(case: Case) -> bool:
    """Whether a case holds that cleaning leaves a text alone: nothing changed, nothing marked, no heading found."""
    return case["original"] == case["expected"] and not case.get("marked") and not any(case.get("headings", []))


def parameters() -> list[ParameterSet]:
    return [
        pytest.param(
            case,
            id=f"{case['rule']}: {case['label']}",
            marks=[pytest.mark.xfail(strict=True, reason=case["expected_failure"])]
            if "expected_failure" in case
            else [],
        )
        for case in CASES
    ]


@pytest.mark.parametrize("case", parameters())
def test_a_text_is_cleaned_as_agreed(case: Case) -> None:
    texts = [case["original"], *case.get("beside", [])]
    document, *_ = repair([clean(RawDocument(f"golden {at}", text, "golden")) for at, text in enumerate(texts)])
    assert "\n".join(paragraph.text for paragraph in document.paragraphs) == case["expected"]
    if "headings" in case:
        assert [list(paragraph.heading) for paragraph in document.paragraphs] == case["headings"]
    if "marked" in case:
        assert [edit.before for edit in document.edits if edit.kind == DAMAGE] == case["marked"]


def test_the_agreed_texts_are_many_and_a_third_must_stay_as_they_are() -> None:
    assert len(CASES) >= 150
    assert sum(map(is_negative, CASES)) * 3 >= len(CASES)


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_has_a_file_of_its_own_with_texts_that_it_must_leave_alone(rule: str) -> None:
    assert {case["rule"] for case in RULES[rule]} == {rule}
    assert any(map(is_negative, RULES[rule]))
    assert not all(map(is_negative, RULES[rule]))


def test_no_two_agreed_texts_have_the_same_label() -> None:
    assert len({case["label"] for case in CASES}) == len(CASES)
