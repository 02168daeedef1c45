from __future__ import annotations

import codecs
import json
import os
import random
import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.clean.document import clean
from index.clean.fold import to_traditional
from index.errors import UnreadableSource
from index.read import READERS, Refusal, decode, read_file, read_sources
from index.records import Metadata, RawDocument
from tests.conftest import CORPUS

TEXTS = [file.read_text(encoding="utf-8") for file in sorted(CORPUS.glob("*.txt"))]
PROSE = ["\n".join(paragraph.text for paragraph in clean(RawDocument("d", text, "t")).paragraphs) for text in TEXTS]
LENGTHS = [8, 9, 12, 20, 50, 200, 1000]
JAPANESE = "日本の中小企業政策について、経済産業省は新しい計画を発表した。"


def cuts(text: str, length: int) -> list[str]:
    """Stretches of a text from many places, without blanks around them."""
    return [text[start : start + length] for start in range(0, len(text) - length + 1, max(1, len(text) // 60))]


def readings(file: Path, data: bytes) -> list[RawDocument | Refusal]:
    file.write_bytes(data)
    return list(read_file(file))


def records(file: Path, *lines: object) -> list[RawDocument | Refusal]:
    """What is read of a collection; a line that is no text is written as JSON."""
    written = [line if isinstance(line, str) else json.dumps(line, ensure_ascii=True) for line in lines]
    return readings(file, "\n".join(written).encode())


def refused(file: Path, line: object) -> str:
    """Why a line is refused, with the lines around it read."""
    before, result, after = records(file, {"_id": "a", "text": "前"}, line, {"_id": "b", "text": "后"})
    assert isinstance(before, RawDocument)
    assert isinstance(after, RawDocument)
    assert isinstance(result, Refusal)
    assert result.origin == f"{file}:2"
    return result.reason


@pytest.fixture
def collection(tmp_path: Path) -> Path:
    return tmp_path / "collection.jsonl"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
@settings(max_examples=100, deadline=None)
def test_unicode_text_comes_back_as_it_was_written(encoding: str, text: str) -> None:
    if encoding == "utf-8" and text.startswith("\ufeff"):
        return
    assert decode(text.encode(encoding)) == text


def test_both_byte_orders_of_utf_16_are_read() -> None:
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        assert decode(mark + "发展計劃𠀀".encode(encoding)) == "发展計劃𠀀"


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("text", PROSE, ids=["000", "002"])
def test_simplified_text_in_gb18030_comes_back_as_it_was_written(text: str, length: int) -> None:
    assert [cut for cut in cuts(text, length) if decode(cut.encode("gb18030")) != cut] == []


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("text", PROSE, ids=["000", "002"])
def test_traditional_text_in_big5_comes_back_as_it_was_written(text: str, length: int) -> None:
    traditional = to_traditional(text).encode("big5hkscs", "ignore").decode("big5hkscs")
    assert len(traditional) > 0.99 * len(text)
    assert [cut for cut in cuts(traditional, length) if decode(cut.encode("big5hkscs")) != cut] == []


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("text", PROSE, ids=["000", "002"])
def test_traditional_text_in_gb18030_comes_back_as_it_was_written(text: str, length: int) -> None:
    assert [cut for cut in cuts(to_traditional(text), length) if decode(cut.encode("gb18030")) != cut] == []


@pytest.mark.parametrize("text", TEXTS, ids=["000", "002"])
def test_a_text_of_the_corpus_comes_back_whole_in_gb18030(text: str) -> None:
    assert decode(text.encode("gb18030")) == text


@pytest.mark.parametrize(
    "data",
    [
        JAPANESE.encode("shift_jis"),
        "カタカナとひらがなのテキスト。".encode("shift_jis"),
        "Les entreprises françaises créées à l’été".encode("cp1252"),
        "naïve café".encode("latin-1"),
        "Grüße aus München".encode("latin-1"),
        "Правительство поддерживает".encode("cp1251"),
        "党中央、国务院高度重视。".encode()[:-1],
        "党中央、国务院高度重视".encode() + b"\xff",
        TEXTS[0].encode()[:-4],
        b"\x80",
    ],
    ids=["Shift-JIS", "kana", "cp1252", "Latin-1", "umlauts", "Cyrillic", "cut off", "bad byte", "cut off file", "one"],
)
def test_other_encodings_and_broken_utf_8_are_refused_with_the_cure(data: bytes) -> None:
    with pytest.raises(UnreadableSource, match=r"neither UTF-8 \(UTF-8 breaks at byte \d+\) nor .*save it as UTF-8"):
        decode(data)


@pytest.mark.parametrize("length", [64, 256, 4096])
@pytest.mark.parametrize("seed", range(20))
def test_random_bytes_are_refused(seed: int, length: int) -> None:
    with pytest.raises(UnreadableSource):
        decode(random.Random(seed).randbytes(length))  # noqa: S311 - the bytes need not be secret


@given(st.binary(max_size=60))
@settings(max_examples=500, deadline=None)
def test_any_bytes_are_text_without_nul_or_refused(data: bytes) -> None:
    try:
        text = decode(data)
    except UnreadableSource:
        return
    assert "\0" not in text
    text.encode()


@pytest.mark.parametrize(
    "data",
    [
        b"PNG\0\0\0\rIHDR",
        "发展AI".encode("utf-16-le"),
        codecs.BOM_UTF8 + b"text\0text",
        "发展计划".encode("utf-32"),
        codecs.BOM_UTF16_LE + "发\0展".encode("utf-16-le"),
    ],
    ids=["binary", "UTF-16 without a mark", "behind a mark", "UTF-32", "NUL in UTF-16"],
)
def test_a_file_with_nul_is_refused_as_no_text(data: bytes) -> None:
    with pytest.raises(UnreadableSource, match="NUL"):
        decode(data)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (codecs.BOM_UTF8 + b"\xff", "it is marked as UTF-8, but breaks at byte 0"),
        (codecs.BOM_UTF16_LE + b"\x01", "it is marked as UTF-16-LE, but breaks at byte 0"),
        (
            codecs.BOM_UTF16_BE + "发".encode("utf-16-be") + b"\xd8\x00",
            "it is marked as UTF-16-BE, but breaks at byte 2",
        ),
    ],
)
def test_a_mark_that_the_bytes_do_not_keep_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableSource, match=reason):
        decode(data)


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


def test_a_record_becomes_a_document_with_its_metadata(collection: Path) -> None:
    record = {
        "_id": "policy-1",
        "title": " 关于促进发展的通知 ",
        "text": " 正文\r\n。 ",
        "issuer": "工信部、财政部",
        "published_on": "2022-05-18",
        "valid_from": "2022年6月1日",
        "valid_until": None,
        "index_number": "000/2022-1",
        "number": "工信部〔2022〕54号",
        "issued_on": "2022年5月16日",
        "url": "https://example.org/1",
        "label": {"kind": [1, None]},
    }
    (document,) = records(collection, record)
    assert document == RawDocument(
        id="policy-1",
        text=" 正文\r\n。 ",
        origin=f"{collection}:1",
        metadata=Metadata(
            title="关于促进发展的通知",
            issuers=("工信部", "财政部"),
            number="工信部〔2022〕54号",
            issued_on=date(2022, 5, 16),
            url="https://example.org/1",
            extra={"label": {"kind": [1, None]}},
            published_on=date(2022, 5, 18),
            valid_from=date(2022, 6, 1),
            index_number="000/2022-1",
        ),
    )


def test_issuers_may_be_a_list(collection: Path) -> None:
    (document,) = records(collection, {"_id": "a", "text": "x", "issuer": ["工信部", " 财政部 "]})
    assert isinstance(document, RawDocument)
    assert document.metadata.issuers == ("工信部", "财政部")


def test_blank_lines_of_a_collection_are_passed_over_and_counted(collection: Path) -> None:
    results = readings(collection, b'\r\n{"_id": "a", "text": "x"}\r\n  \n\n{"_id": "b", "text": "y\\u2028z"}')
    assert [result.origin for result in results] == [f"{collection}:2", f"{collection}:5"]
    assert [result.text for result in results if isinstance(result, RawDocument)] == ["x", "y\u2028z"]


def test_a_collection_is_read_in_any_encoding_that_a_text_is(collection: Path) -> None:
    line = json.dumps({"_id": "a", "text": PROSE[0]}, ensure_ascii=False)
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "gb18030"):
        (document,) = readings(collection, line.encode(encoding))
        assert isinstance(document, RawDocument)
        assert document.text == PROSE[0]


def test_fields_that_are_null_or_blank_are_not_stated(collection: Path) -> None:
    record = {"_id": "a", "text": "文", "title": None, "issuer": " ", "number": "", "issued_on": None, "url": None}
    (document,) = records(collection, record)
    assert isinstance(document, RawDocument)
    assert document.metadata == Metadata()


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "not JSON"),
        ('{"_id": "x", "text": "文"', "not JSON"),
        ("文", "not JSON"),
        ("[1, 2]", "not a JSON object"),
        ("null", "not a JSON object"),
        ({}, "'_id' must be a text that is not empty"),
        ({"text": "文"}, "'_id' must be a text that is not empty"),
        ({"_id": "x"}, "'text' must be a text that is not empty"),
        ({"_id": 7, "text": "文"}, "'_id' must be a text that is not empty"),
        ({"_id": "x", "text": ["文"]}, "'text' must be a text that is not empty"),
        ({"_id": " ", "text": "文"}, "'_id' must be a text that is not empty"),
        ({"_id": "x", "text": " \n"}, "'text' must be a text that is not empty"),
        ({"_id": "x" * 201, "text": "文"}, "'_id' must be at most 200 printable characters"),
        ({"_id": "x\ny", "text": "文"}, "'_id' must be at most 200 printable characters"),
        ({"_id": "x\ud800", "text": "文"}, "'_id' must be at most 200 printable characters"),
        ({"_id": "x", "text": "文", "title": 7}, "'title' must be a text, not 7"),
        ({"_id": "x", "text": "文", "issuer": ["工信部", 7]}, r"'issuer' must be a text or a list of texts, not \["),
        ({"_id": "x", "text": "文", "issuer": 7}, "'issuer' must be a text or a list of texts, not 7"),
        ({"_id": "x", "text": "文", "valid_until": "5年"}, "'valid_until' must be a date such as 2022-05-16"),
        ({"_id": "x", "text": "文", "number": False}, "'number' must be a text, not False"),
        ({"_id": "x", "text": "文", "url": {}}, "'url' must be a text"),
        ({"_id": "x", "text": "文", "issued_on": 20220516}, "'issued_on' must be a text, not 20220516"),
        ({"_id": "x", "text": "文", "issued_on": "last May"}, "'issued_on' must be a date such as 2022-05-16"),
        ({"_id": "x", "text": "文", "issued_on": "2022-02-30"}, "'issued_on' must be a date such as 2022-05-16"),
        ({"_id": "x", "text": "文\ud800"}, "'text' holds half a character .* at 1"),
        ({"_id": "x", "text": "文", "title": "题\ud800"}, "'title' holds half a character"),
        ({"_id": "x", "text": "文", "issuer": "\udfff"}, "'issuer' holds half a character"),
        ({"_id": "x", "text": "文", "label": ["\ud800"]}, "'label' holds half a character"),
        ({"_id": "x", "text": "文\0字"}, "'text' holds NUL"),
    ],
    ids=lambda value: str(value.encode("ascii", "backslashreplace").decode()) if isinstance(value, str) else None,
)
def test_a_bad_line_is_refused_by_its_number_and_the_rest_goes_on(collection: Path, line: object, reason: str) -> None:
    assert re.search(reason, refused(collection, line))


@pytest.mark.parametrize(
    "line",
    [
        "[" * 100_000,
        '{"_id": "x", "text": "y", "n": ' + "9" * 5000 + "}",
        '{"_id": "x", "text": "y", "n": ' + "[" * 100_000,
    ],
    ids=["nested beyond measure", "a number of 5000 digits", "a field nested beyond measure"],
)
def test_a_line_that_json_cannot_hold_is_refused_and_the_rest_goes_on(collection: Path, line: str) -> None:
    assert refused(collection, line).startswith("not JSON")


def test_a_wrong_encoding_refuses_the_whole_collection_by_name(collection: Path) -> None:
    (refusal,) = readings(collection, JAPANESE.encode("shift_jis"))
    assert isinstance(refusal, Refusal)
    assert refusal.origin == str(collection)


def test_a_path_too_long_for_the_system_is_refused() -> None:
    source = Path("园" * 5000)
    (refused_source,) = read_sources([source])
    assert isinstance(refused_source, Refusal)
    assert refused_source.origin == str(source)


@pytest.mark.parametrize("identifier", ["..", "a/../b", "./a", "a/paragraphs/1"])
def test_an_id_that_no_address_can_hold_is_refused(tmp_path: Path, identifier: str) -> None:
    file = tmp_path / "records.jsonl"
    file.write_text(json.dumps({"_id": identifier, "text": "支持园区。"}), encoding="utf-8")
    (result,) = read_file(file)
    assert isinstance(result, Refusal)
    assert repr(identifier) in result.reason
