"""The command `policyqa`."""

from __future__ import annotations

import hashlib
import logging
import secrets
import signal
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib import metadata
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer
from rich.console import Console
from rich.logging import RichHandler

from eval.command import evaluate
from index import build
from index.clean.document import clean as clean_document
from index.clean.mark_damage import KIND as DAMAGE
from index.clean_sources import NO_TEXT, CleaningRules, clean_sources
from index.errors import IndexMissing, PolicyQAError, UnreadableSource
from index.manifest import Manifest
from index.read import READERS, read_file
from index.records import Document, Refusal
from index.settings import Settings, read_settings
from qa.ask import Assistant
from qa.http.keys import is_local
from qa.http.reply import reply_body
from qa.http.texts import cleaned_body
from qa.progress import show_progress
from qa.question import MAX_TOP_K, Question
from qa.show import show_build, show_cleaned, show_reply
from qa.upload.files import default_sources

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
_INTERRUPTED = 130  # what typer makes of Ctrl-C; to this command's users it is work that failed
_FINISH_SECONDS = 60
"""How long a server that is told to end waits for those who still read their answers."""
output = Console()
messages = Console(stderr=True)

feedback = typer.Typer(help="What people said of answers.", no_args_is_help=True)
app.add_typer(feedback, name="feedback")

_TYPES = ", ".join(READERS)
IndexOption = Annotated[Path | None, typer.Option("--index", help="Folder of the index. [POLICYQA_INDEX]")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


class AddressInUse(PolicyQAError):
    """The server cannot listen where it was told to."""


class ServedUnlocked(PolicyQAError):
    """Other machines would be served without a key, and nobody said that they may."""

    exit_code = 2


class UnwritableFile(PolicyQAError):
    """A file cannot be written where it was to be."""


def main() -> None:
    """Run the command; a problem that the user can mend is told in one line, without a traceback."""
    # Loading from a hub, progress bars of libraries: none of it belongs into this program's output.
    logging.basicConfig(level=logging.WARNING, format="%(message)s", handlers=[RichHandler(console=messages)])
    signal.signal(signal.SIGTERM, _stop)
    try:
        app(prog_name="policyqa")
    except PolicyQAError as error:
        messages.print(f"error: {error}", style="red", markup=False, highlight=False, soft_wrap=True)
        sys.exit(error.exit_code)
    except SystemExit as end:
        if end.code == _INTERRUPTED:
            messages.print("Interrupted: the work was not done, and what was there is as before.", soft_wrap=True)
            sys.exit(1)
        raise


def _stop(_signal: int, _frame: FrameType | None) -> None:
    """SIGTERM ends the work as Ctrl-C does: what is half done is taken back."""
    raise KeyboardInterrupt


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"policyqa {metadata.version('policyqa')}")
        raise typer.Exit


@app.callback()
def policyqa(
    _version: Annotated[bool, typer.Option("--version", callback=_print_version, help="Print the version.")] = False,
) -> None:
    """Ask questions about Chinese policy texts; every answer cites its source paragraph."""


@app.command()
def index(
    sources: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[SOURCE]...", help=f"Folders or files ({_TYPES}). [POLICYQA_CORPUS]"),
    ] = None,
    index: IndexOption = None,
) -> None:
    """Index the documents of the sources, and no others. Unchanged passages are not embedded again."""
    settings = _settings(index)
    show_build(_build(settings, sources or default_sources(settings)), output)


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="The question, in Simplified or Traditional script.")],
    index: IndexOption = None,
    top_k: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=MAX_TOP_K,
            help="How many passages to show at most; without it five, or as many as the answer quotes.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Answer a question with passages that cite their source paragraph."""
    asked = Question(question, top_k=top_k)
    assistant = Assistant.load(_settings(index))
    reply = assistant.ask(asked)
    if as_json:
        typer.echo(reply_body(reply, assistant.index.manifest).model_dump_json())
    else:
        show_reply(reply, output)


@app.command()
def serve(
    index: IndexOption = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on. [POLICYQA_HOST]")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port to listen on; 0: any free one. [POLICYQA_PORT]")
    ] = None,
) -> None:
    """Serve the HTTP interface. Builds the index of the corpus first if there is none."""
    settings = _settings(index, host=host, port=port)
    with _listening(settings) as listener:
        import uvicorn

        from api import create_app
        from qa.http.observe import log_access

        _require_lock(settings, listener.getsockname()[0])
        create_app(settings)  # so that wrong keys and limits are told before the slow work
        try:
            Manifest.read(settings.index)
        except IndexMissing:
            show_build(_build(settings, default_sources(settings)), messages)
        assistant = Assistant.load(settings)
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        address = f"http://{host}:{listener.getsockname()[1]}"
        counts = assistant.index.manifest.counts
        served = f"Serving {counts['documents']} documents, {counts['passages']} passages"
        messages.print(f"{served} at {address} (API: {address}/docs)", highlight=False, soft_wrap=True)
        log_access()
        server = uvicorn.Server(
            uvicorn.Config(
                create_app(settings, assistant),
                log_level="warning",
                server_header=False,
                timeout_graceful_shutdown=_FINISH_SECONDS,
            )
        )
        try:
            server.run(sockets=[listener])
        except KeyboardInterrupt:
            # uvicorn has finished what was running and passes the signal on; there is nothing left to end.
            messages.print("Stopped.")


@app.command()
def key() -> None:
    """Make a key: what a client sends, and the digest that the server is given to know it by."""
    made = secrets.token_urlsafe(24)
    typer.echo(f"key     {made}")
    typer.echo(f"digest  sha256:{hashlib.sha256(made.encode()).hexdigest()}")


@feedback.command("export")
def export_feedback(
    file: Annotated[Path, typer.Argument(help="The evaluation file to write.")],
    index: IndexOption = None,
) -> None:
    """Write the answers that people found good as an evaluation file, checked against the texts of the index."""
    from eval.export_feedback import export
    from index.load import load_documents
    from qa.feedback import FeedbackStore

    settings = _settings(index)
    exported = export(FeedbackStore(settings.state).all(), load_documents(settings.index))
    try:
        file.write_text("".join(f"{line}\n" for line in exported.lines), encoding="utf-8")
    except OSError as error:
        raise UnwritableFile(f"{file} cannot be written: {error.strerror}. Name another file.") from error
    messages.print(f"{len(exported.lines)} questions written to {file}.", highlight=False, soft_wrap=True)
    for reason, count in exported.left_out.items():
        messages.print(f"left out: {count} {reason}", style="yellow", highlight=False, soft_wrap=True)


app.command("eval")(evaluate)


@app.command()
def clean(
    file: Annotated[Path, typer.Argument(help=f"The file to clean ({_TYPES}).")],
    as_json: JsonOption = False,
) -> None:
    """Show the cleaned text with every edit: what was removed, where and why. The corpus is asked for what is lost."""
    if not file.is_file():
        raise UnreadableSource(f"{file} is not a file.")
    settings = _settings(None)
    failed = 0
    for item in read_file(file):
        if isinstance(item, Refusal):
            _refuse(item)
            failed += 1
            continue
        document = clean_document(item)
        if any(edit.kind == DAMAGE for edit in document.edits):  # else the corpus need not be read
            document = _built(file, settings.corpus).get(document.digest, document)
        if document.source.strip():  # else there is nothing to show
            if as_json:
                typer.echo(cleaned_body(document).model_dump_json())
            else:
                show_cleaned(document, output)
        if not document.holds_text:
            _refuse(Refusal(item.origin, NO_TEXT))
            failed += 1
    if failed:
        raise UnreadableSource(f"{failed} document(s) of {file} were refused.")


def _refuse(refusal: Refusal) -> None:
    told = f"refused: {refusal.origin}: {refusal.reason}"
    messages.print(told, style="yellow", markup=False, highlight=False, soft_wrap=True)


@cache
def _built(file: Path, corpus: Path) -> Mapping[str, Document]:
    """The documents of a file and of the corpus, where there is one, as a build makes them, by their digests."""
    documents, _ = clean_sources([file, corpus], CleaningRules())
    return {document.digest: document for document in documents}


def _require_lock(settings: Settings, address: str) -> None:
    """Refuse to serve other machines without a key, unless that is what was asked for."""
    if settings.api_keys is None and not settings.public and not is_local(address):
        raise ServedUnlocked(
            f"No keys are set, so only this machine may be served, and {settings.host} is reached by others. Set "
            "POLICYQA_API_KEYS (make one with: policyqa key), or POLICYQA_PUBLIC=true to serve everyone."
        )


def _settings(index: Path | None, **options: object) -> Settings:
    given = {name: value for name, value in {"index": index, **options}.items() if value is not None}
    return read_settings(given=given)


def _build(settings: Settings, sources: list[Path]) -> build.BuildReport:
    from index.stages import choose_stages

    with show_progress(messages) as told:
        return build.build_index(sources, settings.index, choose_stages(settings), told)


@contextmanager
def _listening(settings: Settings) -> Iterator[socket.socket]:
    """The socket to serve on, taken before the slow work so that a port in use is told at once."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        listener = socket.create_server((settings.host, settings.port), family=family)
    except (OSError, UnicodeError) as error:
        raise AddressInUse(
            f"Cannot listen on {settings.host} port {settings.port}: {getattr(error, 'strerror', None) or error}. "
            "Stop what listens there, or name another address with --host and --port."
        ) from error
    with listener:
        yield listener
