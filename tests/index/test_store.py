from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from index.clean.document import clean
from index.clean.repair_damage import repair
from index.copies import Copies, Copy, Place
from index.read import read_sources
from index.records import Metadata, Passage, RawDocument
from index.split import SentenceWindows
from index.store import read_copies, read_documents, read_passages, write_copies, write_documents, write_passages
from tests.conftest import CORPUS

# What cleaning removes, replaces or takes as structure, among text that it leaves alone and characters of every kind.
PIECES = [
    "計(jì)劃",
    "領(lǐng)域",
    "行动计划支持企业。",
    "補貼標準，",
    "\n",
    "\r\n",
    "\n\n　　",
    "一、总体要求\n",
    "（一）主要任务。",
    "第一条 ",
    "一是减税；二是降费。",
    "发布机构 | 工信部 | 文号 | 〔2022〕5号\n",
    "制发日期\t2022年5月16日\n",
    "地址：北京市\n版权所有 京ICP备05000000号\n",
    "&ldquo;",
    "企\ufffd业",
    "\N{LINE SEPARATOR}",
    "\x85",
    "\N{ZERO WIDTH SPACE}",
    "\N{GRINNING FACE}",
    "\U00020bb7",
    "Ｗｉｄｔｈ",
    '"\\',
]
# A source never holds a NUL or half a character: reading refuses both.
characters = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
source_texts = st.lists(st.sampled_from(PIECES) | st.text(characters, max_size=8), max_size=25).map("".join)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda values: st.lists(values, max_size=3) | st.dictionaries(st.text(max_size=3), values, max_size=3),
    max_leaves=4,
)
any_text = st.text(max_size=10) | st.text(st.characters(), max_size=10)  # the second with halves of characters
optional_texts = st.none() | any_text
raw_documents = st.builds(
    RawDocument,
    id=st.text(min_size=1, max_size=8),
    text=source_texts,
    origin=st.just("records.jsonl:1"),
    metadata=st.builds(
        Metadata,
        title=optional_texts,
        issuers=st.lists(any_text, max_size=3).map(tuple),
        number=optional_texts,
        issued_on=st.none() | st.dates(),
        url=optional_texts,
        extra=st.dictionaries(st.text(max_size=3), json_values, max_size=3),
        published_on=st.none() | st.dates(),
        valid_from=st.none() | st.dates(),
        valid_until=st.none() | st.dates(),
        index_number=optional_texts,
    ),
    pages=st.lists(st.integers(0, 100), max_size=3).map(tuple),
)
passages = st.builds(
    Passage,
    document_id=any_text,
    paragraph=st.integers(1),
    start=st.integers(0),
    end=st.integers(0),
    text=any_text,
    context=any_text,
)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("store") / "records.jsonl"


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(raws=st.lists(raw_documents, max_size=3))
def test_documents_are_read_back_equal_to_what_cleaning_made(file: Path, raws: list[RawDocument]) -> None:
    documents = list(map(clean, raws))
    write_documents(documents, file)
    assert list(read_documents(file)) == documents


@settings(deadline=None)
@given(raw=raw_documents)
def test_passages_of_a_document_are_read_back_equal_and_still_slices_of_its_paragraphs(
    file: Path, raw: RawDocument
) -> None:
    document = clean(raw)
    assume(document.paragraphs)  # the others are never indexed
    made = SentenceWindows().split(document)
    write_passages(made, file)
    found = read_passages(file)
    assert found == made
    write_documents([document], file)
    (read_back,) = read_documents(file)
    for passage in found:
        assert read_back.paragraphs[passage.paragraph - 1].text[passage.start : passage.end] == passage.text


@given(written=st.lists(passages))
def test_any_passages_are_read_back_equal_and_in_order(file: Path, written: list[Passage]) -> None:
    write_passages(written, file)
    assert read_passages(file) == written


def test_the_corpus_is_read_back_equal(file: Path) -> None:
    documents = [clean(item) for item in read_sources([CORPUS]) if isinstance(item, RawDocument)]
    assert any(document.edits for document in documents)
    assert any(len(paragraph.content.edits) for document in documents for paragraph in document.paragraphs)
    write_documents(documents, file)
    assert list(read_documents(file)) == documents


def test_the_way_back_to_the_source_survives(file: Path) -> None:
    document = clean(RawDocument("d", "序言\n本行動計(jì)劃支持企業。", "d.txt"))
    write_documents([document], file)
    (found,) = read_documents(file)
    content = found.paragraphs[-1].content
    assert content.text == "本行动计划支持企业。"
    assert content.original() == "本行動計劃支持企業。"
    start, end = content.source_span(3, 5)
    assert found.source[start:end] == "計(jì)劃"


def test_metadata_keeps_its_types(file: Path) -> None:
    metadata = Metadata(
        *(
            "题",
            ("工信部", "财政部"),
            "〔2022〕5号",
            date(2022, 5, 16),
            "https://example.org/?a=1",
            {"page": [1, None]},
        ),
        *(date(2022, 5, 17), date(2022, 6, 1), date(2027, 5, 31), "000/2022-1"),
    )
    write_documents([clean(RawDocument("d", "内容", "d.txt", metadata))], file)
    (found,) = read_documents(file)
    assert found.metadata == metadata


def test_one_record_is_one_line_of_json_whatever_it_holds(file: Path) -> None:
    text = "甲\N{LINE SEPARATOR}乙\x85丙\r\n丁"
    metadata = Metadata(title="half a character: \ud800")
    write_documents([clean(RawDocument(text, text, "d.txt", metadata)), clean(RawDocument("e", "己", "e.txt"))], file)
    lines = file.read_bytes().splitlines()
    assert [json.loads(line)["id"] for line in lines] == [text, "e"]
    write_passages([Passage(text, 1, 0, 1, text, "\ud800")] * 2, file)
    assert len(file.read_bytes().splitlines()) == 2


def test_the_evidence_of_a_repair_comes_back(tmp_path: Path) -> None:
    texts = ["推动大中小\ufffd\ufffd融通发展。", "推动大中小企业融通发展。"]
    documents = repair([clean(RawDocument(f"d{at}", text, "test")) for at, text in enumerate(texts)])
    write_documents(documents, tmp_path / "documents.jsonl")
    assert documents[0].edits[0].evidence == "d1:5-7"
    assert list(read_documents(tmp_path / "documents.jsonl")) == documents


places = st.builds(Place, text=st.integers(0), start=st.integers(0), end=st.integers(0))
copies = st.builds(
    Copies,
    documents=st.lists(
        st.lists(
            st.builds(
                Copy,
                document_id=any_text,
                rows=st.builds(range, st.integers(0, 9), st.integers(0, 9)),
                held=st.lists(places).map(tuple),
            )
        )
    ),
    document_places=st.dictionaries(st.integers(0), places),
    paragraph_places=st.dictionaries(st.integers(0), places),
)


@settings(deadline=None)
@given(written=copies)
def test_any_copies_are_read_back_equal_and_in_order(file: Path, written: Copies) -> None:
    write_copies(written, file)
    read_back = read_copies(file)
    assert read_back == written
    assert list(read_back.paragraph_places) == list(written.paragraph_places)
