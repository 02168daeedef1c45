"""`/mcp`: the texts as tools of the Model Context Protocol, over streamable HTTP and without sessions."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Annotated, Any

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.transport_security import TransportSecuritySettings
from mcp.types import ToolAnnotations
from pydantic import Field
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from index.clean.fold import Script
from index.errors import IndexMissing, PolicyQAError
from qa.http.ask import TOP_K, Day
from qa.http.depend import Asking, assistant_of
from qa.http.limit_body import MAX_BODY
from qa.http.problems import known
from qa.http.reply import ReplyBody, reply_body
from qa.http.services import services_of
from qa.http.texts import ParagraphDetailBody, paragraph_body
from qa.question import MAX_LENGTH, MAX_TOP_K, Filters, Question

PATH = "/mcp"
_READ_ONLY = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
_ToolContext = Context[Any, Any]


def install(app: FastAPI) -> None:
    """Serve the tools, by what `running` gives."""
    # Without sessions there is none to end, and nothing that the server could say of its own accord to whoever GETs.
    app.router.routes.append(Route(PATH, endpoint=_Endpoint(), methods=["POST"]))


@asynccontextmanager
async def running(version: str) -> AsyncIterator[ASGIApp]:
    """What answers with the tools until the end."""
    server = _tools(version)
    # Its own application is not served: the library looks at hosts and origins, which is done before.
    server.streamable_http_app(
        json_response=True,
        stateless_http=True,
        max_request_body_size=MAX_BODY,
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )
    async with server.session_manager.run():
        yield server.session_manager.handle_request


class _Endpoint:
    """Hands requests to the library; keys and limits have been looked at before."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        try:
            tools = services_of(request).tools
        except IndexMissing as error:
            await known(request, error)(scope, receive, send)
        else:
            await tools(scope, receive, send)


def _tools(version: str) -> MCPServer[Any]:
    server: MCPServer[Any] = MCPServer(
        "policyqa",
        title="policyqa",
        instructions="Search Chinese policy texts. Quote passages word for word and cite their paragraph. Where "
        "answerable is false, the texts hold no answer: say so.",
        version=version,
        log_level="WARNING",
    )
    server.tool(title="Search the policy texts", annotations=_READ_ONLY)(search)
    server.tool(title="Read a paragraph", annotations=_READ_ONLY)(read_paragraph)
    return server


async def search(
    context: _ToolContext,
    query: Annotated[str, Field(max_length=MAX_LENGTH, description="a question, in Simplified or Traditional script")],
    top_k: Annotated[int | None, Field(ge=1, le=MAX_TOP_K, description=TOP_K)] = None,
    script: Annotated[Script, Field(description="script of the texts that come back")] = "simplified",
    document_ids: Annotated[list[str], Field(description="only these documents", max_length=1000)] = [],  # noqa: B006
    issuer: Annotated[list[str], Field(description="only of these issuers, by exact name", max_length=1000)] = [],  # noqa: B006
    issued_from: Annotated[Day, Field(description="first day, included")] = None,
    issued_to: Annotated[Day, Field(description="last day, included")] = None,
) -> ReplyBody:
    """Find the passages of the policy texts that answer a question, each with its citation, and the answer."""
    with _told():
        filters = Filters(tuple(document_ids), tuple(issuer), issued_from, issued_to)
        question = Question(query, top_k=top_k, script=script, filters=filters)
        request = _request_of(context)
        asking = Asking(request, assistant_of(request))
        reply = await run_in_threadpool(asking.ask, question)
        return reply_body(reply, asking.assistant.index.manifest)


async def read_paragraph(
    context: _ToolContext,
    document_id: Annotated[str, Field(description="document_id of a citation")],
    paragraph: Annotated[int, Field(ge=1, le=1_000_000_000, description="number of the paragraph, from 1")],
    script: Annotated[Script, Field(description="script of the text that comes back")] = "simplified",
) -> ParagraphDetailBody:
    """Read one paragraph of a document: as cleaned, as it stands in the untouched source, and the edits between."""
    with _told():
        assistant = assistant_of(_request_of(context))
        return paragraph_body(assistant.index.paragraph(document_id, paragraph), script)


def _request_of(context: _ToolContext) -> Request:
    request = context.request_context.request
    if not isinstance(request, Request):
        raise ToolError("The tools are served over HTTP only.")
    return request


@contextmanager
def _told() -> Iterator[None]:
    """What the caller can put right is told in its own words; anything else is a defect and stays inside."""
    try:
        yield
    except PolicyQAError as error:
        raise ToolError(str(error)) from error
