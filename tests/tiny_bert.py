"""What a tiny model is made of: a tokenizer that knows some characters, and a network of one layer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.load_model import tell_libraries

tell_libraries()

if TYPE_CHECKING:
    from transformers import BertConfig

_SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
WIDTH = 32
"""Of its vectors."""
LENGTH = 128
"""Tokens that it reads at most."""


def save_tokenizer(characters: str, folder: Path) -> None:
    """Write a tokenizer that makes a token of each character, and of each that it does not know the same one."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.WordPiece(_vocabulary(characters), unk_token="[UNK]"))  # noqa: S106
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        model_max_length=LENGTH,
        **{f"{name.strip('[]').lower()}_token": name for name in _SPECIAL},
    ).save_pretrained(folder)


def tiny_config(characters: str, **options: Any) -> BertConfig:
    """The shape of a network over that tokenizer."""
    from transformers import BertConfig

    return BertConfig(
        vocab_size=len(_vocabulary(characters)),
        hidden_size=WIDTH,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=LENGTH,
        initializer_range=0.5,
        **options,
    )


def _vocabulary(characters: str) -> dict[str, int]:
    return {piece: at for at, piece in enumerate([*_SPECIAL, *sorted(set(characters) - {" "})])}
