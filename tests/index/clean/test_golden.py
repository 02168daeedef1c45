from __future__ import annotations

import json
from itertools import chain
from pathlib import Path
from typing import NotRequired, TypedDict

import pytest
from _pytest.mark.structures import ParameterSet

from index.clean.document import clean
from index.records import RawDocument


class Case(TypedDict):
    """A small text, and what cleaning must make of it; `rule` names the rule that acts, or that must not."""

    label: str
    rule: str
    original: str
    expected: str
    headings: NotRequired[list[list[str]]]
    """The heading path of each paragraph, where the case is about structure."""
    expected_failure: NotRequired[str]


HERE = Path(__file__).parent
FILES = sorted(HERE.glob("golden*.json")) + sorted((HERE / "golden").glob("*.json"))
CASES: list[Case] = list(chain.from_iterable(json.loads(file.read_text(encoding="utf-8")) for file in FILES))


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
    document = clean(RawDocument("golden", case["original"], "golden"))
    assert "\n".join(paragraph.text for paragraph in document.paragraphs) == case["expected"]
    if "headings" in case:
        assert [list(paragraph.heading) for paragraph in document.paragraphs] == case["headings"]


def test_a_third_of_the_agreed_texts_must_stay_as_they_are() -> None:
    assert len(CASES) >= 40
    assert sum(case["original"] == case["expected"] for case in CASES) * 3 >= len(CASES)


def test_no_two_agreed_texts_have_the_same_label() -> None:
    assert len({case["label"] for case in CASES}) == len(CASES)
