"""Read the signature of a document: the institutions that issued it, and the day."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from index.clean.read_dates import DATE, parse_date
from index.clean.read_head import BODY, Phrase, phrases_of
from index.clean.read_issuers import split_issuers, whole_name

# Characters of a line that is no pasted page.
_SHORT_LINE = 80
# Phrases that may follow the signature at the end of a text: （此件公开发布）, 责任编辑.
_CLOSERS = 4
DAY = re.compile(rf"(?P<issuer>[^\d（(]*?)(?P<bracket>[（(])?(?P<day>{DATE})(?(bracket)[）)])")
_LEADER = re.compile(r"(?:部|省|市|县|区|州|局|署|院|行|会)长|主席|总理|主任")


Signature = tuple[tuple[str, ...], date | None]


def read_signature(windows: Sequence[str], official: bool, order: bool) -> Signature:
    """The institutions and the day of a text's signature; `order`: an order of a person (令), whom a day follows.

    Of an official text it is the first: those of annexes and of documents passed on come later. In any other text it
    must close the text and be the only one, since lists have such pairs, too.
    """
    signatures = _signatures(windows, official, order)
    first = next(signatures, None)
    if first is None or (not official and next(signatures, None) is not None):
        return (), None
    closes, names, day = first
    return (names, day) if official or closes else ((), None)


def _signatures(
    windows: Sequence[str], official: bool, order: bool
) -> Iterator[tuple[bool, tuple[str, ...], date | None]]:
    """What looks like a signature: whether it closes the text, the institutions, the day.

    Without institutions, only the day below a leader's name in an order, or the last words of an official text.
    """
    for window in windows:
        phrases = list(phrases_of(window))
        started = window is not windows[0]
        for at, phrase in enumerate(phrases):
            started = started or bool(BODY.search(phrase.text))
            day = DAY.fullmatch(phrase.text) if started else None
            if not day:
                continue
            last = window is windows[-1] and at == len(phrases) - 1
            closes = window is windows[-1] and len(phrases) - at <= _CLOSERS
            if names := _names_above(phrases, at, day["issuer"]):
                yield closes, names, parse_date(day["day"])
            elif day["issuer"]:
                continue
            elif window is windows[-1] and (names := _names_below(phrases, at)):
                yield True, names, parse_date(day["day"])
            elif official and (last or (order and _is_led(phrases, at))):
                yield True, (), parse_date(day["day"])


def _is_led(phrases: Sequence[Phrase], at: int) -> bool:
    return any(_LEADER.fullmatch(above.text) for above in phrases[max(0, at - 4) : at])


def _names_above(phrases: Sequence[Phrase], at: int, glued: str) -> tuple[str, ...]:
    """The institutions right before the day, line by line; `glued` stands on the day's own phrase."""
    names: list[str] = []
    if glued:
        own = split_issuers(glued)
        if not own:
            return ()
        names = list(own)
    first = at
    while first:
        above = phrases[first - 1].text
        if own := split_issuers(above):
            first, names = first - 1, [*own, *names]
        elif first > 1 and (whole := whole_name(phrases[first - 2].text, above)):
            first, names = first - 2, [whole, *names]
        else:
            break
    if first and first < at and phrases[first - 1].line == phrases[first].line:
        # Words before the names on their line: more than names stands there, unless a whole page is one line.
        line = [phrase for phrase in phrases if phrase.line == phrases[first].line]
        if sum(len(phrase.text) for phrase in line) <= _SHORT_LINE:
            return ()
    return tuple(dict.fromkeys(names))


def _names_below(phrases: Sequence[Phrase], at: int) -> tuple[str, ...]:
    """The institutions after a day, where nothing but they end the text."""
    names: list[str] = []
    for phrase in phrases[at + 1 :]:
        own = split_issuers(phrase.text)
        if not own:
            return ()
        names += own
    return tuple(dict.fromkeys(names))
