"""What an exception would hide: the value of a finding, read and never shown, and the messages of its reach judged again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import Connection

from dlp.decide.standing import LiveException, Standing, standing_of
from dlp.errors import Conflict
from dlp.extract.texts import texts_of
from dlp.pipeline import Context, inspect
from dlp.records import Message
from dlp.services import Services
from dlp.store.exception_subject import Reach, Subject, Touched, reach
from dlp.store.revealed import message_of

PERIOD: Final = timedelta(days=30)
_FOR_EVER: Final = datetime(9999, 1, 1, tzinfo=UTC)


class Effect(NamedTuple):
    """Incidents of the period with the value in the scope, those that would have been hidden, messages no longer readable."""

    touched: tuple[Touched, ...]
    hidden: tuple[Touched, ...]
    unreadable: int
    whole: bool


def value_of(connection: Connection, services: Services, subject: Subject) -> str:
    """The finding's value as detection normalises it. Raises Conflict where nothing is kept of it or it is not found any more."""
    message = message_of(connection, services.vault, subject.ledger_seq)
    if message is None:
        raise Conflict("nothing is kept of this value", code="value_gone")
    place = (subject.entity, subject.origin, subject.start, subject.end)
    for finding in services.context.engine.scan(texts_of(message)).findings:
        if (finding.entity, finding.origin, finding.start, finding.end) == place:
            return finding.value
    raise Conflict("the value is not found any more", code="value_gone")


def effect_of(connection: Connection, services: Services, subject: Subject, value: str) -> Effect:
    """What the exception would have hidden in the last 30 days, by judging the messages again as they would be now."""
    digest = services.keys.digest(subject.entity, value)
    since = services.clock.now() - PERIOD
    found: Reach = reach(connection, subject, {subject.digest, digest}, since)
    context = services.context
    tried = LiveException("tried", subject.entity, digest, subject.scope, subject.scope_value, _FOR_EVER)
    excepting = context._replace(standing=_with(context.standing, tried, services))
    unreadable = 0
    hidden: list[Touched] = []
    for touched in found.touched:
        messages = [message_of(connection, services.vault, seq) for seq in touched.ledger_seqs]
        kept = [message for message in messages if message is not None]
        unreadable += len(messages) - len(kept)
        if len(kept) == touched.messages and _all_hidden(kept, excepting):
            hidden.append(touched)
    return Effect(found.touched, tuple(hidden), unreadable, found.whole)


def _with(standing: Standing, tried: LiveException, services: Services) -> Standing:
    known = (one for by_digest in standing.exceptions.values() for same in by_digest.values() for one in same)
    return standing_of(services.keys.digest, exceptions=(*known, tried))


def _all_hidden(messages: Sequence[Message], context: Context) -> bool:
    return not any(inspect(message, context).judgement.hits for message in messages)
