"""Conditions on who and where. What the directory does not know is unknown, never false."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from dlp.policy.kleene import Truth
from dlp.records import Organisation, Reason, Surroundings

if TYPE_CHECKING:
    from datetime import datetime

    from dlp.policy.facts import Facts


def place_of(field: str) -> int:
    """Where a field stands in `Surroundings`: conditions read it by place, which is the quickest."""
    return Surroundings._fields.index(field)


class Among(NamedTuple):
    """One value is among those named: `chat.zone` is foreign, `chat.external` is true."""

    name: str
    place: int
    values: tuple[object, ...]  # a few, found by identity: hashing an enum costs more

    def held(self, facts: Facts) -> Truth:
        value = facts.surroundings[self.place]
        return None if value is None else value in self.values

    def reason(self, facts: Facts) -> Reason:
        return _reason(self.name, _listed(self.values), self.held(facts), facts.surroundings[self.place])


class MoreThan(NamedTuple):
    """A number is above a limit: `audience.size` is more than 50."""

    name: str
    place: int
    limit: int

    def held(self, facts: Facts) -> Truth:
        value = facts.surroundings[self.place]
        return None if value is None else value > self.limit  # type: ignore[operator]  # the place is an integer's

    def reason(self, facts: Facts) -> Reason:
        return _reason(self.name, f"more than {self.limit}", self.held(facts), facts.surroundings[self.place])


class InGroup(NamedTuple):
    """The sender is in one of the groups, by the names the organisation's profile maps to the directory's."""

    groups: tuple[str, ...]

    def held(self, facts: Facts) -> Truth:
        known = facts.surroundings.sender_groups
        if known is None:
            return None
        mapped = facts.knowledge.groups
        return any(not known.isdisjoint(mapped[name]) if name in mapped else name in known for name in self.groups)

    def reason(self, facts: Facts) -> Reason:
        return _reason("sender.group", _listed(self.groups), self.held(facts), facts.surroundings.sender_groups)


class InDomain(NamedTuple):
    """One of the known domains is, or is below, one of those named."""

    name: str
    place: int
    domains: tuple[str, ...]

    def held(self, facts: Facts) -> Truth:
        known: frozenset[str] | None = facts.surroundings[self.place]  # type: ignore[assignment]  # the place is a set's
        if known is None:
            return None
        return any(domain == wanted or domain.endswith("." + wanted) for domain in known for wanted in self.domains)

    def reason(self, facts: Facts) -> Reason:
        return _reason(self.name, _listed(self.domains), self.held(facts), facts.surroundings[self.place])


class WorkingHours(NamedTuple):
    """The message was sent within, or outside, the organisation's working hours."""

    wanted: bool

    def held(self, facts: Facts) -> Truth:
        moment = facts.surroundings.local_time
        return None if moment is None else is_working_time(moment, facts.knowledge.organisation) is self.wanted

    def reason(self, facts: Facts) -> Reason:
        moment = facts.surroundings.local_time
        shown = None if moment is None else f"{moment:%a %H:%M}"
        return _reason("time", f"{'within' if self.wanted else 'outside'} working hours", self.held(facts), shown)


def is_working_time(moment: datetime, organisation: Organisation) -> bool:
    """True within working hours; where they close before they open they run past midnight, and belong to the day they open."""
    minute, day = moment.hour * 60 + moment.minute, moment.weekday()
    if organisation.opens < organisation.closes:
        return day in organisation.working_days and organisation.opens <= minute < organisation.closes
    if minute >= organisation.opens:
        return day in organisation.working_days
    return minute < organisation.closes and (day - 1) % 7 in organisation.working_days


def _reason(name: str, wanted: str, held: Truth, actual: object) -> Reason:
    if held is None:
        return Reason(f"{name} {wanted}", None, f"{name} unknown", (name,))
    return Reason(f"{name} {wanted}", held, f"{name} was {_word(actual)}")


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, frozenset):
        return _listed(value) or "none"
    return str(value)


def _listed(values: frozenset[object] | tuple[object, ...]) -> str:
    return ", ".join(sorted(map(_word, values)))
