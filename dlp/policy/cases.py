"""Policy tests: the cases written beside a policy, read with their lines."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BeforeValidator, Field, ValidationError

from dlp.errors import UsageError
from dlp.lined_yaml import LinedYaml
from dlp.policy.form import ChatKinds, Filled, Form, Leaf, Name, Profiles, Reasons, Size, Zones
from dlp.policy.form_faults import form_faults
from dlp.policy.form_reader import FormReader, Written
from dlp.policy.load import case_files
from dlp.policy.name_hint import hint
from dlp.policy.policy_set import Policy, PolicySet
from dlp.records import Attachment, ChatKind, Gap, GapReason, Message, Organisation, Passage, Surroundings, Zone


def _moment(written: Any) -> Any:
    if isinstance(written, datetime):
        return written
    try:
        return datetime.fromisoformat(written)
    except (TypeError, ValueError):
        raise ValueError("must be a time such as 2026-03-04T12:00") from None


Moment = Annotated[datetime, BeforeValidator(_moment, json_schema_input_type=str)]


class AttachmentCaseForm(Form):
    """A file sent with the message."""

    name: Filled
    type: Filled | None = None
    size: Size | None = None


class PassageCaseForm(Form):
    """Text outside the body."""

    origin: Filled
    text: Filled


class MessageCaseForm(Leaf):
    """The message of a case."""

    text: str = ""
    passages: list[PassageCaseForm] = Field([])
    attachments: list[AttachmentCaseForm] = Field([])


class SurroundingsForm(Form):
    """Who and where. What is not given is unknown."""

    platform: str | None = None
    zone: Zones | None = None
    external: bool | None = None
    chat_kind: ChatKinds | None = None
    chat_purpose: str | None = None
    audience_external: bool | None = None
    audience_size: int | None = None
    audience_domains: list[str] | None = None
    sender_groups: list[str] | None = None
    sender_department: str | None = None
    sender_domains: list[str] | None = None
    sender_dismissed: bool | None = None
    local_time: Moment | None = None


class GapCaseForm(Form):
    """Something that could not be read."""

    origin: Filled = "attachment:file"
    reason: Reasons


class OrganisationCaseForm(Leaf):
    """What differs from organisation.yaml in these tests."""

    profile: Profiles | None = None
    name: str | None = None
    domains: list[str] | None = None
    groups: dict[str, list[str]] | None = None
    public: dict[str, list[str]] | None = None


class CaseForm(Form):
    """One message and what a rule must make of it."""

    rule: Name
    fires: bool | Literal["unknown"] = Field(description="unknown: the rule is undecided for want of knowledge.")
    message: MessageCaseForm
    surroundings: SurroundingsForm = Field(default_factory=SurroundingsForm)
    gaps: list[GapCaseForm] = Field([])
    note: str = Field("", description="Why the case is there.")


class CaseFileForm(Form):
    """NAME.test.yaml beside NAME.yaml: each rule needs a case that fires and one that stays silent."""

    policy: Name
    organisation: OrganisationCaseForm | None = None
    tests: list[CaseForm] = Field(min_length=1)


class Case(NamedTuple):
    """One case at its place. `fires` None asserts that the rule is undecided."""

    file: str
    line: int
    policy: str
    rule: str
    fires: bool | None
    message: Message
    gaps: tuple[Gap, ...]
    surroundings: Surroundings
    organisation: Organisation
    note: str


def read_cases(folder: Path, policies: PolicySet) -> tuple[Case, ...]:
    """Every case of a folder. Raises FileFaults with every fault: also a policy or rule that does not exist."""
    reader = FormReader({})
    by_name = {policy.policy: policy for policy in policies.policies}
    cases = [case for path in case_files(folder) for case in _file_cases(path, reader, by_name, policies.organisation)]
    reader.raise_faults()
    return tuple(cases)


def _file_cases(path: Path, reader: FormReader, by_name: dict[str, Policy], organisation: Organisation) -> list[Case]:
    written = reader.read(path, CaseFileForm)
    if written is None:
        return []
    policy = by_name.get(written.form.policy)
    if policy is None:
        told = f'there is no policy "{written.form.policy}"{hint(written.form.policy, by_name)}'
        reader.fault(path, written.yaml, ("policy",), told)
        return []
    rules = {rule.rule for rule in policy.rules}
    for number, form in enumerate(written.form.tests):
        if form.rule not in rules:
            told = f'the policy has no rule "{form.rule}"{hint(form.rule, rules)}'
            reader.fault(path, written.yaml, ("tests", number, "rule"), told)
    of = _organisation(organisation, written.form.organisation)
    return [_case(written, number, of) for number in range(len(written.form.tests))]


def _case(written: Written[CaseFileForm], number: int, organisation: Organisation) -> Case:
    form = written.form.tests[number]
    return Case(
        file=str(written.path),
        line=written.yaml.line(("tests", number)),
        policy=written.form.policy,
        rule=form.rule,
        fires=None if form.fires == "unknown" else form.fires,
        message=_message(form.message, f"case-{number + 1}"),
        gaps=tuple(Gap(gap.origin, GapReason(gap.reason)) for gap in form.gaps),
        surroundings=_surroundings(form.surroundings, organisation),
        organisation=organisation,
        note=form.note,
    )


def _message(form: MessageCaseForm, id: str) -> Message:
    return Message(
        id,
        form.text,
        passages=tuple(Passage(passage.origin, passage.text) for passage in form.passages),
        attachments=tuple(Attachment(file.name, file.type, file.size) for file in form.attachments),
    )


def _surroundings(form: SurroundingsForm, organisation: Organisation) -> Surroundings:
    given: dict[str, Any] = form.model_dump(exclude_none=True)
    for name in given.keys() & {"audience_domains", "sender_domains"}:
        given[name] = frozenset(given[name])
    if form.zone:
        given["zone"] = Zone(form.zone)
    if form.chat_kind:
        given["chat_kind"] = ChatKind(form.chat_kind)
    if form.sender_groups is not None:
        given["sender_groups"] = _groups(form.sender_groups, organisation)
    return Surroundings(**given)


def _groups(names: list[str], organisation: Organisation) -> frozenset[str]:
    """Cases may use the packs' names of groups, so that they hold whatever the directory calls them."""
    mapped = dict(organisation.groups)
    return frozenset(names).union(*(mapped.get(name, ()) for name in names))


def _organisation(organisation: Organisation, form: OrganisationCaseForm | None) -> Organisation:
    if form is None:
        return organisation
    given = form.model_dump(exclude_none=True)
    for name in ("groups", "public"):
        if name in given:
            given[name] = tuple((key, frozenset(values)) for key, values in given[name].items())
    if "domains" in given:
        given["domains"] = frozenset(given["domains"])
    return organisation._replace(**given)


def untested_rules(policies: PolicySet, cases: tuple[Case, ...]) -> tuple[tuple[str, str, str], ...]:
    """Rules without a firing or without a silent case, as (policy, rule, what is missing)."""
    shown = {(case.policy, case.rule, case.fires) for case in cases}
    wanted = ((True, "no case that fires"), (False, "no case that stays silent"))
    return tuple(
        (policy.policy, rule.rule, lacking)
        for policy in policies.policies
        for rule in policy.rules
        for fires, lacking in wanted
        if (policy.policy, rule.rule, fires) not in shown
    )


def surroundings_told(told: Mapping[str, str]) -> dict[str, Any]:
    """Fields of Surroundings as a command line tells them: lists with commas, true and false. Raises UsageError."""
    try:
        form = SurroundingsForm.model_validate({name: _value(name, text) for name, text in told.items()})
    except ValidationError as error:
        faults = form_faults("", SurroundingsForm, LinedYaml(None, {}), error)
        raise UsageError("; ".join(dict.fromkeys(fault.message for fault in faults))) from None
    surroundings = _surroundings(form, Organisation())
    return {name: getattr(surroundings, name) for name in told}


def _value(name: str, text: str) -> Any:
    if name.endswith(("_groups", "_domains")):
        return [part for part in text.split(",") if part]
    if text in {"true", "false"}:
        return text == "true"
    return int(text) if name == "audience_size" and text.isdecimal() else text
