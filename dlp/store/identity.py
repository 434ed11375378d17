"""The identity of a message: (connector, conversation, id, revision)."""

from __future__ import annotations

from hashlib import blake2b

from dlp.records import Message


def identity_of(connector: str, message: Message) -> bytes:
    """The 128-bit digest of a message's identity; what is unknown never equals what is empty."""
    told = (connector, message.conversation, message.id, str(message.revision))
    parts = (b"\0" if part is None else b"\1%d:%s" % (len(name := part.encode("utf-8", "surrogatepass")), name) for part in told)
    return blake2b(b"".join(parts), digest_size=16, person=b"dlp identity").digest()
