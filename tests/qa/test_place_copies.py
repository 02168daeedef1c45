from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from urllib.parse import unquote

import pytest
from fastapi.testclient import TestClient

from api import create_app
from index.copies import Copies, Place
from index.load import SearchIndex
from qa.ask import Assistant
from qa.place_copies import MAX_NAMED, put_copies_below
from qa.question import Filters, Question
from qa.retrieve import Hit, retrieve
from tests.index.test_find_duplicates import LINES, TEXT, traditional_mirror
from tests.stubs import assistant_over

QUESTION = "专项资金单个项目补助不超过多少万元"
ANSWER = LINES[7]
RECORDS: list[dict[str, object]] = [
    {"_id": "mirror/甲", "text": f"{traditional_mirror()}\n責任編輯：王某"},
    {"_id": "one line", "text": TEXT.replace("\n", " ")},
    {
        "_id": "official",
        "text": TEXT,
        "issuer": "市财政局",
        "issued_on": "2022-05-12",
        "url": "https://www.sh.gov.cn/1",
    },
    {"_id": "reading", "text": f"专家解读新措施\n小企业也可以申报，门槛并不高。\n{ANSWER}"},
    {"_id": "edition", "text": TEXT.replace("50万元", "80万元")},
    {"_id": "other", "text": "人才住房保障规定\n新引进人才可以申请租房补贴，每月补助不超过2000元。"},
]


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return assistant_over(RECORDS, tmp_path_factory.mktemp("copies"))


@pytest.fixture(scope="module")
def client(assistant: Assistant) -> Iterator[TestClient]:
    with TestClient(create_app(assistant.settings, assistant)) as client:
        yield client


def hits(index: SearchIndex, text: str = QUESTION, top_k: int = 100, filters: Filters | None = None) -> Sequence[Hit]:
    return retrieve(Question(text, top_k=top_k, filters=filters or Filters()), index, 0.2).hits


def documents_with(text: str, found: Sequence[Hit]) -> list[str]:
    return [hit.passage.document_id for hit in found if text in hit.passage.text]


def test_what_several_mirrors_say_is_found_once_and_in_the_best_copy(assistant: Assistant) -> None:
    found = hits(assistant.index, top_k=5)
    (hit,) = (hit for hit in found if hit.passage.text == ANSWER)
    # The reading quotes one paragraph: its own document may be cited, whichever the question fits better.
    assert hit.passage.document_id in {"official", "reading"}
    assert {other.document.id for other in hit.elsewhere} == {"official", "reading", "one line", "mirror/甲"} - {
        hit.passage.document_id
    }
    texts = [hit.passage.text for hit in found if len(hit.passage.text) > 20]
    assert len(texts) == len(set(texts))


def test_a_copy_stands_below_four_passages_that_differ(assistant: Assistant) -> None:
    found = hits(assistant.index)
    places = [at for at, hit in enumerate(found) if hit.passage.text == ANSWER]
    assert len(places) > 1
    between = {hit.passage.text for hit in found[places[0] : places[1]]}
    assert len(between) >= 5  # itself and four others
    assert {found[at].passage.document_id for at in places[1:]} < {"official", "reading", "one line", "mirror/甲"}


def test_the_paragraph_named_beside_a_hit_says_the_same(assistant: Assistant) -> None:
    for hit in hits(assistant.index):
        for other in hit.elsewhere:
            assert hit.passage.text in other.paragraph.text or other.paragraph.text in hit.passage.text


def test_an_edition_with_another_number_is_found_beside_the_text(assistant: Assistant) -> None:
    assert documents_with("80万元", hits(assistant.index)) == ["edition"]
    assert documents_with("50万元", hits(assistant.index, top_k=5)) != []


@pytest.mark.parametrize(
    ("filters", "cited"),
    [
        (Filters(document_ids=["one line", "mirror/甲"]), "mirror/甲"),
        (Filters(document_ids=["one line"]), "one line"),
        (Filters(issuer=["市财政局"]), "official"),
        (Filters(issued_from=date(2022, 1, 1)), "official"),
    ],
)
def test_the_best_copy_among_those_that_pass_the_filter_is_cited(
    assistant: Assistant, filters: Filters, cited: str
) -> None:
    found = hits(assistant.index, top_k=5, filters=filters)
    assert documents_with("单个项目补助不超过50万元", found) == [cited]
    assert {hit.passage.document_id for hit in found} <= {cited, "mirror/甲"}


def test_five_passages_are_five_that_differ(tmp_path: Path) -> None:
    records: list[dict[str, object]] = [{"_id": f"copy{at}", "text": TEXT} for at in range(150)]
    records += [{"_id": f"{at}", "text": f"第{at}号园区单个项目补助不超过{at}万元。"} for at in range(10)]
    index = assistant_over(records, tmp_path).index
    for top_k in (1, 5):
        found = hits(index, top_k=top_k)
        assert len(found) == top_k
        assert len({hit.passage.text for hit in found}) == top_k
    hit = next(hit for hit in hits(index) if hit.passage.text == ANSWER)
    assert hit.passage.document_id == "copy0"
    assert [other.document.id for other in hit.elsewhere] == sorted(f"copy{at}" for at in range(1, 150))[:MAX_NAMED]


def test_what_many_documents_repeat_is_looked_past(tmp_path: Path) -> None:
    """The same paragraph in many documents that are no copies: the search goes on until enough differ."""
    records: list[dict[str, object]] = [
        {"_id": f"{at}", "text": f"第{at}号通知讲的是另一件事情，与别的都不相同。\n{ANSWER}"} for at in range(300)
    ]
    index = assistant_over(records, tmp_path).index
    found = hits(index, "单个项目补助不超过多少", top_k=50)
    assert len(found) == 50
    assert [hit.passage.text for hit in found[:5]].count(ANSWER) == 1


@pytest.mark.parametrize("question", ["单个项目补助不超过多少", QUESTION])
def test_a_passage_has_the_same_score_and_place_in_a_short_list_and_in_a_long_one(
    tmp_path: Path, question: str
) -> None:
    # Each leg has to look past one paragraph to have different ones, some of which only the other leg has.
    records: list[dict[str, object]] = [
        {"_id": f"{at:03}", "text": f"第{at}号通知讲的是项目{'补助的事' * (at % 7)}。\n{ANSWER}"} for at in range(150)
    ]
    index = assistant_over(records, tmp_path).index
    many = hits(index, question)
    assert len(many) == 100
    for top_k in (1, 2, 5, 20, 99):
        assert hits(index, question, top_k) == many[:top_k]


def test_of_equal_scores_the_better_copy_comes_first() -> None:
    # Of rows 0 and 2 the latter is the better copy; row 1 has their score and says something else.
    copies = Copies(paragraph_places={2: Place(0, 0, 9), 0: Place(0, 0, 9)})
    scores = {0: 1.0, 1: 1.0, 2: 1.0, 3: 0.5, 4: 0.4, 5: 0.3}
    assert put_copies_below(range(4), scores.__getitem__, copies, set()) == [2, 1, 3]
    assert put_copies_below(range(6), scores.__getitem__, copies, set()) == [2, 1, 3, 4, 5]
    assert put_copies_below(range(7), (scores | {6: 0.2}).__getitem__, copies, set()) == [2, 1, 3, 4, 5, 6, 0]


def test_a_row_that_a_better_copy_says_as_well_comes_below() -> None:
    scores = dict(enumerate((1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4)))
    assert put_copies_below(range(7), scores.__getitem__, Copies(), {1}) == [0, 2, 3, 4, 5, 1, 6]


def test_copies_take_no_room_in_the_dense_leg(tmp_path: Path) -> None:
    """A leg is as deep, and scaled, as if the copies were not there."""
    few = assistant_over([{"_id": "a", "text": TEXT}, RECORDS[-1]], tmp_path).index
    (tmp_path / "many").mkdir()
    copies: list[dict[str, object]] = [{"_id": f"z{at}", "text": TEXT} for at in range(120)]
    many = assistant_over([{"_id": "a", "text": TEXT}, RECORDS[-1], *copies], tmp_path / "many").index
    first = [[(hit.passage, hit.dense and hit.dense.score) for hit in hits(index, top_k=5)] for index in (few, many)]
    assert first[0] == first[1]


def test_of_copies_that_fit_the_question_equally_well_the_official_one_is_cited(tmp_path: Path) -> None:
    records: list[dict[str, object]] = [
        {"_id": "a", "text": TEXT, "issuer": "某某网"},
        {"_id": "b", "text": TEXT, "issuer": "市财政局", "url": "https://www.sh.gov.cn/1"},
    ]
    index = assistant_over(records, tmp_path).index
    assert not index.copies.documents
    assert documents_with(ANSWER, hits(index, top_k=5)) == ["b"]


def test_a_citation_names_the_other_copies(client: TestClient) -> None:
    body = client.post("/v1/ask", json={"question": QUESTION, "filters": {"document_ids": ["official"]}}).json()
    (passage,) = (passage for passage in body["passages"] if passage["text"] == ANSWER)
    copies = passage["citation"]["copies"]
    assert [copy["document_id"] for copy in copies] == ["mirror/甲", "one line", "reading"]
    for copy in copies:
        assert copy.keys() >= {"document_id", "title", "issuer", "url"}
        address, _, ordinal = copy["url"].rpartition("#p")
        assert unquote(address) == f"/documents/{copy['document_id']}"
        paragraph = client.get(f"/v1{address}/paragraphs/{ordinal}").json()
        assert ANSWER in paragraph["text"]


def test_the_answer_says_it_once(client: TestClient) -> None:
    body = client.post("/v1/ask", json={"question": QUESTION}).json()
    assert body["answer"]["answerable"]
    assert body["answer"]["text"].count("单个项目补助不超过50万元") == 1


def test_the_list_of_documents_says_which_are_copies(client: TestClient) -> None:
    listed = client.get("/v1/documents").json()["documents"]
    assert {document["id"]: document["copy_of"] for document in listed} == {
        "mirror/甲": "official",
        "one line": "official",
        "official": None,
        "reading": None,
        "edition": None,
        "other": None,
    }
