"""What a Matrix homeserver exports of one user: the company's own room, on its own server."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from dlp.cli.demonstration.company import INTERNAL_ROOM, MATRIX_ROOM, STAFF
from dlp.cli.demonstration.conversation import FIRST_MOMENT, Said


def write_matrix(folder: Path, said: Iterable[Said]) -> None:
    """Writes `rooms/<room id>/events`, one event after another with nothing between them, as Synapse does."""
    room = folder / "rooms" / MATRIX_ROOM
    room.mkdir(parents=True, exist_ok=True)
    with (room / "events").open("w", encoding="utf-8") as file:
        for event in _events(said):
            file.write(json.dumps(event, ensure_ascii=False))


def _events(said: Iterable[Said]) -> Iterator[dict[str, Any]]:
    owner = STAFF[0].matrix
    yield _event(0, FIRST_MOMENT, owner, {"type": "m.room.create", "state_key": "", "content": {"room_version": "11"}})
    yield _event(1, FIRST_MOMENT, owner, {"type": "m.room.name", "state_key": "", "content": {"name": INTERNAL_ROOM.title}})
    for index, person in enumerate(STAFF, 2):
        content = {"membership": "join", "displayname": person.name}
        yield _event(
            index, FIRST_MOMENT, person.matrix, {"type": "m.room.member", "state_key": person.matrix, "content": content}
        )
    for message in said:
        place = 100 + 3 * message.number
        yield _event(place, message.moment, message.who.matrix, {"type": "m.room.message", "content": _text(message.text)})
        for index in range(len(message.files)):
            content = _file(message, index)
            yield _event(place + 1 + index, message.moment, message.who.matrix, {"type": "m.room.message", "content": content})


def _event(depth: int, moment: int, sender: str, rest: dict[str, Any]) -> dict[str, Any]:
    common = {"auth_events": [], "prev_events": [], "depth": depth, "hashes": {"sha256": f"demo{depth}"}, "room_id": MATRIX_ROOM}
    return {**common, **rest, "sender": sender, "origin_server_ts": moment * 1_000, "signatures": {}, "unsigned": {}}


def _text(text: str) -> dict[str, Any]:
    return {"msgtype": "m.text", "body": text}


def _file(said: Said, index: int) -> dict[str, Any]:
    file = said.files[index]
    info = {"mimetype": file.media_type, "size": file.size}
    return {"msgtype": "m.file", "body": file.name, "url": f"mxc://demo/{said.number}{index}", "info": info}
