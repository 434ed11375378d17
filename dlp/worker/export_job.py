"""Makes the exports people asked for, and removes those whose time is over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from dlp.errors import DlpError
from dlp.report import monthly, sealed_file, table_files
from dlp.report.evidence_pack import Desk, Subject, pack_of, report_of
from dlp.report.incident_rows import rows_of, titles
from dlp.report.pdf import pdf
from dlp.report.words import Words
from dlp.services import Services
from dlp.settings import Settings
from dlp.store import exports
from dlp.store.actor import SYSTEM
from dlp.store.exports import Export, Wanted
from dlp.store.jobs import Job
from dlp.store.search import listing
from dlp.store.search.conditions import Asked
from dlp.store.search.query import Viewer, query_of
from dlp.store.statistics import Period


def folder_of(settings: Settings) -> Path:
    """Where the sealed files of exports lie."""
    return settings.home / "exports"


def make_export(services: Services, job: Job, tell: Any) -> Mapping[str, Any]:
    """The work of `POST /exports`."""
    export_id = str(job.asked["export"])
    with services.database.reading() as connection:
        export = exports.get(connection, export_id)
    count = _Counter()
    try:
        content = _monthly(services, export) if export.kind == "monthly" else _incidents(services, export, count, tell)
        written = sealed_file.write(folder_of(services.settings) / export.id, services.keys, export.id, content)
        made: dict[str, Any] = {"rows": count.rows, "size": written.size, "sha256": written.sha256}
    except DlpError as error:
        made = {"fault": str(error)}
    except Exception as error:
        # Whoever asked is told, too; what happened is the job's to say.
        fault = {"fault": type(error).__name__}
        services.database.write(lambda c: exports.finish(c, export.id, fault, services.clock.now()))
        raise
    services.database.write(lambda c: exports.finish(c, export.id, made, services.clock.now()))
    return {"export": export.id}


def plan_monthly(services: Services) -> None:
    """Asks for the report of the month that ended, once; a month is one of the organisation's time zone."""
    organisation = services.context.policies.organisation
    zone = ZoneInfo(organisation.zone or "UTC")
    first = services.clock.now().astimezone(zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    before = (first - timedelta(days=1)).replace(day=1)
    month = before.strftime("%Y-%m")
    asked = {"month": month, "from": before.isoformat(), "until": first.isoformat(), "zone": zone.key}
    with services.database.reading() as connection:
        if exports.month_is_asked(connection, month):
            return
    wanted = Wanted("monthly", "pdf", "ru", asked)
    services.database.write(lambda c: exports.ask(c, wanted, actor=SYSTEM, now=services.clock.now()))


def remove_expired(services: Services) -> None:
    """Ends exports whose time is over."""
    for export in services.database.write(lambda c: exports.expire(c, services.clock.now())):
        (folder_of(services.settings) / export).unlink(missing_ok=True)


class _Counter:
    def __init__(self) -> None:
        self.rows = 0


def _incidents(services: Services, export: Export, count: _Counter, tell: Any) -> Iterable[bytes]:
    asked, zone = export.asked, ZoneInfo(export.asked["zone"])
    viewer = Viewer(export.owner, tuple(asked["departments"]) if asked.get("departments") is not None else None)
    with services.database.reading() as connection:
        as_of = listing.latest_change(connection)
    sought = exports.query_asked(asked, services.keys)
    wanted = Asked(query_of(sought), viewer, services.clock.now(), as_of)
    rows = _counted(rows_of(services.database, wanted, zone), count, tell)
    if export.form == "jsonl":
        return table_files.jsonl(rows)
    if export.form == "csv":
        return table_files.csv_file(rows, titles(export.language), semicolons=export.language == "ru")
    if export.form == "xlsx":
        return [table_files.xlsx(rows, titles(export.language))]
    every = list(rows)
    with services.database.reading() as connection:
        ids = exports.ids_of(connection, [int(row["number"].removeprefix("INC-")) for row in every])
    subject, words = Subject(every, ids, sought, export.language), Words(export.language, zone)
    now = services.clock.now()
    if export.form == "pdf":
        return [pdf(report_of(subject, now, words))]
    return [pack_of(Desk(services.database, services.keys, now), subject, words)]


def _counted(rows: Iterator[dict[str, Any]], count: _Counter, tell: Any) -> Iterator[dict[str, Any]]:
    for row in rows:
        count.rows += 1
        if count.rows % 5000 == 0:
            tell(count.rows, None)
        yield row


def _monthly(services: Services, export: Export) -> Iterable[bytes]:
    asked, zone = export.asked, ZoneInfo(export.asked["zone"])
    start, end = (datetime.fromisoformat(asked[name]).astimezone(UTC) for name in ("from", "until"))
    words = Words(export.language, zone)
    with services.database.reading() as connection:
        report = monthly.report_of(connection, Period(start, end, zone), services.clock.now(), words)
    return [pdf(report)] if export.form == "pdf" else table_files.jsonl(monthly.rows_of(report))
