from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.clean import (
    drop_footer,
    drop_insertions,
    drop_invisible,
    mark_damage,
    repair_damage,
    strip_readings,
    take_header,
    undo_entities,
    undo_mojibake,
)
from index.clean.document import LAYOUT, clean
from index.clean.drop_site_lines import NOTICE
from index.clean.find_site_lines import INFO, LINKS, NAVIGATION, TOOLS
from index.clean.fold import Script
from index.records import Document, Metadata, RawDocument
from qa.ask import Assistant
from qa.cite import in_script
from qa.pages.show_edits import KINDS, View, blocks, edit_counts, text_fragment, web_address

MIRRORED = (
    "发布机构 | 财政部 |\n\n行動計(jì)劃支持不少於50個(gè)實體園區\n,打造特色載體。\n第二段。\n備案號:蘇ICP備13033418號"
)


def cleaned(text: str, url: str | None = None) -> Document:
    return clean(RawDocument("d", text, "test", Metadata(url=url)))


def checked(document: Document) -> None:
    """The laws: kept and added text is the paragraph, in every view; kept and removed text is the source."""
    views: dict[View, Script] = {
        "simplified": "simplified",
        "traditional": "traditional",
        "original": "original",
        "source": "original",
    }
    for view, script in views.items():
        shown = [block for block in blocks(document, view) if block.ordinal]
        assert [block.ordinal for block in shown] == [paragraph.ordinal for paragraph in document.paragraphs]
        for block, paragraph in zip(shown, document.paragraphs, strict=True):
            text = "".join(piece.text for piece in block.pieces if piece.state != "removed")
            assert text == in_script(paragraph.content, script)
    in_source = blocks(document, "source")
    for block, paragraph in zip((b for b in in_source if b.ordinal), document.paragraphs, strict=True):
        content = paragraph.content
        text = "".join(piece.text for piece in block.pieces if piece.state != "added")
        assert text == content.source[content.start : content.end]
    # Nothing but blanks is missing.
    shown_text = "".join(p.text for block in in_source for p in block.pieces if p.state != "added")
    assert "".join(shown_text.split()) == "".join(document.source.split())


def test_the_laws_hold_for_the_corpus(assistant: Assistant) -> None:
    for document in assistant.index.documents.values():
        checked(document)


@given(st.text(alphabet="計(jì)劃|一、。，\n 発備案號:ICP13发布机构<&-", max_size=60))
def test_the_laws_hold_for_any_text(text: str) -> None:
    checked(cleaned(text))


def test_what_is_damaged_is_marked_in_every_view_and_struck_through_in_none() -> None:
    document = cleaned("推动大中小\ufffd\ufffd融通发展。")
    views: list[View] = ["simplified", "traditional", "original", "source"]
    for view in views:
        (block,) = blocks(document, view)
        assert [(piece.text, piece.state) for piece in block.pieces if piece.state != "kept"] == [
            ("\ufffd\ufffd", "marked")
        ]
    checked(document)


def test_what_is_removed_stands_where_it_stood_with_its_kind() -> None:
    shown = blocks(cleaned(MIRRORED), "source")

    assert [(block.ordinal, block.pieces[0].kind) for block in shown] == [
        (0, "header"),
        (1, ""),
        (2, ""),
        (0, "footer"),
    ]
    removed = [(piece.text, piece.kind) for piece in shown[1].pieces if piece.state == "removed"]
    assert removed == [("(jì)", "reading"), ("(gè)", "reading"), ("\n", "layout")]
    assert {kind: count for kind, _, count in edit_counts(cleaned(MIRRORED))}["reading"] == 2


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        " JavaScript:alert(1)",
        "data:text/html,x",
        "//host/x",
        "http:",
        "https://",
        "x",
        "",
        None,
        "http://[x",
    ],
)
def test_only_web_addresses_are_links(url: str | None) -> None:
    assert web_address(url) is None
    assert text_fragment(url, cleaned("第一段。").paragraphs[0].content) is None


@pytest.mark.parametrize(
    ("url", "text", "directive"),
    [
        ("https://h/a", "短的一段。", "#:~:text=短的一段。"),
        ("https://h/a#part", "短的一段。", "#part:~:text=短的一段。"),
        ("https://h/a", "a-b,c&d", "#:~:text=a%2Db%2Cc%26d"),
        # Cut at punctuation, where a browser ends a word.
        (
            "https://h/a",
            "各地要高度重视，加强组织领导，明确责任分工，落实工作措施，确保政策落地见效。",
            "#:~:text=各地要高度重视，,确保政策落地见效。",
        ),
        (
            "https://h/a",
            "各地，要，高度重视工作，明确责任分工，加强组织领导，结束，了。",
            "#:~:text=各地，要，高度重视工作，,加强组织领导，结束，了。",
        ),
    ],
)
def test_a_paragraph_is_found_by_its_first_and_last_words(url: str, text: str, directive: str) -> None:
    found = text_fragment(url, cleaned(text, url).paragraphs[0].content)
    assert found
    address, _, words = found.partition(":~:text=")
    if "%" in directive:
        assert found == url + directive
    else:
        assert unquote(words) == directive.partition(":~:text=")[2]
        assert found.startswith(f"{address}:~:text=")


def test_every_kind_of_edit_has_a_name_for_readers() -> None:
    kinds = {LAYOUT, NAVIGATION, TOOLS, INFO, LINKS, NOTICE}
    rules = (drop_footer, drop_insertions, drop_invisible, mark_damage, repair_damage, strip_readings, take_header)
    assert kinds | {rule.KIND for rule in (*rules, undo_entities, undo_mojibake)} == set(KINDS)
