"""The orders of a list of incidents, and the cursors that go on from a row in either direction."""

from __future__ import annotations

import base64
import json
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, and_, func, or_, type_coerce

from dlp.errors import UsageError
from dlp.store.search.query import Sort
from dlp.store.tables.record import incidents

_NEVER: Final = 2**62


class Key(NamedTuple):
    """One column of an order."""

    column: ColumnElement[Any]
    falling: bool = False


class Cursor(NamedTuple):
    """The row a page goes on from: after it, or before it (`back`)."""

    sort: Sort
    values: tuple[int, ...]
    back: bool = False
    as_of: int = 0


def _micro(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return type_coerce(column, BigInteger)


_NUMBER: Final = Key(incidents.c.number)
KEYS: Final[MappingProxyType[Sort, tuple[Key, ...]]] = MappingProxyType(
    {
        Sort.SEVERITY: (Key(incidents.c.severity, falling=True), Key(_micro(incidents.c.opened_at)), _NUMBER),
        Sort.AGE: (Key(_micro(incidents.c.opened_at)), _NUMBER),
        Sort.NEWEST: (Key(_micro(incidents.c.opened_at), falling=True), Key(incidents.c.number, falling=True)),
        Sort.DUE: (Key(func.coalesce(_micro(incidents.c.due_at), _NEVER)), _NUMBER),
        Sort.UPDATED: (Key(_micro(incidents.c.updated_at), falling=True), Key(incidents.c.number, falling=True)),
    }
)


def ordering(sort: Sort, *, back: bool = False) -> list[ColumnElement[Any]]:
    """What to order by."""
    return [key.column.desc() if key.falling != back else key.column.asc() for key in KEYS[sort]]


def columns(sort: Sort) -> list[ColumnElement[Any]]:
    """The values of the order, as `key_1`, `key_2`, …: what a cursor is made of."""
    return [key.column.label(f"key_{place}") for place, key in enumerate(KEYS[sort])]


def values_of(row: Any, sort: Sort) -> tuple[int, ...]:
    """The cursor's values in a row that was selected with `columns`."""
    return tuple(getattr(row, f"key_{place}") for place in range(len(KEYS[sort])))


def beyond(cursor: Cursor) -> ColumnElement[bool]:
    """The rows after the cursor's, or before it."""
    return _beyond(list(zip(KEYS[cursor.sort], cursor.values, strict=True)), back=cursor.back)


def _beyond(keys: list[tuple[Key, int]], *, back: bool) -> ColumnElement[bool]:
    (key, value), *rest = keys
    falls = key.falling != back
    strictly = key.column < value if falls else key.column > value
    if not rest:
        return strictly
    # The first half alone lets the database begin in the middle of its index.
    bound = key.column <= value if falls else key.column >= value
    return and_(bound, or_(strictly, _beyond(rest, back=back)))


def written(cursor: Cursor) -> str:
    """The cursor as clients hold it: opaque, without content."""
    told = [cursor.sort.value, list(cursor.values), int(cursor.back), cursor.as_of]
    return base64.urlsafe_b64encode(json.dumps(told, separators=(",", ":")).encode()).decode().rstrip("=")


def read(text: str) -> Cursor:
    """The cursor that was `written`. Raises UsageError."""
    try:
        sort, values, back, as_of = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        cursor = Cursor(Sort(sort), tuple(map(int, values)), bool(back), int(as_of))
    except (ValueError, TypeError):
        cursor = None
    if (
        cursor is None
        or len(cursor.values) != len(KEYS[cursor.sort])
        or not all(abs(one) <= _NEVER for one in (*cursor.values, cursor.as_of))
    ):
        raise UsageError("this is no cursor of ours", code="cursor", pointer="/cursor")
    return cursor
