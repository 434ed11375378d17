"""Telegram Desktop's `result.json`: one chat, or a full export with its lists of chats."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import tzinfo
from typing import Any

from dlp.chats.telegram import TelegramChat, chat_of, message_of
from dlp.errors import InputFault
from dlp.ingest.json_stream import JsonStream
from dlp.records import GapReason, Message

# Neither can stand inside a string: its quotes would have backslashes. The chat's keys stand in the order Telegram writes them.
_RESUME = re.compile(
    r'\{\s*(?:"id"\s*:\s*-?\d+\s*,\s*"type"\s*:\s*"(?P<message>message|service|unsupported)"'
    r'|(?:"name"\s*:\s*(?:null|"(?:[^"\\]|\\.){0,1000}")\s*,\s*)?"type"\s*:\s*"\w+"\s*,\s*"id"\s*:\s*-?\d+\s*,\s*"messages"\s*:\s*\[)'
)
_LISTS = frozenset({"chats", "left_chats"})
_NO_CHAT = TelegramChat("", None, None)


def read_telegram(stream: JsonStream, zone: tzinfo | None, has_file: Callable[[str], bool]) -> Iterator[Message | InputFault]:
    """The messages of an export in its order. After a broken record reading goes on at the next message or chat."""
    reader = _Reader(stream, zone, has_file)
    fault = None
    try:
        yield from reader.document()
    except InputFault as error:
        fault = error
    while fault is not None:
        yield fault
        fault = None
        found = stream.go_on_at(_RESUME)
        if found is None:
            return
        try:
            yield from reader.messages() if found.group("message") else reader.chat_object()
            yield from reader.what_follows()
        except InputFault as error:
            fault = error


class _Reader:
    def __init__(self, stream: JsonStream, zone: tzinfo | None, has_file: Callable[[str], bool]) -> None:
        self._stream = stream
        self._zone = zone
        self._has_file = has_file
        self._chat = _NO_CHAT

    def document(self) -> Iterator[Message | InputFault]:
        """The whole file: a chat, or an object with lists of chats among other sections."""
        yield from self._object()
        if self._stream.peek():
            raise self._stream.fault("has more after its end")

    def chat_object(self) -> Iterator[Message | InputFault]:
        """A chat: its header, then its messages."""
        yield from self._object()

    def what_follows(self) -> Iterator[Message | InputFault]:
        """After a place where reading was resumed: the chats that still stand in the list, then what closes the file."""
        while self._stream.peek() in {",", "{", "}", "]"}:
            if self._stream.peek() == "{":
                yield from self._object()
            elif self._stream.skip(",") and self._stream.peek() == '"':
                yield from self._members({})
            else:
                self._stream.skip("}") or self._stream.skip("]")

    def _object(self) -> Iterator[Message | InputFault]:
        if not self._stream.skip("{"):
            raise self._stream.fault("is not JSON (an object is expected)")
        yield from self._members({})

    def _members(self, header: dict[str, Any]) -> Iterator[Message | InputFault]:
        stream = self._stream
        while not stream.skip("}"):
            key = stream.value()
            if not isinstance(key, str) or not stream.skip(":"):
                raise stream.fault("is not JSON (a key is expected)")
            if key == "messages" and stream.skip("["):
                self._chat = chat_of(header)
                yield from self.messages()
            elif key in _LISTS and stream.peek() == "{":
                yield from self._object()
            elif key == "list" and stream.skip("["):
                yield from self._chats()
            else:
                header[key] = stream.value()
            if not stream.skip(",") and stream.peek() != "}":
                raise stream.fault("is not JSON (the end of an object is expected)" if stream.peek() else "ends too early")

    def _chats(self) -> Iterator[Message | InputFault]:
        while not self._stream.skip("]"):
            yield from self._object()
            if not self._stream.skip(",") and self._stream.peek() != "]":
                raise self._stream.fault(
                    "is not JSON (the end of a list is expected)" if self._stream.peek() else "ends too early"
                )

    def messages(self) -> Iterator[Message | InputFault]:
        """The messages up to the end of their list."""
        stream = self._stream
        for record in stream.items():
            try:
                yield self._message(record)
            except ValueError as error:
                yield stream.fault(f"the message before this place {error}")

    def _message(self, record: Any) -> Message:
        if not isinstance(record, dict):
            raise ValueError("is not an object")
        message = message_of(record, self._chat, self._zone)
        if message.attachments:
            attachments = tuple(
                file._replace(missing=GapReason.MISSING, path=None) if file.path and not self._has_file(file.path) else file
                for file in message.attachments
            )
            message = message._replace(attachments=attachments)
        return message
