"""people.csv and chats.yaml of the demonstration: who and where."""

from __future__ import annotations

import csv
from typing import IO

from dlp.chats.telegram import FIRST_CHANNEL
from dlp.cli.demonstration.company import (
    CLIENT_GROUP,
    EXPORT_CHANNEL,
    INTERNAL_ROOM,
    MATRIX_ROOM,
    SLACK_CHANNELS,
    STAFF,
    SUPPLIER_CHAT,
    TELEGRAM_CHAT,
    TELEGRAM_PAIR,
    Colleague,
)

COLUMNS = ("person", "name", "accounts", "phones", "emails", "department", "groups", "manager", "dismissed_on")
_CHATS = (
    ("telegram", str(-FIRST_CHANNEL - TELEGRAM_CHAT), "clients", "i.lyadov", CLIENT_GROUP.outside),
    ("telegram", TELEGRAM_PAIR.telegram, "clients", "r.kedrov", True),
    ("whatsapp", SUPPLIER_CHAT.title, "suppliers", "n.belova", SUPPLIER_CHAT.outside),
    ("slack", SLACK_CHANNELS[0][0], "clients", "e.clarke", EXPORT_CHANNEL.outside),
    ("slack", SLACK_CHANNELS[1][0], "development", "p.gromov", False),
    ("matrix", MATRIX_ROOM, "general", "v.somova", INTERNAL_ROOM.outside),
)


def write_people(file: IO[str]) -> None:
    """Writes the company's people with their accounts."""
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(COLUMNS)
    rows.writerows(map(_row, STAFF))


def _row(person: Colleague) -> tuple[str, ...]:
    accounts = f"telegram:{person.telegram} slack:{person.slack} matrix:{person.matrix}"
    where = (person.department, person.groups, person.manager, person.dismissed_on)
    return (person.latin, person.name, accounts, person.phone, person.email, *where)


def write_chats(file: IO[str]) -> None:
    """Writes the register of chats: what each is for, who answers for it, whether outsiders read it."""
    for connector, chat, purpose, owner, external in _CHATS:
        zone = "onprem" if connector == "matrix" else "foreign"
        file.write(f'- connector: {connector}\n  chat: "{chat}"\n  zone: {zone}\n  owner: {owner}\n')
        file.write(f"  external: {str(external).lower()}\n  purpose: {purpose}\n")
