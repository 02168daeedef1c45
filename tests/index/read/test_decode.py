from __future__ import annotations

import codecs
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.clean.document import clean
from index.clean.fold import to_traditional
from index.errors import UnreadableSource
from index.read.decode import decode
from index.records import RawDocument
from tests.conftest import CORPUS

TEXTS = [file.read_text(encoding="utf-8") for file in sorted(CORPUS.glob("*.txt"))]
PROSE = ["\n".join(paragraph.text for paragraph in clean(RawDocument("d", text, "t")).paragraphs) for text in TEXTS]
LENGTHS = [8, 9, 12, 20, 50, 200, 1000]
JAPANESE = "日本の中小企業政策について、経済産業省は新しい計画を発表した。"


def cuts(text: str, length: int) -> list[str]:
    """Stretches of a text from many places, without blanks around them."""
    return [text[start : start + length] for start in range(0, len(text) - length + 1, max(1, len(text) // 60))]


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


@pytest.mark.parametrize("encoding", ["gb18030", "big5hkscs"])
def test_ascii_before_the_text_does_not_hide_its_encoding(encoding: str) -> None:
    text = f"<style>{'.a{color:red}' * 400}</style>{'企業申請穩崗補貼應當提交書面材料。' * 50}"
    assert decode(text.encode(encoding)) == text
