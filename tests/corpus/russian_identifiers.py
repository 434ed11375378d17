"""A labelled corpus of Russian identifiers as people type, paste and log them; fixed seed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from random import Random

from tests.corpus.scoring import Labelled, Sample

SEED = 20261207

_REGIONS = ("01", "05", "23", "29", "34", "47", "50", "54", "61", "66", "71", "74", "77", "78", "86")
_OKATO = ("03", "11", "14", "22", "36", "40", "45", "46", "57", "65", "75", "80", "92")
_ACCOUNTS = ("40602", "40702", "40703", "40802", "40817", "40820", "42301", "42306", "42601", "40502")
_LETTERS = "АВЕКМНОРСТУХ"
_VIN = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
_SIGNS = {"-": ("-", "\u2013", "\u2011"), " ": (" ", " ", "\u00a0")}


def _digits(random: Random, count: int) -> str:
    return "".join(random.choice("0123456789") for _ in range(count))


def _weighted(digits: str, weights: tuple[int, ...]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))


def _wrong(digits: str, random: Random) -> str:
    return digits[:-1] + str((int(digits[-1]) + random.randint(1, 9)) % 10)


def _firm_inn(random: Random) -> str:
    body = random.choice(_REGIONS) + _digits(random, 7)
    return body + str(_weighted(body, (2, 4, 10, 3, 5, 9, 4, 6, 8)) % 11 % 10)


def _person_inn(random: Random) -> str:
    body = random.choice(_REGIONS) + _digits(random, 8)
    body += str(_weighted(body, (7, 2, 4, 10, 3, 5, 9, 4, 6, 8)) % 11 % 10)
    return body + str(_weighted(body, (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)) % 11 % 10)


def _inn(random: Random) -> str:
    return random.choice((_firm_inn, _person_inn))(random)


def _snils_digits(random: Random) -> str:
    body = str(random.randint(10, 199)).zfill(3) + _digits(random, 6)
    return body + f"{_weighted(body, (9, 8, 7, 6, 5, 4, 3, 2, 1)) % 101 % 100:02d}"


def _snils(random: Random) -> str:
    digits = _snils_digits(random)
    parts = (digits[:3], digits[3:6], digits[6:9], digits[9:])
    dash, space = random.choice(_SIGNS["-"]), random.choice(_SIGNS[" "])
    forms = (dash.join(parts[:3]) + space + parts[3], dash.join(parts), space.join(parts), ".".join(parts[:3]) + " " + parts[3])
    return random.choice((*forms, dash.join(parts[:3]) + space + parts[3]))


def _ogrn(random: Random) -> str:
    body = f"{random.choice('15')}{random.randint(2, 26):02d}{random.choice(_REGIONS)}{_digits(random, 7)}"
    return body + str(int(body) % 11 % 10)


def _ogrnip(random: Random) -> str:
    body = f"3{random.randint(4, 26):02d}{random.choice(_REGIONS)}{_digits(random, 9)}"
    return body + str(int(body) % 13 % 10)


def _kpp(random: Random) -> str:
    return random.choice(_REGIONS) + _digits(random, 2) + random.choice(("01001", "01001", "43001", "50002", "01010"))


def _bik(random: Random) -> str:
    return "04" + random.choice(_OKATO) + _digits(random, 2) + f"{random.randint(100, 999)}"


def _account(random: Random, bik: str) -> str:
    head, tail = random.choice(_ACCOUNTS) + random.choice(("810", "810", "840", "978", "156")), _digits(random, 11)
    weights = (7, 1, 3) * 7 + (7, 1)
    return next(account for key in range(10) if _weighted(bik[6:] + (account := f"{head}{key}{tail}"), weights) % 10 == 0)


def _correspondent(bik: str) -> str:
    weights = (7, 1, 3) * 7 + (7, 1)
    for key in range(10):
        account = f"30101810{key}00000000{bik[6:]}"
        if _weighted("0" + bik[4:6] + account, weights) % 10 == 0:
            return account
    raise AssertionError


def _wrong_key(account: str) -> str:
    return f"{account[:8]}{(int(account[8]) + 1) % 10}{account[9:]}"


def _series(random: Random) -> tuple[str, str]:
    return f"{random.choice(_OKATO)}{random.choice((98, 99, *range(26))):02d}", _digits(random, 6)


def _passport(random: Random) -> str:
    series, number = _series(random)
    half = f"{series[:2]} {series[2:]}"
    forms = (
        f"{series} {number}", f"{half} {number}", f"{series}{number}", f"{series}-{number}", f"{series} № {number}",
        f"{half} №{number}",
        f"{series} N {number}", f"{series[:2]}-{series[2:]} {number}", f"серия {series} номер {number}",
        f"серия {half}, № {number}",
        f"{half} {number[:3]} {number[3:]}", f"{series} номер {number}", f"{half}\u00a0{number}", f"сер. {half} № {number}",
    )  # fmt: skip
    return random.choice(forms)


def _ten(random: Random) -> str:
    series, number = _series(random)
    return random.choice((f"{series} {number}", f"{series[:2]} {series[2:]} {number}", f"{series}{number}"))


def _foreign_passport(random: Random) -> str:
    series, number = random.choice(("51", "63", "71", "75", "77")), _digits(random, 7)
    return random.choice((f"{series} {number}", f"{series}{number}", f"{series}-{number}", f"{series} № {number}"))


def _oms(random: Random) -> str:
    body = random.choice(_REGIONS) + _digits(random, 13)
    total = sum(int(digit) if place % 2 else int(digit) * 2 - 9 * (digit > "4") for place, digit in enumerate(body))
    digits = body + str(-total % 10)
    return random.choice((digits, " ".join(digits[at : at + 4] for at in range(0, 16, 4))))


def _birth(random: Random) -> str:
    letters = random.choice("АБВГДЕ") + random.choice("АБВГЖЗИКЛМНОПР")
    return f"{random.choice(('I', 'II', 'III', 'IV', 'V'))}-{letters} {random.choice(('№ ', '№', ''))}{_digits(random, 6)}"


def _military(random: Random) -> str:
    return f"{random.choice('АБВГ')}{random.choice('АБВМНСЕ')} {random.choice(('№ ', '№', ''))}{_digits(random, 7)}"


def _plate(random: Random) -> str:
    first, second, third = (random.choice(_LETTERS) for _ in range(3))
    number, region = f"{random.randint(1, 999):03d}", random.choice(("77", "99", "177", "777", "50", "78", "116", "23"))
    text = random.choice(
        (
            f"{first}{number}{second}{third}{region}",
            f"{first}{number}{second}{third} {region}",
            f"{first} {number} {second}{third} {region}",
        )
    )
    return random.choice((text, text, text.lower()))


def _vin(random: Random) -> str:
    described = "".join(random.choice(_VIN) for _ in range(9))
    return f"{random.choice(('XTA', 'Z94', 'X7L', 'XW8', 'WBA', 'JTM'))}{described}A{_digits(random, 4)}"


def _cadastral(random: Random) -> str:
    quarter = _digits(random, random.choice((6, 7)))
    return f"{random.choice(_REGIONS)}:{random.randint(1, 60):02d}:{quarter}:{random.randint(1, 99999)}"


_MAKE: dict[str, tuple[str, Callable[[Random], str]]] = {
    "inn": ("RU_INN", _inn), "firm": ("RU_INN", _firm_inn), "person": ("RU_INN", _person_inn), "snils": ("RU_SNILS", _snils),
    "snils11": ("RU_SNILS", _snils_digits), "ogrn": ("RU_OGRN", _ogrn), "ogrnip": ("RU_OGRN", _ogrnip), "kpp": ("RU_KPP", _kpp),
    "passport": ("RU_PASSPORT", _passport), "foreign": ("RU_PASSPORT_FOREIGN", _foreign_passport),
    "licence": ("RU_DRIVER_LICENSE", _ten),
    "pass10": ("RU_PASSPORT", _ten), "oms": ("RU_OMS", _oms), "birth": ("RU_BIRTH_CERTIFICATE", _birth),
    "military": ("RU_MILITARY_ID", _military),
    "plate": ("RU_VEHICLE_PLATE", _plate), "vin": ("VIN", _vin), "cadastral": ("RU_CADASTRAL_NUMBER", _cadastral),
}  # fmt: skip
_BANK = {"bik": "RU_BIK", "account": "RU_BANK_ACCOUNT", "correspondent": "RU_BANK_ACCOUNT"}

_TEMPLATES = (
    "по ИННу {inn} ничего не бьётся", "скинь выписку, инн {firm}", "Инн физика — {person}, проверь самозанятость",
    "ИНН/КПП: {firm}/{kpp}", "ИНН {firm} КПП {kpp} ОГРН {ogrn}",
    "инн{firm}, кпп{kpp}", "ООО Вектор ({firm}) просит скидку", "добавь в 1С контрагента {firm}",
    "ИНН: {firm}, {firm}, {person}", "tax ID of the supplier is {firm}",
    "client_inn={person} status=ok", '{"inn": "{firm}", "kpp": "{kpp}"}', "> ИНН получателя\n> {firm}", "{firm} (это их инн)",
    "инн самозанятого: {person}",
    "договор 17/3 от 02.03.2024, ИНН заказчика {firm}", "ип сидоров инн {person} огрнип {ogrnip}", "ИНН № {firm}",
    "ИНН\t{firm}\nКПП\t{kpp}\nОГРН\t{ogrn}",
    "Название | ИНН | КПП\nООО Луч | {firm} | {kpp}\nАО Свет | {firm} | {kpp}",
    "Имя;СНИЛС;ИНН\nПётр;{snils};{person}\nОльга;{snils11};{person}",
    "снилса нет, есть только инн {person}", "номер налогоплательщика инн {inn}", "ИНН\n{firm}\nОГРН\n{ogrn}",
    "вот мой инн, записывай: {person}",
    "снилс {snils}", "СНИЛС: {snils11}", "по снилсу {snils} не найден", "Мой СНИЛС — {snils}.", "снилсы: {snils}, {snils}",
    "страховой номер {snils11}", "SNILS no. {snils}",
    "страховое свидетельство {snils}", "прикрепляю: {snils}", "[12:04] Маша: {snils} снилс мужа",
    "снилс ребёнка {snils} полис {oms}", "snils={snils11}&step=2",
    "ФИО\tСНИЛС\tТелефон\nИванов И. И.\t{snils}\t+7 916 000-00-00", "огрн у них {ogrn}", "ОГРНИП: {ogrnip}",
    "по ОГРНу {ogrn} ликвидирована", "ogrn:{ogrn}",
    "р/с {account} в банке, БИК {bik}", "Банк: Точка\nБИК: {bik}\nК/с: {correspondent}\nР/с: {account}",
    "переведи на счет {account} бик {bik} к/с {correspondent}",
    "расчетный счёт № {account}, бик банка {bik}", "БИК/Счёт: {bik}/{account}", "рассчетный счет {account}",
    "лицевой счёт {account}", "acct {account}, BIC {bik}",
    "ИНН {firm}, КПП {kpp}, р/с {account}, к/с {correspondent}, БИК {bik}, ОГРН {ogrn}", "реквизиты: {account}, {bik}",
    "счёт\tбик\n{account}\t{bik}",
    "паспорт {passport}", "по паспорту {passport} оформили", "Паспортные данные:\n{passport}",
    "пасспорт {passport} выдан ГУ МВД", "данные паспорта — {passport}, прописка в Туле",
    "Паспорт гражданина РФ: {passport}", "серия/номер паспорта {pass10}",
    "ФИО | паспорт | дата\nИванова А. | {pass10} | 01.02.2024\nПетров С. | {pass10} | 03.02.2024",
    "her Russian passport is {passport}", "удостоверение личности: паспорт {passport}",
    "паспорт водителя {passport}, машина {plate}", "документ: паспорт рф {passport} от 11.11.2011",
    "{passport} — паспорт директора", "[10.02.2025, 11:20] Олег: паспорт {passport}", "загранпаспорт {foreign}",
    "загран: {foreign} до 2031", "foreign passport no {foreign}", "номер загранника {foreign}",
    "водительское удостоверение {licence}", "ВУ {licence}", "в/у: {licence} кат. B", "вод.удостоверение {licence}",
    "driving licence {licence}", "полис ОМС {oms}", "енп {oms}",
    "свидетельство о рождении {birth}", "св-во о рождении ребёнка: {birth}", "военный билет {military}", "военник: {military}",
    "машина {plate} на въезд", "пропуск на авто {plate}",
    "госномер {plate}", "VIN {vin}", "вин: {vin}", "кадастровый {cadastral}", "участок с кад. номером {cadastral}",
)  # fmt: skip

_NEAR_MISSES: tuple[tuple[str, Callable[[Random], str]], ...] = (
    ("inn", lambda r: f"{r.choice(('ИНН', 'по инн', 'инн поставщика'))} {_wrong(_firm_inn(r), r)}"),
    ("snils", lambda r: f"снилс {_wrong(_snils(r), r)}"),
    ("ogrn", lambda r: f"ОГРН {_wrong(_ogrn(r), r)}"),
    ("bik", lambda r: f"БИК {r.randint(1, 9)}{_digits(r, 8)}"),
    (
        "order",
        lambda r: r.choice(
            ("заказ {}", "заказ № {}", "тикет {}", "трек-номер {}", "накладная № {}", "артикул: {}", "order {}", "обращение {}")
        ).format(_firm_inn(r)),
    ),
    (
        "log",
        lambda r: r.choice(
            ("uid={} ok", "offset={}", "GET /v1/users/{}/avatar", "trace_id: {}", "seq={} ack={}", "kafka offset {}")
        ).format(_inn(r), _inn(r)),
    ),
    (
        "order_snils",
        lambda r: r.choice(("заявка {}", "order #{}", "посылка {}", "job_id={}", "https://x.example/p/{}")).format(
            _snils_digits(r)
        ),
    ),
    ("phone", lambda r: f"{r.choice(('тел. ', 'звони ', 'моб. ', ''))}{r.choice(('8', '7', '+7'))}9{_digits(r, 9)}"),
    ("phone10", lambda r: f"{r.choice(('тел. ', 'набери ', 'мобильный: ', ''))}9{_digits(r, 9)}"),
    ("passport_talk", lambda r: f"паспорт занесу завтра, мой телефон 9{_digits(r, 9)}"),
    (
        "passport_issued",
        lambda r: (
            f"паспорт выдан {r.randint(1, 28):02d}.1{r.randint(0, 2)}.20{r.randint(10, 24)}, код {_digits(r, 3)}-{_digits(r, 3)}"
        ),
    ),
    ("device", lambda r: f"паспорт изделия {_ten(r)}"),
    ("ten", lambda r: f"{r.choice(('счётчик', 'показания', 'индексы', 'заказ'))} {r.randint(1000, 9999)} {_digits(r, 6)}"),
    ("time", lambda r: f"{r.choice(('ts', 'time', 'expires'))} {r.randint(1500000000, 1890000000)}"),
    (
        "plate",
        lambda r: r.choice(
            ("в 100 на 50", "с 200 от 15", "ставка 450 на 10 дней", "к 500 то 15", "из 120 не 77", "B200PT10 арт")
        ),
    ),
    ("kpp", lambda r: f"проезд через КПП, заявка {_digits(r, 9)}"),
    ("uin", lambda r: f"УИН 188101772010100{_digits(r, 5)}"),
    ("hash", lambda r: f"build {''.join(r.choice('0123456789abcdef') for _ in range(17))}"),
    ("marriage", lambda r: f"свидетельство о браке {_birth(r)}"),
    ("decimal", lambda r: f"координаты 55.{_digits(r, 10)}, 37.{_digits(r, 10)}"),
)
_AROUND = (
    "Добрый день!", "смотри", "Коллеги,", "срочно", "Переслано от Ольги:", "fyi", "ок,", "из CRM:", "Всё по списку.",
    "вот как просили", "к 15.03 нужно",
    "заказ 881 приняли.", "thanks", "проверьте плиз", "жду до 18:00", "встреча в 2024 году", "оплатили вчера!",
)  # fmt: skip


def samples(count: int) -> Iterator[Sample]:
    """`count` labelled texts, two in three with identifiers."""
    random = Random(SEED)
    for index in range(count):
        if index % 3 == 2:
            kind, make = random.choice(_NEAR_MISSES)
            yield _framed(random, make(random), (), kind)
        else:
            yield _framed(random, *_filled(random, random.choice(_TEMPLATES)), "")


def _filled(random: Random, template: str) -> tuple[str, tuple[Labelled, ...]]:
    bank = {"bik": (bik := _bik(random)), "account": _account(random, bik), "correspondent": _correspondent(bik)}
    template = template.replace("{no_account}", _wrong_key(_account(random, bik)))
    text, labels = "", []
    for part in re.split(r"(\{\w+\})", template):
        name = part[1:-1]
        if part.startswith("{") and (name in _MAKE or name in bank):
            entity, value = (_BANK[name], bank[name]) if name in bank else (_MAKE[name][0], _MAKE[name][1](random))
            labels.append((len(text), len(text) + len(value), entity))
            text += value
        else:
            text += part
    return text, tuple(labels)


def _framed(random: Random, text: str, labels: tuple[Labelled, ...], near_miss: str) -> Sample:
    before = random.choice(_AROUND) + random.choice((" ", "\n")) if random.random() < 0.5 else ""
    after = random.choice((" ", "\n", ", ")) + random.choice(_AROUND) if random.random() < 0.5 else ""
    if "\n" in text or text.startswith((">", "[", "{")):
        before, after = before and before.strip() + "\n", after and "\n" + after.strip(" ,\n")
    whole = before + text + after
    if random.random() < 0.15:
        whole = random.choice((str.lower, str.upper))(whole)
    return Sample(whole, tuple((start + len(before), end + len(before), name) for start, end, name in labels), near_miss)
