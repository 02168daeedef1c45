from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.clean.align import AlignedText
from index.clean.strip_readings import KIND, strip_readings
from tests.conftest import CORPUS

PIECES = st.sampled_from(
    [
        "計",
        "(jì)",
        "（jì）",
        "劃",
        "(huà)",
        "行",
        "(xíng)",
        "(háng)",
        "的",
        "(de)",
        "WTO",
        "(ai)",
        "(",
        ")",
        "𠀀",
        "，",
        "\n",
    ]
)


def stripped(text: str) -> str:
    return strip_readings(AlignedText.of(text)).text


@pytest.mark.parametrize(
    ("noisy", "clean"),
    [
        ("計(jì)劃(huà)", "計劃"),
        ("计（jì）划", "计划"),
        ("行(xíng)動", "行動"),
        ("行(háng)業", "行業"),
        ("重(zhòng)點，重(chóng)慶", "重點，重慶"),
        ("企業(yè)的(de)", "企業的"),
        ("我們(men)", "我們"),
        ("旅(lǚ)行", "旅行"),
        ("戰(zhàn)略(lüè)", "戰略"),
        ("愛(ài)", "愛"),
        ("啊(a)", "啊"),
    ],
)
def test_a_reading_of_the_character_before_it_is_removed(noisy: str, clean: str) -> None:
    assert stripped(noisy) == clean


@pytest.mark.parametrize(
    "text",
    [
        "世贸组织(WTO)",
        "(2022-2025年)",
        "暂行办法(试行)",
        "人工智能(ai)",
        "智能(AI)",
        "計(huà)劃",
        "計(jǐ)劃",
        "計(ji)劃",
        "計 (jì)",
        "計(jì",
        "计(ＪＩ)",
        "A(ā)",
        "(jì)",
        "，(jì)",
        "爱(ai)",
        "附件(a)",
        "计(jì,huà)",
    ],
)
def test_a_bracket_that_is_no_reading_of_that_character_stays(text: str) -> None:
    assert stripped(text) == text


@given(st.lists(PIECES, max_size=20).map("".join))
@settings(max_examples=200, deadline=None)
def test_only_brackets_are_removed_and_each_is_named_a_reading(text: str) -> None:
    result = strip_readings(AlignedText.of(text))
    for edit in result.edits:
        assert (edit.kind, edit.after) == (KIND, "")
        assert edit.before[0] in "(（"
        assert edit.before[-1] in ")）"
        assert edit.before[1:-1].isalpha()


@given(st.lists(PIECES, max_size=20).map("".join))
@settings(max_examples=200, deadline=None)
def test_stripping_twice_removes_nothing_more(text: str) -> None:
    assert stripped(stripped(text)) == stripped(text)


def test_every_bracketed_spelling_of_the_mirrored_corpus_text_is_a_reading() -> None:
    (file,) = CORPUS.glob("002_*.txt")
    result = strip_readings(AlignedText.of(file.read_text(encoding="utf-8")))
    assert len(result.edits) == 264
    assert "(jì)" in result.source
    # What is left is the broken entity 領(lǐng)域?qū)>, whose bracket closes nothing that was opened.
    assert [character for character in result.text if character in "(（"] == []


def test_a_thousand_readings_behind_one_character_are_all_removed() -> None:
    assert stripped("行" + "(xíng)" * 3000 + "业") == "行业"
