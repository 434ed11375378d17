"""A Slack workspace's export zip: two channels, a file per day."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from dlp.cli.demonstration.company import CLIENTS, DEVELOPERS, EXPORT_CHANNEL, SLACK_CHANNELS, STAFF, Colleague
from dlp.cli.demonstration.conversation import Said


def write_slack(path: Path, export: Iterable[Said], developers: Iterable[Said]) -> None:
    """Writes the zip: the channel with a foreign client and the developers' own."""
    with ZipFile(path, "w") as archive:
        rooms = zip(SLACK_CHANNELS, (EXPORT_CHANNEL, DEVELOPERS), strict=True)
        channels = [
            {"id": number, "name": name, "members": [person.slack for person in room.people]} for (number, name), room in rooms
        ]
        _write(archive, "channels.json", channels)
        _write(archive, "users.json", [_user(person) for person in (*STAFF, *CLIENTS)])
        for (_, name), said in zip(SLACK_CHANNELS, (export, developers), strict=True):
            for day, messages in groupby(said, lambda message: f"{datetime.fromtimestamp(message.moment, UTC):%Y-%m-%d}"):
                _write(archive, f"{name}/{day}.json", list(map(_record, messages)))


def _user(person: Colleague) -> dict[str, Any]:
    return {"id": person.slack, "name": person.latin, "real_name": person.name, "profile": {"email": person.email}}


def _record(said: Said) -> dict[str, Any]:
    ts = _ts(said.moment, said.number)
    record: dict[str, Any] = {"client_msg_id": f"demo-{said.number}", "type": "message", "user": said.who.slack}
    record |= {"text": said.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"), "ts": ts}
    if said.edited:
        record["edited"] = {"user": said.who.slack, "ts": _ts(said.edited, 0)}
    if said.files:
        record["files"] = [
            {"id": f"F0DEMO{said.number}", "name": file.name, "mimetype": file.media_type, "size": file.size}
            for file in said.files
        ]
    return record


def _ts(moment: int, number: int) -> str:
    return f"{moment}.{number % 1_000_000:06}"


def _write(archive: ZipFile, name: str, records: list[dict[str, Any]]) -> None:
    # A fixed time, so that the same seed makes the same bytes.
    member = ZipInfo(name, (2026, 3, 2, 9, 0, 0))
    member.compress_type = ZIP_DEFLATED
    archive.writestr(member, json.dumps(records, ensure_ascii=False, indent=4).encode("utf-8"))
