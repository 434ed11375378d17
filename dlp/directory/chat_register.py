"""What the company says of its chats, looked up by connector and conversation."""

from __future__ import annotations

from typing import NamedTuple

from dlp.records import ChatKind, Zone


class Audience(NamedTuple):
    """Who can read a chat; None is unknown."""

    external: bool | None = None
    size: int | None = None
    domains: frozenset[str] | None = None


class RegisteredChat(NamedTuple):
    """One entry of the register; `chat` names one conversation, or all that begin so where it ends with `*`."""

    connector: str
    chat: str
    zone: Zone | None = None
    owner: str | None = None
    external: bool | None = None
    audience: Audience = Audience()
    purpose: str | None = None
    kind: ChatKind | None = None


class ChatRegister(NamedTuple):
    """The register, ready for look-ups; `families` are the entries with `*`, the most exact first."""

    chats: dict[tuple[str, str], RegisteredChat]
    families: tuple[RegisteredChat, ...] = ()

    def find(self, connector: str | None, conversation: str | None) -> RegisteredChat | None:
        """The entry of a conversation: its own, else the longest family it belongs to."""
        if connector is None or not (self.chats or self.families):
            return None
        own = self.chats.get((connector, conversation or ""))
        if own is not None or not self.families:
            return own
        return self._family(connector, conversation or "")

    def _family(self, connector: str, conversation: str) -> RegisteredChat | None:
        for family in self.families:
            if family.connector == connector and conversation.startswith(family.chat[:-1]):
                return family
        return None


def register_of(entries: tuple[RegisteredChat, ...]) -> ChatRegister:
    """A register of entries, no two of which name the same chat."""
    families = sorted((entry for entry in entries if entry.chat.endswith("*")), key=lambda entry: -len(entry.chat))
    return ChatRegister({(e.connector, e.chat): e for e in entries if not e.chat.endswith("*")}, tuple(families))
