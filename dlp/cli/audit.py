"""`dlp audit verify|fingerprint|checkpoint|export`: proving what was recorded, and finding what somebody changed."""

from __future__ import annotations

import json
import os
import sys
import zipfile
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from getpass import getuser
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from dlp import __version__
from dlp.clock import SystemClock
from dlp.errors import NotFound, UsageError
from dlp.settings import Settings, settings_from
from dlp.store.actor import Actor
from dlp.store.audit import chain, checkpoints
from dlp.store.audit.excerpt import Excerpt, excerpt, sealed_pack
from dlp.store.audit.faults import Fault, Verified
from dlp.store.audit.verification import verify
from dlp.store.database import Database
from dlp.store.vault.keys import Keys, open_keys

if TYPE_CHECKING:
    from argparse import _SubParsersAction

_TO_DO: Final = {
    "missing": "compare with the newest backup from before, find who could write the database, keep both as evidence",
    "added": "find who could write the database; the record as signed lies in the newest backup from before",
    "altered": "compare that record with the newest backup from before, find who could write the database",
    "details_altered": "compare that record with the newest backup from before; the act itself is as it was",
    "rewritten": "somebody computed the chain anew: compare these records with the newest backup from before",
    "erased_unexplained": "details are erased by an act of their own; look for who could write the database",
    "removed_unexplained": "retention removes verdicts by an act of its own; look for who could write the database",
    "forged": "that checkpoint was not signed here, or with a stolen key: compare with where checkpoints are sent to",
    "not_in_anchor": "what left the machine says otherwise: the record was replaced after that; trust the anchor",
    "no_key": "is the fingerprint of this installation? `dlp audit fingerprint` prints it on the machine with the keys",
}


def main(arguments: list[str]) -> int:
    """Runs `dlp audit …`: 0, or 1 where `verify` finds what does not hold."""
    parser = ArgumentParser("dlp audit", description=__doc__, allow_abbrev=False)
    _add_commands(parser.add_subparsers(dest="action", metavar="COMMAND", required=True))
    options = parser.parse_args(arguments)
    code: int = options.run(settings_from(os.environ), options)
    return code


def _add_commands(commands: _SubParsersAction[ArgumentParser]) -> None:
    verification = commands.add_parser("verify", help="check the whole record; name the first thing that does not hold")
    verification.add_argument("--trust", required=True, metavar="FINGERPRINT", help="the signing key you trust, noted elsewhere")
    verification.add_argument("--anchor", type=Path, metavar="FILE", help="checkpoints that left the machine, a line each")
    verification.add_argument("--record", metavar="URL", help="the record's database instead of the settings'")
    verification.add_argument("--since", type=_number, default=0, metavar="NUMBER", help="begin after this checkpoint")
    verification.add_argument("--json", action="store_true", help="print one JSON object")
    verification.set_defaults(run=_verify)
    fingerprint = commands.add_parser("fingerprint", help="print what an auditor notes down once and trusts from then on")
    fingerprint.set_defaults(run=_fingerprint)
    checkpoint = commands.add_parser("checkpoint", help="sign the record as it is now and print the line")
    checkpoint.add_argument("--all", action="store_true", help="print every checkpoint there is: an anchor file")
    checkpoint.set_defaults(run=_checkpoint)
    export = commands.add_parser("export", help="write audit records with their proof and the verifier")
    export.add_argument("--from", dest="first", type=_number, default=1, metavar="NUMBER", help="the first record")
    export.add_argument("--to", dest="last", type=_number, metavar="NUMBER", help="the last record, else the newest")
    export.add_argument("--output", type=Path, required=True, metavar="FILE.zip", help="the pack to write")
    export.set_defaults(run=_export)


def _verify(settings: Settings, options: Namespace) -> int:
    anchor = _anchor(options.anchor) if options.anchor else []
    with _record(options.record or settings.record) as database, database.reading() as connection:
        found = verify(connection, options.trust, anchor, since=options.since)
    if options.json:
        print(json.dumps(_json_of(found)))
    else:
        print("\n".join(_lines_of(found)))
    return 0 if found.ok else 1


def _fingerprint(settings: Settings, _options: Namespace) -> int:
    with _keys(settings) as keys:
        first, *later = keys.signing_keys()
    print(first.key_id)
    if later:
        sys.stderr.write(f"it named {len(later)} successors; {later[-1].key_id} signs now\n")
    return 0


def _checkpoint(settings: Settings, options: Namespace) -> int:
    with _keys(settings) as keys, _record(settings.record) as database:
        taken = checkpoints.take(database, keys, SystemClock().now())
        if taken is None:
            sys.stderr.write("nothing was added since the last checkpoint\n")
        with database.reading() as connection:
            last = checkpoints.latest(connection)
            lines = checkpoints.anchor_of(connection) if options.all else f"{last.line}\n" if last else ""
    sys.stdout.write(lines)
    return 0


def _export(settings: Settings, options: Namespace) -> int:
    now, actor = SystemClock().now(), Actor(getuser(), "cli", getuser())
    with _keys(settings) as keys, _record(settings.record) as database:
        checkpoints.take(database, keys, now)
        taken_out = _excerpt(database, options.first, options.last)
        asked = {"first": taken_out.first, "last": taken_out.last}
        told = {"created_at": chain.moment_text(now), "software": f"dlp {__version__}", "audit": asked}
        pack = sealed_pack(keys, taken_out.files(), told)
        _write(options.output, pack)
        name = f"audit:{taken_out.first}-{taken_out.last}"
        database.write(lambda connection: chain.append(connection, actor, "audit.exported", name, asked, now))
    print(f"{options.output}: records {taken_out.first} to {taken_out.last}")
    print(f"check it with: python verifier.py {options.output} --trust FINGERPRINT")
    return 0


def _excerpt(database: Database, first: int, last: int | None) -> Excerpt:
    with database.reading() as connection:
        end = chain.head(connection).seq
        last = end if last is None else last
        if not 1 <= first <= last <= end:
            raise UsageError(f"there are records 1 to {end}")
        return excerpt(connection, first, last, whole=True)


def _write(path: Path, files: dict[str, bytes]) -> None:
    try:
        with zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED) as archive:
            for name, text in files.items():
                archive.writestr(name, text)
    except FileExistsError:
        raise UsageError(f"{path} is there already") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error


def _lines_of(found: Verified) -> Iterator[str]:
    counts = f"{found.audit_records} audit records, {found.ledger_records} verdicts, {found.checkpoints} checkpoints"
    if found.fault is None:
        yield f"holds: {counts}" + (f", {found.anchored} anchored" if found.anchored else "")
        yield from (f"{number} {said}" for number, said in _remarks(found) if number)
        return
    yield f"DOES NOT HOLD: {found.fault.place}: {_words(found.fault)}: {found.fault.said}"
    yield f"last good checkpoint: {found.last_good or 'none'}; checked until then: {counts}"
    yield f"what to do: {_TO_DO[found.fault.code]}"


def _remarks(found: Verified) -> Iterator[tuple[int, str]]:
    yield found.unsigned, "audit records are not signed yet: the next checkpoint signs them"
    yield found.erased, "audit records had their details erased, each by an act"
    yield found.removed, "verdicts were removed by retention, each by an act"


def _words(fault: Fault) -> str:
    return fault.code.replace("_", " ")


def _json_of(found: Verified) -> dict[str, object]:
    fault = None if found.fault is None else {**found.fault._asdict(), "to_do": _TO_DO[found.fault.code]}
    return {"ok": found.ok, **found._asdict(), "fault": fault}


def _anchor(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the anchor {path} cannot be read ({type(error).__name__})") from error


@contextmanager
def _record(url: str) -> Iterator[Database]:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise UsageError("--record is no database URL: sqlite:////path/record.db or postgresql+psycopg://…") from None
    # Opening a SQLite file that is not there would make one.
    if parsed.get_backend_name() == "sqlite" and not Path(parsed.database or "").is_file():
        raise NotFound(f"there is no record at {parsed.database}", code="record_missing")
    database = Database(url)
    try:
        yield database
    finally:
        database.close()


@contextmanager
def _keys(settings: Settings) -> Iterator[Keys]:
    keys = open_keys(settings)
    try:
        yield keys
    finally:
        keys.close()


def _number(told: str) -> int:
    if not (told.isascii() and told.isdigit()):
        raise ArgumentTypeError(f"{told!r} is no number")
    return int(told)
