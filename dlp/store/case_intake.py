"""Takes a batch of an export into its case: verdicts, position and lists in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Connection, select

from dlp.errors import Conflict
from dlp.store import case_lists, cases
from dlp.store.case_lists import Sighting
from dlp.store.recording import Decided, Recorded, record
from dlp.store.tables.record import ledger

if TYPE_CHECKING:
    from dlp.store.vault.keys import Keys
    from dlp.store.vault.vault import Vault


class Batch(NamedTuple):
    """What was read: messages with what each adds to the lists, unreadable places, and the stretch of the source it is."""

    decided: Sequence[Decided]
    sightings: Sequence[Sighting]
    faults: Sequence[str]
    source: str
    after: int
    read: int


class Intake(NamedTuple):
    """The case and what it is taken in with. `newest` tells of each chat what was counted before this import began."""

    case_id: str
    keys: Keys
    vault: Vault
    newest: Mapping[str, datetime]


def take_in(connection: Connection, intake: Intake, batch: Batch, now: datetime) -> list[Recorded]:
    """Records a batch, counts what is new in it and moves the case's position on.

    Raises Conflict where the batch before it is not in the record: passing over one would lose it for good.
    """
    case = cases.one(connection, intake.case_id, for_update=True)
    if case.position.get(batch.source, 0) != batch.after:
        raise Conflict("an import goes on where the case is", code="import_position", read=case.position.get(batch.source, 0))
    recorded = record(connection, batch.decided, intake.keys, intake.vault, now) if batch.decided else []
    mine = _of_case(connection, intake.case_id, [one.ledger_seq for one in recorded if one.duplicate])
    counted = [
        sighting
        for one, sighting in zip(recorded, batch.sightings, strict=True)
        if not one.duplicate or (one.ledger_seq not in mine and _is_unseen(intake, sighting))
    ]
    case_lists.add(connection, case.id, counted)
    new = sum(not one.duplicate for one in recorded)
    cases.advance(connection, case.id, {batch.source: batch.read}, new, batch.faults)
    return recorded


def _of_case(connection: Connection, case_id: str, seqs: list[int]) -> set[int]:
    """Those of the messages that this case took in before: they are counted already."""
    if not seqs:
        return set()
    query = select(ledger.c.seq).where(ledger.c.seq.in_(seqs), ledger.c.case_id == case_id)
    return set(connection.execute(query).scalars())


def _is_unseen(intake: Intake, sighting: Sighting) -> bool:
    """A message another door brought is counted once too, also where a longer export of its chat is imported later."""
    before = intake.newest.get(sighting.conversation)
    return before is None or (sighting.at is not None and sighting.at > before)
