from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from index.clean.fold import to_traditional
from qa.ask import Assistant, Reply
from qa.http.reply import ReplyBody, reply_body
from qa.question import Question
from tests.conftest import CORPUS
from tests.stubs import assistant_over, remembering

FILES = sorted(CORPUS.glob("*.txt"))


@pytest.fixture(scope="module", name="assistant")
def remembering_assistant(assistant: Assistant) -> Assistant:
    return remembering(assistant)


@pytest.fixture(scope="module")
def reply(assistant: Assistant) -> Reply:
    return assistant.ask(Question("中央財政投入多少資金", top_k=100, script="traditional"))


@pytest.fixture(scope="module")
def body(assistant: Assistant, reply: Reply) -> ReplyBody:
    return reply_body(reply, assistant.index.manifest)


def test_passages_are_numbered_as_their_citations_are(body: ReplyBody) -> None:
    numbers = list(range(1, len(body.passages) + 1))

    assert numbers
    assert [passage.rank for passage in body.passages] == numbers
    assert [passage.citation.id for passage in body.passages] == numbers
    assert set(body.answer.citations) <= set(numbers)


def test_a_passage_is_what_was_found(body: ReplyBody, reply: Reply) -> None:
    for passage, hit, citation in zip(body.passages, reply.hits, reply.citations, strict=True):
        assert passage.text == passage.citation.quote == citation.shown("traditional")
        assert passage.score == pytest.approx(hit.score, abs=1e-4)
        assert passage.scores.lexical == pytest.approx(hit.lexical.score if hit.lexical else 0, abs=1e-4)
        assert passage.scores.dense == pytest.approx(hit.dense.score if hit.dense else 0, abs=1e-4)
        assert passage.ranks.lexical == (hit.lexical.rank if hit.lexical else None)
        assert passage.ranks.dense == (hit.dense.rank if hit.dense else None)
        assert passage.citation.paragraph_id == f"{passage.citation.document_id}:{passage.citation.paragraph}"
        assert (passage.citation.start, passage.citation.end) == (hit.passage.start, hit.passage.end)
        assert (passage.citation.source_start, passage.citation.source_end) == (
            citation.content.start,
            citation.content.end,
        )


def test_a_document_is_cited_with_what_it_says_of_itself(body: ReplyBody, assistant: Assistant) -> None:
    for passage in body.passages:
        document = assistant.index.document(passage.citation.document_id)
        assert passage.citation.title == to_traditional(document.label)
        issuer = document.metadata.issuer
        assert passage.citation.issuer == (to_traditional(issuer) if issuer else None)
        assert passage.citation.issued_on == document.metadata.issued_on
    assert date(2022, 5, 16) in {passage.citation.issued_on for passage in body.passages}


@pytest.mark.parametrize(("text", "nearest"), [("中央财政投入多少资金", False), ("今天天气怎么样", True)])
def test_passages_that_do_not_answer_are_marked_as_the_nearest(assistant: Assistant, text: str, nearest: bool) -> None:
    body = reply_body(assistant.ask(Question(text)), assistant.index.manifest)

    assert [passage.nearest for passage in body.passages] == [nearest] * 5
    assert body.answer.answerable is not nearest


def test_a_reply_survives_json(body: ReplyBody) -> None:
    assert ReplyBody.model_validate_json(body.model_dump_json()) == body


def test_the_index_says_what_it_holds(body: ReplyBody, assistant: Assistant) -> None:
    assert body.index.documents == len(assistant.index.documents) == len(FILES)
    assert body.index.passages == len(assistant.index.passages)
    assert body.index.version == assistant.index.manifest.version
    assert body.index.model == assistant.index.embedder.signature.split("|")[0]


def test_a_link_to_a_document_is_one_part_of_a_path_whatever_its_id(tmp_path: Path) -> None:
    ids = ["a/b", "a b", "文件", "a?b#c", "a%2Fb", '"<b>&']
    assistant = assistant_over([{"_id": name, "text": f"支持园区{at}建设。"} for at, name in enumerate(ids)], tmp_path)
    body = reply_body(assistant.ask(Question("园区", top_k=100)), assistant.index.manifest)

    for passage in body.passages:
        link = passage.citation.url.removeprefix("/documents/").removesuffix("#p1")
        assert link.isascii()
        assert not set('/?# "<>&') & set(link)
    assert sorted(passage.citation.document_id for passage in body.passages) == sorted(ids)
