"""Registration plates of cars, trailers and motorcycles."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dlp.detect.detector import Found, Near, Pattern
from dlp.detect.view import View

# ГОСТ Р 50577-2018: only the letters that look alike in Cyrillic and Latin. Three digits of a region begin with
# 1, 2, 3, 5, 7, 8 or 9.
_LETTERS = "авекмнорстухabekmhopctyx"
_REGION = r"(\d\d|[1235789]\d\d)"
_CAR = Pattern(
    rf"([{_LETTERS}](?<![^\W_].))([ -]?)(\d{{3}})([ -]?)([{_LETTERS}]{{2}})([ ,|/-]{{0,2}}){_REGION}(?:[ ]?rus)?(?!\w)"
)
_TRAILER = Pattern(
    rf"([{_LETTERS}](?<![^\W_].)[{_LETTERS}])([ -]?)(\d{{3,4}})([ -]?)()([ ,|/-]{{0,2}}){_REGION}(?:[ ]?rus)?(?!\w)"
)
_MOTORCYCLE = Pattern(rf"(\d(?<![^\W_].)\d{{3}})([ -]?)([{_LETTERS}]{{2}})([ ,|/-]{{0,2}}){_REGION}(?:[ ]?rus)?(?!\w)")
_ONE_SCRIPT = str.maketrans("abekmhopctyx", "авекмнорстух")
_LATIN = frozenset("abekmhopctyx")
_PREPOSITIONS = frozenset("на не но от то ко во со to at".split())
_SHORT_WORDS = frozenset(
    {
        "на",
        "не",
        "но",
        "от",
        "он",
        "то",
        "та",
        "те",
        "ту",
        "ко",
        "во",
        "со",
        "ах",
        "ух",
        "ох",
        "эх",
        "ну",
        "рх",
        "ат",
        "to",
        "at",
        "ok",
        "am",
        "px",
        "xo",
    }
)

_WORDS = Near(
    r"гос\w*\.?\s?-?(?:ном\w*|знак\w*|рег\w*)", r"гос\s?№", r"г\.?\s?/?\s?н\.?\s?з?\.?(?![а-я])", r"грз(?![а-я])",
    r"номер\w*\s+(?:маш|авт|тачк|тс)\w*", r"номер\w{0,2}:?\s$",
    r"номерн\w+\s+знак\w*", r"рег\w*\.?\s+(?:знак|номер)\w*", r"авто(?:моб\w*)?(?![а-я])", r"машин\w*", r"тачк\w*",
    r"пропуск\w*", r"(?:за|при|пере|от)?парков\w*", r"(?:вест|приор|грант|нив)[аыуе](?![а-я])", r"солярис\w*", r"логан\w*",
    r"въезд\w*", r"выезд\w*", r"заезд\w*", r"заед\w*", r"а/м(?![а-я])",
    r"штраф\w*", r"гибдд", r"ворот\w*",
    r"шлагбаум\w*", r"прицеп\w*", r"мотоцикл\w*", r"мото(?![а-я])", r"такси", r"каршеринг\w*", r"фур[аыуе]\w*",
    r"грузовик\w*", r"водител\w*",
    r"(?:toyota|kia|bmw|lada|hyundai|ford|audi|volvo|камаз|газел|тойот|киа|хендай|лад|шкод|рено|фольксваген|мерседес|бмв|ауди)\w*",
    r"(?:renault|logan|nissan|mazda|skoda|mercedes|lexus|chery|haval|geely|volkswagen|vw|mitsubishi|opel|honda|subaru|suzuki|camry)\w*",
    r"гаи(?![а-я])", r"страховк\w*",
    r"licen[cs]e\s+plate\w*", r"plate\w*", r"(?:car|vehicle|truck|trailer)(?![a-z])", r"осаго", r"стс", r"vin",
    before=50, after=30,
)  # fmt: skip


class VehiclePlate:
    """Finds plates by form; a word about vehicles raises the confidence, and forms that words may take need it."""

    name = "ru_vehicle_plate"
    entity = "RU_VEHICLE_PLATE"
    anchors = (
        rf"[{_LETTERS}][ -]?[0-9]{{3}}[ -]?[{_LETTERS}]{{2}}[ ,|/-]{{0,2}}[0-9]{{2}}",
        rf"(?:^|[^0-9a-zа-я])[{_LETTERS}]{{2}}[ -]?[0-9]{{3,4}}[ ,|/-]{{1,2}}[0-9]{{2,3}}(?:[^0-9-]|-[^0-9]|$)",
        rf"(?:^|[^0-9a-zа-я])[{_LETTERS}]{{2}}[0-9]{{5,6}}",
        rf"[0-9]{{4}}[ -]?[{_LETTERS}]{{2}}[ ,|/-]{{0,2}}[0-9]{{2}}",
    )
    words: tuple[str, ...] = ()
    before = 16
    after = 6
    matches = (
        "машина А123ВС77", "его госномер а 123 вс 777", "номер авто: A123BC 199", "вот А123ВС 77", "его прицеп АВ 1234 77",
        "его мотоцикл 1234 АВ 77",
        "утром х777ам97 заедет в 10", "гос. номер М001ММ 50 RUS", "на такси АВ 123 77",
    )  # fmt: skip
    ignores = (
        "в 100 на 50",
        "С 100 НА 50",
        "а000вс77",
        "код AB 1234 77",
        "B200PT10",
        "а123вс",
        "с 100 до 77 человек",
        "т 100 то 20 руб",
    )

    def find(self, view: View, start: int, end: int) -> Iterator[Found]:
        stop = min(len(view.lower), end + 8)
        for match in _CAR.finditer(view.lower, start, stop):
            if match.start() < end and match[3] != "000":
                yield from self._car(match, view)
        for pattern in (_TRAILER, _MOTORCYCLE):
            for match in pattern.finditer(view.lower, start, stop):
                word = _WORDS.word(view, match.start(), match.end()) if match.start() < end else ""
                if word and not _SHORT_WORDS & {match[1], match[3]}:
                    yield _plate(match, 0.85, f"word near: {word}")

    def _car(self, match: re.Match[str], view: View) -> Iterator[Found]:
        word = _WORDS.word(view, match.start(), match.end())
        letters = match[1] + match[5]
        spaced = bool(match[2] or match[4])
        named = word and word in view.lower[max(0, match.start() - len(word) - 3) : match.start()]
        if word.startswith("номер") and match[5] in _SHORT_WORDS and spaced:
            return
        apart = view.text[match.start(1)].isupper() and any(
            map(str.islower, view.text[max(0, match.start() - 20) : match.start()])
        )
        if word and (named or apart or not (spaced and match[5] in _PREPOSITIONS)):
            yield _plate(match, 0.93, f"word near: {word}")
            return
        cyrillic = _LATIN.isdisjoint(letters)
        upper = view.text[match.start(1)].isupper() and view.text[match.start(5)].isupper()
        if (spaced and (match[5] in _SHORT_WORDS or not upper)) or not cyrillic:
            return
        yield _plate(match, 0.75 if upper else 0.65, "form А000АА 00")


def _plate(match: re.Match[str], confidence: float, why: str) -> Found:
    value = "".join(char for char in match.group().removesuffix("rus") if char.isalnum()).translate(_ONE_SCRIPT)
    return Found(match.start(), match.end(), value.upper(), confidence, why)


DETECTORS = (VehiclePlate(),)
