"""Where in an HTML page the text stands that the page is about, and not its site."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from copy import deepcopy

from lxml import etree

# The extractor takes minutes for pages of 100,000 elements; such a page is a text with little around it.
_LARGEST = 20_000
_LONGEST = 500_000
# A stretch of text that long is a title or more, and no label.
_STRETCH = 6
_BLANKS = re.compile(r"\s+")
_SENTENCE = re.compile(r"[\u4e00-\u9fff].*[。；！？]")
# More sentences than this outside the main text, and the extractor has missed the main text.
_OUTSIDE_SHARE = 0.3
_BLOCKS_OF_LINKS = frozenset(("div", "ul", "ol", "dl", "section", "aside", "nav", "table", "td", "p", "footer"))
_LINKS_SHARE = 0.4  # a path to the page has its signs and 您的位置 between the links
_LINKS = 2

_logger = logging.getLogger(__name__)


def find_main_text(page: etree._Element) -> tuple[etree._Element, set[etree._Element]] | None:
    """The element that holds the main text, and the elements in it that belong to the site; None if it cannot be told.

    trafilatura says which words are the main text. What it gives back breaks sentences at their markup, leaves out
    repeated paragraphs and puts the cells of layout tables into one line, so its words only point to the element: the
    smallest that holds all of them. Inside it, a block is left out if the extractor took nothing from it and it is
    mostly links.
    """
    stretches = list(_stretches(page))
    words = _extracted(page) if len(stretches) <= _LARGEST else ""
    if not words or len(words) > _LONGEST:
        return None
    found = [element for element, text, linked in stretches if not linked and len(text) >= _STRETCH and text in words]
    if not found:
        return None
    main = _smallest_around(found)
    inside = set(main.iter())
    outside = sum(len(text) for element, text, _ in stretches if element not in inside and _SENTENCE.search(text))
    if outside > _OUTSIDE_SHARE * sum(len(text) for element, text, _ in stretches if _SENTENCE.search(text)):
        return None
    return main, set(_blocks_of_links(main, words))


def _extracted(page: etree._Element) -> str:
    """What trafilatura takes for the main text, without blanks; empty if it finds none."""
    import trafilatura

    try:
        document = trafilatura.bare_extraction(
            deepcopy(page), include_comments=False, include_tables=True, with_metadata=False
        )
    except Exception:  # only a judgement is lost: the page is then read whole
        _logger.warning("The main text of a page could not be told", exc_info=True)
        return ""
    body = getattr(document, "body", None)
    return _BLANKS.sub("", "".join(body.itertext())) if body is not None else ""


def _stretches(page: etree._Element) -> Iterator[tuple[etree._Element, str, bool]]:
    """Every piece of text with the element it stands in, and whether that is a link; blanks taken out."""
    linked = 0
    for event, element in etree.iterwalk(page, events=("start", "end")):
        if event == "start":
            linked += element.tag == "a"
            if element.text and element.tag not in ("script", "style"):
                yield element, _BLANKS.sub("", element.text), linked > 0
        else:
            linked -= element.tag == "a"
            parent = element.getparent()
            if element.tail and parent is not None and element is not page:
                yield parent, _BLANKS.sub("", element.tail), linked > 0


def _smallest_around(elements: list[etree._Element]) -> etree._Element:
    """The smallest element that all of these stand in; not a part of a table, whose rows belong together."""
    first, *others = elements
    around = [first, *first.iterancestors()]
    for element in others:
        above = {element, *element.iterancestors()}
        while around[0] not in above:
            around.pop(0)
    while len(around) > 1 and around[0].tag in ("p", "span", "font", "b", "strong", "tr", "tbody", "li"):
        around.pop(0)
    return around[0]


def _blocks_of_links(main: etree._Element, words: str) -> Iterator[etree._Element]:
    """The outermost blocks that are mostly links and of which the extractor took nothing."""
    walker = etree.iterwalk(main, events=("start",), tag=_BLOCKS_OF_LINKS)
    for _, block in walker:
        texts = list(_stretches(block))
        length = sum(len(text) for _, text, _ in texts)
        links = [text for _, text, linked in texts if linked and text]
        if len(links) < _LINKS or sum(map(len, links)) <= _LINKS_SHARE * length:
            continue
        if not any(len(text) > 1 and text in words for _, text, _ in texts):
            yield block
            walker.skip_subtree()
