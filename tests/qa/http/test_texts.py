from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import get_args

import pytest

from index.clean.document import clean
from index.clean.fold import Script
from index.read import read_file
from index.records import Document, RawDocument
from qa.ask import Assistant
from qa.http.texts import cleaned_body, document_body, document_list, paragraph_body
from tests.conftest import CORPUS
from tests.stubs import assistant_over

SCRIPTS: tuple[Script, ...] = get_args(Script)
FILES = sorted(CORPUS.glob("*.txt"))


def cleaned(file: Path) -> tuple[RawDocument, Document]:
    (raw,) = read_file(file)
    assert isinstance(raw, RawDocument)
    return raw, clean(raw)


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
