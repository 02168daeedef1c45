r"""Undo text that was written in one encoding and read in another: 浣犲ソ → 你好, ä½\xa0å¥½ → 你好, ÄãºÃ → 你好.

Only a stretch whose bytes are exact in both encodings is undone, and only if it becomes everyday Chinese that it was
not before. Where a byte was lost nothing is put in its place; `mark_damage` shows what is left.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from index.clean.align import AlignedText, Change
from index.clean.everyday import everyday_characters, everyday_share

KIND = "mojibake"

# Chinese prose reaches 0.9; its bytes read in another encoding stay under 0.5.
_CHINESE_SHARE = 0.8
_GARBLED_SHARE = 0.5
_SEGMENT_LENGTH = 6
"""Characters from which a stretch speaks for itself when not all of them are everyday Chinese."""
_FEWEST = 3


def undo_mojibake(text: AlignedText) -> AlignedText:
    """Replace each garbled stretch by what was written, character by character, so that each cites its source.

    Must not touch: accented letters and rare characters of a text that was read well.
    """
    for undone in (_undone_latin, _undone_utf8, _undone_chinese):
        changes = list(undone(text.text))
        text = text.apply(changes) if changes else text
    return text


# --- Bytes read as Latin-1 or Windows-1252: one character for each byte.

_BYTES = {chr(byte): byte for byte in range(0x80, 0x100)} | {
    character: byte for byte in range(0x80, 0xA0) if (character := bytes([byte]).decode("cp1252", "ignore"))
}


def _class(low: int, high: int) -> str:
    """The characters that stand for a byte from `low` to `high`, for use in a pattern."""
    return "".join(re.escape(character) for character, byte in _BYTES.items() if low <= byte <= high)


_TAIL = _class(0x80, 0xBF)
_GARBLED_LATIN = re.compile(f"[\u0081-\u00fe][{_class(0x80, 0xFE)}]")
# The byte A0, a blank that does not break, often becomes a common blank.
_LATIN_UTF8 = re.compile(
    f"(?:[\u00e2-\u00ec\u00ee\u00ef](?:[{_TAIL}]{{2}}|[{_TAIL}] (?=[\u00e2-\u00ef])|(?<=[{_TAIL}].) [{_TAIL}])"
    f"|[\u00c2-\u00df][{_TAIL}]|[\u00f0-\u00f4][{_TAIL}]{{3}})+"
)
# Letters as they are, but not the quotes of Windows-1252, which Chinese text has itself.
_LATIN_PAIRS = re.compile(f"(?<![\u0081-\u00fe])(?:[\u0081-\u00fe][{_class(0x80, 0xFE)}@-~])+")
# The same where a page was garbled and its blanks that do not break were not: A0 begins only rare characters.
_LEADS = "\u0081-\u009f\u00a1-\u00fe"
_LATIN_PAIRS_BETWEEN_BLANKS = re.compile(f"(?<![{_LEADS}])(?:[{_LEADS}][{_class(0x80, 0xFE)}@-~])+")
_LATIN_SIGN = re.compile("[\u0081-\u00bf\u00d7\u00f7]")
_HIGH_PAIR = re.compile("[\u0081-\u00fe]{2}")
# Marks that readers of English pages see as â€œ, and signs that they see as Â·.
_MARKS = re.compile("[\u2010-\u2026\u3000-\u301f\uff00-\uff65\ufeff]+")
_SIGN = re.compile("\u00c2[\u00a0\u00a9\u00ae\u00b0-\u00b3\u00b5\u00b7]")


def _undone_latin(text: str) -> list[Change]:
    """Whichever reading explains more of the text: pages are garbled in one way, and the other sees parts of it."""
    if not _GARBLED_LATIN.search(text):
        return []
    pairs = (list(_latin_pairs(text, pattern)) for pattern in (_LATIN_PAIRS, _LATIN_PAIRS_BETWEEN_BLANKS))
    readings = list(_latin_utf8(text)), *pairs
    return max(readings, key=lambda changes: sum(change.end - change.start for change in changes))


def _latin_utf8(text: str) -> Iterator[Change]:
    for match in _LATIN_UTF8.finditer(text):
        written = _decoded(bytes(_BYTES.get(character, 0xA0) for character in match[0]), "utf-8")
        if written and (_is_written_as_utf8(match[0], written) or _is_garbled_twice(written)):
            yield from _pieces(match.start(), [1] * len(match[0]), written, "utf-8")


def _is_written_as_utf8(garbled: str, written: str) -> bool:
    """Whether UTF-8 seen as Latin letters is Chinese: two characters, or one whose bytes are no marks of a sentence."""
    if _SIGN.fullmatch(garbled) or _MARKS.fullmatch(written):
        return True
    chinese = sum("\u3400" <= character <= "\u9fff" for character in written)
    if everyday_share(written) < _CHINESE_SHARE:
        return False
    return chinese > 1 or (chinese == 1 and all("\u0080" <= character <= "\u00ff" for character in garbled))


def _is_garbled_twice(written: str) -> bool:
    """Whether what comes out is UTF-8 seen as Latin letters once more; the next round undoes that."""
    inner = _LATIN_UTF8.fullmatch(written) if len(written) >= _FEWEST else None
    return bool(inner) and next(_latin_utf8(written), None) is not None


def _latin_pairs(text: str, pattern: re.Pattern[str]) -> Iterator[Change]:
    certain: list[list[Change]] = []
    doubtful: list[list[Change]] = []
    for match in pattern.finditer(text):
        data = bytes(_BYTES.get(character) or ord(character) for character in match[0])
        candidates = [(encoding, _decoded(data, encoding)) for encoding in ("gb18030", "big5hkscs")]
        encoding, written = max(candidates, key=lambda candidate: everyday_share(candidate[1]))
        # Two letters with accents side by side are an everyday character by chance in one of three cases, and so are
        # whole alphabets: without a sign among them they count only in a text that is garbled elsewhere.
        share = everyday_share(written)
        if share == 1 or (share > _CHINESE_SHARE and len(written) >= _SEGMENT_LENGTH):
            alone = len(_HIGH_PAIR.findall(match[0])) < 2 or not _LATIN_SIGN.search(match[0])
            pieces = list(_pieces(match.start(), [1] * len(match[0]), written, encoding))
            (doubtful if alone else certain).append(pieces)
    if sum(map(len, certain)) < max(_SEGMENT_LENGTH, sum(map(len, doubtful))):
        doubtful = []
    for pieces in sorted(certain + doubtful, key=lambda pieces: pieces[0].start):
        yield from pieces


# --- UTF-8 read as GBK: two bytes in each character, three of UTF-8 in one and a half.


def _gbk(leads: Iterable[int], trails: Sequence[int]) -> str:
    """The characters of these bytes, for use in a pattern; GB 18030 has one for each pair that Windows has one for."""
    pairs = (bytes((lead, trail)).decode("gb18030", "ignore") for lead in leads for trail in trails)
    return "".join(re.escape(pair) for pair in pairs if len(pair) == 1 and not pair.isascii())


_TAILS = range(0x80, 0xC0)
_FIRST = _gbk(range(0xE3, 0xEA), _TAILS) + _gbk((0xE2,), (0x80,)) + _gbk((0xEF,), range(0xBB, 0xBE))
_LAST_AND_FIRST = _gbk(_TAILS, (*range(0xE2, 0xEA), 0xEF))
_LAST_AND_ASCII = _gbk(_TAILS, range(0x40, 0x7F))
_TWO_LAST = _gbk(_TAILS, _TAILS)
_GBK_UTF8 = re.compile(
    # Two characters of three bytes, or one and an ASCII letter. A lone 80 is € to Windows and U+FFFD to others; no
    # other byte can be lost before a Chinese character. Between them ASCII, and 路, 聽 for the middle dot, a blank.
    f"(?:[{_FIRST}](?:[{_LAST_AND_FIRST}][€\ufffd])*"
    f"(?:[{_LAST_AND_FIRST}][{_TWO_LAST}]|[{_LAST_AND_ASCII}€]|\ufffd(?=[{_FIRST}]))"
    f"(?:[ -~路聽]*(?=[{_FIRST}]))?)+"
)


def _undone_utf8(text: str) -> Iterator[Change]:
    for match in _GBK_UTF8.finditer(text):
        garbled = match[0]
        data = [b"\x80" if character in "€\ufffd" else character.encode("gb18030") for character in garbled]
        written = _decoded(b"".join(data), "utf-8")
        if (
            sum(not character.isascii() for character in written) >= 2
            and everyday_share(garbled) <= _GARBLED_SHARE
            and everyday_share(written) >= _CHINESE_SHARE
        ):
            yield from _pieces(match.start(), list(map(len, data)), written, "utf-8")


# --- Big5 read as GBK, and GBK read as Big5: character for character.

_IDEOGRAPH = re.compile("[㐀-鿿\ue000-\uf8ff]")  # private use: what Windows makes of pairs without a character


@cache
def _strange() -> re.Pattern[str]:
    """Three characters in a row that are not everyday Chinese."""
    everyday = "".join(map(re.escape, sorted(everyday_characters())))
    return re.compile(f"[^{everyday}\\s\0-\u024f]{{3}}")


def _undone_chinese(text: str) -> Iterator[Change]:
    end = 0
    for strange in _strange().finditer(text):
        if strange.start() >= end:
            start = max(end, text.rfind("\n", end, strange.start()) + 1)
            end = text.find("\n", strange.end())
            end = len(text) if end < 0 else end
            yield from _undone_line(text, start, end)


def _undone_line(text: str, start: int, end: int) -> Iterator[Change]:
    """A line as a whole or, where only part of it is garbled, what stands between its blanks and losses."""
    if changes := list(_undone_segment(text[start:end], start)):
        yield from changes
        return
    for segment in re.finditer(rf"[^\s\ufffd]{{{_SEGMENT_LENGTH},}}", text[start:end]):
        yield from _undone_segment(segment[0], start + segment.start())


def _undone_segment(garbled: str, start: int) -> Iterator[Change]:
    beyond = sum(not character.isascii() for character in garbled)
    # Cyrillic and kana by themselves are a language; garbled text has them between rare Chinese characters.
    if everyday_share(garbled) > _GARBLED_SHARE or len(_IDEOGRAPH.findall(garbled)) < max(_FEWEST, beyond / 3):
        return
    for read, was in ("gb18030", "big5hkscs"), ("big5hkscs", "gb18030"):
        try:
            sizes = [len(character.encode(read)) for character in garbled]
        except UnicodeEncodeError:
            continue
        written = _decoded(garbled.encode(read), was)
        if max(sizes) == 2 and everyday_share(written) >= _CHINESE_SHARE:
            yield from _pieces(start, sizes, written, was)
            return


# --- What they share.


def _decoded(data: bytes, encoding: str) -> str:
    """The text that bytes are, or none if they are not a text in this encoding, to the byte."""
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return ""


def _pieces(start: int, sizes: Sequence[int], written: str, encoding: str) -> Iterator[Change]:
    """A change for each character written; `sizes` are the bytes of each garbled character, from `start` in the text.

    A garbled character that holds bytes of two goes with the one whose last byte it holds.
    """
    at = begin = held = needed = 0
    for character in written:
        needed += len(character.encode(encoding))
        while at < len(sizes) and held + sizes[at] <= needed:
            held += sizes[at]
            at += 1
        yield Change(start + begin, start + at, KIND, character)
        begin = at
