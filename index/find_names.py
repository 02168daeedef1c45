"""Names and their abbreviations as a text defines them: 全称（以下简称“简称”）."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.records import Document

SIGNATURE = "names-1"
_DEFINITION = re.compile(
    r"(?P<before>[^。！？；;\n（()）]{2,80})"
    r"[（(](?:(?:以下|下文|下称|下)[均都]?)?(?:统一?简称|简称|统称|合称|(?<=下)称)[为作：:]?\s*(?P<short>[^（()）。；;]{2,30})[）)]"
)
_QUOTES = "“”‘’\"'《》〈〉「」『』 "
# What encloses a whole name; otherwise it begins behind the last mark.
_ENCLOSED = re.compile(r"《([^《》]{2,60})》$|“([^“”]{2,60})”$")
_LAST_WORDS = re.compile(r"[^，,、：:“”‘’《》\s]{2,40}$")


@dataclass(frozen=True, slots=True)
class Name:
    """Two ways to call one thing."""

    full: str
    short: str

    @property
    def is_abbreviated(self) -> bool:
        """Whether the short one is picked out of the full one, in order: 工信部 of 工业和信息化部.

        Such a name means the same in every text; 本办法 or 重点企业 means what its own text says.
        """
        return self.short not in self.full and _is_picked_out(self.short, self.full)


def names_in(document: Document) -> Iterator[Name]:
    """The names that a document gives an abbreviation, as often as it does.

    The full name ends before the bracket. It begins where its quotation marks do; without any, behind the last mark, or
    later if the abbreviation is still picked out of what is left: 支持北京经济技术开发区（经开区） → 经济技术开发区.
    """
    for paragraph in document.paragraphs:
        for match in _DEFINITION.finditer(paragraph.text):
            before = match["before"].rstrip()
            enclosed, words = _ENCLOSED.search(before), _LAST_WORDS.search(before)
            full = (enclosed[1] or enclosed[2]) if enclosed else words[0] if words else ""
            short = match["short"].strip(_QUOTES)
            if not enclosed and short not in full:
                full = next((full[at:] for at in reversed(range(len(full))) if _is_picked_out(short, full[at:])), full)
            if len(full) > len(short) > 1:
                yield Name(full, short)


class OtherNames:
    """Of each document, the names its passages may be asked for by: its own and, if unambiguous, those of others."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._own = {document.id: set(names_in(document)) for document in documents}
        meanings: dict[str, set[Name]] = defaultdict(set)
        for names in self._own.values():
            for name in names:
                if name.is_abbreviated:
                    meanings[name.short].add(name)
        self._common = _by_beginning(name for (name, *others) in meanings.values() if not others)
        self._by_document = {document: _by_beginning(names) for document, names in self._own.items() if names}

    def missing(self, document_id: str, text: str) -> list[str]:
        """The other name of each thing that a text of a document calls by one name only, in a fixed order."""
        found: set[str] = set()
        for names in (self._common, self._by_document.get(document_id, {})):
            for pair in map("".join, pairwise(text)):
                for name in names.get(pair, ()):
                    if name.full in text:
                        found.add(name.short)
                    elif name.short in text:
                        found.add(name.full)
        return sorted(name for name in found if name not in text)


def _is_picked_out(short: str, full: str) -> bool:
    rest = iter(full)
    return all(character in rest for character in short)


def _by_beginning(names: Iterable[Name]) -> Mapping[str, Sequence[Name]]:
    """Each name under the two characters that either form begins with, so that a text is looked through once."""
    found: dict[str, list[Name]] = defaultdict(list)
    for name in names:
        for beginning in {name.full[:2], name.short[:2]}:
            found[beginning].append(name)
    return found
