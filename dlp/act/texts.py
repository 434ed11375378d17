"""The sentences people are told in, Russian and English, by code; no message text, file name or person among them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Final, NamedTuple

from dlp.act.notice import Notice


class Letter(NamedTuple):
    """A subject and a body."""

    subject: str
    body: str


SEVERITY: Final = MappingProxyType(
    {
        "ru": {"low": "низкая", "medium": "средняя", "high": "высокая", "critical": "критическая"},
        "en": {"low": "low", "medium": "medium", "high": "high", "critical": "critical"},
    }
)

# (subject, sentence) by kind of alert.
_KINDS: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = MappingProxyType(
    {
        "ru": {
            "incident": ("{name}: важность {severity}", "Инцидент {name}, важность: {severity}."),
            "hold": ("{name}: сообщение ждёт решения", "Сообщение ждёт решения. Инцидент {name}, важность: {severity}."),
            "summary": ("{name}: ещё {alike}", "После {name} — ещё {alike}, важность: {severity}."),
            "digest": ("Сводка за {day}: {incidents}", "За {day}: {incidents}.{by_severity}"),
            "channel_down": ("Канал оповещения не работает: {title}", "Канал «{title}» не работает. Ответ: {said}."),
            "duty_gap": ("Сейчас никто не дежурит", "По графику сейчас никто не дежурит. Маршрут: {route}."),
            "connector_silent": ("Коннектор молчит: {connector}", "От коннектора {connector} нет сообщений."),
            "checkpoint_failed": ("Контрольная точка не создана", "Не удалось подписать контрольную точку журнала."),
            "checkpoint": ("Контрольная точка {number}", "Контрольная точка журнала {number}."),
            "emergency": ("Включён аварийный пропуск", "Включён аварийный пропуск сообщений."),
            "test": ("Проверка канала", "Это проверка: канал работает."),
            "": ("Событие: {kind}", "Событие {kind}, важность: {severity}."),
        },
        "en": {
            "incident": ("{name}: severity {severity}", "Incident {name}, severity: {severity}."),
            "hold": ("{name}: a message waits for a decision", "A held message waits. Incident {name}, severity: {severity}."),
            "summary": ("{name}: {alike}", "After {name}: {alike}, severity: {severity}."),
            "digest": ("Digest of {day}: {incidents}", "On {day}: {incidents}.{by_severity}"),
            "channel_down": ("An alert channel is down: {title}", "The channel “{title}” is down. It said: {said}."),
            "duty_gap": ("Nobody is on duty now", "Nobody is on duty now, says the roster. Route: {route}."),
            "connector_silent": ("A connector is silent: {connector}", "No messages come from the connector {connector}."),
            "checkpoint_failed": ("No checkpoint was made", "A checkpoint of the audit chain could not be signed."),
            "checkpoint": ("Checkpoint {number}", "Checkpoint {number} of the audit chain."),
            "emergency": ("Emergency pass-through is on", "Emergency pass-through of messages is on."),
            "test": ("A test of the channel", "This is a test: the channel works."),
            "": ("Event: {kind}", "Event {kind}, severity: {severity}."),
        },
    }
)  # fmt: skip
_PLURALS: Final = MappingProxyType(
    {
        "ru": {
            "alike": ("похожий инцидент", "похожих инцидента", "похожих инцидентов"),
            "incidents": ("инцидент", "инцидента", "инцидентов"),
        },
        "en": {"alike": ("more alike", "more alike", "more alike"), "incidents": ("incident", "incidents", "incidents")},
    }
)
_LINES: Final = MappingProxyType(
    {
        "ru": {
            "open": "Открыть: {link}",
            "acknowledge": "Подтвердить получение: {link}",
            "private": "Содержимое сообщений показывается только в консоли.",
        },
        "en": {
            "open": "Open: {link}",
            "acknowledge": "Acknowledge: {link}",
            "private": "The content of messages is shown in the console only.",
        },
    }
)
# What a sender is told in the chat itself, by code.
REPLIES: Final = MappingProxyType(
    {
        "ru": {
            "deleted": "Сообщение удалено: по правилам компании такие данные нельзя отправлять в этот чат.",
            "please_delete": "Пожалуйста, удалите сообщение: по правилам компании такие данные нельзя отправлять в этот чат.",
            "reminder": "Напоминание: по правилам компании такие данные нельзя отправлять в этот чат.",
            "redacted": "Часть сообщения скрыта: по правилам компании такие данные нельзя отправлять в этот чат.",
            "held": "Сообщение задержано и ждёт решения службы безопасности.",
        },
        "en": {
            "deleted": "The message was deleted: company rules do not allow such data in this chat.",
            "please_delete": "Please delete the message: company rules do not allow such data in this chat.",
            "reminder": "A reminder: company rules do not allow such data in this chat.",
            "redacted": "Part of the message is hidden: company rules do not allow such data in this chat.",
            "held": "The message is held and waits for a decision of the security team.",
        },
    }
)
# The page behind the link of an alert.
PAGE: Final = MappingProxyType(
    {
        "ru": {
            "title": "Подтверждение оповещения",
            "ask": "Подтвердить, что оповещение получено и вы им занимаетесь?",
            "button": "Подтвердить",
            "thanks": "Подтверждено.",
            "before": "Оповещение уже подтверждено.",
            "over": "Ссылка недействительна или её срок истёк.",
        },
        "en": {
            "title": "Acknowledge an alert",
            "ask": "Acknowledge that you have the alert and take care of it?",
            "button": "Acknowledge",
            "thanks": "Acknowledged.",
            "before": "The alert was acknowledged before.",
            "over": "The link is not valid, or its time is up.",
        },
    }
)
LANGUAGES: Final = tuple(_KINDS)


def letter(notice: Notice) -> Letter:
    """Subject and body of a notice in its language; links below, where it has some."""
    language = language_of(notice.language)
    subject, sentence = _KINDS[language].get(notice.kind) or _KINDS[language][""]
    terms = _terms(notice, language)
    lines = [sentence.format_map(terms)]
    if notice.incident_link:
        lines.append(_LINES[language]["open"].format(link=notice.incident_link))
    if notice.acknowledge_link:
        lines.append(_LINES[language]["acknowledge"].format(link=notice.acknowledge_link))
    if notice.incident:
        lines.append(_LINES[language]["private"])
    if notice.kind == "checkpoint":
        lines.append(str(notice.facts.get("line", "")))
    return Letter(" ".join(subject.format_map(terms).split()), "\n\n".join(lines) + "\n")


def reply(code: str, language: str) -> str:
    """The sentence of a code; "reminder" where the code is not known."""
    sentences = REPLIES[language_of(language)]
    return sentences.get(code) or sentences["reminder"]


def language_of(told: str) -> str:
    """A language there are texts in: Russian where another is wished."""
    return told if told in LANGUAGES else "ru"


def plural(number: int, forms: tuple[str, str, str], language: str) -> str:
    """`number` with the form that goes with it (CLDR: one, few, many; English has two)."""
    if language == "ru":
        few = number % 10 in {2, 3, 4} and number % 100 not in {12, 13, 14}
        one = number % 10 == 1 and number % 100 != 11
        return f"{number} {forms[0] if one else forms[1] if few else forms[2]}"
    return f"{number} {forms[0] if number == 1 else forms[1]}"


def _terms(notice: Notice, language: str) -> dict[str, str]:
    facts = notice.facts
    plurals = _PLURALS[language]
    return {
        "kind": notice.kind,
        "name": f"INC-{notice.number}" if notice.number else notice.alert[:8],
        "number": str(notice.number),
        "severity": SEVERITY[language].get(notice.severity, notice.severity),
        "connector": notice.connector,
        "alike": plural(notice.times, plurals["alike"], language),
        "incidents": plural(notice.times, plurals["incidents"], language),
        "by_severity": _by_severity(facts.get("counts") or {}, language),
        "day": _day(facts.get("day"), language),
        **{name: str(facts.get(name, "")) for name in ("title", "said", "route")},
    }


def _by_severity(counts: Mapping[str, int], language: str) -> str:
    told = [f"{word}: {counts[label]}" for label, word in reversed(SEVERITY[language].items()) if counts.get(label)]
    return " " + ", ".join(told) + "." if told else ""


def _day(number: object, language: str) -> str:
    if not isinstance(number, int):
        return ""
    day = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=number)
    return day.strftime("%d.%m.%Y" if language == "ru" else "%Y-%m-%d")
