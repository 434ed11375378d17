"""What a condition is, and how conditions are joined."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast

from dlp.policy.kleene import Truth, negation
from dlp.records import Reason

if TYPE_CHECKING:
    from dlp.policy.facts import Facts

Wake = tuple[str, str]
"""A find that may make a condition true: ("entity", "RU_INN"), ("term", key), ("gap", "encrypted"), ("attachment", "")."""


class Condition(Protocol):
    """Something that holds of a message, does not, or is unknown; `reason` says why and by how much it missed."""

    def held(self, facts: Facts) -> Truth: ...

    def reason(self, facts: Facts) -> Reason: ...


class ContentLeaf(Condition, Protocol):
    """A condition on what was sent: certainly false of a message with none of its finds."""

    def wakes(self) -> frozenset[Wake]: ...


class AllOf(NamedTuple):
    """Every part holds."""

    parts: tuple[Condition, ...]

    def held(self, facts: Facts) -> Truth:
        # Kleene's `all_of` written out: a generator here would cost more than most parts do.
        held: Truth = True
        for part in self.parts:
            value = part.held(facts)
            if value is False:
                return False
            if value is None:
                held = None
        return held

    def reason(self, facts: Facts) -> Reason:
        return _joined("all", self, facts)


class AnyOf(NamedTuple):
    """At least one part holds."""

    parts: tuple[Condition, ...]

    def held(self, facts: Facts) -> Truth:
        return _any_held(self.parts, facts)

    def reason(self, facts: Facts) -> Reason:
        return _joined("any", self, facts)


class NoneOf(NamedTuple):
    """No part holds."""

    parts: tuple[Condition, ...]

    def held(self, facts: Facts) -> Truth:
        return negation(_any_held(self.parts, facts))

    def reason(self, facts: Facts) -> Reason:
        return _joined("none", self, facts)


def _any_held(parts: tuple[Condition, ...], facts: Facts) -> Truth:
    held: Truth = False
    for part in parts:
        value = part.held(facts)
        if value is True:
            return True
        if value is None:
            held = None
    return held


def leaves(condition: Condition) -> Iterator[Condition]:
    """The conditions without conditions in them, in written order."""
    if isinstance(condition, AllOf | AnyOf | NoneOf):
        for part in condition.parts:
            yield from leaves(part)
    else:
        yield condition


def content_leaves(condition: Condition) -> Iterator[ContentLeaf]:
    """The conditions on what was sent."""
    return (cast("ContentLeaf", leaf) for leaf in leaves(condition) if hasattr(leaf, "wakes"))


def wakes(condition: Condition) -> frozenset[Wake] | None:
    """The finds without any of which a condition is certainly false; None where it may hold of a message with none."""
    if isinstance(condition, AllOf):
        bounds = [bound for bound in map(wakes, condition.parts) if bound is not None]
        return min(bounds, key=len) if bounds else None
    if isinstance(condition, AnyOf):
        either = list(map(wakes, condition.parts))
        return None if None in either else frozenset(wake for bound in either if bound for wake in bound)
    if isinstance(condition, NoneOf):
        return None
    return next((leaf.wakes() for leaf in content_leaves(condition)), None)


def missing(condition: Condition, facts: Facts) -> tuple[str, ...]:
    """What is not known of a message, as far as it leaves the condition unknown."""
    if condition.held(facts) is not None:
        return ()
    if isinstance(condition, AllOf | AnyOf | NoneOf):
        return tuple(dict.fromkeys(name for part in condition.parts for name in missing(part, facts)))
    return condition.reason(facts).missing


def _joined(word: str, joined: AllOf | AnyOf | NoneOf, facts: Facts) -> Reason:
    parts = tuple(part.reason(facts) for part in joined.parts)
    held = joined.held(facts)
    holding = sum(part.held is True for part in parts)
    unknown = dict.fromkeys(name for part in parts for name in part.missing) if held is None else ()
    return Reason(word, held, f"{holding} of {len(parts)} hold", tuple(unknown), parts)
