"""An installation with a few rules of its own, a directory, and messages that break the rules: for tests of duties."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from dlp.clock import SetClock
from dlp.pipeline import Arrival, handle
from dlp.services import Services
from dlp.store.recording import Recorded
from tests.builders import a_message
from tests.installations import an_installation

CARD, OTHER_CARD = "4111 1111 1111 1111", "5555 5555 5555 4444"
INN = "ИНН 7707083893"
POLICIES = """
policy: subject
title: {ru: Проба, en: Trial}
owner: security
why: Rules for tests.
rules:
  - rule: any-card
    severity: high
    when: {entities: {of: [CREDIT_CARD]}}
    decision: block
  - rule: two-cards
    severity: critical
    when: {entities: {of: [CREDIT_CARD], distinct: 2}}
    decision: block
  - rule: any-inn
    severity: medium
    when: {entities: {of: [RU_INN]}}
    decision: hold
  - rule: any-mail
    severity: high
    when: {entities: {of: [EMAIL_ADDRESS]}}
    decision: hold
    hold: {minutes: 60, on_expiry: drop, four_eyes: true}
"""
PEOPLE = """person,name,accounts,department
i.petrov,И. Петров,telegram:42,Sales
m.ivanov,М. Иванов,telegram:43,Legal
"""
CHATS = """
- {connector: telegram, chat: "7", zone: foreign, external: true, owner: i.petrov}
"""


def a_duty_installation(folder: Path, **told: Any) -> Services:
    """A new installation below `folder` with these rules, people and chats. Close it."""
    policies = folder / "policies"
    policies.mkdir()
    (policies / "subject.yaml").write_text(POLICIES, encoding="utf-8")
    (folder / "people.csv").write_text(PEOPLE, encoding="utf-8")
    (folder / "chats.yaml").write_text(CHATS, encoding="utf-8")
    files: dict[str, Any] = {"policies": policies, "people": folder / "people.csv", "chats": folder / "chats.yaml"}
    return an_installation(folder, **files, **told)


class Chatter:
    """Sends messages into an installation through the real pipeline, each under an id of its own."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.sent = 0

    def say(self, text: str, *, callback: str | None = None, case_id: str | None = None, **fields: Any) -> Recorded:
        """Records a message of 42 in Telegram's chat 7, received now; fields of the message by name."""
        self.sent += 1
        told = {"connector": "telegram", "conversation": "7", "sender": "42", "occurred_at": now_of(self.services), **fields}
        message = a_message(text, f"m{self.sent}", **told)
        arrival = Arrival(
            message, told["connector"], "import" if case_id else "hook", now_of(self.services), case_id=case_id, callback=callback
        )
        return handle(self.services, [arrival]).result()[0]


def now_of(services: Services) -> datetime:
    """The installation's time."""
    return services.clock.now()


def advance(services: Services, **delta: float) -> datetime:
    """Moves the installation's clock on and tells the new time; `minutes=…` and the like."""
    clock = services.clock
    assert isinstance(clock, SetClock)
    clock.moment += timedelta(**delta)
    return clock.moment
