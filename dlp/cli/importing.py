"""`dlp import EXPORT --case NAME`: reads a service's history into a retro case and tells what of ours lies there."""

from __future__ import annotations

import getpass
import json
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

from dlp.cli.progress import Progress
from dlp.errors import InputFault, UsageError
from dlp.ingest.exports import read_export, zone_named
from dlp.ingest.source import Meter
from dlp.records import Message
from dlp.report import case_tables
from dlp.services import Services
from dlp.settings import Settings, settings_from
from dlp.store import case_lists
from dlp.store.actor import Actor
from dlp.wiring import services_from
from dlp.worker.case_import import CaseImport, Imported, Source

_FORMS = (".csv", ".json")


def main(arguments: list[str]) -> int:
    """Imports and returns 0, or 1 where some of the export could not be read."""
    options = _parser().parse_args(arguments)
    _check(options)
    services = services_from(_settings(options))
    try:
        imported = _import(services, options)
        _write_lists(services, imported.case.id, options)
    finally:
        services.close()
    sys.stderr.write(_told(imported))
    return 1 if imported.case.faults["count"] else 0


def _parser() -> ArgumentParser:
    parser = ArgumentParser("dlp import", description=__doc__, allow_abbrev=False)
    add = parser.add_argument
    add("export", type=Path, help="an export of a messenger or a mailbox: a file, a folder or a zip")
    add("--case", required=True, metavar="NAME", help="the retro case; begun where there is none of this name")
    add("--connector", metavar="NAME", help="the connector whose history this is; the messenger's name where not given")
    add("--zone", metavar="TZ", help="the time zone of exports that do not tell theirs, e.g. Europe/Moscow")
    add("--people", type=Path, metavar="FILE", help="people.csv: who is who")
    add("--chats", type=Path, metavar="FILE", help="chats.yaml: what chats are")
    add("--policies", type=Path, metavar="DIR", help="the folder of policies; the installation's where not given")
    add("--inventory", type=Path, metavar="FILE", help="write which of our data lies there (.csv or .json)")
    add("--continuity", type=Path, metavar="FILE", help="write which chats, owners and partners depend on it (.csv or .json)")
    return parser


def _check(options: Namespace) -> None:
    zone_named(options.zone)
    if not options.export.exists():
        raise UsageError(f"{options.export}: there is no such file or folder")
    if options.connector is not None and (not options.connector.strip() or "/" in options.connector):
        raise UsageError("a connector's name has no slash in it")
    for path in filter(None, (options.inventory, options.continuity)):
        if path.suffix not in _FORMS:
            raise UsageError(f"{path}: the name must end in .csv or .json")
        if not path.parent.is_dir():
            raise UsageError(f"{path.parent}: there is no such folder")


def _settings(options: Namespace) -> Settings:
    told: dict[str, Any] = {name: getattr(options, name) for name in ("policies", "people", "chats") if getattr(options, name)}
    return settings_from(os.environ)._replace(**told)


def _import(services: Services, options: Namespace) -> Imported:
    meter = Meter()
    faults = _Faults(sys.stderr.write)
    items = faults.passing(read_export(options.export, options.zone, meter=meter))
    source = Source(options.export.name, _mark(options.export), items, options.connector)
    progress = Progress(sys.stderr, lambda: meter.position / meter.size if meter.size else None)
    importing = CaseImport(services, options.case, source, Actor(getpass.getuser()[:36], "cli"))
    imported = importing.run(progress.show)
    progress.hide()
    return imported


class _Faults:
    """Tells each unreadable place as it goes by."""

    def __init__(self, say: Callable[[str], object]) -> None:
        self._say = say

    def passing(self, items: Iterator[Message | InputFault]) -> Iterator[Message | InputFault]:
        for item in items:
            if isinstance(item, InputFault):
                self._say(f"dlp import: {item}\n")
            yield item


def _mark(export: Path) -> str:
    """The same for the same files: a cut-off import goes on where it was, a newer export is read from its beginning."""
    files = sorted(path for path in export.rglob("*") if path.is_file()) if export.is_dir() else [export]
    digest = blake2b(digest_size=16)
    for path in files:
        told = path.stat()
        digest.update(
            f"{path.relative_to(export.parent)}\0{told.st_size}\0{told.st_mtime_ns}\0".encode("utf-8", "surrogateescape")
        )
    return digest.hexdigest()


def _write_lists(services: Services, case_id: str, options: Namespace) -> None:
    with services.database.reading() as connection:
        lying = case_lists.inventory(connection, case_id) if options.inventory else []
        chats = case_lists.continuity(connection, case_id) if options.continuity else []
    if options.inventory:
        _write(options.inventory, case_tables.inventory_rows(lying), case_tables.inventory_csv(lying))
    if options.continuity:
        _write(options.continuity, case_tables.continuity_rows(chats), case_tables.continuity_csv(chats))


def _write(path: Path, rows: list[dict[str, Any]], table: str) -> None:
    text = table if path.suffix == ".csv" else json.dumps(rows, ensure_ascii=False, indent=1, default=_plain) + "\n"
    path.write_text(text, encoding="utf-8", newline="")


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def _told(imported: Imported) -> str:
    case = imported.case
    lines = [f"case {case.name}: {imported.new} messages taken in, {imported.known} known before"]
    if imported.skipped:
        lines.append(f"{imported.skipped} had been read earlier")
    if case.faults["count"]:
        lines.append(f"{case.faults['count']} places of the export could not be read")
    return "".join(f"dlp import: {line}\n" for line in lines)
