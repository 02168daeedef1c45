from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.take_letters import letters_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("支持５０个项目，总计１.５％。", "支持 50 个项目——总计1.5%"),
        ("成效显著，着力推动", "成效顯著，著力推动"),
        ("畢昇", "毕升"),
        ("税总发〔2020〕14号", "税总发[2020]14号"),
        ("2020-2025年", "2020—2025年"),
        ("10\n20", "10  20"[:3] + "20"),
        ("“小巨人”", "「小巨人」"),
    ],
)
def test_marks_width_and_script_are_no_difference(one: str, other: str) -> None:
    assert letters_of(one).text == letters_of(other).text


@pytest.mark.parametrize(
    ("one", "other"),
    [("1.5万元", "15万元"), ("1.5", "1,5"), ("10-20", "1020"), ("50%", "50"), ("50%", "50‰"), ("8:30", "8.30")],
)
def test_what_makes_another_number_is_a_difference(one: str, other: str) -> None:
    assert letters_of(one).text != letters_of(other).text


@given(st.text(max_size=60))
def test_every_letter_is_counted_where_it_stands(written: str) -> None:
    letters = letters_of(written)
    assert len(letters.before) == len(written) + 1
    assert len(letters.text) == letters.before[-1] == len(letters.closed)
    assert not len(letters.closed) or letters.closed[-1]
    blanks = {int(letters.before[at]) for at, character in enumerate(written) if character.isspace()}
    assert letters.gaps == sorted({0, *blanks, len(letters.text)})
    for at in range(len(written)):
        assert letters.before[at + 1] - letters.before[at] in {0, 1}


@given(st.text(max_size=60), st.integers(0, 60))
def test_the_letters_before_a_place_are_the_letters_of_the_text_up_to_it(written: str, at: int) -> None:
    letters = letters_of(written)
    before, after = written[:at], written[at:]
    if not (before[-2:-1].isdecimal() or before[-1:].isdecimal() or after[:1].isdecimal() or after[1:2].isdecimal()):
        assert letters.text[: letters.before[min(at, len(written))]] == letters_of(before).text
