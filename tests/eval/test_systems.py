from __future__ import annotations

import pytest

from eval.records import LabelledQuestion, Outcome
from eval.systems import put

QUESTIONS = [LabelledQuestion("a", "支持多少个园区", {}), LabelledQuestion("b", " ", {})]


@pytest.mark.parametrize(
    ("outcome", "nothing"),
    [
        (Outcome((), confidence=0.9, answer="50个[1]"), Outcome((), confidence=0.0, refused=True)),
        (Outcome(()), Outcome(())),
    ],
    ids=["a system that answers", "a system that only ranks"],
)
def test_what_cannot_be_asked_finds_nothing_and_is_refused_by_what_can_refuse(
    outcome: Outcome, nothing: Outcome
) -> None:
    assert put(QUESTIONS, lambda _: outcome, lambda *_: None) == ([outcome, nothing], 1)
