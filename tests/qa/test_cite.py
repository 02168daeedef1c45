from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import get_args
from urllib.parse import unquote

import pytest

from index.clean.align import AlignedText
from index.clean.document import clean
from index.clean.fold import Script, is_folded
from index.errors import QuoteMismatch
from index.load import SearchIndex
from index.records import Passage, RawDocument
from qa.ask import Assistant
from qa.cite import Citation, cite, in_script
from qa.http.reply import reply_body
from qa.question import Question
from tests.conftest import CORPUS
from tests.stubs import remembering

SCRIPTS: tuple[Script, ...] = get_args(Script)


@pytest.fixture(scope="module", name="assistant")
def remembering_assistant(assistant: Assistant) -> Assistant:
    return remembering(assistant)


def untouched(document_id: str) -> str:
    """The file as it lies in the corpus, line ends and all."""
    return (CORPUS / f"{document_id}.txt").read_bytes().decode("utf-8")


def yielded(citation: Citation, source: str) -> str:
    """The cited span of a source with the document's edits applied, from the last one to the first."""
    start, end = citation.content.start, citation.content.end
    text = source[start:end]
    for edit in reversed(citation.document.edits):
        if start <= edit.start and edit.end <= end:
            assert source[edit.start : edit.end] == edit.before
            text = text[: edit.start - start] + edit.after + text[edit.end - start :]
    return text


@pytest.fixture(scope="module")
def citations(assistant: Assistant) -> list[Citation]:
    return [cite(passage, assistant.index) for passage in assistant.index.passages]


def test_every_document_of_the_corpus_is_cited(citations: list[Citation]) -> None:
    assert {citation.document.id for citation in citations} == {file.stem for file in CORPUS.glob("*.txt")}


def test_the_edited_source_span_of_every_passage_is_its_quote_in_the_original_script(citations: list[Citation]) -> None:
    for citation in citations:
        assert yielded(citation, untouched(citation.document.id)) == citation.shown("original")


def test_the_edited_source_span_of_every_passage_is_its_quote_up_to_script_and_width(citations: list[Citation]) -> None:
    for citation in citations:
        assert is_folded(yielded(citation, untouched(citation.document.id)), citation.quote)
        assert citation.quote == citation.shown("simplified")


def test_no_edit_reaches_over_the_end_of_a_cited_span(citations: list[Citation]) -> None:
    for citation in citations:
        start, end = citation.content.start, citation.content.end
        assert not [
            edit for edit in citation.document.edits if edit.start < start < edit.end or edit.start < end < edit.end
        ]


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_quote_is_its_slice_of_the_paragraph_in_every_script(citations: list[Citation], script: Script) -> None:
    for citation in citations:
        shown = citation.shown(script)
        assert len(shown) == len(citation.quote) == citation.end - citation.start
        assert shown == in_script(citation.paragraph.content, script)[citation.start : citation.end]


def test_a_quote_from_a_traditional_source_keeps_its_glyphs_in_the_original_script(citations: list[Citation]) -> None:
    quote = next(citation for citation in citations if "实体经济开发区" in citation.quote)

    assert "實體經濟開發區" in quote.shown("original")
    assert "實體經濟開發區" in quote.shown("traditional")


def test_a_quote_from_a_simplified_source_is_traditional_only_when_asked_for(citations: list[Citation]) -> None:
    quote = next(citation for citation in citations if "“七条链”为重点" in citation.quote)

    assert "“七条链”为重点" in quote.shown("original")
    assert "“七條鏈”為重點" in quote.shown("traditional")


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("海澄縣計畫占比：台北市每台補助３千元。", "海澄縣計畫占比：台北市每台補助3千元。"),
        ("公布之後，云計算平台占了一半，縣府以每周發放資金。", "公布之後，雲計算平台占了一半，縣府以每周發放資金。"),
        ("海澄县计划占比：台北市每台补助３千元。", "海澄縣計劃佔比：臺北市每臺補助3千元。"),
        ("海澄县计划：每台补助。引用：縣府計畫。", "海澄縣計劃：每臺補助。引用：縣府計畫。"),
    ],
)
def test_traditional_script_is_that_of_the_source_where_it_has_it(source: str, shown: str) -> None:
    content = clean(RawDocument("d", source, "d.txt")).paragraphs[0].content

    assert in_script(content, "traditional") == shown
    assert in_script(content, "traditional")[9:12] == in_script(content.slice(9, 12), "traditional")


def test_a_citation_names_the_page_that_its_quote_begins_on() -> None:
    text = "第一页的文字，从这里\n到第二页。第三页。"
    document = clean(RawDocument("d", text, "d.pdf", pages=(0, text.index("到"), text.index("第三"), len(text))))
    (_, paragraph) = document.paragraphs
    whole = Citation(document, paragraph, 0, len(paragraph.text), paragraph.content)
    assert whole.page == 2
    end = Citation(document, paragraph, 5, 9, paragraph.content.slice(5, 9))
    assert (end.quote, end.page) == ("第三页。", 3)
    assert document.paragraphs[0].content.end - 1 < document.pages[1]


def test_a_citation_of_a_text_without_pages_names_none(citations: list[Citation]) -> None:
    assert {citation.page for citation in citations} == {None}


def test_the_cited_passage_is_the_quote(citations: list[Citation], assistant: Assistant) -> None:
    assert [citation.quote for citation in citations] == [passage.text for passage in assistant.index.passages]
    assert [citation.paragraph.id for citation in citations] == [
        passage.paragraph_id for passage in assistant.index.passages
    ]


def test_the_link_of_a_citation_leads_to_the_paragraph(assistant: Assistant) -> None:
    reply = assistant.ask(Question("园区", top_k=100))

    for passage in reply_body(reply, assistant.index.manifest).passages:
        path, fragment = passage.citation.url.split("#")
        assert unquote(path) == f"/documents/{passage.citation.document_id}"
        assert fragment == f"p{passage.citation.paragraph}"


TAMPERINGS: dict[str, Callable[[Passage], Passage]] = {
    "another number in the text": lambda passage: replace(passage, text=passage.text.replace("100", "900")),
    "a word more at the end": lambda passage: replace(passage, text=passage.text + "等"),
    "a text cut short": lambda passage: replace(passage, text=passage.text[:-1]),
    "an empty text": lambda passage: replace(passage, text=""),
    "a later start": lambda passage: replace(passage, start=passage.start + 1),
    "a shifted span": lambda passage: replace(passage, start=passage.start + 1, end=passage.end + 1),
    "an end beyond the paragraph": lambda passage: replace(passage, end=passage.end + 10_000),
    "an end before the start": lambda passage: replace(passage, start=passage.end, end=passage.start),
    "another paragraph": lambda passage: replace(passage, paragraph=1),
    "a paragraph that does not exist": lambda passage: replace(passage, paragraph=10_000),
    "a document that does not exist": lambda passage: replace(passage, document_id="nowhere"),
}


@pytest.fixture(scope="module")
def row(assistant: Assistant) -> int:
    """The passage that says how much money there is."""
    return next(row for row, passage in enumerate(assistant.index.passages) if "100亿元" in passage.text)


def tampered(index: SearchIndex, row: int, tampering: str) -> SearchIndex:
    passages = list(index.passages)
    passages[row] = TAMPERINGS[tampering](passages[row])
    return replace(index, passages=passages)


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_a_tampered_passage_is_a_quote_mismatch(assistant: Assistant, row: int, tampering: str) -> None:
    index = tampered(assistant.index, row, tampering)

    with pytest.raises(QuoteMismatch):
        cite(index.passages[row], index)


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_a_tampered_passage_is_left_out_and_reported_while_the_others_come(
    assistant: Assistant, row: int, tampering: str, caplog: pytest.LogCaptureFixture
) -> None:
    index = tampered(assistant.index, row, tampering)
    question = Question("中央财政投入多少资金", top_k=100)
    whole = assistant.ask(question)

    with caplog.at_level(logging.ERROR, "policyqa"):
        reply = replace(assistant, index=index).ask(question)

    left = [hit.passage for hit in whole.hits if hit.passage != assistant.index.passages[row]]
    assert [hit.passage for hit in reply.hits] == left
    assert [citation.quote for citation in reply.citations] == [passage.text for passage in left]
    assert ["left out" in record.message for record in caplog.records] == [True]


def test_a_paragraph_that_is_no_longer_its_source_is_a_quote_mismatch(assistant: Assistant, row: int) -> None:
    passage = assistant.index.passages[row]
    document = assistant.index.document(passage.document_id)
    paragraphs = list(document.paragraphs)
    paragraph = paragraphs[passage.paragraph - 1]
    content: AlignedText = replace(paragraph.content, source=paragraph.content.source.replace("100", "900"))
    paragraphs[passage.paragraph - 1] = replace(paragraph, content=content)
    documents = {**assistant.index.documents, document.id: replace(document, paragraphs=tuple(paragraphs))}

    with pytest.raises(QuoteMismatch):
        cite(passage, replace(assistant.index, documents=documents))
