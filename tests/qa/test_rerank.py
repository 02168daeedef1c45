from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from index.errors import ModelUnavailable
from index.settings import read_settings
from qa.ask import Assistant
from qa.http.reply import reply_body
from qa.question import Question
from qa.rerank import RERANKED, CrossEncoderReranker, choose_reranker
from qa.retrieve import retrieve
from tests.stubs import HashingEmbedder, assistant_over
from tests.tiny_bert import save_tokenizer, tiny_config

TEXTS = ["支持园区建设", "设立产业基金", "养老服务", "园区"]


def tiny_cross_encoder(folder: Path, outputs: int = 1) -> Path:
    """A CrossEncoder of one layer with random weights, which knows the characters of `TEXTS`."""
    import torch
    from sentence_transformers import CrossEncoder
    from transformers import BertForSequenceClassification

    characters = "".join(TEXTS)
    parts = folder.with_name(f"{folder.name}-parts")
    save_tokenizer(characters, parts)
    torch.manual_seed(0)
    labels = {at: str(at) for at in range(outputs)}
    BertForSequenceClassification(tiny_config(characters, id2label=labels)).save_pretrained(parts)
    CrossEncoder(str(parts), device="cpu", local_files_only=True).save_pretrained(str(folder))
    shutil.rmtree(parts)
    return folder


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_cross_encoder(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    records: list[dict[str, object]] = [{"_id": f"{n}", "text": f"支持园区建设，第{n}号。"} for n in range(70)]
    return assistant_over(records, tmp_path_factory.mktemp("index"))


def test_scores_are_one_a_text_in_bounds_and_the_same_alone_as_in_company(named: Path) -> None:
    reranker = CrossEncoderReranker(str(named))
    scores = reranker.scores("园区建设", TEXTS)

    assert scores.dtype == np.float32
    assert scores.shape == (len(TEXTS),)
    assert np.all((scores > 0) & (scores < 1))
    assert len(set(scores.round(4).tolist())) > 1
    assert [reranker.scores("园区建设", [text])[0] for text in TEXTS] == pytest.approx(scores.tolist(), abs=1e-5)


def test_a_cross_encoder_set_by_name_reads_the_first_hits_again(named: Path, assistant: Assistant) -> None:
    settings = read_settings({"POLICYQA_INDEX": str(assistant.settings.index), "POLICYQA_RERANKER": str(named)})
    question = Question("支持园区建设", top_k=60)
    reranker = choose_reranker(settings)
    assert reranker
    plain = assistant.ask(question).hits
    reply = replace(assistant, reranker=reranker).ask(question)

    assert {hit.passage for hit in reply.hits[:RERANKED]} == {hit.passage for hit in plain[:RERANKED]}
    assert [hit.passage for hit in reply.hits[RERANKED:]] == [hit.passage for hit in plain[RERANKED:]]
    scores = reranker.scores("支持园区建设", [hit.passage.indexed_text for hit in reply.hits[:RERANKED]])
    assert [hit.reranker.score for hit in reply.hits[:RERANKED] if hit.reranker] == pytest.approx(scores, abs=1e-5)
    assert scores.tolist() == sorted(scores.tolist(), reverse=True)
    assert all(hit.reranker is None for hit in reply.hits[RERANKED:])
    body = reply_body(reply, assistant.index.manifest)
    assert [passage.score for passage in body.passages] == sorted((p.score for p in body.passages), reverse=True)
    assert body.passages[0].scores.reranker == pytest.approx(scores[0], abs=1e-4)
    assert body.passages[-1].scores.reranker is None


class LongestFirst:
    """Ranks by length, so that a test can tell the order."""

    def scores(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        assert question
        return np.array([len(text) / 100 for text in texts], dtype=np.float32)


@pytest.mark.parametrize("top_k", [1, 3, 50, 60])
def test_fewer_hits_are_the_first_of_many_and_scores_descend_in_bounds(assistant: Assistant, top_k: int) -> None:
    every = retrieve(Question("支持园区建设", top_k=100), assistant.index, 0.2, LongestFirst()).hits
    found = retrieve(Question("支持园区建设", top_k=top_k), assistant.index, 0.2, LongestFirst()).hits

    assert found == every[:top_k]
    assert [hit.score for hit in every] == sorted((hit.score for hit in every), reverse=True)
    assert all(0 <= hit.score <= 1 for hit in every)


def test_without_a_name_there_is_none(assistant: Assistant) -> None:
    assert choose_reranker(read_settings({})) is None
    assert assistant.reranker is None


def test_the_assistant_loads_the_cross_encoder_of_the_settings(named: Path, assistant: Assistant) -> None:
    from index.stages import with_embedder

    settings = assistant.settings.model_copy(update={"reranker": str(named)})
    assert isinstance(Assistant.load(settings, with_embedder(HashingEmbedder())).reranker, CrossEncoderReranker)


def spoilt(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes(b"no weights")


def emptied(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()


@pytest.mark.parametrize("spoil", [spoilt, emptied, shutil.rmtree])
def test_a_cross_encoder_that_cannot_be_loaded_is_named_with_the_cure(
    tmp_path: Path, named: Path, spoil: Callable[[Path], None]
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(named, folder)
    spoil(folder)
    with pytest.raises(ModelUnavailable) as raised:
        choose_reranker(read_settings({"POLICYQA_RERANKER": str(folder)}))
    assert str(folder) in str(raised.value)
    assert "POLICYQA_RERANKER takes" in str(raised.value)
    assert "Unset it" in str(raised.value)


def test_a_model_with_other_outputs_than_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="has 3 outputs"):
        CrossEncoderReranker(str(tiny_cross_encoder(tmp_path / "three", outputs=3)))
