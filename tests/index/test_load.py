from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

import pytest

from index.build import BuildReport, build_index
from index.clean.document import clean
from index.clean.repair_damage import repair
from index.errors import IndexDamaged, IndexMissing, IndexOutdated, UnknownDocument
from index.load import SearchIndex, load_documents, load_index
from index.manifest import FILE, Manifest
from index.read import read_sources
from index.records import Document, RawDocument
from index.search_dense import VectorStore
from index.search_lexical import LexicalStore
from index.split import SentenceWindows
from index.stages import Stages, with_embedder
from index.store import read_documents
from tests.conftest import CORPUS
from tests.index.test_build import TEXTS, assert_equal_indexes, small_disk, write_texts
from tests.stubs import HashingEmbedder

OTHER_TEXTS = {"a": TEXTS["a"], "d": "数据条例\n公共数据应当依法有序开放。\n"}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_texts(tmp_path / "source", TEXTS)


@pytest.fixture
def other_source(tmp_path: Path) -> Path:
    return write_texts(tmp_path / "other source", OTHER_TEXTS)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def built(source: Path, folder: Path, stub_stages: Stages) -> BuildReport:
    return build_index([source], folder, stub_stages)


def test_the_loaded_index_is_what_the_stages_make_of_the_sources(tmp_path: Path, stub_stages: Stages) -> None:
    folder = tmp_path / "index"
    report = build_index([CORPUS], folder, stub_stages)
    loaded = load_index(folder, stub_stages)
    documents = repair([clean(item) for item in read_sources([CORPUS]) if isinstance(item, RawDocument)])
    assert list(loaded.documents.values()) == documents
    assert list(loaded.documents) == [document.id for document in documents]
    assert loaded.passages == [passage for document in documents for passage in SentenceWindows().split(document)]
    assert loaded.manifest == report.manifest
    assert loaded.embedder is stub_stages.embedder
    assert report.manifest.counts == {"documents": len(documents), "passages": len(loaded.passages)}


def test_row_i_of_both_stores_is_passage_i(tmp_path: Path, stub_stages: Stages) -> None:
    folder = tmp_path / "index"
    build_index([CORPUS], folder, stub_stages)
    loaded = load_index(folder, stub_stages)
    assert len(loaded.vectors.vectors()) == len(loaded.passages) > 5
    for row, passage in enumerate(loaded.passages):
        question = stub_stages.embedder.embed([passage.indexed_text], "passage")[0]
        assert loaded.vectors.search(question, 1)[0].tolist() == [row]
        assert loaded.lexical.search(passage.indexed_text, 1)[0].tolist() == [row]


@pytest.mark.usefixtures("built")
def test_documents_and_paragraphs_are_found_by_id(folder: Path, stub_stages: Stages) -> None:
    loaded = load_index(folder, stub_stages)
    assert loaded.document("b").source == TEXTS["b"]
    for document in loaded.documents.values():
        for paragraph in document.paragraphs:
            assert loaded.paragraph(document.id, paragraph.ordinal) == paragraph


@pytest.mark.usefixtures("built")
def test_an_unknown_document_or_paragraph_is_named(folder: Path, stub_stages: Stages) -> None:
    loaded = load_index(folder, stub_stages)
    count = len(loaded.document("b").paragraphs)
    with pytest.raises(UnknownDocument, match="'no-such'"):
        loaded.document("no-such")
    with pytest.raises(UnknownDocument, match="'no-such'"):
        loaded.paragraph("no-such", 1)
    for ordinal in (-1, 0, count + 1):
        with pytest.raises(UnknownDocument, match=f"'b' has paragraphs 1 to {count}, not {ordinal}"):
            loaded.paragraph("b", ordinal)


def test_a_folder_without_an_index_is_named_with_the_command(folder: Path, stub_stages: Stages) -> None:
    with pytest.raises(IndexMissing) as raised:
        load_index(folder, stub_stages)
    assert f"policyqa index SOURCE --index {folder}" in str(raised.value)


FILES = [
    "documents.jsonl",
    "passages.jsonl",
    "copies.json",
    "vectors.faiss",
    *(
        f"{folder}/{file}"
        for folder in ("lexical", "lexical-whole")
        for file in ("meta.json", ".managed.json", "*.fast", "*.fieldnorm", "*.idx", "*.pos", "*.store", "*.term")
    ),
]


def test_the_manifest_names_the_files_that_are_tested_below_and_no_others(folder: Path, built: BuildReport) -> None:
    data = folder / built.manifest.data
    found = {path.relative_to(data).as_posix() for pattern in FILES for path in data.glob(pattern)}
    assert found == set(built.manifest.files)


@pytest.mark.parametrize("pattern", FILES)
def test_a_missing_file_is_named_with_the_command_that_rebuilds_it(
    source: Path, folder: Path, stub_stages: Stages, built: BuildReport, pattern: str
) -> None:
    (file,) = (folder / built.manifest.data).glob(pattern)
    file.unlink()
    assert_damaged(folder, stub_stages, file, source)


@pytest.mark.parametrize("pattern", FILES)
def test_a_file_with_one_byte_altered_is_named_with_the_command_that_rebuilds_it(
    source: Path, folder: Path, stub_stages: Stages, built: BuildReport, pattern: str
) -> None:
    (file,) = (folder / built.manifest.data).glob(pattern)
    written = file.read_bytes()
    for at in {0, len(written) // 2, len(written) - 1}:
        altered = bytearray(written)
        altered[at] ^= 1
        file.write_bytes(altered)
        assert_damaged(folder, stub_stages, file, source)
    file.write_bytes(written)
    assert load_index(folder, stub_stages).manifest == built.manifest


def assert_damaged(folder: Path, stages: Stages, file: Path, source: Path) -> None:
    with pytest.raises(IndexDamaged) as raised:
        load_index(folder, stages)
    assert str(file) in str(raised.value)
    assert shlex.join(["policyqa", "index", str(source), "--index", str(folder)]) in str(raised.value)


@pytest.mark.usefixtures("built")
def test_a_manifest_with_one_byte_altered_is_named(folder: Path, stub_stages: Stages) -> None:
    file = folder / FILE
    written = file.read_bytes()
    for at in range(0, len(written), 50):
        altered = bytearray(written)
        altered[at] ^= 1
        file.write_bytes(altered)
        with pytest.raises(IndexDamaged) as raised:
            load_index(folder, stub_stages)
        assert str(file) in str(raised.value)


def test_a_missing_data_folder_is_damage(folder: Path, stub_stages: Stages, built: BuildReport) -> None:
    shutil.rmtree(folder / built.manifest.data)
    with pytest.raises(IndexDamaged, match=built.manifest.data):
        load_index(folder, stub_stages)


@pytest.mark.usefixtures("built")
def test_the_documents_alone_are_those_of_the_index_by_whatever_stages_it_was_built(
    folder: Path, stub_stages: Stages
) -> None:
    expected = load_index(folder, stub_stages).documents
    manifest = Manifest.read(folder)
    replace(manifest, stages=dict.fromkeys(manifest.stages, "an-older-one")).write(folder)
    assert load_documents(folder) == expected


def test_the_documents_alone_are_checked_before_they_are_believed(folder: Path, built: BuildReport) -> None:
    file = folder / built.manifest.data / "documents.jsonl"
    file.write_bytes(file.read_bytes().replace("五十".encode("ascii", "backslashreplace"), b"\\u516d\\u5341"))
    with pytest.raises(IndexDamaged, match=re.escape(str(file))):
        load_documents(folder)


def test_a_build_that_ends_while_the_documents_are_read_gives_the_new_ones(
    other_source: Path, folder: Path, stub_stages: Stages, built: BuildReport, monkeypatch: pytest.MonkeyPatch
) -> None:
    def swept(file: Path) -> Iterator[Document]:
        if Manifest.read(folder) == built.manifest:
            build_index([other_source], folder, stub_stages)
        return read_documents(file)

    monkeypatch.setattr("index.load.read_documents", swept)
    assert list(load_documents(folder)) == list(OTHER_TEXTS)


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize("stage", ["cleaner", "splitter", "model", "stores"])
def test_an_index_of_another_stage_is_outdated_and_both_are_named(
    folder: Path, stub_stages: Stages, stage: str
) -> None:
    manifest = Manifest.read(folder)
    now = manifest.stages[stage]
    replace(manifest, stages={**manifest.stages, stage: "an-older-one"}).write(folder)
    with pytest.raises(IndexOutdated) as raised:
        load_index(folder, stub_stages)
    assert f"another {stage} (an-older-one) than the one in use ({now})" in str(raised.value)


def test_an_index_without_word_of_a_stage_is_outdated(folder: Path, stub_stages: Stages, built: BuildReport) -> None:
    stages = {name: signature for name, signature in built.manifest.stages.items() if name != "splitter"}
    replace(built.manifest, stages=stages).write(folder)
    with pytest.raises(IndexOutdated, match="another splitter"):
        load_index(folder, stub_stages)


@pytest.mark.usefixtures("built")
def test_an_index_on_a_read_only_disk_loads(folder: Path, source: Path, stub_stages: Stages) -> None:
    mount = shutil.which("mount")
    shutil.rmtree(folder)
    folder.mkdir()
    with small_disk(folder, "1m"):
        build_index([source], folder, stub_stages)
        subprocess.run([str(mount), "-o", "remount,ro", str(folder)], check=True)
        with pytest.raises(OSError, match="Read-only"):
            (folder / "file").touch()
        assert list(load_index(folder, stub_stages).documents) == list(TEXTS)


def swapping_stages(moment: str, stages: Stages, swap: Callable[[], object]) -> Stages:
    """The stages, but another build swaps its index in at a moment of the first load."""
    moments = iter([swap])

    def once() -> None:
        for action in moments:
            action()
            break

    class SwappingEmbedder(HashingEmbedder):
        @property
        def signature(self) -> str:
            once()
            return super().signature

    def load_vectors(file: Path) -> VectorStore:
        once()
        return stages.load_vectors(file)

    def load_lexical(folder: Path) -> LexicalStore:
        once()
        return stages.load_lexical(folder)

    if moment == "before the files are checked":
        return with_embedder(SwappingEmbedder())
    if moment == "before the vectors are loaded":
        return replace(stages, load_vectors=load_vectors)
    return replace(stages, load_lexical=load_lexical)


@pytest.mark.parametrize(
    "moment", ["before the files are checked", "before the vectors are loaded", "before the lexical store is loaded"]
)
def test_a_build_that_ends_during_a_load_gives_the_new_index_and_no_damage(
    other_source: Path, folder: Path, stub_stages: Stages, built: BuildReport, moment: str
) -> None:
    builds: list[BuildReport] = []
    stages = swapping_stages(
        moment, stub_stages, lambda: builds.append(build_index([other_source], folder, stub_stages))
    )
    loaded = load_index(folder, stages)
    (report,) = builds
    assert report.manifest.version != built.manifest.version
    assert not (folder / built.manifest.data).exists()
    assert_equal_indexes(loaded, load_index(folder, stub_stages))
    assert loaded.manifest == report.manifest


@pytest.fixture
def builds_without_end(
    source: Path, other_source: Path, folder: Path, built: BuildReport
) -> Iterator[dict[str, SearchIndex]]:
    """Another thread builds two contents in turn; what each content is, by its version."""
    stages = with_embedder(HashingEmbedder())
    expected = {built.manifest.version: load_index(folder, stages)}
    build_index([other_source], folder, stages)
    other = load_index(folder, stages)
    expected[other.manifest.version] = other
    stop, failures = Event(), list[Exception]()

    def build() -> None:
        try:
            while not stop.is_set():
                for texts in (source, other_source):
                    build_index([texts], folder, stages)
        except Exception as error:  # noqa: BLE001 # whatever it is, the test tells it
            failures.append(error)

    thread = Thread(target=build)
    thread.start()
    yield expected
    stop.set()
    thread.join()
    assert failures == []


def test_every_load_beside_builds_is_one_whole_version(
    folder: Path, stub_stages: Stages, builds_without_end: dict[str, SearchIndex]
) -> None:
    seen = set()
    for count in range(2000):
        loaded = load_index(folder, stub_stages)
        assert_equal_indexes(loaded, builds_without_end[loaded.manifest.version])
        seen.add(loaded.manifest.version)
        if count >= 60 and seen == set(builds_without_end):
            break
    assert seen == set(builds_without_end)


def test_an_index_that_was_loaded_goes_on_answering_after_it_was_replaced(
    other_source: Path, folder: Path, stub_stages: Stages, built: BuildReport
) -> None:
    loaded = load_index(folder, stub_stages)
    passage = loaded.passages[-1]
    build_index([other_source], folder, stub_stages)
    assert not (folder / built.manifest.data).exists()
    row = len(loaded.passages) - 1
    question = HashingEmbedder().embed([passage.indexed_text], "query")[0]
    assert loaded.lexical.search(passage.indexed_text, 1)[0].tolist() == [row]
    assert loaded.vectors.search(question, 1)[0].tolist() == [row]
    assert loaded.document(passage.document_id).source == TEXTS["c"]
