"""One text costs bounded work, whatever it is made of, and a limit that bites is told."""

import string
import time

import pytest

from dlp.detect.catalogue import detectors
from dlp.detect.engine import LONGEST_TEXT, Engine
from dlp.records import Gap, GapReason, Text
from tests.engines import an_engine

MEGABYTE = 1_000_000
BASE64 = string.ascii_letters + string.digits + "+/"

WALLS = {
    "digits": "1234567890",
    "spaced digits": "1 2 3 4 5 6 7 8 9 0 ",
    "card-like groups": "4111 1111 1111 1112 ",
    "dotted digits": "10.20.30.",
    "base64": BASE64,
    "zero-width": "\u200b",
    "zero-width between letters": "a\u200b",
    "confusables": "пapoль ",
    "look-alike digits": "1O З0 ",
    "passwords": "пароль: ",
    "equals": "password=",
    "quotes": "\"'«»`",
    "begin": "-----BEGIN PRIVATE KEY-----\n",
    "at signs": "a@b.",
    "colons": "a:b:",
    "slashes": "https://a:b@",
    "brackets": "{[(<",
    "streets": "ул. Ленина, д. ",
    "words": "паспорт серия номер выдан карта счёт ",
    "plus signs": "+7 (9",
    "spaces": " ",
    "newlines": "\n",
    "tokens": "ghp_ sk_live_ xoxb- AKIA eyJ eyJhbGciOi ",
}


@pytest.fixture(scope="module")
def engine() -> Engine:
    return an_engine()


@pytest.mark.parametrize("wall", WALLS)
def test_a_wall_four_times_as_long_costs_no_square_of_the_time(engine: Engine, wall: str) -> None:
    def seconds(length: int) -> float:
        text = (WALLS[wall] * (length // len(WALLS[wall]) + 1))[:length]
        began = time.process_time()
        engine.scan((Text("body", text),))
        return time.process_time() - began

    # Linear is 4, quadratic 16; the floor keeps timer noise out where both are quick.
    assert seconds(MEGABYTE) < 9 * max(seconds(MEGABYTE // 4), 0.1)


def test_a_text_over_its_budget_is_told(engine: Engine) -> None:
    gaps = engine.scan((Text("body", WALLS["card-like groups"] * 50_000),)).gaps
    assert [gap.reason for gap in gaps] == [GapReason.WORK]


def test_a_text_too_long_is_read_as_far_as_the_limit_and_told(engine: Engine) -> None:
    card = "карта 4111 1111 1111 1111 "
    scan = engine.scan((Text("body", card + "слово " * (LONGEST_TEXT // 6)),))
    assert scan.gaps == (Gap("body", GapReason.TOO_LARGE, f"over {LONGEST_TEXT} characters"),)
    assert [finding.entity for finding in scan.findings] == ["CREDIT_CARD"]


def test_a_crashing_detector_is_a_gap_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    card = next(d for d in detectors() if d.entity == "RU_SNILS")

    def crash(*_: object) -> None:
        raise LookupError

    monkeypatch.setattr(type(card), "judge", crash)
    scan = an_engine().scan((Text("body", "СНИЛС 112-233-445 95, карта 4111 1111 1111 1111"),))
    assert scan.gaps == (Gap("body", GapReason.CRASH, "ru_snils"),)
    assert [finding.entity for finding in scan.findings] == ["CREDIT_CARD"]
