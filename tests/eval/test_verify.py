from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from eval.records import Returned
from eval.systems import passages_of
from eval.verify import SourceCheck
from index.clean.document import clean
from index.records import RawDocument
from qa.ask import Assistant
from tests.conftest import CORPUS

SOURCE = "計(jì)劃支持５０個園區。"


@pytest.fixture
def check(tmp_path: Path) -> SourceCheck:
    (tmp_path / "d.txt").write_text(SOURCE, encoding="utf-8")
    return SourceCheck([tmp_path], {"d": clean(RawDocument("d", SOURCE, "d"))})


def test_a_quote_is_found_past_edits_script_and_width(check: SourceCheck) -> None:
    assert check(Returned("d", (0, len(SOURCE)), "计划支持50个园区。"))
    assert check(Returned("d", (SOURCE.index("支"), SOURCE.index("園")), "支持50个"))


def test_a_character_that_is_another_one_in_this_word_only_is_found(tmp_path: Path) -> None:
    source = "都市計畫藉此瞭解市民。"
    (tmp_path / "d.txt").write_text(source, encoding="utf-8")
    check = SourceCheck([tmp_path], {"d": clean(RawDocument("d", source, "d"))})

    assert check(Returned("d", (0, len(source)), "都市计划借此了解市民。"))
    assert not check(Returned("d", (0, len(source)), "都市计划借此了解公民。"))


@pytest.mark.parametrize(
    "passage",
    [
        Returned("d", (0, len(SOURCE)), "计划支持60个园区。"),
        Returned("d", (1, len(SOURCE)), "计划支持50个园区。"),
        Returned("d", (2, len(SOURCE)), "ì)划支持50个园区。"),  # begins inside an edit
        Returned("d", (0, 3), "计"),  # ends inside one
        Returned("d", (0, len(SOURCE) + 1), "计划支持50个园区。"),
        Returned("d", (3, 3), ""),
        Returned("e", (0, len(SOURCE)), "计划支持50个园区。"),
    ],
)
def test_a_quote_that_does_not_stand_there_is_not_found(check: SourceCheck, passage: Returned) -> None:
    assert not check(passage)


def test_a_source_that_has_changed_since_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "d.txt").write_text(SOURCE.replace("５０", "６０"), encoding="utf-8")
    check = SourceCheck([tmp_path], {"d": clean(RawDocument("d", SOURCE, "d"))})
    assert not check(Returned("d", (0, len(SOURCE)), "计划支持50个园区。"))


def test_every_passage_of_the_corpus_stands_in_its_source_and_no_altered_one_does(assistant: Assistant) -> None:
    check = SourceCheck([CORPUS], assistant.index.documents)
    passages = passages_of(assistant.index)
    assert passages
    assert all(map(check, passages))
    for passage in passages:
        assert not check(replace(passage, text=passage.text[:-1] + "囧"))
        assert not check(replace(passage, span=(passage.span[0], passage.span[1] - 1)))
