"""What is asked, and what of it is worth looking for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from index.clean.fold import Script, fold, is_traditional
from index.errors import InvalidQuestion
from qa.resolve import resolve

MAX_LENGTH = 2000
MAX_TOP_K = 100
SHOWN = 5
"""How many passages come back if the question does not say and the answer quotes no more."""

# Words that ask and say nothing of what is asked about; longer ones first, since the first match wins.
_ASKING = re.compile(
    "请问一下|请问|为什么|为何|"
    "(?:主要|分别|一共|总共|各|(?<![成首])都){0,3}(?:是|有|叫|指的是|包括|包含)?"
    "(?:什么(?:时[候间]|地方)?|哪些|哪里|哪一?(?:[个家位份种款年月日天座条门届次国级](?![度别家]))?|多少|谁|"
    "几(?:[个家位份种款年月日天条项步次号点时](?!度))?)|"
    "(?<!任)何[时地处人种年]|多久|多长时间|怎么样|怎么|怎样|如何|是否|能不能|可不可以|可以吗|有没有|是不是|能否|可否|会不会|要不要|"
    "包括|吗|呢"
)
_COMPOUND = "(?<![提成外移转上代递付])"
"""Not 提交, 成交: the character is no verb of its own."""
# People ask in words that texts do not use, and one word for each is enough for all that read a question. Only words
# that policy texts hardly ever have: what some of them say, such as 老人 for 老年人, is looked for as it is asked.
_PLAIN_WORDS = [
    (re.compile(wordy), plain)
    for wordy, plain in (
        ("甚么|啥", "什么"),
        ("咋", "怎么"),
        ("哪儿", "哪里"),
        ("是?指(?:的是)?(?=什么)", "是"),
        ("自掏腰包|自己掏(?:腰包|钱)", "自己承担费用"),
        (f"掏(?:腰包|钱)|{_COMPOUND}出钱(?!财)", "承担费用"),
        ("打官司", "提起诉讼"),
        ("退伍(?:军人|老?兵)|当过兵的人?", "退役军人"),
        ("应届大学生|(?:刚|才|新)毕业的?大学生", "高校毕业生"),
        ("个体户|个体老板", "个体工商户"),
        ("花[在到](?=什么|哪)", "用于"),
        ("(?<!给)不给(?=[发办批补报])", "不予"),
        ("(?<!处)罚钱(?!款)", "罚款"),
        (f"{_COMPOUND}交社保(?![证卡账])", "缴纳社会保险费"),
        (f"{_COMPOUND}交税(?![务费])", "纳税"),
        (f"{_COMPOUND}交(?=会费|费(?!用)|罚款|保险费)", "缴纳"),
        ("(?<!购)买房(?![产屋])", "购房"),
        ("(?<!查)看病(?![历情例])", "就医"),
        ("(?<!学)生(?:孩子|小孩)", "生育"),
        ("(?<!寻)找工作(?!人员|单位)", "求职就业"),
        ("丢了?工作(?!人员)", "失业"),
        ("打零工", "灵活就业"),
        ("[归由]?谁来?管(?![理辖])", "由谁负责"),
        ("(?<![主监保接托代看])管多久", "有效期多久"),
        ("(?<![发放收])到账(?![单户目])", "拨付"),
        ("(?<!上)海归(?!国)", "留学回国人员"),
    )
]
_NAMED = re.compile("(《[^《》]*》|“[^“”]*”|「[^「」]*」|『[^『』]*』)")
"""A name, which says what it says."""
_COURTESY = re.compile(
    r"^(?:(?:谢谢[你您]?|多谢|好的?|明白了?|知道了|嗯|哦|[你您]好|(?:我想)?请问(?:一下)?)(?:[，,。！!：:\s]+|(?=那)|$))+"
)
# A surrogate without its other half: it cannot be written down in UTF-8.
_HALF_CHARACTER = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Filters:
    """Which documents may answer; an empty field lets every document through."""

    document_ids: Sequence[str] = ()
    issuer: Sequence[str] = ()
    """Exact names of issuers, any of them, in either script; 中华人民共和国 may be left out."""
    issued_from: date | None = None
    """The first day, included; a document without a date is left out as soon as a day is given."""
    issued_to: date | None = None
    """The last day, included."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier turn of the conversation."""

    role: Literal["user", "assistant"]
    content: str

    @property
    def read(self) -> str:
        """As much of it as is ever read: a question's end, an answer's beginning."""
        return self.content[-MAX_LENGTH:] if self.role == "user" else self.content[:MAX_LENGTH]


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it came, and how its answer is wanted."""

    text: str
    top_k: int | None = None
    """How many passages come back at most, from 1 to 100; None: five, or as many as the answer quotes, 100
    at most."""
    script: Script = "simplified"
    filters: Filters = Filters()
    history: Sequence[Turn] = ()

    def __post_init__(self) -> None:
        """Refuse what cannot be asked.

        Raises:
            InvalidQuestion: the message names the field, its value and its bounds.
        """
        turns = (turn.content for turn in self.history)
        for text in (self.text, *turns, *self.filters.issuer, *self.filters.document_ids):
            half = _HALF_CHARACTER.search(text)
            if half:
                raise InvalidQuestion(
                    f"Question, history or filters hold half a character (a lone surrogate) at {half.start()}."
                )
        if not any(map(str.isalnum, self.text)):
            raise InvalidQuestion(
                "The question is empty: it must hold at least one letter, digit or Chinese character."
            )
        if len(self.text) > MAX_LENGTH:
            raise InvalidQuestion(f"The question has {len(self.text)} characters; at most {MAX_LENGTH} can be asked.")
        if self.top_k is not None and not 1 <= self.top_k <= MAX_TOP_K:
            raise InvalidQuestion(f"top_k is {self.top_k}; it must be from 1 to {MAX_TOP_K}.")
        first, last = self.filters.issued_from, self.filters.issued_to
        if first and last and first > last:
            raise InvalidQuestion(f"issued_from ({first}) is after issued_to ({last}): no day lies between; swap them.")

    @property
    def shown(self) -> int:
        """How many passages come back if the answer quotes no more."""
        return SHOWN if self.top_k is None else self.top_k

    @property
    def is_traditional(self) -> bool:
        """Whether it was asked in Traditional script."""
        return is_traditional(self.text)

    @property
    def search_text(self) -> str:
        """The question folded, in words that stand alone where it points back to earlier turns: see `qa.resolve`.

        >>> Question("啥是七條鏈？").search_text
        '什么是七条链？'
        >>> Question("七條鏈指的是甚麼？").search_text
        '七条链是什么？'
        """
        plain = _plain(self.text).strip()
        if not any(map(str.isalnum, _COURTESY.sub("", plain))):
            return plain
        asked_before = (_plain(turn.read) for turn in reversed(self.history) if turn.role == "user")
        answers = (fold(turn.read) for turn in reversed(self.history) if turn.role == "assistant")
        return resolve(_COURTESY.sub("", plain), asked_before, answers)


def _plain(question: str) -> str:
    # What the pattern splits at, it keeps: every second part is a name.
    parts = _NAMED.split(fold(question))
    for wordy, word in _PLAIN_WORDS:
        parts[::2] = [wordy.sub(word, part) for part in parts[::2]]
    return "".join(parts)


def subject(search_text: str) -> str:
    """The question without the words that ask: 中央财政投入多少资金 → 中央财政投入 资金.

    >>> subject("中央财政投入多少资金")
    '中央财政投入 资金'
    """
    return _ASKING.sub(" ", search_text).strip() or search_text
