"""Synapse's `export-data` of a user: `rooms/<room id>/events` with one JSON event after another.

Synapse writes the events without anything between them; a line for each is read as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from dlp.chats.matrix import MatrixRoom, message_of
from dlp.errors import InputFault
from dlp.ingest.json_stream import JsonStream
from dlp.records import Message

_RESUME = re.compile(r'(?<=\})\s*\{(?=\s*")')


def read_matrix(stream: JsonStream, room_id: str) -> Iterator[Message | InputFault]:
    """The messages of a room's events; after a broken one reading goes on at the next."""
    room = MatrixRoom(room_id)
    while True:
        try:
            if not stream.peek():
                return
            event = stream.value()
            stream.skip(",")
        except InputFault as fault:
            yield fault
            if not _resumed(stream):
                return
            continue
        yield from _messages(stream, event, room)


def _messages(stream: JsonStream, event: Any, room: MatrixRoom) -> Iterator[Message | InputFault]:
    if not isinstance(event, dict):
        yield stream.fault("before this place stands no event")
        return
    try:
        message = message_of(event, room)
    except ValueError as error:
        yield stream.fault(f"the event before this place {error}")
        return
    if message is not None:
        yield message


def _resumed(stream: JsonStream) -> bool:
    """Stands at the next object that can be read; objects inside a broken one have no type and sender and are passed over."""
    while stream.go_on_at(_RESUME) is not None:
        try:
            stream.peek()
            return True
        except InputFault:
            continue
    return False
