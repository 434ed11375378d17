"""What the record itself says of messages' content, masked or keyed: it goes with its day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Connection, delete, select, update

from dlp.store.columns import moment_of
from dlp.store.search import index
from dlp.store.tables.record import findings, incident_words, ledger
from dlp.store.tables.trust import vault_items

_DAY = timedelta(days=1)


def forget_day(connection: Connection, day: int, connector: str) -> None:
    """Removes the snippets, digests and search words of a day (days since 1970) of a connector, but for what is held."""
    starts = moment_of(day * _DAY // timedelta(microseconds=1))
    held = select(vault_items.c.ledger_seq).where(vault_items.c.case_id.is_not(None))
    of_day = (ledger.c.connector == connector, ledger.c.received_at >= starts, ledger.c.received_at < starts + _DAY)
    rows = select(ledger.c.seq).where(*of_day, ledger.c.seq.not_in(held))
    connection.execute(update(findings).where(findings.c.ledger_seq.in_(rows)).values(digest=None, snippet=None))
    words = connection.execute(delete(incident_words).where(incident_words.c.ledger_seq.in_(rows)))
    connection.execute(update(ledger).where(*of_day, ledger.c.seq.not_in(held)).values(sender=None, twin=None))
    if words.rowcount:
        index.compact(connection)


def forget_messages(connection: Connection, seqs: Sequence[int]) -> None:
    """Removes the snippets, digests and search words of single messages; so many that one statement takes them."""
    connection.execute(update(findings).where(findings.c.ledger_seq.in_(seqs)).values(digest=None, snippet=None))
    words = connection.execute(delete(incident_words).where(incident_words.c.ledger_seq.in_(seqs)))
    connection.execute(update(ledger).where(ledger.c.seq.in_(seqs)).values(sender=None, twin=None))
    if words.rowcount:
        index.compact(connection)
