"""The synthetic chat corpora hold their floors: exact spans, near-misses, clean talk. Floors only rise."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from dlp.records import Finding, Text
from tests.corpus import synthetic_chat
from tests.corpus.scoring import Sample, micro, product_name, read_samples, scores
from tests.engines import an_engine

FLOORS = {
    "API_KEY": 0.99,
    "AWS_ACCESS_KEY": 0.99,
    "AWS_SECRET_KEY": 0.99,
    "CREDIT_CARD": 0.99,
    "DATE_OF_BIRTH": 0.99,
    "DB_URI": 0.99,
    "EMAIL_ADDRESS": 0.99,
    "GITHUB_TOKEN": 0.99,
    "IBAN_CODE": 0.99,
    "IP_ADDRESS": 0.99,
    "JWT": 0.99,
    "PASSWORD": 0.99,
    "PHONE_NUMBER": 0.99,
    "PRIVATE_KEY": 0.99,
    "RU_BANK_ACCOUNT": 0.99,
    "RU_BIK": 0.99,
    "RU_INN": 0.99,
    "RU_OGRN": 0.99,
    "RU_PASSPORT": 0.99,
    "RU_SNILS": 0.99,
    "STREET_ADDRESS": 0.99,
}
MICRO_FLOOR = 0.99
# What the corpora do not label: names come later, and their "cadastre" traps hold real cadastral numbers.
NOT_LABELLED = {"PERSON", "RU_CADASTRAL_NUMBER"}


class Read(NamedTuple):
    """A sample and what was found in it."""

    sample: Sample
    findings: tuple[Finding, ...]


@pytest.fixture(scope="module")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("synthetic")
    # A process of its own: the generator draws from one seeded source as it is imported.
    subprocess.run([sys.executable, synthetic_chat.__file__, str(folder)], check=True)
    return folder


def read(corpus: Path) -> list[Read]:
    samples = list(read_samples(corpus))
    scans = an_engine().scan_many([(Text("body", sample.text),) for sample in samples])
    return [
        Read(sample, tuple(finding for finding in scan.findings if finding.entity not in NOT_LABELLED))
        for sample, scan in zip(samples, scans, strict=True)
    ]


def flagged(reads: list[Read]) -> float:
    return sum(bool(one.findings) for one in reads) / len(reads)


def test_dense_identifiers_are_found_at_their_exact_spans(corpora: Path) -> None:
    by_entity = scores(
        (
            (sample, [(f.start, f.end, product_name(f.entity)) for f in findings])
            for sample, findings in read(corpora / "dense.jsonl")
        ),
        exact=True,
    )
    by_entity.pop("PERSON", None)
    assert {name: score.f1 for name, score in by_entity.items() if score.f1 < FLOORS.get(name, 1)} == {}
    assert set(by_entity) >= set(FLOORS)
    assert micro(by_entity).f1 >= MICRO_FLOOR


def test_near_misses_stay_silent(corpora: Path) -> None:
    assert flagged([one for one in read(corpora / "dense.jsonl") if one.sample.near_miss]) <= 0.01


def test_clean_chat_stays_silent(corpora: Path) -> None:
    clean = [one for one in read(corpora / "chat20k.jsonl") if not one.sample.near_miss and not one.sample.spans]
    assert flagged(clean) <= 0.0005
