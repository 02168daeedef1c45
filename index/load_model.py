"""Find a model on this machine and load it; nothing is downloaded."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from index.errors import ModelUnavailable

Model = TypeVar("Model")


def load_model(name: str, folder: str, load: Callable[[str], Model], what: str, setting: str, cure: str) -> Model:
    """What `load` makes of the model's folder.

    Args:
        name: what messages call the model.
        folder: a folder, or a name in the local hub cache.
        load: makes the model from a folder.
        what: the kind of model, for messages.
        setting: the variable that names it.
        cure: what to do without it, as a sentence.

    Raises:
        ModelUnavailable: its files are not on this machine, or are not what they should be.
    """
    tell_libraries()
    from safetensors import SafetensorError
    from transformers.utils import logging

    logging.disable_progress_bar()
    try:
        return load(_local_folder(folder))
    except (OSError, ValueError, ImportError, RuntimeError, SafetensorError) as error:
        raise ModelUnavailable(
            f"The {what} {name!r} cannot be loaded: {_first_line(error)}. {setting} takes a folder with a "
            "sentence-transformers model, or a model that is already in the local hub cache; nothing is downloaded. "
            f"{cure}"
        ) from error


def tell_libraries() -> None:
    """Set what the libraries of models read from the environment when they are imported; an operator's word stands."""
    # Loading must not ask a hub, not even whether a newer version exists.
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    # How often a thread of torch looks whether the others are done before it sleeps, 300,000 times unless told: where
    # others use the processors, that keeps those from their work that are waited for. Measured with two processors, a
    # question to embed: 21 ms instead of 20 where nothing else runs, 85 to 100 instead of 200 to 1600 where others do.
    os.environ.setdefault("GOMP_SPINCOUNT", "10000")


def _local_folder(name: str) -> str:
    """The folder of a model: itself, or the place of that name in the local hub cache.

    Found here and not by the loader, which may ask the hub if its libraries were imported before they were told not to.
    """
    if Path(name).is_dir():
        return name
    from huggingface_hub import snapshot_download

    try:
        return snapshot_download(name, local_files_only=True)
    except OSError:
        # The models of the library's own authors are known by their short names, too.
        if "/" in name:
            raise
        return snapshot_download(f"sentence-transformers/{name}", local_files_only=True)


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
