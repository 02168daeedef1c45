from __future__ import annotations

from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from api import create_app
from qa.ask import Assistant
from tests.qa.http.conftest import RECORDS
from tests.stubs import assistant_over

ADDRESSES = [
    "/v1/documents",
    "/v1/documents?limit=1",
    "/v1/documents?limit=1&offset=1",
    f"/v1/documents/{quote('办法')}",
    f"/v1/documents/{quote('办法')}?script=traditional",
    f"/v1/documents/{quote('办法')}/paragraphs/1",
    f"/v1/documents/{quote('办法')}/paragraphs/2",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_what_the_client_has_is_not_sent_again(http: TestClient, address: str) -> None:
    first = http.get(address)
    tag = first.headers["etag"]

    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = http.get(address, headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    for unknown in ('"other"', "", tag.strip('"'), tag.replace('"', "'")):
        again = http.get(address, headers={"If-None-Match": unknown})
        assert (again.status_code, again.content) == (200, first.content)


def test_everything_has_a_tag_of_its_own(http: TestClient) -> None:
    tags = [http.get(address).headers["etag"] for address in ADDRESSES]

    assert len(set(tags)) == len(tags)


def test_another_index_gives_another_tag(http: TestClient, tmp_path_factory: pytest.TempPathFactory) -> None:
    other: Assistant = assistant_over(RECORDS[:2], tmp_path_factory.mktemp("other"))
    with TestClient(create_app(other.settings, other)) as client:
        assert client.get(ADDRESSES[3]).headers["etag"] != http.get(ADDRESSES[3]).headers["etag"]


def test_what_is_not_there_has_no_tag(http: TestClient) -> None:
    assert http.get("/v1/documents/nowhere", headers={"If-None-Match": "*"}).status_code == 404
