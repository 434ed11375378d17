"""An evidence pack: what was decided, a readable report, what people did about it, and the means to check all that anywhere."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from dlp.report import table_files
from dlp.report.incident_rows import titles
from dlp.report.pdf import Report, Table, pdf
from dlp.report.words import Words
from dlp.store import exports
from dlp.store.audit import checkpoints
from dlp.store.audit.excerpt import excerpt, sealed_pack

if TYPE_CHECKING:
    from dlp.store.database import Database
    from dlp.store.vault.keys import Keys

_PRINTED: Final = 5_000  # rows a person could leaf through; the data files hold all
_SAME_DATE: Final = (1980, 1, 1, 0, 0, 0)  # the same content gives the same zip
_SHOWN: Final = ("number", "opened_at", "severity", "decision", "policy", "rule", "chat", "sender", "snippet", "resolution")
_WIDTHS: Final = (2, 3, 2, 2, 3, 3, 3, 3, 8, 3)


class Desk(NamedTuple):
    """Where a pack is made: the record, the keys that sign it, the present moment."""

    database: Database
    keys: Keys
    now: datetime


class Subject(NamedTuple):
    """What a pack is about: its incidents' rows and ids, the filter they were found by, and the language."""

    rows: Sequence[dict[str, Any]]
    ids: Sequence[str]
    query: dict[str, Any]
    language: str


def pack_of(desk: Desk, subject: Subject, words: Words) -> bytes:
    """The pack as a zip file; the format stands in its verifier.py."""
    checkpoints.take(desk.database, desk.keys, desk.now)
    with desk.database.reading() as connection:
        acts = exports.acts_about(connection, subject.ids)
        proof = excerpt(connection, acts[0], acts[-1], shown=frozenset(acts)) if acts else excerpt(connection, 0, 0)
    files = {
        "incidents.jsonl": b"".join(table_files.jsonl(subject.rows)),
        "incidents.csv": b"".join(
            table_files.csv_file(subject.rows, titles(subject.language), semicolons=subject.language == "ru")
        ),
        "report.pdf": pdf(report_of(subject, desk.now, words)),
        **proof.files(),
    }
    told: dict[str, Any] = {
        "made_at": desk.now.isoformat(timespec="seconds"),
        "software": _software(),
        "query": subject.query,
        "counts": {"incidents": len(subject.rows)},
    }
    if proof.rows:
        told["audit"] = {"first": proof.first, "last": proof.last}
    return _zipped(sealed_pack(desk.keys, files, told))


def report_of(subject: Subject, now: datetime, words: Words) -> Report:
    """The readable part."""
    names = dict(zip((field for field in subject.rows[0]), titles(subject.language), strict=True)) if subject.rows else {}
    rows = [
        [words.value(row[name]) if name in {"severity", "resolution"} else row[name] for name in _SHOWN] for row in subject.rows
    ]
    table = Table(
        words["incidents_report"], [names.get(name, name) for name in _SHOWN], rows[:_PRINTED], _WIDTHS, words["nothing"]
    )
    about = (words.made(now), words.rows(len(subject.rows)))
    return Report(words["incidents_report"], about, [table], words["page"])


def _software() -> str:
    import dlp

    return f"dlp {dlp.__version__}"


def _zipped(files: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, _SAME_DATE), text, zipfile.ZIP_DEFLATED)
    return content.getvalue()
