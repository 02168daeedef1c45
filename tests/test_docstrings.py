from __future__ import annotations

import doctest
from importlib import import_module

import pytest

from tests.conftest import ROOT

MODULES = [
    ".".join(file.relative_to(ROOT).with_suffix("").parts)
    for folder in ("index", "qa", "eval")
    for file in sorted((ROOT / folder).rglob("*.py"))
    if ">>> " in file.read_text(encoding="utf-8")
]


@pytest.mark.parametrize("name", MODULES)
def test_what_a_docstring_shows_comes_out(name: str) -> None:
    failed, attempted = doctest.testmod(import_module(name))
    assert (failed, attempted > 0) == (0, True)
