"""Exports and reports: ask, wait, take away; each is audited, and packs prove themselves anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse, StreamingResponse
from pydantic import AwareDatetime, BaseModel, model_validator

from dlp.api.access import InstallationServices, Principal, allowed
from dlp.api.incident_wire import viewer_of
from dlp.api.permissions import Permission
from dlp.errors import RefusedError, UsageError
from dlp.report import sealed_file
from dlp.services import Services
from dlp.store import exports
from dlp.store.audit import verifier
from dlp.store.exports import Export, Wanted
from dlp.store.search.query import params_of, query_of
from dlp.worker.export_job import folder_of

router = APIRouter(tags=["exports"])
_Exporter = Annotated[Principal, allowed(Permission.EXPORT_CREATE)]
_LONGEST = timedelta(days=400)
_EARLIEST, _LATEST = 1970, 9000
_TYPES = {
    "csv": ("text/csv; charset=utf-8", "csv"),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    "jsonl": ("application/x-ndjson", "jsonl"),
    "pdf": ("application/pdf", "pdf"),
    "pack": ("application/zip", "zip"),
}


class ExportIn(BaseModel):
    """What to export. `query` filters incidents as `GET /incidents` does; a monthly report takes `since` and `until` instead."""

    kind: Literal["incidents", "monthly"] = "incidents"
    form: Literal["csv", "xlsx", "jsonl", "pdf", "pack"] = "pack"
    language: Literal["ru", "en"] = "ru"
    zone: str = "Europe/Moscow"
    query: dict[str, Any] = {}
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> ExportIn:
        if self.kind == "monthly":
            if self.since is None or self.until is None or not timedelta(0) < self.until - self.since <= _LONGEST:
                raise ValueError("a report has a period: since before until, up to 400 days")
            if not _EARLIEST <= self.since.year < _LATEST:
                raise ValueError("a report is of a time there was")
            if self.form not in {"pdf", "jsonl"}:
                raise ValueError("a report is a pdf or jsonl")
        return self


class ExportOut(BaseModel):
    """One export; `sha256` is of the file as it is downloaded, `rows` what it holds."""

    id: str
    kind: str
    form: str
    language: str
    asked: dict[str, Any]
    state: Literal["queued", "ready", "failed", "expired"]
    rows: int | None
    size: int | None
    sha256: str | None
    owner: str
    created_at: datetime
    ready_at: datetime | None
    expires_at: datetime | None
    fault: str


class ExportsOut(BaseModel):
    """The latest exports, the newest first."""

    items: list[ExportOut]


@router.post("/exports", status_code=202)
def ask_export(asked: ExportIn, principal: _Exporter, services: InstallationServices) -> ExportOut:
    """Queues an export; `GET /exports/{id}` tells when it is ready."""
    wanted = Wanted(asked.kind, asked.form, asked.language, _asked(asked, principal, services))
    export = services.database.write(lambda c: exports.ask(c, wanted, actor=principal.actor, now=services.clock.now()))
    with services.database.reading() as connection:
        return _out(exports.get(connection, export), services)


@router.get("/exports")
def list_exports(principal: _Exporter, services: InstallationServices) -> ExportsOut:
    """The latest exports of everybody; one's own where one sees some departments alone."""
    with services.database.reading() as connection:
        return ExportsOut(items=[_out(one, services) for one in exports.listed(connection, viewer_of(principal))])


@router.get("/exports/verifier", response_class=PlainTextResponse)
def get_verifier(principal: _Exporter) -> str:
    """The script that checks a pack: take it from here, not from the pack."""
    return Path(verifier.__file__).read_text(encoding="utf-8")


@router.get("/exports/{export_id}")
def get_export(export_id: str, principal: _Exporter, services: InstallationServices) -> ExportOut:
    """How far an export is."""
    with services.database.reading() as connection:
        return _out(exports.get(connection, export_id, viewer_of(principal)), services)


@router.get("/exports/{export_id}/file", response_class=StreamingResponse)
def download_export(export_id: str, principal: _Exporter, services: InstallationServices) -> StreamingResponse:
    """The file; taking it away is an audited act."""
    viewer, now = viewer_of(principal), services.clock.now()
    found = services.database.write(lambda c: exports.download(c, export_id, viewer, actor=principal.actor, now=now))
    content: Iterator[bytes] = sealed_file.read(folder_of(services.settings) / found.id, services.keys, found.id)
    media_type, ending = _TYPES[found.form]
    name = f"dlp-{found.kind}-{found.created_at:%Y%m%d-%H%M}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Length": str(found.size)}
    return StreamingResponse(content, media_type=media_type, headers=headers)


def _asked(asked: ExportIn, principal: Principal, services: Services) -> dict[str, Any]:
    try:
        zone = ZoneInfo(asked.zone).key
    except (ValueError, LookupError, OSError):
        raise UsageError("there is no such time zone", code="unknown_zone", pointer="/zone") from None
    if asked.kind == "monthly" and asked.since is not None and asked.until is not None:
        if principal.departments is not None:
            raise RefusedError("a report is about all departments", code="all_departments")
        return {"zone": zone, "from": asked.since.isoformat(), "until": asked.until.isoformat()}
    departments = None if principal.departments is None else list(principal.departments)
    query = exports.sealed_query(params_of(query_of(asked.query)), services.keys)
    return {"zone": zone, **query, "departments": departments}


def _out(export: Export, services: Services) -> ExportOut:
    told = {name: value for name, value in export.asked.items() if name != exports.SOUGHT}
    if "query" in told:
        told["query"] = exports.query_asked(export.asked, services.keys)
    return ExportOut(**(export._asdict() | {"asked": told}))
