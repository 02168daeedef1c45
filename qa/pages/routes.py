"""A document to read; the address `#p3` highlights and scrolls to its third paragraph."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, RedirectResponse
from fastapi.templating import Jinja2Templates
from starlette.responses import Response

from index.clean.align import AlignedText, Edit
from index.clean.mark_damage import KIND as DAMAGE
from index.clean.repair_damage import KIND as REPAIR
from qa.http.depend import AssistantDependency, DocumentId

_HERE = Path(__file__).parent
_templates = Jinja2Templates(_HERE)  # escapes everything it puts into a page
# The page needs its own style sheet and nothing else, whatever a text holds.
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}

router = APIRouter(include_in_schema=False)


def _marked(content: AlignedText) -> Iterator[tuple[str, Edit | None]]:
    """The text in stretches, each with the edit that says it is damaged or was repaired, or with none."""
    shown = 0
    for at, edit in content.placed_edits():
        if edit.kind in {DAMAGE, REPAIR}:
            yield content.text[shown:at], None
            shown = at + len(edit.after)
            yield content.text[at:shown], edit
    yield content.text[shown:], None


def _edit_title(edit: Edit) -> str:
    if edit.kind == DAMAGE:
        return "原文此处受损，无法辨读"
    return f"原文此处受损（{edit.before}），据 {edit.evidence} 修补"


@router.get("/")
def start() -> RedirectResponse:
    """The interface's own description, until there is a page to ask on."""
    return RedirectResponse("/docs")


@router.get("/pages/document.css")
def style() -> FileResponse:
    """The style sheet of the document page."""
    return FileResponse(_HERE / "document.css", media_type="text/css")


@router.get("/documents/{document_id:path}")
def read_document(request: Request, document_id: DocumentId, assistant: AssistantDependency) -> Response:
    """The cleaned text of a document, in Simplified script."""
    document = assistant.index.document(document_id)
    metadata = document.metadata
    facts = {
        "发布机构": metadata.issuer,
        "发文字号": metadata.number,
        "日期": metadata.issued_on,
        "发布日期": metadata.published_on if metadata.published_on != metadata.issued_on else None,
        "施行日期": metadata.valid_from,
        "有效期至": metadata.valid_until,
        "索引号": metadata.index_number,
    }
    context = {
        "document": document,
        "facts": [(name, value) for name, value in facts.items() if value],
        "headings": {heading for paragraph in document.paragraphs for heading in paragraph.heading},
        "marked": _marked,
        "edit_title": _edit_title,
    }
    return _templates.TemplateResponse(request, "document.html", context, headers=_HEADERS)
