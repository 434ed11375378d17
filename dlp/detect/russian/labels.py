"""Which words claim a number: "ИНН", "р/с", "паспорт", "заказ №" … in Russian and English, inflected and misspelt."""

from __future__ import annotations

import re
from typing import NamedTuple

from dlp.detect.detector import Pattern
from dlp.detect.russian.table import heading
from dlp.detect.view import View

REACH_BEFORE = 90
REACH_AFTER = 34

# First letters are tried in this order, so a longer phrase stands before the word it begins with.
_FRAGMENTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("inn", (
        r"инн+(?:ом|а|у|ы|ов|е|ам|ами|ах)?(?![a-zа-я])", r"и\.\s?н\.\s?н\.?", r"inn(?![a-z])", r"tin(?![a-z])",
        r"идентификационн\w+\s+(?:номер\w*|код\w*)\s+налог\w+", r"tax(?:payer)?[\s_-]?(?:id|number|identification|payer)\w*",
        r"налогов\w+\s+номер\w*",
    )),
    ("snils", (
        r"сни+л+и?с\w{0,3}", r"снлис\w{0,2}", r"snils\w{0,2}", r"страхов\w+\s+(?:номер|свид)\w*(?:\s+пенс\w+)?",
        r"пенсионн\w+\s+(?:номер|свид|страх|удост)\w*", r"pension\s+(?:number|insurance|account)\w*", r"(?:social\s+)?insurance\s+number",
    )),
    ("ogrn", (
        r"огрн(?:ип)?\w{0,2}", r"ogrn(?:ip)?(?![a-z])", r"осн\w+\s+гос\w+\s+рег\w+\s+номер\w*", r"егр(?:юл|ип)\w{0,2}", r"о\.\s?г\.\s?р\.\s?н\.?",
        r"(?:state\s+)?registration\s+number", r"primary\s+state\s+reg\w*",
    )),
    ("kpp", (r"кпп(?![a-zа-я])", r"kpp(?![a-z])", r"код\w*\s+причины\s+постановки\w*")),
    ("bik", (r"бик(?:ом|а|у|и|е|ов)?(?![a-zа-я])", r"bi[kc](?![a-z])", r"банковск\w+\s+идентификационн\w+\s+код\w*", r"б\.\s?и\.\s?к\.?")),
    ("account", (
        r"(?:рас+ч\w*|текущ\w+|лицев\w+|корр?\w*|транзитн\w+|банковск\w+|казначейск\w+)\.?[\s-]{0,2}(?:счет|сч[оеё]т)(?!-ф)\w*",
        r"[рклт]\s?[/\\]\s?сч?(?:ет\w*)?\.?(?![a-zа-я])", r"[рк]\s?\.\s?сч?\.?(?![а-я])", r"[рк]сч?(?![а-яa-z])",
        r"[сщ]ч?[её]т(?!\w*-фак)(?!чик)\w{0,3}(?![а-я])", r"сч\.", r"acc(?:oun)?t?s?(?![a-z])", r"settlement", r"реквизит\w*\s+счета",
    )),
    ("foreign_passport", (
        r"загран\w*(?:\s+па[сc]+п\w*)?", r"загр?\.\s?па[сc]+п\w*", r"заграничн\w+\s+па[сc]+п\w*", r"па[сc]+порт\w*\s+(?:для\s+выезда|загран\w*)",
        r"(?:international|foreign|travel)\s+(?:russian\s+)?pas+port\w*", r"zagran\w*",
    )),
    ("other_paper", (
        r"па[сc]+порт\w*\s+(?:безопасн|проект|издели|качеств|сделк|объект|отход|оборуд|прибор|скваж|здани|продук|помещ)\w*",
        r"тех(?:ническ\w+|\.)?[\s-]?па[сc]+п\w*", r"стс(?![а-я])", r"птс(?![а-я])", r"диплом\w*", r"аттестат\w*", r"осаго", r"каско",
        r"трудов\w+\s+книж\w+", r"служебн\w+\s+удост\w+", r"пенсионн\w+\s+удост\w+", r"сертификат\w*", r"лицензи\w+", r"доверенност\w*",
    )),
    ("passport", (
        r"п[ао][сc]{1,2}п[ао]?р?т\w{0,4}", r"па[сc]по?рт?\w{0,4}", r"пас+орт\w{0,3}", r"паспотр\w*", r"пспорт\w*", r"пасп\.?(?![а-я])",
        r"pas+port\w{0,2}", r"удостоверени\w+\s+личност\w+", r"документ\w*,?\s+удостоверяющ\w+\s+личн\w+", r"уд\.?\s?личн\w*",
    )),
    ("licence", (
        r"вод\w*\.?\s?уд\w*\.?(?:-\w+)?", r"в\s?[/\\]\s?у(?![а-я])", r"ву(?![а-я])", r"прав(?:а|ами|ам|ах)(?![а-я])", r"водит\w+\s+прав\w*",
        r"driv\w*'?s?\s?(?:licen[cs]e|lic|permit)\w*", r"(?:licen[cs]e|dl)\s(?:no|number|№)",
    )),
    ("oms", (r"(?:мед\w*\s+)?полис\w*(?:\s+омс)?", r"омс(?![а-я])", r"енп(?![а-я])", r"oms(?![a-z])", r"enp(?![a-z])", r"(?:health|medical)\s+(?:insurance|policy)\w*")),
    ("birth", (r"свид\w*\.?\s+о\s+рожд\w*", r"св-во\s+о\s+рожд\w*", r"о\s+рождении", r"метрик\w*", r"birth\s+cert\w*")),
    ("civil_record", (r"о\s+(?:браке|заключении|смерти|расторжении|перемене|усыновлении|установлении)\w*", r"(?:death|marriage|divorce)\s+cert\w*")),
    ("military", (r"воен\w*\.?\s?бил\w*\.?", r"военник\w*", r"в\s?/\s?б(?![а-я])", r"удостоверени\w+\s+офицер\w*", r"military\s+(?:id|card|ticket)\w*")),
    ("card", (r"iban(?![a-z])", r"карт(?:а|ы|е|у|ой|очк\w+)(?![а-я])", r"card\w*", r"cc(?![a-z])")),
    ("phone", (
        r"тел(?:\.|ефон\w*)?(?![а-я])", r"моб(?:\.|ил\w+)?(?![а-я])", r"сот(?:\.|ов\w+)", r"(?:tele)?phone\w*", r"tel\.?(?![a-z])", r"mobile",
        r"cell(?![a-z])", r"fax", r"факс\w*", r"what'?s?app", r"в[ао][тц]+с?ап\w*", r"viber", r"вайбер\w*", r"позвон\w*", r"звон\w*", r"набер\w*",
        r"call(?![a-z])", r"доб\.", r"добавочн\w*", r"для\s+связи", r"tg(?![a-z])",
    )),
    ("order", (
        r"заказ(?!чик)\w*", r"orders?(?![a-z])", r"заявк\w*", r"заявок", r"тикет\w*", r"tickets?(?![a-z])", r"задач\w*", r"issues?(?![a-z])",
        r"инцидент\w*", r"incident\w*", r"обращени\w*", r"артикул\w*", r"арт\.", r"sku(?![a-z])", r"трек\w*", r"track\w*", r"накладн\w*", r"ттн(?![а-я])",
        r"штрих-?\s?код\w*", r"шк(?![а-я])", r"barcode\w*", r"ean(?![a-z])", r"upc(?![a-z])", r"gtin", r"isbn\w*", r"плат[её]ж\w*", r"п/п(?![а-я])",
        r"payments?(?![a-z])", r"transactions?(?![a-z])", r"транзакци\w*", r"инвойс\w*", r"invoices?(?![a-z])", r"счет\w*-фактур\w*", r"посылк\w*",
        r"parcel\w*", r"shipment\w*", r"отправлени\w*", r"брон[ьи]\w*", r"booking", r"квитанци\w*", r"чек(?:а|у|и|ов|ом|е)?(?![а-я])", r"receipt\w*",
        r"договор\w*", r"contract(?![a-z])", r"контракт\w*", r"лот(?:а|у|ы|ов|ом|е)?(?![а-я])", r"парти[яию](?![а-я])", r"уин(?![а-я])", r"серийн\w+",
        r"билет\w*", r"рейс\w*", r"билинг\w*", r"купон\w*", r"промокод\w*", r"закупк\w*", r"извещени\w*", r"тендер\w*",
    )),
    ("time", (r"timestamp\w*", r"таймстамп\w*", r"ts(?![a-z])", r"unix\w*", r"юникс\w*", r"epoch\w*", r"exp(?:ires?)?(?![a-z])", r"iat(?![a-z])", r"nbf(?![a-z])",
              r"time(?![a-z])", r"took(?![a-z])", r"created(?:_at)?(?![a-z])", r"updated(?:_at)?(?![a-z])")),
    ("money", (r"сумм\w*", r"итого", r"amount\w*", r"total\w*", r"стоимост\w*", r"баланс\w*", r"balance\w*", r"price\w*", r"цен[аыуе](?![а-я])")),
    ("technical", (
        r"(?:user|request|req|session|message|msg|chat|item|trace|span|job|task|batch|event|client|object|row|post|build|device)?[_-]?ids?(?![a-z])",
        r"uid(?![a-z])", r"offset\w*", r"batch\w*", r"[rt]x(?![a-z])", r"kernel", r"pid(?![a-z])", r"port(?![a-z])", r"size(?![a-z])", r"bytes?(?![a-z])",
        r"count(?![a-z])", r"hash(?![a-z])", r"commit(?![a-z])", r"build(?![a-z])", r"сборк\w*", r"верси[яиюей]\w*", r"version\w*", r"imei(?![a-z])",
        r"имей(?![а-я])", r"serial\w*", r"s/n(?![a-z])", r"s\.n\.", r"айди(?:шник\w*)?(?![а-я])", r"ид(?![а-я])", r"канал\w*", r"координат\w*",
    )),
    ("series", (r"сери[яиюейй]{1,2}(?![а-я])", r"сер\.", r"series(?![a-z])")),
)

# A word begins where letters of its script begin, so a label glued to another script's letter is still read.
_BEGINS = "(?:(?<![а-я])(?=[а-я])|(?<![a-z0-9])(?=[a-z]))"
_WORDS = Pattern(_BEGINS + "(?:" + "|".join(f"(?P<{kind}>{'|'.join(words)})" for kind, words in _FRAGMENTS) + ")")
_DATES = Pattern(r"\b\d{1,2}\.\d{1,2}\.\d{2,4}\b|\b\d{3}-\d{3}\b")
_SPENT = Pattern(r"\d{4,}[^\n]*?[^\W\d_]{3,}|\d{4,}[^\n]*\n\s*[^\W\d_]{3,}", re.DOTALL)
_LISTED = Pattern(r"[\d/|*`_~-]+[,;]?")
_LINKS = " \t\r\n:=-\"'>#№("
_LONGEST_GAP, _OWN_WORDS, _QUIET_WORDS = 32, 4, 2
# What may stand between a number and the word after it that says what it is: "… — это номер заказа".
_LINKING_WORDS = Pattern(r"[\s\"'(),:*-]*(?:(?:это|наш\w?|мой|мо[яе]|его|ее|их|номер\w{0,2}|is|my|our|his|her)[\s-]+){0,3}")
_LABELS_NEXT = Pattern(r"[^\w\n]{0,4}\d|\s*[:=№#]")
_CLAUSE_END = frozenset(",;!?\n\ufffd")
_QUIETING = frozenset({"phone", "order", "time", "money", "technical", "card"})


class Label(NamedTuple):
    """A word that may claim a number; `tight` is true where no clause ends between the two."""

    kind: str
    word: str
    start: int
    end: int
    tight: bool


class Claim(NamedTuple):
    """Who claims a number: its own label (`word`), another one (`taken`), or nobody. `tight` belongs to the own label."""

    word: str = ""
    tight: bool = False
    taken: str = ""
    kinds: frozenset[str] = frozenset()


NOBODY = Claim()


def claim_on(view: View, start: int, end: int, *kinds: str) -> Claim:
    """Who claims `[start, end)`: the table's column heading, else the labels nearest before it, else the one right after it.

    A label is spent when another number and further words stand between it and this number.
    """
    labels = _in_heading(view, start) or _before(view, start)
    claim = _judge(labels, kinds)
    if claim.word or claim.taken:
        return claim
    return _judge(_after(view, end), kinds)


def _judge(labels: tuple[Label, ...], kinds: tuple[str, ...]) -> Claim:
    named = frozenset(label.kind for label in labels)
    for label in labels:
        if label.kind in kinds:
            return Claim(label.word, label.tight, "", named)
    for label in labels:
        if label.tight:
            return Claim("", False, label.kind, named)
    return NOBODY


def _in_heading(view: View, start: int) -> tuple[Label, ...]:
    cell = heading(view, start)
    if not cell:
        return ()
    return tuple(
        Label(match.lastgroup or "", match.group(), 0, 0, tight=True) for match in _WORDS.finditer(cell, 0, len(cell))
    )


def _before(view: View, start: int) -> tuple[Label, ...]:
    lower = view.lower
    matches = [match for match in _WORDS.finditer(lower, max(0, start - REACH_BEFORE), start)]
    group: list[Label] = []
    for match in reversed(matches):
        label = _label(lower, match, start)
        if group:
            between = lower[label.end : group[-1].start]
            if any(char.isdigit() for char in between) or (group[-1].kind in _QUIETING and _clause_ends(between)):
                break
            group.append(label._replace(tight=label.tight or group[-1].tight))
        elif label.tight or label.kind not in _QUIETING:
            if _spent(lower[label.end : start]):
                break
            group.append(label)
    return tuple(group)


def _label(lower: str, match: re.Match[str], start: int) -> Label:
    kind = match.lastgroup or ""
    tight = _is_tight(lower[match.end() : start], _QUIET_WORDS if kind in _QUIETING else _OWN_WORDS)
    return Label(kind, match.group(), match.start(), match.end(), tight)


def _is_tight(gap: str, words: int) -> bool:
    """True where at most so many words and no clause's end part a label and its number; a list of numbers is no such end."""
    if not any(map(str.isalpha, gap)):
        gap = _LISTED.compiled.sub("", gap)
    gap = gap.strip(_LINKS)
    return len(gap) <= _LONGEST_GAP and len(gap.split()) <= words and not _clause_ends(gap + " ")


def _clause_ends(gap: str) -> bool:
    return not _CLAUSE_END.isdisjoint(gap) or ". " in gap


def _spent(gap: str) -> bool:
    """True where another number, then words, stand in `gap`; dates and department codes are no such number."""
    if not any(char.isdigit() for char in gap):
        return False
    return _SPENT.compiled.search(_DATES.compiled.sub("", gap)) is not None


def _after(view: View, end: int) -> tuple[Label, ...]:
    lower = view.lower
    line_end = lower.find("\n", end, end + REACH_AFTER)
    stop = line_end if line_end >= 0 else min(len(lower), end + REACH_AFTER)
    match = _WORDS.search(lower, end, stop)
    if match is None or any(char.isdigit() for char in lower[end : match.start()]):
        return ()
    if _LABELS_NEXT.match(lower, match.end(), min(len(lower), match.end() + 8)):
        return ()
    gap, kind = lower[end : match.start()], match.lastgroup or ""
    linked = _LINKING_WORDS.compiled.fullmatch(gap) is not None
    if kind in _QUIETING and not linked:
        return ()
    return (Label(kind, match.group(), match.start(), match.end(), linked or _is_tight(gap, _QUIET_WORDS)),)
