"""JSONL and plain text: a message a line."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import IO

from dlp.cli.demonstration.conversation import Said


def write_jsonl(file: IO[str], said: Iterable[Said]) -> None:
    """Writes bare messages: an id and a text, whose chat and sender nobody knows."""
    for message in said:
        file.write(json.dumps({"id": f"m{message.number}", "text": message.text}, ensure_ascii=False) + "\n")


def write_text(file: IO[str], said: Iterable[Said]) -> None:
    """Writes notes of a meeting, a line each."""
    for message in said:
        file.write(f"{message.who.name}: {message.text}\n")
