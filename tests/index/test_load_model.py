from __future__ import annotations

import os
from pathlib import Path

import pytest

from index.load_model import load_model

TOLD = {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false", "GOMP_SPINCOUNT": "10000"}


def told(folder: Path, name: str) -> str | None:
    """What the environment says when a model's libraries are about to be imported."""
    return load_model("tiny", str(folder), lambda _: os.environ.get(name), "model", "POLICYQA_MODEL", "")


@pytest.mark.parametrize("name", TOLD)
def test_libraries_are_told_before_they_are_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.delenv(name, raising=False)
    assert told(tmp_path, name) == TOLD[name]


@pytest.mark.parametrize("name", TOLD)
def test_what_an_operator_says_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "as the operator says")
    assert told(tmp_path, name) == "as the operator says"
