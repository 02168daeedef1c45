from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from api import create_app
from qa.ask import Assistant
from tests.stubs import assistant_over

RECORDS: list[dict[str, object]] = [
    {
        "_id": "行动计划",
        "title": "融通发展行动计划",
        "issuer": "工业和信息化部",
        "number": "工信部联企业〔2022〕54号",
        "issued_on": "2022-05-16",
        "url": "https://example.org/plan",
        "level": 3,
        "text": "行动计划支持不少于50个实体园区打造特色载体。\n中央财政安排资金支持实体园区。",
    },
    {
        "_id": "办法",
        "title": "补贴管理办法",
        "issuer": "财政部",
        "issued_on": "2020-02-01",
        "text": "企业申请稳岗补贴应当提交书面材料。\n补贴标准为每人每年五百元。",
    },
    {"_id": "无题", "text": "本通知自发布之日起施行。"},
]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """Three small documents through the real pipeline, but for the model."""
    return assistant_over(RECORDS, tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def http(small: Assistant) -> Iterator[TestClient]:
    """A client of a server over them."""
    with TestClient(create_app(small.settings, small), raise_server_exceptions=False) as client:
        yield client
