from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.compare_texts import Text, common_stretch
from index.group_copies import Alike, group, sketches_of
from index.take_letters import letters_of
from tests.index.test_compare_texts import BODY

BODIES = [BODY, BODY.replace("2000", "3000"), BODY[::-1], BODY.replace("市", "省")]


@st.composite
def mirrors(draw: st.DrawFn) -> Text:
    """A text as some site may show it: something before, after, cut off, or put in."""
    written = draw(st.sampled_from(BODIES))
    written = draw(st.sampled_from(["", "首页 政策\n", "某市专项资金管理办法\n"])) + written
    written = written[: draw(st.sampled_from([len(written), len(written) - 30]))]
    written += draw(st.sampled_from(["", "\n主办单位某某网", "\n2021年5月", "\n2022年5月"]))
    noise = draw(st.sampled_from([0, 3]))
    if noise:
        written = written.replace("，", draw(st.sampled_from(["统台，", "，"])), 2)
    letters = letters_of(written)
    return Text(letters.text, letters.closed, letters.gaps, noise, ())


def sketched(texts: Sequence[Text]) -> Sequence[Alike]:
    sketches = [sketches_of(letters_of(text.letters).codes, [(0, len(text.letters))]) for text in texts]
    return group(texts, np.concatenate(sketches))


def compared_with_all(texts: Sequence[Text]) -> list[Alike]:
    """What `group` finds, by brute force."""
    alike: list[Alike] = []
    for at, text in enumerate(texts):
        bests = [best for best in range(at) if alike[best].best == best]
        same = sorted(bests, key=lambda best: (texts[best].letters != text.letters, best))
        found = next((Alike(best, blocks) for best in same if (blocks := common_stretch(text, texts[best]))), None)
        alike.append(found or Alike(at, ()))
    return alike


@settings(deadline=None)
@given(st.lists(mirrors(), min_size=1, max_size=12))
def test_nothing_is_missed_that_comparing_every_pair_would_find(texts: list[Text]) -> None:
    assert sketched(texts) == compared_with_all(texts)


@given(
    st.lists(
        st.text("甲乙丙丁1，", max_size=12).map(lambda letters: Text(letters_of(letters).text)), min_size=1, max_size=8
    )
)
def test_short_texts_are_alike_only_where_they_have_a_common_stretch(texts: list[Text]) -> None:
    for at, one in enumerate(sketched(texts)):
        assert one.blocks == (common_stretch(texts[at], texts[one.best]) if one.best != at else ())


def test_a_sketch_is_of_the_letters_of_its_stretch_alone() -> None:
    codes = letters_of(f"甲乙丙{BODY}丁戊己").codes
    letters = letters_of(BODY)
    within = sketches_of(codes, [(0, 3), (3, 3 + len(letters.codes))])[1]
    assert np.array_equal(within, sketches_of(letters.codes, [(0, len(letters.codes))])[0])


@pytest.mark.parametrize("vary", [lambda _: "", lambda at: f"\n共{at}页", lambda at: f"第{at}号"])
def test_thousands_of_forms_cost_no_comparison_of_every_pair(vary: object) -> None:
    assert callable(vary)
    letters = [letters_of(f"{BODY}{vary(at)}{BODY[::-1]}") for at in range(1000)]
    sketches = np.concatenate([sketches_of(one.codes, [(0, len(one.codes))]) for one in letters])
    started = time.perf_counter()
    alike = group([Text(one.text) for one in letters], sketches)
    assert time.perf_counter() - started < 20
    assert len({one.best for one in alike}) == (1000 if vary(1) else 1)
