"""Floors on secrets of a corpus the detectors were not made on; they only rise."""

from __future__ import annotations

import pytest

from dlp.detect.engine import Engine
from dlp.records import Demand, Text
from tests.corpus.scoring import Labelled, Sample, Score, scores
from tests.corpus.unseen_secrets import ENTITIES, chat_samples, line_samples, trap_samples
from tests.corpus.unseen_talk import talk

CHAT_FLOORS = dict.fromkeys(ENTITIES, 0.99) | {"PASSWORD": 0.96, "API_KEY": 0.985, "ONE_TIME_CODE": 0.985}
LINE_FLOORS = {"API_KEY": 0.99, "DB_URI": 0.99, "PASSWORD": 0.98}
COUNTS = 0.5


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(Demand(None))


def _found(engine: Engine, samples: list[Sample]) -> list[tuple[Sample, list[Labelled]]]:
    scans = engine.scan_many([(Text("body", sample.text),) for sample in samples])
    told = [
        [(f.start, f.end, f.entity) for f in scan.findings if f.confidence >= COUNTS and f.entity in ENTITIES] for scan in scans
    ]
    return list(zip(samples, told, strict=True))


@pytest.fixture(scope="module")
def in_chat(engine: Engine) -> dict[str, Score]:
    return scores(_found(engine, list(chat_samples())), exact=True)


@pytest.fixture(scope="module")
def in_lines(engine: Engine) -> dict[str, Score]:
    return scores(_found(engine, list(line_samples())), exact=True)


@pytest.mark.parametrize("entity", sorted(set(CHAT_FLOORS) - {"DB_URI"}))
def test_a_secret_in_talk_reaches_its_floor(entity: str, in_chat: dict[str, Score]) -> None:
    assert in_chat[entity].hit > 20
    assert in_chat[entity].f1 >= CHAT_FLOORS[entity], in_chat[entity]


@pytest.mark.parametrize("entity", LINE_FLOORS)
def test_a_secret_in_code_reaches_its_floor(entity: str, in_lines: dict[str, Score]) -> None:
    assert in_lines[entity].hit > 20
    assert in_lines[entity].f1 >= LINE_FLOORS[entity], in_lines[entity]


def test_near_misses_are_seldom_flagged(engine: Engine) -> None:
    traps = _found(engine, list(trap_samples()))
    flagged = [(sample.near_miss, sample.text) for sample, found in traps if found]
    assert len({sample.near_miss for sample, _ in traps}) >= 50
    assert len(flagged) <= 0.01 * len(traps), flagged


def test_clean_talk_is_left_alone(engine: Engine) -> None:
    messages = list(dict.fromkeys(talk(6000)))
    scans = engine.scan_many([(Text("body", message),) for message in messages])
    flagged = [
        message for message, scan in zip(messages, scans, strict=True) if any(f.confidence >= COUNTS for f in scan.findings)
    ]
    assert len(messages) >= 1500
    assert len(flagged) <= 0.0005 * len(messages), flagged
