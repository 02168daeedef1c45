"""Sources become an index on disk: read, clean, split, embed, store, swap in."""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import shutil
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout

from index.clean.fold import fold
from index.clean_sources import Progress, clean_sources, no_progress
from index.embed import Vectors
from index.errors import (
    IndexBusy,
    IndexDamaged,
    IndexMissing,
    IndexNotWritable,
    IndexOutdated,
    NoDocuments,
    UnreadableSource,
)
from index.find_duplicates import find_duplicates
from index.find_names import OtherNames
from index.load import COPIES, DOCUMENTS, LEXICAL, LEXICAL_WHOLE, PASSAGES, VECTORS
from index.manifest import FILE as MANIFEST
from index.manifest import FORMAT, Manifest, digest_of, rebuild, sync_folder
from index.read import READERS
from index.records import Document, Passage, Refusal
from index.stages import Stages
from index.store import read_passages, write_copies, write_documents, write_passages

_BUILDS = "builds"
"""Subfolder that holds each build under a name of its own; nothing outside it is ever removed."""
LOCK = ".lock"
_BUILD = re.compile(rf"{_BUILDS}/[0-9a-f]{{8}}")
"""A build as a manifest names it."""
_LEFTOVER = re.compile(rf"\.{re.escape(MANIFEST)}\.\d+")
_FILES = {DOCUMENTS, PASSAGES, COPIES, VECTORS, LEXICAL, LEXICAL_WHOLE}
_REASONS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did, by document and passage."""

    manifest: Manifest
    added: Sequence[str]
    changed: Sequence[str]
    removed: Sequence[str]
    unchanged: int
    embedded: int
    """Passages that had to be embedded; the others kept the vectors they had."""
    refused: Sequence[Refusal] = field(default=())


def build_index(
    sources: Sequence[Path],
    folder: Path,
    stages: Stages,
    progress: Progress = no_progress,
    removable: Collection[str] | None = None,
) -> BuildReport:
    """Index the documents of all sources, and no others, in a folder.

    Everything is written beside what is there; the rename of the manifest puts it in place. Whenever the process is
    killed, the folder holds the old index or the new one. Passages whose text was embedded before by the same model
    keep their vectors.

    `removable` are the ids of the documents that may leave the index while something is refused that was not before.
    None: all may, since whoever runs the build is told what is refused.

    Raises:
        NoDocuments: nothing could be read; an index that was there stays.
        UnreadableSource: others than the removable documents would be lost; the index stays.
        IndexBusy: another process is building there.
        IndexNotWritable: the folder cannot be written.
    """
    documents, refused = clean_sources(sources, stages.cleaner, progress)
    if not documents:
        raise NoDocuments(_nothing_read(sources, refused))
    try:
        _require_index_folder(folder)
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / LOCK, timeout=0):
            old = _whole_manifest(folder)
            if old and removable is not None:
                _require_kept(old, documents, refused, removable, folder)
            return _build(sources, documents, refused, folder, old, stages, progress)
    except Timeout as error:
        raise IndexBusy(
            f"Another process is building in {folder}. Wait until it ends, or name another folder."
        ) from error
    except OSError as error:
        raise IndexNotWritable(
            f"The index cannot be written to {folder}: {error.strerror or error}. The index that was there, if any, is "
            "as before. Make room or permission, or name another folder with --index."
        ) from error


def _nothing_read(sources: Sequence[Path], refused: Sequence[Refusal]) -> str:
    names = ", ".join(map(str, sources))
    if not refused:
        types = ", ".join(READERS)
        return f"There is no document in {names}. Put files there ({types}), or name another source."
    return f"No document in {names} could be read ({_reasons(refused)})."


def _reasons(refused: Sequence[Refusal]) -> str:
    reasons = "; ".join(f"{refusal.origin}: {refusal.reason}" for refusal in refused[:_REASONS_SHOWN])
    return reasons + (f"; and {len(refused) - _REASONS_SHOWN} more" if len(refused) > _REASONS_SHOWN else "")


def _require_kept(
    old: Manifest,
    documents: Iterable[Document],
    refused: Sequence[Refusal],
    removable: Collection[str],
    folder: Path,
) -> None:
    lost = old.documents.keys() - {document.id for document in documents} - set(removable)
    new = [refusal for refusal in refused if refusal.origin not in old.refused]
    if lost and new:
        raise UnreadableSource(
            f"{len(lost)} document(s), {min(lost)!r} among them, would leave the index, and what could be read before "
            f"is refused ({_reasons(new)}). Mend it, or go on without it. {rebuild(folder, old.sources)}"
        )


def _build(
    sources: Sequence[Path],
    documents: Sequence[Document],
    refused: Sequence[Refusal],
    folder: Path,
    old: Manifest | None,
    stages: Stages,
    progress: Progress,
) -> BuildReport:
    _sweep(folder)

    passages = [passage for document in documents for passage in stages.splitter.split(document)]
    digests = {document.id: document.digest for document in documents}
    signature = stages.signature
    version = hashlib.sha256(json.dumps([FORMAT, signature, digests]).encode()).hexdigest()[:12]
    before = old.documents if old else {}
    named = [str(source) for source in sources]
    reasons = {refusal.origin: refusal.reason for refusal in refused}
    embedded = 0
    if old is None or old.version != version:
        known = _known_vectors(old, folder, stages) if old else {}
        vectors, embedded = _embed(passages, known, stages, progress)
        progress("store", 0, 1)
        data = folder / _BUILDS / secrets.token_hex(4)
        try:
            manifest = Manifest(
                format=FORMAT,
                version=version,
                data=data.relative_to(folder).as_posix(),
                stages=signature,
                sources=named,
                counts={"documents": len(documents), "passages": len(passages)},
                documents=digests,
                refused=reasons,
                files=_write(documents, passages, vectors, data, stages),
            )
            manifest.write(folder)
        finally:
            # Also when interrupted, before or after the new manifest took effect: the one on disk says what is needed.
            _sweep(folder)
        progress("store", 1, 1)
    else:
        manifest = replace(old, sources=named, refused=reasons)
        if manifest != old:
            manifest.write(folder)
    return BuildReport(
        manifest=manifest,
        added=[name for name in digests if name not in before],
        changed=[name for name, digest in digests.items() if before.get(name, digest) != digest],
        removed=[name for name in before if name not in digests],
        unchanged=sum(before.get(name) == digest for name, digest in digests.items()),
        embedded=embedded,
        refused=refused,
    )


def _whole_manifest(folder: Path) -> Manifest | None:
    """The manifest of the index that is there, every file compared with its digest; None if it cannot be relied on."""
    try:
        manifest = Manifest.read(folder)
        manifest.check(folder)
    except (IndexMissing, IndexDamaged, IndexOutdated):
        return None
    return manifest


def _known_vectors(old: Manifest, folder: Path, stages: Stages) -> dict[str, Vectors]:
    """Vectors of the index that is there, by the text they were made of; none if another model made them."""
    if old.stages.get("model") != stages.embedder.signature or old.stages.get("stores") != stages.stores:
        return {}
    data = folder / old.data
    vectors = stages.load_vectors(data / VECTORS).vectors()
    return {
        passage.indexed_text: vector for passage, vector in zip(read_passages(data / PASSAGES), vectors, strict=True)
    }


def _embed(
    passages: Iterable[Passage], known: dict[str, Vectors], stages: Stages, progress: Progress
) -> tuple[Vectors, int]:
    """The vectors of all passages, in order, and how many texts had to be embedded."""
    texts = [passage.indexed_text for passage in passages]
    new = [text for text in dict.fromkeys(texts) if text not in known]
    if new:
        made = stages.embedder.embed(new, "passage", lambda done, total: progress("embed", done, total))
        known = known | dict(zip(new, made, strict=True))
    return np.stack([known[text] for text in texts]), len(new)


def _write(
    documents: Sequence[Document], passages: Sequence[Passage], vectors: Vectors, data: Path, stages: Stages
) -> dict[str, str]:
    """Write every file of a build, put it on disk for good, and give the digests."""
    for name in (LEXICAL, LEXICAL_WHOLE):
        (data / name).mkdir(parents=True)
    write_documents(documents, data / DOCUMENTS)
    write_passages(passages, data / PASSAGES)
    write_copies(find_duplicates(documents, passages), data / COPIES)
    try:
        stages.build_vectors(vectors, data / VECTORS)
    except RuntimeError as error:  # how faiss reports a full disk
        raise OSError(str(error)) from error
    stages.build_lexical(_keywords(documents, passages, stages), data / LEXICAL)
    stages.build_whole([_words(document) for document in documents], data / LEXICAL_WHOLE)
    files = sorted(path for path in data.rglob("*") if path.is_file() and path.suffix != ".lock")
    for path in files:
        with path.open("rb") as stream:
            os.fsync(stream.fileno())
    for path in (data / LEXICAL, data / LEXICAL_WHOLE, data):
        sync_folder(path)
    return {path.relative_to(data).as_posix(): digest_of(path) for path in files}


def _keywords(documents: Sequence[Document], passages: Sequence[Passage], stages: Stages) -> list[str]:
    """What the lexical leg sees of each passage, and what its document calls the same things elsewhere."""
    by_id = {document.id: document for document in documents}
    names = OtherNames(documents)
    texts = (stages.splitter.keywords(by_id[passage.document_id], passage) for passage in passages)
    return [
        "\n".join([text, *names.missing(passage.document_id, text)])
        for passage, text in zip(passages, texts, strict=True)
    ]


def _words(document: Document) -> str:
    """What the lexical leg sees of a document as a whole."""
    paragraphs = (paragraph.text for paragraph in document.paragraphs)
    return "\n".join((fold(document.metadata.title or ""), *paragraphs))


def _require_index_folder(folder: Path) -> None:
    """Refuse a folder of other things, such as the sources themselves or another program with a manifest.

    A manifest of any format that names a build makes it an index, whatever else was put there. Without one, as a build
    that was killed or damage leave it, nothing may be there that no build makes.

    Raises:
        IndexNotWritable: it holds files, and neither an index nor the beginning of one.
    """
    if not folder.is_dir() or _BUILD.fullmatch(Manifest.data_of(folder) or ""):
        return
    builds = _builds(folder)
    # A manifest that names no build can be damaged only where there is a build.
    own = {LOCK, _BUILDS} | ({MANIFEST} if builds else set())
    held = [path for path in folder.iterdir() if path.name not in own and not _LEFTOVER.fullmatch(path.name)]
    held += [path for path in (folder / _BUILDS).glob("*") if path not in builds]
    held += [path for build in builds for path in build.iterdir() if path.name not in _FILES]
    if held:
        raise IndexNotWritable(
            f"{folder.absolute()} holds other files ({min(held).relative_to(folder)}, …) and no index. "
            "Name an empty or new folder with --index."
        )


def _sweep(folder: Path) -> None:
    """Remove what builds left behind that were replaced or killed.

    A manifest that cannot be read may name any build, so then nothing is removed until there is one that can.
    """
    needed = None
    if (folder / MANIFEST).exists():
        needed = Manifest.data_of(folder)
        if needed is None:
            return
    for build in _builds(folder):
        if build.relative_to(folder).as_posix() != needed:
            shutil.rmtree(build, ignore_errors=True)
    for leftover in folder.iterdir():
        if _LEFTOVER.fullmatch(leftover.name):
            leftover.unlink(missing_ok=True)


def _builds(folder: Path) -> list[Path]:
    """The subfolders that are named as builds are."""
    found = (folder / _BUILDS).glob("*")
    return [path for path in found if path.is_dir() and _BUILD.fullmatch(path.relative_to(folder).as_posix())]
