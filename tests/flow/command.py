"""Runs the `dlp` command as a person does: a process of its own, over policies written for the test."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
DLP = (sys.executable, "-m", "dlp")
CARD = "карта 4111 1111 1111 1111"
SNILS = "СНИЛС 112-233-445 95"

POLICY = """policy: cards
title: {ru: Карты, en: Cards}
owner: security
why: Card numbers stay inside.
rules:
  - rule: any-card
    severity: high
    when: {all: [{entities: {of: [CREDIT_CARD]}}]}
    decision: block
  - rule: snils-to-foreign
    severity: medium
    when: {all: [{entities: {of: [RU_SNILS]}}, {chat: {zone: [foreign]}}]}
    decision: hold
    if_unknown: miss
"""
OBSERVING = POLICY.replace("policy: cards", "policy: watched-cards\nmode: observe")


def policies(folder: Path, *texts: str) -> Path:
    """A folder with these policies, `POLICY` where none is given."""
    folder = folder / "policies"
    folder.mkdir()
    for number, text in enumerate(texts or (POLICY,)):
        (folder / f"policy{number}.yaml").write_text(text, encoding="utf-8")
    return folder


def dlp(*arguments: str | Path, given: str = "") -> subprocess.CompletedProcess[str]:
    """What the command answered to this standard input."""
    command = [*DLP, *map(str, arguments)]
    return subprocess.run(command, input=given, capture_output=True, encoding="utf-8", check=False, cwd=ROOT, timeout=120)


def lines(*messages: dict[str, Any]) -> str:
    """JSONL of messages."""
    return "".join(json.dumps(message, ensure_ascii=False) + "\n" for message in messages)


def records(answer: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    """The objects on standard output, which holds nothing else."""
    return [json.loads(line) for line in answer.stdout.split("\n")[:-1]]


def ids(answered: Iterable[dict[str, Any]]) -> list[str]:
    """The ids of records in their order."""
    return [record["id"] for record in answered]
