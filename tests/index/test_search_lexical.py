from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from math import log
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from index.search_dense import Rows
from index.search_lexical import FieldedBM25, TantivyBM25
from index.tokenize import characters, sound, sounds, terms

# Every lexical store must honour the contract below: how it is built in a folder, and how it is loaded from there.
IMPLEMENTATIONS = {
    "tantivy": (TantivyBM25.build, TantivyBM25.load),
    "fielded": (FieldedBM25.build, FieldedBM25.load),
}
# Terms of a text up to here are counted exactly; beyond, the length is rounded to steps of about an eighth.
EXACT_LENGTH = 40

few_characters = st.text("中小企业政策", max_size=EXACT_LENGTH)
mixed = st.lists(st.sampled_from(["中小", "企业", "ai", " ", "，", "1,000", "50", "政策", "补贴"]), max_size=12).map(
    "".join
)
corpora = st.lists(few_characters | mixed, min_size=1, max_size=12)
# What a query language would take for its own.
QUERY_LANGUAGE = [
    "",
    " ",
    "\0",
    '"',
    '"中小',
    '"中小企业"',
    "'企业",
    "-企业 政策",
    "+企业 -政策",
    "中小 AND 企业",
    "NOT 企业",
    "OR",
    "terms:企业",
    "row:1",
    "row:[0 TO 9]",
    "[中 TO 小]",
    "{企业",
    "(企业",
    "企业)",
    "*",
    "企*",
    "企业~2",
    "企业^9",
    "/企业/",
    "\\",
    "terms:IN [企业]",
    "企业\ud800政策",
    "<script>企业</script>",
    "：，。、“”《》",
    "中" * 3000,
    "a" * 70_000,
    "政策 " * 2000,
]
questions = st.one_of(
    few_characters,
    mixed,
    st.text(max_size=40),
    st.lists(st.sampled_from([*QUERY_LANGUAGE[:-3], "中小", "企业"]), max_size=4).map(" ".join),
)


@pytest.fixture(params=IMPLEMENTATIONS)
def name(request: pytest.FixtureRequest) -> str:
    chosen: str = request.param
    return chosen


class ReferenceBM25:
    """BM25 [1] as written down: k1 = 1.2, b = 0.75, every term of the question counted as often as it stands there.

    [1] Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond, 2009.
    """

    def __init__(self, texts: Sequence[str], tokenize: Callable[[str], list[str]] = terms) -> None:
        self.counts = [Counter(tokenize(text)) for text in texts]
        self.lengths = [count.total() for count in self.counts]
        self.mean = sum(self.lengths) / len(texts)

    def having(self, term: str) -> int:
        return sum(term in count for count in self.counts)

    def rarity(self, term: str) -> float:
        having = self.having(term)
        return log(1 + (len(self.counts) - having + 0.5) / (having + 0.5))

    def scores(self, asked: Iterable[str]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        scores = np.zeros(len(self.counts))
        for term, times in Counter(asked).items():
            for row, (count, length) in enumerate(zip(self.counts, self.lengths, strict=True)):
                if count[term]:
                    weight = count[term] * 2.2 / (count[term] + 1.2 * (0.25 + 0.75 * length / self.mean))
                    scores[row] += times * self.rarity(term) * weight
        return scores


def expected_scores(
    implementation: str, texts: Sequence[str], question: str
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """What each implementation says it computes: BM25 over terms, or its sum with that of characters and of sounds."""
    bigrams = ReferenceBM25(texts)
    scores = bigrams.scores(terms(question))
    if implementation == "tantivy":
        return scores
    heard = ReferenceBM25(texts, sounds)
    mistyped = [
        how for term in terms(question) if (how := sound(term)) and bigrams.having(term) * 20 < heard.having(how)
    ]
    return scores + 0.5 * ReferenceBM25(texts, characters).scores(characters(question)) + heard.scores(mistyped)


def assert_equal_to_reference(
    implementation: str,
    texts: Sequence[str],
    question: str,
    k: int,
    allowed: Rows | None,
    found: tuple[Rows, np.ndarray],
) -> None:
    rows, scores = found
    assert rows.dtype == np.int64
    assert scores.dtype == np.float32
    expected = expected_scores(implementation, texts, question)
    possible = {row for row in (range(len(texts)) if allowed is None else allowed.tolist()) if expected[row] > 0}
    assert len(rows) == len(scores) == min(k, len(possible))
    assert len(set(rows.tolist())) == len(rows)
    assert set(rows.tolist()) <= possible
    assert np.all(scores[:-1] >= scores[1:])
    assert scores == pytest.approx(expected[rows], rel=1e-4)
    assert scores == pytest.approx(sorted((expected[row] for row in possible), reverse=True)[:k], rel=1e-4)


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(texts=corpora, asked=st.lists(questions, min_size=1, max_size=8), k=st.integers(1, 20), data=st.data())
def test_rows_and_scores_are_those_of_the_formula(
    implementation: str,
    tmp_path_factory: pytest.TempPathFactory,
    texts: list[str],
    asked: list[str],
    k: int,
    data: st.DataObject,
) -> None:
    store = IMPLEMENTATIONS[implementation][0](texts, tmp_path_factory.mktemp("lexical"))
    rows = st.lists(st.integers(0, len(texts) - 1), unique=True).map(lambda rows: np.array(rows, dtype=np.int64))
    every = np.arange(len(texts))
    for question in asked:
        for allowed in (None, every, data.draw(rows, label="allowed")):
            found = store.search(question, k, allowed)
            assert_equal_to_reference(implementation, texts, question, k, allowed, found)


TEXTS = ["中小企业政策", "大型企业", "政策解读 and or not row terms", "1 2 3 to 9", "住房"]


@pytest.mark.parametrize("question", QUERY_LANGUAGE)
def test_a_question_is_read_as_terms_and_never_as_a_query(name: str, tmp_path: Path, question: str) -> None:
    store = IMPLEMENTATIONS[name][0](TEXTS, tmp_path)
    assert_equal_to_reference(name, TEXTS, question, 10, None, store.search(question, 10))
    assert_equal_to_reference(name, TEXTS, question, 10, np.array([1, 3]), store.search(question, 10, np.array([1, 3])))


@pytest.mark.parametrize("implementation", IMPLEMENTATIONS)
@given(question=st.text() | st.text(st.sampled_from("企业政策\"'()[]{}+-*?:^~\\/&|! ANDORT")))
@example("\ud800")
def test_no_question_raises(implementation: str, lexical_folders: Path, question: str) -> None:
    store = IMPLEMENTATIONS[implementation][1](lexical_folders / implementation)
    assert_equal_to_reference(implementation, TEXTS, question, 10, None, store.search(question, 10))


@pytest.fixture(scope="module")
def lexical_folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of each implementation, in a folder of its name."""
    folder = tmp_path_factory.mktemp("lexical")
    for name, (build, _) in IMPLEMENTATIONS.items():
        (folder / name).mkdir()
        build(TEXTS, folder / name)
    return folder


def test_long_texts_are_ranked_as_the_formula_ranks_texts_of_their_length(name: str, tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    words = ["补贴", "企业", "住房", "人才", "申报", "条件", "园区", "数据", "绿色", "养老"]
    # Blanks between words, so that each is one term and all texts are equally long.
    texts = [" ".join(random.choice(words, 200, p=np.arange(1, 11) / 55)) for _ in range(30)]
    store = IMPLEMENTATIONS[name][0](texts, tmp_path)
    reference = ReferenceBM25(texts)
    for word in words:
        rows, scores = store.search(word, 30)
        assert scores == pytest.approx(expected_scores(name, texts, word)[rows], rel=0.1)
        counts = [reference.counts[row][word] for row in rows]
        assert counts == sorted(counts, reverse=True)


def test_a_term_that_is_asked_twice_weighs_twice(name: str, tmp_path: Path) -> None:
    store = IMPLEMENTATIONS[name][0](["补贴 住房", "补贴 人才", "申报 条件"], tmp_path)
    once, twice = (
        dict(zip(*store.search("住房 人才", 9), strict=True)),
        dict(zip(*store.search("住房 人才 人才", 9), strict=True)),
    )
    assert twice[0] == pytest.approx(once[0])
    assert twice[1] == pytest.approx(2 * once[1])


def test_a_text_that_repeats_a_term_is_found_before_one_that_does_not(name: str, tmp_path: Path) -> None:
    store = IMPLEMENTATIONS[name][0](["补贴 住房 人才", "补贴 补贴 人才", "补贴 补贴 补贴", "人才 人才 人才"], tmp_path)
    assert store.search("补贴", 9)[0].tolist() == [2, 1, 0]


def test_the_rarer_of_two_terms_decides(name: str, tmp_path: Path) -> None:
    store = IMPLEMENTATIONS[name][0](["补贴 住房", "补贴 人才", "补贴 条件", "园区 申报"], tmp_path)
    assert store.search("补贴 园区", 1)[0].tolist() == [3]


def test_rarity_falls_with_every_further_text_that_has_the_term_and_is_never_negative(
    name: str, tmp_path: Path
) -> None:
    words = ["补贴", "企业", "住房", "人才", "申报"]
    texts = [" ".join(words[:count]) for count in range(1, len(words) + 1)]
    store = IMPLEMENTATIONS[name][0](texts, tmp_path)
    rarities = [store.rarity(word) for word in [*words, "未见"]]
    assert rarities == sorted(set(rarities))
    assert min(rarities) >= 0
    assert rarities == pytest.approx([ReferenceBM25(texts).rarity(word) for word in [*words, "未见"]], rel=1e-5)


def test_texts_without_any_term_are_never_found(name: str, tmp_path: Path) -> None:
    store = IMPLEMENTATIONS[name][0](["", "。，、", "\ud800", "补贴"], tmp_path)
    assert store.search("补贴。，", 9)[0].tolist() == [3]
    assert store.search("。", 9)[0].tolist() == []


def test_an_empty_store_finds_nothing(name: str, tmp_path: Path) -> None:
    store = IMPLEMENTATIONS[name][0]([], tmp_path)
    rows, scores = store.search("补贴", 9)
    assert rows.shape == scores.shape == (0,)
    assert store.rarity("补贴") >= 0


def test_a_built_store_and_the_loaded_one_give_the_same_answers(name: str, tmp_path: Path) -> None:
    build, load = IMPLEMENTATIONS[name]
    (tmp_path / "政策 lexical").mkdir()
    built = build(TEXTS, tmp_path / "政策 lexical")
    loaded = load(tmp_path / "政策 lexical")
    for question in ("企业", "政策 解读", "1", "没有这样的词"):
        for allowed in (None, np.array([0, 2])):
            rows, scores = loaded.search(question, 5, allowed)
            expected_rows, expected_scores = built.search(question, 5, allowed)
            assert rows.tolist() == expected_rows.tolist()
            assert scores.tolist() == expected_scores.tolist()
        for term in terms(question):
            assert loaded.rarity(term) == built.rarity(term)


def test_equal_texts_come_in_the_same_order_from_every_build(name: str, tmp_path: Path) -> None:
    build, _ = IMPLEMENTATIONS[name]
    texts = ["企业补贴", "企业住房", "企业补贴"] * 700
    found = []
    for at in range(3):
        folder = tmp_path / str(at)
        folder.mkdir()
        found.append(build(texts, folder).search("企业补贴", len(texts)))
    for rows, scores in found[1:]:
        assert np.array_equal(rows, found[0][0])
        assert np.array_equal(scores, found[0][1])
    assert len(found[0][0]) == len(texts)
    assert set(found[0][0][:1400].tolist()) == {row for row in range(len(texts)) if row % 3 != 1}


@pytest.mark.parametrize(("typed", "meant"), [("资金连", "资金链"), ("管军", "冠军"), ("特色在体", "特色载体")])
def test_a_mistyped_term_is_found_by_its_sound(tmp_path: Path, typed: str, meant: str) -> None:
    texts = [f"支持{meant}和创新发展", "支持资金企业特色", "企业特色资金支持", "管理在线企业"]
    (tmp_path / "plain").mkdir()
    (tmp_path / "fielded").mkdir()
    assert FieldedBM25.build(texts, tmp_path / "fielded").search(typed, 1)[0].tolist() == [0]
    assert TantivyBM25.build(texts, tmp_path / "plain").search(typed, 1)[0].tolist() != [0]


def test_a_term_that_is_as_common_as_its_homophones_is_not_taken_for_a_typo(tmp_path: Path) -> None:
    store = FieldedBM25.build(["公式计算方法", "公示结果名单", "其他内容"], tmp_path)
    assert store.search("公示", 9)[0].tolist() == [1, 0]
    scores = dict(zip(*store.search("公示", 9), strict=True))
    # The other shares the character 公 and nothing more.
    assert scores[0] == pytest.approx(expected_scores("fielded", ["公式计算方法", "公示结果名单", "其他内容"], "公")[0])
