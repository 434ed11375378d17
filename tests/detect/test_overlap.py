"""One place in a text is one thing."""

from dlp.detect.overlap import settled
from tests.builders import a_finding


def names(*spans: tuple[str, int, int, float]) -> list[str]:
    return [f.entity for f in settled(a_finding(e, start=s, end=t, confidence=c) for e, s, t, c in spans)]


def test_the_surer_of_two_in_one_place_stays() -> None:
    assert names(("RU_INN", 0, 10, 0.6), ("PHONE_NUMBER", 0, 10, 0.9)) == ["PHONE_NUMBER"]


def test_a_whole_keeps_its_parts_to_itself() -> None:
    assert names(("DB_URI", 0, 40, 0.9), ("EMAIL_ADDRESS", 10, 20, 0.95)) == ["DB_URI"]
    assert names(("EMAIL_ADDRESS", 10, 20, 0.95), ("DB_URI", 0, 40, 0.9)) == ["DB_URI"]


def test_a_doubtful_whole_gives_way_to_a_sure_part() -> None:
    assert names(("STREET_ADDRESS", 0, 40, 0.5), ("CREDIT_CARD", 10, 26, 0.98)) == ["CREDIT_CARD"]


def test_neighbours_both_stay() -> None:
    assert names(("RU_INN", 0, 10, 0.6), ("RU_KPP", 10, 19, 0.9)) == ["RU_INN", "RU_KPP"]


def test_a_later_surer_one_takes_the_place_of_what_it_crosses() -> None:
    assert names(("RU_INN", 0, 10, 0.6), ("PHONE_NUMBER", 5, 16, 0.9)) == ["PHONE_NUMBER"]
