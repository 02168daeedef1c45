from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import anyio
import httpx2
import pytest
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult, ListToolsResult

from qa.ask import Assistant
from tests.serve import served
from tests.stubs import keyed

KEY = "the-key-of-the-tools"


@pytest.fixture(scope="module")
def address(small: Assistant) -> Iterator[str]:
    with served(small) as address:
        yield address


def called(address: str, tool: str, arguments: dict[str, Any], key: str | None = None) -> CallToolResult:
    async def call() -> CallToolResult:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        async with (
            httpx2.AsyncClient(headers=headers) as http,
            Client(streamable_http_client(f"{address}/mcp", http_client=http)) as client,
        ):
            result = await client.call_tool(tool, arguments)
            assert isinstance(result, CallToolResult)
            return result

    return anyio.run(call)


def tools(address: str) -> ListToolsResult:
    async def listed() -> ListToolsResult:
        async with Client(f"{address}/mcp") as client:
            return await client.list_tools()

    return anyio.run(listed)


def test_the_tools_say_that_they_only_read_and_what_they_give(address: str) -> None:
    listed = {tool.name: tool for tool in tools(address).tools}

    assert listed.keys() == {"search", "read_paragraph"}
    for tool in listed.values():
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint is True
        assert tool.annotations.destructive_hint is False
        assert tool.description
        assert tool.output_schema is not None
    assert listed["search"].input_schema["required"] == ["query"]


def test_a_search_gives_what_a_question_gets(address: str) -> None:
    question = "行动计划支持多少个实体园区？"
    found = called(address, "search", {"query": question, "top_k": 2}).structured_content
    asked = httpx2.post(f"{address}/v1/ask", json={"question": question, "top_k": 2}).json()

    assert found is not None
    for reply in (found, asked):
        del reply["id"], reply["took_ms"]
    assert found == asked
    assert "不少于50个实体园区" in found["answer"]["text"]


def test_a_search_takes_filters_and_a_script(address: str) -> None:
    arguments = {"query": "支持園區", "issuer": ["財政部"], "issued_to": "2021-01-01", "script": "traditional"}
    found = called(address, "search", arguments).structured_content

    assert found is not None
    assert {passage["citation"]["document_id"] for passage in found["passages"]} == {"办法"}
    assert "企業申請穩崗補貼" in "".join(passage["text"] for passage in found["passages"])


def test_a_cited_paragraph_can_be_read(address: str) -> None:
    found = called(address, "search", {"query": "补贴标准", "top_k": 1}).structured_content
    assert found is not None
    citation = found["passages"][0]["citation"]
    arguments = {"document_id": citation["document_id"], "paragraph": citation["paragraph"]}
    paragraph = called(address, "read_paragraph", arguments).structured_content

    assert paragraph is not None
    assert paragraph["id"] == citation["paragraph_id"]
    assert paragraph["text"][citation["start"] : citation["end"]] == citation["quote"]


@pytest.mark.parametrize(
    ("tool", "arguments", "told"),
    [
        ("search", {"query": ""}, "The question is empty"),
        ("search", {"query": "园区", "top_k": 0}, "top_k"),
        ("search", {"query": "园区", "issued_from": "gestern"}, "2022-05-16"),
        ("search", {"query": "园区", "issued_from": "2022-02-02", "issued_to": "2022-02-01"}, "is after"),
        ("search", {}, "query"),
        ("read_paragraph", {"document_id": "nowhere", "paragraph": 1}, "no document 'nowhere'"),
        ("read_paragraph", {"document_id": "办法", "paragraph": 99}, "paragraphs 1 to 2, not 99"),
    ],
)
def test_what_is_wrong_is_told_to_the_caller(address: str, tool: str, arguments: dict[str, Any], told: str) -> None:
    result = called(address, tool, arguments)

    assert result.is_error
    assert told in str(result.content[0])


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT"])
def test_nothing_is_held_open(address: str, method: str) -> None:
    assert httpx2.request(method, f"{address}/mcp", headers={"Accept": "text/event-stream"}).status_code == 405


def test_a_key_is_needed_where_one_is_set(small: Assistant) -> None:
    with served(small, keyed(small.settings, api_keys=KEY)) as address:
        assert httpx2.post(f"{address}/mcp", json={}).status_code == 401
        assert called(address, "search", {"query": "园区"}, KEY).structured_content is not None
