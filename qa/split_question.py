"""A question that asks for several things is answered part by part."""

from __future__ import annotations

import re

from index.tokenize import CHINESE
from qa.expect import SECTIONS, SEVERAL_THINGS, asks_for
from qa.resolve import resolve

_CLAUSE = re.compile("[^，,；;。？?！!]+")
_ASKS = re.compile(
    "什么|哪|(?<![很许更诸众最太])多(?:少|久|长时间|大(?![学型众])|高(?![校新])|远)|谁|(?<!任)何[时处地人]|为何|几(?![十百千万乎])|怎么|怎样|如何|是否|能不能|可不可以|有没有|是不是|能否|可否|会不会|要不要|吗|呢"
)
_STATES = re.compile("无论|不管|不论|哪怕|不知道|没有?什么|几名|告诉我|请问")
"""A clause with one of these asks nothing by itself, whatever words that ask stand in it."""
_MOST_PARTS = 5
_NAME = "《[^《》]+》"
_NAMES = re.compile(rf"{_NAME}(?:\s*(?:和|与|以?及|、|跟|同)\s*{_NAME})+")
# Two things of which one question is asked each: 数转贷和贴息分别多少. 和 also stands within names of agencies.
_EACH = re.compile("分别|各自|各(?=[是有为多需能占要])")
_THING = f"[{CHINESE}“”\\d＋]"
_AND = "和|与|跟|以及|、"
_ENDS_THING = "的|对|在|每|都|分别|各|由|给|需要"
_THINGS = re.compile(
    f"(?:^|(?<=[，,：: 的对]))(?P<things>(?:(?!{_ENDS_THING}|{_AND}){_THING}){{2,14}}"
    f"(?:(?:{_AND})(?:(?!{_ENDS_THING}|{_AND}){_THING}){{2,14}})+)(?={_ENDS_THING})"
)
_ONE_NAME = re.compile(
    "(?<=工业|经济|发展|文化|林业|粮食|教育|科学|住房)和|(?<=人力资源|广播电视|自然资源)和|(?<=就业)和(?=人才)|和(?=田|平|县(?!级)|谐)"
)
_SHARED = re.compile(
    "(?:“[^“”]+”|(?:最高|最低|贷款|贴息|补贴|补助|奖励|资金)?"
    "(?:上限|下限|标准|金额|额度|余额|总额|利率|比例|期限|时间|名额|人数|数量|补贴|补助|奖励|贷款|财政|居民))$"
)
_DOCUMENT = re.compile("(?:计划|行动|文件|政策|通知|办法|规定|意见|方案|细则|指南)$")
# Two sides of one thing: 秘书处的办公时间和地址.
_SIDE = (
    f"(?:(?!{_AND}|的|及){_THING}){{0,4}}"
    f"(?:{SECTIONS}|时间|日期|期限|地址|地点|电话|标准|金额|额度|比例|范围|方式|部门|要求)"
)
_SIDES = re.compile(
    f"(?P<lead>^[^，,；;。？?！!]{{2,30}}的)(?P<one>{_SIDE})(?:{_AND}|及)(?P<other>{_SIDE})"
    "(?P<rest>(?:分别|各|都)?(?:是(?:什么|多少)|有哪些|在哪里?)?[？?]?)$"
)
_COMPARES = re.compile("的分别|关系|区别|不同|异同|相同|共同|联系|比较|衔接")
_BOTH_DOCUMENTS = re.compile("(?:前后|新旧)?两[份个篇项](?:文件|材料|政策|文本|通知|计划)")


def parts(question: str) -> list[str]:
    """The questions that a folded question consists of, each in words that stand alone; itself where it is one.

    Clauses that each ask are parts, the words before the first of them belong to all; so are two texts that are named
    together, things that each are asked about, and sides of one thing.

    >>> parts("供应链方面，前者办什么洽谈会，后者推广哪种模式？")
    ['供应链方面 前者办什么洽谈会', '供应链方面 后者推广哪种模式']
    >>> parts("《甲》和《乙》分别由谁印发？")
    ['《甲》分别由谁印发？', '《乙》分别由谁印发？']
    >>> parts("数转贷和小微贷的上限各是多少？"), parts("秘书处的办公时间和地址？")
    (['数转贷的上限是多少？', '小微贷的上限是多少？'], ['秘书处的办公时间？', '秘书处的地址？'])
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
        return _joined(question) or [question]
    found: list[str] = []
    for clause in asking:
        # A later clause takes over what the one before is about, as a question that follows another does.
        found.append(resolve(clause, found[-1:], ()) if found else clause)
    return [f"{about} {clause}".strip() for clause in found]


def _joined(question: str) -> list[str]:
    """A question for each of several things, or sides of one thing, that are joined by 和; none where none are."""
    if _COMPARES.search(question):
        return []
    if sides := _SIDES.search(question):
        return [f"{sides['lead']}{side}{sides['rest']}" for side in (sides["one"], sides["other"])]
    joined = _THINGS.search(_ONE_NAME.sub("＋", question)) if _EACH.search(question) else None
    found = re.split(_AND, joined["things"]) if joined else []
    # Of one list the items that are asked for are told together.
    items = asks_for(_EACH.sub("", question), SEVERAL_THINGS) and not all(map(_DOCUMENT.search, found))
    if not joined or items or len(found) > _MOST_PARTS:
        return []
    before, behind = (_EACH.sub("", part) for part in (question[: joined.start()], question[joined.end() :]))
    # 数转贷和海州贴息上限各是多少 asks for the 贴息上限 of both, 绿色和橙色“健康码” speaks of two of these.
    shared = _SHARED.search(found[-1])
    end = shared[0] if shared and len(shared[0]) < len(found[-1]) else ""
    things = [thing if thing.endswith(end) or _SHARED.search(thing) else f"{thing}{end}" for thing in found]
    return [f"{before}{thing}{behind}".replace("＋", "和") for thing in things]


def _asks(clause: str) -> bool:
    said = _ASKS.sub("", clause)
    return said != clause and sum(map(str.isalnum, said)) > 1 and not _STATES.search(clause)


def asks_of_two_documents(question: str) -> bool:
    """Whether a folded question wants to know what two documents say: 两份文件分别有什么安排.

    >>> asks_of_two_documents("前后两份文件怎么安排"), asks_of_two_documents("这份文件怎么安排")
    (True, False)
    """
    return _BOTH_DOCUMENTS.search(question) is not None
