"""Floors on secrets in chat and code; they only rise."""

from __future__ import annotations

from collections import Counter

import pytest

from dlp.detect.engine import Engine
from dlp.records import Demand, Text
from tests.corpus.secrets_in_chat import VALUES, corpus

LINES = tuple(corpus())
FLOORS = dict.fromkeys(VALUES, 0.98) | {"AWS_SECRET_KEY": 0.95, "API_KEY": 0.97, "PASSWORD": 0.98, "ONE_TIME_CODE": 0.95}


@pytest.fixture(scope="module")
def findings() -> list[set[tuple[str, int, int]]]:
    """Entity and span of every finding, line by line."""
    scans = Engine(Demand(frozenset(VALUES))).scan_many([(Text("body", line.text),) for line in LINES])
    return [{(f.entity, f.start, f.end) for f in scan.findings} for scan in scans]


@pytest.mark.parametrize("entity", VALUES)
def test_f1_holds_its_floor(findings: list[set[tuple[str, int, int]]], entity: str) -> None:
    told, labelled, right = 0, 0, 0
    for line, found in zip(LINES, findings, strict=True):
        told += sum(kind == entity for kind, _, _ in found)
        labelled += line.entity == entity
        right += line.entity == entity and (entity, line.start, line.end) in found
    assert labelled > 0
    assert 2 * right / (told + labelled) >= FLOORS[entity]


def test_near_misses_are_left_alone(findings: list[set[tuple[str, int, int]]]) -> None:
    flagged = Counter(line.text for line, found in zip(LINES, findings, strict=True) if found and line.entity is None)
    assert flagged.total() <= 0.01 * sum(line.entity is None for line in LINES), flagged
