"""How well each sentence of the best passages answers: a weighted sum of a few features that can be read."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from operator import mul

from index.clean.align import Span
from index.find_table_heads import with_units
from index.split import sentences
from index.tokenize import CHINESE, terms
from qa.expect import expected, person
from qa.question import subject
from qa.retrieve import Hit

FEATURES = (
    "said", "said before", "in context", "characters", "characters above", "of the kind", "score", "opens", "figures"
)  # fmt: skip
WEIGHTS = (2.17, 1.45, 0.56, 5.21, 3.11, 0.66, 4.48, -0.94, 0.60)

ITEM_NAME = re.compile(
    r"(?:[一二三四五六七八九十]+(?:是|、)|[（(][一二三四五六七八九十\d]+[）)]|\d+[.．、]|第[一二三四五六七八九十百\d]+条\s*(?!.*[由应自可须]|.*不得|.*负责))"
    r"[^，,\d]{2,24}[。；;]"
)
"""A numbered sentence too short to say more than what it is about: 五是优化资金链。"""

_LIST_BEGINS = re.compile(r"(?:一是|一、|[（(]一[）)]|第一[，,、]|[（(]?1[）)．.、])")
_ITEM_NUMBER = re.compile(r"^[（(]?\d{1,2}[）)．.、]")
_NUMBER = re.compile(r"\d+(?:\.\d+)*")
_FIGURE = re.compile(rf"[{CHINESE}]?\d+(?:\.\d+)*[{CHINESE}]?")
_OPENS = re.compile(r"[：:？?]\s*$")
_LEADS_TO_LIST = re.compile(r"(?:下列|以下|如下)[^。；;]{0,20}[：:]\s*$")
# What asks for the parts of something and says nothing of it: 拓展服务链有哪些措施 is about 拓展服务链.
# Particles, too, join words to terms that are none.
_PARTS = re.compile("[的了着吧啊呀]|(?:措施|举措|办法|内容|方面|事项|事情|情况|安排|具体|分别)")
# How many there are is told by the list itself: 四个亮点, 四大亮点. But 六个月 says when, and 三类 which.
_COUNT = re.compile(
    rf"(?<![第一二三四五六七八九十百千万几])[二两三四五六七八九十][个大项](?!自然月|月|年|季|星期|交易日|工作日|小时|以[上下内])(?=[{CHINESE}]{{2}})"
)
_CHARACTER = re.compile(rf"[{CHINESE}]|[a-z]+|\d+")


def characters_of(text: str) -> set[str]:
    """The Chinese characters, Latin words and figures in a text."""
    return set(_CHARACTER.findall(text.lower()))


@dataclass(frozen=True, slots=True)
class Sought:
    """What a question asks about: its terms, each with its rarity, and its characters."""

    text: str
    weights: Mapping[str, float]
    characters: AbstractSet[str]

    @classmethod
    def of(cls, text: str, rarity: Callable[[str], float]) -> Sought:
        """What a folded question asks about; a lone character counts only where there is nothing else."""
        about = person(text) or subject(text)
        about = _PARTS.sub(" ", about) if terms(_PARTS.sub(" ", about)) else about
        wanted = expected(text)
        if wanted is None or wanted.kind in {"list", "goal"}:
            about = _COUNT.sub(" ", about)
        found = terms(about)
        kept = [term for term in found if len(term) > 1 or term.isdecimal()] or found
        return cls(text, {term: rarity(term) for term in kept}, characters_of(about))

    def share(self, found: AbstractSet[str]) -> float:
        """The share of the question's rarity that these terms have, in [0, 1]."""
        # In a fixed order and exactly, so that no tie falls differently from one run to the next.
        total = math.fsum(self.weights.values())
        return math.fsum(weight for term, weight in self.weights.items() if term in found) / total if total else 0.0

    def characters_in(self, text: str) -> float:
        """The share of the question's characters that stand in a text, in [0, 1]: a typo costs two terms but one."""
        if not self.characters:
            return 0.0
        return len(self.characters & characters_of(text)) / len(self.characters)


@dataclass(frozen=True, slots=True, order=True)
class Sentence:
    """A sentence of the answer: which hit it comes from, and where in that hit's passage it stands."""

    hit: int
    """From 0."""
    span: Span

    def text(self, hits: Sequence[Hit]) -> str:
        """Its words, without blanks around them."""
        return hits[self.hit].passage.text[slice(*self.span)].strip()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer."""

    hit: int
    """From 0."""
    span: Span
    """In the passage."""
    terms: frozenset[str]
    features: Sequence[float]
    """As `FEATURES` names them."""

    @property
    def sentence(self) -> Sentence:
        """Where it stands."""
        return Sentence(self.hit, self.span)

    @property
    def said(self) -> float:
        """The share of the question that it says, what stands before it and above it at half its worth; in [0, 1]."""
        said, before, above = self.features[:3]
        return said + (before + above) / 2

    @property
    def fits(self) -> bool:
        """Whether it is known to have what the question asks for."""
        return self.features[FEATURES.index("of the kind")] > 0

    @property
    def weight(self) -> float:
        """How well it answers, higher is better; comparable within one question."""
        return math.fsum(map(mul, self.features, WEIGHTS))


def weigh(sought: Sought, hits: Sequence[Hit]) -> list[Candidate]:
    """Every sentence of the hits with its features.

    *said*: the share of the question it says. *said before*, *in context*: the share that the sentences before it in
    the passage add, and then title, headings and the words that open its list or name its columns. *characters*: the
    share of the question's characters in it. *characters above*: the share that title and headings add to that. *of
    the kind*: 1 if it has what the question asks for (a number, a date …) other than what the question itself says,
    -1 if not, 0 if the question does not tell or the sentence only names an item. *score*: of its passage, the best
    being 1. *opens*: it only leads to what follows, unless that is a list and one is asked for, or asks itself.
    *figures*: the share of the question's figures that it has between the same characters, as 到2025年.

    The weights are those of a conditional logit over ncp, drcd, cmrc and the development questions:
    `python -m eval.fit_sentences` fits them.
    """
    wanted = expected(sought.text)
    listed = wanted is not None and wanted.kind == "list"
    given = _NUMBER.findall(sought.text)
    # The end of a period, such as 2022-2025年 in a title, is not the year that is asked about.
    figures = [re.compile(rf"(?<![-\d.]){re.escape(figure)}") for figure in _FIGURE.findall(sought.text)]
    best = max((hit.score for hit in hits), default=0.0) or 1.0
    found = []
    for at, hit in enumerate(hits):
        text = hit.passage.text
        context = set(terms(hit.passage.context))
        before: set[str] = set()
        for start, end in sentences(text):
            sentence = text[start:end]
            here = set(terms(sentence))
            if wanted and wanted.kind == "goal" and wanted.is_in(sentence):
                here.add("目标")  # which 计划到2025年… states without the word
            characters = sought.characters_in(sentence)
            said, so_far = sought.share(here), sought.share(here | before)
            columns = hit.passage.columns
            # Columns are counted from the beginning of a row.
            row = with_units(sentence, columns) if columns and hit.passage.start == start == 0 else sentence
            new = _ITEM_NUMBER.sub("", row)
            for number in given:
                new = new.replace(number, "")
            held = (
                wanted is None or wanted.is_in(new) or (wanted.kind == "list" and bool(_LIST_BEGINS.match(text, end)))
            )
            features = (
                said,
                so_far - said,
                sought.share(here | before | context) - so_far,
                characters,
                sought.characters_in(hit.passage.context + sentence) - characters,
                0.0 if wanted is None or ITEM_NAME.fullmatch(sentence.strip()) else 1.0 if held else -1.0,
                hit.score / best,
                float(bool(_OPENS.search(sentence)) and not (listed and _LEADS_TO_LIST.search(sentence))),
                sum(bool(figure.search(sentence)) for figure in figures) / len(figures) if figures else 0.0,
            )
            found.append(Candidate(at, (start, end), frozenset(here), features))
            before |= here
    return found
