"""A PDF into a raw document: its text layer as paragraphs, and where its pages begin."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from index.errors import UnreadableSource
from index.read.pdf_lines import Line, Page, paragraphs_of
from index.records import RawDocument, Refusal

_PROGRAM = Path(__file__).with_name("pdf_pages.py")
TIMEOUT = 120
"""Seconds for the text of a PDF; 1,000 pages take about ten."""
TIMEOUT_OCR = 3600
"""Seconds for a scanned PDF; a page takes about two."""
_EXTRA = "install the OCR extra: pip install 'policyqa[ocr]'"
_SHOWN = 5

_logger = logging.getLogger(__name__)


def read_pdf(file: Path, data: bytes) -> Iterator[RawDocument | Refusal]:
    """The text layer of a PDF, one line a paragraph, without page numbers and running titles.

    Citations count the characters of this text; `pages` says where each page begins in it. Pages that are pictures are
    recognised if the extra `ocr` is installed.

    Raises:
        UnreadableSource: it is encrypted, cut off, scanned, or takes more time or memory than a document does.
    """
    # A whole PDF ends with this mark; one that is cut off would be read up to there, and nobody would know.
    if data.rfind(b"%%EOF") < data.rfind(b"endobj"):
        raise UnreadableSource("it is cut off: its end is missing; fetch it again")
    pages = _pages(data)
    pictures = [number for number, page in enumerate(pages, 1) if page["picture"]]
    if pictures and find_spec("rapidocr"):
        recognised = _pages(data, "--ocr", ",".join(map(str, pictures)))
        for number, page in zip(pictures, recognised, strict=True):
            pages[number - 1] = page
    elif pictures and not any(page["lines"] for page in pages):
        raise UnreadableSource(f"it is scanned, without a text layer; {_EXTRA}")
    elif pictures:
        shown = ", ".join(map(str, pictures[:_SHOWN])) + (", …" if len(pictures) > _SHOWN else "")
        _logger.warning("%s: pictures without text are passed over, on page %s; %s", file, shown, _EXTRA)
    text, starts = paragraphs_of([Page(page["height"], [Line(*line) for line in page["lines"]]) for page in pages])
    yield RawDocument(file.stem, text, str(file), pages=starts)


def _pages(data: bytes, *arguments: str) -> list[dict[str, Any]]:
    """What the program says of each page that the arguments name; of all of them without.

    Raises:
        UnreadableSource: it gave a reason, ran out of time or memory, or fell.
    """
    timeout = TIMEOUT_OCR if arguments else TIMEOUT
    command = [sys.executable, "-I", str(_PROGRAM), *arguments]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=timeout, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise UnreadableSource(f"reading it took more than {timeout} s; print it to a new PDF, or split it") from error
    said = [json.loads(line) for line in done.stdout.splitlines() if line.endswith(b"}")]
    for line in said:
        if "error" in line:
            raise UnreadableSource(line["error"])
    if done.returncode or not said or len(said) != 1 + said[0]["pages"]:
        _logger.info("reading a PDF failed: %s", done.stderr.decode(errors="replace"))
        raise UnreadableSource("reading it took too much memory or failed; print it to a new PDF, or split it")
    return said[1:]
