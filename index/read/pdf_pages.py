"""A program of its own: a PDF on standard input, its pages on standard output, one JSON object a line.

`index.read.pdf` runs it, so that no PDF can take the time, the memory or the process of those who read it. It imports
nothing of this project. First line: `{"pages": 12}` or `{"error": reason}`; then for each page `{"height", "lines":
[[text, left, bottom, right, top]], "picture"}`, lengths in points, the origin at the bottom left; `picture`: it has no
text, and something is drawn on it. With the arguments `--ocr 1,3` these pages alone are read, and what is drawn is
recognised.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import sys
from collections.abc import Callable
from typing import Any

MEMORY = 2 << 30
"""Bytes of address space; a PDF of 1,000 pages takes a few hundred MiB."""
MEMORY_OCR = 12 << 30
"""Bytes of address space with the recogniser, most of it reserved and never used."""
MOST_PAGES = 5_000
MOST_PAGES_OCR = 500
MOST_CHARACTERS = 20_000_000
_DPI = 200
_POINTS = 72
_LARGEST_PICTURE = 4_000  # pixels a side
_NO_CHARACTER = frozenset((0, 0xFFFE, 0xFFFF))
_HYPHEN = 2  # how PDFium marks a hyphen at a line's end
_DRAWN = 50  # more objects than rules and a seal

Line = tuple[str, float, float, float, float]


def main() -> None:
    """Read, and write what was read."""
    recognise = sys.argv[1:2] == ["--ocr"]
    _limit_memory(MEMORY_OCR if recognise else MEMORY)
    import pypdfium2

    data = sys.stdin.buffer.read()
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        _write(
            {"error": "it is encrypted; remove its password" if "assword" in str(error) else "it is not a whole PDF"}
        )
        return
    if len(document) > MOST_PAGES:
        _write({"error": f"it has {len(document)} pages, more than the {MOST_PAGES} that are read; split it"})
        return
    wanted = [int(number) - 1 for number in sys.argv[2].split(",")] if recognise else range(len(document))
    if recognise and len(wanted) > MOST_PAGES_OCR:
        _write({"error": f"it has {len(wanted)} scanned pages, more than the {MOST_PAGES_OCR} that are read; split it"})
        return
    recogniser = _recogniser() if recognise else None
    _write({"pages": len(wanted)})
    left = MOST_CHARACTERS
    for number in wanted:
        page = document[number]
        lines = _lines(page.get_textpage())
        picture = not lines and _is_drawn_on(page)
        if picture and recogniser:
            lines = recogniser(page)
        left -= sum(len(line[0]) for line in lines)
        if left < 0:
            _write({"error": f"it has more than {MOST_CHARACTERS:,} characters; split it"})
            return
        _write({"height": page.get_height(), "lines": lines, "picture": picture})
        page.close()


def _limit_memory(limit: int) -> None:
    with contextlib.suppress(ImportError, OSError, ValueError):  # not on every system
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _write(value: object) -> None:
    sys.stdout.write(json.dumps(value) + "\n")


def _lines(textpage: Any) -> list[Line]:
    """The lines of a page in the order in which they are drawn, with their boxes."""
    import pypdfium2.raw as pdfium

    lines: list[Line] = []
    words: list[str] = []
    box = pdfium.FS_RECTF()
    edges: list[tuple[float, float, float, float]] = []

    def end_line() -> None:
        # Halves of characters come one by one, and may come alone.
        text = "".join(words).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").strip()
        if text and edges:
            lefts, bottoms, rights, tops = zip(*edges, strict=True)
            lines.append((text, min(lefts), min(bottoms), max(rights), max(tops)))
        words.clear()
        edges.clear()

    for at in range(textpage.count_chars()):
        code = pdfium.FPDFText_GetUnicode(textpage, at)
        if code in (10, 13):
            end_line()
        elif code == _HYPHEN:
            words.append("-")
        elif code not in _NO_CHARACTER:
            words.append(chr(code))
            if not chr(code).isspace() and pdfium.FPDFText_GetLooseCharBox(textpage, at, ctypes.byref(box)):
                edges.append((box.left, box.bottom, box.right, box.top))
    end_line()
    return lines


def _is_drawn_on(page: Any) -> bool:
    """Whether there is a picture of some size on a page, or many strokes (letters turned into outlines)."""
    import pypdfium2.raw as pdfium

    area = page.get_width() * page.get_height()
    for count, thing in enumerate(page.get_objects(max_depth=3)):
        if count > _DRAWN:
            return True
        if thing.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            left, bottom, right, top = thing.get_bounds()
            if (right - left) * (top - bottom) > area / 4:
                return True
    return False


def _recogniser() -> Callable[[Any], list[Line]]:
    """From a page without text to the lines that are seen on it, in reading order."""
    import logging

    logging.disable(logging.WARNING)
    from rapidocr import RapidOCR

    engine = RapidOCR()

    def lines(page: Any) -> list[Line]:
        scale = min(_DPI / _POINTS, _LARGEST_PICTURE / max(page.get_width(), page.get_height()))
        seen = engine(page.render(scale=scale).to_numpy())
        if seen.boxes is None or seen.txts is None:
            return []
        height = page.get_height()
        found: list[Line] = []
        for corners, text in zip(seen.boxes, seen.txts, strict=True):
            across, down = [float(x) / scale for x, _ in corners], [float(y) / scale for _, y in corners]
            found.append((text, min(across), height - max(down), max(across), height - min(down)))
        return found

    return lines


if __name__ == "__main__":
    main()
