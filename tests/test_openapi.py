"""The description of the interface, held against a live server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from api import create_app
from index.settings import read_settings
from qa.upload.files import SUFFIXES
from tests.qa.http.conftest import RECORDS
from tests.serve import served
from tests.stubs import assistant_over, keyed

ADMIN = "the-key-of-an-admin"
DESCRIPTION = create_app(read_settings({})).openapi()
# Files are sent as any bytes.
schemathesis.serializer.alias(
    [name for name in SUFFIXES if name.startswith("application/")], "application/octet-stream"
)
schema = schemathesis.openapi.from_dict(DESCRIPTION)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    assistant = assistant_over(RECORDS, tmp_path_factory.mktemp("described"))
    with served(assistant, keyed(assistant.settings, admin_keys=ADMIN)) as address:
        yield address


def test_the_server_gives_the_description_that_is_held_against_it(address: str) -> None:
    assert httpx.get(f"{address}/openapi.json").json() == DESCRIPTION


@schema.parametrize()
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_response_is_as_described(case: schemathesis.Case[Any], address: str) -> None:
    # No schema says which texts can be a file's name, and which letters make a question.
    unsaid: list[Any] = [positive_data_acceptance] if case.method in {"PUT", "POST"} else []
    case.call_and_validate(
        base_url=address, headers={"Authorization": f"Bearer {ADMIN}"}, timeout=30, excluded_checks=unsaid
    )
