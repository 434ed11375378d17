"""Identity of messages that carry no id."""

from __future__ import annotations

from hashlib import blake2b

REMEMBERED = 4096


class DigestIds:
    """Ids made of a message's own parts and its ordinal among equals, the same when a longer export is read again.

    Equal messages stand near each other in an export (same time, sender and text), so only the last few thousand are
    remembered: memory does not grow with the export.
    """

    __slots__ = ("_conversation", "_seen")

    def __init__(self, conversation: str) -> None:
        self._conversation = conversation
        self._seen: dict[str, int] = {}

    def next_id(self, local_time: str, sender: str, text: str) -> str:
        """The id of the next message in export order: 32 hexadecimal digits."""
        digest = _digest(self._conversation, local_time, sender, text)
        ordinal = self._seen.pop(digest, -1) + 1
        self._seen[digest] = ordinal
        if len(self._seen) > REMEMBERED:
            del self._seen[next(iter(self._seen))]
        return digest if not ordinal else _digest(digest, str(ordinal))


def _digest(*parts: str) -> str:
    content = "\0".join(parts).encode("utf-8", "replace")
    return blake2b(content, digest_size=16).hexdigest()
