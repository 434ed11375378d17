"""Folders of policies for tests: each test writes only what it is about."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent
from typing import Any

import yaml

from dlp.errors import FileFaults
from dlp.policy.load import load_policies
from dlp.policy.policy_set import PolicySet

ENTITIES = frozenset({"RU_PASSPORT", "RU_SNILS", "RU_INN", "EMAIL_ADDRESS", "PHONE_NUMBER"})


def a_rule(rule: str = "any-inn", **fields: Any) -> dict[str, Any]:
    """A rule as YAML would give it: any INN, high, held."""
    return {"rule": rule, "severity": "high", "when": {"entities": {"of": ["RU_INN"]}}, "decision": "hold", **fields}


def a_policy(*rules: dict[str, Any], policy: str = "subject", **fields: Any) -> str:
    """A policy file's text."""
    return yaml.safe_dump({"policy": policy, **fields, "rules": list(rules)}, allow_unicode=True, sort_keys=False)


def folder(place: Path, files: dict[str, str]) -> Path:
    """A folder with the files given by name; texts may be indented."""
    for name, text in files.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
    return place


def policies(place: Path, *rules: dict[str, Any], organisation: str = "", **fields: Any) -> PolicySet:
    """The compiled set of one policy with these rules."""
    files = {"subject.yaml": a_policy(*rules, **fields)} | ({"organisation.yaml": organisation} if organisation else {})
    return load_policies(folder(place, files), ENTITIES)


def faults(place: Path, files: dict[str, str]) -> list[str]:
    """Every fault as "file:line: message", files told from inside the folder; none where the folder is sound."""
    try:
        load_policies(folder(place, files), ENTITIES)
    except FileFaults as error:
        return [re.sub(f"{re.escape(str(place))}/", "", str(fault)) for fault in error.faults]
    return []
