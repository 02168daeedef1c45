"""How likely the texts answer a question, judged by a few features that can be read."""

from __future__ import annotations

import math
from collections.abc import Sequence
from operator import mul

from index import convert_e5
from index.load import SearchIndex
from qa.expect import asked_noun, expected, person
from qa.name_another import names_another
from qa.name_metadata import unstated
from qa.retrieve import Retrieved
from qa.split_question import parts
from qa.weigh_sentences import Candidate, Sought

FEATURES = ("one", "characters", "noun missing", "kind missing", "kind absent", "elsewhere", "passages", "likeness")
WEIGHTS = (-36.490, 3.765, -0.649, -4.872, -2.062, -2.529, -0.250, 42.124)
WEIGHTS_ALONE = (-2.583, 7.606, -0.559, -5.050, -2.563, -2.063, -0.106)

BEST = 3
"""How many of the best hits the texts are judged by."""
_UNSTATED = 5.0
"""Nats lost where a text's own date, issuer or number is asked for and the best sentence does not say it."""
_ANOTHER = 5.0
"""Nats lost where the text of the best sentence speaks of something else than the question names."""
_LOOKED_FOR = 50
"""How many terms are looked for in other texts at most: a question may be a page long."""
_RECOGNISED = frozenset({"contact", "date", "number", "person"})
"""Kinds that a sentence without any hardly ever answers. On ncp, drcd and cmrc 94 to 98 % of the sentences that answer
have the number or date that is asked for, but 75 to 85 % what is taken for a reason, a place or a name. Who somebody
is, asked there once, is told by the name beside an office."""
_PRIOR = 2
"""A question of one word is found whole in many texts that do not answer: so many characters count as not found.

But not of a name, where a text says whose it is."""


def judge(sought: Sought, retrieved: Retrieved, candidates: Sequence[Candidate], index: SearchIndex) -> float:
    """How likely the texts hold the answer, in [0, 1]; 0 without a hit.

    Cosines are a model's own, so under another model than the default the likeness is left out.
    """
    hits = retrieved.hits
    if not hits:
        return 0.0
    features = evidence(sought, retrieved, candidates, index)
    known = index.embedder.signature.startswith(f"{convert_e5.NAME}@")
    told = math.fsum(map(mul, features, WEIGHTS if known else WEIGHTS_ALONE))
    best = max(candidates, key=lambda candidate: candidate.weight)
    passage = hits[best.hit].passage
    # Of a question for several things, one sentence states one.
    if len(parts(sought.text)) == 1 and unstated(sought.text, passage.text[slice(*best.span)]):
        told -= _UNSTATED
    if names_another(sought.text, index.documents[passage.document_id]):
        told -= _ANOTHER
    return 1 / (1 + math.exp(-told))


def evidence(
    sought: Sought, retrieved: Retrieved, candidates: Sequence[Candidate], index: SearchIndex
) -> tuple[float, ...]:
    """The features of a question and its best hits, as `FEATURES` names them.

    *one*: always 1, for the weight that stands alone. *characters*: the greatest share of the question's
    characters in one passage, its title and headings included, less for short questions unless they ask who
    somebody is and a sentence tells. *noun missing*: 1 if the noun that is asked for stands in none of the
    passages. *kind missing*: how much more of the question the best sentence says than the best that has what
    is asked for, such as a number of 家; in [0, 1]. *kind absent*: 1 if no sentence has that. *elsewhere*:
    the share of the question that the text of the best sentence does not say and another that was searched does,
    in [0, 1]. *passages*: natural logarithm of how many the index has, since among many one is alike by chance.
    *likeness*: cosine of the question to the most similar passage.

    The weights are those of a logistic regression: `python -m eval.fit_confidence` fits them.
    """
    hits = retrieved.hits[:BEST]
    texts = [hit.passage.indexed_text for hit in hits]
    length = len(sought.characters)
    somebody = person(sought.text) is not None
    noun = None if somebody else asked_noun(sought.text)
    prior = 0 if somebody and any(one.fits for one in candidates) else _PRIOR
    return (
        1.0,
        max(map(sought.characters_in, texts)) * length / (length + prior),
        float(noun is not None and not any(noun in text for text in texts)),
        *_kind_missing(sought, candidates),
        _elsewhere(sought, retrieved, max(candidates, key=lambda one: one.weight), index),
        math.log(len(index.passages)),
        retrieved.likeness,
    )


def _kind_missing(sought: Sought, candidates: Sequence[Candidate]) -> tuple[float, float]:
    wanted = expected(sought.text)
    if wanted is None or wanted.kind not in _RECOGNISED:
        return 0.0, 0.0
    said = max((one.said for one in candidates), default=0.0)
    fitting = [one.said for one in candidates if one.fits]
    return said - max(fitting, default=0.0), float(not fitting)


def _elsewhere(sought: Sought, retrieved: Retrieved, best: Candidate, index: SearchIndex) -> float:
    rows = index.document_rows[retrieved.hits[best.hit].passage.document_id]
    text = "\n".join(index.passages[row].indexed_text for row in rows).lower()
    # Figures are written in several ways, which no search in the text itself would know.
    missing = [term for term in sought.weights if term not in text and not term[0].isdecimal()]
    rarest = sorted(missing, key=sought.weights.__getitem__, reverse=True)[:_LOOKED_FOR]
    return sought.share({term for term in rarest if len(index.whole.search(term, 1, retrieved.document_rows)[0])})
