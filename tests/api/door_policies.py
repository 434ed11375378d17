"""Policies short enough to know by heart: a rule for each decision, woken by one entity each."""

from __future__ import annotations

from pathlib import Path

_POLICY = """\
policy: doors
title: {ru: Проверка дверей, en: Test of the doors}
owner: tests
why: {ru: Для тестов., en: For tests.}
rules:
  - rule: card
    title: {ru: Номер карты, en: A card number}
    severity: critical
    when: {all: [{entities: {of: [CREDIT_CARD]}}]}
    decision: block
  - rule: snils
    severity: high
    when: {all: [{entities: {of: [RU_SNILS]}}]}
    decision: hold
  - rule: mail
    severity: low
    when: {all: [{entities: {of: [EMAIL_ADDRESS]}}]}
    decision: redact
  - rule: inn
    severity: low
    when: {all: [{entities: {of: [RU_INN]}}]}
    decision: coach
"""
CARD = "карта 4111 1111 1111 1111"
SNILS = "снилс 112-233-445 95"
MAIL = "пишите на ivan.petrov@client.ru сегодня"


def door_policies(folder: Path) -> Path:
    """The folder of these policies, made below `folder`."""
    made = folder / "policies"
    made.mkdir()
    (made / "doors.yaml").write_text(_POLICY, encoding="utf-8")
    (made / "organisation.yaml").write_text("name: Вектор\n", encoding="utf-8")
    return made
