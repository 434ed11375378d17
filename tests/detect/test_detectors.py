"""What every detector gets for nothing: its own examples, its near-misses, its neighbours."""

import pytest

from dlp.detect.catalogue import detectors
from dlp.detect.detector import AnyDetector
from dlp.records import Demand, Finding, Text
from tests.engines import an_engine


def found(detector: AnyDetector, text: str) -> list[Finding]:
    """What the product finds of the detector's entity where only that entity is asked for."""
    engine = an_engine(Demand(frozenset({detector.entity})))
    return [f for f in engine.scan((Text("body", text),)).findings if f.detector == detector.name]


each_detector = pytest.mark.parametrize("detector", detectors(), ids=lambda detector: detector.name)


def test_names_are_of_one_detector_each() -> None:
    names = [detector.name for detector in detectors()]
    assert sorted(set(names)) == sorted(names)


@each_detector
def test_every_detector_has_examples_and_near_misses(detector: AnyDetector) -> None:
    assert detector.matches
    assert detector.ignores


@each_detector
def test_an_example_is_found_inside_its_text(detector: AnyDetector) -> None:
    for text in detector.matches:
        findings = found(detector, text)
        assert findings, text
        assert all(0 <= f.start < f.end <= len(text) and 0 < f.confidence <= 1 and f.value for f in findings)


@each_detector
def test_a_near_miss_is_ignored(detector: AnyDetector) -> None:
    assert [text for text in detector.ignores if found(detector, text)] == []


@each_detector
def test_neighbours_do_not_hide_an_example(detector: AnyDetector) -> None:
    frames = ("2024 {}", "{} 99", "«{}»", "{}\n{}", "ok {}, ok")
    framed = [frame.format(text, text) for frame in frames for text in detector.matches]
    assert [text for text in framed if not found(detector, text)] == []
