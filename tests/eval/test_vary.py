from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.records import LabelledQuestion
from eval.vary import SLICES, shifted, with_typos, without_punctuation, write_noisy
from qa.question import Turn

ASKED = LabelledQuestion(
    "q", "《行动计划》支持多少个实体园区，打造特色载体？", {"a": 1}, history=(Turn("user", "什么是行动计划"),)
)


def test_every_slice_changes_the_words_and_nothing_else() -> None:
    for name, change in SLICES.items():
        changed = change(ASKED)
        assert (changed.id, changed.documents, changed.evidence) == (ASKED.id, ASKED.documents, ASKED.evidence)
        assert (changed.text != ASKED.text) == (name != "in Simplified")


def test_scripts_lead_into_each_other() -> None:
    traditional = SLICES["in Traditional"](ASKED)
    assert traditional.text == "《行動計劃》支持多少個實體園區，打造特色載體？"
    assert traditional.history[0].content == "什麼是行動計劃"
    assert SLICES["in Simplified"](traditional) == ASKED


def test_typos_sound_alike_and_are_always_the_same() -> None:
    from pypinyin import lazy_pinyin

    typed = with_typos(ASKED)
    assert typed == with_typos(ASKED)
    wrong = [(was, now) for was, now in zip(ASKED.text, typed.text, strict=True) if was != now]
    assert len(wrong) == 2  # of 19 Chinese characters
    assert all(lazy_pinyin(was) == lazy_pinyin(now) for was, now in wrong)


def test_what_cannot_be_mistyped_stays() -> None:
    assert with_typos(LabelledQuestion("q", "AI 50?", {})).text == "AI 50?"


def test_punctuation_goes_and_blanks_stay() -> None:
    assert without_punctuation(ASKED).text == "行动计划支持多少个实体园区打造特色载体"
    assert without_punctuation(LabelledQuestion("q", "what is AI, 5?", {})).text == "what is AI 5"
    assert without_punctuation(LabelledQuestion("q", "？", {})).text == "？"


def test_noise_moves_spans_and_keeps_them(tmp_path: Path) -> None:
    (tmp_path / "d.txt").write_text("支持园区。投入资金。", encoding="utf-8")
    file, offsets = write_noisy(tmp_path / "d.txt", tmp_path, lambda text: text.replace("。", "服英。"))
    noisy = json.loads(file.read_text(encoding="utf-8"))
    assert noisy["_id"] == "d"
    assert noisy["text"] == "支持园区服英。投入资金服英。"
    assert noisy["text"][slice(*shifted((5, 9), offsets["d"]))] == "投入资金"


def test_noise_that_takes_something_out_is_refused(tmp_path: Path) -> None:
    (tmp_path / "d.txt").write_text("支持园区。", encoding="utf-8")
    with pytest.raises(ValueError, match="only be put in"):
        write_noisy(tmp_path / "d.txt", tmp_path, lambda text: text[1:])
