"""Take out the random characters that mirrors push in before punctuation to break copies: 指出统台, → 指出,.

A decoder for a noisy channel. Before each mark, either nothing was inserted or the last one, two or three characters
were; how much speaks for each is weighed by `weigh_insertions`. How often this text inserts, how many characters, and
from what set it draws them is estimated from the text itself by expectation maximisation [1], so that the same unusual
word stays in a clean text and goes from a noisy one.

[1] Dempster, Laird, Rubin: Maximum likelihood from incomplete data via the EM algorithm. JRSS B 39 (1977).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from index.clean.align import AlignedText, Change, Span
from index.clean.character_model import SIZE, CharacterModel, Floats
from index.clean.fold import fold
from index.clean.insertion_net import InsertionNet
from index.clean.mark_damage import damage_spans
from index.clean.weigh_insertions import LONGEST, Places, find_places, framed, suspicious, weigh

KIND = "insertion"

# Of a text's marks, at least these many and this share must look odd before it is looked at more closely.
_SUSPICIOUS, _SUSPICIOUS_SHARE = 2, 0.02
# How much likelier, in nats, the text must be with insertions than without any, and by how much more for each mark that
# looks odd: foreign names look odd at many marks and are noise at none. Of 1,855 clean texts of ncp, drcd and cmrc, to
# half of which the net was fitted, none has more than 8.9 nats beyond the second; of that half none more than 6.3.
_EVIDENCE, _EVIDENCE_A_MARK = 11.0, 0.7
# The same, at the marks that look odd alone, where few do: most clean texts are told by it and spared the rest; of
# 240 noisy ones none was.
_SUSPICIOUS_EVIDENCE = 12.0
_MANY_SUSPICIOUS = 0.12
# How likely it must be that something was inserted to take it out, and that it was more than one character, or two.
_CERTAINTY, _FURTHER = 0.75, 0.8
_ROUNDS = 40
# What a mirror draws from: level 1 of GB 2312, all of it, level 1 of Big5, any character, or characters as frequent as
# in texts; and how much of each is expected before looking, in characters.
_SETS_EXPECTED = np.array([2.2, 0.4, 0.3, 0.2, 0.1])
_LENGTHS_EXPECTED = np.array([0.3, 0.4, 0.3])


def drop_insertions(text: AlignedText) -> AlignedText:
    """Remove what was inserted before the marks of a text.

    Must not touch: rare names and terms in a text that has no such insertions; a character behind a mark, a bracket
    or a blank, such as the number of 二、; a text too short to show that it is noisy; a damaged stretch, whose ? is no
    mark of a sentence.
    """
    spans = find_insertions(text.text)
    damaged = {at for span in damage_spans(text.text) for at in range(*span)} if spans else set()
    return text.apply(Change(*span, KIND) for span in spans if damaged.isdisjoint(range(*span)))


def find_insertions(text: str) -> list[Span]:
    """The spans of what was inserted, in order."""
    folded = fold(text)
    codes = framed(text, folded)
    model = CharacterModel.load()
    ends = find_places(codes)
    odd = suspicious(codes, ends, model)
    if len(odd) < max(_SUSPICIOUS, _SUSPICIOUS_SHARE * len(ends)):
        return []
    # Where few look odd, those alone tell a clean text from a noisy one at a small part of the cost.
    if (
        len(odd) < _MANY_SUSPICIOUS * len(ends)
        and decode(weigh(text, folded, codes, odd, model)).evidence < _SUSPICIOUS_EVIDENCE
    ):
        return []
    found = decode(weigh(text, folded, codes, ends, model))
    if found.evidence < _EVIDENCE + _EVIDENCE_A_MARK * len(odd):
        return []
    return [(int(end - length), int(end)) for end, length in zip(found.ends, found.lengths(), strict=True) if length]


@dataclass(frozen=True, slots=True)
class Decoded:
    """What was found out about a text."""

    ends: NDArray[np.intp]
    """Where each mark stands."""
    probabilities: Floats
    """Marks x LONGEST: that so many characters were inserted before it."""
    evidence: float
    """Log-likelihood of the text with insertions, less that without any, in nats."""

    def lengths(self) -> NDArray[np.intp]:
        """How many characters to take out before each mark."""
        at_least = _at_least(self.probabilities)
        lengths: NDArray[np.intp] = np.where(
            at_least[:, 0] > _CERTAINTY, 1 + (at_least[:, 1:] > _FURTHER).sum(axis=1), 0
        )
        return lengths


def _at_least(probabilities: Floats) -> Floats:
    """That so many characters were inserted, or more; marks x LONGEST."""
    return probabilities[:, ::-1].cumsum(axis=1)[:, ::-1]


def decode(places: Places) -> Decoded:
    """Estimate how a text was treated, and from that how likely each insertion is."""
    if not len(places.ends):
        return Decoded(places.ends, np.zeros((0, LONGEST)), 0.0)
    net = InsertionNet.load()
    weighed = net.score(places.features)
    by_set = drawing_sets()[:, places.characters]
    rate, lengths, sets = 0.3, _LENGTHS_EXPECTED / _LENGTHS_EXPECTED.sum(), _SETS_EXPECTED / _SETS_EXPECTED.sum()

    def posterior() -> tuple[Floats, float]:
        return _posterior(places.possible, weighed + net.noise * log_drawn(by_set, sets), rate, lengths)

    for _ in range(_ROUNDS):
        probabilities = posterior()[0]
        counts = probabilities.sum(axis=0)
        # A character counts as noise as far as any hypothesis holds that takes it out.
        removed = _at_least(probabilities)
        share = sets[:, None, None] * by_set
        sets = (removed * share / (share.sum(axis=0) + 1e-30)).sum(axis=(1, 2)) + _SETS_EXPECTED
        sets /= sets.sum()
        lengths = (counts + _LENGTHS_EXPECTED) / (counts.sum() + _LENGTHS_EXPECTED.sum())
        before, rate = rate, float(min((counts.sum() + 0.02) / (len(places.ends) + 1), 0.98))
        if abs(rate - before) < 1e-4:
            break
    return Decoded(places.ends, *posterior())


def log_drawn(by_set: Floats, sets: Floats) -> Floats:
    """Places x LONGEST: log P(the last one, two, three characters before a mark | drawn from the sets)."""
    drawn: Floats = np.log(np.einsum("s,spc->pc", sets, by_set) + 1e-12).cumsum(axis=1)
    return drawn


def _posterior(possible: NDArray[np.bool_], scores: Floats, rate: float, lengths: Floats) -> tuple[Floats, float]:
    """The probability of each hypothesis, and the log-likelihood of all marks against that of none inserted."""
    scores = np.where(possible, scores + np.log(rate * lengths), -np.inf)
    total = np.logaddexp(np.log1p(-rate), np.logaddexp.reduce(scores, axis=1))
    probabilities: Floats = np.exp(scores - total[:, None])
    return probabilities, float(total.sum())


@cache
def drawing_sets() -> Floats:
    """Sets x codes: the probability of drawing a character."""
    sets = np.zeros((len(_SETS_EXPECTED), SIZE))
    level_one = _decodable("gb2312", range(0xB0, 0xD8))
    sets[0, level_one] = 1
    sets[1, level_one + _decodable("gb2312", range(0xD8, 0xF8))] = 1
    sets[2, _decodable("big5", range(0xA4, 0xC7))] = 1
    sets[3, 0x4E00:0x9FA6] = 1
    sets[4, 0x4E00:0xA000] = CharacterModel.load().one[0x4E00:0xA000]
    shares: Floats = sets / sets.sum(axis=1, keepdims=True)
    return shares


def _decodable(encoding: str, leads: range) -> list[int]:
    """The Chinese characters of some rows of a two-byte encoding."""
    text = "".join(bytes([lead, trail]).decode(encoding, "ignore")[:1] for lead in leads for trail in range(0x40, 0xFF))
    return [ord(character) for character in text if "\u4e00" <= character <= "\u9fff"]
