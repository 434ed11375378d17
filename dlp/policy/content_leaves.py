"""Conditions on what was sent: findings, words, files, and what could not be read."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple

from dlp.policy.condition import Wake
from dlp.policy.kleene import Truth, all_of, any_of
from dlp.records import Attachment, Finding, Gap, GapReason, Reason

if TYPE_CHECKING:
    from dlp.policy.facts import Facts


class Entities(NamedTuple):
    """Enough findings, and enough different values, of named entities."""

    of: tuple[str, ...]
    at_least: int
    distinct: int
    confidence: float

    def held(self, facts: Facts) -> Truth:
        findings = len(facts.scan.findings)
        if findings < self.distinct or findings < self.at_least:
            return False
        if self.at_least == 1 == self.distinct:
            return self._has_one(facts)
        places, values = self._counted(facts)
        return places >= self.at_least and values >= self.distinct

    def reason(self, facts: Facts) -> Reason:
        places, values = self._counted(facts)
        said = []
        if self.distinct > 1 or self.at_least == 1:
            said.append(f"{values} of {self.distinct} distinct {'identifier' if self.distinct == 1 else 'identifiers'}")
        if self.at_least > 1:
            said.append(f"{places} of {self.at_least} findings")
        held = places >= self.at_least and values >= self.distinct
        return Reason(f"entities {', '.join(self.of)} at {self.confidence:g}", held, "; ".join(said) + self._unsure(facts))

    def wakes(self) -> frozenset[Wake]:
        return frozenset(("entity", entity) for entity in self.of)

    def _has_one(self, facts: Facts) -> bool:
        by_entity, sure = facts.by_entity, self.confidence
        for entity in self.of:
            for finding in by_entity.get(entity, ()):
                if finding.confidence >= sure:
                    return True
        return False

    def _counted(self, facts: Facts) -> tuple[int, int]:
        by_entity, sure = facts.by_entity, self.confidence
        found: list[Finding] = []
        for entity in self.of:
            if entity in by_entity:
                found += [finding for finding in by_entity[entity] if finding.confidence >= sure]
        if len(found) < 2:
            return len(found), len(found)
        # Two detectors may name one place twice, and one number may be two entities: neither makes it two subjects.
        return len({(f.origin, f.start, f.end) for f in found}), len({f.value for f in found})

    def _unsure(self, facts: Facts) -> str:
        unsure = sum(f.confidence < self.confidence for entity in self.of for f in facts.by_entity.get(entity, ()))
        return f"; {unsure} more not sure enough" if unsure else ""


class Words(NamedTuple):
    """Enough places where literals or expressions stand. `shown` names them for people, in the keys' order."""

    keys: tuple[str, ...]
    shown: tuple[str, ...]
    at_least: int

    def held(self, facts: Facts) -> Truth:
        return self._places(facts) >= self.at_least

    def reason(self, facts: Facts) -> Reason:
        places = self._places(facts)
        found = ", ".join(shown for key, shown in zip(self.keys, self.shown, strict=True) if key in facts.by_term)
        said = f"{places} of {self.at_least} places" + (f": {found}" if found else "")
        return Reason(f"text {_short(self.shown)}", places >= self.at_least, said)

    def wakes(self) -> frozenset[Wake]:
        return frozenset(("term", key) for key in self.keys)

    def _places(self, facts: Facts) -> int:
        by_term = facts.by_term
        return len({(hit.origin, hit.start) for key in self.keys if key in by_term for hit in by_term[key]})


class Dictionary(NamedTuple):
    """The weights of the distinct terms that stand in the texts add up to enough; `weights` are (key, shown, weight)."""

    name: str
    weights: tuple[tuple[str, str, float], ...]
    threshold: float

    def held(self, facts: Facts) -> Truth:
        by_term = facts.by_term
        return bool(by_term) and sum(weight for key, _, weight in self.weights if key in by_term) >= self.threshold

    def reason(self, facts: Facts) -> Reason:
        by_term = facts.by_term
        found = [(shown, weight) for key, shown, weight in self.weights if key in by_term]
        total = sum(weight for _, weight in found)
        said = f"weight {total:g} of {self.threshold:g}" + (f": {', '.join(shown for shown, _ in found)}" if found else "")
        return Reason(f"dictionary {self.name}", total >= self.threshold, said)

    def wakes(self) -> frozenset[Wake]:
        return frozenset(("term", key) for key, _, _ in self.weights)


class File(NamedTuple):
    """One attachment of which everything asked holds; a type or size the source did not tell is unknown."""

    names: tuple[str, ...]
    types: tuple[str, ...]
    larger_than: int | None

    def held(self, facts: Facts) -> Truth:
        return any_of(all_of(self._tests(attachment)) for attachment in facts.message.attachments)

    def reason(self, facts: Facts) -> Reason:
        held = self.held(facts)
        files = len(facts.message.attachments)
        matching = sum(all_of(self._tests(attachment)) is True for attachment in facts.message.attachments)
        return Reason(self._shown(), held, f"{matching} of {files} files", self._missing(facts) if held is None else ())

    def wakes(self) -> frozenset[Wake]:
        return frozenset({("attachment", "")})

    def _tests(self, attachment: Attachment) -> Iterator[Truth]:
        if self.names:
            yield _fits(attachment.name.lower(), self.names)
        if self.types:
            yield None if attachment.media_type is None else _fits(attachment.media_type.lower(), self.types)
        if self.larger_than is not None:
            yield None if attachment.size is None else attachment.size > self.larger_than

    def _missing(self, facts: Facts) -> tuple[str, ...]:
        unknown = [a for a in facts.message.attachments if all_of(self._tests(a)) is None]
        missing = []
        if self.types and any(a.media_type is None for a in unknown):
            missing.append("attachment.type")
        if self.larger_than is not None and any(a.size is None for a in unknown):
            missing.append("attachment.size")
        return tuple(missing)

    def _shown(self) -> str:
        larger = f" larger than {self.larger_than} bytes" if self.larger_than is not None else ""
        return f"attachment {_short((*self.names, *self.types))}{larger}"


class Unread(NamedTuple):
    """Something that could not be read, for one of the reasons, of an origin that fits one of the patterns."""

    reasons: frozenset[GapReason]
    origins: tuple[str, ...]

    def held(self, facts: Facts) -> Truth:
        return any(self._is_meant(gap) for gap in facts.scan.gaps)

    def reason(self, facts: Facts) -> Reason:
        meant = sum(self._is_meant(gap) for gap in facts.scan.gaps)
        asked = (*sorted(reason.value for reason in self.reasons), *self.origins)
        return Reason(f"gap {_short(asked)}", meant > 0, f"{meant} of {len(facts.scan.gaps)} gaps")

    def wakes(self) -> frozenset[Wake]:
        return frozenset(("gap", reason.value) for reason in self.reasons or GapReason)

    def _is_meant(self, gap: Gap) -> bool:
        return (not self.reasons or gap.reason in self.reasons) and (not self.origins or _fits(gap.origin.lower(), self.origins))


def _fits(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _short(names: tuple[str, ...], most: int = 4) -> str:
    return ", ".join(names[:most]) + (f", … ({len(names)})" if len(names) > most else "")
