"""Forgets an erased person's names where they stand beside what was written: chats called after them, exceptions, lists."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, and_, delete, or_, select, update

from dlp.store.actor import Actor
from dlp.store.audit import chain
from dlp.store.changes import changed
from dlp.store.exceptions import FORGOTTEN
from dlp.store.tables.duties import case_continuity, case_people, cases, exceptions
from dlp.store.tables.record import actions, incidents, ledger
from dlp.store.tables.trust import vault_items

if TYPE_CHECKING:
    from dlp.store.retention.person import Account

_ENDED = ("done", "failed", "refused")


def chats_of(connection: Connection, accounts: Iterable[Account]) -> list[str]:
    """Incidents in chats that bear the account's own name, whoever wrote there; the name itself is forgotten."""
    here = [_named(incidents.c.connector, incidents.c.conversation, one) for one in accounts]
    ids = list(connection.execute(select(incidents.c.id).where(or_(*here))).scalars()) if here else []
    if here:
        held = select(vault_items.c.ledger_seq).where(vault_items.c.case_id.is_not(None))
        chats = [_named(ledger.c.connector, ledger.c.conversation, one) for one in accounts]
        rows = select(ledger.c.seq).where(or_(*chats), ledger.c.seq.not_in(held))
        ended = update(actions).where(actions.c.ledger_seq.in_(rows), actions.c.state.in_(_ENDED))
        connection.execute(ended.values(payload={}))
        connection.execute(update(ledger).where(or_(*chats), ledger.c.seq.not_in(held)).values(conversation=None))
        connection.execute(update(incidents).where(or_(*here)).values(conversation=None, chat_title=None))
    return ids


def forget_beside(
    connection: Connection, accounts: Iterable[Account], person: str | None, *, actor: Actor, now: datetime
) -> None:
    """Ends exceptions made for the person and takes the names out of cases' lists that no legal hold keeps."""
    accounts = tuple(accounts)
    connectors: dict[str, Any] = {} if person is None else {person: exceptions.c.scope_value == person}
    for one in accounts:
        ways = [exceptions.c.scope_value == f"{name}/{one.account}" for name in one.connectors]
        connectors[one.account] = or_(*ways) if ways else exceptions.c.scope_value.endswith(f"/{one.account}", autoescape=True)
    _end_exceptions(connection, or_(*connectors.values()), actor, now)
    free = select(cases.c.id).where(~cases.c.legal_hold)
    for one in accounts:
        chats = [case_people.c.conversation.startswith(f"{name}/", autoescape=True) for name in one.connectors]
        here = (case_people.c.account == one.account, *([or_(*chats)] if chats else []))
        connection.execute(delete(case_people).where(case_people.c.case_id.in_(free), *here))
    if person is not None:
        owned = (case_continuity.c.owner == person, case_continuity.c.case_id.in_(free))
        connection.execute(update(case_continuity).where(*owned).values(owner=None))


def _named(connector: ColumnElement[str], conversation: ColumnElement[str | None], one: Account) -> ColumnElement[bool]:
    return and_(conversation == one.account, *([connector.in_(one.connectors)] if one.connectors else []))


def _end_exceptions(connection: Connection, theirs: ColumnElement[bool], actor: Actor, now: datetime) -> None:
    theirs = and_(theirs, exceptions.c.scope.in_(("person", "chat")))
    live = select(exceptions.c.id).where(theirs, exceptions.c.ended_at.is_(None))
    for exception_id in connection.execute(live.order_by(exceptions.c.id)).scalars().all():
        ended = update(exceptions).where(exceptions.c.id == exception_id).values(ended_at=now, ended_by=actor.id)
        connection.execute(ended)
        chain.append(connection, actor, "exception.ended", f"exception:{exception_id}", {"why": "person.erased"}, now)
        changed(connection, "exception", exception_id, 1, now)
    connection.execute(update(exceptions).where(theirs).values(scope_value="", **FORGOTTEN))
