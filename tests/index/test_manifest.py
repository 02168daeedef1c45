from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import IndexDamaged, IndexMissing, IndexOutdated, PolicyQAError
from index.manifest import FILE, FORMAT, Manifest, digest_of

texts = st.text(st.characters(codec="utf-8"), max_size=12)
mappings = st.dictionaries(texts, texts, max_size=4)
manifests = st.builds(
    Manifest,
    format=st.just(FORMAT),
    version=texts,
    data=texts,
    stages=mappings,
    sources=st.lists(texts, max_size=3),
    counts=st.dictionaries(texts, st.integers(0, 2**53), max_size=3),
    documents=mappings,
    refused=mappings,
    files=mappings,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder whose name a shell would take apart."""
    folder = tmp_path / "it's an 索引"
    folder.mkdir()
    return folder


@pytest.fixture
def manifest(folder: Path) -> Manifest:
    """The manifest written to `folder`, with the two files that it names."""
    data = folder / "data-1"
    (data / "lexical").mkdir(parents=True)
    (data / "documents.jsonl").write_text("documents", encoding="utf-8")
    (data / "lexical" / "meta.json").write_text("{}", encoding="utf-8")
    manifest = Manifest(
        format=FORMAT,
        version="0123456789ab",
        data=data.name,
        stages={"model": "hashing@64"},
        sources=["政策 texts", "more"],
        counts={"documents": 1, "passages": 2},
        documents={"甲": "digest"},
        refused={"乙.bin": "no text"},
        files={
            "documents.jsonl": sha256(b"documents").hexdigest(),
            "lexical/meta.json": sha256(b"{}").hexdigest(),
        },
    )
    manifest.write(folder)
    return manifest


def command_in(error: PolicyQAError) -> list[str]:
    """The command that a message tells one to run, as a shell would read it."""
    return shlex.split(str(error).partition(" with: ")[2])


@given(manifest=manifests)
def test_a_manifest_is_read_back_equal_to_what_was_written(
    manifest: Manifest, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("manifest")
    manifest.write(folder)
    assert Manifest.read(folder) == manifest
    assert [path.name for path in folder.iterdir()] == [FILE]


def test_writing_replaces_the_manifest_that_was_there(folder: Path, manifest: Manifest) -> None:
    other = replace(manifest, version="ba9876543210")
    other.write(folder)
    assert Manifest.read(folder) == other


def test_a_manifest_is_readable_by_people(folder: Path, manifest: Manifest) -> None:
    content = json.loads((folder / FILE).read_text(encoding="utf-8"))
    assert content["documents"] == manifest.documents
    assert "政策 texts" in (folder / FILE).read_text(encoding="utf-8")


@pytest.mark.parametrize("below", ["", "no-such-folder"])
def test_a_folder_without_a_manifest_holds_no_index_and_the_message_says_how_to_build_one(
    folder: Path, below: str
) -> None:
    with pytest.raises(IndexMissing) as raised:
        Manifest.read(folder / below)
    assert str(folder / below) in str(raised.value)
    assert command_in(raised.value) == ["policyqa", "index", "SOURCE", "--index", str(folder / below)]


@pytest.mark.usefixtures("manifest")
def test_a_manifest_with_any_one_byte_altered_is_damaged(folder: Path) -> None:
    file = folder / FILE
    written = file.read_bytes()
    for at in range(len(written)):
        altered = bytearray(written)
        altered[at] ^= 1
        file.write_bytes(altered)
        with pytest.raises(IndexDamaged) as raised:
            Manifest.read(folder)
        assert str(file) in str(raised.value)


@pytest.mark.usefixtures("manifest")
def test_a_manifest_that_was_cut_anywhere_is_damaged(folder: Path) -> None:
    file = folder / FILE
    written = file.read_bytes()
    for length in range(len(written)):
        file.write_bytes(written[:length])
        with pytest.raises(IndexDamaged):
            Manifest.read(folder)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "null",
        "[]",
        "{}",
        '"text"',
        "NaN",
        '{"sha256": null}',
        '{"format": 2, "sha256": ""}',
        '{"version": "\\ud800", "sha256": ""}',
        "[" * 100_000,
        "\0" * 100,
    ],
    ids=lambda content: repr(content[:24]),
)
def test_a_manifest_that_is_something_else_is_damaged_and_names_the_cure(folder: Path, content: str) -> None:
    (folder / FILE).write_text(content, encoding="utf-8")
    with pytest.raises(IndexDamaged) as raised:
        Manifest.read(folder)
    assert str(folder / FILE) in str(raised.value)
    assert command_in(raised.value) == ["policyqa", "index", "SOURCE", "--index", str(folder)]


def test_a_manifest_that_is_no_text_or_no_file_is_damaged(folder: Path) -> None:
    (folder / FILE).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(IndexDamaged):
        Manifest.read(folder)
    (folder / FILE).unlink()
    (folder / FILE).mkdir()
    with pytest.raises(IndexDamaged):
        Manifest.read(folder)


@pytest.mark.parametrize("other", [FORMAT - 1, FORMAT + 1])
def test_another_format_is_outdated_and_names_both_and_the_cure(folder: Path, manifest: Manifest, other: int) -> None:
    replace(manifest, format=other).write(folder)
    with pytest.raises(IndexOutdated, match=f"format {other}, this program reads {FORMAT}") as raised:
        Manifest.read(folder)
    assert command_in(raised.value)[-1] == str(folder)


def test_files_that_are_as_they_were_written_pass(folder: Path, manifest: Manifest) -> None:
    manifest.check(folder)
    (folder / "data-1" / "documents.jsonl").write_text("other", encoding="utf-8")
    with pytest.raises(IndexDamaged):
        manifest.check(folder)
    (folder / "data-1" / "documents.jsonl").write_text("documents", encoding="utf-8")
    manifest.check(folder)


def altered(file: Path) -> None:
    content = file.read_bytes()
    file.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))


def emptied(file: Path) -> None:
    file.write_bytes(b"")


def lengthened(file: Path) -> None:
    file.write_bytes(file.read_bytes() + b"\n")


def removed(file: Path) -> None:
    file.unlink()


def made_a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize("name", ["documents.jsonl", "lexical/meta.json"])
@pytest.mark.parametrize("spoil", [altered, emptied, lengthened, removed, made_a_folder])
def test_a_file_that_is_not_the_one_that_was_written_is_named_with_the_cure(
    folder: Path, manifest: Manifest, name: str, spoil: Callable[[Path], None]
) -> None:
    file = folder / "data-1" / name
    spoil(file)
    with pytest.raises(IndexDamaged) as raised:
        manifest.check(folder)
    assert str(file) in str(raised.value)
    assert command_in(raised.value) == ["policyqa", "index", "政策 texts", "more", "--index", str(folder)]


def test_the_digest_of_a_file_is_its_sha256(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"abc")
    assert digest_of(tmp_path / "file") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
