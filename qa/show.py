"""What people read on a terminal: answers, cleaned texts, build reports."""

from __future__ import annotations

from collections import Counter

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from index.build import BuildReport
from index.clean.align import AlignedText, Edit
from index.clean.document import taken_between
from index.clean.mark_damage import KIND as DAMAGE
from index.records import Document
from qa.ask import Reply

_REFUSALS_SHOWN = 20
_COPIES_SHOWN = 5


def show_reply(reply: Reply, console: Console) -> None:
    """The answer, then each passage with what it cites; the quoted sentences stand out."""
    script = reply.question.script
    answer = reply.answer
    colour = "green" if answer.answerable else "yellow"
    console.print(
        Panel(Text(reply.text(script)), title=f"confidence {answer.confidence:.2f}", border_style=colour),
        highlight=False,
    )
    for at, (hit, citation) in enumerate(zip(reply.hits, reply.citations, strict=True)):
        metadata = citation.document.metadata
        where = [citation.document.label, metadata.issuer, metadata.number]
        where += [
            str(metadata.issued_on) if metadata.issued_on else None,
            f"page {citation.page}" if citation.page else None,
            f"paragraph {citation.paragraph.ordinal}",
        ]
        console.print(
            Text.assemble(
                (f"[{at + 1}] ", "bold cyan"),
                (" · ".join(filter(None, where)), "cyan"),
                (f"  {hit.score:.2f}", "dim"),
            )
        )
        passage = Text(citation.shown(script))
        for start, end in reply.highlights(at):
            passage.stylize("bold green", start, end)
        console.print(passage, highlight=False)
        span = f"{citation.content.start}–{citation.content.end}"
        same = "、".join(other.document.label for other in hit.elsewhere[:_COPIES_SHOWN])
        console.print(
            Text(f"    {citation.paragraph.id}, source {span}{f'; the same in {same}' if same else ''}\n", "dim")
        )


def show_cleaned(document: Document, console: Console) -> None:
    """The metadata and the text with every edit in its place, coloured on a terminal.

    [-removed-], {+put in+}, and [?lost?] for a stretch that could not be read and is left as it was.
    """
    metadata = document.metadata
    table = Table.grid(padding=(0, 2))
    rows = {
        "title": metadata.title,
        "issuer": metadata.issuer,
        "number": metadata.number,
        "date": metadata.issued_on,
        "published": metadata.published_on,
        "in force from": metadata.valid_from,
        "in force until": metadata.valid_until,
        "index number": metadata.index_number,
    }
    for name, value in rows.items():
        table.add_row(Text(name, "dim"), Text(str(value)) if value else Text("not stated", "dim"))
    console.print(Text(document.id, "bold"))
    console.print(table)

    # What lies between paragraphs, and each paragraph, in the order of the source.
    parts = [(edit.start, _removed(edit)) for edit in taken_between(document)]
    parts += [
        (paragraph.content.start, Text.assemble((f"\n({paragraph.ordinal})\n", "dim"), _with_edits(paragraph.content)))
        for paragraph in document.paragraphs
    ]
    for _, part in sorted(parts, key=lambda part: part[0]):
        console.print(part, highlight=False)
    counts = Counter(edit.kind for edit in document.edits)
    summary = ", ".join(f"{count} {kind}" for kind, count in counts.items()) or "none"
    console.print(f"\nedits: {summary}", style="dim", highlight=False)


def _removed(edit: Edit) -> Text:
    return Text.assemble((f"[-{edit.before}-]", "red strike"), (f" {edit.kind}", "dim"))


def _with_edits(content: AlignedText) -> Text:
    """The cleaned text with what was taken out and put in."""
    shown = Text()
    written = 0
    for at, edit in content.placed_edits():
        shown.append(content.text[written:at])
        if edit.kind == DAMAGE:
            shown.append(f"[?{edit.after}?]", "bold yellow")
        else:
            shown.append(f"[-{edit.before}-]", "red strike")
            if edit.after:
                shown.append(f"{{+{edit.after}+}}", "green")
        if edit.evidence:
            shown.append(f" {edit.kind} by {edit.evidence} ", "dim")
        written = at + len(edit.after)
    shown.append(content.text[written:])
    return shown


def show_build(report: BuildReport, console: Console) -> None:
    """What was indexed, what changed, and what was refused and why."""
    counts = report.manifest.counts
    console.print(
        f"{counts['documents']} documents, {counts['passages']} passages: {len(report.added)} added, "
        f"{len(report.changed)} changed, {len(report.removed)} removed, {report.unchanged} unchanged; "
        f"{report.embedded} passages embedded. Index version {report.manifest.version}.",
        highlight=False,
        soft_wrap=True,
    )
    for refusal in report.refused[:_REFUSALS_SHOWN]:
        console.print(Text(f"refused: {refusal.origin}: {refusal.reason}", "yellow"), soft_wrap=True)
    if len(report.refused) > _REFUSALS_SHOWN:
        console.print(f"refused: {len(report.refused) - _REFUSALS_SHOWN} more", style="yellow")
