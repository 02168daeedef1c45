"""Which sentences are the answer: the best one, what it leaves unsaid, and lists whole."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import takewhile

from index.clean.align import Span
from index.clean.find_headings import Style, read_number
from index.records import Document
from index.split import begins_item, sentences
from index.tokenize import terms
from qa.complete_lists import Items, Place, items_in, items_under, sentence_at
from qa.expect import SECTIONS, Kind, defined_in, expected
from qa.question import subject
from qa.retrieve import Hit
from qa.weigh_sentences import ITEM_NAME, Candidate, Sought, characters_of

_SENTENCES = 4
_LENGTH = 200
"""In characters; lists may need more."""
# A further sentence adds this share of the question's weight to what is said, in the chosen ones or in title and
# headings above them, or weighs nearly as much as the best. Chosen on ncp, drcd, cmrc and the development questions:
# lower gains and wider margins say more of the evidence, but in answers that are longer than what they add is worth.
_GAIN = 0.1
_NEARLY = 0.8
_NAMED = 0.5
_LEADS_ON = ("：", ":")
_LEAD = re.compile("[^，,。；;]{1,40}[：:]")
"""It says nothing but that a list follows, and gives way to its last item."""
_ANNOUNCES = ("如下：", "如下:")
_ASKS = ("？", "?")
_GOES_ON = ("；", ";")
_CLAUSE = 4
"""Characters of a clause that says something, not only 以及."""
_WHOLE_ITEM = 400
"""Characters of an item of a list that is quoted whole."""
_POINTS_BACK = re.compile("[“「]?(?:这|其(?![他中余实次])|该|此(?![外次])|它|他|她|对此|上述|前款|前者|后者)")
# A rule says what follows in a case, and then what follows in worse ones: 逾期未缴的，…。仍不缴的，…。
# On ncp one question of 631 is answered with more for it, and then with all of its evidence.
_CASE = re.compile("的[，,]")
_WORSE_CASE = re.compile(r"(?:[^，,。；;]{0,14}仍|拒不|再次|屡|情节|造成|构成)[^，,。；;]{0,30}的[，,]")
# Plans name who is responsible in brackets behind a task.
_RESPONSIBILITY = re.compile(
    "(?:由|是)?(?:谁|哪些?个?(?:部门|单位)).{0,6}(?:负责|牵头|落实|承担)|(?:责任|牵头)(?:单位|部门)"
)
_RESPONSIBLE = re.compile(r"[（(](?:责任|牵头|配合)(?:单位|部门)")
# What sections of a guide hold, where a question asks for it: 要满足什么条件.
_ASPECT = re.compile(f"(?:什么|哪些|哪几[项个种])(?:样的)?({SECTIONS})")
_LEADS_TO = re.compile("[^。；;]*(?:下列|以下|如下)[^。；;]*[：:]")
# Who asks for one of these wants one thing, though a list may follow it.
_ONE_THING: frozenset[Kind] = frozenset({"number", "date", "name", "person", "place", "contact"})
_SEVERAL_THINGS: frozenset[Kind] = frozenset({"goal", "list", "way"})


@dataclass(frozen=True, slots=True, order=True)
class Sentence:
    """A sentence of the answer: which hit it comes from, and where in that hit's passage it stands."""

    hit: int
    """From 0."""
    span: Span


def choose(
    parts: Sequence[tuple[Sought, Sequence[Candidate]]],
    hits: Sequence[Hit],
    documents: Mapping[str, Document],
    passages: int,
) -> tuple[list[Sentence], int]:
    """The sentences that answer, each once, in reading order: document by document, the best one's first.

    For each part of the question the best sentence, the one before it or behind it where they belong together, and more
    while each adds to what is said of the question: four at most, within about 200 characters. Where one of them
    introduces a list, or the question asks about the heading of one, the first sentence of each item follows, or those
    items alone that are asked about; where one only names an item or ends in a colon, what stands below it; where one
    says what follows in a case, those do that say what follows in worse ones. Who asks for several things is told the
    list of the best sentence and no more; who asks for what a section of a guide holds, such as conditions, that list.

    Args:
        parts: what is asked about, and the sentences that may answer.
        hits: where the rest of a list is looked for.
        documents: by id.
        passages: of how many hits sentences may come at most.

    Returns:
        The sentences; and how many items of the lists that they introduce, or that more passages would have shown, are
        not among them.
    """
    found: dict[Sentence, None] = {}
    listed: set[Sentence] = set()
    elsewhere: set[tuple[str, Place]] = set()
    for sought, candidates in parts:
        chosen, items, absent = _answering(sought, _best(sought, candidates, hits, documents), hits, documents)
        found |= dict.fromkeys(chosen)
        listed.update(items)
        elsewhere.update(absent)
    if len({sentence.hit for sentence in found}) > passages:
        together = Counter(sentence.hit for sentence in found)
        led = {one: None for one in found if together[one.hit] > 1 or not _LEAD.fullmatch(_text(one, hits))}
        found = led or found
    cited = list(dict.fromkeys(sentence.hit for sentence in found))[:passages]
    order = list(dict.fromkeys(hits[hit].passage.document_id for hit in sorted(cited)))

    def reading(sentence: Sentence) -> tuple[int, int, int]:
        passage = hits[sentence.hit].passage
        return order.index(passage.document_id), passage.paragraph, passage.start + sentence.span[0]

    cut = sum(sentence.hit not in cited for sentence in listed)
    return sorted((sentence for sentence in found if sentence.hit in cited), key=reading), cut + len(elsewhere)


def _answering(
    sought: Sought, chosen: Sequence[Sentence], hits: Sequence[Hit], documents: Mapping[str, Document]
) -> tuple[list[Sentence], list[Sentence], list[tuple[str, Place]]]:
    """The chosen sentences with what belongs to them; items of whole lists among them; and items that no hit holds."""
    found: dict[Sentence, None] = {}
    named: list[Sentence] = []
    listed: list[Sentence] = []
    elsewhere: list[tuple[str, Place]] = []
    whole = _asks_for(_SEVERAL_THINGS, sought)
    # A word alone asks for no list.
    lists = subject(sought.text) != sought.text and not _asks_for(_ONE_THING, sought)
    if lists and chosen and (section := _section_asked_for(sought, chosen[0], hits, documents)):
        held = [Sentence(*item) for item in section.held]
        return _with_clauses(held, hits), held, list(section.elsewhere)
    for sentence in chosen:
        found[sentence] = None
        if not lists:
            continue
        items = items_in(hits, documents, sentence.hit, sentence.span)
        if not (items.held and items.introduced) and sentence == chosen[0]:
            under = _under_heading(sought, sentence, hits, documents)
            items = under if len(under.held) > len(items.held) else items
        held = [Sentence(*item) for item in items.held]
        # 资金链有哪些措施 asks for one item of the list that a sentence introduces, not for all of them. A sentence
        # that introduces a list may hold its first item, and says more of the question than that does.
        asked = _named(sought, [item for item in held if not (items.introduced and item == sentence)], hits)
        named += asked
        if asked:
            if items.introduced:
                del found[sentence]
            continue
        found |= dict.fromkeys(_with_clauses(held, hits))
        listed += held
        elsewhere += items.elsewhere if items.introduced else ()
        # Who asks for several things has them all with the list of the best sentence.
        if whole and len(held) > 1 and sentence == chosen[0]:
            break
    for sentence in [*(one for one in chosen if one in found and one not in listed), *named]:
        found |= dict.fromkeys(
            [sentence, *_said_under(sentence, hits, documents, whole), *_worse_cases(sentence, hits)]
        )
    return list(found), listed, elsewhere


def _asks_for(kinds: Set[Kind], sought: Sought) -> bool:
    wanted = expected(sought.text)
    return wanted is not None and wanted.kind in kinds


def _under_heading(sought: Sought, sentence: Sentence, hits: Sequence[Hit], documents: Mapping[str, Document]) -> Items:
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
    return Items((), (), introduced=False) if _named(sought, [Sentence(*item) for item in items.held], hits) else items


def _section_asked_for(
    sought: Sought, best: Sentence, hits: Sequence[Hit], documents: Mapping[str, Document]
) -> Items | None:
    """The list in the section of a guide that is asked for by what it holds: 要满足什么条件 by 二、申报条件.

    None where the best sentence has the word, or no heading of its text.
    """
    aspect = _ASPECT.search(sought.text)
    if aspect is None or aspect[1] in _text(best, hits):
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
                items = items_in(hits, documents, at, span)
                if len(items.held) > 1:
                    return items
    return None


def _of_one_matter(path: Sequence[str], other: Sequence[str]) -> bool:
    """Whether what stands under one path of headings belongs to what stands under another, as far as these tell.

    Chapters and articles divide what all are about; other sections may each have a grant with conditions of its own.
    """
    own = [heading for at, heading in enumerate(path[:-1]) if heading not in other[at : at + 1]]
    numbers = map(read_number, own)
    return all(number and number.style <= Style.ARTICLE for number in numbers)


def _best(
    sought: Sought, candidates: Sequence[Candidate], hits: Sequence[Hit], documents: Mapping[str, Document]
) -> list[Sentence]:
    """The sentences that answer best.

    If the best one points back, the one before it comes along: 这是…. So does what it goes on with, unless one thing is
    asked for or a list, which is told otherwise.
    """
    defining = {one for one in candidates if defined_in(sought.text, _text(_sentence(one), hits))}
    telling = [one for one in candidates if not _text(_sentence(one), hits).endswith(_ASKS)] or candidates
    left = sorted(telling, key=lambda one: (one not in defining, -one.weight, one.hit, one.span))
    if not left:
        return []
    beside = _beside(left[0], sought, candidates, hits, documents)
    chosen: list[Candidate] = []
    said: set[str] = set()
    further = [one for one in [*beside, *left[1:]] if not _only_announces(one, hits, documents)]
    for candidate in [left[0], *further]:
        gain = sought.share(candidate.terms | said) - sought.share(said)
        worth_it = candidate in beside or gain >= _GAIN or candidate.weight >= left[0].weight - _NEARLY
        if not chosen or (worth_it and candidate not in chosen and sum(map(_long, [*chosen, candidate])) <= _LENGTH):
            chosen.append(candidate)
            said |= {*candidate.terms, *terms(hits[candidate.hit].passage.context)}
        if len(chosen) == _SENTENCES:
            break
    return list(map(_sentence, chosen))


def _only_announces(candidate: Candidate, hits: Sequence[Hit], documents: Mapping[str, Document]) -> bool:
    """Whether a sentence says only that something follows, which is no list: 现将有关事项通知如下：."""
    return _text(_sentence(candidate), hits).endswith(_ANNOUNCES) and not _items(candidate, hits, documents)


def _beside(
    best: Candidate,
    sought: Sought,
    candidates: Sequence[Candidate],
    hits: Sequence[Hit],
    documents: Mapping[str, Document],
) -> list[Candidate]:
    """The sentence before the best one, if that points back, and the one behind it, if that goes on."""
    found = []
    if _POINTS_BACK.match(_text(_sentence(best), hits)):
        found += [one for one in candidates if _follows(best, one)]
    if _RESPONSIBILITY.search(sought.text):
        found += [one for one in candidates if one.hit == best.hit and _RESPONSIBLE.match(_text(_sentence(one), hits))]
    if not _asks_for(_ONE_THING, sought) and not _items(best, hits, documents):
        behind = [one for one in candidates if _follows(one, best) and not _items(one, hits, documents)]
        found += [one for one in behind if not begins_item(_text(_sentence(one), hits))]
    return found


def _items(candidate: Candidate, hits: Sequence[Hit], documents: Mapping[str, Document]) -> Sequence[tuple[int, Span]]:
    return items_in(hits, documents, candidate.hit, candidate.span).held


def _sentence(candidate: Candidate) -> Sentence:
    return Sentence(candidate.hit, candidate.span)


def _follows(candidate: Candidate, before: Candidate) -> bool:
    """Whether the one is the sentence right behind the other in its passage."""
    return (candidate.hit, candidate.span[0]) == (before.hit, before.span[1])


def _long(candidate: Candidate) -> int:
    return candidate.span[1] - candidate.span[0]


def _named(sought: Sought, items: Sequence[Sentence], hits: Sequence[Hit]) -> list[Sentence]:
    """The items of a list that a question is about; none where it is about no one of them.

    One says half of the question's characters that most items do not say, or several say words of the question and
    together half of what is to be told apart; with it goes another that says some: 优化资金链和人才链有哪些措施.
    """
    texts = [_text(item, hits).lower() for item in items]
    characters = _own([sought.characters & set(text) for text in texts])
    words = _own([{word for word in sought.weights if len(word) > 1 and word in text} for text in texts])
    common = {character for character in sought.characters if 2 * sum(character in text for text in texts) > len(texts)}
    together = {character for own in words for word in own for character in word}
    several = _asks_for(_SEVERAL_THINGS, sought) and sum(map(bool, words)) > 1
    several = several and len(together) >= _NAMED * len(sought.characters - common)
    if not several and max(map(len, characters), default=0) < max(1, _NAMED * len(sought.characters)):
        return []
    return [item for item, said, own in zip(items, characters, words, strict=True) if len(said) > 1 or own]


def _own(said: Sequence[Set[str]]) -> list[Set[str]]:
    """Of what each item says, what most do not say."""
    counts = Counter(part for one in said for part in one)
    return [{part for part in one if counts[part] <= len(said) / 2} for one in said]


def _said_under(
    sentence: Sentence, hits: Sequence[Hit], documents: Mapping[str, Document], whole: bool
) -> Iterator[Sentence]:
    """What belongs to a chosen sentence: 五是优化资金链。 says nothing without what stands below it.

    Of what a sentence only leads to, the next sentence, or all of the item if it is wanted whole; then also the clauses
    after one that ends with a semicolon.
    """
    said = _text(sentence, hits)
    only_leads = ITEM_NAME.fullmatch(said) or said.endswith(_LEADS_ON)
    goes_on = only_leads or (whole and said.endswith(_GOES_ON))
    length = len(said)
    for following in _behind(sentence, hits, documents):
        below = _text(following, hits)
        length += len(below)
        if not goes_on or begins_item(below) or read_number(below) or length > _WHOLE_ITEM:
            return
        yield following
        goes_on = whole and (bool(only_leads) or below.endswith(_GOES_ON))


def _with_clauses(items: Sequence[Sentence], hits: Sequence[Hit]) -> list[Sentence]:
    """The items of a list, each with the clauses that its first sentence goes on with behind a semicolon."""
    found = []
    for item in items:
        found.append(item)
        for following in _rest(item, hits):
            said = _text(following, hits)
            if not _text(found[-1], hits).endswith(_GOES_ON) or begins_item(said) or len(said) < _CLAUSE:
                break
            found.append(following)
    return found


def _behind(sentence: Sentence, hits: Sequence[Hit], documents: Mapping[str, Document]) -> Iterator[Sentence]:
    """The sentences behind one in its passage, then those of the next passage."""
    passage = hits[sentence.hit].passage
    yield from _rest(sentence, hits)
    paragraphs = documents[passage.document_id].paragraphs
    ends = passage.end == len(paragraphs[passage.paragraph - 1].text)
    # What follows the last of several numbered lines stands below them all.
    lines = paragraphs[max(0, passage.paragraph - 2) : passage.paragraph]
    styles = [number.style for line in lines if (number := read_number(line.text))]
    if ends and len(styles) == 2 and styles[0] is styles[1]:
        return
    place = (passage.paragraph + 1, 0) if ends else (passage.paragraph, passage.end)
    following = sentence_at(place, passage.document_id, hits)
    if following:
        yield from (Sentence(following[0], span) for span in sentences(hits[following[0]].passage.text))


def _rest(sentence: Sentence, hits: Sequence[Hit]) -> Iterator[Sentence]:
    """The sentences behind one in its passage."""
    end = sentence.span[1]
    behind = sentences(hits[sentence.hit].passage.text[end:])
    return (Sentence(sentence.hit, (end + at, end + stop)) for at, stop in behind)


def _text(sentence: Sentence, hits: Sequence[Hit]) -> str:
    return hits[sentence.hit].passage.text[slice(*sentence.span)].strip()


def _worse_cases(sentence: Sentence, hits: Sequence[Hit]) -> Iterator[Sentence]:
    """The sentences behind one that says what follows in a case, as long as each says what follows in a worse one."""
    text = hits[sentence.hit].passage.text
    if _CASE.search(text, *sentence.span):
        yield from takewhile(lambda following: _WORSE_CASE.match(text, *following.span), _rest(sentence, hits))
