from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest

from index.read import Refusal, read_file
from index.records import Metadata, RawDocument
from tests.conftest import CORPUS

PROSE = next(CORPUS.glob("000_*.txt")).read_text(encoding="utf-8")
JAPANESE = "日本の中小企業政策について、経済産業省は新しい計画を発表した。"


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
    line = json.dumps({"_id": "a", "text": PROSE}, ensure_ascii=False)
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "gb18030"):
        (document,) = readings(collection, line.encode(encoding))
        assert isinstance(document, RawDocument)
        assert document.text == PROSE


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


@pytest.mark.parametrize("identifier", ["..", "a/../b", "./a", "a/paragraphs/1"])
def test_an_id_that_no_address_can_hold_is_refused(tmp_path: Path, identifier: str) -> None:
    file = tmp_path / "records.jsonl"
    file.write_text(json.dumps({"_id": identifier, "text": "支持园区。"}), encoding="utf-8")
    (result,) = read_file(file)
    assert isinstance(result, Refusal)
    assert repr(identifier) in result.reason
