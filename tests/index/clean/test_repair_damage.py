from __future__ import annotations

from itertools import permutations
from time import perf_counter

import pytest

from index.clean.document import clean
from index.clean.repair_damage import KIND, repair
from index.records import Document, RawDocument
from tests.conftest import CORPUS

LOST = "细分领域?qū)>匦?ldquo;小巨人”和制造业单项冠军企业。"
WITNESSES = ("组织专精特新“小巨人”企业对接。", "培育600家专精特新“小巨人”和冠军。")


def documents(*texts: str) -> list[Document]:
    return [clean(RawDocument(f"d{number}", text, "test")) for number, text in enumerate(texts)]


def repaired(*texts: str) -> list[str]:
    return ["\n".join(paragraph.text for paragraph in document.paragraphs) for document in repair(documents(*texts))]


def edits(document: Document, kind: str = KIND) -> list[tuple[str, str, str | None]]:
    return [(edit.before, edit.after, edit.evidence) for edit in document.edits if edit.kind == kind]


def test_the_mirrored_corpus_text_is_repaired_by_the_other_one() -> None:
    raws = [RawDocument(file.stem, file.read_text(encoding="utf-8"), "test") for file in sorted(CORPUS.glob("*.txt"))]
    first, second = repair([clean(raw) for raw in raws])
    ((before, after, evidence),) = edits(second)
    assert (before, after) == ("?qū)>匦?", "专精特新")
    assert evidence is not None
    name, span = evidence.rsplit(":", 1)
    low, high = map(int, span.split("-"))
    assert name == first.id
    assert first.source[low:high] == "专精特新"
    assert any("细分领域专精特新“小巨人”和制造业单项冠军企业" in paragraph.text for paragraph in second.paragraphs)
    assert not edits(first)


def test_one_side_and_the_bytes_that_remain_need_two_places_that_differ_beyond_what_they_share() -> None:
    assert repaired(LOST, *WITNESSES)[0] == "细分领域专精特新“小巨人”和制造业单项冠军企业。"
    for witness in WITNESSES:
        assert "?qū)>匦?" in repaired(LOST, witness)[0]
        assert "?qū)>匦?" in repaired(LOST, witness, witness)[0]


def test_what_agrees_with_no_byte_that_remains_is_no_evidence() -> None:
    assert "?qū)>匦?" in repaired(LOST, "组织高新技术“小巨人”企业。", "培育高新技术“小巨人”。")[0]
    assert "专精特新" in repaired(LOST, "组织高新技术“小巨人”企业。", "培育高新技术“小巨人”。", *WITNESSES)[0]


def test_a_loss_between_two_known_contexts_takes_what_stands_there() -> None:
    lost, witness = "推动大中小\ufffd\ufffd融通发展模式。", "为推动大中小企业融通发展模式创新。"
    assert repaired(lost, witness)[0] == "推动大中小企业融通发展模式。"
    (edit,) = edits(repair(documents(lost, witness))[0])
    assert edit == ("\ufffd\ufffd", "企业", "d1:6-8")


@pytest.mark.parametrize(
    "witnesses",
    [
        ("为推动大中小企业融通发展模式创新。", "为推动大中小城市融通发展模式创新。"),
        ("为推动大中小企业和园区和城市和农村融通发展模式创新。",),
        ("为推动大中小\ufffd\ufffd融通发展模式创新。",),
        ("推动大中小企业。", "企业融通发展模式。"),
        (),
    ],
    ids=["two readings", "too long", "damaged itself", "in pieces", "nothing"],
)
def test_a_loss_without_evidence_stays_as_it_is(witnesses: tuple[str, ...]) -> None:
    before = documents("推动大中小\ufffd\ufffd融通发展模式。", *witnesses)
    assert repair(before) == before


def test_the_rest_of_the_document_bears_witness_too_and_another_document_goes_before_it() -> None:
    text = "推动大中小企业融通发展。\n推动大中小\ufffd\ufffd融通发展。"
    assert edits(repair(documents(text))[0]) == [("\ufffd\ufffd", "企业", "d0:5-7")]
    assert edits(repair(documents(text, "推动大中小企业融通发展。"))[0]) == [("\ufffd\ufffd", "企业", "d1:5-7")]


def test_repairing_twice_changes_nothing_more() -> None:
    once = repair(documents(LOST, "推动大中小\ufffd\ufffd融通发展。", "推动大中小企业融通发展。", *WITNESSES))
    assert repair(once) == once


def test_the_order_of_the_documents_does_not_matter() -> None:
    cleaned = documents(LOST, "推动大中小\ufffd\ufffd融通发展。", "推动大中小企业融通发展。", *WITNESSES)
    expected = {document.id: document for document in repair(cleaned)}
    for order in permutations(cleaned):
        assert {document.id: document for document in repair(order)} == expected


def test_a_repaired_heading_is_repaired_where_it_is_quoted_and_every_law_of_edits_holds() -> None:
    lost = "一、推动大中小\ufffd\ufffd融通发展\n支持企业。\n二、其他\n支持园区。"
    first = repair(documents(lost, "推动大中小企业融通发展。"))[0]
    assert first.paragraphs[1].heading == ("一、推动大中小企业融通发展",)
    assert [edit.start for edit in first.edits] == sorted({edit.start for edit in first.edits})
    content = first.paragraphs[0].content
    assert content.original() == content.text == "一、推动大中小企业融通发展"
    assert set(content.edits) <= set(first.edits)


def test_a_repaired_heading_is_repaired_where_a_paragraph_begins_with_it() -> None:
    lost = "（一）加强资金\ufffd\ufffd保障。支持各类园区建设，引导社会资本。"
    (paragraph,) = repair(documents(lost, lost.replace("\ufffd\ufffd", "投入")))[0].paragraphs
    assert paragraph.heading == ("（一）加强资金投入保障",)


def test_many_losses_and_a_context_of_every_line_take_no_time() -> None:
    lost = "推动大中小\ufffd\ufffd融通发展。\n" * 3000
    texts = repaired(lost, "推动大中小企业融通发展。")
    assert "\ufffd" in texts[0]  # a context that stands in thousands of places says nothing


@pytest.mark.parametrize("lost", ["\ufffd" * 48, "\ufffd?" * 24, "\ufffd苘" * 10], ids=["lost", "signs", "kept"])
@pytest.mark.parametrize("written", ["健全工作机制加强组织领导完善配套", "苘" * 15 + "甲"])
def test_however_the_bytes_can_be_shared_out_a_long_loss_takes_no_time(lost: str, written: str) -> None:
    # Both bytes of 苘 are DC.
    began = perf_counter()
    repaired(f"通知说各地要{lost}，推动大中小企业。", f"通知说各地要{written}，推动大中小企业。")
    assert perf_counter() - began < 1


def test_a_loss_of_a_whole_clause_takes_what_stands_there() -> None:
    lost, written = "\ufffd" * 48, "健全工作机制加强组织领导完善配套"
    texts = repaired(f"通知说各地要{lost}，推动大中小企业。", f"通知说各地要{written}，推动大中小企业。")
    assert texts[0] == texts[1]
