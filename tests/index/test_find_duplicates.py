from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.build import build_index
from index.clean.document import clean
from index.clean.fold import to_traditional
from index.copies import Copies
from index.find_duplicates import find_duplicates, official
from index.load import load_index
from index.records import Metadata, Passage, RawDocument
from index.split import SentenceWindows
from index.stages import Stages
from index.take_letters import letters_of
from tests.index.test_build import write_texts

LINES = [
    "关于支持中小企业数字化转型的若干措施",
    "为支持中小企业数字化转型，市财政安排专项资金2000万元，用于购买服务、培训和设备更新。",
    "一、申报条件",
    "符合条件的企业应当在本市登记注册，上一年度营业收入不低于500万元，且没有严重失信记录。",
    "申报单位对材料的真实性负责，弄虚作假的，追回资金并在三年内不再受理其申请。",
    "二、评审和拨付",
    "各区主管部门收到材料后十个工作日内提出意见，报市级主管部门组织专家评审，评审结果向社会公示。",
    "资金按照先建后补的方式拨付，项目验收合格后一次性到位，单个项目补助不超过50万元。",
    "本措施自发布之日起施行。",
]
HEADINGS = {LINES[0], LINES[2], LINES[5]}
TEXT = "\n".join(LINES)
READINGS = {"業": "業(yè)", "評": "評(píng)", "補": "補(bǔ)"}


def found(*raws: RawDocument | tuple[str, str]) -> tuple[Copies, Sequence[Passage]]:
    documents = [clean(raw if isinstance(raw, RawDocument) else RawDocument(*raw, "test")) for raw in raws]
    passages = [passage for document in documents for passage in SentenceWindows().split(document)]
    return find_duplicates(documents, passages), passages


def groups(copies: Copies) -> list[list[str]]:
    return [[copy.document_id for copy in text] for text in copies.documents]


def traditional_mirror() -> str:
    written = to_traditional(TEXT)
    for character, annotated in READINGS.items():
        written = written.replace(character, annotated)
    assert written.count("(") > 5
    return written


def test_a_traditional_mirror_with_readings_is_a_copy_of_the_simplified_original() -> None:
    copies, passages = found(("mirror", traditional_mirror()), ("original", TEXT))
    assert sorted(groups(copies)[0]) == ["mirror", "original"]
    assert {passages[row].document_id for row in copies.repeated} == {"original"}
    assert len(copies.repeated) == len(passages) / 2


@pytest.mark.parametrize(
    "mirror",
    [
        f"{TEXT}\n责任编辑：王某 上一篇：关于税收的通知",
        f"首页 > 政策 > 正文\n{TEXT}",
        TEXT.replace("\n", " "),
        TEXT.replace("，", ",").replace("。", "。\n"),
        TEXT.replace(LINES[0], f"{LINES[0]}\n沪财发〔2022〕14号"),
    ],
    ids=["footer", "navigation", "one line", "other marks and breaks", "number below the title"],
)
def test_a_mirror_is_a_copy(mirror: str) -> None:
    copies, passages = found(("a", TEXT), ("b", mirror))
    assert [sorted(text) for text in groups(copies)] == [["a", "b"]]
    # What both say is searched once; what only one says is searched all the same.
    seen = letters_of("".join(passage.text for row, passage in enumerate(passages) if row not in copies.repeated)).text
    said = {line for paragraph in clean(RawDocument("b", mirror, "test")).paragraphs for line in paragraph.text.split()}
    assert all(letters_of(line).text in seen for line in {*said, *LINES} - HEADINGS)


def test_what_only_a_copy_says_is_still_searched() -> None:
    annex = "附件：申报书一式三份，由各区主管部门加盖公章后统一报送，逾期不再受理。"
    official_copy = RawDocument("a", TEXT, "a", Metadata(issuers=("市财政局",), url="https://www.sh.gov.cn/a"))
    copies, passages = found(official_copy, ("b", f"{TEXT}\n{annex}"))
    assert groups(copies) == [["a", "b"]]
    assert [p.text for row, p in enumerate(passages) if p.document_id == "b" and row not in copies.repeated] == [annex]


@pytest.mark.parametrize(
    ("was", "now"),
    [("2000万元", "3000万元"), ("三年内", "五年内"), ("单个项目补助", "单个项目奖励"), ("50万元", "50.5万元")],
)
def test_an_edition_with_other_words_or_numbers_is_no_copy(was: str, now: str) -> None:
    edition = TEXT.replace(was, now)
    assert edition != TEXT
    copies, passages = found(("2021", TEXT), ("2022", edition))
    assert not copies.documents
    assert not copies.repeated
    # The paragraphs that both have are copies, the one that differs is none.
    differing = [row for row, passage in enumerate(passages) if was in passage.text or now in passage.text]
    assert not copies.paragraph_places.keys() & set(differing)
    assert {passages[row].text for row in copies.paragraph_places} == {
        line for line in LINES if len(line) > 25 and was not in line
    }


@pytest.mark.parametrize("city", ["上海市{}", "{}\n上海市财政局\n2022年5月12日"])
def test_the_notices_of_two_cities_are_no_copies(city: str) -> None:
    shanghai = city.format(TEXT)
    copies, _ = found(("a", shanghai), ("b", shanghai.replace("上海", "北京")))
    assert not copies.documents
    assert copies.paragraph_places


def test_the_same_words_of_two_issuers_are_no_copies() -> None:
    raws = [RawDocument(name, TEXT, name, Metadata(issuers=(f"{name}市财政局",))) for name in ("甲", "乙")]
    assert not found(*raws)[0].documents


def test_a_paragraph_quoted_in_another_document_is_a_copy() -> None:
    reading = f"政策解读\n本市近日发布了新的措施，亮点如下。\n{LINES[3]}\n也就是说，小企业也可以申报，门槛并不高。"
    copies, passages = found(("a", TEXT), ("b", reading))
    assert not copies.documents
    rows = list(copies.paragraph_places)
    assert [(passages[row].document_id, passages[row].text) for row in rows] == [("a", LINES[3]), ("b", LINES[3])]
    assert list(copies.others(rows[0])) == [rows[1]]


def test_phrases_that_every_notice_has_are_no_copies() -> None:
    copies, _ = found(("a", f"{LINES[1]}\n特此通知。\n{LINES[8]}"), ("b", f"{LINES[3]}\n特此通知。\n{LINES[8]}"))
    assert not copies.paragraph_places


@pytest.mark.parametrize(
    ("metadata", "speaks"),
    [
        (Metadata(), 0),
        (Metadata(url="https://news.example.com/gov.cn/1"), 0),
        (Metadata(url="https://notgov.cn/1"), 0),
        (Metadata(url="http://[bad"), 0),
        (Metadata(url="https://www.gov.cn/zhengce/1"), 1),
        (Metadata(url="https://gov.cn"), 1),
        (Metadata(issuers=("财政部",), number="财税〔2022〕1号", url="https://mof.gov.cn/1"), 3),
    ],
)
def test_what_speaks_for_an_official_source(metadata: Metadata, speaks: int) -> None:
    assert official(metadata) == speaks


def test_the_best_copy_is_the_official_one_then_the_longest_then_the_first_by_id() -> None:
    cut = "\n".join(LINES[:-1])
    copies, _ = found(
        ("z", TEXT),
        ("y", cut),
        ("x", TEXT),
        RawDocument("w", cut, "w", Metadata(issuers=("市财政局",), issued_on=date(2022, 5, 12))),
    )
    assert groups(copies) == [["w", "x", "z", "y"]]
    assert [copies.copy_of(name) for name in "wxyz"] == [None, "w", "w", "w"]
    assert copies.copy_of("unknown") is None


@st.composite
def corpora(draw: st.DrawFn) -> list[RawDocument]:
    texts = draw(
        st.lists(st.lists(st.sampled_from([*LINES, "附件：申报书一式三份"]), min_size=1, max_size=12), max_size=7)
    )
    issuers = st.sampled_from([(), (), ("市财政局",), ("省财政厅",)])
    return [
        RawDocument(f"{at}", "\n".join(lines), "test", Metadata(issuers=draw(issuers)))
        for at, lines in enumerate(texts)
    ]


def named(copies: Copies, passages: Sequence[Passage]) -> object:
    def places(rows: Iterable[int]) -> list[tuple[str, int, int]]:
        return [(passages[row].document_id, passages[row].paragraph, passages[row].start) for row in rows]

    return (
        groups(copies),
        [[copy.held for copy in text] for text in copies.documents],
        dict(zip(places(copies.document_places), copies.document_places.values(), strict=True)),
        list(zip(places(copies.paragraph_places), copies.paragraph_places.values(), strict=True)),
        sorted(places(copies.repeated)),
    )


@settings(deadline=None)
@given(data=st.data(), raws=corpora())
def test_the_order_of_the_documents_makes_no_difference(data: st.DataObject, raws: list[RawDocument]) -> None:
    assert named(*found(*raws)) == named(*found(*data.draw(st.permutations(raws))))


@settings(deadline=None)
@given(raws=corpora())
def test_whatever_is_repeated_a_better_copy_says_letter_by_letter(raws: list[RawDocument]) -> None:
    copies, passages = found(*raws)
    for row in copies.repeated:
        name = passages[row].document_id
        (text,) = (text for text in copies.documents if name in {copy.document_id for copy in text})
        better = [copy.document_id for copy in text][: [copy.document_id for copy in text].index(name)]
        said = ["".join(line.text for line in clean(raw).paragraphs) for raw in raws if raw.id in better]
        assert any(passages[row].text in whole for whole in said)


def test_a_thousand_identical_documents_are_one_group_in_no_time() -> None:
    raws = [RawDocument(f"{at:04}", TEXT, "test") for at in range(1000)]
    started = time.perf_counter()
    copies, passages = found(*raws)
    assert time.perf_counter() - started < 60
    assert len(groups(copies)[0]) == 1000
    assert {passages[row].document_id for row in range(len(passages)) if row not in copies.repeated} == {"0000"}


def test_thousands_of_identical_lines_are_one_paragraph_in_no_time() -> None:
    document = clean(RawDocument("a", f"{LINES[3]}\n" * 20_000, "test"))
    passages = SentenceWindows().split(document)
    started = time.perf_counter()
    copies = find_duplicates([document], passages)
    assert time.perf_counter() - started < 60
    assert not copies.documents
    assert len(copies.paragraph_places) == 20_000
    assert len(set(copies.paragraph_places.values())) == 1


def test_documents_without_letters_are_no_copies() -> None:
    copies, _ = found(("a", "……"), ("b", "……"), ("c", "——\n！！"))
    assert not copies.documents
    assert not copies.paragraph_places
    assert find_duplicates([], []) == Copies()


def test_a_copy_that_comes_and_goes_leaves_the_index_as_it_was(tmp_path: Path, stub_stages: Stages) -> None:
    folder = tmp_path / "index"
    texts = {"a": TEXT, "b": "人才住房保障规定\n新引进人才可以申请租房补贴。\n"}
    versions = []
    for now in (texts, {**texts, "0": f"{TEXT}\n主办单位某某网站编辑部"}, texts):
        build_index([write_texts(tmp_path / "source", now)], folder, stub_stages)
        loaded = load_index(folder, stub_stages)
        versions.append((loaded.manifest.version, loaded.copies.copy_of("a")))
        documents = list(loaded.documents.values())
        assert loaded.copies == find_duplicates(documents, loaded.passages)
    assert versions[0] == versions[2]
    assert [best for _, best in versions] == [None, "0", None]
