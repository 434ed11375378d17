"""The grammar of a Russian postal address: what may stand before a street, the street with its house, what may follow."""

from __future__ import annotations

import re

from dlp.detect.contact.places import TOWNS, is_town
from dlp.detect.detector import Pattern
from dlp.detect.view import View

_STRONG = (
    r"ул(?:иц[аеуы]|ицей|\.)?|просп(?:ект[аеу]?|\.)|пр-?(?:к?т[ау]?)\.?|пр\.|пер(?:еул(?:о?к[аеу]?|\.)|-к|\.)?"
    r"|наб(?:ережн(?:ая|ой|ую)|\.)|шоссе|ш\."
    r"|бул(?:ьв(?:ар[аеу]?|\.)|\.)|б-р\.?|мкрн?\.?|мкр-н\.?|микрорайон[аеу]?|туп(?:ик[аеу]?|\.)|пр-з?д\.?"
)
_WEAK = r"проезд[аеу]?|площад[ьи]|пл\.|алле[яеию]|лини[яию]|тракт[аеу]?|квартал[аеу]?|кв-л\.?"
_TYPE = rf"(?:{_STRONG}|{_WEAK})"
_WEAK_TYPE = Pattern(_WEAK)
_NAME_WORD = r"(?:\d{1,3}(?:-?(?:я|й|ая|ый|го|ой|ого|летия|лет))?(?![\d.])|[а-я]\.|[а-я](?:[а-я-]|(?<=[а-я])\.(?=[а-я]))+)"
_HOUSE = (
    r"(?P<house>(?P<label>(?:в )?(?:дом[аеу]?|д\.|д(?=[ ]?\d)|вл(?:адение|\.)|зд(?:ание|\.)|уч(?:асток|\.)|стр(?:оение|\.)"
    r"|корп(?:ус|\.))[ ]?№?[ ]?)?"
    r"(?P<number>\d{1,4})(?:[а-еикл](?![а-я.])|[ ][а-д](?=[,;\n]|$|[ ](?:кв|оф|корп|под))"
    r"|\"[а-е]\")?(?:[/-]\d{1,4}[а-е]?(?![\d.]))?(?:(?:[ ]?[кс]\.?|[ ]?к\.[ ]|[ ]?(?:стр|корп"
    r"|лит)\.?[ ]?)\d{1,3}[а-е]?(?![а-я\d]))*+)"
)
_NAME = rf"(?P<name>{_NAME_WORD}(?:[ ]{{1,2}}{_NAME_WORD}){{0,3}}?)"
_STREET = Pattern(
    rf"(?<![а-яa-z0-9-])(?:(?P<type>{_TYPE})(?:(?<=\.)|(?![а-я]))[ ]{{0,2}}(?:им(?:ени|\.) ?)?"
    rf"\"?{_NAME}\"?(?P<sep>[ ]?,[ ]{{0,2}}"
    rf"|[ ]{{1,2}}|\n(?=д)){_HOUSE}"
    rf"|(?P<front>(?:\d{{1,2}}-?(?:й|я|ый|ая)[ ])?[а-я][а-я-]+(?:[ ][а-я][а-я-]+)?)[ ]"
    rf"(?P<type2>{_TYPE})(?![а-я])(?P<sep2>[ ]?,[ ]{{0,2}}|[ ]{{1,2}})"
    rf"{_HOUSE.replace('<house>', '<house2>').replace('<label>', '<label2>').replace('<number>', '<number2>')})"
    r"(?![\d]|[.:]\d)"
)
_NOT_A_HOUSE = re.compile(
    r"[ ]?(?:%|руб|₽|р\.|р\b|час|мин|сек|дн[яеи]|день|лет\b|год|раз|чел|шт|км|кг|м\b|м\.|м2|метр|тыс|млн|млрд|ч\b|мес|недел"
    r"|балл|этап"
    r"|янв|фев|март|апр|мая|май\b|июн|июл|авг|сент|окт|нояб|дек|квадрат|кв\.? ?м|кв\.? ?метр|га\b|машин|групп|x\d|х\d|\*\d"
    r"|-(?:й|я|го|ми|х)\b"
    r"|(?:полос|задач|строк|штук|человек|пункт|заявк|документ|сотрудник|участник|страниц|файл|счет|вагон|место|мест|позици))"
)
_STOP_WORDS = frozenset(
    (
        "в на с со до от по за из к ко о об у и или а но не для при под над между через это был была были будет есть нет "
        "если что как где "
        "перекрыта перекрыли перекрыт закрыта закрыли закрыт открыта стоит стоимость около примерно уже еще завтра сегодня "
        "вчера дом дома "
        "квартира офис вместо ремонт пробка пробки там тут здесь составляет составила итого всего минут часов общая жилая "
        "палата каток этаж"
    ).split()
)
_BUILDING = re.compile(r"\d[ ]?(?:к|с|корп|стр)\.?[ ]?\d")
_ADJECTIVE = re.compile(r".*(?:ая|яя|ое|ее|ой|ый|ий|ые|ие|ого|его|ых|их|ую|ом|ей)$")
_RANKS = frozenset(
    (
        "маршала генерала адмирала академика героя героев братьев космонавта космонавтов летчика капитана полковника "
        "профессора имени доктора "
        "октября мая марта января февраля победы армии лет летия года партсъезда съезда красной советской дивизии"
    ).split()
)
_UNIT = (
    r"(?:корп(?:ус[аеу]?|\.)?|к\.|к(?=\d)|стр(?:оени[ея]|\.)?|лит(?:ер[аы]?|\.)?|кв(?:артир[аеуы]|-ра|\.)?|оф(?:ис[аеу]?"
    r"|\.)?|пом(?:ещени[ея]|\.)?"
    r"|под(?:ъезд[аеу]?|\.)|эт(?:аж[аеу]?|\.)|комн?(?:ат[аеуы]|\.)|каб(?:инет|\.)|секци[яию]|блок|а/я|вл(?:адение|\.)|дом|д\.)"
)
_TAIL = Pattern(
    rf"(?:[ ]?[,;][ ]{{0,2}}|[ ]{{1,2}}|\n(?=(?:кв|оф))|[ ]?-[ ](?=кв|оф))(?:(?:в )?{_UNIT}[ ]?(?:№[ ]?"
    rf"|n[ ]?)?(?:\d{{1,4}}[а-ен]?(?:[/-]\d{{1,3}})?|(?<=[тпсе.][ ])(?:\"[а-ек]\"|[а-ек]))(?![а-яa-z0-9])"
    r"|\d{1,2}(?:-?й)?[ ](?:этаж|подъезд|корпус)(?![а-я]))"
)
_FLAT_BY_COMMA = Pattern(r",[ ]?\d{1,4}(?![\d.:-]|[ ]?[а-я%])")
_TOWN_TYPE = (
    r"(?:(?:г(?:ор)?|пос|п|с|дер|д|х|р\.?п|ст-ца|пгт)\.[ ]?|(?:г|гор|город[аеу]?|пгт|поселок|поселке|село|селе|деревн[яеи]"
    r"|станица|хутор|аул|снт|днп|пос|дер)[ ])"
)
_TOWN_AFTER = Pattern(
    rf",[ ]{{0,2}}(?:{_TOWN_TYPE}(?P<named>[а-я][а-я-]+(?:[ ]новгород|[ ]челны)?)|(?P<bare>[а-я][а-я-]+(?:[ ](?:новгород"
    rf"|челны))?)|(?P<code>\d{{6}}))(?![а-я\d])"
)
_SEPARATED = re.compile(r"[ ]?[,;][ ]{0,2}\n?$|[ ]{1,2}$|[ ]?\n$")
_PART_BEFORE = re.compile(
    r"(?:(?<!\d)\d{6}"
    r"|(?<![а-я])(?:(?:респ(?:ублик[аи]|\.)[ ][а-я-]+|[а-я-]+(?:ая|ой)[ ]обл(?:аст[ьи]|\.)?|[а-я-]+(?:ий|ого)[ ]кра[йя]"
    r"|[а-я-]+(?:ий|ого)[ ]р-?(?:айо)?н[а]?\.?|[а-я-]+[ ]респ(?:ублика|\.))"
    rf"|{_TOWN_TYPE}[а-я][а-я-]+(?:[ ](?:новгород|челны|посад|тагил|луки|поляна|кут|ола|уренгой))?"
    r"|(?:россия|рф|российская федерация|беларусь|казахстан)"
    r"|(?:мкрн?\.?|микрорайон|р-н|жк|кв-л)[ ]?\"?[а-я][а-я0-9-]+\"?"
    r"))$"
)
_WORDS_BEFORE = re.compile(r"(?<![а-я.-])(?:(?P<first>н\.[ ]?|[а-я][а-я-]*[ ])?(?P<last>[а-я][а-я-]+))$")
_REACH_BEFORE = 60
_LONGEST_SEPARATOR = 8


def streets(view: View, start: int, end: int) -> list[tuple[int, int, float]]:
    """Spans of addresses whose street begins in `[start, end)`, each with how sure the form alone makes it."""
    found = []
    at = start
    while match := _STREET.search(view.lower, at, min(len(view.lower), end + 120)):
        if match.start() >= end:
            break
        street = _street(view, match)
        if street is None:
            at = match.start() + 1
            continue
        begin, sure = _begin(view, match.start() + _not_of_the_name(match))
        stop, more = _stop(view, match.end())
        confidence = street + 0.1 * (sure or more)
        found.append((begin, stop, min(0.95, confidence)))
        at = stop
    return found


def _not_of_the_name(match: re.Match[str]) -> int:
    """How many characters before an adjective are no part of the street's name: "склада Кутузовский пр."."""
    words = (match["front"] or "").split()
    if len(words) == 2 and _ADJECTIVE.fullmatch(words[1]) and not (_ADJECTIVE.fullmatch(words[0]) or words[0] in _RANKS):
        return len(words[0]) + 1 if not words[0][0].isdigit() else 0
    return 0


def _street(view: View, match: re.Match[str]) -> float | None:
    """How sure the street itself makes it, None where the words only look like one."""
    lower, text = view.lower, view.text
    name = match["name"] or match["front"]
    start, end = match.span("name" if match["name"] else "front")
    label = match["label"] or match["label2"]
    kind = match["type"] or match["type2"]
    words = name.split()
    if not any(len(word) > 2 and word[-1].isalpha() for word in words) or not _STOP_WORDS.isdisjoint(words):
        return None
    if match["name"] and words[0].isdigit() and len(words[0]) > 3 and words[1:] != ["года"]:
        return None
    capitals = text[start].isupper() or text[start].isdigit()
    weak = _WEAK_TYPE.fullmatch(kind, 0, len(kind)) is not None
    if not label and _NOT_A_HOUSE.match(lower, match.end()):
        return None
    if match["front"] and not (_ADJECTIVE.fullmatch(words[-1]) or (capitals and kind.endswith("."))):
        return None
    if match["front"] and not (capitals or label or (len(words) == 1 and not weak)):
        return None
    house = match["house"] or match["house2"]
    followed = _TAIL.match(lower, match.end(), len(lower)) is not None or _BUILDING.search(house) is not None
    if weak and not (label or capitals or followed):
        return None
    plain = _plain_name(words) or (kind == "ул." and len(words) == 2 and "," in match["sep"])
    if not capitals and not (label or followed or plain):
        return None
    if capitals and not label and not _proper_name(text[start:end].split()):
        return None
    return 0.85 if label or followed else 0.75 if capitals else 0.65


def _plain_name(words: list[str]) -> bool:
    """Whether lower-case words may be a street's name: all but the last are adjectives, numbers, initials or ranks."""
    return all(_ADJECTIVE.fullmatch(word) or word[0].isdigit() or len(word) < 3 or word in _RANKS for word in words[:-1])


def _proper_name(words: list[str]) -> bool:
    return all(
        word[0].isupper() or word[0].isdigit() or word.lower() in _RANKS or _ADJECTIVE.fullmatch(word.lower()) for word in words
    )


def _begin(view: View, start: int) -> tuple[int, bool]:
    """Where the address begins: postcode, country, region, town in front of the street; whether any of these stands there."""
    sure = False
    for _ in range(7):
        low = max(0, start - _REACH_BEFORE)
        before = view.lower[low:start]
        separator = _SEPARATED.search(before, max(0, len(before) - _LONGEST_SEPARATOR))
        if separator is None:
            break
        head = before[: separator.start()]
        match = _PART_BEFORE.search(head, _last_words(head, 3))
        begin = match.start() if match else _bare_town(view.text[low:start], head, comma="," in separator.group())
        if begin is None:
            break
        start, sure = low + begin, True
    return start, sure


def _last_words(head: str, count: int) -> int:
    """Where the last `count` words begin: nothing that may stand in front of a street has more."""
    at = len(head)
    for _ in range(count):
        at = head.rfind(" ", 0, at)
        if at < 0:
            break
    return at + 1


def _bare_town(text: str, head: str, *, comma: bool) -> int | None:
    """Where a town without "г." begins at the end of `head`, None if its last words are no town."""
    match = _WORDS_BEFORE.search(head, _last_words(head, 2))
    if match is None:
        return None
    if match["first"] and is_town(match["first"] + match["last"]):
        return match.start()
    begin = match.start("last")
    if not is_town(match["last"]) or not (comma or match["last"].replace("-", " ") in TOWNS):
        return None
    return begin if text[begin].isupper() or match["last"].replace("-", " ") in TOWNS else None


def _stop(view: View, end: int) -> tuple[int, bool]:
    """Where the address ends: building, flat, floor, then perhaps town and postcode; whether any of these stands there."""
    lower, sure = view.lower, False
    for _ in range(6):
        match = _TAIL.match(lower, end, len(lower))
        if match is None:
            break
        end, sure = match.end(), True
    for _ in range(2):
        match = _TOWN_AFTER.match(lower, end, len(lower))
        if match is None or (match["bare"] and not is_town(match["bare"])):
            break
        end, sure = match.end(), True
    return end, sure
