"""Floors on corpora the detectors were not built on: other layouts, other words, slips, evasions; they only rise."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from dlp.records import Text
from tests.corpus import unseen_chat, unseen_messages
from tests.corpus.scoring import Labelled, Sample, Score, micro, product_name, scores
from tests.corpus.unseen_identifiers import evasions, samples
from tests.corpus.unseen_near_misses import kinds, near_misses
from tests.engines import an_engine

# Exact spans, over the layouts and the messages together.
FLOORS = {
    "CREDIT_CARD": 0.988,
    "CRYPTO": 0.98,
    "DATE_OF_BIRTH": 0.988,
    "DE_TAX_ID": 0.99,
    "EMAIL_ADDRESS": 0.99,
    "ES_NIE": 0.99,
    "ES_NIF": 0.99,
    "FR_NIR": 0.99,
    "IBAN_CODE": 0.99,
    "IP_ADDRESS": 0.981,
    "IT_FISCAL_CODE": 0.944,
    "MAC_ADDRESS": 0.99,
    "PHONE_NUMBER": 0.985,
    "PL_NIP": 0.99,
    "PL_PESEL": 0.99,
    "RU_BANK_ACCOUNT": 0.99,
    "RU_BIK": 0.99,
    "RU_BIRTH_CERTIFICATE": 0.982,
    "RU_CADASTRAL_NUMBER": 0.99,
    "RU_DRIVER_LICENSE": 0.99,
    "RU_INN": 0.985,
    "RU_KPP": 0.986,
    "RU_MILITARY_ID": 0.99,
    "RU_OGRN": 0.99,
    "RU_OMS": 0.99,
    "RU_PASSPORT": 0.983,
    "RU_PASSPORT_FOREIGN": 0.99,
    "RU_SNILS": 0.99,
    "RU_VEHICLE_PLATE": 0.99,
    "STREET_ADDRESS": 0.988,
    "SWIFT_CODE": 0.98,
    "UK_NHS": 0.99,
    "UK_NINO": 0.99,
    "US_ITIN": 0.99,
    "US_SSN": 0.99,
    "VIN": 0.99,
}
FLOOR_OF_ALL = 0.987
FLOOR_OF_EVASIONS = 0.99
SURE = 0.5

Judged = list[tuple[Sample, list[Labelled]]]


def judged(texts: Iterable[Sample]) -> Judged:
    texts = list(texts)
    scans = an_engine().scan_many([(Text("body", sample.text),) for sample in texts])
    found = [[(f.start, f.end, product_name(f.entity)) for f in scan.findings if f.confidence >= SURE] for scan in scans]
    return list(zip(texts, found, strict=True))


@pytest.fixture(scope="module")
def by_entity() -> dict[str, Score]:
    return scores(judged([*samples(), *unseen_messages.messages()]), exact=True)


@pytest.mark.parametrize("entity", FLOORS)
def test_an_entity_reaches_its_floor(entity: str, by_entity: dict[str, Score]) -> None:
    assert by_entity[entity].hit >= 40
    assert by_entity[entity].f1 >= FLOORS[entity], by_entity[entity]


def test_all_entities_together_reach_their_floor(by_entity: dict[str, Score]) -> None:
    assert micro(by_entity).f1 >= FLOOR_OF_ALL


def test_every_entity_of_the_corpus_has_a_floor() -> None:
    assert {name for sample in [*samples(), *unseen_messages.messages()] for _, _, name in sample.spans} == set(FLOORS)


def test_hidden_values_are_found_where_they_stand() -> None:
    assert micro(scores(judged(evasions()), exact=True)).f1 >= FLOOR_OF_EVASIONS


def test_at_most_one_near_miss_in_a_hundred_is_flagged() -> None:
    traps = judged(near_misses())
    flagged = [sample.near_miss for sample, found in traps if found]
    assert len(kinds()) >= 40
    assert len(flagged) <= len(traps) / 100, sorted(set(flagged))


def test_ordinary_talk_is_left_alone() -> None:
    talk = judged(Sample(text, ()) for text in unseen_chat.messages())
    assert len(talk) >= 1500
    assert sum(bool(found) for _, found in talk) <= len(talk) / 2000
