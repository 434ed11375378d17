"""Written forms to compiled policies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dlp.policy.condition import AllOf, AnyOf, Condition, NoneOf, leaves
from dlp.policy.content_leaves import Dictionary, Entities, File, Unread, Words
from dlp.policy.context_leaves import Among, InDomain, InGroup, MoreThan, WorkingHours, place_of
from dlp.policy.form import (
    DAYS,
    AttachmentForm,
    AudienceForm,
    BilingualForm,
    ChatForm,
    ConditionForm,
    DictionaryFileForm,
    DictionaryForm,
    HoldForm,
    OrganisationForm,
    PolicyForm,
    RuleForm,
    SenderForm,
    TextForm,
)
from dlp.policy.policy_set import Policy, Rule
from dlp.policy.terms import exact_term, pattern, term
from dlp.records import ChatKind, Decision, GapReason, HoldTerms, Mode, Organisation, Severity, Term, TermPattern, Zone


def compiled_policy(form: PolicyForm, dictionaries: Mapping[str, DictionaryFileForm]) -> Policy:
    """The compiled policy; `dictionaries` are those its rules may use, by name."""
    return Policy(
        policy=form.policy,
        rules=tuple(_rule(rule, dictionaries) for rule in form.rules),
        mode=Mode(form.mode),
        profiles=frozenset(form.profile),
        law=tuple(form.law),
        owner=form.owner or "",
        title=_texts(form.title),
        why=_texts(form.why),
    )


def compiled_organisation(form: OrganisationForm) -> Organisation:
    """The organisation's profile; working time not given is the ordinary one."""
    organisation = Organisation(
        profile=form.profile,
        name=form.name,
        domains=frozenset(form.domains),
        groups=tuple((name, frozenset(groups)) for name, groups in form.groups.items()),
        public=tuple((entity, frozenset(values)) for entity, values in form.public.items()),
        zone=form.zone,
    )
    hours = form.working_hours
    if hours is None:
        return organisation
    return organisation._replace(working_days=frozenset(map(DAYS.index, hours.days)), opens=hours.opens, closes=hours.closes)


def _texts(form: BilingualForm | None) -> tuple[tuple[str, str], ...]:
    return () if form is None else (("ru", form.ru), ("en", form.en))


def _rule(form: RuleForm, dictionaries: Mapping[str, DictionaryFileForm]) -> Rule:
    compiler = _Compiler(dictionaries)
    when = compiler.condition(form.when)
    return Rule(
        rule=form.rule,
        severity=Severity[form.severity.upper()],
        decision=Decision[form.decision.upper()],
        when=when,
        tell=tuple(form.tell),
        if_unknown=form.if_unknown,
        entities=frozenset(name for leaf in leaves(when) if isinstance(leaf, Entities) for name in leaf.of),
        terms=tuple(compiler.terms.values()),
        patterns=tuple(compiler.patterns.values()),
        title=_texts(form.title),
        hold=_terms(form.hold),
    )


def _terms(form: HoldForm | None) -> HoldTerms | None:
    return None if form is None else HoldTerms(form.minutes, form.on_expiry, form.four_eyes)


class _Compiler:
    """Compiles the condition of one rule and gathers the terms and expressions it needs found."""

    def __init__(self, dictionaries: Mapping[str, DictionaryFileForm]) -> None:
        self.dictionaries = dictionaries
        self.terms: dict[str, Term] = {}
        self.patterns: dict[str, TermPattern] = {}

    def condition(self, form: ConditionForm) -> Condition:
        parts = tuple(self._parts(form))
        return parts[0] if len(parts) == 1 else AllOf(parts)

    def _parts(self, form: ConditionForm) -> Iterator[Condition]:
        """The parts that all must hold: what was sent first, since it is what explains a hit."""
        yield from self._content(form)
        yield from _chat(form.chat or ChatForm.model_construct())
        yield from _sender(form.sender or SenderForm.model_construct())
        yield from _audience(form.audience or AudienceForm.model_construct())
        if form.time:
            yield WorkingHours(form.time.working_hours)
        yield from map(self.condition, form.all)
        if form.any:
            yield AnyOf(tuple(map(self.condition, form.any)))
        if form.none:
            yield NoneOf(tuple(map(self.condition, form.none)))

    def _content(self, form: ConditionForm) -> Iterator[Condition]:
        if entities := form.entities:
            yield Entities(tuple(entities.of), entities.at_least, entities.distinct, entities.confidence)
        if form.text:
            yield self._words(form.text)
        if form.dictionary:
            yield self._dictionary(form.dictionary)
        if form.attachment:
            yield _file(form.attachment)
        if gap := form.gap:
            yield Unread(frozenset(map(GapReason, gap.reason)), _lower(gap.origin))

    def _words(self, form: TextForm) -> Words:
        literals = {found.key: shown for shown in form.literals for found in (self._noted(exact_term(shown)),)}
        expressions = {found.key: found.regex for found in map(pattern, form.regex)}
        self.patterns.update((found.key, found) for found in map(pattern, form.regex))
        shown = {**literals, **expressions}
        return Words(tuple(shown), tuple(shown.values()), form.at_least)

    def _dictionary(self, form: DictionaryForm) -> Dictionary:
        source = self.dictionaries[form.use] if form.use is not None else None
        gap = form.gap if form.gap is not None else source.gap if source else 0
        threshold = form.threshold if form.threshold is not None else source.threshold if source else 1
        written = source.terms if source else form.terms or {}
        weights = tuple((self._noted(term(text, gap)).key, text.removeprefix("="), weight) for text, weight in written.items())
        return Dictionary(form.use or "of its own", weights, threshold)

    def _noted(self, found: Term) -> Term:
        return self.terms.setdefault(found.key, found)


def _file(form: AttachmentForm) -> File:
    return File(_lower(form.name), _lower(form.type), form.larger_than)


def _chat(form: ChatForm) -> Iterator[Condition]:
    if form.zone:
        yield Among("chat.zone", place_of("zone"), tuple(map(Zone, form.zone)))
    if form.kind:
        yield Among("chat.kind", place_of("chat_kind"), tuple(map(ChatKind, form.kind)))
    if form.platform:
        yield Among("chat.platform", place_of("platform"), _lower(form.platform))
    if form.external is not None:
        yield Among("chat.external", place_of("external"), (form.external,))
    if form.purpose:
        yield Among("chat.purpose", place_of("chat_purpose"), tuple(form.purpose))


def _sender(form: SenderForm) -> Iterator[Condition]:
    if form.group:
        yield InGroup(tuple(form.group))
    if form.domain:
        yield InDomain("sender.domain", place_of("sender_domains"), tuple(form.domain))
    if form.department:
        yield Among("sender.department", place_of("sender_department"), tuple(form.department))
    if form.dismissed is not None:
        yield Among("sender.dismissed", place_of("sender_dismissed"), (form.dismissed,))


def _audience(form: AudienceForm) -> Iterator[Condition]:
    if form.external is not None:
        yield Among("audience.external", place_of("audience_external"), (form.external,))
    if form.more_than is not None:
        yield MoreThan("audience.size", place_of("audience_size"), form.more_than)
    if form.domain:
        yield InDomain("audience.domain", place_of("audience_domains"), tuple(form.domain))


def _lower(written: list[str]) -> tuple[str, ...]:
    return tuple(text.lower() for text in written)
