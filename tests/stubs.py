"""Stand-ins for the model where a test is not about the model, and what several tests ask."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from pydantic import SecretStr

from eval.remember import RememberingEmbedder
from index.build import build_index
from index.embed import Progress, Role, Vectors, no_progress
from index.settings import Settings, read_settings
from index.stages import with_embedder
from index.tokenize import terms
from qa.ask import Assistant

# Questions that are anything but.
HOSTILE = [
    'title:"园区" AND (a OR b',
    "园区 +must -not ^2 ~3 * ? [a TO b] {c} \\",
    "园区'; DROP TABLE passages; --",
    "<script>alert('园区')</script>",
    "园区\N{GRINNING FACE}\N{FAMILY}\N{ZERO WIDTH JOINER}",
    "“园区”‘园区’「园区」",
    "%s %d {0} ${园区} {{园区}}",
    "../../etc/passwd 园区",
    "园\0区\x1b[31m",
    "e\N{COMBINING ACUTE ACCENT}园区\N{RIGHT-TO-LEFT OVERRIDE}",
    "\U00020000\U0002a6df",
    "园区" * 1000,
    "a" * 2000,
    "1" * 2000,
    "".join(map(chr, range(0x4E00, 0x4E00 + 2000))),
]


class HashingEmbedder:
    """A true embedder, deterministic and fast.

    Each term adds a fixed pseudo-random direction: texts that share terms are alike, and nothing is learned.
    """

    def __init__(self, dimension: int = 64, name: str = "hashing") -> None:
        self._dimension = dimension
        self._name = name
        self.embedded: list[str] = []
        """Every passage that was embedded, in order, so that a test can see what was not embedded again."""

    @property
    def signature(self) -> str:
        return f"{self._name}@{self._dimension}"

    @property
    def dimension(self) -> int:
        return self._dimension

    def embed(self, texts: Sequence[str], role: Role, progress: Progress = no_progress) -> Vectors:
        if role == "passage":
            self.embedded += texts
        vectors = np.zeros((len(texts), self._dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for term in terms(text) or [text]:
                seed = int.from_bytes(hashlib.sha256(term.encode()).digest()[:8], "little")
                vectors[row] += np.random.default_rng(seed).standard_normal(self._dimension)
            progress(row + 1, len(texts))
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)


_remembering: dict[str, RememberingEmbedder] = {}
"""By the signature of the embedder, so that all tests together embed a question once."""


def remembering(assistant: Assistant) -> Assistant:
    """The same assistant, faster at what it was asked before."""
    embedder = assistant.index.embedder
    kept = _remembering.setdefault(embedder.signature, RememberingEmbedder(embedder))
    return replace(assistant, index=replace(assistant.index, embedder=kept))


def assistant_over(records: Sequence[dict[str, object]], folder: Path, **environment: str) -> Assistant:
    """The real pipeline over these records, but for the model."""
    source = folder / "records.jsonl"
    source.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    stages = with_embedder(HashingEmbedder())
    build_index([source], folder / "index", stages)
    given = {
        "POLICYQA_INDEX": str(folder / "index"),
        "POLICYQA_STATE": str(folder / "state"),
        "POLICYQA_RATE_LIMIT": "off",
    }
    return Assistant.load(read_settings({**given, **environment}), stages)


def mirrored(folder: Path) -> Assistant:
    """A text of a ministry, its id `original`, and a copy of it elsewhere, its id `mirror`."""
    text = "支持不少于50个实体园区打造特色载体，引导社会资本投入实体园区建设与运营，培育专精特新中小企业。"
    records: list[dict[str, object]] = [
        {"_id": "mirror", "title": "园区通知（转载）", "text": text},
        {"_id": "original", "title": "园区通知", "issuer": "工业和信息化部", "text": text},
    ]
    return assistant_over(records, folder)


def keyed(settings: Settings, **keys: str) -> Settings:
    """The same settings with keys: `api_keys`, `admin_keys`."""
    return settings.model_copy(update={name: SecretStr(value) for name, value in keys.items()})
