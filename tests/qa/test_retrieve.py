from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pytest

from index.load import SearchIndex
from index.records import Document
from qa.ask import Assistant
from qa.question import Filters, Question, subject
from qa.retrieve import DOCUMENT_WEIGHT, Hit, LegScore, around, retrieve
from tests.stubs import HOSTILE, assistant_over, remembering

QUESTIONS = [
    "行动计划支持多少个实体园区打造特色载体？",
    "七條鏈包括哪些",
    "中央财政投入多少资金",
    "今天天气怎么样",
    "xyz 2022",
]
DATES = [None, date(2021, 1, 1), date(2022, 5, 16), date(2023, 12, 31)]


@pytest.fixture(scope="module")
def index(assistant: Assistant) -> SearchIndex:
    return remembering(assistant).index


@pytest.fixture(scope="module")
def dated(tmp_path_factory: pytest.TempPathFactory) -> SearchIndex:
    """Nine documents: three issuers, three dates, one document without either."""
    records: list[dict[str, object]] = [
        {
            "_id": f"{issuer}{day}",
            "text": f"{issuer}支持园区建设。\n第二段讲资金。",
            "issuer": issuer,
            "issued_on": str(day),
        }
        for issuer, day in product(["工信部", "财政部"], filter(None, DATES))
    ]
    records += [
        {"_id": "无日期", "text": "科技部支持园区创新。", "issuer": "科技部"},
        {"_id": "无机构", "text": "支持园区融通。", "issued_on": "2022-05-16"},
        {"_id": "皆无", "text": "支持园区发展。"},
    ]
    return assistant_over(records, tmp_path_factory.mktemp("dated")).index


def hits(text: str, index: SearchIndex, dense_weight: float = 0.2, top_k: int = 100) -> Sequence[Hit]:
    return retrieve(Question(text, top_k=top_k), index, dense_weight).hits


def score(leg: LegScore | None) -> float:
    return leg.score if leg else 0.0


def words(hit: Hit) -> float:
    return (1 - DOCUMENT_WEIGHT) * score(hit.lexical) + DOCUMENT_WEIGHT * score(hit.document)


@pytest.mark.parametrize("text", QUESTIONS)
@pytest.mark.parametrize("dense_weight", [0.0, 0.2, 0.5, 1.0])
def test_the_fused_score_is_the_convex_sum_of_the_legs(index: SearchIndex, text: str, dense_weight: float) -> None:
    found = hits(text, index, dense_weight)

    assert [hit.score for hit in found] == pytest.approx(
        [(1 - dense_weight) * words(hit) + dense_weight * score(hit.dense) for hit in found]
    )


@pytest.mark.parametrize("text", QUESTIONS)
def test_the_lexical_leg_is_bm25_as_a_share_of_the_best(index: SearchIndex, text: str) -> None:
    rows, bm25 = index.lexical.search(subject(Question(text).search_text), 100)
    found = {hit.passage: hit.lexical for hit in hits(text, index) if hit.lexical}

    assert [found[index.passages[row]].rank for row in rows] == list(range(1, len(rows) + 1))
    assert [found[index.passages[row]].score for row in rows] == pytest.approx(bm25 / max(bm25, default=1))
    assert len(found) == len(rows)


@pytest.mark.parametrize("text", QUESTIONS)
def test_the_document_leg_is_bm25_of_the_whole_document(index: SearchIndex, text: str) -> None:
    rows, bm25 = index.whole.search(subject(Question(text).search_text), 100)
    expected = {index.document_ids[row]: share for row, share in zip(rows, bm25 / max(bm25, default=1), strict=True)}

    for hit in hits(text, index):
        assert score(hit.document) == pytest.approx(expected.get(hit.passage.document_id, 0))
    assert list(index.document_ids) == list(index.documents)


@pytest.mark.parametrize("text", ["园区有哪些", "请问园区是什么？", "园区"])
def test_words_that_only_ask_are_not_looked_for(index: SearchIndex, text: str) -> None:
    plain = hits("园区", index, 0.0)

    assert [(hit.passage, hit.lexical, hit.document) for hit in hits(text, index, 0.0) if hit.lexical] == [
        (hit.passage, hit.lexical, hit.document) for hit in plain if hit.lexical
    ]


@pytest.mark.parametrize("text", QUESTIONS)
def test_the_dense_leg_is_the_cosine_from_the_least_to_the_greatest(index: SearchIndex, text: str) -> None:
    vector = index.embedder.embed([Question(text).search_text], "query")[0]
    cosines = index.vectors.vectors() @ vector
    spread = (cosines - cosines.min()) / (cosines.max() - cosines.min())
    ranks = np.argsort(np.argsort(-cosines)) + 1
    retrieved = retrieve(Question(text, top_k=100), index, 0.2)

    legs = {hit.passage: hit.dense for hit in retrieved.hits}
    found = [legs[passage] for passage in index.passages]

    assert [leg.rank for leg in found if leg] == ranks.tolist()
    assert [leg.score for leg in found if leg] == pytest.approx(spread, abs=1e-4)
    assert retrieved.likeness == pytest.approx(float(cosines.max()), abs=1e-5)


@pytest.mark.parametrize("text", [*QUESTIONS, *HOSTILE])
@pytest.mark.parametrize("dense_weight", [0.0, 0.2, 1.0])
def test_scores_are_in_bounds_and_descend(index: SearchIndex, text: str, dense_weight: float) -> None:
    found = hits(text, index, dense_weight)

    assert all(
        0 <= value <= 1
        for hit in found
        for value in (hit.score, score(hit.lexical), score(hit.dense), score(hit.document))
    )
    assert all(better.score >= worse.score for better, worse in pairwise(found))


@pytest.mark.parametrize("text", QUESTIONS)
def test_without_the_dense_leg_the_order_is_that_of_the_words(index: SearchIndex, text: str) -> None:
    found = list(map(words, hits(text, index, 0.0)))

    assert found == sorted(found, reverse=True)


@pytest.mark.parametrize("text", QUESTIONS)
def test_without_the_lexical_leg_the_order_is_the_dense_one(index: SearchIndex, text: str) -> None:
    ranks = [hit.dense.rank if hit.dense else None for hit in hits(text, index, 1.0)]

    assert ranks == list(range(1, len(index.passages) + 1))


@pytest.mark.parametrize("text", QUESTIONS)
def test_fewer_hits_are_the_first_of_many(index: SearchIndex, text: str) -> None:
    many = hits(text, index)

    assert len(many) == len(index.passages)
    for top_k in (1, 2, 5, len(many) - 1, len(many)):
        assert hits(text, index, top_k=top_k) == many[:top_k]


@pytest.mark.parametrize("text", QUESTIONS)
def test_no_passage_comes_twice(index: SearchIndex, text: str) -> None:
    passages = [hit.passage for hit in hits(text, index)]

    assert len(set(passages)) == len(passages)


@pytest.mark.parametrize("text", QUESTIONS[:2])
def test_the_same_question_gets_the_same_hits(assistant: Assistant, text: str) -> None:
    question = Question(text, top_k=100)

    assert retrieve(question, assistant.index, 0.2) == retrieve(question, assistant.index, 0.2)


def test_passages_of_equal_score_come_in_the_order_of_the_index(tmp_path: Path) -> None:
    records: list[dict[str, object]] = [
        {"_id": f"{n}", "text": "支持园区建设。", "issuer": f"第{n}局"} for n in range(9)
    ]
    index = assistant_over(records, tmp_path).index

    assert [hit.passage.document_id for hit in hits("园区", index)] == [f"{n}" for n in range(9)]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_question_is_read_as_a_query_language(index: SearchIndex, text: str) -> None:
    found = hits(text, index, top_k=5)

    assert len(found) == 5


def passes(document: Document, filters: Filters) -> bool:
    issued_on = document.metadata.issued_on
    first, last = filters.issued_from, filters.issued_to
    if filters.document_ids and document.id not in filters.document_ids:
        return False
    if filters.issuer and document.metadata.issuer not in filters.issuer:
        return False
    if first is None and last is None:
        return True
    return issued_on is not None and (first or date.min) <= issued_on <= (last or date.max)


def test_the_state_s_name_alone_is_no_issuer(tmp_path: Path) -> None:
    index = assistant_over([{"_id": "a", "text": "支持园区。"}], tmp_path).index
    assert not retrieve(Question("园区", filters=Filters(issuer=["中华人民共和国"])), index, 0.2).hits


@pytest.mark.parametrize("asked", ["工业和信息化部", "中华人民共和国工业和信息化部", "工業和信息化部"])
@pytest.mark.parametrize("issuer", ["工业和信息化部", "中华人民共和国工业和信息化部"])
def test_an_issuer_is_found_by_its_everyday_name(tmp_path: Path, issuer: str, asked: str) -> None:
    index = assistant_over([{"_id": "a", "text": "支持园区。", "issuer": issuer}], tmp_path).index
    found = retrieve(Question("园区", filters=Filters(issuer=[asked])), index, 0.2).hits
    assert [hit.passage.document_id for hit in found] == ["a"]


@pytest.mark.parametrize("document_ids", [(), ("皆无",), ("无日期", "无机构", "工信部2022-05-16"), ("没有",)])
@pytest.mark.parametrize("issuer", [(), ("工信部",), ("财政部", "科技部"), ("工信",)])
def test_filters_let_through_what_brute_force_does(
    dated: SearchIndex, document_ids: tuple[str, ...], issuer: tuple[str, ...]
) -> None:
    everything = hits("支持园区", dated)
    assert len(everything) == len(dated.passages)

    for issued_from, issued_to in product(DATES, DATES):
        if issued_from and issued_to and issued_from > issued_to:
            continue  # refused
        filters = Filters(document_ids, issuer, issued_from, issued_to)
        found = retrieve(Question("支持园区", top_k=100, filters=filters), dated, 0.2).hits

        assert {hit.passage for hit in found} == {
            hit.passage for hit in everything if passes(dated.document(hit.passage.document_id), filters)
        }
        assert retrieve(Question("支持园区", top_k=2, filters=filters), dated, 0.2).hits == found[:2]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> SearchIndex:
    """More documents than a leg goes deep, the ones of one issuer worse than all others in every leg."""
    records: list[dict[str, object]] = [
        {"_id": f"{n}", "text": f"支持园区建设，支持园区创新，第{n}号。", "issuer": "工信部"} for n in range(150)
    ]
    records += [
        {"_id": f"rare {n}", "text": f"园区以外{f'还有{about}的事务' * n}。", "issuer": "财政部"}
        for n, about in enumerate(["住房", "养老", "交通", "医疗", "教育"], 1)
    ]
    return assistant_over(records, tmp_path_factory.mktemp("many")).index


def test_what_a_filter_lets_through_is_found_however_far_behind_it_is(many: SearchIndex) -> None:
    filters = Filters(issuer=["财政部"])
    question = Question("支持园区建设", top_k=5, filters=filters)
    rows = [row for row, passage in enumerate(many.passages) if passage.document_id.startswith("rare")]
    found_rows, bm25 = many.lexical.search("支持园区建设", 1000)
    shares = dict(zip(found_rows.tolist(), bm25.tolist(), strict=True))
    vector = many.embedder.embed(["支持园区建设"], "query")[0]
    cosines = many.vectors.vectors() @ vector

    assert not {hit.passage.document_id for hit in hits("支持园区建设", many)} & {f"rare {n}" for n in range(1, 6)}
    found = retrieve(question, many, 0.2).hits

    assert {hit.passage for hit in found} == {many.passages[row] for row in rows}
    in_words = sorted(rows, key=lambda row: -shares[row])
    assert [hit.lexical.rank if hit.lexical else None for hit in sorted(found, key=by_row(many))] == [
        in_words.index(row) + 1 for row in rows
    ]
    in_meaning = sorted(rows, key=lambda row: -cosines[row])
    assert [hit.dense.rank if hit.dense else None for hit in sorted(found, key=by_row(many))] == [
        in_meaning.index(row) + 1 for row in rows
    ]
    assert sorted(hit.document.rank for hit in found if hit.document) == [1, 2, 3, 4, 5]


def by_row(index: SearchIndex) -> Callable[[Hit], int]:
    return lambda hit: index.passages.index(hit.passage)


@pytest.mark.parametrize(
    ("asked", "written", "otherwise"),
    [
        ("五十个实体园区", "支持50个实体园区", "支持40个实体园区"),
        ("100亿元基金", "设立百亿元基金", "设立千亿元基金"),
        ("2025年目标", "二〇二五年的目标", "二〇二六年的目标"),
        ("优化资金连", "优化资金链", "优化资金池"),
        ("单项管军", "单项冠军", "单项亚军"),
    ],
)
def test_what_is_written_in_another_way_is_found_by_its_words(
    tmp_path: Path, asked: str, written: str, otherwise: str
) -> None:
    # Where nothing tells the two apart, the first comes first.
    records: list[dict[str, object]] = [{"_id": text, "text": text} for text in (otherwise, written)]
    found = hits(asked, assistant_over(records, tmp_path).index, 0.0)

    assert found[0].passage.document_id == written


def test_a_passage_is_found_by_the_name_that_only_another_part_of_its_text_has(tmp_path: Path) -> None:
    # The opening, which every passage is found by, ends before the name is given.
    opening = "办事指南。" * 40
    text = f"{opening}\n长三角货运车辆通行证（以下简称“货通证”）启用。\n货通证在路口领取。"
    records: list[dict[str, object]] = [{"_id": "a", "text": text}, {"_id": "b", "text": "货通证另行规定。"}]
    found = hits("车辆", assistant_over(records, tmp_path).index, 0.0)

    # 货通证 is picked out of the full name, so it means the same in every text.
    assert {hit.passage.text for hit in found if hit.lexical} == {
        "长三角货运车辆通行证（以下简称“货通证”）启用。",
        "货通证在路口领取。",
        "货通证另行规定。",
    }


def test_a_day_given_includes_itself(dated: SearchIndex) -> None:
    day = date(2022, 5, 16)
    found = retrieve(Question("园区", top_k=100, filters=Filters(issued_from=day, issued_to=day)), dated, 0.2).hits

    assert {hit.passage.document_id for hit in found} == {"工信部2022-05-16", "财政部2022-05-16", "无机构"}


class NotToBeSearched(tuple[str, ...]):
    """Ids in a row: looking for each document among thousands of them takes minutes."""

    def __contains__(self, searched: object) -> bool:
        raise AssertionError(f"{searched} is looked for one by one")


def test_any_number_of_ids_is_looked_through_once(dated: SearchIndex) -> None:
    filters = Filters(document_ids=NotToBeSearched(["皆无", "无机构", *map(str, range(10_000))]))
    found = retrieve(Question("园区", top_k=100, filters=filters), dated, 0.2).hits

    assert {hit.passage.document_id for hit in found} == {"皆无", "无机构"}


def test_filters_given_as_empty_lists_let_everything_through(dated: SearchIndex) -> None:
    found = retrieve(Question("园区", top_k=100, filters=Filters([], [])), dated, 0.2).hits

    assert found == hits("园区", dated)


@pytest.mark.parametrize(
    "filters",
    [
        Filters(document_ids=["没有"]),
        Filters(issuer=["没有"]),
        Filters(issued_from=date(1990, 1, 1), issued_to=date(1990, 12, 31)),
    ],
)
def test_filters_that_match_nothing_give_no_hits(dated: SearchIndex, filters: Filters) -> None:
    retrieved = retrieve(Question("支持园区", filters=filters), dated, 0.2)

    assert not retrieved.hits
    assert retrieved.likeness == -1


def test_an_issuer_is_matched_in_either_script(tmp_path: Path) -> None:
    records: list[dict[str, object]] = [{"_id": "a", "text": "支持园区建设。", "issuer": "經濟部"}]
    index = assistant_over(records, tmp_path).index
    for issuer in ("經濟部", "经济部"):
        found = retrieve(Question("园区", filters=Filters(issuer=[issuer])), index, 0.2)
        assert [hit.passage.document_id for hit in found.hits] == ["a"]


@pytest.mark.parametrize("issuer", ["工信部", "財政部", "工信部、财政部"])
def test_a_joint_document_is_found_by_each_issuer(tmp_path: Path, issuer: str) -> None:
    records: list[dict[str, object]] = [
        {"_id": "a", "text": "支持园区建设。", "issuer": "工信部、财政部"},
        {"_id": "b", "text": "支持园区建设。", "issuer": "工信"},
    ]
    index = assistant_over(records, tmp_path).index
    found = retrieve(Question("园区", filters=Filters(issuer=[issuer])), index, 0.2)
    assert [hit.passage.document_id for hit in found.hits] == ["a"]


@pytest.mark.parametrize("known", [1, 3, 20])
def test_around_the_best_hits_is_the_rest_of_their_documents_each_passage_once(index: SearchIndex, known: int) -> None:
    hits = retrieve(Question("七条链包括哪些", top_k=known), index, 0.2).hits
    beside = [hit.passage for hit in around(hits[:3], hits, index)]
    documents = {hit.passage.document_id for hit in hits[:3]}
    found = [hit.passage for hit in hits]
    assert beside == [one for one in index.passages if one.document_id in documents and one not in found]


def test_around_a_hit_in_a_long_document_are_its_neighbours_and_where_else_they_stand(tmp_path: Path) -> None:
    text = "\n".join(f"第{at}窗口办理{at}号业务。" for at in range(1, 400))
    records: list[dict[str, object]] = [{"_id": name, "title": "窗口公告", "text": text} for name in ("a", "b")]
    index = remembering(assistant_over(records, tmp_path)).index
    hits = retrieve(Question("第200窗口办理哪号业务"), index, 0.2).hits[:1]
    found = around(hits, hits, index)
    assert 100 < len(found) <= 200
    assert {hit.passage.document_id for hit in found} == {hits[0].passage.document_id}
    assert all(abs(hit.passage.paragraph - hits[0].passage.paragraph) <= 101 for hit in found)
    assert all(len(hit.elsewhere) == 1 for hit in found)
