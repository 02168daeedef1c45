from __future__ import annotations

import os
from pathlib import Path

import pytest

from index.read import READERS, Refusal, read_file, read_sources
from index.records import RawDocument
from tests.conftest import CORPUS

TEXTS = [file.read_text(encoding="utf-8") for file in sorted(CORPUS.glob("*.txt"))]


def readings(file: Path, data: bytes) -> list[RawDocument | Refusal]:
    file.write_bytes(data)
    return list(read_file(file))


def test_a_text_file_is_one_document_named_by_its_stem(tmp_path: Path) -> None:
    file = tmp_path / "促进 发展.v2.TXT"
    (document,) = readings(file, "甲\r\n乙\r丙\n".encode())
    assert document == RawDocument("促进 发展.v2", "甲\r\n乙\r丙\n", str(file))


def test_an_empty_file_is_an_empty_document(tmp_path: Path) -> None:
    (document,) = readings(tmp_path / "a.txt", b"")
    assert document == RawDocument("a", "", str(tmp_path / "a.txt"))


@pytest.mark.parametrize("name", ["a.xyz", "a.zip", "a", ".txt"])
def test_an_unknown_type_is_refused_with_the_types_that_are_read(tmp_path: Path, name: str) -> None:
    (refusal,) = readings(tmp_path / name, b"text")
    assert isinstance(refusal, Refusal)
    assert refusal.origin == str(tmp_path / name)
    assert "is not a type that is read" in refusal.reason
    for suffix in READERS:
        assert suffix in refusal.reason


def test_an_unreadable_file_is_refused_by_name_and_reason(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    assert readings(file, b"\0") == [Refusal(str(file), "it holds NUL bytes: it is not text")]


def test_a_file_that_vanished_is_refused(tmp_path: Path) -> None:
    assert list(read_file(tmp_path / "a.txt")) == [Refusal(str(tmp_path / "a.txt"), "No such file or directory")]


@pytest.mark.skipif(os.name == "nt", reason="names are no bytes there")
def test_what_is_read_can_be_written_whatever_the_file_is_called(tmp_path: Path) -> None:
    file = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xb7\xa2.txt"))
    for result in readings(file, b"text"):
        if isinstance(result, RawDocument):
            result.id.encode()
        else:
            assert "name" in result.reason


def test_a_folder_is_read_in_a_fixed_order_without_hidden_and_readme_files(tmp_path: Path) -> None:
    for name in (
        *("b.txt", "a.txt", "c/d.txt", "README.md", "readme.txt", "c/README", ".hidden.txt", ".git/e.txt"),
        "c/.f/g.txt",
    ):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name, encoding="utf-8")
    found = list(read_sources([tmp_path]))
    assert found == [RawDocument(Path(name).stem, name, str(tmp_path / name)) for name in ("a.txt", "b.txt", "c/d.txt")]


def test_a_folder_that_is_hidden_itself_is_read(tmp_path: Path) -> None:
    folder = tmp_path / ".policies"
    folder.mkdir()
    (folder / "a.txt").write_text("文", encoding="utf-8")
    assert [result.origin for result in read_sources([folder])] == [str(folder / "a.txt")]


def test_a_readme_that_is_named_itself_is_read(tmp_path: Path) -> None:
    file = tmp_path / "README.txt"
    file.write_text("文", encoding="utf-8")
    assert list(read_sources([file])) == [RawDocument("README", "文", str(file))]


def test_a_missing_source_and_a_bad_file_are_refused_and_the_rest_goes_on(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\0")
    (tmp_path / "b.txt").write_text("文", encoding="utf-8")
    (tmp_path / "c.xyz").write_text("文", encoding="utf-8")
    results = list(read_sources([tmp_path / "missing", tmp_path]))
    assert results[0] == Refusal(str(tmp_path / "missing"), "it does not exist")
    assert [type(result) for result in results[1:]] == [Refusal, RawDocument, Refusal]
    assert [result.origin for result in results[1:]] == [str(tmp_path / name) for name in ("a.txt", "b.txt", "c.xyz")]


def test_the_corpus_of_the_project_is_read_whole() -> None:
    results = list(read_sources([CORPUS]))
    assert [result.text for result in results if isinstance(result, RawDocument)] == TEXTS
    assert [result for result in results if isinstance(result, Refusal)] == []


def test_a_path_too_long_for_the_system_is_refused() -> None:
    source = Path("园" * 5000)
    (refused_source,) = read_sources([source])
    assert isinstance(refused_source, Refusal)
    assert refused_source.origin == str(source)
