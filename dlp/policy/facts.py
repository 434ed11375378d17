"""What conditions look at: one message with what was found in it, who and where, and what the organisation says of itself."""

from __future__ import annotations

from dlp.records import Finding, Message, Organisation, Scan, Surroundings, TermHit


class Knowledge:
    """The organisation's profile in the form conditions ask it."""

    __slots__ = ("groups", "organisation", "public")

    def __init__(self, organisation: Organisation) -> None:
        self.organisation = organisation
        self.groups = dict(organisation.groups)
        self.public = {entity: frozenset(map(comparable, values)) for entity, values in organisation.public}

    def is_public(self, finding: Finding) -> bool:
        """True where the organisation says that a value is no secret."""
        values = self.public.get(finding.entity)
        return values is not None and comparable(finding.value) in values


class Facts:
    """Everything about one message that a condition may ask."""

    __slots__ = ("_by_entity", "_by_term", "knowledge", "message", "scan", "surroundings")

    def __init__(self, message: Message, scan: Scan, surroundings: Surroundings, knowledge: Knowledge) -> None:
        self.message = message
        self.scan = scan
        self.surroundings = surroundings
        self.knowledge = knowledge
        self._by_entity: dict[str, list[Finding]] | None = None
        self._by_term: dict[str, list[TermHit]] | None = None

    @property
    def by_entity(self) -> dict[str, list[Finding]]:
        """The findings that are not public, by entity."""
        if self._by_entity is None:
            found = self._by_entity = {}
            is_public = self.knowledge.is_public if self.knowledge.public else None
            for finding in self.scan.findings:
                if is_public is None or not is_public(finding):
                    found.setdefault(finding.entity, []).append(finding)
        return self._by_entity

    @property
    def by_term(self) -> dict[str, list[TermHit]]:
        """Where each demanded term and expression stands, by its key."""
        if self._by_term is None:
            found = self._by_term = {}
            for hit in self.scan.terms:
                found.setdefault(hit.key, []).append(hit)
        return self._by_term


def comparable(value: str) -> str:
    """A value without what people put between its characters: organisation.yaml may say "+7 (495) 123-45-67".

    A Russian number dialled with the trunk prefix 8 equals the same number with +7.
    """
    lower = value.strip().lower()
    if "@" in lower:
        return lower
    bare = "".join(filter(str.isalnum, lower))
    return "7" + bare[1:] if len(bare) == 11 and bare.startswith("8") and bare.isdigit() else bare
