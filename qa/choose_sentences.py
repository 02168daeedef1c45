"""Which sentences are the answer: the best one, what it leaves unsaid, and lists whole."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import takewhile

from index.clean.find_headings import read_number
from index.records import Document
from index.split import begins_item, sentences
from index.tokenize import terms
from qa.choose_lists import GOES_ON, list_asked_for, list_under_heading, named, rest, with_clauses
from qa.complete_lists import Place, items_in, sentence_at
from qa.expect import ONE_THING, SEVERAL_THINGS, asks_for, defined_in
from qa.question import subject
from qa.retrieve import Hit
from qa.weigh_sentences import ITEM_NAME, Candidate, Sentence, Sought

_SENTENCES = 4
_LENGTH = 200
"""In characters; lists may need more."""
# A further sentence adds this share of the question's weight to what is said, in the chosen ones or in title and
# headings above them, or weighs nearly as much as the best. Chosen on ncp, drcd, cmrc and the development questions:
# lower gains and wider margins say more of the evidence, but in answers that are longer than what they add is worth.
_GAIN = 0.1
_NEARLY = 0.8
# Of another text more, unless several things are asked for: of 70 sentences that added less and weighed less than
# that, on these sets and questions about 21 further texts, one said evidence, to who asked for two things.
_GAIN_ELSEWHERE = 0.3
_LEADS_ON = ("：", ":")
_LEAD = re.compile("[^，,。；;]{1,40}[：:]")
"""It says nothing but that a list follows, and gives way to its last item."""
_ANNOUNCES = ("如下：", "如下:")
_ASKS = ("？", "?")
_WHOLE_ITEM = 400
"""Characters of an item of a list that is quoted whole."""
_POINTS_BACK = re.compile("[“「]?(?:这|其(?![他中余实次])|该|此(?![外次])|它|他|她|对此|因此[，,]|上述|前款|前者|后者)")
# A rule says what follows in a case, and then what follows in worse ones: 逾期未缴的，…。仍不缴的，…。
# On ncp one question of 631 is answered with more for it, and then with all of its evidence.
_CASE = re.compile("的[，,]")
_WORSE_CASE = re.compile(r"(?:[^，,。；;]{0,14}仍|拒不|再次|屡|情节|造成|构成)[^，,。；;]{0,30}的[，,]")
# Plans name who is responsible in brackets behind a task.
_RESPONSIBILITY = re.compile(
    "(?:由|是)?(?:谁|哪些?个?(?:部门|单位)).{0,6}(?:负责|牵头|落实|承担)|(?:责任|牵头)(?:单位|部门)"
)
_RESPONSIBLE = re.compile(r"[（(](?:责任|牵头|配合)(?:单位|部门)")


def choose(
    parts: Sequence[tuple[Sought, Sequence[Candidate]]],
    hits: Sequence[Hit],
    documents: Mapping[str, Document],
    passages: int,
) -> tuple[list[Sentence], int]:
    """The sentences that answer, each once, in reading order: document by document, the best one's first.

    The best sentence, the one before it or behind it where they belong together, and more while each adds to what is
    said of the question: four at most, within about 200 characters. A part of the question that asks for one thing
    which is told already is left out.

    Where a sentence introduces a list, or the question asks about the heading of one, the first sentence of each item
    follows, or those items alone that are asked about; where one only names an item or ends in a colon, what stands
    below it; where one says what follows in a case, those do that say what follows in worse ones; with the row of a
    table goes the one that names its columns. Who asks for several things is told the list of the best sentence and no
    more; who asks for what a section of a guide holds, such as conditions, that list.

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
        if asks_for(sought.text, ONE_THING) and _is_told(candidates, found):
            continue
        best = _best(sought, candidates, hits, documents)
        chosen, items, absent = _answering(sought, best, hits, documents)
        found |= dict.fromkeys(chosen)
        listed.update(items)
        elsewhere.update(absent)
    found |= dict.fromkeys(_heads(found, hits))
    if len({sentence.hit for sentence in found}) > passages:
        together = Counter(sentence.hit for sentence in found)
        led = {one: None for one in found if together[one.hit] > 1 or not _LEAD.fullmatch(one.text(hits))}
        found = led or found
    cited = list(dict.fromkeys(sentence.hit for sentence in found))[:passages]
    order = list(dict.fromkeys(hits[hit].passage.document_id for hit in sorted(cited)))

    def reading(sentence: Sentence) -> tuple[int, int, int]:
        passage = hits[sentence.hit].passage
        return order.index(passage.document_id), passage.paragraph, passage.start + sentence.span[0]

    cut = sum(sentence.hit not in cited for sentence in listed)
    return sorted((sentence for sentence in found if sentence.hit in cited), key=reading), cut + len(elsewhere)


def _heads(found: Iterable[Sentence], hits: Sequence[Hit]) -> Iterator[Sentence]:
    """The rows that name the columns of the rows of tables among the sentences, as far as hits hold them."""
    rows = (hits[sentence.hit].passage for sentence in found)
    heads = dict.fromkeys((row.head, row.document_id) for row in rows if row.head is not None)
    yield from filter(None, (sentence_at((head, 0), document_id, hits) for head, document_id in heads))


def _answering(
    sought: Sought, chosen: Sequence[Sentence], hits: Sequence[Hit], documents: Mapping[str, Document]
) -> tuple[list[Sentence], list[Sentence], list[tuple[str, Place]]]:
    """The chosen sentences with what belongs to them; items of whole lists among them; and items that no hit holds."""
    found: dict[Sentence, None] = {}
    alone: list[Sentence] = []
    listed: list[Sentence] = []
    elsewhere: list[tuple[str, Place]] = []
    whole = asks_for(sought.text, SEVERAL_THINGS)
    # A word alone asks for no list, nor who asks for one thing, unless what is found only leads to one.
    leads = bool(chosen) and chosen[0].text(hits).endswith(_LEADS_ON)
    lists = leads or (subject(sought.text) != sought.text and not asks_for(sought.text, ONE_THING))
    if lists and chosen and (section := list_asked_for(sought, chosen[0], hits, documents)):
        return with_clauses(section.held, hits), list(section.held), list(section.elsewhere)
    for sentence in chosen:
        found[sentence] = None
        if not lists:
            continue
        items = items_in(hits, documents, sentence)
        if not (items.held and items.introduced) and sentence == chosen[0]:
            under = list_under_heading(sought, sentence, hits, documents)
            items = under if len(under.held) > len(items.held) else items
        # 资金链有哪些措施 asks for one item of the list that a sentence introduces, not for all of them. A sentence
        # that introduces a list may hold its first item, and says more of the question than that does.
        apart = [item for item in items.held if not (items.introduced and item == sentence)]
        asked = named(sought, apart, hits, sentence.text(hits) if items.introduced else "")
        alone += asked
        if asked:
            if items.introduced:
                del found[sentence]
            continue
        found |= dict.fromkeys(with_clauses(items.held, hits))
        listed += items.held
        elsewhere += items.elsewhere if items.introduced else ()
        # Who asks for several things has them all with the list of the best sentence.
        if whole and len(items.held) > 1 and sentence == chosen[0]:
            break
    for sentence in [*(one for one in chosen if one in found and one not in listed), *alone]:
        found |= dict.fromkeys(
            [sentence, *_said_under(sentence, hits, documents, whole), *_worse_cases(sentence, hits)]
        )
    return list(found), listed, elsewhere


def _best(
    sought: Sought, candidates: Sequence[Candidate], hits: Sequence[Hit], documents: Mapping[str, Document]
) -> list[Sentence]:
    """The sentences that answer best.

    If the best one points back, the one before it comes along: 这是…. So does what it goes on with, unless one thing is
    asked for or a list, which is told otherwise.
    """
    defining = {one for one in candidates if defined_in(sought.text, one.sentence.text(hits))}
    telling = [one for one in candidates if not one.sentence.text(hits).endswith(_ASKS)] or candidates
    left = sorted(telling, key=lambda one: (one not in defining, -one.weight, one.hit, one.span))
    if not left:
        return []
    beside = _beside(left[0], sought, candidates, hits, documents)
    chosen: list[Candidate] = []
    said: set[str] = set()
    one_thing = asks_for(sought.text, ONE_THING)
    others = left[1:] if not one_thing else [one for one in left[1:] if not _leads_to_list(one, hits, documents)]
    further = [one for one in [*beside, *others] if not _only_announces(one, hits, documents)]
    several = asks_for(sought.text, SEVERAL_THINGS)
    document = hits[left[0].hit].passage.document_id
    for candidate in [left[0], *further]:
        gain = sought.share(candidate.terms | said) - sought.share(said)
        near = several or hits[candidate.hit].passage.document_id == document
        adds = gain >= (_GAIN if near else _GAIN_ELSEWHERE)
        # Who asks what something is, is told no more than that where a sentence says it.
        worth_it = candidate in beside or (not defining and (adds or _as_good(candidate, left[:1])))
        if not chosen or (worth_it and candidate not in chosen and sum(map(_long, [*chosen, candidate])) <= _LENGTH):
            chosen.append(candidate)
            said |= {*candidate.terms, *terms(hits[candidate.hit].passage.context)}
        if len(chosen) == _SENTENCES:
            break
    return [candidate.sentence for candidate in chosen]


def _only_announces(candidate: Candidate, hits: Sequence[Hit], documents: Mapping[str, Document]) -> bool:
    """Whether a sentence says only that something follows, which is no list: 现将有关事项通知如下：."""
    announces = candidate.sentence.text(hits).endswith(_ANNOUNCES)
    return announces and not items_in(hits, documents, candidate.sentence).held


def _leads_to_list(candidate: Candidate, hits: Sequence[Hit], documents: Mapping[str, Document]) -> bool:
    leads = candidate.sentence.text(hits).endswith(_LEADS_ON)
    return leads and bool(items_in(hits, documents, candidate.sentence).held)


def _beside(
    best: Candidate,
    sought: Sought,
    candidates: Sequence[Candidate],
    hits: Sequence[Hit],
    documents: Mapping[str, Document],
) -> list[Candidate]:
    """The sentence before the best one, if that points back, and the one behind it, if that goes on."""
    found = []
    if _POINTS_BACK.match(best.sentence.text(hits)):
        found += [one for one in candidates if _follows(best, one)]
    if _RESPONSIBILITY.search(sought.text):
        found += [one for one in candidates if one.hit == best.hit and _RESPONSIBLE.match(one.sentence.text(hits))]
    if not asks_for(sought.text, ONE_THING) and not items_in(hits, documents, best.sentence).held:
        behind = [one for one in candidates if _follows(one, best)]
        behind = [one for one in behind if not items_in(hits, documents, one.sentence).held]
        found += [one for one in behind if not begins_item(one.sentence.text(hits))]
    return found


def _is_told(candidates: Sequence[Candidate], found: Mapping[Sentence, None]) -> bool:
    """Whether a sentence that weighs as much as the best is told already, and known to have what is asked for."""
    best = max((one.weight for one in candidates), default=0.0)
    return any(one.sentence in found and one.fits and one.weight == best for one in candidates)


def _as_good(candidate: Candidate, others: Sequence[Candidate]) -> bool:
    """Whether a sentence weighs nearly as much as the best of others."""
    return candidate.weight >= max(other.weight for other in others) - _NEARLY


def _follows(candidate: Candidate, before: Candidate) -> bool:
    """Whether the one is the sentence right behind the other in its passage."""
    return (candidate.hit, candidate.span[0]) == (before.hit, before.span[1])


def _long(candidate: Candidate) -> int:
    return candidate.span[1] - candidate.span[0]


def _said_under(
    sentence: Sentence, hits: Sequence[Hit], documents: Mapping[str, Document], whole: bool
) -> Iterator[Sentence]:
    """What belongs to a chosen sentence: 五是优化资金链。 says nothing without what stands below it.

    Of what a sentence only leads to, the next sentence, or all of the item if it is wanted whole; then also the clauses
    after one that ends with a semicolon.
    """
    said = sentence.text(hits)
    only_leads = ITEM_NAME.fullmatch(said) or said.endswith(_LEADS_ON)
    goes_on = only_leads or (whole and said.endswith(GOES_ON))
    length = len(said)
    for following in _behind(sentence, hits, documents):
        below = following.text(hits)
        length += len(below)
        if not goes_on or begins_item(below) or read_number(below) or length > _WHOLE_ITEM:
            return
        yield following
        goes_on = whole and (bool(only_leads) or below.endswith(GOES_ON))


def _behind(sentence: Sentence, hits: Sequence[Hit], documents: Mapping[str, Document]) -> Iterator[Sentence]:
    """The sentences behind one in its passage, then those of the next passage."""
    passage = hits[sentence.hit].passage
    yield from rest(sentence, hits)
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
        yield from (Sentence(following.hit, span) for span in sentences(hits[following.hit].passage.text))


def _worse_cases(sentence: Sentence, hits: Sequence[Hit]) -> Iterator[Sentence]:
    """The sentences behind one that says what follows in a case, as long as each says what follows in a worse one."""
    text = hits[sentence.hit].passage.text
    if _CASE.search(text, *sentence.span):
        yield from takewhile(lambda following: _WORSE_CASE.match(text, *following.span), rest(sentence, hits))
