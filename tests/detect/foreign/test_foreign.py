"""Identifiers of other states need their own name beside them."""

import pytest

from dlp.detect.engine import Engine
from dlp.detect.foreign.national_number import DETECTORS, NationalNumber
from dlp.records import Demand, Text


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda detector: str(detector.name))
def test_the_number_alone_is_not_enough(detector: NationalNumber) -> None:
    engine = Engine(Demand(frozenset({detector.entity})))
    number = engine.scan((Text("body", detector.matches[0]),)).findings[0]
    bare = detector.matches[0][number.start : number.end]
    assert engine.scan((Text("body", f"заказ {bare} готов"),)).findings == ()


def test_an_insurance_number_without_its_word_is_less_sure() -> None:
    engine = Engine(Demand(frozenset({"UK_NINO"})))
    bare = engine.scan((Text("body", "see AB123456C"),)).findings[0]
    named = engine.scan((Text("body", "my national insurance number is AB123456C"),)).findings[0]
    assert bare.confidence < named.confidence
