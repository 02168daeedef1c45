"""Files into raw documents: `sources` finds them, `file_types` chooses the reader, `decode` makes text of bytes."""

from index.read.file_types import READERS
from index.read.sources import read_file, read_sources
from index.records import Refusal

__all__ = ["READERS", "Refusal", "read_file", "read_sources"]
