from __future__ import annotations

import dataclasses
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

import index.manifest
from index.build import BuildReport, build_index
from index.clean_sources import CleaningRules
from index.embed import Progress, Role, Vectors, no_progress
from index.errors import IndexBusy, IndexDamaged, IndexNotWritable, IndexOutdated, NoDocuments
from index.load import SearchIndex, load_index
from index.manifest import FILE, Manifest
from index.read import READERS
from index.records import Document, RawDocument, Refusal
from index.search_lexical import LexicalStore
from index.stages import Stages, with_embedder
from tests.conftest import ROOT
from tests.stubs import HashingEmbedder

TEXTS = {
    "a": "中小企业专项资金管理办法\n对符合条件的中小企业给予补助。\n补助不超过五十万元。\n",
    "b": "人才住房保障规定\n新引进人才可以申请租房补贴。\n",
    "c": "绿色建筑条例\n新建民用建筑执行绿色建筑标准。\n",
}


def write_texts(folder: Path, texts: dict[str, str]) -> Path:
    """A source folder with exactly these texts."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[None]:
    """A file system of this size at a folder, where the system lets one make it."""
    mount, umount = shutil.which("mount"), shutil.which("umount")
    if mount is None or umount is None:
        pytest.skip("there is no mount command to make a small disk with")
    command = [mount, "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"a small disk may not be mounted here: {done.stderr.strip()}")
    try:
        yield
    finally:
        # Lazily, since an index that was loaded from there may still be mapped.
        subprocess.run([umount, "--lazy", str(folder)], check=True)


def state(folder: Path) -> dict[str, tuple[int, int]]:
    """Every file of an index but the lock, with its inode and the time it was written."""
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_ino, path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


def data_folders(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in (folder / "builds").iterdir())


def assert_equal_indexes(one: SearchIndex, other: SearchIndex) -> None:
    assert one.manifest.version == other.manifest.version
    assert one.documents == other.documents
    assert list(one.documents) == list(other.documents)
    assert one.passages == other.passages
    assert np.array_equal(one.vectors.vectors(), other.vectors.vectors())
    for passage in one.passages:
        rows, scores = one.lexical.search(passage.indexed_text, 100)
        other_rows, other_scores = other.lexical.search(passage.indexed_text, 100)
        assert rows.tolist() == other_rows.tolist()
        assert scores.tolist() == other_scores.tolist()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_texts(tmp_path / "source", TEXTS)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def built(source: Path, folder: Path, stub: HashingEmbedder, stub_stages: Stages) -> BuildReport:
    """The index of `TEXTS` in `folder`, with the stub's memory empty again."""
    report = build_index([source], folder, stub_stages)
    stub.embedded.clear()
    return report


def test_a_text_is_repaired_once_another_bears_witness_and_the_index_is_the_one_from_scratch(
    tmp_path: Path, stub: HashingEmbedder, stub_stages: Stages
) -> None:
    texts = {"a": "推动大中小\ufffd\ufffd融通发展。", "b": "推动大中小企业融通发展。"}
    source = write_texts(tmp_path / "repaired", {"a": texts["a"]})
    alone = build_index([source], tmp_path / "index", stub_stages)
    stub.embedded.clear()
    write_texts(source, texts)
    both = build_index([source], tmp_path / "index", stub_stages)
    index = load_index(tmp_path / "index", stub_stages)

    assert both.manifest.version != alone.manifest.version
    assert (both.added, both.changed, both.unchanged) == (["b"], [], 1)
    assert [paragraph.text for paragraph in index.documents["a"].paragraphs] == ["推动大中小企业融通发展。"]
    assert both.embedded == len(stub.embedded) == 1
    build_index([source], tmp_path / "from-scratch", stub_stages)
    assert_equal_indexes(index, load_index(tmp_path / "from-scratch", stub_stages))


def test_the_first_build_adds_every_document(source: Path, folder: Path, stub: HashingEmbedder) -> None:
    report = build_index([source], folder, with_embedder(stub))
    assert (report.added, report.changed, report.removed, report.unchanged) == (["a", "b", "c"], [], [], 0)
    assert report.embedded == len(stub.embedded) == report.manifest.counts["passages"]
    assert report.manifest.counts["documents"] == 3
    assert report.manifest == Manifest.read(folder)
    assert report.manifest.sources == [str(source)]
    loaded = load_index(folder, with_embedder(stub))
    assert [passage.indexed_text for passage in loaded.passages] == stub.embedded
    assert list(loaded.documents) == ["a", "b", "c"]


def test_the_same_content_again_writes_nothing(
    source: Path, folder: Path, stub: HashingEmbedder, stub_stages: Stages, built: BuildReport
) -> None:
    before = state(folder)
    for path in source.iterdir():
        os.utime(path, (1, 1))  # what counts is the content, not the time of the file
    report = build_index([source], folder, stub_stages)
    assert state(folder) == before
    assert report.manifest == built.manifest
    assert (report.added, report.changed, report.removed, report.unchanged) == ([], [], [], 3)
    assert report.embedded == 0
    assert stub.embedded == []


def test_the_same_content_in_two_folders_has_the_same_version(
    source: Path, tmp_path: Path, stub_stages: Stages, built: BuildReport
) -> None:
    assert build_index([source], tmp_path / "other", stub_stages).manifest.version == built.manifest.version


def test_what_was_added_changed_and_removed_is_found_by_content(
    source: Path, folder: Path, tmp_path: Path, stub: HashingEmbedder, stub_stages: Stages, built: BuildReport
) -> None:
    old = load_index(folder, stub_stages)
    times = (source / "a.txt").stat()
    (source / "a.txt").write_text(TEXTS["a"].replace("五十", "六十"), encoding="utf-8")
    os.utime(source / "a.txt", ns=(times.st_atime_ns, times.st_mtime_ns))
    (source / "b.txt").unlink()
    (source / "d.txt").write_text("数据条例\n公共数据应当开放。\n", encoding="utf-8")

    report = build_index([source], folder, stub_stages)
    assert (report.added, report.changed, report.removed, report.unchanged) == (["d"], ["a"], ["b"], 1)
    assert report.manifest.version != built.manifest.version

    new = load_index(folder, stub_stages)
    known = {passage.indexed_text for passage in old.passages}
    expected = [passage.indexed_text for passage in new.passages if passage.indexed_text not in known]
    assert stub.embedded == expected
    assert 0 < report.embedded == len(expected) < len(new.passages)
    build_index([source], tmp_path / "from-scratch", stub_stages)
    assert_equal_indexes(new, load_index(tmp_path / "from-scratch", stub_stages))


def test_going_back_to_earlier_content_gives_the_earlier_version(
    source: Path, folder: Path, stub_stages: Stages, built: BuildReport
) -> None:
    (source / "a.txt").write_text("别的内容", encoding="utf-8")
    assert build_index([source], folder, stub_stages).manifest.version != built.manifest.version
    write_texts(source, TEXTS)
    assert build_index([source], folder, stub_stages).manifest.version == built.manifest.version


@pytest.mark.usefixtures("built")
def test_a_renamed_file_is_another_document_whose_passages_keep_their_vectors(
    source: Path, folder: Path, stub: HashingEmbedder, stub_stages: Stages
) -> None:
    (source / "b.txt").rename(source / "z.txt")
    report = build_index([source], folder, stub_stages)
    assert (report.added, report.changed, report.removed, report.unchanged) == (["z"], [], ["b"], 2)
    assert stub.embedded == []
    loaded = load_index(folder, stub_stages)
    assert list(loaded.documents) == ["a", "c", "z"]
    for passage, vector in zip(loaded.passages, loaded.vectors.vectors(), strict=True):
        assert np.array_equal(vector, HashingEmbedder().embed([passage.indexed_text], "passage")[0])


@pytest.mark.usefixtures("built")
def test_a_renamed_source_folder_is_what_the_index_says_it_was_built_from(
    source: Path, folder: Path, stub: HashingEmbedder, stub_stages: Stages
) -> None:
    renamed = source.rename(source.with_name("renamed"))
    report = build_index([renamed], folder, stub_stages)
    assert (report.added, report.changed, report.removed, report.unchanged) == ([], [], [], 3)
    assert stub.embedded == []
    assert Manifest.read(folder).sources == [str(renamed)]


@pytest.mark.usefixtures("built")
def test_a_source_that_is_refused_from_now_on_is_listed_though_the_documents_are_the_same(
    source: Path, folder: Path, stub_stages: Stages
) -> None:
    (source / "new.bin").write_bytes(b"\0")
    report = build_index([source], folder, stub_stages)
    assert [refusal.origin for refusal in report.refused] == [str(source / "new.bin")]
    assert list(Manifest.read(folder).refused) == [str(source / "new.bin")]


def test_only_the_sources_of_the_last_build_are_in_the_index(
    source: Path, folder: Path, tmp_path: Path, stub_stages: Stages, built: BuildReport
) -> None:
    assert built.added == ["a", "b", "c"]
    other = write_texts(tmp_path / "other", {"d": "数据条例\n公共数据应当开放。\n"})
    assert build_index([source, other], folder, stub_stages).added == ["d"]
    report = build_index([other], folder, stub_stages)
    assert report.removed == ["a", "b", "c"]
    assert list(load_index(folder, stub_stages).documents) == ["d"]


def test_the_same_text_in_two_documents_is_embedded_once(
    tmp_path: Path, folder: Path, stub: HashingEmbedder, stub_stages: Stages
) -> None:
    source = write_texts(tmp_path / "twins", {"x": TEXTS["b"], "y": TEXTS["b"]})
    report = build_index([source], folder, stub_stages)
    passages = load_index(folder, stub_stages).passages
    assert len(passages) == 2 * len(stub.embedded) == 2 * report.embedded
    assert {passage.document_id for passage in passages} == {"x", "y"}


def test_a_second_document_of_the_same_id_is_refused_by_name_and_the_first_stays(
    source: Path, folder: Path, tmp_path: Path, stub_stages: Stages
) -> None:
    other = tmp_path / "other.jsonl"
    records = [{"_id": "b", "text": "同名的记录"}, {"_id": "e", "text": "新的记录"}]
    other.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    report = build_index([source, other], folder, stub_stages)
    (refusal,) = report.refused
    assert refusal.origin == f"{other}:1"
    assert "'b'" in refusal.reason
    assert str(source / "b.txt") in refusal.reason
    loaded = load_index(folder, stub_stages)
    assert list(loaded.documents) == ["a", "b", "c", "e"]
    assert loaded.document("b").source == TEXTS["b"]


def test_what_cannot_be_read_is_listed_with_its_reason_and_the_rest_goes_on(
    source: Path, folder: Path, stub_stages: Stages
) -> None:
    (source / "picture.png").write_bytes(b"\x89PNG")
    (source / "noise.txt").write_bytes(bytes(range(128, 256)))
    (source / "blank.txt").write_text(" \n\n", encoding="utf-8")
    missing = source / "missing"
    report = build_index([source, missing], folder, stub_stages)
    refused = {refusal.origin: refusal.reason for refusal in report.refused}
    assert set(refused) == {
        str(source / "picture.png"),
        str(source / "noise.txt"),
        str(source / "blank.txt"),
        str(missing),
    }
    assert all(refused.values())
    assert Manifest.read(folder).refused == refused
    assert list(load_index(folder, stub_stages).documents) == ["a", "b", "c"]


def test_a_text_that_brings_cleaning_down_is_reported_and_the_rest_goes_on(
    source: Path, folder: Path, stub_stages: Stages, caplog: pytest.LogCaptureFixture
) -> None:
    class Breaking(CleaningRules):
        def clean(self, raw: RawDocument) -> Document:
            if raw.id == "b":
                raise RecursionError("too deep")
            return super().clean(raw)

    report = build_index([source], folder, dataclasses.replace(stub_stages, cleaner=Breaking()))
    assert report.refused == [Refusal(str(source / "b.txt"), "cleaning it failed: RecursionError: too deep")]
    assert list(load_index(folder, stub_stages).documents) == ["a", "c"]
    assert "b.txt" in caplog.text


def test_one_bad_file_of_each_type_stops_no_build(source: Path, folder: Path, stub_stages: Stages) -> None:
    for suffix in READERS:
        (source / f"bad{suffix}").write_bytes(b"\0\xff\xfe%PK<")
    report = build_index([source], folder, stub_stages)
    assert {refusal.origin for refusal in report.refused} == {str(source / f"bad{suffix}") for suffix in READERS}
    assert list(load_index(folder, stub_stages).documents) == ["a", "b", "c"]


def test_the_types_that_are_read_are_named_where_there_are_none(
    tmp_path: Path, folder: Path, stub_stages: Stages
) -> None:
    with pytest.raises(NoDocuments) as error:
        build_index([write_texts(tmp_path / "nothing", {})], folder, stub_stages)
    assert all(suffix in str(error.value) for suffix in READERS)


def test_a_file_whose_name_is_not_unicode_stops_no_build(source: Path, folder: Path, stub_stages: Stages) -> None:
    # As archives from older systems unpack them: the name is GBK, which is no UTF-8.
    odd = source / os.fsdecode("补贴".encode("gbk") + b".txt")
    try:
        odd.write_text("补贴办法\n对企业给予补贴。\n", encoding="utf-8")
    except OSError as error:
        pytest.skip(f"this file system takes no such name: {error}")
    report = build_index([source], folder, stub_stages)
    documents = load_index(folder, stub_stages).documents
    assert {"a", "b", "c"} <= set(documents)
    assert len(documents) + len(report.refused) == 4


@pytest.mark.parametrize(
    "record",
    [
        {"title": "标题\ud800", "text": "内容"},
        {"text": "内容\ud800"},
        {"text": "内\0容"},
        {"title": "标\0题", "text": "内容"},
        {"text": "\0"},
        {"issuer": "\ud800", "text": "内容", "extra": "\ud800\0"},
    ],
    ids=["half-in-title", "half-in-text", "nul-in-text", "nul-in-title", "nul-alone", "elsewhere"],
)
def test_a_record_with_half_a_character_or_a_nul_stops_no_build(
    folder: Path, tmp_path: Path, real_stages: Stages, record: dict[str, str]
) -> None:
    source = tmp_path / "records.jsonl"
    records = [{"_id": "odd", **record}, {"_id": "whole", "text": "完整的记录"}]
    source.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    report = build_index([source], folder, real_stages)
    documents = load_index(folder, real_stages).documents
    assert "whole" in documents
    assert len(documents) + len(report.refused) == 2


def test_a_nul_in_a_file_of_two_byte_characters_stops_no_build(source: Path, folder: Path, stub_stages: Stages) -> None:
    (source / "d.txt").write_text("数据\0条例", encoding="utf-16")
    report = build_index([source], folder, stub_stages)
    assert len(load_index(folder, stub_stages).documents) + len(report.refused) == 4


def empty(source: Path) -> None:
    write_texts(source, {})


def unreadable(source: Path) -> None:
    write_texts(source, {})
    (source / "picture.png").write_bytes(b"\x89PNG")


def blank(source: Path) -> None:
    write_texts(source, {"blank": "\n \n"})


def missing(source: Path) -> None:
    shutil.rmtree(source)


@pytest.mark.parametrize("spoil", [empty, unreadable, blank, missing])
def test_a_source_without_documents_is_an_error_and_the_old_index_stays(
    source: Path, folder: Path, stub_stages: Stages, built: BuildReport, spoil: Callable[[Path], None]
) -> None:
    before = state(folder)
    spoil(source)
    with pytest.raises(NoDocuments) as raised:
        build_index([source], folder, stub_stages)
    assert str(source) in str(raised.value)
    for path in source.glob("*"):
        assert str(path) in str(raised.value)
    assert state(folder) == before
    assert load_index(folder, stub_stages).manifest == built.manifest


def test_a_source_without_documents_makes_no_index_folder(tmp_path: Path, folder: Path, stub_stages: Stages) -> None:
    with pytest.raises(NoDocuments):
        build_index([write_texts(tmp_path / "empty", {})], folder, stub_stages)
    assert not folder.exists()


def cut_manifest(folder: Path, _data: Path) -> None:
    file = folder / FILE
    file.write_bytes(file.read_bytes()[:-9])


def manifest_of_half_a_character(folder: Path, _data: Path) -> None:
    (folder / FILE).write_text('{"version": "\\ud800", "sha256": ""}', encoding="utf-8")


def manifest_of_brackets(folder: Path, _data: Path) -> None:
    (folder / FILE).write_text("[" * 100_000, encoding="utf-8")


def manifest_of_another_format(folder: Path, _data: Path) -> None:
    manifest = Manifest.read(folder)
    dataclasses.replace(manifest, format=1).write(folder)


def no_manifest(folder: Path, _data: Path) -> None:
    (folder / FILE).unlink()


def no_data(_folder: Path, data: Path) -> None:
    shutil.rmtree(data)


def altered_vectors(_folder: Path, data: Path) -> None:
    file = data / "vectors.faiss"
    file.write_bytes(file.read_bytes()[:-1] + b"?")


def no_passages(_folder: Path, data: Path) -> None:
    (data / "passages.jsonl").unlink()


def altered_list_of_lexical_files(_folder: Path, data: Path) -> None:
    """A file that the lexical store keeps for itself."""
    (data / "lexical" / ".managed.json").write_text("{", encoding="utf-8")


@pytest.mark.parametrize(
    "damage",
    [
        cut_manifest,
        manifest_of_half_a_character,
        manifest_of_brackets,
        manifest_of_another_format,
        no_manifest,
        no_data,
        altered_vectors,
        no_passages,
        altered_list_of_lexical_files,
    ],
)
def test_building_mends_whatever_damage(
    source: Path,
    folder: Path,
    tmp_path: Path,
    stub_stages: Stages,
    built: BuildReport,
    damage: Callable[[Path, Path], None],
) -> None:
    damage(folder, folder / built.manifest.data)
    report = build_index([source], folder, stub_stages)
    assert report.manifest.version == built.manifest.version
    mended = load_index(folder, stub_stages)
    build_index([source], tmp_path / "from-scratch", stub_stages)
    assert_equal_indexes(mended, load_index(tmp_path / "from-scratch", stub_stages))
    assert data_folders(folder) == [report.manifest.data]


@pytest.mark.parametrize("other", [HashingEmbedder(name="other"), HashingEmbedder(dimension=48)])
def test_another_model_embeds_everything_again(
    source: Path, folder: Path, built: BuildReport, other: HashingEmbedder
) -> None:
    stages = with_embedder(other)
    with pytest.raises(IndexOutdated, match="another model"):
        load_index(folder, stages)
    other.embedded.clear()
    report = build_index([source], folder, stages)
    assert len(other.embedded) == report.embedded == report.manifest.counts["passages"] > 0
    assert report.unchanged == 3
    assert report.manifest.version != built.manifest.version
    loaded = load_index(folder, stages)
    assert loaded.vectors.vectors().shape == (len(loaded.passages), other.dimension)


@pytest.mark.usefixtures("built")
def test_other_stores_are_built_without_reading_the_old_ones(
    source: Path, folder: Path, stub: HashingEmbedder, stub_stages: Stages
) -> None:
    stages = dataclasses.replace(stub_stages, stores="other-stores")
    with pytest.raises(IndexOutdated, match="another stores"):
        load_index(folder, stages)
    report = build_index([source], folder, stages)
    assert report.embedded == len(stub.embedded) == report.manifest.counts["passages"]
    assert load_index(folder, stages).manifest == report.manifest


def test_an_index_of_another_cleaner_names_the_command_that_rebuilds_it_and_keeps_the_vectors(
    tmp_path: Path, stub: HashingEmbedder, stub_stages: Stages
) -> None:
    class Another(CleaningRules):
        signature = "another"

    source, folder = write_texts(tmp_path / "the source", TEXTS), tmp_path / "it's the index"
    before = build_index([source], folder, stub_stages).manifest
    stub.embedded.clear()
    stages = dataclasses.replace(stub_stages, cleaner=Another())

    with pytest.raises(IndexOutdated, match="another cleaner") as raised:
        load_index(folder, stages)
    command = shlex.split(str(raised.value).partition("Rebuild it with: ")[2])
    assert command == ["policyqa", "index", str(source), "--index", str(folder)]

    report = build_index([source], folder, stages)
    assert (report.unchanged, report.embedded, stub.embedded) == (3, 0, [])
    assert report.manifest.version != before.version
    assert load_index(folder, stages).manifest == report.manifest


# Builds with a model that says it has begun, then waits for a line from its starter.
_WAITING_BUILD = """
import sys
from pathlib import Path
from index.build import build_index
from index.stages import with_embedder
from tests.stubs import HashingEmbedder

class Waiting(HashingEmbedder):
    def embed(self, texts, role, progress=lambda done, total: None):
        print("embedding", flush=True)
        sys.stdin.readline()
        return super().embed(texts, role, progress)

build_index([Path(sys.argv[1])], Path(sys.argv[2]), with_embedder(Waiting()))
"""


@pytest.mark.parametrize("index_there", [False, True], ids=["first-build", "over-an-index"])
def test_a_second_build_in_the_same_folder_is_told_to_wait_and_disturbs_nothing(
    source: Path, folder: Path, stub_stages: Stages, index_there: bool
) -> None:
    if index_there:
        old = build_index([source], folder, stub_stages).manifest
        (source / "a.txt").write_text("改动后的内容", encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, "-c", _WAITING_BUILD, str(source), str(folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin
        assert process.stdout
        assert process.stdout.readline() == "embedding\n"
        with pytest.raises(IndexBusy, match=re.escape(str(folder))):
            build_index([source], folder, stub_stages)
        if index_there:
            assert load_index(folder, stub_stages).manifest == old
        process.stdin.write("go on\n")
    assert process.returncode == 0
    assert build_index([source], folder, stub_stages).unchanged == 3


@pytest.mark.parametrize("below", ["", "folder", "folder/folder"])
def test_a_folder_that_cannot_be_made_is_named_with_the_cure(
    source: Path, tmp_path: Path, stub_stages: Stages, below: str
) -> None:
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    folder = tmp_path / "file" / below
    with pytest.raises(IndexNotWritable) as raised:
        build_index([source], folder, stub_stages)
    assert str(folder) in str(raised.value)
    assert "--index" in str(raised.value)
    assert (tmp_path / "file").read_text(encoding="utf-8") == "not a folder"


@pytest.mark.parametrize("share", range(16))
def test_a_full_disk_leaves_the_old_index_and_nothing_else(
    tmp_path: Path, folder: Path, stub_stages: Stages, share: int
) -> None:
    page = 4096
    source = write_texts(tmp_path / "source", {"a": TEXTS["a"]})
    many = write_texts(tmp_path / "many", {f"d{at}": TEXTS["b"] + f"第{at}款" * 20 for at in range(60)})
    build_index([many], tmp_path / "roomy", stub_stages)
    pages = sum(-(-path.stat().st_size // page) for path in (tmp_path / "roomy").rglob("*") if path.is_file())
    folder.mkdir()
    with small_disk(folder, "1m"):
        old = build_index([source], folder, stub_stages).manifest
        # How far the build gets, into which file, depends on what is free: so many sixteenths of what it takes.
        (folder / "filler").write_bytes(bytes(shutil.disk_usage(folder).free - pages * share // 16 * page))
        with pytest.raises(IndexNotWritable) as raised:
            build_index([many], folder, stub_stages)
        assert str(folder) in str(raised.value)
        assert load_index(folder, stub_stages).manifest == old
        assert sorted(path.name for path in folder.iterdir()) == [".lock", "builds", "filler", FILE]
        assert data_folders(folder) == [old.data]
        (folder / "filler").unlink()
        assert build_index([many], folder, stub_stages).manifest.counts["documents"] == 60
        assert len(load_index(folder, stub_stages).documents) == 60


class GivesUp(HashingEmbedder):
    """A model that fails when half of the texts are done."""

    def embed(self, texts: Sequence[str], role: Role, progress: Progress = no_progress) -> Vectors:
        super().embed(texts[: len(texts) // 2], role, progress)
        raise RuntimeError("out of memory")


def test_a_model_that_fails_in_the_middle_leaves_the_old_index_and_nothing_else(
    source: Path, folder: Path, stub_stages: Stages, built: BuildReport
) -> None:
    before = state(folder)
    (source / "d.txt").write_text("数据条例\n公共数据应当开放。\n", encoding="utf-8")
    with pytest.raises(RuntimeError, match="out of memory"):
        build_index([source], folder, with_embedder(GivesUp()))
    assert state(folder) == before
    assert data_folders(folder) == [built.manifest.data]
    assert load_index(folder, stub_stages).manifest == built.manifest
    assert build_index([source], folder, stub_stages).added == ["d"]


@pytest.mark.parametrize("stage", ["build_vectors", "build_lexical", "build_whole"])
def test_a_store_that_is_interrupted_leaves_the_old_index_and_nothing_else(
    source: Path, folder: Path, stub_stages: Stages, built: BuildReport, stage: str
) -> None:
    def interrupted(_content: object, _place: Path) -> None:
        raise KeyboardInterrupt

    before = state(folder)
    (source / "d.txt").write_text("数据条例\n公共数据应当开放。\n", encoding="utf-8")
    with pytest.raises(KeyboardInterrupt):
        build_index([source], folder, dataclasses.replace(stub_stages, **{stage: interrupted}))  # type: ignore[arg-type]
    assert state(folder) == before
    assert data_folders(folder) == [built.manifest.data]


def test_a_failure_that_is_not_of_the_disk_is_not_reported_as_one(
    source: Path, folder: Path, stub_stages: Stages, built: BuildReport
) -> None:
    def fails(_texts: Sequence[str], _place: Path) -> LexicalStore:
        raise ValueError("no such term")

    (source / "d.txt").write_text("数据条例\n公共数据应当开放。\n", encoding="utf-8")
    with pytest.raises(ValueError, match="no such term"):
        build_index([source], folder, dataclasses.replace(stub_stages, build_lexical=fails))
    assert data_folders(folder) == [built.manifest.data]


def test_a_ruled_line_of_numerals_is_indexed_like_any_other(source: Path, folder: Path, stub_stages: Stages) -> None:
    (source / "d.txt").write_text(f"企业名单如下。\n{'○' * 5000}。\n", encoding="utf-8")
    assert "d" in build_index([source], folder, stub_stages).added


@pytest.mark.parametrize("changed", [False, True], ids=["same-content", "changed-content"])
def test_what_killed_builds_left_behind_is_swept(
    source: Path, folder: Path, stub_stages: Stages, built: BuildReport, changed: bool
) -> None:
    (folder / "builds" / "0123abcd" / "lexical").mkdir(parents=True)
    (folder / "builds" / "0123abcd" / "lexical" / "meta.json").write_text("{}", encoding="utf-8")
    (folder / f".{FILE}.4711").write_text("{", encoding="utf-8")
    (folder / "mine.txt").write_text("not a leftover", encoding="utf-8")
    if changed:
        (source / "d.txt").write_text("数据条例\n公共数据应当开放。\n", encoding="utf-8")
    report = build_index([source], folder, stub_stages)
    assert sorted(path.name for path in folder.iterdir()) == [".lock", "builds", FILE, "mine.txt"]
    assert data_folders(folder) == [report.manifest.data]
    assert (report.manifest == built.manifest) is not changed


def test_every_step_tells_its_progress_up_to_the_whole(source: Path, folder: Path, stub_stages: Stages) -> None:
    told: dict[str, list[tuple[int, int]]] = {}
    build_index(
        [source], folder, stub_stages, lambda step, done, total: told.setdefault(step, []).append((done, total))
    )
    assert list(told) == ["read", "clean", "embed", "store"]
    for step, counts in told.items():
        assert [done for done, _ in counts] == sorted(done for done, _ in counts)
        if step != "read":  # how much there is to read is known when it is read
            assert counts[-1][0] == counts[-1][1] > 0
    assert told["read"][-1][0] == told["clean"][-1][0] == 3


def test_vectors_that_are_not_of_unit_length_are_no_matter_of_writing(
    source: Path, folder: Path, stub_stages: Stages, built: BuildReport
) -> None:
    class Long(HashingEmbedder):
        def embed(self, texts: Sequence[str], role: Role, progress: Progress = no_progress) -> Vectors:
            doubled: Vectors = super().embed(texts, role, progress) * np.float32(2)
            return doubled

    with pytest.raises(Exception, match=r"length 2\.0000") as raised:
        build_index([source], folder, with_embedder(Long(name="long")))
    assert not isinstance(raised.value, IndexNotWritable | IndexDamaged)
    assert load_index(folder, stub_stages).manifest == built.manifest
    assert data_folders(folder) == [built.manifest.data]


def test_a_folder_of_other_things_is_refused_and_keeps_them(source: Path, stub_stages: Stages) -> None:
    (source / "data-raw").mkdir()
    (source / "data-raw" / "园区.txt").write_text("支持园区建设。", encoding="utf-8")
    before = state(source)
    with pytest.raises(IndexNotWritable, match=re.escape(str(source))):
        build_index([source], source, stub_stages)
    assert state(source) == before


@pytest.mark.parametrize(
    "others",
    [
        {"builds/release-1/app.bin": "x"},
        {"builds/release-1/app.bin": "x", "README": "x"},
        {"builds/20261122/app.bin": "x"},
        {"builds/notes.txt": "x"},
        {"manifest.json": '{"name": "app"}'},
        {"manifest.json": '{"name": "app", "data": "builds/release-1"}', "index.html": "<html>"},
        {".lock": "", "package.json": "{}"},
        {".manifest.json.swp": "x"},
    ],
    ids=" ".join,
)
def test_a_folder_of_another_program_is_refused_and_keeps_what_is_named_as_in_an_index(
    source: Path, folder: Path, stub_stages: Stages, others: dict[str, str]
) -> None:
    for name, content in others.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    before = state(folder)
    with pytest.raises(IndexNotWritable, match=re.escape(str(folder))):
        build_index([source], folder, stub_stages)
    assert state(folder) == before


@pytest.mark.parametrize(
    "begun",
    [
        [".lock"],
        [".lock", "builds/"],
        [".lock", "builds/0123abcd/"],
        [".lock", "builds/0123abcd/lexical/", "builds/0123abcd/documents.jsonl"],
        [".lock", "builds/0123abcd/vectors.faiss", ".manifest.json.4711"],
    ],
    ids=" ".join,
)
def test_a_folder_in_which_the_first_build_was_killed_is_built_in(
    source: Path, folder: Path, stub_stages: Stages, begun: list[str]
) -> None:
    for name in begun:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).mkdir() if name.endswith("/") else (folder / name).touch()
    report = build_index([source], folder, stub_stages)
    assert sorted(path.name for path in folder.iterdir()) == [".lock", "builds", FILE]
    assert data_folders(folder) == [report.manifest.data]


@pytest.mark.usefixtures("built")
def test_what_else_was_put_into_an_index_folder_is_left_alone(source: Path, folder: Path, stub_stages: Stages) -> None:
    others = [folder / name for name in ("mine.txt", f".{FILE}.swp", "builds/mine.txt", "builds/release-1/mine.txt")]
    for file in others:
        file.parent.mkdir(exist_ok=True)
        file.write_text("mine", encoding="utf-8")
    (source / "d.txt").write_text("数据条例\n公共数据应当开放。\n", encoding="utf-8")
    assert build_index([source], folder, stub_stages).added == ["d"]
    assert all(file.exists() for file in others)


def test_an_interrupt_after_the_new_manifest_took_effect_leaves_the_new_index(
    source: Path, folder: Path, built: BuildReport, stub_stages: Stages, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_texts(source, {"新": "新的办法支持园区建设。"})

    def interrupted(_folder: Path) -> None:
        if Manifest.read(folder).version != built.manifest.version:
            raise KeyboardInterrupt

    monkeypatch.setattr(index.manifest, "sync_folder", interrupted)
    with pytest.raises(KeyboardInterrupt):
        build_index([source], folder, stub_stages)
    assert "新" in load_index(folder, stub_stages).documents


@pytest.mark.parametrize("damage", [manifest_of_another_format, cut_manifest])
def test_an_index_that_cannot_be_used_is_not_removed_before_another_is_there(
    source: Path, folder: Path, built: BuildReport, damage: Callable[[Path, Path], None]
) -> None:
    damage(folder, folder / built.manifest.data)
    with pytest.raises(RuntimeError):
        build_index([source], folder, with_embedder(GivesUp()))
    assert data_folders(folder) == [built.manifest.data]
