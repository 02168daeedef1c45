"""Remove the readings that mirrors put behind characters to break copies: 計(jì)劃 → 計劃."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from index.clean.align import AlignedText, Change
from index.clean.everyday import everyday_characters
from index.clean.spell import Spelling, spelling, zhuyin_spelling

KIND = "reading"

_CHINESE = "㐀-鿿豈-龎\U00020000-\U0002fa1f"
_CLOSING = ")）\\]〕】］"
_TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹḿêĀÁǍÀĒÉĚÈĪÍǏÌŌÓǑÒŪÚǓÙǕǗǙǛÜŃŇǸḾ"
_LETTERS = f"a-zA-Zａ-ｚＡ-Ｚ{_TONED}ɑɡ\u0300-\u0304\u0308\u030c"
_ZHUYIN = "ㄅ-ㄯㆠ-ㆿˊˇˋ˙ˉ"
_READING = re.compile(
    rf"(?<=[{_CHINESE}{_CLOSING}])[(（\[〔【［]\s{{0,2}}"
    rf"(?:(?P<pinyin>[{_LETTERS}][{_LETTERS}0-5 '’·\-\u00a0\u3000]{{0,80}})"
    rf"|(?P<zhuyin>[{_ZHUYIN}][{_ZHUYIN} \u00a0\u3000]{{0,80}}))[{_CLOSING}]"
    rf"|(?<=[{_CHINESE}])(?:(?P<bare>[a-z{_TONED}\u0300-\u0304\u0308\u030c]*[{_TONED}\u0300-\u0304\u030c][{_LETTERS}]*)(?![0-9])"
    rf"|(?P<symbols>[{_ZHUYIN}]+))"
)
_RUN = re.compile(rf"[{_CHINESE}]{{1,12}}$")
# A word that the text is about: it says so before it, stands in quotes by itself, or opens an entry.
_SPOKEN_OF = re.compile(
    r"(?:[读讀念唸]作|[读讀]为|讀為|音同|[读讀发發注拼][音]|直音|[^\w\s]\s*音)[：:]?[“‘「『《\"']?$"
)
_OPENS = re.compile(r"(?:^|[\r\n])[^\S\r\n]*[“‘「『《【]?$")
_QUOTED = re.compile(r"[“‘「『《【\"']$")
_QUOTE_ENDS = re.compile(r"[”’」』》】\"']")
_ENTRY_GOES_ON = re.compile(rf"\s*(?:[，,：:、—\-字音读讀是为為即又也亦指]|[（(](?![{_LETTERS}])|$)")
# From how many readings on a text counts as annotated throughout, and what share of its bracketed syllables they are.
_ANNOTATED = 3
_ANNOTATED_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class _Reading:
    """A place where letters spell the characters before them."""

    start: int
    end: int
    base: int
    """Where the characters that it spells end: before it, or before the readings between."""
    how: Spelling
    bracketed: bool
    upper: bool
    everyday: bool
    """Whether every character spelt is one that nobody needs the reading of."""
    spoken_of: bool
    """Whether the text is about the word: a lesson, the head of an entry."""

    @property
    def noise(self) -> bool:
        """Whether it is a reading for certain and no author's: tones written, everyday characters, running text."""
        return bool(self.how.tones) and self.everyday and not self.spoken_of


def strip_readings(text: AlignedText) -> AlignedText:
    """Remove what spells exactly the characters before it: in brackets, between ruby tags, or bare.

    A text is annotated throughout if at least three readings with tones stand behind everyday characters in running
    text, or three without tones and hardly a bracketed syllable that is none; then every reading goes. Otherwise one
    with tones goes only there, and one without only beside one with tones, or if it spells a word with a blank between
    its syllables. Bare letters need two such readings.

    Must not touch: a bracket that is text, such as 世贸组织(WTO), 试行(试行), 人工智能(ai), 华为(huawei), 金额(e); a
    spelling of another character or in another tone; the reading that an author gives of a rare character, of a word he
    writes about (“计划(jìhuà)”一词, 读音为jì), or of the head of an entry (蓍（shī），又名…), unless the text is
    annotated throughout.
    """
    changes = list(_ruby(text.text))
    if changes:
        text = text.apply(changes)
    found, others = _found(text.text)
    changes = [Change(reading.start, reading.end, KIND) for reading in _chosen(found, others)]
    return text.apply(changes) if changes else text


def _found(text: str) -> tuple[list[_Reading], int]:
    """Every place where letters spell what is before them, and how many bracketed syllables spell something else."""
    found: list[_Reading] = []
    others = 0
    for match in _READING.finditer(text):
        # Two readings may stand behind one word: 行(xíng)(háng).
        after_another = bool(found) and found[-1].end == match.start()
        base = found[-1].base if after_another else match.start()
        written = (match["pinyin"] or match["zhuyin"] or match["bare"] or match["symbols"]).strip()
        run = _RUN.search(text, max(0, base - 12), base)
        before = run[0] if run else ""
        how = (spelling if match["pinyin"] or match["bare"] else zhuyin_spelling)(written, before)
        if how is None:
            others += bool(match["pinyin"]) and written.islower()
            continue
        everyday = all(character in everyday_characters() for character in before[-how.length :])
        found.append(
            _Reading(
                *match.span(),
                base,
                how,
                bracketed=bool(match["pinyin"] or match["zhuyin"]),
                upper=not written.islower() and not match["zhuyin"] and not match["symbols"],
                everyday=everyday,
                spoken_of=_is_spoken_of(text, base - how.length, match.end()),
            )
        )
    return found, others


def _is_spoken_of(text: str, start: int, end: int) -> bool:
    before = text[max(0, start - 12) : start]
    after = text[end : end + 4]
    if _SPOKEN_OF.search(before):
        return True
    if _QUOTED.search(before) and _QUOTE_ENDS.match(after):
        return True
    opens = start == 0 or bool(_OPENS.search(before))
    return opens and bool(after) and bool(_ENTRY_GOES_ON.match(after))


def _chosen(found: Sequence[_Reading], others: int) -> Iterator[_Reading]:
    """The readings to take out, by how the whole text is annotated."""
    toned = sum(reading.noise for reading in found)
    plain = sum(reading.how.plain and reading.bracketed and not reading.upper for reading in found)
    share = (toned + plain) / (toned + plain + others) if toned + plain else 0.0
    annotated = toned >= _ANNOTATED or (plain >= _ANNOTATED and share >= _ANNOTATED_SHARE)
    for reading in found:
        how = reading.how
        if how.plain:
            certain = annotated or toned > 0 or (how.length > 1 and how.parted and reading.everyday)
            taken = certain and not reading.upper and not (reading.spoken_of and not annotated)
        elif reading.bracketed:
            taken = annotated or (reading.everyday and not reading.spoken_of)
        else:
            taken = annotated or (reading.noise and toned > 1)
        if taken:
            yield reading


# --- Ruby: <ruby>計<rp>(</rp><rt>jì</rt><rp>)</rp></ruby>

_RUBY_TAG = re.compile(r"<(?P<end>/?)(?P<name>ruby|rb|rt|rp|rtc)(?:\s[^<>]{0,200})?>", re.IGNORECASE)
_RUBY_TEXT = re.compile(rf"[{_LETTERS}0-5{_ZHUYIN}ぁ-ヿ\s'’·\-]*")


def _ruby(text: str) -> Iterator[Change]:
    """The tags of each whole ruby element, and the readings in it.

    An element whose annotation is no reading (a translation, an explanation) stays as it is.
    """
    if "<" not in text:
        return
    element: list[re.Match[str]] = []
    for tag in _RUBY_TAG.finditer(text):
        name, ends = tag["name"].lower(), bool(tag["end"])
        if name == "ruby" and not ends:
            element = [tag]
        elif element:
            element.append(tag)
            if name == "ruby":
                yield from _ruby_changes(text, element)
                element = []


def _ruby_changes(text: str, tags: Iterable[re.Match[str]]) -> Iterator[Change]:
    changes: list[Change] = []
    within = ""
    end = 0
    for tag in tags:
        name = tag["name"].lower()
        if within == "rt" and not _RUBY_TEXT.fullmatch(text, end, tag.start()):
            return
        # An annotation reaches up to the next tag, whether it is closed or not.
        changes.append(Change(end if within else tag.start(), tag.end(), KIND))
        within = name if name in {"rt", "rp"} and not tag["end"] else ""
        end = tag.end()
    merged: list[Change] = []
    for change in changes:
        if merged and merged[-1].end == change.start:
            merged[-1] = Change(merged[-1].start, change.end, KIND)
        else:
            merged.append(change)
    yield from merged
