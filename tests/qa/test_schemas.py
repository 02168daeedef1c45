from __future__ import annotations

from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import ValidationError

from index.clean.document import clean
from index.clean.fold import Script
from index.read import read_file
from index.records import Document, RawDocument
from qa.ask import Assistant, Reply
from qa.question import Filters, Question, Turn
from qa.schemas import AskBody, ReplyBody, cleaned_body, document_body, document_list, paragraph_body, reply_body
from tests.conftest import CORPUS
from tests.stubs import assistant_over, remembering

SCRIPTS: tuple[Script, ...] = get_args(Script)
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


def cleaned(file: Path) -> tuple[RawDocument, Document]:
    (raw,) = read_file(file)
    assert isinstance(raw, RawDocument)
    return raw, clean(raw)


def test_a_question_alone_gets_the_documented_defaults() -> None:
    assert AskBody(question="园区").question_of() == Question("园区", top_k=5, script="simplified")


def test_every_field_of_a_body_reaches_the_question() -> None:
    body = AskBody.model_validate_json(
        """{"question": "那它呢", "top_k": 7, "script": "original", "filters": {"document_ids": ["a", "b"],
        "issuer": ["工信部"], "issued_from": "2022-05-16", "issued_to": "2022-05-17"},
        "history": [{"role": "user", "content": "园区"}, {"role": "assistant", "content": "五十个"}]}"""
    )

    assert body.question_of() == Question(
        "那它呢",
        top_k=7,
        script="original",
        filters=Filters(("a", "b"), ("工信部",), date(2022, 5, 16), date(2022, 5, 17)),
        history=(Turn("user", "园区"), Turn("assistant", "五十个")),
    )


def test_the_body_that_the_design_shows_is_accepted() -> None:
    body = AskBody.model_validate_json(
        """{"question": "行动计划支持多少个实体园区？", "top_k": 5, "script": "simplified",
        "filters": {"document_ids": [], "issuer": [], "issued_from": null, "issued_to": null}, "history": []}"""
    )

    assert body.question_of() == Question("行动计划支持多少个实体园区？")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"question": 5}, "question"),
        ({"question": None}, "question"),
        ({"question": "字" * 2001}, "question"),
        ({"top_k": "5"}, "top_k"),
        ({"top_k": True}, "top_k"),
        ({"top_k": 1.5}, "top_k"),
        ({"top_k": 0}, "top_k"),
        ({"top_k": 101}, "top_k"),
        ({"script": "Simplified"}, "script"),
        ({"topk": 5}, "topk"),
        ({"filters": {"documents": []}}, "filters.documents"),
        ({"filters": {"issuer": "工信部"}}, "filters.issuer"),
        ({"filters": {"issuer": [5]}}, "filters.issuer.0"),
        ({"filters": {"document_ids": ["a"] * 1001}}, "filters.document_ids"),
        ({"filters": {"issued_from": "2022-02-30"}}, "filters.issued_from"),
        ({"filters": None}, "filters"),
        ({"history": [{"role": "system", "content": "x"}]}, "history.0.role"),
        ({"history": [{"role": "user"}]}, "history.0.content"),
        ({"history": [{"role": "user", "content": 5}]}, "history.0.content"),
        ({"history": [{"role": "user", "content": "x"}] * 1001}, "history"),
    ],
)
def test_a_wrong_field_is_named(wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as caught:
        AskBody.model_validate({"question": "园区", **wrong})

    assert [".".join(map(str, error["loc"])) for error in caught.value.errors()] == [field]


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
        assert passage.citation.title == document.label
        assert passage.citation.issuer == document.metadata.issuer
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


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
@pytest.mark.parametrize("script", SCRIPTS)
def test_every_source_character_of_a_cleaned_document_is_in_one_paragraph_or_in_one_edit(
    file: Path, script: Script
) -> None:
    raw, document = cleaned(file)
    body = cleaned_body(document, script)
    paragraphs = [(paragraph.source_start, paragraph.source_end) for paragraph in body.paragraphs]
    edits = [(edit.start, edit.end) for edit in body.edits]
    outside = [edit for edit in edits if not any(start <= edit[0] and edit[1] <= end for start, end in paragraphs)]
    spans = sorted([*paragraphs, *outside])

    assert spans[0][0] == 0
    assert spans[-1][1] == len(raw.text)
    assert all(left[1] == right[0] for left, right in pairwise(spans))
    assert all(left[1] <= right[0] for left, right in pairwise(sorted(edits)))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_edits_of_a_cleaned_document_make_its_paragraphs_out_of_the_source(file: Path) -> None:
    raw, document = cleaned(file)
    body = cleaned_body(document, "original")

    for paragraph in body.paragraphs:
        text = raw.text[paragraph.source_start : paragraph.source_end]
        for edit in reversed(body.edits):
            if paragraph.source_start <= edit.start and edit.end <= paragraph.source_end:
                at = edit.start - paragraph.source_start
                assert raw.text[edit.start : edit.end] == edit.before
                text = text[:at] + edit.after + text[at + len(edit.before) :]
        assert text == paragraph.text


def test_the_list_of_documents_is_cut_into_pages_without_loss(tmp_path: Path) -> None:
    index = assistant_over([{"_id": f"{n}", "text": "支持园区建设。"} for n in range(7)], tmp_path).index
    pages = [document_list(index, offset, 3) for offset in (0, 3, 6, 9)]

    assert [page.total for page in pages] == [7] * 4
    assert [len(page.documents) for page in pages] == [3, 3, 1, 0]
    assert [document.id for page in pages for document in page.documents] == [f"{n}" for n in range(7)]


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_paragraph_alone_is_the_one_of_its_document(assistant: Assistant, script: Script) -> None:
    for document in assistant.index.documents.values():
        whole = document_body(document, script)
        alone = [paragraph_body(paragraph, script) for paragraph in document.paragraphs]
        assert [paragraph.model_dump(exclude={"source", "edits"}) for paragraph in alone] == [
            paragraph.model_dump() for paragraph in whole.paragraphs
        ]
        for paragraph in alone:
            assert paragraph.source == document.source[paragraph.source_start : paragraph.source_end]
            assert all(
                paragraph.source[edit.start - paragraph.source_start : edit.end - paragraph.source_start] == edit.before
                for edit in paragraph.edits
            )


def test_what_a_document_says_of_itself_leaves_whole() -> None:
    table = "索引号：000/2022-5\n发布机构：财政部、税务总局\n发文字号：财税[2022]5号\n发布日期：2022-05-20\n"
    text = table + "成文日期：2022-05-16\n各有关单位：\n现通知如下。\n本通知自2022年6月1日起施行，有效期1年。"
    document = clean(RawDocument("a", text, "test"))
    expected = {
        "title": None,
        "issuer": "财政部、税务总局",
        "issuers": ["财政部", "税务总局"],
        "document_number": "财税〔2022〕5号",
        "issued_on": "2022-05-16",
        "url": None,
        "published_on": "2022-05-20",
        "valid_from": "2022-06-01",
        "valid_until": "2023-05-31",
        "index_number": "000/2022-5",
    }
    assert cleaned_body(document).metadata.model_dump(mode="json") == expected
    shown = document_body(document, "simplified").model_dump(mode="json")
    assert {name: shown[name] for name in expected} == expected
