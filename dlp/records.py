"""What travels from one step to the next; see `dlp/pipeline.py` for the order of the steps.

Records are named tuples: immutable, cheap to make a hundred thousand times a second, and quick to import.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum, IntEnum
from typing import NamedTuple


class Decision(IntEnum):
    """What is to happen to a message, from the mildest to the strictest; the strictest rule hit wins."""

    ALLOW = 0
    ALERT = 1
    COACH = 2
    REDACT = 3
    HOLD = 4
    BLOCK = 5

    @property
    def label(self) -> str:
        """The name on the wire and in policy files: "allow" … "block"."""
        return self.name.lower()


class Severity(IntEnum):
    """How bad a rule hit is."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def label(self) -> str:
        """The name on the wire and in policy files: "low" … "critical"."""
        return self.name.lower()


class Mode(Enum):
    """Whether a policy acts or only reports what it would have done."""

    OBSERVE = "observe"
    ENFORCE = "enforce"


class Zone(Enum):
    """Where a chat's servers stand."""

    ONPREM = "onprem"
    DOMESTIC = "domestic"
    FOREIGN = "foreign"


class ChatKind(Enum):
    """What sort of conversation a chat is."""

    DIRECT = "direct"
    GROUP = "group"
    CHANNEL = "channel"
    MAIL = "mail"
    SAVED = "saved"
    BOT = "bot"


class GapReason(Enum):
    """Why something could not be read or finished."""

    NOT_EXTRACTED = "not_extracted"
    ENCRYPTED = "encrypted"
    CORRUPT = "corrupt"
    TOO_LARGE = "too_large"
    WORK = "work"
    DEADLINE = "deadline"
    MISSING = "missing"
    CRASH = "crash"
    END_TO_END_ENCRYPTED = "end_to_end_encrypted"


class Attachment(NamedTuple):
    """A file sent with a message. `path` leads to its bytes inside the export; `missing` says why there is none."""

    name: str
    media_type: str | None = None
    size: int | None = None
    path: str | None = None
    missing: GapReason | None = None


class Passage(NamedTuple):
    """Text of a message outside its body: a quote, a poll, a contact card, a file caption. `origin` names it: "poll"."""

    origin: str
    text: str


class Message(NamedTuple):
    """One message as a messenger gave it.

    Identity is (connector, conversation, id, revision). `sender` and `recipients` are accounts in the messenger's own
    form, normalised by `chats/` so that an export and the live API agree; None means unknown, never nobody.
    `occurred_at` is aware, or None where the source told no zone.
    """

    id: str
    text: str
    connector: str | None = None
    conversation: str | None = None
    revision: int = 0
    sender: str | None = None
    sender_name: str | None = None
    chat_title: str | None = None
    chat_kind: ChatKind | None = None
    recipients: tuple[str, ...] | None = None
    occurred_at: datetime | None = None
    received_at: datetime | None = None
    passages: tuple[Passage, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    forwarded_from: str | None = None
    reply_to: str | None = None
    service: bool = False
    gaps: tuple[Gap, ...] = ()


class Text(NamedTuple):
    """One text to search. `origin` is "body", "quote", "poll", "attachment:NAME", … and names it in every result."""

    origin: str
    text: str


class Gap(NamedTuple):
    """Something that could not be read or finished. `detail` names what bit (a limit, a detector), never content."""

    origin: str
    reason: GapReason
    detail: str = ""


class Finding(NamedTuple):
    """A fact in a text: code points `[start, end)` of the original text of `origin` are an `entity`.

    `value` is normalised (digits without separators, lower-cased e-mail, …): distinct values are counted on it.
    `confidence` is in (0, 1]; `why` names what confirmed it ("check digits", "check digits, word near: снилс").
    """

    entity: str
    detector: str
    start: int
    end: int
    confidence: float
    origin: str
    value: str
    why: str = ""


class TermHit(NamedTuple):
    """A demanded term or pattern stands at code points `[start, end)` of the original text of `origin`."""

    key: str
    start: int
    end: int
    origin: str


class Term(NamedTuple):
    """A word or phrase a policy asks detection for.

    `words` holds, for each word of the phrase in order, every accepted form, lower-cased with ё as е. A term whose text is
    not made of words (".pfx", "C++") has no `words` and is found as `literal`, lower-cased, as it stands.
    `gap` is how many other words may stand between two words of the phrase.
    """

    key: str
    words: tuple[frozenset[str], ...] = ()
    literal: str = ""
    gap: int = 0


class TermPattern(NamedTuple):
    """A regular expression a policy asks detection for: Python syntax, case ignored, no look-around, no back-reference."""

    key: str
    regex: str


class Demand(NamedTuple):
    """What the policies need detection to look for; `entities` None means every entity there is."""

    entities: frozenset[str] | None
    terms: tuple[Term, ...] = ()
    patterns: tuple[TermPattern, ...] = ()


class Scan(NamedTuple):
    """What detection says about the texts of one message, ordered by (origin as given, start, end)."""

    findings: tuple[Finding, ...] = ()
    terms: tuple[TermHit, ...] = ()
    gaps: tuple[Gap, ...] = ()


NOTHING_FOUND = Scan()


class ConnectorTerms(NamedTuple):
    """What an installation says of one of its connectors: the messenger behind it, where that stands, what is kept."""

    platform: str
    zone: Zone | None = None
    keep_clean_days: int = 30


class Surroundings(NamedTuple):
    """Who and where, as far as the directory knows: None is unknown, never false.

    `audience_external` is true when somebody outside the company can read the chat. `sender_domains` are the domains of
    the sender's e-mail addresses. `local_time` is the message's time in the sender's zone, else the organisation's.
    """

    platform: str | None = None
    zone: Zone | None = None
    external: bool | None = None
    chat_kind: ChatKind | None = None
    chat_purpose: str | None = None
    audience_external: bool | None = None
    audience_size: int | None = None
    audience_domains: frozenset[str] | None = None
    sender_person: str | None = None
    sender_groups: frozenset[str] | None = None
    sender_department: str | None = None
    sender_domains: frozenset[str] | None = None
    sender_dismissed: bool | None = None
    local_time: datetime | None = None


class Organisation(NamedTuple):
    """The organisation's profile, from `organisation.yaml` beside the policies.

    `profile` is "bank", "state", "telecom" or "other"; `domains` are its own mail domains; `groups` maps a name packs use
    ("hr") to the directory's groups; `public` maps an entity to normalised values that are no secret (its own INN, phones);
    `zone` is an IANA time zone; working time is `[opens, closes)` minutes of the day on `working_days` (Monday is 0).
    """

    profile: str = "other"
    name: str = ""
    domains: frozenset[str] = frozenset()
    groups: tuple[tuple[str, frozenset[str]], ...] = ()
    public: tuple[tuple[str, frozenset[str]], ...] = ()
    zone: str | None = None
    working_days: frozenset[int] = frozenset({0, 1, 2, 3, 4})
    opens: int = 9 * 60
    closes: int = 18 * 60


class Reason(NamedTuple):
    """Why a condition held or not: one node of a rule's tree. `held` None is unknown; `missing` names what was unknown."""

    condition: str
    held: bool | None
    said: str
    missing: tuple[str, ...] = ()
    parts: tuple[Reason, ...] = ()


class HoldTerms(NamedTuple):
    """What a rule says of a message it holds; None leaves it to the installation.

    `on_expiry` is "release" or "drop"; with `four_eyes` two officers decide, where there are two.
    """

    minutes: int | None = None
    on_expiry: str | None = None
    four_eyes: bool = False


class RuleHit(NamedTuple):
    """A rule fired. `law` names the articles it serves."""

    policy: str
    rule: str
    severity: Severity
    mode: Mode
    decision: Decision
    tell: tuple[str, ...] = ()
    law: tuple[str, ...] = ()
    reason: Reason | None = None
    by_unknown: bool = False
    hold: HoldTerms | None = None


class Suppressed(NamedTuple):
    """A rule that would have fired but for an exception; it stays in the ledger with the exception's id."""

    hit: RuleHit
    exception_id: str


class RuleUnknown(NamedTuple):
    """A rule that could not be judged because something about the message is not known."""

    policy: str
    rule: str
    missing: tuple[str, ...]


class Judgement(NamedTuple):
    """What the policies say of one message, in policy order."""

    hits: tuple[RuleHit, ...] = ()
    unknown: tuple[RuleUnknown, ...] = ()


class Verdict(NamedTuple):
    """What is to happen. `decision` counts enforcing policies only; `would` counts observing ones too."""

    decision: Decision
    would: Decision
    severity: Severity | None = None
    group_key: str = ""


ALLOWED = Verdict(Decision.ALLOW, Decision.ALLOW)


class Inspection(NamedTuple):
    """Everything decided about one message and why.

    `decided_by` is "policy", "exception", "emergency", or, where the caller could not wait for the policies, "deadline" or
    "outage". The hits in `suppressed` are not in `judgement`.
    """

    message: Message
    scan: Scan
    judgement: Judgement
    verdict: Verdict
    suppressed: tuple[Suppressed, ...] = ()
    decided_by: str = "policy"
