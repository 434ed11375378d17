"""Changes of what only the other side and the vault know: keys to sign with, tokens, secret words."""

from __future__ import annotations

import json
import secrets as randomness
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, update

from dlp.errors import NotFound
from dlp.store.actor import Actor
from dlp.store.connectors import HookKey, Secrets, described, note, one, purpose_of, secrets_of
from dlp.store.tables.duties import connectors

if TYPE_CHECKING:
    from dlp.store.vault.keys import Keys

LIVE_KEYS: Final = 2


class ConnectorSecrets:
    """Keeps secrets sealed with the installation's keys; what is told once is never told again."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def tell(self, connection: Connection, actor: Actor, name: str, words: Mapping[str, str | None], now: datetime) -> None:
        """Keeps secret words by name, None forgets one; the audit row names them. Raises NotFound."""
        described(connection, actor, name, now)
        before = secrets_of(connection, self._keys, name)
        merged = {key: word for key, word in {**before.words, **words}.items() if word is not None}
        self._seal(connection, name, before._replace(words=merged))
        note(connection, actor, ("connector.secrets_changed", name), {"names": sorted(words)}, now)

    def rotate(self, connection: Connection, actor: Actor, name: str, overlap: timedelta, now: datetime) -> HookKey:
        """A new key to sign with; the one before lives on for `overlap`, older ones end. Raises NotFound."""
        described(connection, actor, name, now)
        before = secrets_of(connection, self._keys, name)
        key = HookKey(f"k-{randomness.token_hex(4)}", randomness.token_urlsafe(32), now)
        ends = now + overlap
        last = [live._replace(ends_at=min(live.ends_at or ends, ends)) for live in before.hook_keys if live.lives(now)]
        self._seal(connection, name, before._replace(hook_keys=(*last[-(LIVE_KEYS - 1) :], key)))
        note(
            connection,
            actor,
            ("connector.key_rotated", name),
            {"key": key.id, "overlap_seconds": int(overlap.total_seconds())},
            now,
        )
        return key

    def end(self, connection: Connection, actor: Actor, name: str, key_id: str, now: datetime) -> None:
        """A key is taken no more, at once. Raises NotFound."""
        one(connection, name)
        before = secrets_of(connection, self._keys, name)
        left = tuple(key for key in before.hook_keys if key.id != key_id)
        if len(left) == len(before.hook_keys):
            raise NotFound("there is no such key", code="key_not_found")
        self._seal(connection, name, before._replace(hook_keys=left))
        note(connection, actor, ("connector.key_ended", name), {"key": key_id}, now)

    def _seal(self, connection: Connection, name: str, told: Secrets) -> None:
        keys = [[key.id, key.secret, key.made_at.isoformat(), key.ends_at and key.ends_at.isoformat()] for key in told.hook_keys]
        written = json.dumps({"words": dict(told.words), "hook_keys": keys})
        sealed = self._keys.seal(purpose_of(name), written.encode())
        connection.execute(update(connectors).where(connectors.c.name == name).values(secrets_sealed=sealed))
