"""A question that asks for several things is answered part by part."""

from __future__ import annotations

import re

from qa.question import asks
from qa.resolve import resolve

_CLAUSE = re.compile("[^，,；;。？?！!]+")
_TWO_NAMES = re.compile(r"(《[^《》]+》)\s*(?:和|与|及|以及|、|跟|同)\s*(《[^《》]+》)")
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
    named = _TWO_NAMES.search(question)
    if named:
        return [f"{question[: named.start()]}{name}{question[named.end() :]}" for name in named.groups()]
    clauses = _CLAUSE.findall(question)
    first = next((at for at, clause in enumerate(clauses) if asks(clause)), 0)
    about = " ".join(clauses[:first])
    asking = [clause for clause in clauses[first:] if asks(clause)]
    if len(asking) < 2:
        return [question]
    found: list[str] = []
    for clause in asking:
        # A later clause takes over what the one before is about, as a question that follows another does.
        found.append(resolve(clause, found[-1:], ()) if found else clause)
    return [f"{about} {clause}".strip() for clause in found]


def asks_of_two_documents(question: str) -> bool:
    """Whether a folded question wants to know what two documents say: 两份文件分别有什么安排.

    >>> asks_of_two_documents("前后两份文件怎么安排"), asks_of_two_documents("这份文件怎么安排")
    (True, False)
    """
    return _BOTH_DOCUMENTS.search(question) is not None
