"""Questions to begin with, taken from the indexed texts and offered only if their own text answers them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice, zip_longest

from index.records import Document
from qa.ask import Assistant
from qa.question import Question

LIMIT = 6
"""How many questions are offered at most."""
_DOCUMENTS = 24
"""How many documents, spread evenly over the index, are looked at."""
_TRIES = 36
"""How many candidates are asked at most, at some 20 ms each."""
_PER_DOCUMENT = 4

_NUMERAL = "[一二三四五六七八九十百零〇]"
_NUMBERING = re.compile(
    rf"^(?:第(?:{_NUMERAL}+|\d+)[编篇部章节条][\s、：:]*|{_NUMERAL}+(?:、|是)|[（(](?:{_NUMERAL}+|\d+)[）)]|\d{{1,2}}[.．、])\s*"
)
# What headings of official texts end in, by how one asks for it.
_MANY = ("条件", "程序", "材料", "措施", "任务", "职责", "内容", "要求", "原则", "对象", "举措", "重点", "流程", "目标")
_ONE = ("背景", "意义", "思路", "范围", "标准", "期限", "方式", "依据", "时间", "含义", "定义", "定位")
# What headings that name a task begin with.
_DOING = re.compile(
    "(?:加强|加快|加大|推进|推动|支持|完善|建立|健全|提升|提高|优化|促进|强化|落实|鼓励|引导|规范|开展|深化|扩大|保障|培育|"
    "打造|减轻|降低|简化|拓展|打通|延伸|巩固)"
)
_NAME = re.compile(r"《[^《》]{4,40}》")
_CLAUSE = re.compile(r"[^，,。；;：:！？!?、\s（）()]+")
# A quantity as official texts state it; dates, numbers of documents and shares in per cent have other units.
_QUANTITY = re.compile(
    r"(?:不少于|不低于|不超过|不高于|达到|超过|约|近)?(?P<number>\d+(?:\.\d+)?)(?:余|多)?(?P<unit>[万亿]?(?:个(?!月|方面|工作日)|家|项|名|元|次|批|类|种|户|亩|吨|所|人)|[万亿]元)"
)
_CLAUSE_LENGTHS = range(10, 32)
# A clause that begins so goes on from another one.
_GOES_ON = re.compile("[和并且或及等其该此至按对以由为每可]|从|同时|包括|分别|合计|其中|目前|截至")
# A second number, or a quotation that ends outside.
_BROKEN = re.compile("[0-9]|“[^”]*$|^[^“]*”|《[^》]*$|^[^《]*》")
_DEFINED = re.compile(r"(?:所称)?(?P<term>[\w“”]{2,14})[，,]?是指")


@dataclass(frozen=True, slots=True)
class _Candidate:
    question: str
    expected: str
    """What the answer has to say."""
    paragraphs: frozenset[int]
    """Where it has to be quoted from: one of these."""


def suggest_questions(assistant: Assistant, limit: int = LIMIT) -> list[str]:
    """Questions that the texts answer, in their own words, from as many documents as possible.

    They are made of numbers, definitions and headings; each is asked, and kept if the answer is quoted from the
    paragraphs it was made from and says what was left out of the question. The same index gives the same questions.
    """
    documents = list(assistant.index.documents.values())
    spread = documents[:: max(1, -(-len(documents) // _DOCUMENTS))]
    rounds = zip_longest(*(islice(_candidates(document), _PER_DOCUMENT) for document in spread))
    from_each = chain.from_iterable(zip(spread, of_round, strict=True) for of_round in rounds)
    asked = ((document, candidate) for document, candidate in from_each if candidate)
    kept: list[str] = []
    for document, candidate in islice(asked, _TRIES):
        if len(kept) == limit:
            break
        if candidate.question not in kept and _answers(assistant, document, candidate):
            kept.append(candidate.question)
    return kept


def _answers(assistant: Assistant, document: Document, candidate: _Candidate) -> bool:
    reply = assistant.ask(Question(candidate.question, top_k=3))
    cited = [reply.citations[sentence.hit] for sentence in reply.answer.sentences]
    said = "".join(reply.text("simplified").split())
    places = {citation.paragraph.ordinal for citation in cited if citation.document.id == document.id}
    return bool(places & candidate.paragraphs) and candidate.expected in said


def _candidates(document: Document) -> Iterator[_Candidate]:
    """What could be asked of a document: its numbers, definitions and headings in turn."""
    kinds: Sequence[Iterator[_Candidate]] = (_of_numbers(document), _of_headings(document), _of_definitions(document))
    return (candidate for of_round in zip_longest(*kinds) for candidate in of_round if candidate)


def _of_numbers(document: Document) -> Iterator[_Candidate]:
    """支持不少于50个实体园区打造特色载体 → 支持多少个实体园区打造特色载体？."""
    for paragraph in document.paragraphs:
        for clause in _CLAUSE.findall(paragraph.text):
            bare = _NUMBERING.sub("", clause)
            found = _QUANTITY.search(bare)
            if not found or len(bare) not in _CLAUSE_LENGTHS or _GOES_ON.match(bare):
                continue
            # The question must name what it asks about, on either side of the number, and be whole.
            before, after = bare[: found.start()], bare[found.end() :]
            if len(before) >= 2 and len(before + after) >= 8 and not _BROKEN.search(before + after):
                question = f"{before}多少{found['unit']}{after}？"
                yield _Candidate(question, found["number"], frozenset({paragraph.ordinal}))


def _of_headings(document: Document) -> Iterator[_Candidate]:
    """一、申报条件 → 《…办法》的申报条件有哪些？; （二）加强组织领导 → 如何加强组织领导？."""
    name = _name(document)
    under: dict[str, set[int]] = {}
    for paragraph in document.paragraphs:
        for heading in paragraph.heading:
            under.setdefault(heading, set()).add(paragraph.ordinal)
    for heading, paragraphs in under.items():
        subject = _NUMBERING.sub("", heading).removeprefix("关于").strip()
        if len(subject) > 30 or re.search(r"[？?…|]", subject):
            continue
        if _DOING.match(subject) and len(subject) >= 6:
            yield _Candidate(f"如何{subject}？", "", frozenset(paragraphs))
        elif subject.endswith((*_MANY, *_ONE)) and ("《" in subject or name):
            whose = "" if "《" in subject else f"{name}的"
            asking = "有哪些" if subject.endswith(_MANY) else "是什么"
            yield _Candidate(f"{whose}{subject}{asking}？", "", frozenset(paragraphs))


def _of_definitions(document: Document) -> Iterator[_Candidate]:
    """本办法所称小微企业，是指… → 小微企业指的是什么？."""
    for paragraph in document.paragraphs:
        for found in _DEFINED.finditer(paragraph.text):
            term = found["term"].rpartition("所称")[2]
            yield _Candidate(f"{term}指的是什么？", term, frozenset({paragraph.ordinal}))


def _name(document: Document) -> str:
    """What a document is called in running text: the name inside its title, or the title where that is one."""
    title = document.metadata.title or ""
    inside = _NAME.search(title)
    if inside:
        return inside[0]
    return f"《{title}》" if 4 <= len(title) <= 40 and "《" not in title else ""
