"""`dlp keys init|status|rotate|shred`: the keys of an installation, made, looked at, replaced, destroyed."""

from __future__ import annotations

import json
import os
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from getpass import getuser
from typing import TYPE_CHECKING

from dlp.clock import SystemClock
from dlp.errors import NotFound, UsageError
from dlp.settings import Settings, settings_from
from dlp.store.actor import Actor
from dlp.store.audit.chain import append
from dlp.store.database import Database
from dlp.store.vault import start_up
from dlp.store.vault.destruction import Because, connectors_on
from dlp.store.vault.inventory import Inventory, inventory
from dlp.store.vault.keys import Keys, open_keys
from dlp.store.vault.rotation import rotate
from dlp.store.vault.vault import Vault

if TYPE_CHECKING:
    from argparse import _SubParsersAction

_EPOCH = date(1970, 1, 1)


def main(arguments: list[str]) -> int:
    """Runs `dlp keys …`: 0, or 1 where `status` finds a key missing or wrong."""
    parser = ArgumentParser("dlp keys", description=__doc__, allow_abbrev=False)
    _add_commands(parser.add_subparsers(dest="action", metavar="COMMAND", required=True))
    options = parser.parse_args(arguments)
    code: int = options.run(settings_from(os.environ), options)
    return code


def _add_commands(commands: _SubParsersAction[ArgumentParser]) -> None:
    init = commands.add_parser("init", help="make keys where there is neither a key nor a store of wrapped keys")
    init.add_argument("--init", action="store_true", help="make a store for the key that is there already")
    init.set_defaults(run=_init)
    status = commands.add_parser("status", help="print which keys there are and whether they fit")
    status.add_argument("--json", action="store_true", help="print one JSON object")
    status.set_defaults(run=_status)
    rotation = commands.add_parser(
        "rotate", help="replace the key-encryption key and wrap every key anew; repeat it when stopped"
    )
    told = "what to replace instead: the key of digests, of small secrets, or the one that signs the audit chain"
    rotation.add_argument("--only", choices=("digests", "secrets", "signing"), help=told)
    rotation.set_defaults(run=_rotate)
    shred = commands.add_parser("shred", help="destroy the keys of a day: nobody reads its messages any more")
    shred.add_argument("--day", required=True, metavar="YYYY-MM-DD", help="the day (UTC) the messages were received")
    shred.add_argument("--connector", help="of this connector only")
    shred.add_argument("--reason", required=True, help="why; kept in the audit chain")
    shred.set_defaults(run=_shred)


def _init(settings: Settings, options: Namespace) -> int:
    opened = start_up.opened_at(settings)
    try:
        if start_up.is_made(opened.store):
            raise UsageError("there are keys already; dlp keys status tells which", code="keys_exist")
    finally:
        opened.store.close()
    keys = open_keys(settings, make=True, adopt=options.init)
    try:
        print(f"made {inventory(keys.store, keys.provider).keys[-1].id}; keep a copy of it apart from every backup")
    finally:
        keys.close()
    return 0


def _status(settings: Settings, options: Namespace) -> int:
    opened = start_up.opened_at(settings)
    try:
        if not start_up.is_made(opened.store):
            raise NotFound("there is no store of wrapped keys; dlp keys init makes one", code="keys_missing")
        told = inventory(*opened)
    finally:
        opened.store.close()
    print(json.dumps(_json_of(told)) if options.json else "\n".join(_lines_of(told)))
    return 0 if told.fits else 1


def _json_of(told: Inventory) -> dict[str, object]:
    days = {"count": told.days, "first": _day_text(told.first_day), "last": _day_text(told.last_day)}
    keys = [{**key._asdict(), "created_at": _text(key.created_at), "retired_at": _text(key.retired_at)} for key in told.keys]
    named = {key.name: {"epoch": key.epoch, "created_at": _text(key.created_at)} for key in told.named}
    counts = {"cases": told.cases, "items": told.items, "destroyed": told.destroyed}
    return {"ok": told.fits, "keys": keys, "named": named, "unknown": list(told.unknown), "days": days, **counts}


def _lines_of(told: Inventory) -> Iterator[str]:
    for key in told.keys:
        yield f"{key.id}  {key.state:<8}  made {_text(key.created_at)}  {key.fits}".rstrip()
    for name in told.unknown:
        yield f"{name}  unused    this store does not know it"
    if any(key.state == "retiring" for key in told.keys):
        yield "a rotation was stopped; dlp keys rotate ends it"
    yield from (f"{key.name:<8}  epoch {key.epoch}  made {_text(key.created_at)}" for key in told.named)
    days = f"{told.days} days" + (f" ({_day_text(told.first_day)} to {_day_text(told.last_day)})" if told.days else "")
    yield f"{days}, {told.cases} cases, {told.items} items wrapped; {told.destroyed} keys destroyed"


def _rotate(settings: Settings, options: Namespace) -> int:
    keys = open_keys(settings)
    try:
        said, details = _rotated(keys, options.only)
        _audit(settings, f"keys:{options.only or 'encryption'}", details)
    finally:
        keys.close()
    print(said)
    return 0


def _rotated(keys: Keys, only: str | None) -> tuple[str, dict[str, object]]:
    if only == "signing":
        key = keys.rotate_signing_key()
        return f"the audit chain is signed by {key.key_id} now; tell it to the auditor", {"key_id": key.key_id}
    if only is not None:
        epoch = keys.rotate_digests() if only == "digests" else keys.rotate_secrets()
        return f"{only}: epoch {epoch} now; restart what is running", {"epoch": epoch}
    done = rotate(keys.store, keys.provider, keys.clock.now())
    before = ", ".join(done.retired)
    said = f"{done.key_id} replaces {before}: {done.rewrapped} keys wrapped anew{', after a stop' if done.resumed else ''}"
    said += f"; keep {before} as long as backups need it, then destroy it"
    return said, {"key_id": done.key_id, "retired": list(done.retired), "rewrapped": done.rewrapped}


def _shred(settings: Settings, options: Namespace) -> int:
    day, now = _day(options.day), SystemClock().now()
    keys = open_keys(settings)
    database = None
    try:
        database = _record(settings)
        vault = Vault(keys)
        with database.reading() as connection:
            there = connectors_on(connection, keys.store, day)
        names = [options.connector] if options.connector else there
        because = Because(_actor(), options.reason)
        items = sum(_shred_one(database, vault, (day, name), now, because) for name in names)
        with database.reading() as connection:
            vault.settle(connection)
    finally:
        if database is not None:
            database.close()
        keys.close()
    print(f"{options.day}: {items} items of {len(names)} connectors shredded")
    return 0


def _shred_one(database: Database, vault: Vault, place: tuple[int, str], now: datetime, because: Because) -> int:
    return database.write(lambda connection: vault.shred_day(connection, *place, now, because))


def _audit(settings: Settings, object: str, details: Mapping[str, object]) -> None:
    if not start_up.record_is_used(settings.record):
        return
    database = _record(settings)
    try:
        database.write(lambda connection: append(connection, _actor(), "keys.rotate", object, details, SystemClock().now()))
    finally:
        database.close()


def _record(settings: Settings) -> Database:
    if not start_up.record_is_used(settings.record):
        raise NotFound("there is no record yet, so there is nothing to shred", code="record_missing")
    return Database(settings.record)


def _actor() -> Actor:
    return Actor(getuser(), "cli", getuser())


def _day(told: str) -> int:
    try:
        day = date.fromisoformat(told)
    except ValueError:
        raise UsageError(f"{told!r} is no day: YYYY-MM-DD") from None
    if day > SystemClock().now().date():
        raise UsageError(f"{told} has not come yet")
    return (day - _EPOCH).days


def _day_text(day: int | None) -> str | None:
    return None if day is None else (_EPOCH + timedelta(days=day)).isoformat()


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%SZ")
