"""The pages: asking, the list of documents, and a document to read."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from index.clean.fold import Script, fold
from index.load import SearchIndex
from index.records import Document
from qa.http.depend import AssistantDependency, DocumentId
from qa.http.reply import named, title_of
from qa.pages import serve_files
from qa.pages.fill_template import fill
from qa.pages.show_edits import KINDS, View, blocks, edit_counts, web_address

_FIRST_MARK = ord("\N{DINGBAT NEGATIVE CIRCLED DIGIT ONE}") - 1
_ON_START = 10
_ON_PAGE = 50
_VIEWS: dict[View, str] = {
    "simplified": "整理后",
    "traditional": "整理后（繁体）",
    "original": "整理后（原文字形）",
    "source": "来源原文与修订",
}

router = APIRouter(include_in_schema=False)
router.include_router(serve_files.router)


@router.get("/")
def start(request: Request, assistant: AssistantDependency, q: Annotated[str, Query(max_length=2000)] = "") -> Response:
    """Ask, and see what can be asked about; `q` is asked at once."""
    documents = _latest_first(assistant.index)
    return fill(
        request,
        "start.html",
        documents=documents[:_ON_START],
        copies=assistant.index.copies,
        total=len(documents),
        question=q.strip(),
        embed=f'<script src="{request.url_for("widget")}" data-title="政策问答" defer></script>',
    )


@router.get("/documents")
def list_documents(
    request: Request,
    assistant: AssistantDependency,
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
    q: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """All documents, or those whose title, issuer or number holds `q`, in either script."""
    wanted = fold(q.strip()).casefold()
    found = [document for document in _latest_first(assistant.index) if wanted in _words(document)]
    pages = max(1, -(-len(found) // _ON_PAGE))
    page = min(page, pages)
    shown = found[(page - 1) * _ON_PAGE : page * _ON_PAGE]
    return fill(
        request,
        "documents.html",
        documents=shown,
        copies=assistant.index.copies,
        total=len(found),
        page=page,
        pages=pages,
        q=q.strip(),
    )


@router.get("/documents/{document_id:path}")
def read_document(
    request: Request, document_id: DocumentId, assistant: AssistantDependency, view: View = "simplified"
) -> Response:
    """A document to read. `#p3` highlights and scrolls to its third paragraph, `#p3:120-178` to a stretch of it."""
    document = assistant.index.document(document_id)
    metadata = document.metadata
    script: Script = "simplified" if view == "source" else view
    issuer, number = named(metadata.issuer, script), named(metadata.number, script)
    facts = {
        "发布机构": issuer,
        "发文字号": number,
        "日期": metadata.issued_on,
        "发布日期": metadata.published_on if metadata.published_on != metadata.issued_on else None,
        "施行日期": metadata.valid_from,
        "有效期至": metadata.valid_until,
        "索引号": metadata.index_number,
    }
    best = assistant.index.copies.copy_of(document.id)
    day = metadata.issued_on.isoformat() if metadata.issued_on else None
    counts = edit_counts(document)
    return fill(
        request,
        "document.html",
        document=document,
        label=title_of(document, script),
        facts=[(name, value) for name, value in facts.items() if value],
        blocks=blocks(document, view),
        best=best,
        best_label=title_of(assistant.index.document(best), script) if best else None,
        counts=counts,
        commonest=counts[0][0] if counts else None,
        marks={kind: chr(_FIRST_MARK + at) for at, (kind, _, _) in enumerate(counts)},
        kinds=KINDS,
        view=view,
        views=_VIEWS,
        language="zh-Hant" if view == "traditional" else "zh-Hans",
        origin=web_address(metadata.url),
        cited="，".join(filter(None, (named(document.quoted_label, script), issuer, number, day))),
    )


def _words(document: Document) -> str:
    metadata = document.metadata
    return fold("\n".join(filter(None, (document.label, metadata.issuer, metadata.number)))).casefold()


def _latest_first(index: SearchIndex) -> list[Document]:
    return sorted(index.documents.values(), key=lambda document: document.metadata.issued_on or date.min, reverse=True)
