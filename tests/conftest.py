"""What many tests share: the corpus of the project, stages with the stub embedder, and the real index, built once."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from index.build import build_index
from index.settings import Settings, read_settings
from index.stages import Stages, choose_stages, with_embedder
from qa.ask import Assistant
from tests.stubs import HashingEmbedder

ROOT = Path(__file__).parent.parent
CORPUS = ROOT / "corpus"


@pytest.fixture(scope="session", autouse=True)
def interruptible() -> None:
    """Interrupts reach the tests and what they start; a shell that runs them in the background has them ignored."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def stub() -> HashingEmbedder:
    """A fresh stub embedder."""
    return HashingEmbedder()


@pytest.fixture
def stub_stages(stub: HashingEmbedder) -> Stages:
    """The real stages, but for the model."""
    return with_embedder(stub)


@pytest.fixture(scope="session")
def real_stages() -> Stages:
    """The stages that users run, with the default model."""
    return choose_stages(read_settings({}))


@pytest.fixture(scope="session")
def real_index(real_stages: Stages, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The corpus of the project, indexed with the default model. Read only: copy it before changing it."""
    folder = tmp_path_factory.mktemp("real") / "index"
    build_index([CORPUS], folder, real_stages)
    return folder


@pytest.fixture(scope="session")
def settings(real_index: Path) -> Settings:
    """The default settings over that index, without a limit on how often it is asked."""
    return read_settings(
        {
            "POLICYQA_INDEX": str(real_index),
            "POLICYQA_STATE": str(real_index.parent / "state"),
            "POLICYQA_RATE_LIMIT": "off",
        }
    )


@pytest.fixture(scope="session")
def assistant(settings: Settings, real_stages: Stages) -> Assistant:
    """The assistant that users ask."""
    return Assistant.load(settings, real_stages)
