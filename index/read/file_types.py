"""Which reader reads which file type."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from index.read.html import read_html
from index.read.markdown import read_markdown
from index.read.pdf import read_pdf
from index.read.records import read_records
from index.read.text import read_text
from index.read.word import read_word
from index.records import RawDocument, Refusal

Reader = Callable[[Path, bytes], Iterator[RawDocument | Refusal]]
"""From a file's name and content to its documents; raises `UnreadableSource` with the reason, or yields refusals."""

# Another file type joins here.
READERS: Mapping[str, Reader] = {
    ".txt": read_text,
    ".md": read_markdown,
    ".html": read_html,
    ".htm": read_html,
    ".pdf": read_pdf,
    ".docx": read_word,
    ".jsonl": read_records,
}
