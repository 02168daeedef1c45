"""The same questions as other people would type them, and the same corpus as a worse mirror would copy it."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from pypinyin import lazy_pinyin

from eval.insert_noise import LEVEL_ONE, insert_noise
from eval.records import LabelledQuestion
from index.clean.align import Span
from index.clean.fold import fold, to_traditional
from index.read import read_sources
from index.records import RawDocument

Change = Callable[[LabelledQuestion], LabelledQuestion]
TYPO_EVERY = 8
"""One Chinese character in so many is mistyped, one at least."""
_NOISE_RATE = 0.6
"""Share of the marks; of those in the mirrored text of the corpus, as many have noise before them."""
_NOISE_SEED = 0


def in_traditional(question: LabelledQuestion) -> LabelledQuestion:
    """The question, and what was said before it, in Traditional script."""
    return _with_texts(question, to_traditional)


def in_simplified(question: LabelledQuestion) -> LabelledQuestion:
    """The question, and what was said before it, in Simplified script."""
    return _with_texts(question, fold)


def without_punctuation(question: LabelledQuestion) -> LabelledQuestion:
    """The question as one types it in a hurry: letters, digits, and a blank where one was or is needed."""
    text = "".join(character if character.isalnum() or character.isspace() else "" for character in question.text)
    return replace(question, text=text or question.text)


def with_typos(question: LabelledQuestion) -> LabelledQuestion:
    """The question with characters that sound alike in place of others, as a pinyin keyboard gives them.

    One Chinese character in eight, always the same ones for the same question; the others have the same syllable, the
    tone aside, and are everyday characters (level 1 of GB 2312).
    """
    choose = random.Random(question.id)  # noqa: S311 # no secret
    letters = list(question.text)
    places = [at for at, letter in enumerate(letters) if _homophones(letter)]
    for at in choose.sample(places, min(len(places), max(1, len(places) // TYPO_EVERY))):
        letters[at] = choose.choice(_homophones(letters[at]))
    return replace(question, text="".join(letters))


SLICES: Mapping[str, Change] = {
    "in Traditional": in_traditional,
    "in Simplified": in_simplified,
    "with typos": with_typos,
    "without punctuation": without_punctuation,
}


def _with_texts(question: LabelledQuestion, change: Callable[[str], str]) -> LabelledQuestion:
    history = tuple(replace(turn, content=change(turn.content)) for turn in question.history)
    return replace(question, text=change(question.text), history=history)


@cache
def _everyday() -> Mapping[str, Sequence[str]]:
    """Syllable -> the everyday characters read so, most usual reading only."""
    found: dict[str, list[str]] = defaultdict(list)
    for character in LEVEL_ONE:
        found[lazy_pinyin(character)[0]].append(character)
    return found


@cache
def _homophones(character: str) -> Sequence[str]:
    if not "\u4e00" <= character <= "\u9fff":
        return ()
    return [other for other in _everyday().get(lazy_pinyin(character)[0], ()) if other != fold(character)]


def as_a_mirror_copies(text: str) -> str:
    """The text with readings behind characters and random characters before marks, as the worst mirrors put them."""
    return insert_noise(text, _NOISE_RATE, _NOISE_SEED, readings=True).text


def write_noisy(corpus: Path, folder: Path, insert: Callable[[str], str]) -> tuple[Path, Mapping[str, Sequence[int]]]:
    """A copy of the corpus with noise put in, and for each document where its characters stand in the copy.

    Args:
        corpus: the texts as they are.
        folder: where to write; it must exist.
        insert: gives a text with characters put in; none may be taken out or changed.
    """
    lines = []
    offsets = {}
    for raw in read_sources([corpus]):
        if isinstance(raw, RawDocument):
            noisy = insert(raw.text)
            offsets[raw.id] = _offsets(raw.text, noisy)
            metadata = raw.metadata
            record = {
                "_id": raw.id,
                "text": noisy,
                "title": metadata.title,
            }
            lines.append(json.dumps(record, ensure_ascii=False))
    file = folder / "noisy.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8")
    return file, offsets


def _offsets(text: str, noisy: str) -> list[int]:
    """Where each character of `text` stands in `noisy`, in which it is written with others between."""
    found = []
    at = -1
    for character in text:
        at = noisy.find(character, at + 1)
        if at < 0:
            raise ValueError("noise may only be put in: the text is not to be found in the noisy one")
        found.append(at)
    return found


def shifted(span: Span, offsets: Sequence[int]) -> Span:
    """A span of the text as a span of the noisy one."""
    return offsets[span[0]], offsets[span[1] - 1] + 1
