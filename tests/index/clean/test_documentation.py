from __future__ import annotations

import re
from importlib import import_module
from itertools import chain
from pkgutil import iter_modules

import pytest

import index.clean
from index.clean import document, drop_site_lines, find_site_lines
from index.clean.document import clean
from index.clean.repair_damage import repair
from index.records import RawDocument
from tests.conftest import ROOT
from tests.index.clean.test_drop_site_lines import PAGES, dropped
from tests.index.clean.test_golden import CASES, RULES, Case, is_negative
from tests.index.clean.test_read_metadata import CASES as HEADERS
from tests.index.clean.test_read_metadata import FIELDS, counts

PAGE = (ROOT / "docs" / "cleaning.md").read_text(encoding="utf-8")
ROWS = re.findall(
    r"^\| \[(\w+)\]\(\.\./index/clean/\1\.py\) \| ([^|]*) \| [^|]+ \| [^|]+ "
    r"\| \[(\d+)\]\(\.\./tests/index/clean/golden/(\w+)\.json\) \| (\d+) \| (\d+) \|$",
    PAGE,
    re.MULTILINE,
)
KINDS = set(chain.from_iterable(re.findall(r"`(\w+)`", kinds) for _, kinds, *_ in ROWS))


def kinds_made(case: Case) -> set[str]:
    texts = [case["original"], *case.get("beside", [])]
    documents = repair([clean(RawDocument(f"golden {at}", text, "golden")) for at, text in enumerate(texts)])
    return {edit.kind for edit in documents[0].edits}


def test_every_rule_with_agreed_texts_is_in_the_table_with_their_counts() -> None:
    told = {rule: tuple(map(int, numbers)) for _, _, count, rule, *rest in ROWS for numbers in [(count, *rest)]}
    assert len(told) == len(ROWS)
    assert told == {
        rule: (len(cases), sum(map(is_negative, cases)), sum("expected_failure" in case for case in cases))
        for rule, cases in RULES.items()
    }
    assert f"That is {len(CASES)} golden cases, {sum(map(is_negative, CASES))} of them left alone." in PAGE


@pytest.mark.parametrize("module", sorted({row[0] for row in ROWS}))
def test_every_rule_in_the_table_is_there(module: str) -> None:
    import_module(f"index.clean.{module}")


def test_every_kind_of_edit_is_in_the_table_and_made_by_an_agreed_text() -> None:
    modules = [import_module(f"index.clean.{module.name}") for module in iter_modules(index.clean.__path__)]
    stated = {module.KIND for module in modules if hasattr(module, "KIND")}
    stated |= {document.LAYOUT, drop_site_lines.NOTICE, find_site_lines.NAVIGATION, find_site_lines.TOOLS}
    stated |= {find_site_lines.INFO, find_site_lines.LINKS}
    assert stated == KINDS
    assert set(chain.from_iterable(map(kinds_made, CASES))) == KINDS


@pytest.mark.parametrize("field", FIELDS)
def test_the_values_of_metadata_that_are_stated_and_found_are_as_told(field: str) -> None:
    (row,) = re.findall(rf"^\| `{field}` \| [^|]+ \| (\d+) \| (\d+) \|$", PAGE, re.MULTILINE)
    right, found, stated = map(sum, zip(counts(field, False), counts(field, True), strict=True))
    assert (stated, found) == tuple(map(int, row))
    assert right == found
    held_out = sum(case["held_out"] for case in HEADERS)
    assert f"On {len(HEADERS)} headers and signatures, {held_out} of them held out" in PAGE


def test_the_lines_of_pages_that_are_removed_are_as_told() -> None:
    gone: dict[str, list[bool]] = {"-": [], " ": []}
    for page in PAGES:
        for line, is_gone in zip(page["lines"], dropped(page), strict=True):
            gone[line[0]].append(is_gone)
    site, text = gone["-"], gone[" "]
    told = f"{sum(site)} of {len(site)} lines of the sites are removed and {sum(text)} of {len(text)} of the texts"
    assert told in PAGE
    assert f"{len(PAGES)} pages" in PAGE
