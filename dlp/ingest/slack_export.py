"""A Slack export: lists of conversations and people, and a folder per conversation with a file per day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from dlp.chats.slack import SlackChat, chats_of, messages_of, names_of
from dlp.errors import InputFault
from dlp.ingest.json_stream import JsonStream
from dlp.ingest.source import Meter, RefusedFileError, Source
from dlp.ingest.survey import SLACK_LISTINGS
from dlp.records import Message

# Exports are written with four spaces a level, and a string has no line break in it.
_RESUME = re.compile(r'\n {4}\{(?=\s*\n {8}")')


class SlackExport:
    """Reads the export whose listings stand in `folder` ("" or "name/") of a source."""

    def __init__(self, source: Source, folder: str, meter: Meter | None) -> None:
        self._source = source
        self._folder = folder
        self._meter = meter
        self._names: dict[str, str] = {}

    def days(self) -> list[str]:
        """The files of messages, by conversation and day."""
        inside = (name for name in self._source.names if name.startswith(self._folder) and name.endswith(".json"))
        return sorted(name for name in inside if name.removeprefix(self._folder).count("/") == 1)

    def messages(self) -> Iterator[Message | InputFault]:
        """Every message of every conversation, with the faults of the files."""
        chats: dict[str, SlackChat] = {}
        for listing in SLACK_LISTINGS:
            for record in self._listing(listing):
                if isinstance(record, InputFault):
                    yield record
                else:
                    chats.update(chats_of(listing, [record]))
        for user in self._listing("users"):
            if isinstance(user, InputFault):
                yield user
            else:
                self._names.update(names_of([user]))
        for name in self.days():
            conversation = name.removeprefix(self._folder).partition("/")[0]
            yield from self.day(name, chats.get(conversation) or SlackChat(conversation, conversation, None))

    def day(self, name: str, chat: SlackChat) -> Iterator[Message | InputFault]:
        """The messages of one file."""
        for record in self._records(name):
            if isinstance(record, InputFault):
                yield record
                continue
            try:
                yield from messages_of(record, chat, self._names)
            except ValueError as error:
                yield InputFault(self._source.label(name), f"ts {str(record.get('ts'))[:30]}", f"a message {error}")

    def _listing(self, listing: str) -> Iterator[dict[str, Any] | InputFault]:
        name = f"{self._folder}{listing}.json"
        return self._records(name) if name in self._source.names else iter(())

    def _records(self, name: str) -> Iterator[dict[str, Any] | InputFault]:
        label = self._source.label(name)
        try:
            with self._source.open(name, self._meter) as content:
                stream = JsonStream(content, label)
                yield from records_of(stream)
                if stream.utf8_fault is not None:
                    yield stream.utf8_fault
        except RefusedFileError as error:
            yield InputFault(label, "byte 0", str(error))


def records_of(stream: JsonStream) -> Iterator[dict[str, Any] | InputFault]:
    """The objects of a JSON list; after a broken one reading goes on at the next that stands where Slack writes one."""
    if not stream.skip("["):
        yield stream.fault("is not JSON (a list is expected)")
        return
    while True:
        try:
            for record in stream.items():
                yield record if isinstance(record, dict) else stream.fault("before this place stands no object")
        except InputFault as fault:
            yield fault
            if stream.go_on_at(_RESUME) is not None:
                continue
        return
