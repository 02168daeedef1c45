from __future__ import annotations

import errno
import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.read import READERS, Refusal, read_file, read_sources
from index.read.sources import LARGEST
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


def test_what_lies_in_several_sources_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "texts" / "of 2022"
    folder.mkdir(parents=True)
    (folder / "a.txt").write_text("文", encoding="utf-8")
    (tmp_path / "texts" / "b.txt").write_text("文", encoding="utf-8")
    (tmp_path / "linked").symlink_to(folder)
    monkeypatch.chdir(tmp_path)
    sources = [Path("texts/of 2022"), tmp_path / "linked", folder / "a.txt", tmp_path / "texts", Path("texts/../texts")]

    assert [result.origin for result in read_sources(sources)] == ["texts/of 2022/a.txt", str(tmp_path / "texts/b.txt")]


def test_a_link_to_a_file_is_a_document_of_its_own_name(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("文", encoding="utf-8")
    (tmp_path / "b.txt").symlink_to("a.txt")

    assert [result.id for result in read_sources([tmp_path]) if isinstance(result, RawDocument)] == ["a", "b"]


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


def close_folders(monkeypatch: pytest.MonkeyPatch, *folders: Path) -> None:
    """As if nobody may list the files of these folders: what permissions say does not bind root."""
    real = os.scandir

    def scandir(path: str | Path) -> Iterator[os.DirEntry[str]]:
        if Path(path) in folders:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)


def test_a_subfolder_whose_files_cannot_be_listed_is_refused_by_name_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.txt", "laws/b.txt", "laws/old/c.txt", "orders/d.txt", ".git/e.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name, encoding="utf-8")
    close_folders(monkeypatch, tmp_path / "orders", tmp_path / "laws" / "old", tmp_path / ".git")
    reason = "its files cannot be listed: Permission denied; make the folder readable"

    assert list(read_sources([tmp_path])) == [
        Refusal(str(tmp_path / "laws" / "old"), reason),
        Refusal(str(tmp_path / "orders"), reason),
        RawDocument("a", "a.txt", str(tmp_path / "a.txt")),
        RawDocument("b", "laws/b.txt", str(tmp_path / "laws" / "b.txt")),
    ]


def test_a_source_whose_files_cannot_be_listed_is_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    close_folders(monkeypatch, tmp_path)
    (refusal,) = read_sources([tmp_path])
    assert isinstance(refusal, Refusal)
    assert refusal.origin == str(tmp_path)
    assert "Permission denied" in refusal.reason


def test_a_file_that_cannot_even_be_looked_at_is_refused_by_name_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.stat

    def stat(path: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        if path.name == "b.txt":  # in a folder whose names may be listed and nothing more
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return real(path, follow_symlinks=follow_symlinks)

    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    monkeypatch.setattr(Path, "stat", stat)
    assert list(read_sources([tmp_path])) == [
        RawDocument("a", "a.txt", str(tmp_path / "a.txt")),
        Refusal(str(tmp_path / "b.txt"), "Permission denied"),
    ]


def test_the_corpus_of_the_project_is_read_whole() -> None:
    results = list(read_sources([CORPUS]))
    assert [result.text for result in results if isinstance(result, RawDocument)] == TEXTS
    assert [result for result in results if isinstance(result, Refusal)] == []


def test_a_path_too_long_for_the_system_is_refused() -> None:
    source = Path("园" * 5000)
    (refused_source,) = read_sources([source])
    assert isinstance(refused_source, Refusal)
    assert refused_source.origin == str(source)


def test_every_type_has_its_reader() -> None:
    assert set(READERS) == {".txt", ".md", ".html", ".htm", ".pdf", ".docx", ".jsonl"}


@pytest.mark.parametrize("suffix", READERS)
def test_an_empty_file_of_any_type_holds_no_text_or_is_refused(tmp_path: Path, suffix: str) -> None:
    for data in (b"", b" \n \r\n\t"):
        for result in readings(tmp_path / f"a{suffix}", data):
            assert isinstance(result, Refusal) or not result.text.strip()


@pytest.mark.parametrize("suffix", READERS)
@pytest.mark.parametrize("seed", range(3))
def test_noise_of_any_type_is_refused_or_read_and_never_raises(tmp_path: Path, suffix: str, seed: int) -> None:
    noise = random.Random(seed).randbytes(5000)  # noqa: S311 - the bytes need not be secret
    for data in (noise, b"PK\x03\x04" + noise, b"%PDF-1.4\n" + noise + b"%%EOF", b"<html>" + noise, b"{" + noise):
        for result in readings(tmp_path / f"a{suffix}", data):
            if isinstance(result, RawDocument):
                result.text.encode()
                assert "\0" not in result.text
            else:
                assert "its reader failed" not in result.reason


def test_the_doc_of_before_2007_is_refused_with_the_cure(tmp_path: Path) -> None:
    (refusal,) = readings(tmp_path / "a.doc", b"x")
    assert isinstance(refusal, Refusal)
    assert refusal.reason.endswith("save it as .docx")


def test_a_name_with_blanks_and_chinese_is_an_id(tmp_path: Path) -> None:
    (document,) = readings(tmp_path / "关于 促进发展的通知（试行）.html", "<p>支持企业。</p>".encode())
    assert isinstance(document, RawDocument)
    assert (document.id, document.text) == ("关于 促进发展的通知（试行）", "支持企业。")


def test_a_file_that_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    with file.open("wb") as stream:
        stream.truncate(LARGEST + (1 << 20))
    assert list(read_file(file)) == [Refusal(str(file), "it has 65 MiB, more than the 64 MiB that are read; split it")]
    collection = file.rename(file.with_suffix(".jsonl"))
    assert "MiB" not in str(next(read_file(collection)))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names there")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.txt")
    assert list(read_file(tmp_path / "a.txt")) == [Refusal(str(tmp_path / "a.txt"), "it is not a file with content")]


@pytest.mark.parametrize("written", [b"x", b"yy"], ids=["longer", "as long"])
def test_a_file_that_changes_while_it_is_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: bytes
) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(b"aa")
    os.utime(file, ns=(0, 0))
    real = os.fstat
    seen: list[int] = []

    def fstat(descriptor: int) -> os.stat_result:
        status = real(descriptor)
        if not seen:  # between the first look and the end of reading
            mode = "ab" if written == b"x" else "r+b"
            with file.open(mode) as stream:
                stream.write(written)
        seen.append(descriptor)
        return status

    monkeypatch.setattr("index.read.sources.os.fstat", fstat)
    (refusal,) = read_file(file)
    assert isinstance(refusal, Refusal)
    assert refusal.reason == "it changed while it was read; try again when it is written"


def test_a_reader_that_fails_is_reported_and_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(file: Path, data: bytes) -> Iterator[RawDocument | Refusal]:
        yield RawDocument(file.stem, data.decode(), str(file))
        raise MemoryError("all is full")

    monkeypatch.setattr("index.read.sources.READERS", {**READERS, ".md": broken})
    for name in ("a.txt", "b.md", "c.txt"):
        (tmp_path / name).write_text("文", encoding="utf-8")
    results = list(read_sources([tmp_path]))
    assert [type(result) for result in results] == [RawDocument, RawDocument, Refusal, RawDocument]
    assert results[2] == Refusal(str(tmp_path / "b.md"), "its reader failed: MemoryError: all is full")
    assert "b.md" in caplog.text
    assert "Traceback" in caplog.text


@pytest.mark.parametrize("suffix", [".txt", ".html"])
@pytest.mark.parametrize("content", ["文" * 3_500_000, "文\n" * 1_000_000], ids=["one line", "a million lines"])
def test_ten_megabytes_are_read(tmp_path: Path, suffix: str, content: str) -> None:
    (document,) = readings(tmp_path / f"a{suffix}", content.encode())
    assert isinstance(document, RawDocument)
    assert document.text.count("文") == content.count("文")
