"""Plots as inline SVG: dots with intervals, a reliability diagram, two distributions face to face.

Colours come from the page's style sheet by class, so that they follow its light and dark themes; every plot has a title
and a description for those who do not see it, and the report prints the figures behind it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup, escape

from eval.report import Bin

_WIDTH = 640
_ROW = 26
_CHARACTER = 7.6
"""Width of a letter of the labels, in the units of the drawing."""
_BARS = 20


@dataclass(frozen=True, slots=True)
class Dot:
    """A figure with its interval, in a row named by a label."""

    label: str
    value: float
    low: float
    high: float
    note: str = ""
    """Said when the pointer rests on it."""
    emphasis: bool = True
    """Whether it stands out: a difference that is none does not."""


@dataclass(frozen=True, slots=True)
class _Scale:
    """A stretch of figures on a stretch of the drawing."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + min(max(share, 0), 1) * (self.end - self.start), 1)


def dots(title: str, rows: Sequence[Dot], low: float = 0.0, high: float = 1.0) -> Markup:
    """One row a dot with its 95 % interval, on an axis from `low` to `high`; a line at zero if it lies within."""
    labels = max((_length(row.label) for row in rows), default=0) * _CHARACTER + 14
    x = _Scale(low, high, labels, _WIDTH - 70)
    bottom = 8 + _ROW * len(rows)
    parts = list(_axis(x, _ticks(low, high), bottom))
    if low < 0 < high:
        parts.append(_line(x(0), 4, x(0), bottom, "zero"))
    for at, row in enumerate(rows):
        y = 8 + _ROW * at + _ROW / 2
        tone = "mark" if row.emphasis else "mark faint"
        told = f"{row.label}: {row.value:.3f} [{row.low:.3f}, {row.high:.3f}] {row.note}".strip()
        parts += [
            _text(labels - 10, y + 4, row.label, "label end"),
            Markup("<g>"),
            _line(x(row.low), y, x(row.high), y, f"{tone} whisker"),
            Markup('<circle class="{}" cx="{}" cy="{}" r="4.5"><title>{}</title></circle>').format(
                tone, x(row.value), y, told
            ),
            Markup("</g>"),
            _text(_WIDTH - 6, y + 4, f"{row.value:+.3f}" if low < 0 else f"{row.value:.3f}", "figure end"),
        ]
    described = "; ".join(f"{row.label} {row.value:.3f}, from {row.low:.3f} to {row.high:.3f}" for row in rows)
    return _svg(title, described, bottom + 26, parts)


def reliability(title: str, bins: Sequence[Bin]) -> Markup:
    """How often a question was answerable against how confident the system was; on the diagonal the two agree."""
    size, left = 300, 80
    x, y = _Scale(0, 1, left, left + size), _Scale(0, 1, size + 8, 8)
    most = max((one.n for one in bins), default=1)
    parts = [
        *_axis(x, _ticks(0, 1), size + 8),
        *(_text(left - 22, y(tick) + 4, f"{tick:g}", "tick end") for tick in _ticks(0, 1)),
    ]
    parts.append(_line(x(0), y(0), x(1), y(1), "zero"))
    for one in bins:
        told = f"{one.n} questions, confidence {one.confidence:.2f}, answerable {one.answerable:.2f}"
        parts.append(_line(x(one.confidence), y(one.confidence), x(one.confidence), y(one.answerable), "mark whisker"))
        parts.append(
            Markup('<circle class="mark" cx="{}" cy="{}" r="{:.1f}"><title>{}</title></circle>').format(
                x(one.confidence), y(one.answerable), 4 + 10 * (one.n / most) ** 0.5, told
            )
        )
    parts.append(_text(left + size / 2, size + 46, "confidence", "axis middle"))
    parts.append(_text(left + size + 16, y(1) + 12, "share that is answerable, upwards;", "axis"))
    parts.append(_text(left + size + 16, y(1) + 30, "the larger a dot, the more questions", "axis"))
    described = "; ".join(
        f"confidence {one.confidence:.2f}: {one.answerable:.2f} answerable of {one.n} questions" for one in bins
    )
    return _svg(title, described, size + 54, parts)


def distributions(title: str, answerable: Sequence[float], others: Sequence[float], threshold: float) -> Markup:
    """Histograms of confidence: questions that the texts answer upwards, the others downwards, and the threshold."""
    left, half = 60, 120
    x = _Scale(0, 1, left, _WIDTH - 20)
    counts = [np.histogram(values, bins=_BARS, range=(0, 1))[0].tolist() for values in (answerable, others)]
    shares = [
        [count / max(len(values), 1) for count in found]
        for found, values in zip(counts, (answerable, others), strict=True)
    ]
    most = max(map(max, shares)) or 1.0
    middle = half + 12
    parts = list(_axis(x, _ticks(0, 1), 2 * half + 24))
    for found, upwards, tone in ((shares[0], True, "mark"), (shares[1], False, "mark other")):
        for at, share in enumerate(found):
            height = round(half * share / most, 1)
            told = f"confidence {at / _BARS:.2f} to {(at + 1) / _BARS:.2f}: {counts[not upwards][at]} questions"
            parts.append(
                Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>').format(
                    tone,
                    x(at / _BARS) + 1,
                    middle - height if upwards else middle,
                    round(x(1 / _BARS) - x(0) - 2, 1),
                    height,
                    told,
                )
            )
    parts += [
        _line(left, middle, _WIDTH - 20, middle, "zero"),
        _line(x(threshold), 4, x(threshold), 2 * half + 24, "threshold"),
        _text(x(threshold) + 6, 16, f"threshold {threshold:g}", "axis"),
        _text(left + 60, 16, f"↑ answerable ({len(answerable)})", "axis"),
        _text(left + 60, 2 * half + 16, f"↓ not answerable ({len(others)})", "axis"),
        _text((left + _WIDTH - 20) / 2, 2 * half + 62, "confidence", "axis middle"),
    ]
    described = (
        f"Answerable questions, by twentieths of confidence: {counts[0]}. Not answerable ones: {counts[1]}. "
        f"The threshold stands at {threshold:g}."
    )
    return _svg(title, described, 2 * half + 70, parts)


def _svg(title: str, described: str, height: float, parts: Iterable[Markup]) -> Markup:
    return Markup('<svg viewBox="0 0 {} {}" role="img"><title>{}</title><desc>{}</desc>{}</svg>').format(
        _WIDTH, round(height), title, described, Markup().join(parts)
    )


def _axis(x: _Scale, ticks: Sequence[float], bottom: float) -> Iterable[Markup]:
    for tick in ticks:
        yield _line(x(tick), 4, x(tick), bottom, "grid")
        yield _text(x(tick), bottom + 18, f"{tick:g}", "tick middle")


def _ticks(low: float, high: float) -> list[float]:
    step = next(step for step in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0) if (high - low) / step <= 6 or step == 1.0)
    first = int(np.ceil(low / step - 1e-9))
    return [round(at * step, 2) for at in range(first, int(np.floor(high / step + 1e-9)) + 1)]


def _line(x1: float, y1: float, x2: float, y2: float, tone: str) -> Markup:
    return Markup('<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(tone, x1, y1, x2, y2)


def _text(x: float, y: float, text: str, tone: str) -> Markup:
    return Markup('<text class="{}" x="{}" y="{}">{}</text>').format(tone, round(x, 1), round(y, 1), escape(text))


def _length(text: str) -> int:
    """In letters; a Chinese character is as wide as two."""
    return sum(1 if character.isascii() else 2 for character in text)
