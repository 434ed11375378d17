"""Floors for Russian identifiers on a corpus of their own; they only rise."""

from __future__ import annotations

import pytest

from dlp.detect.engine import Engine
from dlp.records import Demand, Text
from tests.corpus.russian_identifiers import samples
from tests.corpus.scoring import Labelled, Sample, Score, product_name, scores

FLOORS = {
    "RU_BANK_ACCOUNT": 0.99,
    "RU_BIK": 0.99,
    "RU_BIRTH_CERTIFICATE": 0.99,
    "RU_CADASTRAL_NUMBER": 0.99,
    "RU_DRIVER_LICENSE": 0.98,
    "RU_INN": 0.99,
    "RU_KPP": 0.99,
    "RU_MILITARY_ID": 0.99,
    "RU_OGRN": 0.99,
    "RU_OMS": 0.99,
    "RU_PASSPORT": 0.98,
    "RU_PASSPORT_FOREIGN": 0.98,
    "RU_SNILS": 0.99,
    "RU_VEHICLE_PLATE": 0.97,
    "VIN": 0.98,
}
COUNTS = 0.5


@pytest.fixture(scope="module")
def judged() -> list[tuple[Sample, list[Labelled]]]:
    texts = list(samples(3000))
    scans = Engine(Demand(None)).scan_many([(Text("body", sample.text),) for sample in texts])
    found = [
        [
            (f.start, f.end, product_name(f.entity))
            for f in scan.findings
            if f.confidence >= COUNTS and product_name(f.entity) in FLOORS
        ]
        for scan in scans
    ]
    return list(zip(texts, found, strict=True))


@pytest.fixture(scope="module")
def by_entity(judged: list[tuple[Sample, list[Labelled]]]) -> dict[str, Score]:
    return scores(judged, exact=True)


@pytest.mark.parametrize("entity", FLOORS)
def test_an_entity_reaches_its_floor(entity: str, by_entity: dict[str, Score]) -> None:
    assert by_entity[entity].hit > 20
    assert by_entity[entity].f1 >= FLOORS[entity], by_entity[entity]


def test_near_misses_are_seldom_flagged(judged: list[tuple[Sample, list[Labelled]]]) -> None:
    traps = [(sample, found) for sample, found in judged if sample.near_miss]
    assert sum(bool(found) for _, found in traps) / len(traps) <= 0.01
