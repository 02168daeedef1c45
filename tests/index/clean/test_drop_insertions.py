from __future__ import annotations

import random

import numpy as np
import pytest

from eval.insert_noise import Pool, insert_noise
from index.clean.align import AlignedText
from index.clean.document import clean
from index.clean.drop_insertions import KIND, Decoded, drop_insertions, find_insertions
from index.clean.fold import Script, fold
from index.clean.mark_damage import mark_damage
from index.records import RawDocument
from tests.conftest import CORPUS
from tests.stubs import HOSTILE

EXPLANATION = (CORPUS / "000_0484466805c91431.txt").read_text(encoding="utf-8")
# Fewer and rarer words than most policies have, and no insertion.
NAMES = (
    "出席会议的有：曲哲涵、邢培毅、萧海川、俞菀、李婷玉、唐昌祥、胡章翠、易舒冉。会议讨论了返岗、抽贷、收储、拱手礼、"
    "堃彧、龙洲苑等事项，与会人员一致同意。"
)

FOREIGN_NAMES = (
    "首发名单为斯捷潘年科、马霍尔季赫、皮亚尼奇、曼朱基奇、博纳文图拉、祖帕尼奇、基耶斯、勒沃尔、皮尔洛、格策、乌祖尼、"
    "埃斯特拉、贝洛蒂、祖尔曼、施泰因巴赫、霍伊贝格、库卢塞夫斯基、佩里希奇；替补为洛里、多尔蒂、桑谢斯、戴尔、斯基普。"
)


def test_all_insertions_of_the_mirrored_text_are_found_and_nothing_else() -> None:
    document = clean(RawDocument("002", (CORPUS / "002_7d8cf7461854982d.txt").read_text(encoding="utf-8"), "002"))
    removed = [edit for edit in document.edits if edit.kind == KIND]
    # Counted by hand: 59 pairs of characters that are no words, each before a comma, full stop, semicolon or 、.
    assert len(removed) == 59
    assert {len(edit.before) for edit in removed} == {2}
    text = "".join(paragraph.text for paragraph in document.paragraphs)
    for words in ("王江平指出,", "党中央、国务院", "打造大中小企业融通发展特色载体;", "财政部、"):
        assert words in text


def test_a_clean_text_loses_nothing() -> None:
    assert find_insertions(EXPLANATION) == []


def test_names_and_rare_terms_of_a_clean_text_stay() -> None:
    assert find_insertions(NAMES) == []
    assert find_insertions(EXPLANATION + NAMES) == []


@pytest.mark.parametrize("times", [1, 3])
def test_a_clean_text_full_of_foreign_names_loses_nothing(times: int) -> None:
    assert find_insertions(FOREIGN_NAMES * times) == []
    assert find_insertions(EXPLANATION + FOREIGN_NAMES * times) == []


@pytest.mark.parametrize("script", ["original", "traditional"])
@pytest.mark.parametrize("pool", ["simplified", "mixed"])
def test_where_one_mark_in_five_has_an_insertion_nearly_all_go(script: Script, pool: Pool) -> None:
    noisy = insert_noise(EXPLANATION, 0.2, seed=7, script=script, pool=pool)
    inserted = {at for start, end in noisy.insertions for at in range(start, end)}
    found = {at for start, end in find_insertions(noisy.text) for at in range(start, end)}
    assert len(inserted) > 60
    assert len(inserted & found) >= 0.96 * len(inserted)
    assert len(inserted & found) >= 0.98 * len(found)


def test_characters_whose_simplified_forms_are_beyond_the_basic_plane_go_as_well() -> None:
    beyond = [character for character in map(chr, range(0x4E00, 0x9FA6)) if fold(character) > "\uffff"]
    generator = random.Random(2)  # noqa: S311 - a test's noise
    noisy = "".join("".join(generator.sample(beyond, 2)) + mark if mark in ",、" else mark for mark in EXPLANATION)
    inserted = {at for at, character in enumerate(noisy) if character in set(beyond)}
    found = {at for start, end in find_insertions(noisy) for at in range(start, end)}
    assert len(inserted) > 100
    assert len(inserted & found) > 0.96 * len(inserted)


def test_a_leftover_of_traditional_script_is_no_insertion() -> None:
    text = EXPLANATION + "审核通过後，由市财政局拨付资金。企业收到资金後，应当专款专用，并在项目结束後，提交总结报告。"
    for seed in range(8):
        noisy = insert_noise(text, 0.4, seed)
        inserted = {at for start, end in noisy.insertions for at in range(start, end)}
        lost = {at for start, end in find_insertions(noisy.text) for at in range(start, end)} - inserted
        assert "後" not in {noisy.text[at] for at in lost}


@pytest.mark.parametrize("script", ["original", "traditional"])
@pytest.mark.parametrize("pool", ["simplified", "mixed"])
def test_most_of_what_is_inserted_goes_and_little_else(script: Script, pool: Pool) -> None:
    noisy = insert_noise(EXPLANATION, 0.4, seed=7, script=script, pool=pool)
    inserted = {at for start, end in noisy.insertions for at in range(start, end)}
    found = {at for start, end in find_insertions(noisy.text) for at in range(start, end)}
    assert len(inserted) > 100
    assert len(inserted & found) >= 0.94 * len(inserted)
    assert len(inserted & found) >= 0.96 * len(found)


def test_a_reading_between_does_not_hide_an_insertion() -> None:
    noisy = insert_noise(EXPLANATION, 0.6, seed=3, script="traditional", readings=True)
    document = clean(RawDocument("noisy", noisy.text, "noisy"))
    assert sum(edit.kind == KIND for edit in document.edits) >= 0.9 * len(noisy.insertions)


@pytest.mark.parametrize(("damage", "tail"), [("銆?", "各地组织实施。"), ("锟斤拷", "，各地组织实施。")])
def test_what_is_marked_as_damage_is_no_insertion(damage: str, tail: str) -> None:
    noisy = insert_noise(EXPLANATION, 0.6, seed=3).text + f"\n支持企业发展{damage}{tail}"
    marked = mark_damage(AlignedText.of(noisy))
    (mark,) = marked.edits
    assert mark.before == damage
    assert any(start < mark.end and mark.start < end for start, end in find_insertions(noisy))
    assert mark in drop_insertions(marked).edits
    assert f"支持企业发展{damage}{tail}" in drop_insertions(marked).text


def test_removing_insertions_twice_removes_nothing_more() -> None:
    noisy = insert_noise(EXPLANATION, 0.5, seed=11)
    once = clean(RawDocument("noisy", noisy.text, "noisy"))
    text = "\n".join(paragraph.text for paragraph in once.paragraphs)
    twice = clean(RawDocument("again", text, "again"))
    assert "\n".join(paragraph.text for paragraph in twice.paragraphs) == text


def test_the_number_of_a_list_is_no_insertion() -> None:
    noisy = insert_noise(EXPLANATION, 0.8, seed=5).text.replace("\n", "\n一、目标任务\n")
    numbers = {at for at, character in enumerate(noisy) if character == "一" and noisy[at - 1] == "\n"}
    assert numbers
    assert not numbers & {at for start, end in find_insertions(noisy) for at in range(start, end)}


@pytest.mark.parametrize("text", [*HOSTILE, "", "，", "。。。。", "统台，", "\U00020000\U00020001，" * 50])
def test_odd_texts_are_read_without_failing(text: str) -> None:
    result = drop_insertions(AlignedText.of(text))
    assert "".join(character for character in result.text if not "\u3400" <= character < "\ua000") == "".join(
        character for character in text if not "\u3400" <= character < "\ua000"
    )


def test_only_chinese_characters_before_a_mark_are_taken() -> None:
    generator = random.Random(1)  # noqa: S311 - a test's noise
    noise = "".join("".join(chr(generator.randrange(0x4E00, 0x9FA6)) for _ in range(8)) + "abc)，" for _ in range(60))
    assert find_insertions(noise) == []


def test_of_the_characters_before_a_mark_only_those_go_that_are_likely_inserted() -> None:
    # That one, two and three characters were inserted.
    probabilities = np.array([[0.1, 0.2, 0.3], [0.3, 0.4, 0.1], [0.05, 0.8, 0.1], [0.0, 0.1, 0.85]])
    decoded = Decoded(np.arange(4), probabilities, evidence=30.0)
    assert decoded.lengths().tolist() == [0, 1, 2, 3]
