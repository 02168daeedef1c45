from __future__ import annotations

import pytest

from index.clean.everyday import everyday_share
from tests.conftest import CORPUS


@pytest.mark.parametrize("file", sorted(CORPUS.glob("*.txt")), ids=lambda file: file.stem[:3])
def test_chinese_prose_is_everyday_in_both_scripts(file: str) -> None:
    text = CORPUS.joinpath(file).read_text(encoding="utf-8")
    assert everyday_share(text) > 0.8


@pytest.mark.parametrize(
    ("text", "share"),
    [("计划", 1), ("計劃", 1), ("，。“”", 1), ("锛鐨", 0), ("计锛", 0.5), ("ABC 12", 0), ("", 0), ("计ABC", 1)],
)
def test_the_share_is_of_what_is_beyond_ascii(text: str, share: float) -> None:
    assert everyday_share(text) == share
