"""Hold the scores: what was reached once is pinned, and a change that loses it is told."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from eval.measure import LENGTH, LOWER_IS_BETTER
from eval.report import Digests, Report
from index.errors import PolicyQAError

BASELINE = Path(__file__).with_name("baseline.json")
SLACK = 0.01
"""Between what was measured and what is pinned: other processors round vectors otherwise, which moves a rank."""


class GateFailed(PolicyQAError):
    """A score is worse than what is pinned, or cannot be compared with it."""


class FloorLowered(PolicyQAError):
    """Pinning would give up something that was reached."""


class Baseline(BaseModel):
    """What is pinned, and what it holds for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    made: date
    digests: Digests
    floors: dict[str, float]
    """Measure -> the least score that passes."""
    ceilings: dict[str, float]
    """Measure of which lower is better -> the greatest that passes."""


def read_baseline(file: Path) -> Baseline | None:
    """What is pinned; None if nothing is.

    Raises:
        GateFailed: the file is not as it was written.
    """
    try:
        return Baseline.model_validate_json(file.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        raise GateFailed(f"{file} cannot be read ({error}). Restore it, or pin anew: policyqa eval --pin") from error


def check(report: Report, baseline: Baseline | None) -> None:
    """Compare a report with what is pinned.

    Raises:
        GateFailed: naming every score that is worse, or which of corpus, questions and settings differ.
    """
    if baseline is None:
        raise GateFailed(f"Nothing is pinned in {BASELINE}. Pin it with: policyqa eval --pin")
    now, then = report.digests.model_dump(), baseline.digests.model_dump()
    different = [f"{name} ({then[name][:8]} then, {now[name][:8]} now)" for name in now if now[name] != then[name]]
    if report.name != baseline.name:
        different.append(f"the set ({baseline.name} then, {report.name} now)")
    if different:
        raise GateFailed(
            f"What is pinned holds for other data: {', '.join(different)} differ. If the change is meant, "
            "see the new scores with `policyqa eval`, then pin them with `policyqa eval --pin`, and with `--lower` if "
            "one is worse."
        )
    worse = list(_worse({name: estimate.value for name, estimate in report.own.scores.items()}, baseline))
    if worse:
        raise GateFailed(
            f"{len(worse)} score(s) are worse than pinned on {baseline.made}: {'; '.join(worse)}. "
            "Mend the change; to give them up on purpose: policyqa eval --pin --lower"
        )


def _worse(scores: Mapping[str, float], baseline: Baseline) -> Iterator[str]:
    # A measure that is gone, such as a precision with nothing to be precise about, has not held its floor.
    for name, floor in baseline.floors.items():
        score = scores.get(name, math.nan)
        if not score >= floor:
            yield f"{name} {score:.4f}, pinned at {floor:.4f} or more"
    for name, ceiling in baseline.ceilings.items():
        score = scores.get(name, math.nan)
        if not score <= ceiling:
            yield f"{name} {score:.4f}, pinned at {ceiling:.4f} or less"


def pin(report: Report, baseline: Baseline | None, lower: bool) -> Baseline:
    """What to pin from now on: the scores of a report, with a little slack.

    Args:
        report: the scores.
        baseline: what is pinned so far.
        lower: give up scores that were better.

    Raises:
        FloorLowered: a score is worse than pinned, and `lower` was not said.
    """
    scores = {name: estimate.value for name, estimate in report.own.scores.items() if name != LENGTH}
    worse = list(_worse(scores, baseline)) if baseline and not lower else []
    if worse:
        raise FloorLowered(f"{'; '.join(worse)}. Nothing was pinned; to give this up on purpose, say --pin --lower")
    kept = baseline if not lower else None
    floors, ceilings = {}, {}
    for name, score in scores.items():
        if name in LOWER_IS_BETTER:
            # A score within the slack must not wear the pin down, run by run.
            ceilings[name] = min(_up(score + SLACK), kept.ceilings.get(name, 1.0) if kept else 1.0)
        else:
            floors[name] = max(_down(score - SLACK), kept.floors.get(name, 0.0) if kept else 0.0)
    return Baseline(name=report.name, made=report.made, digests=report.digests, floors=floors, ceilings=ceilings)


def _down(score: float) -> float:
    return math.floor(score * 1000) / 1000


def _up(score: float) -> float:
    return math.ceil(score * 1000) / 1000
