from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path

import opencc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.clean.fold import fold, fold_script, fold_width, is_folded, is_traditional, to_traditional
from tests.conftest import CORPUS

CODE_POINTS = [chr(point) for point in range(0x20, 0x30000) if not 0xD800 <= point < 0xE000]
SIMPLIFIED = "各地各部门要认真落实中小企业发展规划,"
TRADITIONAL = "各地各部門要認真落實中小企業發展規劃,"
WORDS = [
    "著力",
    "显著",
    "顯著",
    "之後",
    "以后",
    "皇后",
    "乾隆",
    "乾淨",
    "干净",
    "饿了么",
    "什麼",
    "瞭解",
    "了解",
    "頭髮",
]
TEXTS = st.lists(
    st.one_of(
        st.sampled_from([*WORDS, SIMPLIFIED, TRADITIONAL, "ＡＩ５０", "　", "…", "㎡", "10³", "：“”"]),
        # NUL never gets here: a text that holds it is refused when it is read.
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6),
        st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), max_size=6),
    ),
    max_size=8,
).map("".join)


def chunks() -> Iterator[list[str]]:
    for start in range(0, len(CODE_POINTS), 4096):
        yield CODE_POINTS[start : start + 4096]


@pytest.mark.parametrize("config", ["tw2s", "s2tw"])
def test_opencc_keeps_every_code_point_one_character(config: str) -> None:
    converter = opencc.OpenCC(config)
    changed = [
        f"U+{ord(was):04X}"
        for chunk in chunks()
        for was, now in zip(chunk, converter.convert("\n".join(chunk)).split("\n"), strict=True)
        if len(now) != 1
    ]
    assert changed == []


def test_folding_twice_changes_no_code_point_more() -> None:
    changed = [
        was
        for chunk in chunks()
        for was, once in zip(chunk, fold("\n".join(chunk)).split("\n"), strict=True)
        if fold(once) != once
    ]
    assert changed == []


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_folding_keeps_the_length(text: str) -> None:
    assert len(fold(text)) == len(fold_script(text)) == len(fold_width(text)) == len(to_traditional(text)) == len(text)


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize("name", ["畢昇", "楊聯陞", "氾勝之", "蒐獵"])
def test_a_rare_word_meets_its_own_folded_form(name: str) -> None:
    assert fold(fold(name)) == fold(name)
    assert is_folded(name, fold(name))


@pytest.mark.parametrize("file", sorted(CORPUS.glob("*.txt")), ids=lambda file: file.stem[:3])
def test_folding_a_text_of_the_corpus_twice_changes_nothing_more(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    once = fold(text)
    assert len(once) == len(text)
    assert fold(once) == once


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_what_was_folded_is_known_as_the_original_up_to_script_and_width(text: str) -> None:
    assert is_folded(text, fold(text))


@pytest.mark.parametrize(
    ("original", "other"),
    [("發展", "发屐"), ("發展", "发"), ("後", "前"), ("Ａ", "a"), ("着", "著"), ("，", ",")],
)
def test_another_text_is_not_a_folded_form(original: str, other: str) -> None:
    assert not is_folded(original, other)


@pytest.mark.parametrize("word", ["显著", "饿了么", "乾隆", "乾坤", "瞭望", "著名", "著作权", "名著", "土著"])
def test_a_word_of_simplified_text_stays_as_it_is(word: str) -> None:
    assert fold(f"{SIMPLIFIED}{word}。") == f"{SIMPLIFIED}{word}。"
    assert fold(word) == word


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("著力推動", "着力推动"),
        ("效果顯著", "效果显著"),
        ("著名", "著名"),
        ("之後", "之后"),
        ("皇后", "皇后"),
        ("乾淨", "干净"),
        ("乾隆", "乾隆"),
    ],
)
def test_traditional_text_is_read_word_by_word(traditional: str, simplified: str) -> None:
    assert fold(f"{TRADITIONAL}{traditional}。") == f"{SIMPLIFIED}{simplified}。"


@pytest.mark.parametrize(("leftover", "simplified"), [("後", "后"), ("發", "发"), ("裡", "里"), ("規劃", "规划")])
def test_a_leftover_in_simplified_text_is_folded(leftover: str, simplified: str) -> None:
    text = SIMPLIFIED * 5
    assert fold(f"{text}{leftover},效果显著") == f"{text}{simplified},效果显著"


def test_script_is_told_by_the_share_of_traditional_characters() -> None:
    assert is_traditional(TRADITIONAL)
    assert not is_traditional(SIMPLIFIED)
    assert not is_traditional(f"{SIMPLIFIED * 5}後")
    assert not is_traditional("")
    assert not is_traditional("WTO 2022")


def test_full_width_letters_digits_and_blanks_become_narrow() -> None:
    wide = "ＡＢＹＺａｂｙｚ０１８９　"
    assert fold_width(wide) == unicodedata.normalize("NFKC", wide) == "ABYZabyz0189 "


@pytest.mark.parametrize("text", ["，。：；！？（）", "“小巨人”…—", "㎡10³①", "％＋－＝", "ｱｲｳ"])
def test_width_of_punctuation_and_symbols_stays(text: str) -> None:
    assert fold_width(text) == text


def test_simplified_text_is_shown_in_traditional_glyphs() -> None:
    assert to_traditional("着力推动产业链，头发，以后") == "著力推動產業鏈，頭髮，以後"
    assert to_traditional("供应链、资金链和项链") == "供應鏈、資金鏈和項鍊"


@pytest.mark.parametrize(
    "text",
    [
        "通过後取得显著成效",
        "以後显著",
        "行动计划实施後饿了么有什么显著变化",
        "通过後取得显著成效（2022年1月至2023年12月，第1、2、3、4、5期）",
    ],
)
def test_a_leftover_in_a_short_simplified_text_changes_nothing_else(text: str) -> None:
    assert fold(text) == text.replace("後", "后")


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("臺灣", "台湾"),
        ("著力培育台灣產業", "着力培育台湾产业"),
        ("台灣里面乾淨着", "台湾里面干净着"),
        ("台北、台中、台南著力推動補助", "台北、台中、台南着力推动补助"),
    ],
)
def test_a_short_traditional_text_is_folded_whole(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_a_character_of_both_scripts_beside_a_traditional_one_is_folded_with_it() -> None:
    text = "關於促进平台经济健康发展的若干措施，作者於梨华认为各地各部门要取得显著成效。"
    assert fold(text) == text.replace("關於", "关于")
