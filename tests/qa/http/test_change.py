from __future__ import annotations

import io
import json
import os
import shutil
import sqlite3
import threading
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
from fastapi.testclient import TestClient
from numpy.typing import NDArray

from api import create_app
from index.build import build_index
from index.clean.document import clean
from index.errors import UnreadableSource
from index.manifest import Manifest
from index.records import Document, RawDocument
from index.stages import with_embedder
from qa.ask import Assistant
from qa.upload.files import read_upload
from qa.upload.queue import JobQueue
from tests.qa.http.conftest import RECORDS
from tests.stubs import HashingEmbedder, assistant_over, keyed

ADMIN, USER = "the-key-of-an-admin", "the-key-of-a-user"
TEXT = "海水淡化项目享受电价优惠，每吨补助三元。"
QUESTION = "海水淡化项目每吨补助多少"
PATIENCE = 30


@pytest.fixture
def assistant(tmp_path: Path) -> Assistant:
    return assistant_over(RECORDS, tmp_path)


def client_of(assistant: Assistant) -> TestClient:
    settings = keyed(assistant.settings, admin_keys=ADMIN)
    return TestClient(create_app(settings, assistant), headers={"Authorization": f"Bearer {ADMIN}"})


@pytest.fixture
def admin(assistant: Assistant) -> Iterator[TestClient]:
    with client_of(assistant) as client:
        yield client


def ended(admin: TestClient, response: Any) -> dict[str, Any]:
    """The job of a response, when it has ended."""
    assert response.status_code == 202, response.text
    assert response.headers["location"] == f"/v1/jobs/{response.json()['id']}"
    given_up = time.monotonic() + PATIENCE
    while time.monotonic() < given_up:
        job: dict[str, Any] = admin.get(response.headers["location"]).json()
        if job["state"] in {"done", "failed"}:
            assert job["ended_at"] >= job["queued_at"]
            return job
        time.sleep(0.02)
    pytest.fail(f"the job does not end: {job}")


def ids(client: TestClient) -> list[str]:
    return [document["id"] for document in client.get("/v1/documents").json()["documents"]]


def wait_for(client: TestClient, expected: list[str]) -> None:
    """Wait until the index in use holds these documents."""
    given_up = time.monotonic() + PATIENCE
    while ids(client) != expected and time.monotonic() < given_up:
        time.sleep(0.05)
    assert ids(client) == expected


def answer(client: TestClient, question: str = QUESTION) -> str:
    text: str = client.post("/v1/ask", json={"question": question}).json()["answer"]["text"]
    return text


BEFORE = ["行动计划", "办法", "无题"]


def test_a_document_put_as_text_is_answered_from_as_soon_as_its_job_is_done(admin: TestClient) -> None:
    body = {"title": "淡化办法", "issuer": "水利部", "issued_on": "2023-03-01", "level": 7, "text": TEXT}
    job = ended(admin, admin.put("/v1/documents/淡化", json=body))
    document = admin.get("/v1/documents/淡化").json()

    assert job["state"] == "done"
    assert (job["kind"], job["document_id"], job["detail"], job["progress"]) == ("put", "淡化", "", None)
    assert ids(admin) == [*BEFORE, "淡化"]
    assert (document["title"], document["issuer"], document["issued_on"]) == ("淡化办法", "水利部", "2023-03-01")
    assert "每吨补助三元" in answer(admin)


def test_a_document_put_again_is_replaced(admin: TestClient) -> None:
    ended(admin, admin.put("/v1/documents/淡化", json={"text": TEXT}))
    ended(
        admin,
        admin.put("/v1/documents/淡化", content="海水淡化项目每吨补助五元。", headers={"content-type": "text/plain"}),
    )

    assert ids(admin) == [*BEFORE, "淡化"]
    assert "每吨补助五元" in answer(admin)
    assert "三元" not in answer(admin)


def test_a_document_that_was_put_can_be_removed(admin: TestClient) -> None:
    ended(admin, admin.put("/v1/documents/淡化", json={"text": TEXT}))
    job = ended(admin, admin.delete("/v1/documents/淡化"))

    assert (job["kind"], job["state"]) == ("delete", "done")
    assert ids(admin) == BEFORE
    assert admin.get("/v1/documents/淡化").status_code == 404


def test_a_document_can_be_removed_while_it_is_put(admin: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    reading, go_on = threading.Event(), threading.Event()

    def slowly(file: Path, document_id: str) -> RawDocument:
        reading.set()
        go_on.wait(PATIENCE)
        return read_upload(file, document_id)

    monkeypatch.setattr("qa.upload.work.read_upload", slowly)
    put = admin.put("/v1/documents/淡化", json={"text": TEXT})
    assert reading.wait(PATIENCE)
    removed = admin.delete("/v1/documents/淡化")
    go_on.set()

    assert ended(admin, put)["state"] == ended(admin, removed)["state"] == "done"
    assert ids(admin) == BEFORE


def test_a_server_that_ends_reads_no_further_upload(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    queue = JobQueue(assistant.settings.state)
    first, second = (queue.add("put", name, ".txt") for name in "ab")
    read: list[str] = []
    reading = threading.Event()

    def slowly(_: Path, document_id: str) -> RawDocument:
        read.append(document_id)
        reading.set()
        time.sleep(0.5)
        raise UnreadableSource("torn")

    monkeypatch.setattr("qa.upload.work.read_upload", slowly)
    with client_of(assistant):
        assert reading.wait(PATIENCE)

    assert read == ["a"]
    assert (queue.get(first.id).state, queue.get(second.id).ended_at) == ("failed", None)


@pytest.mark.parametrize("name", ["通知.txt", "../../通知.TXT"])
def test_a_file_put_by_a_form_is_read_by_its_suffix(admin: TestClient, assistant: Assistant, name: str) -> None:
    files = {"file": (name, TEXT.encode("gb18030"))}
    job = ended(admin, admin.put("/v1/documents/淡化", files=files))

    assert job["state"] == "done"
    assert "每吨补助三元" in answer(admin)
    uploads = assistant.settings.state / "uploads"
    assert [path.name for path in uploads.iterdir()] == ["淡化.txt"]


def test_what_was_put_is_there_after_a_restart_and_belongs_to_the_default_sources(
    admin: TestClient, assistant: Assistant
) -> None:
    ended(admin, admin.put("/v1/documents/淡化", json={"text": TEXT}))
    stages = with_embedder(HashingEmbedder())
    again = Assistant.load(assistant.settings, stages)
    with client_of(again) as restarted:
        assert ids(restarted) == [*BEFORE, "淡化"]
    assert again.index.manifest.sources[-1] == str(assistant.settings.state / "uploads")


def test_jobs_left_when_a_server_ended_are_done_by_the_next(assistant: Assistant) -> None:
    queue = JobQueue(assistant.settings.state)
    job = queue.add("put", "淡化", ".txt")
    queue.set([job], "running")
    folder = assistant.settings.state / "incoming" / job.id
    folder.mkdir(parents=True)
    (folder / "淡化.txt").write_text(TEXT, encoding="utf-8")

    with client_of(assistant) as admin:
        given_up = time.monotonic() + PATIENCE
        while queue.get(job.id).state != "done" and time.monotonic() < given_up:
            time.sleep(0.02)
        assert ids(admin) == [*BEFORE, "淡化"]
    assert not folder.exists()


def test_nobody_who_asks_meanwhile_is_failed(admin: TestClient) -> None:
    stop = threading.Event()
    statuses: list[int] = []

    def ask() -> None:
        while not stop.is_set():
            for response in (
                admin.post("/v1/ask", json={"question": "行动计划支持多少个实体园区"}),
                admin.get("/v1/documents/行动计划"),
                admin.get("/health/ready"),
            ):
                statuses.append(response.status_code)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    responses = [admin.put(f"/v1/documents/新{number}", json={"text": f"{TEXT}第{number}号。"}) for number in range(5)]
    states = [ended(admin, response)["state"] for response in responses]
    stop.set()
    for thread in threads:
        thread.join()

    assert states == ["done"] * 5
    assert set(statuses) == {200}
    assert len(statuses) > 20
    assert sorted(ids(admin)) == sorted([*BEFORE, *(f"新{number}" for number in range(5))])


def test_an_index_built_by_another_process_is_put_into_use(
    admin: TestClient, assistant: Assistant, tmp_path: Path
) -> None:
    texts = tmp_path / "other"
    texts.mkdir()
    (texts / "另.txt").write_text(TEXT, encoding="utf-8")
    build_index([texts], assistant.settings.index, with_embedder(HashingEmbedder()))

    wait_for(admin, ["另"])


def test_an_index_replaced_while_the_server_starts_is_put_into_use(assistant: Assistant, tmp_path: Path) -> None:
    (tmp_path / "另.txt").write_text(TEXT, encoding="utf-8")
    build_index([tmp_path / "另.txt"], assistant.settings.index, with_embedder(HashingEmbedder()))

    with client_of(assistant) as admin:
        wait_for(admin, ["另"])


# What cannot be put


def test_a_document_of_another_source_is_neither_replaced_nor_removed(admin: TestClient) -> None:
    for response in (admin.put("/v1/documents/办法", json={"text": TEXT}), admin.delete("/v1/documents/办法")):
        assert response.status_code == 409
        assert response.json()["type"] == "urn:policyqa:document-taken"
        assert "records.jsonl" in response.json()["detail"]
    assert admin.delete("/v1/documents/nowhere").status_code == 404


@pytest.mark.parametrize(
    "name", ["a/b", "../etc/passwd", "..", ".hidden", "README", "readme", "a\\b", "a\0b", "a\nb", " a", "字" * 67]
)
def test_an_id_that_is_no_name_is_refused(admin: TestClient, assistant: Assistant, name: str) -> None:
    response = admin.put(f"/v1/documents/{quote(name, safe='')}", json={"text": TEXT})

    # What holds a slash is no address of an uploaded document; a client makes another address of the dots alone.
    assert response.status_code == {"..": 404}.get(name, 405 if "/" in name else 422)
    assert not (assistant.settings.state / "uploads").exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "body.text"),
        ({"text": ""}, "body.text"),
        ({"text": 5}, "body.text"),
        ({"text": "a\0b"}, "body.text"),
        ({"text": TEXT, "issued_on": "gestern"}, "body.issued_on"),
        ({"text": TEXT, "title": ["x"]}, "body.title"),
        ([], "body"),
    ],
)
def test_a_wrong_record_is_told_by_its_field(admin: TestClient, body: object, field: str) -> None:
    response = admin.put("/v1/documents/x", json=body)

    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == [field]


@pytest.mark.parametrize("content", [b"{", b"\xff", b"[" * 100_000, b'{"text": ' + b"9" * 5000 + b"}"])
def test_a_broken_record_is_a_bad_request(admin: TestClient, content: bytes) -> None:
    response = admin.put("/v1/documents/x", content=content, headers={"content-type": "application/json"})

    assert response.status_code == 400
    assert "not JSON" in response.json()["detail"]


@pytest.mark.parametrize("kind", ["application/zip", "image/png", "", "nonsense", "application/x-ndjson"])
def test_a_type_that_is_not_read_is_refused_by_name(admin: TestClient, kind: str) -> None:
    response = admin.put("/v1/documents/x", content=b"PK\x03\x04", headers={"content-type": kind})

    assert response.status_code == 415
    assert "text/plain" in response.json()["detail"]


@pytest.mark.parametrize("name", ["a.zip", "a.jsonl", "a", "a.exe", ""])
def test_a_file_that_is_not_read_is_refused_by_its_suffix(admin: TestClient, name: str) -> None:
    assert admin.put("/v1/documents/x", files={"file": (name, b"x")}).status_code in {415, 422}


def test_a_form_without_the_file_is_refused(admin: TestClient) -> None:
    assert admin.put("/v1/documents/x", files={"document": ("a.txt", b"x")}).status_code == 422


def test_a_zip_of_names_that_climb_writes_nothing_anywhere(
    admin: TestClient, assistant: Assistant, tmp_path: Path
) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("../../../climbed.txt", TEXT)
        archive.writestr("word/document.xml", "<x/>")
    for name in ("a.zip", "a.docx"):
        response = admin.put("/v1/documents/x", files={"file": (name, held.getvalue())})
        if response.status_code == 202:
            assert ended(admin, response)["state"] == "failed"
        else:
            assert response.status_code == 415
    assert not list(tmp_path.parent.rglob("climbed*"))
    assert ids(admin) == BEFORE
    assert [path for path in (assistant.settings.state / "incoming").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"\0\0\0", b"  \n "])
def test_a_file_that_cannot_be_read_fails_its_job_and_no_other(
    admin: TestClient, assistant: Assistant, content: bytes
) -> None:
    plain = {"content-type": "text/plain"}
    bad = admin.put("/v1/documents/bad", content=content, headers=plain)
    good = admin.put("/v1/documents/good", content=TEXT, headers=plain)

    assert ended(admin, bad)["state"] == "failed"
    assert admin.get(bad.headers["location"]).json()["detail"]
    assert ended(admin, good)["state"] == "done"
    assert ids(admin) == [*BEFORE, "good"]
    assert [path.name for path in (assistant.settings.state / "uploads").iterdir()] == ["good.txt"]


def test_an_upload_that_brings_a_rule_down_fails_its_job_and_no_other(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaking(raw: RawDocument) -> Document:
        if raw.id == "bad":
            raise IndexError("a rule went too far")
        return clean(raw)

    monkeypatch.setattr("index.clean_sources.clean", breaking)
    with client_of(assistant) as admin:
        bad = admin.put("/v1/documents/bad", json={"text": TEXT})
        good = admin.put("/v1/documents/good", json={"text": TEXT})

        assert "a rule went too far" in ended(admin, bad)["detail"]
        assert ended(admin, good)["state"] == "done"
        assert ids(admin) == [*BEFORE, "good"]


def test_a_failure_nobody_thought_of_fails_the_job_and_the_next_is_done(
    admin: TestClient, assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("qa.upload.work.build_index", failing_once(build_index, MemoryError()))
        first = ended(admin, admin.put("/v1/documents/x", json={"text": TEXT}))
        second = ended(admin, admin.put("/v1/documents/y", json={"text": TEXT}))

    assert (first["state"], first["detail"]) == ("failed", "The server failed; its log says why.")
    assert second["state"] == "done"
    assert ids(admin) == [*BEFORE, "y"]
    assert not list((assistant.settings.state / "incoming").iterdir())


def failing_once(function: Callable[..., Any], error: Exception) -> Callable[..., Any]:
    """The function, but for its first call, which raises the error."""
    errors = [error]

    def called(*arguments: Any) -> Any:
        if errors:
            raise errors.pop()
        return function(*arguments)

    return called


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("no room for a tensor"), UnreadableSource("torn")])
def test_an_index_that_cannot_be_put_into_use_fails_the_job_and_is_tried_again(
    admin: TestClient, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr("qa.upload.work._RETRY", 0.1)
    monkeypatch.setattr("qa.upload.work.Assistant.load", failing_once(Assistant.load, error))
    job = ended(admin, admin.put("/v1/documents/x", json={"text": TEXT}))

    assert job["state"] == "failed"
    assert "tried again" in job["detail"]
    wait_for(admin, [*BEFORE, "x"])


def test_a_damaged_index_is_tried_again_until_it_is_whole(
    admin: TestClient, assistant: Assistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.upload.work._RETRY", 0.1)
    (tmp_path / "另.txt").write_text(TEXT, encoding="utf-8")
    built, used = tmp_path / "built", assistant.settings.index
    manifest = build_index([tmp_path / "另.txt"], built, with_embedder(HashingEmbedder())).manifest
    shutil.copytree(built / manifest.data, used / manifest.data)
    (used / manifest.data / "passages.jsonl").write_text("", encoding="utf-8")
    (built / "manifest.json").replace(used / "manifest.json")
    time.sleep(1.5)
    assert ids(admin) == BEFORE

    shutil.copy(built / manifest.data / "passages.jsonl", used / manifest.data)
    wait_for(admin, ["另"])


def test_a_new_index_is_used_with_the_cross_encoder_that_is_loaded(assistant: Assistant) -> None:
    settings = assistant.settings.model_copy(update={"reranker": "no-folder-has-this-name"})
    reranker = ByLength()
    reranking = replace(assistant, settings=settings, reranker=reranker)
    with client_of(reranking) as admin:
        assert ended(admin, admin.put("/v1/documents/x", json={"text": TEXT}))["state"] == "done"
        assert ids(admin) == [*BEFORE, "x"]
        assert admin.app.state.services.assistant.reranker is reranker  # type: ignore[attr-defined] # it is a FastAPI


class ByLength:
    """A true reranker: the closer in length to the question, the better."""

    def scores(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.array([1 / (1 + abs(len(text) - len(question))) for text in texts], dtype=np.float32)


def test_a_state_folder_may_be_named_in_another_way_after_a_restart(
    assistant: Assistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, state in (("a", Path("state")), ("b", tmp_path / "state"), ("c", tmp_path / "index" / ".." / "state")):
        settings = assistant.settings.model_copy(update={"state": state})
        held = Assistant.load(settings, with_embedder(HashingEmbedder()))
        with client_of(held) as admin:
            job = ended(admin, admin.put(f"/v1/documents/{name}", json={"text": f"{TEXT}第{name}号。"}))
            assert (job["state"], job["detail"]) == ("done", "")

    manifest = Manifest.read(assistant.settings.index)
    assert list(manifest.documents) == [*BEFORE, "a", "b", "c"]
    assert manifest.sources == [str(tmp_path / "records.jsonl"), "state/uploads"]
    assert manifest.refused == {}


def test_an_upload_is_not_taken_for_another_whose_name_goes_on(
    admin: TestClient, assistant: Assistant, tmp_path: Path
) -> None:
    markdown = {"content-type": "text/markdown"}
    ended(admin, admin.put("/v1/documents/a.txt", content=TEXT, headers=markdown))
    with (tmp_path / "records.jsonl").open("a", encoding="utf-8") as records:
        records.write("\n" + json.dumps({"_id": "a.txt", "text": TEXT}))
    job = ended(admin, admin.put("/v1/documents/a", content=TEXT, headers={"content-type": "text/plain"}))

    assert (job["state"], job["detail"]) == ("done", "")
    assert list(Manifest.read(assistant.settings.index).refused) == [
        str(assistant.settings.state / "uploads" / "a.txt.md")
    ]


@pytest.mark.parametrize(
    "body", [{"json": {"text": TEXT}}, {"content": TEXT, "headers": {"content-type": "text/plain"}}]
)
def test_an_upload_whose_id_another_source_has_brought_meanwhile_is_refused(
    assistant: Assistant, tmp_path: Path, body: dict[str, Any]
) -> None:
    with client_of(assistant) as admin:
        with (tmp_path / "records.jsonl").open("a", encoding="utf-8") as records:
            records.write("\n" + json.dumps({"_id": "x", "text": "另一份文件。"}))
        job = ended(admin, admin.put("/v1/documents/x", **body))

    assert job["state"] == "failed"
    assert "records.jsonl:4" in job["detail"]
    assert list((assistant.settings.state / "uploads").iterdir()) == []


def test_what_is_uploaded_is_not_kept_where_its_job_cannot_be(
    admin: TestClient, assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("qa.database.sqlite3.connect", full)
    response = admin.put("/v1/documents/x", json={"text": TEXT})

    assert (response.status_code, response.json()["type"]) == (507, "urn:policyqa:state-not-writable")
    assert "disk is full" in response.json()["detail"]
    assert list((assistant.settings.state / "incoming").iterdir()) == []


def test_a_state_folder_that_cannot_be_written_is_told_with_the_cure(assistant: Assistant, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    state = tmp_path / "file" / "state"
    unwritable = replace(assistant, settings=assistant.settings.model_copy(update={"state": state}))
    with client_of(unwritable) as admin:
        answer_id = admin.post("/v1/ask", json={"question": QUESTION}).json()["id"]
        for response in (
            admin.put("/v1/documents/x", json={"text": TEXT}),
            admin.put("/v1/documents/x", content=TEXT, headers={"content-type": "text/plain"}),
            admin.put("/v1/documents/x", files={"file": ("x.txt", TEXT)}),
            admin.post("/v1/feedback", json={"answer_id": answer_id, "rating": "up"}),
        ):
            assert (response.status_code, response.json()["type"]) == (507, "urn:policyqa:state-not-writable")
            assert str(state) in response.json()["detail"]
            assert "POLICYQA_STATE" in response.json()["detail"]


def test_uploads_that_were_never_queued_are_removed_when_nobody_can_queue_them_any_more(assistant: Assistant) -> None:
    queue = JobQueue(assistant.settings.state)
    job = queue.add("put", "淡化", ".txt")
    incoming = assistant.settings.state / "incoming"
    for name, age in ((job.id, 4000), ("abandoned", 4000), ("coming", 3000)):
        folder = incoming / name
        folder.mkdir(parents=True)
        (folder / "淡化.txt").write_text(TEXT, encoding="utf-8")
        for path in (folder / "淡化.txt", folder):
            os.utime(path, (time.time() - age,) * 2)

    with client_of(assistant) as admin:
        wait_for(admin, [*BEFORE, "淡化"])
        assert admin.get(f"/v1/jobs/{job.id}").json()["state"] in {"running", "done"}
    assert [folder.name for folder in incoming.iterdir()] == ["coming"]


def test_an_empty_file_is_refused(admin: TestClient) -> None:
    assert admin.put("/v1/documents/x", content=b"", headers={"content-type": "text/plain"}).status_code == 422


def test_an_upload_over_the_limit_is_too_large_announced_or_not(assistant: Assistant) -> None:
    settings = keyed(assistant.settings, admin_keys=ADMIN).model_copy(update={"max_upload": 1})
    with TestClient(create_app(settings, assistant), headers={"Authorization": f"Bearer {ADMIN}"}) as admin:
        plain = {"content-type": "text/plain"}
        pieces = (b"a" * 65536 for _ in range(17))
        assert admin.put("/v1/documents/x", content=b"a" * ((1 << 20) + 1), headers=plain).status_code == 413
        assert admin.put("/v1/documents/x", content=pieces, headers=plain).status_code == 413
    assert not list((assistant.settings.state / "incoming").glob("*"))


def test_a_source_that_has_gone_fails_the_job_and_leaves_the_index_as_it_was(
    admin: TestClient, assistant: Assistant, tmp_path: Path
) -> None:
    (tmp_path / "records.jsonl").rename(tmp_path / "moved.jsonl")
    job = ended(admin, admin.put("/v1/documents/x", json={"text": TEXT}))

    assert job["state"] == "failed"
    assert "records.jsonl" in job["detail"]
    assert ids(admin) == BEFORE
    assert list((assistant.settings.state / "uploads").iterdir()) == []


def test_an_upload_loses_no_document_that_cannot_be_read_any_more_before_policyqa_index_goes_on_without_it(
    tmp_path: Path,
) -> None:
    stages = with_embedder(HashingEmbedder())
    assistant = assistant_over(RECORDS, tmp_path)
    texts, other = tmp_path / "texts", tmp_path / "records.jsonl"
    texts.mkdir()
    (texts / "园区.txt").write_text("支持园区建设。", encoding="utf-8")
    (texts / "picture.png").write_bytes(b"\x89PNG")
    build_index([texts, other], assistant.settings.index, stages)
    with client_of(Assistant.load(assistant.settings, stages)) as admin:
        assert ended(admin, admin.put("/v1/documents/x", json={"text": TEXT}))["state"] == "done"
        (texts / "园区.txt").write_bytes(b"\0")
        for response in (admin.put("/v1/documents/y", json={"text": TEXT}), admin.delete("/v1/documents/x")):
            job = ended(admin, response)
            assert job["state"] == "failed"
            assert "'园区'" in job["detail"]
            assert f"{texts / '园区.txt'}: it holds NUL bytes" in job["detail"]
            assert "picture.png" not in job["detail"]
        assert ids(admin) == ["园区", *BEFORE, "x"]
        assert [path.name for path in (assistant.settings.state / "uploads").iterdir()] == ["x.jsonl"]

        build_index([texts, other, assistant.settings.state / "uploads"], assistant.settings.index, stages)
        assert ended(admin, admin.delete("/v1/documents/x"))["state"] == "done"
        assert ids(admin) == BEFORE


def test_a_document_that_was_taken_out_of_its_source_leaves_the_index_with_the_next_upload(
    admin: TestClient, tmp_path: Path
) -> None:
    lines = (tmp_path / "records.jsonl").read_text(encoding="utf-8").splitlines()
    (tmp_path / "records.jsonl").write_text("\n".join(lines[:-1]), encoding="utf-8")
    assert ended(admin, admin.put("/v1/documents/x", json={"text": TEXT}))["state"] == "done"
    assert ids(admin) == [*BEFORE[:-1], "x"]


def test_the_last_document_is_not_removed_and_the_job_says_why(tmp_path: Path) -> None:
    uploads = tmp_path / "state" / "uploads"
    uploads.mkdir(parents=True)
    assistant = assistant_over(RECORDS[:1], tmp_path)
    (uploads / "淡化.txt").write_text(TEXT, encoding="utf-8")
    build_index([uploads], assistant.settings.index, with_embedder(HashingEmbedder()))
    with client_of(Assistant.load(assistant.settings, with_embedder(HashingEmbedder()))) as admin:
        job = ended(admin, admin.delete("/v1/documents/淡化"))
        assert job["state"] == "failed"
        assert ids(admin) == ["淡化"]
    assert [path.name for path in uploads.iterdir()] == ["淡化.txt"]


def test_behind_a_path_a_job_is_found_where_the_answer_says(assistant: Assistant) -> None:
    app = create_app(keyed(assistant.settings, admin_keys=ADMIN), assistant)
    with TestClient(app, root_path="/policy", headers={"Authorization": f"Bearer {ADMIN}"}) as admin:
        response = admin.put("/policy/v1/documents/x", json={"text": TEXT})

        assert response.status_code == 202
        assert admin.get(response.headers["location"]).json()["id"] == response.json()["id"]
        assert response.headers["location"].startswith("/policy/")


# Who may


@pytest.mark.parametrize(
    ("keys", "authorization", "status"),
    [
        ({}, None, 403),
        ({"api_keys": USER}, USER, 403),
        ({"api_keys": USER, "admin_keys": ADMIN}, USER, 403),
        ({"api_keys": USER, "admin_keys": ADMIN}, None, 401),
        ({"api_keys": USER, "admin_keys": ADMIN}, "wrong-key-wrong-key", 401),
        ({"admin_keys": ADMIN}, None, 401),
        ({"admin_keys": ADMIN}, ADMIN, 202),
        ({"api_keys": USER, "admin_keys": ADMIN}, ADMIN, 202),
    ],
)
def test_documents_are_changed_with_an_admin_key_only(
    assistant: Assistant, keys: dict[str, str], authorization: str | None, status: int
) -> None:
    with TestClient(create_app(keyed(assistant.settings, **keys), assistant)) as client:
        headers = {"Authorization": f"Bearer {authorization}"} if authorization else {}
        response = client.put("/v1/documents/x", json={"text": TEXT}, headers=headers)

        assert response.status_code == status
        if status != 202:
            for method, path in (("DELETE", "/v1/documents/x"), ("GET", "/v1/jobs"), ("GET", "/v1/jobs/x")):
                assert client.request(method, path, headers=headers).status_code == status


def test_who_sends_a_mistyped_admin_key_is_told_so_and_not_to_send_one(assistant: Assistant) -> None:
    with TestClient(create_app(keyed(assistant.settings, admin_keys=ADMIN), assistant)) as client:
        for headers, kind in (({}, "key-needed"), ({"Authorization": f"Bearer {ADMIN}x"}, "wrong-key")):
            response = client.delete("/v1/documents/x", headers=headers)
            assert (response.status_code, response.json()["type"]) == (401, f"urn:policyqa:{kind}")


def test_jobs_are_listed_the_newest_first(admin: TestClient) -> None:
    assert admin.get("/v1/jobs").json() == {"jobs": []}
    first, second = (admin.put(f"/v1/documents/{name}", json={"text": TEXT}).json()["id"] for name in "ab")

    assert [job["id"] for job in admin.get("/v1/jobs").json()["jobs"]] == [second, first]
    assert [job["id"] for job in admin.get("/v1/jobs?limit=1").json()["jobs"]] == [second]
    assert admin.get("/v1/jobs/nowhere").status_code == 404
