"""What people decided beforehand and what stands while a message is judged: exceptions, modes, emergencies; frozen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple, Protocol

from dlp.records import Finding, Message, Mode, RuleHit

Digest = Callable[[str, str], bytes]


class LiveException(NamedTuple):
    """One value of `entity`, known by its keyed digest, is no leak for one person, chat or rule until `expires_at`.

    `scope` is "person" (`scope_value` the directory's person, else "connector/account"), "chat" ("connector/conversation") or
    "rule" ("policy/rule").
    """

    id: str
    entity: str
    digest: bytes
    scope: str
    scope_value: str
    expires_at: datetime


class Emergency(NamedTuple):
    """Everything of a connector (None: of all) passes from `started_at` to before `until`."""

    id: str
    connector: str | None
    started_at: datetime
    until: datetime


class Rows(Protocol):
    """What the record says stands now, as `dlp.store.standing` reads it; modes by their names."""

    @property
    def exceptions(self) -> Iterable[tuple[str, str, bytes, str, str, datetime]]:
        """(id, entity, digest, scope, scope_value, expires_at)."""

    @property
    def policy_modes(self) -> Mapping[str, str]:
        """What operators set, by policy."""

    @property
    def connector_modes(self) -> Mapping[str, str]:
        """By connector."""

    @property
    def emergencies(self) -> Iterable[tuple[str, str | None, datetime, datetime]]:
        """(id, connector, started_at, until)."""


class Standing(NamedTuple):
    """The snapshot. `exceptions` by entity and digest; modes over the policies' own; `digest` makes a value's keyed digest."""

    exceptions: Mapping[str, Mapping[bytes, tuple[LiveException, ...]]]
    policy_modes: Mapping[str, Mode]
    connector_modes: Mapping[str, Mode]
    emergencies: tuple[Emergency, ...]
    digest: Digest

    @classmethod
    def of(cls, rows: Rows, digest: Digest) -> Standing:
        """The snapshot of what the record says."""
        return standing_of(
            digest,
            exceptions=(LiveException(*row) for row in rows.exceptions),
            policy_modes={policy: Mode(mode) for policy, mode in rows.policy_modes.items()},
            connector_modes={connector: Mode(mode) for connector, mode in rows.connector_modes.items()},
            emergencies=(Emergency(*row) for row in rows.emergencies),
        )

    def of_finding(self, finding: Finding, at: datetime | None) -> Iterator[LiveException]:
        """The exceptions for this value that have not expired at a time; where the time is not known, none."""
        by_digest = self.exceptions.get(finding.entity)
        if by_digest and at is not None:
            for exception in by_digest.get(self.digest(finding.entity, finding.value), ()):
                if at < exception.expires_at:
                    yield exception

    def emergency(self, connector: str | None, at: datetime | None) -> Emergency | None:
        """The emergency a message received by this connector at this time falls into."""
        if at is None:
            return None
        alike = (declared for declared in self.emergencies if declared.connector in (None, connector))
        return next((declared for declared in alike if declared.started_at <= at < declared.until), None)

    def mode(self, message: Message, hit: RuleHit) -> Mode:
        """Whether a hit acts: never where its connector observes, else as an operator set its policy, else as the policy says."""
        if message.connector is not None and self.connector_modes.get(message.connector) is Mode.OBSERVE:
            return Mode.OBSERVE
        return self.policy_modes.get(hit.policy, hit.mode)


def standing_of(
    digest: Digest,
    *,
    exceptions: Iterable[LiveException] = (),
    policy_modes: Mapping[str, Mode] | None = None,
    connector_modes: Mapping[str, Mode] | None = None,
    emergencies: Iterable[Emergency] = (),
) -> Standing:
    """The snapshot of what is told."""
    indexed: dict[str, dict[bytes, tuple[LiveException, ...]]] = {}
    for exception in exceptions:
        by_digest = indexed.setdefault(exception.entity, {})
        by_digest[exception.digest] = (*by_digest.get(exception.digest, ()), exception)
    return Standing(indexed, dict(policy_modes or {}), dict(connector_modes or {}), tuple(emergencies), digest)


def _no_digest(_entity: str, _value: str) -> bytes:
    return b""


NO_STANDING = standing_of(_no_digest)
