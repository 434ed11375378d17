"""The two lists of a case as tables: CSV for spreadsheets (RFC 4180), rows for JSON."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from datetime import datetime
from io import StringIO
from typing import Any

from dlp.store.case_lists import DependingChat, Lying

_Row = Mapping[str, Any]


def inventory_rows(lying: Iterable[Lying]) -> list[dict[str, Any]]:
    """Which of our data lies where; "connector/conversation" told apart."""
    return [_apart(one._asdict()) for one in lying]


def continuity_rows(chats: Iterable[DependingChat]) -> list[dict[str, Any]]:
    """Which chats, owners and partners depend on the service."""
    return [_apart(one._asdict() | {"partner_names": list(one.partner_names)}) for one in chats]


def csv_text(rows: Iterable[_Row], columns: Iterable[str]) -> str:
    """Rows under a header, in UTF-8 with a byte order mark, which spreadsheets need to read Cyrillic."""
    sheet = StringIO()
    writer = csv.writer(sheet, lineterminator="\r\n")
    names = list(columns)
    writer.writerow(names)
    writer.writerows([_cell(row[name]) for name in names] for row in rows)
    return "\ufeff" + sheet.getvalue()


def inventory_csv(lying: Iterable[Lying]) -> str:
    """The inventory for a spreadsheet."""
    return csv_text(inventory_rows(lying), ("connector", *Lying._fields))


def continuity_csv(chats: Iterable[DependingChat]) -> str:
    """The continuity list for a spreadsheet."""
    return csv_text(continuity_rows(chats), ("connector", *DependingChat._fields))


def _apart(row: dict[str, Any]) -> dict[str, Any]:
    connector, _, conversation = str(row["conversation"]).partition("/")
    return {"connector": connector, **row, "conversation": conversation}


def _cell(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return _harmless("; ".join(map(str, value)))
    return _harmless(value) if isinstance(value, str) else value


def _harmless(text: str) -> str:
    """A cell no spreadsheet takes for a formula (CWE-1236): chats and people are named by whoever made them."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} and not text[1:].isdigit() else text
