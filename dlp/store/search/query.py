"""What a list of incidents is asked for: one frozen object for the record's own search, for saved filters and for exports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from enum import Enum, StrEnum
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeVar

from dlp.errors import UsageError
from dlp.records import Decision, Severity

_Label = TypeVar("_Label")
NONE: Final = "none"  # of a field that may be empty: nobody's, not known
ANY: Final = "any"  # of `case`: the incidents of imports too
MAX_TEXT: Final = 1000


class Sort(StrEnum):
    """The order of a list; each ends with the incident's number, so no two rows are equal."""

    SEVERITY = "severity"  # the worst first, among equals the oldest
    AGE = "age"  # the oldest first
    NEWEST = "newest"
    DUE = "due"
    UPDATED = "updated"


class Grouping(StrEnum):
    """What incidents are put together by."""

    RULE = "rule"
    PERSON = "person"
    CHAT = "chat"
    VALUE = "value"


class Viewer(NamedTuple):
    """Who looks: their user id, and the departments they may see (None: all)."""

    user: str
    departments: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """A filter over incidents. Several values of a field are alternatives, several fields must all hold.

    `severity` is the least, `severity_is` exact ones. `excluded` holds (field, value) pairs that must not hold. `case` empty
    leaves out the incidents of imports. `value` is the keyed digest of a found value in hexadecimal. Ranges are half open.
    """

    text: str = ""
    state: tuple[str, ...] = ()
    severity: Severity | None = None
    severity_is: tuple[Severity, ...] = ()
    decision: tuple[Decision, ...] = ()
    would: tuple[Decision, ...] = ()
    policy: tuple[str, ...] = ()
    rule: tuple[str, ...] = ()
    connector: tuple[str, ...] = ()
    zone: tuple[str, ...] = ()
    department: tuple[str, ...] = ()
    person: tuple[str, ...] = ()
    sender: tuple[str, ...] = ()
    conversation: tuple[str, ...] = ()
    entity: tuple[str, ...] = ()
    assignee: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    resolution: tuple[str, ...] = ()
    case: tuple[str, ...] = ()
    value: tuple[str, ...] = ()
    excluded: tuple[tuple[str, str], ...] = ()
    held: bool | None = None
    overdue: bool | None = None
    snoozed: bool | None = None
    gaps: bool | None = None
    marked_demo: bool | None = None
    opened_from: datetime | None = None
    opened_until: datetime | None = None
    due_from: datetime | None = None
    due_until: datetime | None = None
    resolved_from: datetime | None = None
    resolved_until: datetime | None = None
    sort: Sort = Sort.SEVERITY


MANY: Final = (
    "state", "policy", "rule", "connector", "zone", "department", "person", "sender", "conversation", "entity", "assignee", "tag",
    "resolution", "case", "value",
)  # fmt: skip
DECISIONS: Final = ("decision", "would")
FLAGS: Final = ("held", "overdue", "snoozed", "gaps", "marked_demo")
MOMENTS: Final = ("opened_from", "opened_until", "due_from", "due_until", "resolved_from", "resolved_until")
EXCLUDABLE: Final = frozenset({*MANY, *DECISIONS, "severity_is"} - {"case", "value"})
_DECISION: Final = MappingProxyType({one.label: one for one in Decision})
_SEVERITY: Final = MappingProxyType({one.label: one for one in Severity})


def params_of(query: Query) -> dict[str, Any]:
    """The query as names and plain values, what is at its default left out; `query_of` reads it back."""
    told: dict[str, Any] = {}
    for field in fields(query):
        value = getattr(query, field.name)
        if value != field.default:
            told[field.name] = _plain(value)
    return told


def query_of(params: Mapping[str, Any]) -> Query:
    """The query of names and plain values. Raises UsageError with a pointer at the first thing that is wrong."""
    told: dict[str, Any] = {}
    for name, value in params.items():
        told[name] = _value(name, value)
    if len(told.get("text", "")) > MAX_TEXT:
        raise UsageError("the text searched for is too long", code="text_too_long", pointer="/text", most=MAX_TEXT)
    return Query(**told)


def decision_of(name: str, field: str = "decision") -> Decision:
    """The decision of a label."""
    return _labelled(_DECISION, name, field)


def severity_of(name: str, field: str = "severity") -> Severity:
    """The severity of a label."""
    return _labelled(_SEVERITY, name, field)


def _plain(value: Any) -> Any:
    if isinstance(value, Decision | Severity):
        return value.label
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    return [_plain(one) for one in value] if isinstance(value, tuple) else value


def _value(name: str, value: Any) -> Any:
    if name in MANY:
        return tuple(_text(one, name) for one in _list(value, name))
    if name in DECISIONS:
        return tuple(decision_of(_text(one, name), name) for one in _list(value, name))
    if name == "severity_is":
        return tuple(severity_of(_text(one, name), name) for one in _list(value, name))
    if name == "excluded":
        return tuple(_exclusion(one) for one in _list(value, name))
    if name in FLAGS and isinstance(value, bool):
        return value
    return _single(name, _text(value, name))


def _single(name: str, value: str) -> Any:
    if name in MOMENTS:
        return _moment(name, value)
    if name == "severity":
        return severity_of(value)
    if name == "sort":
        if value not in list(Sort):
            raise UsageError(f"there is no order {value!r}", code="unknown_value", pointer="/sort", known=list(Sort))
        return Sort(value)
    if name == "text":
        return value
    raise UsageError(f"incidents have no field {name!r}", code="unknown_field", pointer=f"/{name}")


def _exclusion(told: Any) -> tuple[str, str]:
    pair = told.split(":", 1) if isinstance(told, str) else told
    if not (isinstance(pair, list | tuple) and len(pair) == 2 and pair[0] in EXCLUDABLE and isinstance(pair[1], str)):
        raise UsageError("an exclusion is field:value", code="exclusion", pointer="/excluded", known=sorted(EXCLUDABLE))
    field, value = pair
    if field in DECISIONS:
        decision_of(value, "excluded")
    elif field == "severity_is":
        severity_of(value, "excluded")
    return field, value


def _list(value: Any, name: str) -> list[Any]:
    if isinstance(value, list | tuple):
        return list(value)
    raise UsageError(f"{name} takes a list", code="list_wanted", pointer=f"/{name}")


def _text(value: Any, name: str) -> str:
    # Half of a UTF-16 pair, which JSON can carry, can be written nowhere; no database keeps a NUL.
    if isinstance(value, str) and "\0" not in value and value == value.encode("utf-8", "replace").decode():
        return value
    raise UsageError(f"{name} takes text", code="text_wanted", pointer=f"/{name}")


def _moment(name: str, value: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise UsageError(f"{name} is no time with a zone", code="time_wanted", pointer=f"/{name}")
    return moment


def _labelled(table: Mapping[str, _Label], name: str, field: str) -> _Label:
    if name not in table:
        raise UsageError(f"there is no {field} {name!r}", code="unknown_value", pointer=f"/{field}", known=list(table))
    return table[name]
