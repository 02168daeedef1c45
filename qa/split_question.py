"""A question that asks for several things is answered part by part."""

from __future__ import annotations

import re

from qa.resolve import resolve

_CLAUSE = re.compile("[^，,；;。？?！!]+")
_ASKS = re.compile(
    "什么|哪|多少|谁|几(?![十百千万乎])|怎么|怎样|如何|是否|能不能|可不可以|有没有|是不是|能否|可否|会不会|要不要|吗|呢"
)
_STATES = re.compile("无论|不管|不论|哪怕|不知道|没有?什么|几名|告诉我|请问")
"""A clause with one of these asks nothing by itself, whatever words that ask stand in it."""
_MOST_PARTS = 5
_NAME = "《[^《》]+》"
_NAMES = re.compile(rf"{_NAME}(?:\s*(?:和|与|以?及|、|跟|同)\s*{_NAME})+")
_COMPARES = re.compile("关系|区别|不同|异同|相同|共同|联系|比较|衔接")
_BOTH_DOCUMENTS = re.compile("(?:前后|新旧)?两[份个篇项](?:文件|材料|政策|文本|通知|计划)")


def parts(question: str) -> list[str]:
    """The questions that a folded question consists of, each in words that stand alone; itself where it is one.

    Clauses that each ask are parts, the words before the first of them belong to all; so are two texts that are named
    together.

    >>> parts("供应链方面，前者办什么洽谈会，后者推广哪种模式？")
    ['供应链方面 前者办什么洽谈会', '供应链方面 后者推广哪种模式']
    >>> parts("《甲》和《乙》分别由谁印发？")
    ['《甲》分别由谁印发？', '《乙》分别由谁印发？']
    """
    named = _NAMES.search(question)
    if named and not _COMPARES.search(question):
        names = re.findall(_NAME, named[0])[:_MOST_PARTS]
        return [f"{question[: named.start()]}{name}{question[named.end() :]}" for name in names]
    clauses = _CLAUSE.findall(question)
    first = next((at for at, clause in enumerate(clauses) if _asks(clause)), 0)
    about = " ".join(clauses[:first])
    asking = [clause for clause in clauses[first:] if _asks(clause)]
    if not 2 <= len(asking) <= _MOST_PARTS:
        return [question]
    found: list[str] = []
    for clause in asking:
        # A later clause takes over what the one before is about, as a question that follows another does.
        found.append(resolve(clause, found[-1:], ()) if found else clause)
    return [f"{about} {clause}".strip() for clause in found]


def _asks(clause: str) -> bool:
    said = _ASKS.sub("", clause)
    return said != clause and sum(map(str.isalnum, said)) > 1 and not _STATES.search(clause)


def asks_of_two_documents(question: str) -> bool:
    """Whether a folded question wants to know what two documents say: 两份文件分别有什么安排.

    >>> asks_of_two_documents("前后两份文件怎么安排"), asks_of_two_documents("这份文件怎么安排")
    (True, False)
    """
    return _BOTH_DOCUMENTS.search(question) is not None
