from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TypedDict

import pytest

from index.clean.document import clean
from index.clean.read_metadata import read_metadata
from index.records import Metadata, RawDocument

FIELDS = ("title", "issuers", "number", "issued_on", "published_on", "valid_from", "valid_until", "index_number")
# Headers that are not read as labelled, and the field: a title of three characters, and one amid a pasted line.
KNOWN_FAILURES = {("a chronicle", "title"), ("pasted on one line, labels and all", "title")}


class Case(TypedDict):
    """A header and signature with what they state; those held out were not looked at while the rules were written."""

    label: str
    held_out: bool
    text: str
    expected: dict[str, str | list[str] | None]


CASES: list[Case] = json.loads(Path(__file__).with_name("metadata.json").read_text(encoding="utf-8"))

NOTHING = Metadata()


def read(text: str, known: Metadata = NOTHING) -> Metadata:
    return clean(RawDocument("a", text, "test", known)).metadata


def stated(metadata: Metadata, field: str) -> set[str]:
    """The values of a field, as text."""
    value = getattr(metadata, field)
    return set(value) if isinstance(value, tuple) else {str(value)} - {"None"}


def counts(field: str, held_out: bool) -> tuple[int, int, int]:
    """How many values are right, found and labelled."""
    right = found = labelled = 0
    for case in CASES:
        if case["held_out"] == held_out:
            wanted = case["expected"][field]
            expected = set(wanted) if isinstance(wanted, list) else {wanted} - {None}
            values = stated(read(case["text"]), field)
            right, found, labelled = right + len(values & expected), found + len(values), labelled + len(expected)
    return right, found, labelled


@pytest.mark.parametrize("held_out", [False, True])
@pytest.mark.parametrize("field", FIELDS)
def test_what_is_found_is_right_and_what_is_stated_is_found(field: str, held_out: bool) -> None:
    right, found, labelled = counts(field, held_out)
    assert labelled >= 2
    assert right == found, "precision 1.00"
    assert right / labelled >= 0.96, "recall"


def failures() -> Iterator[tuple[str, str]]:
    for case in CASES:
        metadata = read(case["text"])
        for field in FIELDS:
            wanted = case["expected"][field]
            if stated(metadata, field) != (set(wanted) if isinstance(wanted, list) else {wanted} - {None}):
                yield case["label"], field


def test_the_known_failures_are_all_there_are() -> None:
    assert set(failures()) == KNOWN_FAILURES


def test_the_labelled_file_is_large_and_has_negatives() -> None:
    assert len(CASES) >= 80
    assert len({case["label"] for case in CASES}) == len(CASES)
    assert sum(case["held_out"] for case in CASES) * 3 >= len(CASES) - 3
    assert sum(sum(map(bool, case["expected"].values())) <= 2 for case in CASES) >= 25


NOTICE = "关于促进发展的通知\n财税〔2022〕5号\n各省：\n现通知如下。\n财政部\n税务总局\n2022年5月12日"


def test_what_a_record_states_wins() -> None:
    known = Metadata(title="题", issuers=("财政部",), number="1号", issued_on=date(2020, 1, 1), index_number="x")
    assert read(NOTICE, known) == known


def test_what_a_record_leaves_out_is_found() -> None:
    found = read(NOTICE, Metadata(title="题"))
    assert found == Metadata("题", ("财政部", "税务总局"), "财税〔2022〕5号", date(2022, 5, 12))
    assert found.issuer == "财政部、税务总局"


def test_a_signature_that_contradicts_the_stated_issuer_is_of_another_document() -> None:
    found = read(NOTICE, Metadata(issuers=("长沙市教育局",)))
    assert (found.issuers, found.issued_on) == (("长沙市教育局",), None)


def test_the_signature_of_an_official_text_is_the_first() -> None:
    text = NOTICE + "\n附件\n实施细则\n一、各地遵照执行。\n教育部\n2021年1月1日"
    assert read(text) == read(NOTICE)


@pytest.mark.parametrize(
    ("opening", "title"),
    [
        ("武汉市防控指挥部通告（第7号）", "武汉市防控指挥部通告（第7号）"),
        ("成银发〔2020〕15号 关于加强金融服务的通知", "关于加强金融服务的通知"),
        ("财税〔2022〕5号\n关于促进发展的通知", "关于促进发展的通知"),
        ("来源：财政部 发布时间：2022-05-16\n关于促进发展的通知", "关于促进发展的通知"),
        ("财政部关于印发\n发展办法的通知\n财税〔2022〕5号", "财政部关于印发发展办法的通知"),
        ("财税〔2022〕5号", None),
        ("财政部令\n第5号", None),
    ],
)
def test_a_title_is_found_below_what_is_printed_above_it(opening: str, title: str | None) -> None:
    assert read(f"{opening}\n各有关单位：\n现将有关事项通知如下。").title == title


def test_a_taiwanese_notice_names_its_institution_day_and_number_above_its_text() -> None:
    lines = "海澄縣政府　公告\n發文日期：中華民國113年4月25日\n發文字號：府經商字第1130058216號\n主旨：公告補助計畫。"
    metadata = clean(RawDocument("d", lines, "d.txt")).metadata
    assert (metadata.issuer, metadata.issued_on) == ("海澄县政府", date(2024, 4, 25))
    assert metadata.number == "府经商字第1130058216号"
    assert clean(RawDocument("d", lines.replace("海澄縣政府", "補助計畫"), "d.txt")).metadata.issuer is None


def test_pairs_in_a_list_are_no_signature() -> None:
    text = "发证单位一览\n下表列出发证单位。\n市教育局 2019年5月1日\n市公安局 2019年6月1日"
    assert read(text) == Metadata(title="发证单位一览")


def test_a_text_is_read_alike_in_lines_and_pasted_as_one() -> None:
    assert replace(read(NOTICE.replace("\n", " ")), title=None) == replace(read(NOTICE), title=None)


def test_a_text_is_read_alike_in_traditional_script() -> None:
    text = "關於促進發展的通知\n財稅﹝２０２２﹞５號\n各省：\n現通知如下，請遵照執行。\n財政部\n稅務總局\n"
    assert read(text + "２０２２年５月１２日") == read(NOTICE)


def test_the_day_of_publishing_stands_in_for_the_day_of_writing() -> None:
    found = read("我市发放消费券\n来源：晚报 发布时间：2022-04-28 08:15\n4月27日，记者获悉。")
    assert (found.issued_on, found.published_on, found.issuers) == (date(2022, 4, 28), date(2022, 4, 28), ())


@pytest.mark.parametrize(
    ("filler", "times"), [("自2022年5月1日 财 政 部 起施行 ", 300_000), ("国", 3_000_000), ("〔2", 2_000_000)]
)
def test_only_the_ends_of_a_long_text_are_looked_at(filler: str, times: int) -> None:
    lines = [*NOTICE.split("\n")[:4], filler * times, *NOTICE.split("\n")[4:]]
    found = read_metadata(lines, Metadata())
    assert (found.issuers, found.number) == (("财政部", "税务总局"), "财税〔2022〕5号")
    assert read_metadata(["国务院", *["一\t二"] * 1_000_000], Metadata()).issued_on is None
