"""Documents put and removed while the server answers, and the jobs that do it. All of it needs an admin key."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from datetime import date
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.datastructures import UploadFile

from index.read import READERS
from qa.database import written_below
from qa.errors import InvalidDocument
from qa.http.ask import Day
from qa.http.depend import AdminDependency, DocumentId, problems
from qa.http.read_json import WholeText
from qa.http.root_path import root_path
from qa.http.services import services_of
from qa.upload.files import RECORDS, SUFFIXES, require_name, suffix_of, suffix_of_type, write_record
from qa.upload.queue import Job, Kind, State, new_id
from qa.upload.work import Worker

router = APIRouter(tags=["documents"], dependencies=[AdminDependency])

_FORM = "multipart/form-data"


class UploadBody(BaseModel):
    """A document as text; fields beyond these are kept as its metadata."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "examples": [
                {
                    "title": "补贴管理办法",
                    "issuer": "财政部",
                    "issued_on": "2020-02-01",
                    "text": "企业申请稳岗补贴应当提交书面材料。",
                }
            ]
        },
    )

    text: Annotated[WholeText, Field(min_length=1)]
    title: WholeText | None = None
    issuer: WholeText | list[WholeText] | None = None
    number: WholeText | None = Field(None, description="发文字号")
    url: WholeText | None = None
    index_number: WholeText | None = Field(None, description="索引号")
    issued_on: Day = None
    published_on: Day = None
    valid_from: Day = None
    valid_until: Day = None


class ProgressBody(BaseModel):
    """What a running job does."""

    step: str = Field(description="read, clean, embed or store")
    done: int
    total: int = Field(description="0 where it is not known")


class JobBody(BaseModel):
    """How a job stands. When it is done, the index in use has the change."""

    id: str
    kind: Kind
    document_id: str
    state: State
    detail: str = Field(description="why it failed, or what it waits for")
    queued_at: str
    ended_at: str | None
    progress: ProgressBody | None


class JobListBody(BaseModel):
    """The last jobs, the newest first."""

    jobs: list[JobBody]


def _binary(description: str) -> Mapping[str, Any]:
    return {"schema": {"type": "string", "format": "binary", "description": description}}


_UPLOAD: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": UploadBody.model_json_schema()},
            _FORM: {
                "schema": {
                    "type": "object",
                    "properties": {"file": {"type": "string", "format": "binary"}},
                    "required": ["file"],
                }
            },
            **{
                media_type: _binary(f"the content of a {suffix} file")
                for media_type, suffix in SUFFIXES.items()
                if suffix in READERS
            },
        },
    }
}


# An uploaded document's id is a file's name, so it holds no slash: what stands below a document is not to be put.
@router.put(
    "/v1/documents/{document_id}",
    status_code=HTTPStatus.ACCEPTED,
    openapi_extra=_UPLOAD,
    responses={**problems(400, 408, 409, 413, 415, 422, 507)},
)
async def put_document(document_id: DocumentId, request: Request, response: Response) -> JobBody:
    """Add a document, or replace one that was uploaded. The answer is the job that indexes it."""
    require_name(document_id)
    services = services_of(request)
    worker = services.worker
    await run_in_threadpool(lambda: worker.require_uploaded(document_id, may_be_new=True))
    job_id = new_id()
    try:
        with written_below(services.settings.state):
            suffix = await _receive(request, worker, job_id, document_id)
        return await run_in_threadpool(_queued, request, response, "put", document_id, suffix, job_id)
    except BaseException:
        worker.discard(job_id)
        raise


@router.delete(
    "/v1/documents/{document_id}", status_code=HTTPStatus.ACCEPTED, responses={**problems(404, 409, 422, 507)}
)
def delete_document(document_id: DocumentId, request: Request, response: Response) -> JobBody:
    """Remove a document that was uploaded. The answer is the job that does it."""
    services_of(request).worker.require_uploaded(document_id, may_be_new=False)
    return _queued(request, response, "delete", document_id, "", new_id())


@router.get("/v1/jobs", responses={**problems(422)})
def list_jobs(request: Request, limit: Annotated[int, Query(ge=1, le=1000)] = 100) -> JobListBody:
    """The last jobs, the newest first."""
    services = services_of(request)
    return JobListBody(jobs=[_body(job, services.worker) for job in services.jobs.last(limit)])


@router.get("/v1/jobs/{job_id}", responses={**problems(404)})
def read_job(job_id: str, request: Request) -> JobBody:
    """How a job stands."""
    services = services_of(request)
    return _body(services.jobs.get(job_id), services.worker)


async def _receive(request: Request, worker: Worker, job_id: str, document_id: str) -> str:
    """Write what is uploaded to the file of the job, and give its suffix."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type == "application/json":
        record = _record(await request.body())
        file = worker.incoming(job_id, document_id, RECORDS)
        await run_in_threadpool(write_record, document_id, record, file)
        return RECORDS
    if media_type == _FORM:
        async with request.form(max_files=1, max_fields=10) as form:
            sent = form.get("file")
            if not isinstance(sent, UploadFile):
                raise InvalidDocument("The form holds no file in the field file.")
            suffix = suffix_of(sent.filename or "")
            with worker.incoming(job_id, document_id, suffix).open("wb") as stream:
                await run_in_threadpool(shutil.copyfileobj, sent.file, stream)
        return suffix
    suffix = suffix_of_type(media_type)
    with worker.incoming(job_id, document_id, suffix).open("wb") as stream:
        async for piece in request.stream():
            stream.write(piece)
        if not stream.tell():
            raise InvalidDocument("The upload is empty.")
    return suffix


def _record(content: bytes) -> dict[str, object]:
    try:
        read = json.loads(content)
    except json.JSONDecodeError as error:
        broken = {"type": "json_invalid", "loc": ("body", error.pos), "msg": "", "ctx": {"error": error.msg}}
        raise RequestValidationError([broken]) from error
    except (ValueError, RecursionError) as error:
        broken = {"type": "json_invalid", "loc": ("body", 0), "msg": "", "ctx": {"error": "it cannot be read"}}
        raise RequestValidationError([broken]) from error
    try:
        body = UploadBody.model_validate(read)
    except ValidationError as error:
        raise RequestValidationError([{**told, "loc": ("body", *told["loc"])} for told in error.errors()]) from error
    record = body.model_dump(exclude_none=True)
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in record.items()}


def _queued(request: Request, response: Response, kind: Kind, document_id: str, suffix: str, job_id: str) -> JobBody:
    services = services_of(request)
    job = services.jobs.add(kind, document_id, suffix, job_id)
    services.worker.wake()
    response.headers["Location"] = f"{root_path(request.scope)}/v1/jobs/{job.id}"
    return _body(job, services.worker)


def _body(job: Job, worker: Worker) -> JobBody:
    told = worker.progress if job.state == "running" else None
    return JobBody(
        id=job.id,
        kind=job.kind,
        document_id=job.document_id,
        state=job.state,
        detail=job.detail,
        queued_at=job.queued_at,
        ended_at=job.ended_at,
        progress=ProgressBody(step=told[0], done=told[1], total=told[2]) if told else None,
    )
