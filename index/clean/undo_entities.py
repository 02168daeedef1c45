"""Undo the escapes of HTML that were left in a text: &ldquo;小巨人&rdquo;, &amp;#8220;, ldquo;小巨人”."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from html.entities import html5, name2codepoint

from index.clean.align import AlignedText, Change
from index.clean.fold import fold_width

KIND = "entity"

_MARKS = re.compile(r"[&＆]|[A-Za-z0-9][;；]")
_NARROW = str.maketrans("＆＃；", "&#;")
_NUMBER = r"\#(?:[xX][0-9a-fA-F]{2,6}|[0-9]{2,7})"
_ESCAPE = re.compile(
    rf"(?=&|(?<![A-Za-z0-9#])(?:amp;|{_NUMBER};|[A-Za-z]{{4,8}};))"
    rf"(?P<and>&?)(?P<escapes>(?:amp;)*)(?:(?P<number>{_NUMBER})|(?P<name>[A-Za-z][A-Za-z0-9]{{1,30}}))?(?P<end>;?)"
)
_BARE_NUMBER = re.compile(f"{_NUMBER};")
# Names that no text writes for anything else: no words, no variables. Taken without `&` or without `;`.
_UNMISTAKABLE = frozenset(
    {"ldquo", "rdquo", "lsquo", "rsquo", "sbquo", "bdquo", "lsaquo", "rsaquo", "laquo", "raquo", "quot", "mdash"}
    | {"ndash", "hellip", "nbsp", "ensp", "emsp", "thinsp", "middot", "permil", "zwnj"}
)
_WITHOUT_SEMICOLON = _UNMISTAKABLE | {"lt", "gt", "amp", "times", "bull"}
_SHORT = frozenset({"lt", "gt", "le", "ge", "ne"})
# Bare numbers are escapes only where they stand for what Chinese text is made of.
_CHINESE = re.compile(r"[\u2010-\u2026\u3000-\u301f\u3400-\u9fff\uff00-\uff5e]")


def undo_entities(text: AlignedText) -> AlignedText:
    """Replace each escape by its character, however often it was escaped; an `&` that escapes nothing stays.

    Without `&`, a name counts only if it is no word (`ldquo;`), a number only beside another. Must not touch: the
    parameters of an address (`?a=1&copy=2`), R&B, `and; or;`, a number that no character has. What becomes `<` or `>`
    is text: only the tags of ruby are read after this, by `strip_readings`, which asks for the whole of them.
    """
    if not _MARKS.search(text.text):
        return text
    changes = list(_changes(fold_width(text.text).translate(_NARROW)))
    return text.apply(changes) if changes else text


def _changes(text: str) -> Iterator[Change]:
    at = 0
    while match := _ESCAPE.search(text, at):
        decoded = _decoded(match, text)
        at = match.end()
        if decoded is not None:
            yield Change(*match.span(), KIND, decoded)
        elif match["and"] and match["escapes"]:
            at = match.end("escapes")
            yield Change(match.start(), at, KIND, "&")
        else:
            at = max(match.end("escapes"), match.start() + 1)


def _decoded(match: re.Match[str], text: str) -> str | None:
    """The character that an escape stands for, or None if it is none for certain."""
    if match["number"]:
        return _numbered(match, text)
    return _named(match, text) if match["name"] else None


def _numbered(match: re.Match[str], text: str) -> str | None:
    character = html.unescape(f"&{match['number']};")
    if match["and"] or match["escapes"]:
        certain = match["end"] or not _is_word(text[match.end() : match.end() + 1])
    else:
        certain = match["end"] and _CHINESE.match(character) and _has_neighbour(match, text)
    return character if certain and character and character != "\N{REPLACEMENT CHARACTER}" else None


def _named(match: re.Match[str], text: str) -> str | None:
    name = match["name"]
    before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
    if not match["end"]:
        certain = match["and"] and name in _WITHOUT_SEMICOLON and after not in {"=", "-", "_"}
        certain = certain and not _is_word(before) and not _is_word(after)
    elif match["and"] or match["escapes"]:
        # Short names of HTML 5 are also the second half of names such as A&or;.
        certain = name in name2codepoint or (len(name) >= 4 and f"{name};" in html5)
        certain = certain and (len(name) > 2 or name in _SHORT or not _is_word(before))
    else:
        certain = name in _UNMISTAKABLE
    return html5[f"{name};"] if certain else None


def _is_word(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _has_neighbour(match: re.Match[str], text: str) -> bool:
    """Whether another bare number stands within a few characters, as in #20013;#22269;."""
    around = text[max(0, match.start() - 16) : match.start()], text[match.end() : match.end() + 16]
    return any(map(_BARE_NUMBER.search, around))
