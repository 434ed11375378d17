"""Alert routes: what wakes whom, asked in order."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import uuid_utils
from sqlalchemy import Connection, delete, insert, select, update

from dlp.errors import NotFound, UsageError
from dlp.records import Severity
from dlp.store.actor import Actor
from dlp.store.audit import chain
from dlp.store.changes import changed
from dlp.store.tables.duties import alert_routes, channels


class Matches(NamedTuple):
    """What a route is for; None means any. `severity` is the least, `policies` are names or patterns ("ru-*")."""

    severity: Severity | None = None
    policies: tuple[str, ...] | None = None
    departments: tuple[str, ...] | None = None
    kinds: tuple[str, ...] | None = None

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Matches:
        """From the stored form, {"severity": "high", "policies": […], …}."""
        named = told.get("severity")
        lists = (tuple(told[key]) if told.get(key) is not None else None for key in ("policies", "departments", "kinds"))
        return cls(Severity[named.upper()] if named else None, *lists)

    def stored(self) -> dict[str, Any]:
        """The stored form."""
        told: dict[str, Any] = {"severity": self.severity.label if self.severity else None}
        told |= {key: list(value) for key, value in self._asdict().items() if isinstance(value, tuple)}
        return {key: value for key, value in told.items() if value is not None}

    def fit(self, kind: str, severity: Severity, policy: str, department: str | None) -> bool:
        """Whether something of this kind is for the route; what has no policy or department fits only a route for any."""
        return (
            (self.severity is None or severity >= self.severity)
            and (self.kinds is None or kind in self.kinds)
            and (self.policies is None or any(fnmatchcase(policy, pattern) for pattern in self.policies))
            and (self.departments is None or department in self.departments)
        )


class Target(NamedTuple):
    """A channel and who is told by it: e-mail addresses, chat ids; nobody where the channel itself is the receiver."""

    channel: str
    to: tuple[str, ...] = ()

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Target:
        """From the stored form, {"channel": ID, "to": […]}."""
        return cls(told["channel"], tuple(told.get("to") or ()))

    def stored(self) -> dict[str, Any]:
        """The stored form."""
        return {"channel": self.channel, "to": list(self.to)}


class Route(NamedTuple):
    """One route. `channels` are tried in order; `escalate_to` after `escalate_after_minutes` without an answer."""

    id: str
    title: str
    matches: Matches
    channels: tuple[Target, ...]
    duty: bool = False
    escalate_after_minutes: int | None = None
    escalate_to: tuple[Target, ...] = ()
    digest: bool = False
    digest_minutes: int = 540
    fold_minutes: int = 15
    goes_on: bool = False
    language: str = "ru"
    zone: str = "Europe/Moscow"
    enabled: bool = True
    created_at: datetime | None = None

    def day(self, now: datetime) -> int:
        """Days since 1970 of the route's own date."""
        return now.astimezone(ZoneInfo(self.zone)).date().toordinal() - _EPOCH_DAY

    def minute(self, now: datetime) -> int:
        """The minute of the route's own day."""
        local = now.astimezone(ZoneInfo(self.zone))
        return local.hour * 60 + local.minute

    @property
    def fold_window(self) -> timedelta:
        """How long alike ones do not wake again."""
        return timedelta(minutes=self.fold_minutes)


_EPOCH_DAY = datetime(1970, 1, 1).toordinal()  # noqa: DTZ001 - a date
_COLUMNS = tuple(alert_routes.c[name] for name in Route._fields)


def listed(connection: Connection) -> list[Route]:
    """All routes, in the order they are asked in."""
    return [_route(row) for row in connection.execute(select(*_COLUMNS).order_by(alert_routes.c.position, alert_routes.c.id))]


def route(connection: Connection, route_id: str) -> Route:
    """One route. Raises NotFound."""
    row = connection.execute(select(*_COLUMNS).where(alert_routes.c.id == route_id)).first()
    if row is None:
        raise NotFound("there is no such route")
    return _route(row)


def replace(connection: Connection, routes: Sequence[Route], *, actor: Actor, now: datetime) -> list[Route]:
    """Makes these the routes, in this order; an empty id is a new route. Raises UsageError."""
    known_channels = set(connection.execute(select(channels.c.id)).scalars())
    before = {row.id: row.created_at for row in connection.execute(select(alert_routes.c.id, alert_routes.c.created_at))}
    for number, one in enumerate(routes):
        _check(one, number, known_channels, before)
    rows = [_row(one, number, before.get(one.id) or now) for number, one in enumerate(routes)]
    kept = {row["id"] for row in rows}
    connection.execute(delete(alert_routes).where(alert_routes.c.id.in_(set(before) - kept)))
    for row in rows:
        if row["id"] in before:
            connection.execute(update(alert_routes).where(alert_routes.c.id == row["id"]).values(row))
        else:
            connection.execute(insert(alert_routes).values(row))
    details = {"routes": [row["title"] for row in rows][:50], "removed": len(set(before) - kept)}
    chain.append(connection, actor, "alert_routes.changed", "alert_routes", details, now)
    changed(connection, "alert_routes", "alert_routes", 1, now)
    return listed(connection)


def _check(one: Route, number: int, known_channels: Collection[str], before: Collection[str]) -> None:
    pointer = f"/items/{number}"
    if one.id and one.id not in before:
        raise UsageError("there is no such route", code="unknown_route", pointer=f"{pointer}/id")
    for field in ("channels", "escalate_to"):
        for place, target in enumerate(getattr(one, field)):
            if target.channel not in known_channels:
                raise UsageError("there is no such channel", code="unknown_channel", pointer=f"{pointer}/{field}/{place}/channel")
    if one.escalate_after_minutes is not None and not one.escalate_to:
        raise UsageError("nobody is told when the time is up", code="escalate_to", pointer=f"{pointer}/escalate_to")


def _row(one: Route, position: int, created_at: datetime) -> dict[str, Any]:
    return {
        **one._asdict(),
        "id": one.id or str(uuid_utils.uuid7()),
        "position": position,
        "matches": one.matches.stored(),
        "channels": [target.stored() for target in one.channels],
        "escalate_to": [target.stored() for target in one.escalate_to],
        "created_at": created_at,
    }


def _route(row: Any) -> Route:
    told = dict(zip(Route._fields, row, strict=True))
    told["matches"] = Matches.of(told["matches"])
    for field in ("channels", "escalate_to"):
        told[field] = tuple(map(Target.of, told[field] or ()))
    return Route(**told)
