from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.embed import Vectors
from index.search_dense import FaissFlat, Rows, Scores, VectorStore

Build = Callable[[Vectors], VectorStore]

# Every vector store must honour the contract below: how it is built, and how it is loaded from what it saved.
IMPLEMENTATIONS = {"faiss-flat": (FaissFlat.build, FaissFlat.load)}


@pytest.fixture(params=IMPLEMENTATIONS)
def name(request: pytest.FixtureRequest) -> str:
    chosen: str = request.param
    return chosen


def unit(rows: int, dimension: int, seed: int = 0) -> Vectors:
    vectors = np.random.default_rng(seed).standard_normal((rows, dimension)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def assert_equal_to_brute_force(
    found: tuple[Rows, Scores], vectors: Vectors, question: Vectors, k: int, allowed: Rows
) -> None:
    rows, scores = found
    assert rows.dtype == np.int64
    assert scores.dtype == np.float32
    cosines = vectors @ question
    expected = np.sort(cosines[allowed])[::-1][:k]
    assert len(rows) == len(scores) == len(expected)
    assert len(set(rows.tolist())) == len(rows)
    assert set(rows.tolist()) <= set(allowed.tolist())
    assert scores == pytest.approx(expected, abs=1e-5)
    assert scores == pytest.approx(cosines[rows], abs=1e-5)
    assert np.all(scores[:-1] >= scores[1:])


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
@given(
    rows=st.integers(1, 40),
    dimension=st.integers(1, 24),
    k=st.integers(1, 60),
    seed=st.integers(0, 2**32 - 1),
    data=st.data(),
)
def test_the_best_rows_are_those_of_brute_force(
    implementation: str, rows: int, dimension: int, k: int, seed: int, data: st.DataObject
) -> None:
    vectors, question = unit(rows, dimension, seed), unit(1, dimension, seed + 1)[0]
    store = IMPLEMENTATIONS[implementation][0](vectors)
    every = np.arange(rows)
    allowed = np.array(data.draw(st.lists(st.integers(0, rows - 1), unique=True), label="allowed"), dtype=np.int64)
    assert_equal_to_brute_force(store.search(question, k), vectors, question, k, every)
    assert_equal_to_brute_force(store.search(question, k, every), vectors, question, k, every)
    assert_equal_to_brute_force(store.search(question, k, allowed), vectors, question, k, allowed)


@pytest.mark.parametrize("rows", [1, 8, 9, 1000])
def test_no_allowed_rows_find_nothing(name: str, rows: int) -> None:
    store = IMPLEMENTATIONS[name][0](unit(rows, 4))
    found, scores = store.search(unit(1, 4)[0], 5, np.array([], dtype=np.int64))
    assert found.shape == scores.shape == (0,)


@pytest.mark.parametrize("allowed", [None, np.array([0, 2])])
def test_more_than_there_is_comes_back_without_filling(name: str, allowed: Rows | None) -> None:
    store = IMPLEMENTATIONS[name][0](unit(3, 4))
    rows, scores = store.search(unit(1, 4)[0], 1000, allowed)
    assert sorted(rows.tolist()) == ([0, 1, 2] if allowed is None else [0, 2])
    assert np.all(np.abs(scores) <= 1 + 1e-5)


def test_each_vector_finds_itself_with_a_cosine_of_one(name: str) -> None:
    vectors = unit(50, 16)
    store = IMPLEMENTATIONS[name][0](vectors)
    for row, vector in enumerate(vectors):
        rows, scores = store.search(vector, 1)
        assert rows.tolist() == [row]
        assert scores == pytest.approx([1], abs=1e-5)


def test_the_opposite_of_a_vector_is_scored_minus_one(name: str) -> None:
    vectors = unit(1, 16)
    rows, scores = IMPLEMENTATIONS[name][0](vectors).search(-vectors[0], 1)
    assert rows.tolist() == [0]
    assert scores == pytest.approx([-1], abs=1e-5)


@pytest.mark.parametrize("factor", [0, 0.5, 1.01, 2, np.nan, np.inf])
def test_a_vector_that_is_not_of_unit_length_is_refused_by_its_row(name: str, factor: float) -> None:
    vectors = unit(5, 8)
    vectors[3] = factor
    with pytest.raises(ValueError, match="vector 3 has length"):
        IMPLEMENTATIONS[name][0](vectors)


def test_the_vectors_come_back_as_they_were_given(name: str) -> None:
    vectors = unit(20, 8)
    assert np.array_equal(IMPLEMENTATIONS[name][0](vectors).vectors(), vectors)


def test_the_store_does_not_follow_later_changes_of_the_vectors_it_was_given(name: str) -> None:
    vectors = unit(20, 8)
    before = vectors.copy()
    store = IMPLEMENTATIONS[name][0](vectors)
    vectors[:] = unit(20, 8, seed=9)
    assert np.array_equal(store.vectors(), before)


def test_what_was_saved_loads_as_the_same_store(name: str, tmp_path: Path) -> None:
    build, load = IMPLEMENTATIONS[name]
    vectors, questions = unit(100, 16), unit(10, 16, seed=1)
    store = build(vectors)
    store.save(tmp_path / "政策 vectors")
    loaded = load(tmp_path / "政策 vectors")
    assert np.array_equal(loaded.vectors(), vectors)
    allowed = np.arange(0, 100, 3)
    for question in questions:
        for among in (None, allowed):
            rows, scores = loaded.search(question, 7, among)
            expected_rows, expected_scores = store.search(question, 7, among)
            assert rows.tolist() == expected_rows.tolist()
            assert scores.tolist() == expected_scores.tolist()


def test_searches_on_several_threads_find_what_one_finds(name: str) -> None:
    vectors, questions = unit(500, 32), unit(64, 32, seed=1)
    store = IMPLEMENTATIONS[name][0](vectors)
    allowed = [np.arange(at % 7, 500, 7) for at in range(len(questions))]

    def search(at: int) -> list[int]:
        rows, _ = store.search(questions[at], 10, allowed[at])
        return list(map(int, rows))

    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(search, range(len(questions))))
    assert together == [search(at) for at in range(len(questions))]
