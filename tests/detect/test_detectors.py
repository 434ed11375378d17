"""What every detector gets for nothing: its own examples, its near-misses, its neighbours."""

from collections.abc import Iterator

import pytest

from dlp.detect.catalogue import DETECTORS
from dlp.detect.detector import AnyDetector
from dlp.detect.engine import Engine
from dlp.records import Demand, Finding, Text

ENGINES: dict[str, Engine] = {}


def found(detector: AnyDetector, text: str) -> list[Finding]:
    """What the product finds of the detector's entity where only that entity is asked for."""
    engine = ENGINES.setdefault(detector.entity, Engine(Demand(frozenset({detector.entity}))))
    return [f for f in engine.scan((Text("body", text),)).findings if f.detector == detector.name]


def examples(kind: str) -> Iterator[object]:
    for detector in DETECTORS:
        for index, text in enumerate(getattr(detector, kind)):
            yield pytest.param(detector, text, id=f"{detector.name}-{index}")


def test_names_are_of_one_detector_each() -> None:
    names = [detector.name for detector in DETECTORS]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda d: d.name)
def test_every_detector_has_examples(detector: AnyDetector) -> None:
    assert detector.matches
    assert detector.ignores


@pytest.mark.parametrize(("detector", "text"), examples("matches"))
def test_an_example_is_found_inside_its_text(detector: AnyDetector, text: str) -> None:
    findings = found(detector, text)
    assert findings
    assert all(0 <= f.start < f.end <= len(text) and 0 < f.confidence <= 1 and f.value for f in findings)


@pytest.mark.parametrize(("detector", "text"), examples("ignores"))
def test_a_near_miss_is_ignored(detector: AnyDetector, text: str) -> None:
    assert found(detector, text) == []


@pytest.mark.parametrize(("detector", "text"), examples("matches"))
@pytest.mark.parametrize("frame", ["2024 {}", "{} 99", "«{}»", "{}\n{}", "ok {}, ok"])
def test_neighbours_do_not_hide_an_example(detector: AnyDetector, text: str, frame: str) -> None:
    assert found(detector, frame.format(text, text))
