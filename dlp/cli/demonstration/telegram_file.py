"""Telegram Desktop's full export: a group with a client and a private chat."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import IO

from dlp.cli.demonstration.company import CLIENT_GROUP, HOURS_FROM_UTC, PRIVATE_CHAT, TELEGRAM_CHAT, TELEGRAM_PAIR
from dlp.cli.demonstration.conversation import Said

LEFT_OUT = "(File not included. Change data exporting settings to download.)"


def write_telegram(file: IO[str], group: Iterable[Said], pair: Iterable[Said]) -> None:
    """Writes `result.json` with one space a level, as Telegram Desktop does."""
    file.write(
        '{\n "about": "Here is the data you requested.",\n "chats": {\n  "about": "This page lists all chats.",\n  "list": ['
    )
    _write_chat(file, (CLIENT_GROUP.title, "private_supergroup", TELEGRAM_CHAT), group)
    file.write(",")
    _write_chat(file, (PRIVATE_CHAT.title, "personal_chat", int(TELEGRAM_PAIR.telegram)), pair)
    file.write("\n  ]\n }\n}")


def _write_chat(file: IO[str], chat: tuple[str, str, int], said: Iterable[Said]) -> None:
    title, kind, number = chat
    file.write(f'\n   {{\n    "name": {_text(title)},\n    "type": "{kind}",\n    "id": {number},\n    "messages": [')
    before = ""
    for message in said:
        members = ",\n      ".join(_members(message))
        file.write(f"{before}\n     {{\n      {members}\n     }}")
        before = ","
    file.write("\n    ]\n   }")


def _members(said: Said) -> Iterator[str]:
    yield f'"id": {said.number}'
    yield '"type": "message"'
    yield f'"date": "{_local(said.moment)}"'
    yield f'"date_unixtime": "{said.moment}"'
    if said.edited:
        yield f'"edited": "{_local(said.edited)}"'
        yield f'"edited_unixtime": "{said.edited}"'
    yield f'"from": {_text(said.who.name)}'
    yield f'"from_id": "user{said.who.telegram}"'
    if said.answers:
        yield f'"reply_to_message_id": {said.answers}'
    for file in said.files[:1]:
        yield f'"file": "{LEFT_OUT}"'
        yield f'"file_name": {_text(file.name)}'
        yield f'"file_size": {file.size}'
        yield f'"mime_type": "{file.media_type}"'
    yield f'"text": {_text(said.text)}'
    yield f'"text_entities": [\n       {{\n        "type": "plain",\n        "text": {_text(said.text)}\n       }}\n      ]'


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _local(moment: int) -> str:
    return datetime.fromtimestamp(moment + HOURS_FROM_UTC * 3_600, UTC).strftime("%Y-%m-%dT%H:%M:%S")
