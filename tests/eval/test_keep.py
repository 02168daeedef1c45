from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from eval.keep import keep
from eval.read_beir import read_beir

PAGE = "補貼標準為每人1000元，\n由市財政局發放。\n主办：某市财政局\n电话：0571-87000001\n浙ICP备05000009号"


@pytest.fixture
def beir(tmp_path: Path) -> Path:
    """One page with a footer; one answer in its text, one in its footer, one in no document."""
    answers = {"a": "补贴标准为每人1000元,由市财政局发放", "b": "0571-87000001", "c": "不在文中"}
    (tmp_path / "corpus.jsonl").write_text(json.dumps({"_id": "d", "title": "", "text": PAGE}) + "\n")
    (tmp_path / "queries.jsonl").write_text(
        "".join(
            json.dumps({"_id": name, "text": f"问{name}", "answers": [answer]}) + "\n"
            for name, answer in answers.items()
        )
    )
    (tmp_path / "qrels.tsv").write_text("".join(f"{name}\td\t1\n" for name in answers))
    return tmp_path


def test_an_answer_in_what_cleaning_removes_is_lost_and_one_in_the_text_is_kept(beir: Path) -> None:
    kept = keep(read_beir(beir))
    assert kept.found == 2
    assert [(lost.question, lost.document, lost.answer) for lost in kept.lost] == [("问b", "d", "0571-87000001")]


def test_an_answer_that_was_copied_with_its_escapes_is_kept_when_they_are_undone(beir: Path) -> None:
    address = "在http://example.cn/a?b=1&amp;c=2申报"
    (beir / "corpus.jsonl").write_text(json.dumps({"_id": "d", "title": "", "text": f"请{address}。"}) + "\n")
    (beir / "queries.jsonl").write_text(json.dumps({"_id": "a", "text": "问", "answers": [address]}) + "\n")
    (beir / "qrels.tsv").write_text("a\td\t1\n")
    kept = keep(read_beir(beir))
    assert (kept.found, kept.lost) == (1, ())


def test_the_command_names_what_is_lost_and_fails(beir: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "eval.keep", "--beir", str(beir)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stderr
    assert "d: 问b" in done.stdout
    assert "2 answers stand in their documents, 1 are lost" in done.stdout
