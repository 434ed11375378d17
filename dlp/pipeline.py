"""The order of the steps. `inspect` extracts, detects, judges, decides: pure, no files, no clock, no globals; `handle` stores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from dlp.decide.ruling import rule_on
from dlp.decide.standing import NO_STANDING, Standing
from dlp.extract.texts import gaps_of, texts_of
from dlp.policy.policy_set import NOTHING_JUDGED
from dlp.records import (
    ALLOWED,
    NOTHING_FOUND,
    ConnectorTerms,
    Decision,
    Finding,
    Gap,
    GapReason,
    Inspection,
    Message,
    RuleHit,
    Scan,
    Surroundings,
    Verdict,
)

if TYPE_CHECKING:
    from concurrent.futures import Future

    from dlp.clock import Clock
    from dlp.detect.engine import Engine
    from dlp.directory.snapshot import Directory
    from dlp.policy.policy_set import PolicySet
    from dlp.store.database import Database
    from dlp.store.recording import Decided, Recorded
    from dlp.store.vault.keys import Keys
    from dlp.store.vault.vault import Vault

# A message nobody could judge must not look as if it had been found harmless.
_NOT_JUDGED: Final = Verdict(Decision.ALERT, Decision.ALERT)


_NOT_DESCRIBED: Final = ConnectorTerms("")


class Installation(Protocol):
    """What `handle` needs of a running installation."""

    @property
    def context(self) -> Context: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def database(self) -> Database: ...
    @property
    def keys(self) -> Keys: ...
    @property
    def vault(self) -> Vault: ...


class Context(NamedTuple):
    """The frozen snapshot a message is inspected in: detection, active policies, people and chats, standing decisions.

    `version` is the number of the active policy version, 0 where policies come from a folder alone; `connectors` says what is
    told of each connector by its name. `masking` finds everything there is, asked for by a policy or not: what people are shown
    around a hit hides it all.
    """

    engine: Engine
    policies: PolicySet
    directory: Directory
    standing: Standing = NO_STANDING
    version: int = 0
    connectors: Mapping[str, ConnectorTerms] = MappingProxyType({})
    masking: Engine | None = None

    def surroundings(self, message: Message) -> Surroundings:
        """Who and where, as far as is known."""
        return self.directory.surroundings(message, self.connectors.get(message.connector or ""))


class Arrival(NamedTuple):
    """A message that came in by a door ("verdict", "messages", "hook", "import", "demo") of a connector.

    `accepted` is True where the intake has counted it already; `callback` is where a held message's outcome is told.
    """

    message: Message
    connector: str
    door: str
    received_at: datetime
    case_id: str | None = None
    accepted: bool = False
    callback: str | None = None


def inspect(message: Message, context: Context) -> Inspection:
    """Everything decided about one message and why; a step that crashes becomes a Gap, never an exception."""
    try:
        scan = context.engine.scan(texts_of(message))
    except Exception as error:
        scan = Scan(gaps=(_crash(error),))
    return _judged(message, scan, context)


def inspect_many(messages: Sequence[Message], context: Context) -> list[Inspection]:
    """The same as `inspect` on each message, in order, scanning them together."""
    try:
        scans = context.engine.scan_many(list(map(texts_of, messages)))
    except Exception:
        return [inspect(message, context) for message in messages]
    return [
        Inspection(message, NOTHING_FOUND, NOTHING_JUDGED, ALLOWED)
        if scan is NOTHING_FOUND and not message.attachments and not message.gaps and not context.policies.judges_clean
        else _judged(message, scan, context)
        for message, scan in zip(messages, scans, strict=True)
    ]


def crashed(message: Message, what: str) -> Inspection:
    """A message nothing could be decided about; `what` names what crashed, never content."""
    return Inspection(message, Scan(gaps=(*message.gaps, Gap("message", GapReason.CRASH, what))), NOTHING_JUDGED, _NOT_JUDGED)


def handle(installation: Installation, arrivals: Sequence[Arrival]) -> Future[list[Recorded]]:
    """Inspects messages and puts them into the record; done when the record is on disk. Raises StoreDown, also by the future.

    The answers stand in the order of the arrivals; a message that came before answers its earlier verdict.
    """
    return store(installation, decided_on(installation, arrivals))


def decided_on(installation: Installation, arrivals: Sequence[Arrival]) -> list[Decided]:
    """What is to be recorded of each arrival: the half of `handle` that needs no record."""
    context = installation.context
    messages = [arrival.message._replace(connector=arrival.connector, received_at=arrival.received_at) for arrival in arrivals]
    inspections = [inspect(messages[0], context)] if len(messages) == 1 else inspect_many(messages, context)
    return [_decided(arrival, inspection, context) for arrival, inspection in zip(arrivals, inspections, strict=True)]


def store(installation: Installation, decided: Sequence[Decided]) -> Future[list[Recorded]]:
    """Puts what was decided into the record, together with what other threads are putting there."""
    from dlp.store.recording import record  # a scan of files alone does without the record

    keys, vault, clock = installation.keys, installation.vault, installation.clock
    return installation.database.submit(lambda connection: record(connection, decided, keys, vault, clock.now()))


def _decided(arrival: Arrival, inspection: Inspection, context: Context) -> Decided:
    from dlp.store import message_json
    from dlp.store.recording import Decided, is_clean

    hits = (*inspection.judgement.hits, *(suppressed.hit for suppressed in inspection.suppressed))
    texts = texts_of(inspection.message) if hits else ()
    keeps_clean = context.connectors.get(arrival.connector, _NOT_DESCRIBED).keep_clean_days > 0
    return Decided(
        message=inspection.message,
        connector=arrival.connector,
        door=arrival.door,
        received_at=arrival.received_at,
        inspection=inspection,
        texts=texts,
        hidden=context.masking.scan(texts).findings if hits and context.masking else (),
        shown=_shown(hits, inspection.scan.findings, context.policies) if hits else (),
        surroundings=context.surroundings(inspection.message) if hits else None,
        policy_version=context.version,
        body=message_json.bytes_of(inspection.message) if keeps_clean or not is_clean(inspection) else b"",
        case_id=arrival.case_id,
        accepted=arrival.accepted,
        callback=arrival.callback,
    )


def _shown(hits: Sequence[RuleHit], findings: Sequence[Finding], policies: PolicySet) -> tuple[bool, ...]:
    """Which findings a rule that was hit asked for."""
    names = {(hit.policy, hit.rule) for hit in hits}
    asked = frozenset[str]().union(
        *(rule.entities for policy in policies.policies for rule in policy.rules if (policy.policy, rule.rule) in names)
    )
    return tuple(finding.entity in asked for finding in findings)


def _judged(message: Message, scan: Scan, context: Context) -> Inspection:
    try:
        unread = gaps_of(message)
        if unread:
            scan = scan._replace(gaps=unread + scan.gaps)
        if not (scan.findings or scan.terms or scan.gaps or context.policies.judges_clean):
            return Inspection(message, NOTHING_FOUND, NOTHING_JUDGED, ALLOWED)
        where = context.surroundings(message)
        ruling = rule_on(
            message,
            scan,
            lambda seen: context.policies.judge(message, seen, where),
            standing=context.standing,
            person=where.sender_person,
        )
        return Inspection(message, scan, ruling.judgement, ruling.verdict, ruling.suppressed, ruling.decided_by)
    except Exception as error:
        return Inspection(message, scan._replace(gaps=(*scan.gaps, _crash(error))), NOTHING_JUDGED, _NOT_JUDGED)


def _crash(error: Exception) -> Gap:
    # The text of an exception may quote the message, so only its class is kept.
    return Gap("message", GapReason.CRASH, type(error).__name__)
