"""Carries one stored action out: finds its settings and secrets, does it, and says what is to be written of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from dlp.act.acknowledgement import GOOD_FOR, Acknowledgement, token_of
from dlp.act.channels import CHANNELS
from dlp.act.outcome import Action, Outcome, Result, Setup, doubtful, misset
from dlp.errors import DlpError, NotFound, UnavailableError
from dlp.services import Services
from dlp.store import alerts, channels, connectors, outbox
from dlp.store.alert_delivery import ONLY_TOLD
from dlp.store.outbox import Planned, Settlement

MOST_ATTEMPTS: Final = 12
ACKNOWLEDGE: Final = "/api/v1/alerts/acknowledge"
_FIRST_WAIT: Final = timedelta(seconds=5)
_LONGEST_WAIT: Final = timedelta(minutes=15)
_LONGEST_ASKED: Final = 3600.0
_CHATTY: Final = frozenset({"mail", "webhook", "telegram.reply"})  # where a person may follow a link


def carry_out(services: Services, planned: Planned) -> Outcome:
    """Does it once. Nothing is done where settings, secrets or the text are not there any more."""
    channel = CHANNELS.get(planned.kind)
    if channel is None:
        return misset("no such kind of action")
    try:
        with services.database.reading() as connection:
            setup = setup_of(connection, services, planned)
            action = _action(connection, services, planned)
    except UnavailableError:
        return Outcome(Result.NOT_DONE, "the record cannot be read", works=None)
    except DlpError as error:
        return misset(str(error) or error.code)
    try:
        return channel.carry_out(action, setup, services.clock.now())
    except Exception as error:
        # Our own fault; what had happened by then nobody knows.
        return doubtful(f"fault: {type(error).__name__}")._replace(works=None)


def may_repeat(services: Services, planned: Planned) -> bool:
    """Whether carrying it out again does nothing twice; never where its settings are no more."""
    channel = CHANNELS.get(planned.kind)
    if channel is None:
        return False
    try:
        with services.database.reading() as connection:
            return channel.honours_keys(setup_of(connection, services, planned))
    except DlpError:
        return False


def setup_of(connection: Connection, services: Services, planned: Planned) -> Setup:
    """Settings and opened secrets of the action's channel. Raises NotFound where it is gone or switched off."""
    kind, _, name = planned.channel.partition(":")
    if kind == "connector":
        return _connector_setup(connection, services, name)
    if kind != "channel":
        return Setup()
    found = channels.channel(connection, name)
    if not found.enabled and planned.alert_id is not None:
        raise NotFound("the channel is switched off")
    if found.kind == "telegram":
        return _connector_setup(connection, services, str(found.settings.get("connector", "")))
    sealed = found.secrets_sealed
    opened = {} if sealed is None else channels.secrets_in(services.keys.open(channels.purpose(found.id), bytes(sealed)))
    return Setup(found.settings, opened)


def settlement_of(planned: Planned, outcome: Outcome, *, repeat: bool, now: datetime, jitter: float) -> Settlement:
    """What to write of an attempt: its end, or when to try again. `jitter` in [0, 1) spreads tries that failed together."""
    last = planned.attempts >= MOST_ATTEMPTS
    again = outcome.result is Result.NOT_DONE or (outcome.result is Result.UNKNOWN and repeat)
    if again and not last:
        wait = _wait(planned.attempts, outcome.retry_after_seconds, jitter)
        return Settlement(planned.id, planned.attempts, "planned", outcome.said, now + wait)
    states = {Result.DONE: "done", Result.REFUSED: "refused", Result.NOT_DONE: "failed", Result.UNKNOWN: "unknown"}
    return Settlement(planned.id, planned.attempts, states[outcome.result], outcome.said)


def send_now(services: Services, plan: outbox.Plan) -> Planned:
    """Stores an action, carries it out at once and returns it settled: for a person who waits. It is not tried again."""
    now = services.clock.now
    planned = services.database.write(lambda connection: outbox.plan_sent(connection, plan, now()))
    return _once(services, planned, not_done="failed")


def ask_again(services: Services, begun: Planned) -> Planned:
    """Carries out again, under its key, what `outbox.begin_again` began; nothing said leaves it unknown."""
    return _once(services, begun, not_done="unknown")


def _once(services: Services, planned: Planned, *, not_done: str) -> Planned:
    if planned.state != "sent":
        return planned
    outcome = carry_out(services, planned)
    states = {Result.DONE: "done", Result.REFUSED: "refused", Result.NOT_DONE: not_done, Result.UNKNOWN: "unknown"}
    settlement = Settlement(planned.id, planned.attempts, states[outcome.result], outcome.said)

    def settle(connection: Connection) -> Planned:
        done = alerts.settle(connection, settlement, works=outcome.works, now=services.clock.now())
        return done or outbox.action(connection, planned.id)

    return services.database.write(settle)


def _wait(attempts: int, asked_seconds: float | None, jitter: float) -> timedelta:
    times: int = 2 ** min(attempts - 1, 16)
    backoff = min(_FIRST_WAIT * times, _LONGEST_WAIT) * (0.5 + jitter)
    return max(backoff, timedelta(seconds=min(asked_seconds or 0.0, _LONGEST_ASKED)))


def _connector_setup(connection: Connection, services: Services, name: str) -> Setup:
    found = connectors.one(connection, name)
    told = connectors.secrets_of(connection, services.keys, name)
    now = services.clock.now()
    signing = [key.secret for key in reversed(told.hook_keys) if key.lives(now)]
    return Setup(found.settings, {**told.words, **dict(zip(("secret", "previous"), signing, strict=False))})


def _action(connection: Connection, services: Services, planned: Planned) -> Action:
    address = services.settings.address
    text = services.vault.read(connection, planned.item_id).decode() if planned.item_id else ""
    incident_link = f"{address}/incidents/{planned.incident_id}" if planned.incident_id else ""
    acknowledge_link = ""
    if planned.alert_id and planned.kind in _CHATTY and planned.payload.get("notice") not in ONLY_TOLD:
        told = Acknowledgement(planned.alert_id, str(planned.payload.get("user") or ""), planned.created_at + GOOD_FOR)
        acknowledge_link = f"{address}{ACKNOWLEDGE}?token={token_of(services.keys.mac_key('acknowledge'), told)}"
    return Action(planned.key, planned.kind, planned.payload, planned.created_at, text, incident_link, acknowledge_link)
