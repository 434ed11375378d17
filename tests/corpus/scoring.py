"""Precision, recall and F1 of findings against labelled spans."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

Labelled = tuple[int, int, str]

# The generator's short names, and what the product calls the same things.
PRODUCT_NAMES = {
    "INN": "RU_INN",
    "SNILS": "RU_SNILS",
    "OGRN": "RU_OGRN",
    "RU_OGRNIP": "RU_OGRN",
    "BIK": "RU_BIK",
    "BANK_ACCOUNT": "RU_BANK_ACCOUNT",
    "PHONE": "PHONE_NUMBER",
    "EMAIL": "EMAIL_ADDRESS",
    "IBAN": "IBAN_CODE",
    "ADDRESS": "STREET_ADDRESS",
    "AWS_KEY": "AWS_ACCESS_KEY",
    "AWS_SECRET": "AWS_SECRET_KEY",
    "TELEGRAM_BOT_TOKEN": "API_KEY",
}


class Sample(NamedTuple):
    """A labelled text; `near_miss` names the kind of trap it is, "" for none."""

    text: str
    spans: tuple[Labelled, ...]
    near_miss: str = ""


class Score(NamedTuple):
    """Counts of one entity, and what they make."""

    hit: int
    false: int
    missed: int

    @property
    def precision(self) -> float:
        return self.hit / (self.hit + self.false) if self.hit + self.false else 1.0

    @property
    def recall(self) -> float:
        return self.hit / (self.hit + self.missed) if self.hit + self.missed else 1.0

    @property
    def f1(self) -> float:
        return 2 * self.hit / (2 * self.hit + self.false + self.missed) if self.hit + self.false + self.missed else 1.0


def product_name(label: str) -> str:
    """The product's name of a label; kinds the corpus does not tell apart have one name."""
    return PRODUCT_NAMES.get(label, label)


def read_samples(path: Path) -> Iterator[Sample]:
    """The samples of a JSONL file with `text`, `spans` and `neg`."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            spans = tuple((start, end, product_name(label)) for start, end, label in row["spans"])
            yield Sample(row["text"], spans, row["neg"] or "")


def scores(pairs: Iterable[tuple[Sample, Sequence[Labelled]]], *, exact: bool) -> dict[str, Score]:
    """The score of each entity over (sample, found spans); not `exact`: a find that overlaps its label counts."""
    hit: Counter[str] = Counter()
    false: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for sample, found in pairs:
        left = list(sample.spans)
        for start, end, name in found:
            label = next((x for x in left if x[2] == name and _same((start, end), x, exact=exact)), None)
            if label:
                left.remove(label)
            (hit if label else false)[name] += 1
        missed.update(name for _, _, name in left)
    return {name: Score(hit[name], false[name], missed[name]) for name in sorted(hit | false | missed)}


def micro(by_entity: dict[str, Score]) -> Score:
    """All entities counted together."""
    return Score(*(sum(score[i] for score in by_entity.values()) for i in range(3)))


def _same(span: tuple[int, int], label: Labelled, *, exact: bool) -> bool:
    return span == label[:2] if exact else span[0] < label[1] and label[0] < span[1]
