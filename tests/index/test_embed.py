from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from index.embed import Embedder, Role, Vectors, choose_embedder
from index.errors import ModelUnavailable
from index.settings import read_settings
from index.stages import Stages
from tests.conftest import ROOT
from tests.stubs import HashingEmbedder
from tests.tiny_bert import LENGTH, WIDTH, save_tokenizer, tiny_config

ROLES: Sequence[Role] = ("query", "passage")
# Of many lengths and in no order of length, more than one batch of them, so that sorting and batching have work to do.
TEXTS = [
    "中小企业专项资金",
    "申报条件：在本市注册满一年，具有独立法人资格，近三年未发生安全、质量、环境污染事故，信用记录良好。",
    "减税",
    "元宇宙产业创新发展三年行动计划提出，到2025年建设不少于50个实体园区。",
    "Small and medium-sized enterprises",
    "補貼標準按實際投入的百分之二十核定，最高不超過一百萬元。",
    "人才住房",
    "第三条　本办法所称高新技术企业，是指在国家重点支持的领域内持续进行研究开发的居民企业。",
    "10³㎡",
    "农业保险保费补贴由中央和地方财政共同承担，" * 6,
    "养老服务机构",
    "数据要素市场化配置改革试点",
    "教育部关于义务教育阶段作业管理的通知",
    "绿色建筑",
    "自2024年1月1日起施行，有效期五年。",
    "外商投资准入负面清单",
    "电动自行车停放充电场所消防安全管理规定",
    "知识产权质押融资贴息",
    "水",
    "残疾人就业保障金征收使用管理办法",
]


def tiny_model(
    folder: Path,
    seed: int = 0,
    prompts: dict[str, str] | None = None,
    default: str | None = None,
    precision: str = "float32",
) -> Path:
    """A sentence-transformers model of one layer with random weights, which knows the characters of `TEXTS`."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertModel

    characters = "".join([*TEXTS, "query: passage: 问题|材料|"])
    parts = folder.with_name(f"{folder.name}-parts")
    save_tokenizer(characters, parts)
    torch.manual_seed(seed)
    BertModel(tiny_config(characters)).to(getattr(torch, precision)).save_pretrained(parts)
    SentenceTransformer(
        modules=[Transformer(str(parts), max_seq_length=LENGTH), Pooling(WIDTH, pooling_mode="mean")],
        prompts=prompts,
        default_prompt_name=default,
        device="cpu",
    ).save(str(folder), create_model_card=False)
    shutil.rmtree(parts)
    return folder


def chosen(model: Path | str, **prefixes: str) -> Embedder:
    return choose_embedder(read_settings({"POLICYQA_MODEL": str(model), **prefixes}))


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_model(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(params=["stub", "default", "named"])
def make(request: pytest.FixtureRequest) -> Callable[[], Embedder]:
    """How to come by an embedder; each must honour the contract below."""
    if request.param == "stub":
        return HashingEmbedder
    if request.param == "named":
        folder: Path = request.getfixturevalue("tiny")
        return lambda: chosen(folder)
    stages: Stages = request.getfixturevalue("real_stages")
    return lambda: stages.embedder


@pytest.fixture
def embedder(make: Callable[[], Embedder]) -> Embedder:
    return make()


@pytest.mark.parametrize("role", ROLES)
def test_every_row_is_a_float32_vector_of_length_one_and_of_the_declared_dimension(
    embedder: Embedder, role: Role
) -> None:
    vectors = embedder.embed(TEXTS, role)
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(TEXTS), embedder.dimension)
    assert embedder.dimension > 0
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("role", ROLES)
def test_rows_stand_in_the_order_of_the_texts_whatever_their_lengths_and_batches(
    embedder: Embedder, role: Role
) -> None:
    together = embedder.embed(TEXTS, role)
    backwards = embedder.embed(TEXTS[::-1], role)[::-1]
    assert (together * backwards).sum(axis=1).min() >= 0.999
    for row in range(0, len(TEXTS), 4):
        likeness = together @ embedder.embed([TEXTS[row]], role)[0]
        assert likeness.argmax() == row
        assert likeness[row] >= 0.999


def test_the_same_text_has_the_same_vector_at_every_place(embedder: Embedder) -> None:
    vectors = embedder.embed(["减税", TEXTS[9], "减税"], "passage")
    assert vectors[0] @ vectors[2] == pytest.approx(1, abs=1e-3)
    assert vectors[0] @ vectors[1] < 0.99


@pytest.mark.parametrize("role", ROLES)
def test_no_texts_give_no_rows_of_the_same_dimension(embedder: Embedder, role: Role) -> None:
    vectors = embedder.embed([], role)
    assert vectors.shape == (0, embedder.dimension)
    assert vectors.dtype == np.float32


def test_progress_only_grows_and_reaches_the_total(embedder: Embedder) -> None:
    told: list[tuple[int, int]] = []
    embedder.embed(TEXTS, "passage", lambda done, total: told.append((done, total)))
    assert [total for _, total in told] == [len(TEXTS)] * len(told)
    assert [done for done, _ in told] == sorted({done for done, _ in told})
    assert told[-1] == (len(TEXTS), len(TEXTS))


@pytest.mark.parametrize("text", ["", " \n\t", "\0", "\N{ZERO WIDTH SPACE}", "\N{GRINNING FACE}" * 3, "税" * 5000])
def test_odd_texts_have_vectors_of_length_one_too(embedder: Embedder, text: str) -> None:
    for role in ROLES:
        assert np.linalg.norm(embedder.embed([text], role)) == pytest.approx(1, abs=1e-3)


def test_the_signature_stays_the_same_through_embedding_and_loading_again(make: Callable[[], Embedder]) -> None:
    embedder = make()
    before = embedder.signature
    embedder.embed(["减税"], "passage")
    assert embedder.signature == before == make().signature


def test_the_default_model_tells_questions_from_passages(real_stages: Stages) -> None:
    embedder = real_stages.embedder
    likeness = (embedder.embed(TEXTS[:5], "query") * embedder.embed(TEXTS[:5], "passage")).sum(axis=1)
    assert likeness.max() < 0.995
    assert embedder.signature.endswith("|query: |passage: ")


def test_the_default_model_finds_the_passage_that_answers(real_stages: Stages) -> None:
    passages = real_stages.embedder.embed(TEXTS, "passage")
    questions = real_stages.embedder.embed(["要建多少个元宇宙园区？", "奖补的上限是多少？"], "query")
    assert (questions @ passages.T).argmax(axis=1).tolist() == [3, 5]


def test_a_model_without_prefixes_embeds_questions_and_passages_alike(tiny: Path) -> None:
    embedder = chosen(tiny)
    likeness = (embedder.embed(TEXTS, "query") * embedder.embed(TEXTS, "passage")).sum(axis=1)
    assert likeness.min() >= 0.999
    assert embedder.signature.endswith("||")


@pytest.mark.parametrize(
    ("variable", "changed", "kept"),
    [("POLICYQA_QUERY_PREFIX", "query", "passage"), ("POLICYQA_PASSAGE_PREFIX", "passage", "query")],
)
def test_a_prefix_changes_the_signature_and_the_vectors_of_its_role_only(
    tiny: Path, variable: str, changed: Role, kept: Role
) -> None:
    plain, prefixed = chosen(tiny), chosen(tiny, **{variable: "问题|"})
    assert prefixed.signature != plain.signature

    def likeness(role: Role) -> Vectors:
        alike: Vectors = (plain.embed(TEXTS, role) * prefixed.embed(TEXTS, role)).sum(axis=1)
        return alike

    assert likeness(changed).max() < 0.999
    assert likeness(kept).min() >= 0.999
    assert prefixed.embed(["减税"], changed) @ plain.embed(["问题|减税"], changed)[0] >= 0.999


@pytest.mark.parametrize("names", [("query", "passage"), ("query", "document")])
def test_a_model_that_declares_prefixes_is_used_with_them_and_settings_override_them(
    tmp_path: Path, tiny: Path, names: tuple[str, str]
) -> None:
    declared = dict(zip(names, ("问题|", "材料|"), strict=True))
    folder = tiny_model(tmp_path / "declaring", prompts=declared, default=names[0])
    by_setting = chosen(tiny, POLICYQA_QUERY_PREFIX="问题|", POLICYQA_PASSAGE_PREFIX="材料|")
    for role in ROLES:
        assert (chosen(folder).embed(TEXTS, role) * by_setting.embed(TEXTS, role)).sum(axis=1).min() >= 0.999
    assert chosen(folder).signature.endswith("|问题||材料|")
    assert chosen(folder, POLICYQA_QUERY_PREFIX="query: ").signature.endswith("|query: |材料|")


def test_other_weights_under_the_same_name_have_another_signature(tmp_path: Path) -> None:
    folder = tiny_model(tmp_path / "model", seed=1)
    before = chosen(folder).signature
    shutil.rmtree(folder)
    tiny_model(folder, seed=2)
    after = chosen(folder).signature
    assert before != after
    assert before.startswith(f"{folder}@")
    assert after.startswith(f"{folder}@")


@pytest.mark.parametrize("precision", ["bfloat16", "float16"])
def test_a_model_saved_in_half_precision_is_used(tmp_path: Path, precision: str) -> None:
    embedder = chosen(tiny_model(tmp_path / "half", precision=precision))
    vectors = embedder.embed(TEXTS, "passage")
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-2)
    assert embedder.signature.startswith(f"{tmp_path / 'half'}@")


def no_folder(folder: Path) -> None:
    shutil.rmtree(folder)


def empty_folder(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()


def file_instead_of_folder(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_text("model")


def no_weights(folder: Path) -> None:
    (folder / "model.safetensors").unlink()


def cut_weights(folder: Path) -> None:
    file = folder / "model.safetensors"
    file.write_bytes(file.read_bytes()[:-100])


def weights_of_another_shape(folder: Path) -> None:
    file = folder / "config.json"
    file.write_text(file.read_text().replace('"hidden_size": 32', '"hidden_size": 64'))


def configuration_that_is_no_json(folder: Path) -> None:
    (folder / "config.json").write_text("{")


def modules_that_are_no_json(folder: Path) -> None:
    (folder / "modules.json").write_text("{")


@pytest.mark.parametrize(
    "spoil",
    [
        no_folder,
        empty_folder,
        file_instead_of_folder,
        no_weights,
        cut_weights,
        weights_of_another_shape,
        configuration_that_is_no_json,
        modules_that_are_no_json,
    ],
)
def test_a_model_that_cannot_be_loaded_is_named_with_the_cure(
    tmp_path: Path, tiny: Path, spoil: Callable[[Path], None]
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(tiny, folder)
    spoil(folder)
    with pytest.raises(ModelUnavailable) as raised:
        chosen(folder)
    assert str(folder) in str(raised.value)
    assert "POLICYQA_MODEL" in str(raised.value)


# Run in a fresh interpreter, for what a library reads from the environment it reads once, at import.
_ASK_FOR_A_MODEL = """
import os, sys

def watch(event, arguments):
    if event in ("socket.getaddrinfo", "socket.connect"):
        os.write(2, f"asked the network: {arguments}".encode())
        os._exit(9)

sys.addaudithook(watch)
for name in sys.argv[1:]:
    __import__(name)
from index.embed import choose_embedder
from index.errors import ModelUnavailable
from index.settings import read_settings
try:
    choose_embedder(read_settings({"POLICYQA_MODEL": "nobody/no-such-model"}))
except ModelUnavailable as error:
    print(error)
    print("offline:", os.environ.get("HF_HUB_OFFLINE"))
"""


@pytest.mark.parametrize("imported_before", [[], ["sentence_transformers"]], ids=["fresh", "libraries-imported-before"])
def test_a_model_that_is_not_on_this_machine_is_named_and_no_network_is_asked(
    tmp_path: Path, imported_before: list[str]
) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    done = subprocess.run(
        [sys.executable, "-c", _ASK_FOR_A_MODEL, *imported_before],
        cwd=ROOT,
        env={**environment, "HF_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "'nobody/no-such-model'" in done.stdout
    assert "POLICYQA_MODEL" in done.stdout
    assert done.stdout.endswith("offline: 1\n")
