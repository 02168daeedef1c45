from __future__ import annotations

from eval.locate import RelevantPassages, places
from eval.records import Evidence, LabelledQuestion, Returned
from index.clean.document import clean
from index.records import RawDocument

SOURCE = "計(jì)劃支持50個園區。\n園區計(jì)劃培育企業(yè)。"
DOCUMENT = clean(RawDocument("d", SOURCE, "d.txt"))


def relevant(quote: str, *passages: tuple[int, int], document: str = "d") -> set[str]:
    question = LabelledQuestion("q", "问", {document: 1}, [Evidence(frozenset([document]), [quote])])
    found = [Returned("d", span, SOURCE[slice(*span)]) for span in passages]
    return set(RelevantPassages(found, {"d": DOCUMENT}).of(question))


def test_a_quote_is_found_in_the_source_past_what_was_taken_out_and_in_either_script() -> None:
    for quote in ("计划支持50个", "計劃支持50個"):
        (span,) = places(quote, DOCUMENT)
        assert SOURCE[slice(*span)] == "計(jì)劃支持50個"


def test_a_quote_that_stands_twice_is_evidence_twice() -> None:
    assert [SOURCE[slice(*span)] for span in places("园区", DOCUMENT)] == ["園區", "園區"]


def test_words_that_are_not_there_have_no_place() -> None:
    assert places("支持60个", DOCUMENT) == []
    assert relevant("支持60个", (0, len(SOURCE))) == set()


def test_a_passage_is_relevant_that_covers_the_quote() -> None:
    start = SOURCE.index("支持")
    assert relevant("支持50个园区", (0, len(SOURCE)), (start, start + 7), (start, start + 6)) == {
        f"d:0-{len(SOURCE)}",
        f"d:{start}-{start + 7}",
    }


def test_where_none_covers_it_every_piece_is_relevant() -> None:
    start = SOURCE.index("支持")
    assert relevant("支持50个园区", (start, start + 4), (start + 4, start + 7), (start + 7, start + 9)) == {
        f"d:{start}-{start + 4}",
        f"d:{start + 4}-{start + 7}",
    }


def test_a_document_that_is_gone_holds_nothing() -> None:
    assert relevant("支持", (0, 9), document="e") == set()
