"""What the nearest text says of itself above its paragraphs, where a question asks for that and no sentence answers.

Issuer, number and dates often stand only in a header table, which is no paragraph and cannot be quoted. And they are
those of the text, which may be another than the one asked about: a notice's explanation has a date of its own. So they
do not make an answer; they are named beside the statement that no passage gives one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from index.records import Document, Metadata

_ISSUED = "印发|发布|出台|公布|颁布|制发|成文|下发|颁发|签发"
_IN_FORCE = "施行|实施|生效"
_PUBLISHED = f"{_ISSUED}|{_IN_FORCE}"
_WHEN = "(?:什么时[候间]|何时|哪一?个?[年天日月]|几月|几号|日期|时间)"
_DAY = "[0-9〇○零一二三四五六七八九十][年月日]"
_FIELDS: Sequence[tuple[re.Pattern[str], str, re.Pattern[str], Callable[[Metadata], object]]] = (
    (
        re.compile("文号|(?<!老)字号(?![企店])|几号文"),
        "发文字号",
        re.compile(r"[〔\[（(【]\d{4}[〕\]）)】] ?\d+ ?号"),
        lambda metadata: metadata.number,
    ),
    (
        re.compile(
            rf"(?:{_PUBLISHED})(?:的)?(?:机构|机关|单位|部门|主体)|(?:谁|哪(?!一?个?[年天日月]).{{0,4}}).{{0,4}}(?:{_PUBLISHED})|(?:{_PUBLISHED}).{{0,3}}谁"
        ),
        "发布机构",
        re.compile(rf"[部局委厅院府会室办组].*(?:{_PUBLISHED})"),
        lambda metadata: metadata.issuer,
    ),
    (
        re.compile(rf"{_WHEN}.{{0,6}}(?:{_ISSUED})|(?:{_ISSUED}).{{0,6}}{_WHEN}"),
        "日期",
        re.compile(rf"{_DAY}[^。；;]*(?:{_ISSUED})|(?:{_ISSUED})(?!之日|日起)[^。；;]*{_DAY}"),
        lambda metadata: metadata.issued_on,
    ),
    (
        re.compile(rf"{_WHEN}.{{0,6}}(?:{_IN_FORCE})|(?:{_IN_FORCE}).{{0,6}}{_WHEN}"),
        "施行日期",
        re.compile(rf"(?:{_DAY}|之日).*(?:{_IN_FORCE})|(?:{_IN_FORCE}).*{_DAY}"),
        lambda metadata: metadata.valid_from,
    ),
)


_NAMES = re.compile("《[^》]*》|[（(][^）)]*[）)]")
"""The years in a name are those it speaks of."""


def unstated(question: str, sentence: str) -> bool:
    """Whether a folded question asks for metadata of a text that a sentence does not state."""
    return any(
        asked.search(question) and not stated.search(_without_names(sentence)) for asked, _, stated, _ in _FIELDS
    )


def _without_names(sentence: str) -> str:
    return sentence if "〔" in sentence else _NAMES.sub("", sentence)


def named_metadata(question: str, nearest: Document) -> str:
    """A sentence with the metadata of a document that a folded question asks for; empty where there is none."""
    found = [
        f"{name}：{value}"
        for asked, name, _, read in _FIELDS
        if asked.search(question) and (value := read(nearest.metadata)) is not None
    ]
    return f"最接近的文本{nearest.quoted_label}标注的{'，'.join(found)}。" if found else ""
