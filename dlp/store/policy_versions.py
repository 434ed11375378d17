"""Versions of the policies: what was uploaded, what its tests said, which one is active and was before.

A version is a folder's YAML files by relative path. It may be activated only after its own tests held, by its content hash,
so that nobody activates other text than was tested.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row, func, insert, select, update

from dlp.errors import Conflict, NotFound, RefusedError, UsageError
from dlp.store.actor import SYSTEM, Actor
from dlp.store.audit import chain
from dlp.store.changes import changed
from dlp.store.tables.duties import policy_versions

_PATH: Final = re.compile(r"(?:[\w-][\w.-]*/)*[\w-][\w.-]*\.ya?ml")
_LONGEST_FILE: Final = 2 << 20
_MOST_FILES: Final = 500


class Version(NamedTuple):
    """One version; `state` is draft, tested, active or retired. `report` is what its check and tests said."""

    number: int
    content_hash: str
    state: str
    note: str
    created_by: str
    created_at: datetime
    report: dict[str, Any] | None
    activated_by: str | None
    activated_at: datetime | None
    urgent: bool
    approved_by: str | None


def content_hash(files: Mapping[str, str]) -> str:
    """SHA-256 over the files' paths and texts, in path order, each with its length before it."""
    digest = sha256()
    for path, text in sorted(files.items()):
        for part in (path.encode(), text.encode("utf-8", "surrogatepass")):
            digest.update(b"%d:" % len(part) + part)
    return digest.hexdigest()


def checked_files(files: Mapping[str, str]) -> dict[str, str]:
    """The files of an upload. Raises UsageError for a path that leads elsewhere, or for too much."""
    if not files or len(files) > _MOST_FILES:
        raise UsageError(f"a version has 1 to {_MOST_FILES} files", code="policy_files", pointer="/files")
    for path, text in files.items():
        if not _PATH.fullmatch(path):
            raise UsageError("a path is relative, of plain names, and ends in .yaml", code="policy_path", pointer="/files")
        if len(text) > _LONGEST_FILE:
            raise UsageError(f"a file is at most {_LONGEST_FILE >> 20} MiB long", code="policy_size", pointer="/files")
    return dict(files)


def upload(connection: Connection, files: Mapping[str, str], note: str, *, actor: Actor, now: datetime) -> int:
    """Keeps a draft and returns its number; the newest version's where its content is the same."""
    hash = content_hash(files)
    newest = connection.execute(select(policy_versions).order_by(policy_versions.c.number.desc()).limit(1)).first()
    if newest is not None and newest.content_hash == hash:
        return int(newest.number)
    row = {"content_hash": hash, "files": dict(files), "state": "draft", "note": note, "created_by": actor.id, "created_at": now}
    number = int(connection.execute(insert(policy_versions).values(row).returning(policy_versions.c.number)).scalar_one())
    chain.append(connection, actor, "policy.uploaded", f"policy-version:{number}", {"content_hash": hash}, now)
    changed(connection, "policy_version", str(number), 1, now)
    return number


def tested(connection: Connection, number: int, report: Mapping[str, Any], now: datetime) -> None:
    """Keeps what check and tests said; a draft whose tests held may be activated from now on."""
    version = get(connection, number)
    holds = bool(report["holds"])
    state = version.state if version.state in {"active", "retired"} else "tested" if holds else "draft"
    told = update(policy_versions).where(policy_versions.c.number == number)
    connection.execute(told.values(report=dict(report), state=state))
    changed(connection, "policy_version", str(number), 2, now)


class Activation(NamedTuple):
    """`content_hash` is of what the author saw tested; `urgent` skips the comparison with a reason in `note`."""

    number: int
    content_hash: str
    note: str = ""
    urgent: bool = False
    compared: str | None = None  # the job of the comparison


def activate(connection: Connection, wanted: Activation, *, actor: Actor, now: datetime) -> None:
    """Makes a version the active one. Raises NotFound, Conflict for other content, RefusedError where its tests do not hold."""
    version = get(connection, wanted.number)
    if version.content_hash != wanted.content_hash:
        raise Conflict("this version has other content", code="content_differs", content_hash=version.content_hash)
    if version.state == "active":
        raise Conflict("this version is active already", code="already_active")
    if not (version.report or {}).get("holds"):
        raise RefusedError("its tests do not hold", code="tests_fail", report=_first_faults(version.report))
    if wanted.urgent and not wanted.note.strip():
        raise UsageError("an urgent activation needs a reason", code="reason_required", pointer="/note")
    connection.execute(update(policy_versions).where(policy_versions.c.state == "active").values(state="retired"))
    values = {
        "state": "active",
        "activated_by": actor.id,
        "activated_at": now,
        "urgent": wanted.urgent,
        "note": wanted.note or version.note,
    }
    connection.execute(update(policy_versions).where(policy_versions.c.number == wanted.number).values(values))
    details = {"content_hash": wanted.content_hash, "urgent": wanted.urgent, "note": wanted.note, "compared": wanted.compared}
    chain.append(connection, actor, "policy.activated", f"policy-version:{wanted.number}", details, now)
    changed(connection, "policy", str(wanted.number), 1, now)


def roll_back(connection: Connection, note: str, *, actor: Actor, now: datetime) -> int:
    """Activates the version that was active before and returns its number. Raises Conflict where there was none."""
    query = (
        select(policy_versions.c.number, policy_versions.c.content_hash)
        .where(policy_versions.c.state == "retired", policy_versions.c.activated_at.is_not(None))
        .order_by(policy_versions.c.activated_at.desc(), policy_versions.c.number.desc())
    )
    before = connection.execute(query.limit(1)).first()
    if before is None:
        raise Conflict("there is no version before this one", code="nothing_before")
    activate(connection, Activation(before.number, before.content_hash, note), actor=actor, now=now)
    return int(before.number)


def keep_shipped(connection: Connection, files: Mapping[str, str], report: Mapping[str, Any], now: datetime) -> None:
    """Keeps the packs the product came with, and makes them active where nobody has chosen a version of their own."""
    if is_known(connection, files):
        return
    active_now = active(connection)
    hash = content_hash(files)
    number = upload(connection, files, "the packs of the product", actor=SYSTEM, now=now)
    tested(connection, number, report, now)
    if report["holds"] and (active_now is None or active_now.activated_by == SYSTEM.id):
        activate(connection, Activation(number, hash), actor=SYSTEM, now=now)


def is_known(connection: Connection, files: Mapping[str, str]) -> bool:
    """Whether some version has exactly this content."""
    known = select(func.count()).where(policy_versions.c.content_hash == content_hash(files))
    return bool(connection.execute(known).scalar_one())


def active(connection: Connection) -> Version | None:
    """The active version; None where there is none yet."""
    row = connection.execute(select(*_COLUMNS).where(policy_versions.c.state == "active")).first()
    return None if row is None else _version(row)


def get(connection: Connection, number: int) -> Version:
    """One version. Raises NotFound."""
    row = connection.execute(select(*_COLUMNS).where(policy_versions.c.number == number)).first()
    if row is None:
        raise NotFound("there is no such version")
    return _version(row)


def files_of(connection: Connection, number: int) -> dict[str, str]:
    """The files of a version. Raises NotFound."""
    files = connection.execute(select(policy_versions.c.files).where(policy_versions.c.number == number)).scalar()
    if files is None:
        raise NotFound("there is no such version")
    return dict(files)


def versions(connection: Connection, before: int | None = None, limit: int = 50) -> list[Version]:
    """The versions, the newest first."""
    query = select(*_COLUMNS).order_by(policy_versions.c.number.desc()).limit(limit)
    if before is not None:
        query = query.where(policy_versions.c.number < before)
    return [_version(row) for row in connection.execute(query)]


_COLUMNS = tuple(policy_versions.c[field] for field in Version._fields)


def _version(row: Row[Any]) -> Version:
    return Version(**row._asdict())


def _first_faults(report: Mapping[str, Any] | None) -> list[Any]:
    return [*(report or {}).get("faults", []), *(report or {}).get("failures", [])][:20]
