"""The written form of policies, dictionaries and the organisation's profile: what YAML may say, its types and its schema."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, model_validator

from dlp.policy.name_hint import hint
from dlp.policy.regex_check import regex_fault

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
Filled = Annotated[str, Field(min_length=1, pattern=r"\S")]
_SIZE = re.compile(r"(\d+)\s*(B|KB|MB|GB)?", re.IGNORECASE)
_UNITS = {"": 1, "B": 1, "KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30}
Days = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Days, ...] = get_args(Days)


def _both_languages(written: Any) -> Any:
    return {"ru": written, "en": written} if isinstance(written, str) else written


def _bytes(written: Any) -> Any:
    match = _SIZE.fullmatch(written.strip()) if isinstance(written, str) else None
    if isinstance(written, str) and match is None:
        raise ValueError('must be a size such as "10MB", "300KB" or a number of bytes')
    return int(match[1]) * _UNITS[(match[2] or "").upper()] if match else written


def _minutes(written: Any) -> Any:
    if isinstance(written, int) and not isinstance(written, bool):
        return written  # YAML 1.1 reads an unquoted 18:00 as sixty times eighteen, which is the minutes it means
    match = re.fullmatch(r"(\d{1,2}):(\d{2})", written) if isinstance(written, str) else None
    if match is None or int(match[2]) > 59:
        raise ValueError('must be a time of day such as "09:00"')
    return int(match[1]) * 60 + int(match[2])


def _known_entity(name: str, info: ValidationInfo) -> str:
    entities = (info.context or {}).get("entities")
    if entities is not None and name not in entities:
        raise ValueError(f'the entity "{name}" is not known{hint(name, entities)}')
    return name


def _known_dictionary(name: str, info: ValidationInfo) -> str:
    dictionaries = (info.context or {}).get("dictionaries")
    if dictionaries is not None and name not in dictionaries:
        raise ValueError(f"there is no dictionaries/{name}.yaml{hint(name, dictionaries)}")
    return name


def _sound_regex(regex: str, info: ValidationInfo) -> str:
    fault_of = (info.context or {}).get("pattern_fault", regex_fault)
    if fault := regex_fault(regex) or fault_of(regex):
        raise ValueError(fault)
    return regex


def _known_zone(zone: str) -> str:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f'the time zone "{zone}" is not known') from None
    return zone


def _domain(written: str) -> str:
    domain = written.lower()
    if not re.fullmatch(r"[\w-]+(\.[\w-]+)+", domain):
        raise ValueError('must be a domain such as "corp.ru"')
    return domain


def _term(written: str) -> str:
    if not re.search(r"\w", written):
        raise ValueError("a term needs a letter or a digit")
    if written.endswith("*"):
        raise ValueError('a term cannot end in "*": forms of words are found by themselves')
    return written


Entity = Annotated[str, AfterValidator(_known_entity)]
Domain = Annotated[str, AfterValidator(_domain)]
TermText = Annotated[str, AfterValidator(_term)]
Weight = Annotated[float, Field(gt=0)]
Size = Annotated[int, BeforeValidator(_bytes, json_schema_input_type=int | str), Field(ge=0)]
Minute = Annotated[int, BeforeValidator(_minutes, json_schema_input_type=str), Field(ge=0, le=24 * 60)]
Severities = Literal["low", "medium", "high", "critical"]
Decisions = Literal["allow", "alert", "coach", "redact", "hold", "block"]
Zones = Literal["onprem", "domestic", "foreign"]
ChatKinds = Literal["direct", "group", "channel", "mail", "saved", "bot"]
Profiles = Literal["bank", "state", "telecom", "other"]
Reasons = Literal[
    "not_extracted", "encrypted", "corrupt", "too_large", "work", "deadline", "missing", "crash", "end_to_end_encrypted"
]


class Form(BaseModel):
    """What is written by people: no unknown keys, no guessed types."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class Leaf(Form):
    """A form that must say something."""

    @model_validator(mode="after")
    def _says_something(self) -> Leaf:
        if not self.model_fields_set:
            raise ValueError(f"says nothing; it may say {', '.join(written_keys(type(self)))}")
        return self


def written_keys(form: type[BaseModel]) -> tuple[str, ...]:
    """The keys a form may have, as people write them."""
    return tuple(field.alias or name for name, field in form.model_fields.items())


class BilingualForm(Form):
    """A text in both languages."""

    ru: Filled
    en: Filled


Bilingual = Annotated[BilingualForm, BeforeValidator(_both_languages, json_schema_input_type=BilingualForm | str)]


class EntitiesForm(Form):
    """Findings of named entities. Values the organisation calls public do not count."""

    of: list[Entity] = Field(min_length=1, description="Entity names; findings of any of them count.")
    at_least: int = Field(1, ge=1, description="How many findings there must be (places in the text).")
    distinct: int = Field(1, ge=1, description="How many different normalised values there must be, over all named entities.")
    confidence: float = Field(0.5, gt=0, le=1, description="Findings less sure than this do not count.")


class TextForm(Leaf):
    """Words and expressions as they stand in the text."""

    literals: list[TermText] = Field(
        [], min_length=1, description="Exact words in sequence; case and ё ignored, word boundaries on both sides, no word forms."
    )
    regex: list[Annotated[str, AfterValidator(_sound_regex)]] = Field(
        [], min_length=1, description="Regular expressions; no look-around or back-reference, \\b at the ends only; case ignored."
    )
    at_least: int = Field(1, ge=1, description="How many places must match.")

    @model_validator(mode="after")
    def _looks_for_something(self) -> TextForm:
        if not self.literals and not self.regex:
            raise ValueError("needs literals or regex")
        return self


class DictionaryForm(Form):
    """Weighted terms, found in every Russian and English word form. Each distinct term counts its weight once."""

    use: Annotated[str, AfterValidator(_known_dictionary)] | None = Field(None, description="A name of dictionaries/NAME.yaml.")
    terms: dict[TermText, Weight] | None = Field(
        None, min_length=1, description='Term and weight. A leading "=" means exactly so, no word forms; "*" is not supported.'
    )
    threshold: float | None = Field(None, gt=0, description="The sum of weights that is enough; else the dictionary's, else 1.")
    gap: int | None = Field(None, ge=0, le=5, description="How many other words may stand between two words of a term.")

    @model_validator(mode="after")
    def _one_source(self) -> DictionaryForm:
        if (self.use is None) == (self.terms is None):
            raise ValueError("needs either use or terms")
        return self


class ChatForm(Leaf):
    """The chat a message was sent to; unknown where the directory does not know it."""

    zone: list[Zones] = Field([], min_length=1, description="Where the chat's servers stand.")
    kind: list[ChatKinds] = Field([], min_length=1, description="What sort of chat.")
    platform: list[Filled] = Field([], min_length=1, description='Messenger names, e.g. "telegram".')
    external: bool | None = Field(None, description="Whether people outside the company are in the chat by its register.")
    purpose: list[Filled] = Field([], min_length=1, description="The chat register's purposes.")


class SenderForm(Leaf):
    """The sender; unknown where the directory does not know the person."""

    group: list[Filled] = Field([], min_length=1, description="Groups, by the names organisation.yaml maps to the directory's.")
    domain: list[Domain] = Field([], min_length=1, description="Domains of the sender's addresses; a sub-domain counts.")
    department: list[Filled] = Field([], min_length=1, description="Departments, as the directory writes them.")
    dismissed: bool | None = Field(None, description="Whether the person has left the company.")


class AudienceForm(Leaf):
    """Who can read the message."""

    external: bool | None = Field(None, description="Whether somebody outside the company can read the chat.")
    more_than: int | None = Field(None, ge=0, description="More readers than this.")
    domain: list[Domain] = Field([], min_length=1, description="Domains of the readers' addresses; a sub-domain counts.")


class AttachmentForm(Leaf):
    """A file sent with the message: one file of which everything said here holds."""

    name: list[Filled] = Field([], min_length=1, description='Name patterns, case ignored, e.g. "*.pfx".')
    type: list[Filled] = Field([], min_length=1, description='Media types, e.g. "image/*"; unknown where the source told none.')
    larger_than: Size | None = Field(None, description='Bytes, or "300KB", "10MB" (1 MB is 1,048,576 bytes).')


class GapForm(Leaf):
    """Something of the message that could not be read or finished."""

    reason: list[Reasons] = Field([], min_length=1, description="Why it could not be read.")
    origin: list[Filled] = Field([], min_length=1, description='What could not be read, by patterns: "attachment:*", "body".')


class TimeForm(Form):
    """When the message was sent, in the sender's zone, else the organisation's."""

    working_hours: bool = Field(description="Whether it was sent within the organisation's working hours.")


class ConditionForm(Leaf):
    """A condition; several keys mean all of them."""

    all: list[ConditionForm] = Field([], min_length=1, description="Every condition holds.")
    any: list[ConditionForm] = Field([], min_length=1, description="At least one condition holds.")
    none: list[ConditionForm] = Field([], min_length=1, description="No condition holds.")
    entities: EntitiesForm | None = None
    text: TextForm | None = None
    dictionary: DictionaryForm | None = None
    attachment: AttachmentForm | None = None
    gap: GapForm | None = None
    chat: ChatForm | None = None
    sender: SenderForm | None = None
    audience: AudienceForm | None = None
    time: TimeForm | None = None


class HoldForm(Leaf):
    """What becomes of a message the rule holds; what is not said is the installation's."""

    minutes: int | None = Field(None, ge=1, le=7 * 24 * 60, description="How long officers have to decide.")
    on_expiry: Literal["release", "drop"] | None = Field(None, description="What happens to it when nobody decided in time.")
    four_eyes: bool = Field(False, description="Two officers decide, where there are two.")


class RuleForm(Form):
    """One rule: when its condition holds, its decision is taken; the strictest rule of all policies wins."""

    rule: Name = Field(description="The stable name of the rule within its policy.")
    title: Bilingual | None = Field(None, description="The label shown to people.")
    severity: Severities
    when: ConditionForm
    decision: Decisions
    hold: HoldForm | None = Field(None, description="The terms of a hold; only where the decision is hold.")
    tell: list[Filled] = Field([], description='Who is told: "sender", "role:privacy-officer", …')
    if_unknown: Literal["hit", "alert", "miss"] = Field(
        "alert", description="What happens where content was found and the rest is unknown. Without content found, it is a miss."
    )

    @model_validator(mode="after")
    def _holds(self) -> RuleForm:
        if self.hold is not None and self.decision != "hold":
            raise ValueError("hold: has a meaning only where the decision is hold")
        return self


class PolicyForm(Form):
    """A policy: rules that serve one purpose, with its owner and the law behind it."""

    policy: Name = Field(description="The stable name of the policy.")
    title: Bilingual | None = Field(None, description="The label shown to people: one text, or ru and en.")
    law: list[Filled] = Field([], description="Articles served, e.g. 152-FZ.")
    owner: Filled | None = Field(None, description="Who answers for the policy.")
    why: Bilingual | None = Field(None, description="What the policy is for: one text, or ru and en.")
    mode: Literal["enforce", "observe"] = Field("enforce", description="observe: only report what would have been done.")
    profile: list[Profiles] = Field([], min_length=1, description="Organisation profiles the policy is for; absent: every one.")
    rules: list[RuleForm] = Field(min_length=1)


class DictionaryFileForm(Form):
    """dictionaries/NAME.yaml: terms that several policies use."""

    dictionary: Name = Field(description="The name, the same as the file's.")
    title: Bilingual | None = None
    threshold: float = Field(1, gt=0, description="The sum of weights that is enough, where a rule says nothing else.")
    gap: int = Field(0, ge=0, le=5, description="How many other words may stand between two words of a term.")
    terms: dict[TermText, Weight] = Field(min_length=1, description='Term and weight; a leading "=" means exactly so.')


class WorkingHoursForm(Form):
    """Working time; from later than to is a night shift."""

    days: list[Days] = Field(list(DAYS[:5]), min_length=1)
    opens: Minute = Field(alias="from")
    closes: Minute = Field(alias="to")


class OrganisationForm(Form):
    """organisation.yaml: the one file in which packs read what is special about this organisation."""

    profile: Profiles = Field("other", description="What the organisation is; policies may be for some profiles only.")
    name: str = ""
    domains: list[Domain] = Field([], description="The organisation's own mail domains.")
    groups: dict[str, list[Filled]] = Field({}, description="A group name used by packs: the directory's groups it means.")
    public: dict[Entity, list[Filled]] = Field(
        {}, description="Values that are no secret, by entity: the organisation's own INN, phones, account numbers."
    )
    zone: Annotated[str, AfterValidator(_known_zone)] | None = Field(None, description="IANA time zone, e.g. Europe/Moscow.")
    working_hours: WorkingHoursForm | None = None
