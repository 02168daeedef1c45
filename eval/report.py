"""What an evaluation found, as JSON holds it; `--json` prints it and `--baseline` reads it again."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from eval.records import Level
from index.errors import PolicyQAError

POLICYQA = "policyqa"
Group = Literal["system", "ablation", "slice", "baseline"]
"""What a variant is: another system, policyqa without a part, policyqa asked otherwise, an earlier run."""


class InvalidReport(PolicyQAError):
    """A file is not the report of an evaluation."""


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Estimate(_Body):
    """A figure with its 95 % interval and the number of questions it says something of."""

    value: float
    low: float
    high: float
    n: int


class Difference(_Body):
    """A system less the one it is compared with, over the same questions, with interval and two-sided p."""

    value: float
    low: float
    high: float
    p: float
    n: int


class Variant(_Body):
    """A system, or the system under other conditions, and how it differs from policyqa as it is.

    For a baseline, the difference is policyqa less the baseline; for all others, the variant less policyqa.
    """

    name: str
    group: Group
    scores: dict[str, Estimate]
    differences: dict[str, Difference] = {}


class Bin(_Body):
    """Ten bins of equal width over confidence: how many questions, how confident, how many of them answerable."""

    low: float
    high: float
    n: int
    confidence: float
    answerable: float


class QuestionResult(_Body):
    """One question: what was said to it, and its figures."""

    id: str
    kind: str
    question: str
    answerable: bool
    confidence: float
    refused: bool
    answer: str
    returned: list[str]
    """Ids of the first ten passages or documents."""
    measures: dict[str, float]


class Settings(_Body):
    """What the figures hold for."""

    model: str
    dense_weight: float
    answer_threshold: float
    splitter: str
    stores: str
    reranker: str | None = None
    """The cross-encoder as the settings name it; None: there was none."""


class Digests(_Body):
    """SHA-256 of what the figures hold for; two reports with the same ones can be compared."""

    corpus: str
    questions: str
    settings: str


class Report(_Body):
    """The figures of one evaluation, with all that they depend on."""

    format: Literal[1] = 1
    name: str
    part: Literal["development", "test", "all"]
    level: Level
    made: date
    settings: Settings
    digests: Digests
    documents: int
    passages: int
    asked: int
    refused_unasked: int
    """Questions that cannot be asked, such as empty ones; they count as finding nothing."""
    variants: list[Variant]
    """policyqa as it is comes first."""
    kinds: dict[str, dict[str, Estimate]]
    """Kind of question -> figures of policyqa."""
    bins: list[Bin]
    questions: list[QuestionResult]

    @property
    def own(self) -> Variant:
        """The system as it is."""
        return self.variants[0]

    def of_group(self, group: Group) -> list[Variant]:
        """The variants of a group, in order."""
        return [variant for variant in self.variants if variant.group == group]

    @classmethod
    def read(cls, file: Path) -> Self:
        """A report that `--json` printed.

        Raises:
            InvalidReport: it cannot be read or is none.
        """
        try:
            return cls.model_validate_json(file.read_bytes())
        except OSError as error:
            raise InvalidReport(f"{file} cannot be read: {error.strerror or error}.") from error
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(map(str, first["loc"]))
            raise InvalidReport(
                f"{file} is not a report of an evaluation ({where}: {first['msg']}). "
                "Make one with: policyqa eval --json > RUN.json"
            ) from error
