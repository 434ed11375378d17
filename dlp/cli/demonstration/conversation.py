"""Who says what and when in a chat of the demonstration."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from dlp.cli.demonstration.company import Colleague, Room
from dlp.cli.demonstration.identifiers import Identifiers
from dlp.cli.demonstration.leaks import MAKERS, File
from dlp.cli.demonstration.talk import ordinary_line

FIRST_MOMENT = 1_772_431_200  # Monday, 2 March 2026, 9:00 in Moscow
DAY = 86_400
WORKING_DAY = 9 * 3_600
FEWEST_BETWEEN_LEAKS = 25


class Said(NamedTuple):
    """One message: `moment` in unix seconds; `edited` too, or 0; `answers` is the number of the message it answers."""

    number: int
    moment: int
    who: Colleague
    text: str
    files: tuple[File, ...] = ()
    edited: int = 0
    answers: int = 0
    pack: str = ""


def conversation(room: Room, count: int, chance: Random, *, english: float = 0.0) -> Iterator[Said]:
    """`count` messages, mostly in working hours; every pack leaks where the room is long enough, and nearly never otherwise."""
    make = Identifiers(chance)
    leaks = _places_of_leaks(count, chance)
    moment = FIRST_MOMENT
    pause = max(2, min(2_400, 40 * WORKING_DAY // max(1, count)))
    for number in range(1, count + 1):
        moment = _next_moment(moment, chance, pause)
        who = chance.choice(room.people)
        leak = leaks.get(number)
        if leak is not None:
            sent = MAKERS[leak](make, chance)
            yield Said(number, moment, who, sent.text, sent.files, pack=sent.pack)
            continue
        text = ordinary_line(chance, english)
        edited = moment + 40 if chance.random() < 0.02 else 0
        answers = number - chance.randrange(1, 4) if number > 4 and chance.random() < 0.1 else 0
        yield Said(number, moment, who, text, _ordinary_files(chance), edited, answers)


def _places_of_leaks(count: int, chance: Random) -> dict[int, int]:
    wanted = max(min(len(MAKERS), count // 3), count // 400)
    wanted = min(wanted, max(len(MAKERS), count // FEWEST_BETWEEN_LEAKS), count)
    places = sorted(chance.sample(range(1, count + 1), wanted))
    return {place: index % len(MAKERS) for index, place in enumerate(places)}


def _next_moment(moment: int, chance: Random, pause: int) -> int:
    moment += chance.randrange(1, 2 * pause)
    in_day = (moment - FIRST_MOMENT) % DAY
    if in_day > WORKING_DAY and chance.random() < 0.97:
        moment += DAY - in_day
        weekday = (moment - FIRST_MOMENT) // DAY % 7
        moment += DAY * (7 - weekday) if weekday > 4 else 0
    return moment


def _ordinary_files(chance: Random) -> tuple[File, ...]:
    if chance.random() >= 0.02:
        return ()
    return (chance.choice((File("photo.jpg", "image/jpeg", 182_004), File("план работ.pdf", "application/pdf", 91_412))),)
