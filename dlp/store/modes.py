"""Modes set by operators: "observe" or "enforce" for a policy, over what its file says; each connector has one of its own."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select

from dlp.errors import UsageError
from dlp.records import Mode
from dlp.store.actor import Actor
from dlp.store.audit import chain
from dlp.store.changes import changed
from dlp.store.tables.duties import connectors, policy_modes


class PolicyMode(NamedTuple):
    """What an operator set for a policy, who and when."""

    policy: str
    mode: str
    set_by: str
    set_at: datetime


def of_policies(connection: Connection) -> dict[str, str]:
    """The modes operators set, by policy; a policy not named keeps its file's."""
    return dict(connection.execute(select(policy_modes.c.policy, policy_modes.c.mode)).all())


def of_connectors(connection: Connection) -> dict[str, str]:
    """The mode of each connector, by name."""
    return dict(connection.execute(select(connectors.c.name, connectors.c.mode)).all())


def everything_set(connection: Connection) -> tuple[PolicyMode, ...]:
    """What operators set, by policy name."""
    columns = (policy_modes.c[name] for name in PolicyMode._fields)
    return tuple(PolicyMode(*row) for row in connection.execute(select(*columns).order_by(policy_modes.c.policy)))


def set_policy_mode(connection: Connection, policy: str, mode: str | None, actor: Actor, now: datetime) -> None:
    """Sets the mode of a policy; None gives it back to its file. The caller renews the context. Raises UsageError."""
    if mode is not None and mode not in {known.value for known in Mode}:
        raise UsageError("a mode is observe or enforce", code="mode", pointer="/mode")
    before = of_policies(connection).get(policy)
    if before == mode:
        return
    connection.execute(delete(policy_modes).where(policy_modes.c.policy == policy))
    if mode is not None:
        connection.execute(insert(policy_modes).values(policy=policy, mode=mode, set_by=actor.id, set_at=now))
    chain.append(connection, actor, "policy.mode", f"policy:{policy}", {"was": before, "mode": mode}, now)
    changed(connection, "policy_mode", policy[:36], 1, now)
