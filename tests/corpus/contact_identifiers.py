"""A labelled corpus of contacts and payment identifiers as chats carry them: tables, logs, forwards, no capitals, slips."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import NamedTuple

SEED = 40517


class Labelled(NamedTuple):
    """A text and the spans in it; `near_miss` names the kind where nothing may be found."""

    text: str
    spans: tuple[tuple[int, int, str], ...]
    near_miss: str = ""


_STREETS = (
    "Ленина",
    "Мира",
    "Льва Толстого",
    "50 лет Октября",
    "Малая Морская",
    "Академика Королёва",
    "8 Марта",
    "Пушкинская",
    "Героев Хасана",
)
_STREETS_LOCATIVE = ("Ленина", "Мира", "Баумана", "Большой Ордынке", "Садовой", "Восстания")
_TOWNS = ("Тула", "Ижевск", "Ростов-на-Дону", "Нижний Тагил", "Сочи", "Вологда", "Йошкар-Ола", "Псков")
_MONTHS = ("января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря")
_MONTHS_EN = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def _digits(random: Random, count: int) -> str:
    return "".join(random.choice("0123456789") for _ in range(count))


def _with_luhn(body: str) -> str:
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (2 - place % 2)
        total += value - 9 if value > 9 else value
    return body + str(-total % 10)


def _card(random: Random) -> str:
    head, length = random.choice(
        (("2201", 16), ("4276", 16), ("5469", 16), ("2222", 16), ("371", 15), ("6221", 16), ("3530", 16), ("2200", 19))
    )
    number = _with_luhn(head + _digits(random, length - 1 - len(head)))
    if length == 15:
        return random.choice((number, f"{number[:4]} {number[4:10]} {number[10:]}", f"{number[:4]}-{number[4:10]}-{number[10:]}"))
    parts = [number[at : at + 4] for at in range(0, length, 4)]
    return random.choice((number, " ".join(parts), "-".join(parts), "\u00a0".join(parts), ".".join(parts)))


def _iban(random: Random) -> str:
    country, body = random.choice(
        (
            ("CH", _digits(random, 17)),
            ("LV", "HABA" + _digits(random, 13)),
            ("KZ", _digits(random, 3) + "".join(random.choice("0123456789ABCDEF") for _ in range(13))),
            ("AE", _digits(random, 19)),
            ("MT", "MALT" + _digits(random, 5) + _digits(random, 18)),
            ("NO", _digits(random, 11)),
            ("CY", _digits(random, 24)),
        )
    )
    numeric = "".join(str(int(character, 36)) for character in f"{body}{country}00")
    number = f"{country}{98 - int(numeric) % 97:02}{body}"
    grouped = " ".join(number[at : at + 4] for at in range(0, len(number), 4))
    return random.choice((number, grouped, number.lower(), grouped.replace(" ", "-")))


def _phone(random: Random) -> str:
    code = random.choice(("903", "916", "925", "981", "999", "812", "383", "4872", "8442", "800"))
    rest = _digits(random, 10 - len(code))
    tail = f"{rest[:-4]}-{rest[-4:-2]}-{rest[-2:]}"
    foreign = random.choice(
        (
            f"+375 (29) {_digits(random, 3)}-{_digits(random, 2)}-{_digits(random, 2)}",
            f"+380 67 {_digits(random, 3)} {_digits(random, 4)}",
            f"+99890{_digits(random, 7)}",
            f"+996 555 {_digits(random, 3)} {_digits(random, 3)}",
            f"+374-91-{_digits(random, 2)}-{_digits(random, 2)}-{_digits(random, 2)}",
            f"+44 7911 {_digits(random, 6)}",
            f"+971 50 {_digits(random, 3)} {_digits(random, 4)}",
            f"+1 (415) 55{_digits(random, 1)}-{_digits(random, 4)}",
            f"(212) 55{_digits(random, 1)}-{_digits(random, 4)}",
            f"+86 138 {_digits(random, 4)} {_digits(random, 4)}",
            f"+7 701 {_digits(random, 3)} {_digits(random, 2)} {_digits(random, 2)}",
        )
    )
    russian = random.choice(
        (
            f"+7({code}){tail}",
            f"8({code}) {tail}",
            f"+7 {code} {tail}",
            f"8 {code} {tail}",
            f"+7{code}{rest}",
            f"8{code}{rest}",
            f"+7.{code}.{rest}",
        )
    )
    return foreign if random.random() < 0.35 else russian


def _email(random: Random) -> str:
    name = random.choice(
        ("a.sidorova", "k_petrov", "office", "j.o'neil", "sales+eu", "buh2024", "Ivan.Kuznetsov", "n-n", "UPPER.CASE")
    )
    domains = (
        "tula-zavod.ru",
        "mail.co.uk",
        "пример.рф",
        "example.com",
        "dept.univ.edu",
        "firma.com.tr",
        "proton.me",
        "x5.group",
    )
    return f"{name}@{random.choice(domains)}"


def _ip(random: Random) -> str:
    if random.random() < 0.3:
        words = [f"{random.randint(1, 65535):x}" for _ in range(4)]
        return random.choice(
            (
                f"2a00:1450:{words[0]}:{words[1]}::{words[2]}",
                f"fd12:3456:{words[0]}::1",
                f"fe80::{words[0]}:{words[1]}:{words[2]}:{words[3]}",
            )
        )
    head = random.choice(("10", "192.168", "172.16", str(random.randint(77, 95)), "185"))
    rest = [str(random.randint(40, 254)) for _ in range(4 - len(head.split(".")))]
    return ".".join([head, *rest])


def _birth(random: Random) -> str:
    day, month, year = random.randint(1, 28), random.randint(1, 12), random.randint(1948, 2005)
    return random.choice(
        (
            f"{day:02}.{month:02}.{year}",
            f"{day} {_MONTHS[month - 1]} {year}",
            f"{day:02}/{month:02}/{year}",
            f"{year}-{month:02}-{day:02}",
            f"{_MONTHS_EN[month - 1]} {day}, {year}",
            f"{day} {_MONTHS_EN[month - 1]} {year}",
            f"{day:02}-{month:02}-{year}",
            f"{day}.{month}.{year}",
        )
    )


def _address(random: Random) -> str:
    street, town, house, flat = random.choice(_STREETS), random.choice(_TOWNS), random.randint(1, 199), random.randint(1, 400)
    index = "1" + _digits(random, 5)
    return random.choice(
        (
            f"{index}, г. {town}, ул. {street}, д. {house}, кв. {flat}",
            f"{town}, {street} ул., д. {house}" if street.endswith("ая") else f"{town}, ул. {street}, д.{house}, кв.{flat}",
            f"Тульская обл., г. {town}, пер. Садовый, дом {house}",
            f"г.{town}, наб. Реки Волги, {house}, корп. 2, офис {flat}",
            f"{town}, ш. Энтузиастов, {house}А, стр. 3",
            f"пр-кт Мира {house}/2, кв. {flat}, подъезд 3, этаж 5",
            f"улице {random.choice(_STREETS_LOCATIVE)} {house}, квартира {flat}",
            f"ул {street} дом {house} кв {flat}",
            f"г. {town}, мкр. Северный, д. {house}",
            f"бульвар Гагарина, {house}к1",
            f"{house} Baker Street, London NW1 6XE",
            f"{house} Sunset Blvd, Apt {random.randint(1, 40)}, Los Angeles, CA 90028",
            f"{house} N Michigan Ave, Chicago, IL 60611",
        )
    )


_Kind = tuple[Callable[[Random], str], tuple[str, ...]]
_KINDS: dict[str, _Kind] = {
    "CREDIT_CARD": (
        _card,
        (
            "кинь на сбер {}",
            "картой {} платили вчера",
            "КАРТА {} ИВАНОВ И И",
            "| Карта | {} | 09/28 |",
            "перевел с карты {} на твою",
            "пан\t{}\tcvc 123",
            "> Fwd:\n> card {}\nok?",
            "pay w/ visa {} thx",
            "№ карты: «{}»",
            "2024-11-03 12:44:01 WARN pan={} declined",
            "{}",
            "реквизиты такие: {}, имя на карте латиницей",
        ),
    ),
    "IBAN_CODE": (
        _iban,
        (
            "счет в банке {} получатель ООО",
            "iban={}",
            "IBAN\t{}\tEUR",
            "переводим на {} сегодня",
            "Beneficiary account {} bank of the supplier",
            "> {}\n> сверь",
            "(iban {})",
        ),
    ),
    "PHONE_NUMBER": (
        _phone,
        (
            "звони на {}",
            "ватсап {}",
            "Тел.: {}, спросить Олега",
            "курьер {} приедет к 18:00",
            "моб.{}",
            "Иванов И.И.\t{}\tсклад",
            "| {} | менеджер |",
            "phone={}",
            "> контакт: {}\n> срочно",
            "my cell is {} btw",
            "ТЕЛЕФОН {} ДЛЯ СВЯЗИ",
            "номер телефона клиента {}",
            "2024-11-03 sms sent to {}",
            "наберите {} или 112",
        ),
    ),
    "EMAIL_ADDRESS": (
        _email,
        (
            "имейл {}",
            "отправила на {}, проверьте",
            "<{}>",
            "cc: {}; bcc",
            "E-MAIL: {}",
            "login={}&x=1",
            "| {} | buh |",
            "пиши на {}.",
            "mailto:{}",
            "почту {} больше не читаем",
        ),
    ),
    "IP_ADDRESS": (
        _ip,
        (
            "ping {}",
            "на хосте {} кончился диск",
            "from {} port 22 ssh2",
            "http://{}/",
            "src={} dst=any",
            "айпишник {}",
            "добавь {} в белый список",
            "| {} | db01 |",
        ),
    ),
    "DATE_OF_BIRTH": (
        _birth,
        (
            "дата рождения: {}",
            "ДАТА РОЖДЕНИЯ {}",
            "Иванов Иван, {} г.р.",
            "родилась {} в Туле",
            "она родилась {}",
            "д.р.: {}",
            "DOB: {}",
            "date of birth - {}",
            "born {} in Leeds",
            "ФИО\tДата рождения\nПетров П.П.\t{}\n",
            "| Дата рождения | {} |",
            "дату рождения указал {}",
            "birthdate={}",
            "пациент 1 ({} года рождения)",
            "Др {} , паспорт потом",
        ),
    ),
    "STREET_ADDRESS": (
        _address,
        (
            "адрес доставки {}",
            "живет на {}",
            "заберите по адресу: {}",
            "АДРЕС: {}",
            "| Адрес | {} |",
            "ship it to {}",
            "встречаемся у {} в 7",
            "> {}\n> это склад",
            "прописан: {}. Дальше пусто",
        ),
    ),
}

_LOWERED = frozenset({"IBAN_CODE", "PHONE_NUMBER", "IP_ADDRESS", "CREDIT_CARD", "DATE_OF_BIRTH", "STREET_ADDRESS"})
_TALK = ("", "", "Коллеги, добрый день! ", "и ещё ", "see below\n", "как договаривались: ", "5 минут назад. ", "2024 ")
_AFTER = ("", "", " спасибо", ", жду ответ до 12.05", " 99", "\nok", " (проверил)")


def _near_misses(random: Random) -> dict[str, str]:
    def d(count: int) -> str:
        return _digits(random, count)

    bad_card = _with_luhn("4276" + d(11))
    return {
        "card, last digit wrong": f"карта {bad_card[:-1]}{(int(bad_card[-1]) + 1) % 10}",
        "request id": f"обращение {random.randint(70, 89)}{d(9)} закрыто",
        "invoice": f"счёт на оплату № {d(11)} от 03.11.2024",
        "shipment": f"отправление {d(14)} в пути",
        "barcode": f"EAN {random.choice(('460', '590'))}{d(10)}",
        "timestamp": f"created_at={random.randint(1600000000, 1790000000)}{d(3)}",
        "clause": f"пункт {random.randint(1, 9)}.{random.randint(1, 9)}.{random.randint(1, 9)}.{random.randint(1, 9)} договора",
        "version": f"Firefox {random.randint(90, 130)}.0.{random.randint(1, 90)}.{random.randint(1, 90)}",
        "mention": f"@anna.s посмотри задачу OPS-{d(4)}",
        "clone": "git clone git@gitlab.corp.ru:team/app.git",
        "scp": "rsync -av deploy@web-01.corp.ru:/var/log/app .",
        "image": "img/logo@2x.png не грузится",
        "time": f"с {random.randint(8, 12)}:00:00 по {random.randint(13, 18)}:30:00:000",
        "dates": f"с 12.05.2024 по 1{random.randint(0, 9)}.06.2024 отпуск",
        "birthday": "С днём рождения! Собираемся 14.11.2026 в 18:00",
        "street without a house": "на улице Мира перекрыто движение до 5 мая",
        "area": f"площадь склада {random.randint(100, 900)} м2",
        "fare": "проезд подорожал на 5 рублей",
        "sum": f"+{random.randint(1, 9)} {d(3)} {d(3)} руб к бюджету",
        "range": f"строки {d(3)}-{d(3)} и {d(4)}-{d(4)}",
        "score": f"{random.randint(2, 9)}-{random.randint(2, 9)}, {d(2)}:{d(2)}",
        "iban, check wrong": f"IBAN DE{random.randint(10, 60)}370400440532013000X",
        "hash": "sha1 " + "".join(random.choice("0123456789abcdef") for _ in range(40)),
        "english street talk": random.choice(
            ("2 people on the street", "5 minutes down the road", "100 new ways to drive", "3 main court cases")
        ),
        "size": f"{d(3)}x{d(3)} px, {d(7)} bytes",
        "quarter": f"{random.randint(1, 4)} квартал 2024, план {d(3)}",
        "part": f"деталь {d(3)}-{d(2)}-{d(2)} на складе",
        "journal": f"tx={d(10)} rx={d(11)} err=0",
    }


def _labelled(random: Random, entity: str) -> Labelled:
    make, templates = _KINDS[entity]
    value, template = make(random), random.choice(templates)
    before, after = template.split("{}")
    if random.random() < 0.15:
        before, after = before.lower(), after.lower()
        value = value.lower() if entity in _LOWERED else value
    head = random.choice(_TALK) + before
    return Labelled(
        head + value + after + (random.choice(_AFTER) if not after.strip() else ""),
        ((len(head), len(head) + len(value), entity),),
    )


def corpus(per_entity: int = 150, per_near_miss: int = 40) -> Iterator[Labelled]:
    """Texts with one identifier each, then near-misses; always the same."""
    random = Random(SEED)
    for entity in _KINDS:
        for _ in range(per_entity):
            yield _labelled(random, entity)
    for _ in range(per_near_miss):
        for kind, text in _near_misses(random).items():
            yield Labelled(random.choice(("", "Коллеги, ", "so ")) + text, (), kind)
