"""Remove characters that nobody sees and every search stumbles over: zero widths, soft hyphens, marks inside a text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.clean.align import AlignedText, Change

KIND = "invisible"

# Controls that are no blanks, formats of Unicode (Cf) that have no width, and the private use areas.
_UNSEEN = (
    "\u0000-\u0008\u000e-\u001b\u007f-\u0084\u0086-\u009f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ue000-\uf8ff\U000e0001-\U000e007f\U000f0000-\U0010fffd"
)
_VARIATIONS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_INVISIBLE = re.compile(f"[{_UNSEEN}{_VARIATIONS}]+")
_JOINERS = re.compile("[\u061c\u200c-\u200f\u202a-\u202e\u2066-\u2069\ufe0e\ufe0f\U000e0020-\U000e007f]+")
# Scripts written from the right or with joined letters, and signs with a coloured form: there, these are spelling.
_NEEDS_JOINERS = re.compile(
    "[\u0590-\u1cff\ua8e0-\uabff\ufb1d-\ufdff\ufe70-\ufefc#*0-9\u2049\u203c\u2100-\u2bff\u3030\u303d\u3297\u3299"
    "\U0001f000-\U0001faff]"
)


def drop_invisible(text: AlignedText) -> AlignedText:
    """Remove what has no width, whatever its purpose was, each run as one edit.

    A variation selector after a Chinese character chooses a glyph, not a character, and goes too. Must not touch:
    blanks and line breaks; what joins the parts of an emoji or the letters of Arabic and Indic scripts; a control
    character right behind another or a character of Latin-1: both are bytes of something else (`mark_damage`).
    """
    changes = list(_changes(text.text))
    return text.apply(changes) if changes else text


def _changes(text: str) -> Iterator[Change]:
    for match in _INVISIBLE.finditer(text):
        before = text[match.start() - 1 : match.start()]
        if _JOINERS.fullmatch(match[0]) and _NEEDS_JOINERS.match(before):
            continue
        if "\u0080" <= before <= "\u00ff" and not before.isspace() and "\u0080" <= match[0][0] <= "\u009f":
            continue
        yield Change(*match.span(), KIND)
