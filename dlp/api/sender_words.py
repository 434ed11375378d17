"""What the person who sent a message is told, in Russian and English: never what was found, never by whom."""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType
from typing import Final

from dlp.policy.policy_set import PolicySet
from dlp.records import Decision, RuleHit

Words = dict[str, str]

_BY_DECISION: Final = MappingProxyType(
    {
        Decision.COACH: {
            "ru": "Проверьте, можно ли отправлять это сюда",
            "en": "Check whether this may be sent here",
        },
        Decision.REDACT: {
            "ru": "Часть сообщения скрыта по правилам компании",
            "en": "A part of the message was hidden by company policy",
        },
        Decision.HOLD: {
            "ru": "Сообщение задержано до решения службы безопасности",
            "en": "The message is held until the security team decides",
        },
        Decision.BLOCK: {
            "ru": "Сообщение не отправлено по правилам компании",
            "en": "The message was not sent because of company policy",
        },
    }
)
_NOT_CHECKED: Final = MappingProxyType(
    {
        "ru": "Сообщение не удалось проверить, поэтому оно не отправлено. Повторите позже",
        "en": "The message could not be checked and was not sent. Try again later",
    }
)


def told_to_sender(decision: Decision, decided_by: str, titles: Iterable[Words]) -> Words | None:
    """One text for the whole verdict: what happened, and the titles of the rules; None where the sender is told nothing."""
    if decided_by in {"deadline", "outage"}:
        return dict(_NOT_CHECKED) if decision is Decision.BLOCK else None
    words = _BY_DECISION.get(decision)
    if words is None:
        return None
    told = list(titles)
    return {
        language: _sentence(text, [title[language] for title in told if title.get(language)]) for language, text in words.items()
    }


def _sentence(text: str, titles: list[str]) -> str:
    unique = list(dict.fromkeys(titles))
    return f"{text}: {'; '.join(unique)}." if unique else f"{text}."


def title_of(hit: RuleHit, policies: PolicySet) -> Words:
    """The title of a hit's rule, else of its policy, by language; {} where neither has one."""
    for policy in policies.policies:
        if policy.policy == hit.policy:
            own = next((rule.title for rule in policy.rules if rule.rule == hit.rule), ())
            return dict(own or policy.title)
    return {}
