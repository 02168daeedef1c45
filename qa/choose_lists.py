"""Which lists an answer tells beside those that its sentences introduce, and which of their items."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set

from index.clean.find_headings import Style, read_number
from index.records import Document
from index.split import begins_item, sentences
from index.tokenize import terms
from qa.complete_lists import Items, items_in, items_under
from qa.expect import SECTIONS, SEVERAL_THINGS, asks_for
from qa.question import subject
from qa.retrieve import Hit
from qa.weigh_sentences import Sentence, Sought, characters_of

GOES_ON = ("；", ";")
_NAMED = 0.5
_NEARLY_EACH = 0.75
"""More than so many of the items: titles have words of half of them by chance."""
_CLAUSE = 4
"""Characters of a clause that says something, not only 以及."""
# What sections of a guide hold, where a question asks for it: 要满足什么条件.
_ASPECT = re.compile(f"(?:什么|哪些|哪几[项个种])(?:样的)?({SECTIONS})")
# 2027年前 and 2025-2027年 say until when, and from when.
_YEAR = re.compile(r"(?<![-—–~～\d])(?<!年[至到])\d{4}年(?!底?[以之]?前|[-—–~～至到])")
_YEARS = re.compile(r"\d{4}年?[-—–~～至到]\d{4}年")
_LEADS_TO = re.compile("[^。；;]*(?:下列|以下|如下)[^。；;]*[：:]")


def list_under_heading(
    sought: Sought, sentence: Sentence, hits: Sequence[Hit], documents: Mapping[str, Document]
) -> Items:
    """The list under the heading that a question asks about: of 申报条件有哪些 all items, not the most similar one.

    None where it asks about single items of it.
    """
    document = documents[hits[sentence.hit].passage.document_id]
    of_all = characters_of(document.metadata.title or "")

    def asked(heading: str) -> float:
        numbered = read_number(heading)
        own = characters_of(subject(heading[numbered.end :] if numbered else heading)) - of_all
        share = len(own & sought.characters) / max(2, len(own))
        return share if share >= _NAMED else 0.0

    items = items_under(hits, documents, sentence.hit, asked)
    return Items((), (), introduced=False) if named(sought, items.held, hits) else items


def list_asked_for(
    sought: Sought, best: Sentence, hits: Sequence[Hit], documents: Mapping[str, Document]
) -> Items | None:
    """The list in the section of a guide that is asked for by what it holds: 要满足什么条件 by 二、申报条件.

    None where the best sentence tells it itself, or no heading of its text.
    """
    aspect = _ASPECT.search(sought.text)
    if aspect is None or tells_which(aspect[1], best.text(hits)):
        return None
    passage = hits[best.hit].passage
    paragraphs = documents[passage.document_id].paragraphs
    above = paragraphs[passage.paragraph - 1].heading

    def asked(heading: str) -> float:
        return float(aspect[1] in heading)

    for at, hit in enumerate(hits):
        beside = hit.passage
        path = paragraphs[beside.paragraph - 1].heading if beside.document_id == passage.document_id else None
        if path is None or not _of_one_matter(path, above):
            continue
        if any(map(asked, path[-1:])):
            items = items_under(hits, documents, at, asked)
            return items if len(items.held) > 1 else None
        for span in sentences(beside.text):
            sentence = beside.text[slice(*span)].strip()
            if _LEADS_TO.fullmatch(sentence) and asked(sentence):
                items = items_in(hits, documents, Sentence(at, span))
                if len(items.held) > 1:
                    return items
    return None


def tells_which(aspect: str, sentence: str) -> bool:
    """Whether a sentence says which materials or conditions there are, and not that they must be true."""
    if re.search(
        f"对[^，,。；;]{{0,20}}{aspect}|{aspect}(?:的?(?:真实|合法|完整|准确)|(?:有|存在)?(?:虚假|错误|弄虚))", sentence
    ):
        return False
    return bool(
        re.search(
            f"(?:下列|以下|如下|[、及]|等|的|[：:]).{{0,12}}{aspect}|{aspect}(?:[：:，,。；;（(]|包括|[有为是]|$)",
            sentence,
        )
    )


def _of_one_matter(path: Sequence[str], other: Sequence[str]) -> bool:
    """Whether what stands under one path of headings belongs to what stands under another, as far as these tell.

    Chapters and articles divide what all are about; other sections may each have a grant with conditions of its own.
    """
    own = [heading for at, heading in enumerate(path[:-1]) if heading not in other[at : at + 1]]
    numbers = map(read_number, own)
    return all(number and number.style <= Style.ARTICLE for number in numbers)


def named(sought: Sought, items: Sequence[Sentence], hits: Sequence[Hit], lead: str = "") -> list[Sentence]:
    """The items of a list that a question is about; none where it is about no one of them.

    One says half of the question's characters that most items do not say, or several say words of the question and
    together half of what is to be told apart; with it goes another that says some: 优化资金链和人才链有哪些措施.
    What stands over all of them, as title, headings and lead-in, tells no item apart, unless it names each. Of items
    that are each of a year, those are asked about whose year the question names.
    """
    texts = [item.text(hits).lower() for item in items]
    years = set(_YEAR.findall(sought.text))
    if all(map(_YEAR.search, texts)):
        of_year = [item for item, text in zip(items, texts, strict=True) if years & set(_YEAR.findall(text))]
        if _YEARS.search(sought.text) or 0 < len(of_year) < len(items):
            return of_year
    # The title of a text that states none are its first words, which may be an item.
    over = {f"{hits[item.hit].passage.context}{lead}".lower().replace(texts[0], "") for item in items}
    each_named = any(_names_each(said, texts) for said in over)

    def tells(part: str) -> bool:
        return each_named or not all(part in said for said in over)

    characters = _own([set(filter(tells, sought.characters & set(text))) for text in texts])
    asked = [word for word in sought.weights if len(word) > 1 and tells(word)]
    words = _own([{word for word in asked if word in text} for text in texts])
    common = {character for character in sought.characters if 2 * sum(character in text for text in texts) > len(texts)}
    together = {character for own in words for word in own for character in word}
    several = asks_for(sought.text, SEVERAL_THINGS) and sum(map(bool, words)) > 1
    several = several and len(together) >= _NAMED * len(sought.characters - common)
    if not several and max(map(len, characters), default=0) < max(1, _NAMED * len(sought.characters)):
        return []
    return [item for item, said, own in zip(items, characters, words, strict=True) if len(said) > 1 or own]


def _names_each(over: str, items: Sequence[str]) -> bool:
    """Whether what stands over a list has words of each item, or nearly: 以创新链、资金链“七条链”为重点."""
    own = _own([{term for term in terms(item) if len(term) > 1} for item in items])
    said = set(terms(over))
    return sum(not words.isdisjoint(said) for words in own) > _NEARLY_EACH * len(items)


def _own(said: Sequence[Set[str]]) -> list[Set[str]]:
    """Of what each item says, what most do not say."""
    counts = Counter(part for one in said for part in one)
    return [{part for part in one if counts[part] <= len(said) / 2} for one in said]


def with_clauses(items: Sequence[Sentence], hits: Sequence[Hit]) -> list[Sentence]:
    """The items of a list, each with the clauses that its first sentence goes on with behind a semicolon."""
    found = []
    for item in items:
        found.append(item)
        for following in rest(item, hits):
            said = following.text(hits)
            if not found[-1].text(hits).endswith(GOES_ON) or begins_item(said) or len(said) < _CLAUSE:
                break
            found.append(following)
    return found


def rest(sentence: Sentence, hits: Sequence[Hit]) -> Iterator[Sentence]:
    """The sentences behind one in its passage."""
    end = sentence.span[1]
    behind = sentences(hits[sentence.hit].passage.text[end:])
    return (Sentence(sentence.hit, (end + at, end + stop)) for at, stop in behind)
