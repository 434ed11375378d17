"""What a messenger's live events come to: messages (an edit is a revision of one), and deletions."""

from __future__ import annotations

from typing import NamedTuple

from dlp.records import Message


class Deletion(NamedTuple):
    """The messenger says that a message is no more; `conversation` None where it does not tell which."""

    conversation: str | None
    message: str


class Events(NamedTuple):
    """What one call of a messenger told, in its order."""

    messages: tuple[Message, ...] = ()
    deletions: tuple[Deletion, ...] = ()
