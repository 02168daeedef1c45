from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from index.build import BuildReport, build_index
from index.clean.document import clean
from index.clean.fold import fold
from index.records import RawDocument, Refusal
from index.stages import with_embedder
from qa.ask import Assistant
from qa.question import Filters, Question
from qa.show import show_build, show_cleaned, show_reply
from tests.stubs import HashingEmbedder, assistant_over, mirrored, remembering

IDS = ["[draft] 通知", "[/b]x", ":smile:", "[link=https://example.org]x", "a\\[b]"]


@pytest.fixture(scope="module", name="assistant")
def remembering_assistant(assistant: Assistant) -> Assistant:
    return remembering(assistant)


@pytest.fixture
def console() -> Console:
    """Wide enough that no line breaks."""
    return Console(file=io.StringIO(), width=5000)


def printed(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize("script", ["simplified", "traditional", "original"])
def test_a_reply_shows_the_answer_and_each_passage_with_its_place(
    assistant: Assistant, console: Console, script: str
) -> None:
    reply = assistant.ask(Question("中央财政投入多少资金", script=script))  # type: ignore[arg-type] # one of three
    show_reply(reply, console)
    text = printed(console)

    assert reply.text(reply.question.script) in text
    for number, citation in enumerate(reply.citations, 1):
        assert f"[{number}] {citation.document.label}" in text
        assert citation.shown(reply.question.script) in text
        assert f"{citation.paragraph.id}, source {citation.content.start}–{citation.content.end}" in text


def test_a_reply_shows_what_a_document_says_of_itself(assistant: Assistant, console: Console) -> None:
    reply = assistant.ask(Question("携手行动哪些部门印发", top_k=1))
    show_reply(reply, console)

    assert "中华人民共和国工业和信息化部 · 2022-05-16 · paragraph 2" in printed(console)


def test_a_reply_names_the_copies_of_what_it_cites(console: Console, tmp_path: Path) -> None:
    show_reply(mirrored(tmp_path).ask(Question("支持多少个实体园区")), console)

    assert re.search(r"original:1, source 0–\d+; the same in 园区通知（转载）\n", printed(console))


def test_a_reply_without_an_answer_says_so(assistant: Assistant, console: Console) -> None:
    reply = assistant.ask(Question("今天天氣怎麼樣"))
    show_reply(reply, console)

    assert reply.text("simplified") in printed(console)
    assert "沒有找到" in printed(console)


def test_on_a_terminal_the_quoted_sentences_stand_out(assistant: Assistant) -> None:
    console = Console(file=io.StringIO(), width=5000, force_terminal=True, color_system="standard")
    reply = assistant.ask(Question("百场万企是什么"))
    show_reply(reply, console)

    quoted = [hit.passage.text[start:end] for at, hit in enumerate(reply.hits) for start, end in reply.highlights(at)]
    assert quoted
    assert all(f"\x1b[1;32m{sentence}\x1b[0m" in printed(console) for sentence in quoted)


@pytest.mark.parametrize("name", IDS)
def test_no_id_is_read_as_markup_in_a_reply(console: Console, name: str, tmp_path: Path) -> None:
    text = f"支持[bold]园区[/bold]建设{name}。"
    assistant = assistant_over([{"_id": name, "text": text, "title": f"标题{name}", "issuer": name}], tmp_path)
    reply = assistant.ask(Question("园区", filters=Filters(document_ids=[name])))
    show_reply(reply, console)

    assert text in printed(console)
    assert f"标题{name} · {name} · paragraph 1" in printed(console)
    assert f"{name}:1, source 0–{len(text)}" in printed(console)


@pytest.mark.parametrize("name", IDS)
def test_no_id_is_read_as_markup_in_a_cleaned_text(console: Console, name: str) -> None:
    text = f"支持[bold]园区[/bold]建设{name}。"
    show_cleaned(clean(RawDocument(name, text, "test")), console)

    assert printed(console).count(text) == 1
    assert printed(console).startswith(f"{name}\n")


SOURCE = "　　王江平指出，《行動計(jì)劃》支持不少于５０個(gè)園區(qū)。\r\n\r\n二是落實資(zī)金。\n"


def test_a_cleaned_text_shows_every_edit_in_its_place(console: Console) -> None:
    document = clean(RawDocument("a", SOURCE, "test"))
    show_cleaned(document, console)
    text = printed(console)
    without = re.sub(r"\{\+(.*?)\+\}", r"\1", re.sub(r"\[-.*?-\]", "", text))
    before = re.sub(r"\{\+.*?\+\}", "", text).replace("[-", "").replace("-]", "")

    assert "行动计[-(jì)-]划" in text
    for paragraph in document.paragraphs:
        content = paragraph.content
        assert content.edits
        assert paragraph.text in without.splitlines()
        assert fold(content.source[content.start : content.end]) in before.splitlines()


@pytest.mark.parametrize("between", ["\n\u3000&nbsp;\n", "\n&nbsp;&nbsp;\n&nbsp;\n"])
def test_a_cleaned_text_hides_nothing_that_was_taken_out_between_paragraphs(console: Console, between: str) -> None:
    document = clean(RawDocument("a", f"第一段话。{between}第二段话。", "test"))
    show_cleaned(document, console)

    assert [paragraph.text for paragraph in document.paragraphs] == ["第一段话。", "第二段话。"]
    assert f"[-{between}-] layout" in printed(console)


def test_a_cleaned_text_does_not_show_mere_line_breaks(console: Console) -> None:
    show_cleaned(clean(RawDocument("a", "第一段话。\n\u3000\n第二段话。", "test")), console)

    assert "[-" not in printed(console)


def test_a_cleaned_text_counts_its_edits_by_kind(console: Console) -> None:
    document = clean(RawDocument("a", SOURCE, "test"))
    show_cleaned(document, console)
    (summary,) = re.findall(r"^edits: (.+)$", printed(console), re.MULTILINE)

    counts = dict(reversed(part.split(" ", 1)) for part in summary.split(", "))
    assert sum(map(int, counts.values())) == len(document.edits)
    assert counts.keys() == {edit.kind for edit in document.edits}


def test_a_cleaned_text_shows_what_its_document_states(console: Console) -> None:
    text = "索引号：000/5\n发布机构：财政部、税务总局\n发布日期：2022-05-20\n本通知自2022年6月1日起施行，有效期1年。"
    show_cleaned(clean(RawDocument("a", text, "test")), console)

    for value in ("000/5", "财政部、税务总局", "2022-05-20", "2022-06-01", "2023-05-31"):
        assert re.search(rf"  {value}\s*$", printed(console), re.MULTILINE), value


def test_a_cleaned_text_says_what_its_document_does_not(console: Console) -> None:
    show_cleaned(clean(RawDocument("a", "支持园区建设。", "test")), console)

    assert printed(console).count("not stated") == 8
    assert "edits: none" in printed(console)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> BuildReport:
    folder = tmp_path_factory.mktemp("built")
    (folder / "a.txt").write_text("支持园区建设。", encoding="utf-8")
    return build_index([folder / "a.txt"], folder / "index", with_embedder(HashingEmbedder()))


def test_a_build_shows_what_changed(report: BuildReport, console: Console) -> None:
    show_build(report, console)

    assert printed(console) == (
        "1 documents, 1 passages: 1 added, 0 changed, 0 removed, 0 unchanged; 1 passages embedded. "
        f"Index version {report.manifest.version}.\n"
    )


def test_a_build_names_what_was_refused_and_counts_the_rest(report: BuildReport, console: Console) -> None:
    refused = [Refusal(f"folder/[b]{number}.txt", "it is [/red] wrong :smile:") for number in range(25)]
    show_build(replace(report, refused=refused), console)
    lines = printed(console).splitlines()[1:]

    assert lines[:-1] == [f"refused: folder/[b]{number}.txt: it is [/red] wrong :smile:" for number in range(20)]
    assert lines[-1] == "refused: 5 more"
