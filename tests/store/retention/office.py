"""A record that messages were received into on chosen days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Table, insert, select, update

from dlp.records import ChatKind, Decision, Inspection, Judgement, Scan, Severity, Surroundings, Text, Verdict
from dlp.store import message_json
from dlp.store.audit import checkpoints
from dlp.store.audit.verification import verify
from dlp.store.audit.verifier import Checkpoint
from dlp.store.database import Database
from dlp.store.recording import Decided, record
from dlp.store.retention import Swept, sweep
from dlp.store.tables.duties import cases, connectors
from dlp.store.tables.record import incidents, occurrences
from dlp.store.tables.trust import vault_items
from dlp.store.vault.keys import Keys
from dlp.store.vault.vault import Vault
from tests.builders import a_finding, a_hit, a_message, a_scan

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
INN = "7707083893"
TEXT = f"ИНН {INN} клиента Ромашка"


class Office:
    """Messages come in, days pass, `sweep` is called."""

    def __init__(self, database: Database, keys: Keys) -> None:
        self.database, self.keys, self.vault, self.now = database, keys, Vault(keys), NOON
        self._messages = 0

    def connect(self, name: str, retention_days: int, keep_clean_days: int) -> None:
        told = {"name": name, "platform": "slack", "settings": {}, "created_at": NOON}
        row = told | {"retention_days": retention_days, "keep_clean_days": keep_clean_days}
        self.database.write(lambda c: c.execute(insert(connectors).values(row)))

    def receive(self, *, hit: bool, connector: str = "slack", sender: str = "U1", **told: Any) -> int:
        """One message now; gives its row of the ledger."""
        self._messages += 1
        case_id, person = told.pop("case_id", None), told.pop("person", None)
        told.setdefault("conversation", "C1")
        message = a_message(TEXT, id=f"m{self._messages}", connector=connector, sender=sender, **told)
        start = TEXT.index(INN)
        scan = a_scan(a_finding(start=start, end=start + len(INN), value=INN)) if hit else Scan()
        decision = Decision.BLOCK if hit else Decision.ALLOW
        judgement = Judgement((a_hit(decision=decision),)) if hit else Judgement()
        verdict = Verdict(
            decision,
            decision,
            Severity.HIGH if hit else None,
            sha256(f"{connector} {sender}".encode()).hexdigest()[:32] if hit else "",
        )
        decided = Decided(
            message,
            connector,
            "messages",
            self.now,
            Inspection(message, scan, judgement, verdict),
            (Text("body", TEXT),),
            shown=(True,) if hit else (),
            surroundings=Surroundings(sender_person=person, chat_kind=ChatKind.DIRECT),
            body=message_json.bytes_of(message),
            case_id=case_id,
        )
        return self.database.write(lambda c: record(c, [decided], self.keys, self.vault, self.now))[0].ledger_seq

    def pass_days(self, days: int) -> None:
        self.now += timedelta(days=days)

    def sweep(self, **told: Any) -> Swept:
        return sweep(self.database, self.keys, self.vault, self.now, **told)

    def hold_case(self, case_id: str, *, held: bool) -> None:
        def work(connection: Connection) -> None:
            there = connection.execute(update(cases).where(cases.c.id == case_id).values(legal_hold=held)).rowcount
            if not there:
                row = {"id": case_id, "name": case_id, "state": "ready", "created_by": "u", "created_at": NOON}
                connection.execute(insert(cases).values(row | {"legal_hold": held}))

        self.database.write(work)

    def put_into_case(self, seq: int, case_id: str) -> None:
        """The incident of a message becomes one of a case."""
        of = select(occurrences.c.incident_id).where(occurrences.c.ledger_seq == seq)
        self.database.write(lambda c: c.execute(update(incidents).where(incidents.c.id.in_(of)).values(case_id=case_id)))

    def rows(self, table: Table) -> list[Any]:
        with self.database.reading() as connection:
            return list(connection.execute(select(table)))

    def kept(self) -> set[int]:
        """The messages whose text can still be read, by their row of the ledger."""
        with self.database.reading() as connection:
            ids = {row.id: row.ledger_seq for row in connection.execute(select(vault_items.c.id, vault_items.c.ledger_seq))}
            return {ids[id] for id, text in self.vault.read_many(connection, list(ids)).items() if INN.encode() in text}

    def checkpoint(self) -> Checkpoint | None:
        return checkpoints.take(self.database, self.keys, self.now)

    def holds(self) -> bool:
        """Whether the record verifies, all of it signed."""
        self.checkpoint()
        with self.database.reading() as connection:
            found = verify(connection, self.keys.signing_keys()[0].key_id)
        assert found.fault is None, found.fault
        return found.unsigned == 0
