"""Other words under an identity that is known are an edit nobody told of: they get a revision, and a verdict, of their own."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import Connection, func, select

from dlp.records import Message
from dlp.store.bulk import present
from dlp.store.identity import identity_of
from dlp.store.tables.record import ledger

if TYPE_CHECKING:
    from dlp.store.vault.keys import Keys

_BESIDE: Final = 1 << 52  # revisions from here on stand beside a message: a gap tried again, a verdict that came late

Said = tuple[str, Message]


class Placed(NamedTuple):
    """A message in its own revision; `known` where just that stands in the ledger."""

    identity: bytes
    content: bytes
    message: Message
    known: bool


def content_of(message: Message, key: bytes) -> bytes:
    """The keyed digest of a message's words and its files' names."""
    digest = blake2b(key=key, digest_size=16)
    for part in (
        message.text,
        *(text for passage in message.passages for text in passage),
        *(file.name for file in message.attachments),
    ):
        written = part.encode("utf-8", "surrogatepass")
        digest.update(b"%d:" % len(written) + written)
    return digest.digest()


def placed(connection: Connection, said: Sequence[Said], keys: Keys) -> list[Placed]:
    """Where each (connector, message) belongs.

    A message whose identity stands in the ledger, or earlier in `said`, with other words takes the revision these words have
    there already, else the next one: nothing passes unjudged under the id of something harmless.
    """
    key = keys.mac_key("content")
    found = [(identity_of(connector, message), content_of(message, key), message) for connector, message in said]
    known = _contents(connection, [identity for identity, _, _ in found])
    seen: dict[bytes, bytes | None] = dict(known)
    moved: list[bytes] = []
    for place, (identity, content, message) in enumerate(found):
        if seen.setdefault(identity, content) in (content, None):
            continue
        connector = said[place][0]
        revision = _revision(connection, connector, message, content)
        while seen.setdefault(other := identity_of(connector, message._replace(revision=revision)), content) not in (
            content,
            None,
        ):
            revision += 1
        found[place] = other, content, message._replace(revision=revision)
        moved.append(other)
    there = known.keys() | present(connection, ledger.c.identity, moved)
    return [Placed(identity, content, message, identity in there) for identity, content, message in found]


def _contents(connection: Connection, identities: list[bytes]) -> dict[bytes, bytes | None]:
    known = list(present(connection, ledger.c.identity, identities))
    rows: dict[bytes, bytes | None] = {}
    for start in range(0, len(known), 500):
        query = select(ledger.c.identity, ledger.c.content).where(ledger.c.identity.in_(known[start : start + 500]))
        rows.update(
            (bytes(row.identity), None if row.content is None else bytes(row.content)) for row in connection.execute(query)
        )
    return rows


def _revision(connection: Connection, connector: str, message: Message, content: bytes) -> int:
    """The revision these words have in the ledger; else the one after the last."""
    same = (ledger.c.connector == connector) & (ledger.c.message == message.id) & (ledger.c.revision < _BESIDE)
    same &= ledger.c.conversation.is_(None) if message.conversation is None else ledger.c.conversation == message.conversation
    with_them = connection.scalar(select(ledger.c.revision).where(same, ledger.c.content == content).limit(1))
    if with_them is not None:
        return int(with_them)
    last = connection.scalar(select(func.max(ledger.c.revision)).where(same))
    return max(message.revision, 0 if last is None else int(last)) + 1
