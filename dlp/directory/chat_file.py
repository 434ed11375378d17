"""Reads chats.yaml, the register of chats: strictly, every fault at its line."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

from dlp.directory.chat_register import Audience, ChatRegister, RegisteredChat, register_of
from dlp.errors import Fault, FileFaults
from dlp.lined_yaml import LinedYaml, Place, read_yaml
from dlp.records import ChatKind, Zone

CHAT_KEYS = ("connector", "chat", "zone", "owner", "external", "audience", "purpose", "kind")
AUDIENCE_KEYS = ("external", "size", "domains")

_E = TypeVar("_E", bound=Enum)


def read_chats(path: Path) -> ChatRegister:
    """Reads a list of chats, each a mapping with keys of `CHAT_KEYS`, connector and chat required. Raises FileFaults."""
    yaml = read_yaml(path)
    reader = _Reader(str(path), yaml)
    entries = reader.entries(yaml.content)
    if reader.faults:
        raise FileFaults(tuple(sorted(reader.faults, key=lambda fault: fault.line)))
    return register_of(entries)


class _Reader:
    def __init__(self, file: str, yaml: LinedYaml) -> None:
        self.file = file
        self.faults: list[Fault] = []
        self._yaml = yaml
        self._taken: dict[tuple[str, str], int] = {}

    def entries(self, content: Any) -> tuple[RegisteredChat, ...]:
        """Every entry; faults are noted and the faulty value left out."""
        if content is None:
            return ()
        if not isinstance(content, list):
            self._fault((), "must be a list of chats")
            return ()
        entries = tuple(self._entry(item, (index,)) for index, item in enumerate(content))
        return tuple(entry for entry in entries if entry is not None)

    def _entry(self, item: Any, place: Place) -> RegisteredChat | None:
        if not self._mapping(item, place, CHAT_KEYS):
            return None
        entry = RegisteredChat(
            connector=self._required(item, place, "connector"),
            chat=self._required(item, place, "chat"),
            zone=self._one_of(item, place, "zone", kinds=Zone),
            owner=self._word(item, place, "owner"),
            external=self._flag(item, place, "external"),
            audience=self._audience(item.get("audience"), (*place, "audience")),
            purpose=self._word(item, place, "purpose"),
            kind=self._one_of(item, place, "kind", kinds=ChatKind),
        )
        first = self._taken.setdefault((entry.connector, entry.chat), self._yaml.line(place))
        if first != self._yaml.line(place):
            self._fault(place, f'the chat "{entry.chat}" of {entry.connector} already stands on line {first}')
        if "*" in entry.chat[:-1]:
            self._fault((*place, "chat"), '"*" may only stand at the end of a chat')
        return entry

    def _audience(self, item: Any, place: Place) -> Audience:
        if item is None or not self._mapping(item, place, AUDIENCE_KEYS):
            return Audience()
        size = item.get("size")
        if size is not None and (not isinstance(size, int) or isinstance(size, bool) or size < 0):
            self._fault((*place, "size"), '"size" must be a number of people')
            size = None
        return Audience(self._flag(item, place, "external"), size, self._domains(item, place))

    def _domains(self, item: dict[str, Any], place: Place) -> frozenset[str] | None:
        domains = item.get("domains")
        if domains is None:
            return None
        if isinstance(domains, list) and all(isinstance(domain, str) and "." in domain for domain in domains):
            return frozenset(map(str.lower, domains))
        self._fault((*place, "domains"), '"domains" must be a list of mail domains')
        return None

    def _mapping(self, item: Any, place: Place, keys: tuple[str, ...]) -> bool:
        if not isinstance(item, dict):
            self._fault(place, f"must be a mapping with keys of {', '.join(keys)}")
            return False
        for key in item:
            if key not in keys:
                self._fault((*place, key), f'the key "{key}" is not known; there are {", ".join(keys)}')
        return True

    def _required(self, item: dict[str, Any], place: Place, key: str) -> str:
        word = self._word(item, place, key)
        if not word and item.get(key) in (None, ""):
            self._fault(place, f'the key "{key}" is missing')
        return word or ""

    def _word(self, item: dict[str, Any], place: Place, key: str) -> str | None:
        value = item.get(key)
        if value is None or isinstance(value, str):
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)  # a chat id of digits needs no quotes
        self._fault((*place, key), f'"{key}" must be text')
        return None

    def _flag(self, item: dict[str, Any], place: Place, key: str) -> bool | None:
        value = item.get(key)
        if value is None or isinstance(value, bool):
            return value
        self._fault((*place, key), f'"{key}" must be true or false')
        return None

    def _one_of(self, item: dict[str, Any], place: Place, key: str, *, kinds: type[_E]) -> _E | None:
        value = item.get(key)
        for kind in kinds:
            if kind.value == value:
                return kind
        if value is not None:
            self._fault((*place, key), f'"{key}" must be one of {", ".join(kind.value for kind in kinds)}')
        return None

    def _fault(self, place: Place, message: str) -> None:
        self.faults.append(Fault(self.file, self._yaml.line(place), message))
