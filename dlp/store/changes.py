"""What changed, for pages that stay live: ids and versions, never content."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert

from dlp.store.tables.record import changes


def changed(connection: Connection, kind: str, id: str, version: int, now: datetime) -> None:
    """Notes that `kind` ("incident", "hold", "policy", …) `id` has a new version."""
    connection.execute(insert(changes).values(at=now, kind=kind, id=id, version=version))
