"""What is to be done, by what means, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any, NamedTuple, Protocol


class Result(Enum):
    """How an attempt ended. NOT_DONE: surely nothing happened; UNKNOWN: it may have happened."""

    DONE = "done"
    REFUSED = "refused"
    NOT_DONE = "not_done"
    UNKNOWN = "unknown"


class Outcome(NamedTuple):
    """`said` is the other side's words, or an error's class; `works` whether the other side is alive, None: not told.

    `retry_after_seconds` is what the other side asked for.
    """

    result: Result
    said: str = ""
    works: bool | None = True
    retry_after_seconds: float | None = None


class Action(NamedTuple):
    """One stored action. `text` is content opened from the vault for it; links lead into our own console."""

    key: str
    kind: str
    payload: Mapping[str, Any]
    created_at: datetime
    text: str = ""
    incident_link: str = ""
    acknowledge_link: str = ""


class Setup(NamedTuple):
    """A channel's settings and opened secrets."""

    settings: Mapping[str, Any] = {}
    secrets: Mapping[str, str] = {}


class Channel(Protocol):
    """One way to act outside."""

    def honours_keys(self, setup: Setup) -> bool:
        """Whether the same action carried out twice does nothing twice over there."""
        ...

    def carry_out(self, action: Action, setup: Setup, now: datetime) -> Outcome:
        """Does it, once; never raises for what the other side does."""
        ...


def done(said: str = "") -> Outcome:
    """It happened."""
    return Outcome(Result.DONE, words(said))


def refused(said: str) -> Outcome:
    """The other side is well and said no: asking again would not help."""
    return Outcome(Result.REFUSED, words(said))


def away(said: str) -> Outcome:
    """The other side cannot be reached or does not let us in; surely nothing happened."""
    return Outcome(Result.NOT_DONE, words(said), works=False)


def later(said: str, seconds: float | None = None) -> Outcome:
    """The other side is well and asks to come again."""
    return Outcome(Result.NOT_DONE, words(said), retry_after_seconds=seconds)


def doubtful(said: str) -> Outcome:
    """It may have happened; the other side fell silent."""
    return Outcome(Result.UNKNOWN, words(said), works=False)


def misset(said: str) -> Outcome:
    """Settings or payload are wrong: nothing was even tried."""
    return Outcome(Result.REFUSED, words(said), works=None)


def words(said: str) -> str:
    """Somebody else's words in one line of bounded length, without control signs."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in said[:1000]).split())[:300]
