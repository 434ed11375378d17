"""Fictional values with right check digits, in the groupings people type: what the templates of the unseen corpora are filled with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from stdnum.de import idnr
from stdnum.es import dni, nie
from stdnum.fr import nir
from stdnum.it import codicefiscale
from stdnum.pl import nip, pesel

Make = Callable[[Random], str]

REGIONS = ("02", "16", "18", "26", "33", "39", "52", "59", "63", "67", "72", "77", "78")
TOWNS = (
    "Калуга",
    "Барнаул",
    "Тверь",
    "Саратов",
    "Нижний Новгород",
    "Санкт-Петербург",
    "Великий Новгород",
    "Уфа",
    "Химки",
    "Москва",
)
STREETS = (
    "Строителей", "Чкалова", "Маршала Жукова", "Зелёная", "1-я Заводская", "Космонавтов", "40 лет Победы", "Лермонтова",
    "Генерала Белова", "Фрунзе", "Новая", "9 Мая", "Верхняя Красносельская", "Карла Маркса", "Гоголя", "Зои Космодемьянской",
)  # fmt: skip
MONTHS = ("января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря")
ENGLISH_MONTHS = (
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
WORDED_DAYS = ("первого", "пятого", "двенадцатого", "двадцать третьего", "тридцатого")


def digits(random: Random, count: int) -> str:
    return "".join(random.choice("0123456789") for _ in range(count))


def weighted(number: str, weights: Sequence[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(number, weights, strict=False))


def wrong_last(number: str, random: Random) -> str:
    """The same number with another last digit."""
    at = max(place for place, character in enumerate(number) if character.isdigit())
    return number[:at] + str((int(number[at]) + random.randint(1, 9)) % 10) + number[at + 1 :]


def firm_inn(random: Random) -> str:
    body = random.choice(REGIONS) + digits(random, 7)
    return body + str(weighted(body, (2, 4, 10, 3, 5, 9, 4, 6, 8)) % 11 % 10)


def person_inn(random: Random) -> str:
    body = random.choice(REGIONS) + digits(random, 8)
    body += str(weighted(body, (7, 2, 4, 10, 3, 5, 9, 4, 6, 8)) % 11 % 10)
    return body + str(weighted(body, (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)) % 11 % 10)


def inn(random: Random) -> str:
    return random.choice((firm_inn, person_inn))(random)


def spaced_inn(random: Random) -> str:
    number = inn(random)
    if len(number) == 10:
        return random.choice(
            (
                f"{number[:4]} {number[4:]}",
                f"{number[:2]} {number[2:4]} {number[4:9]} {number[9]}",
                f"{number[:3]} {number[3:6]} {number[6:]}",
            )
        )
    return random.choice((f"{number[:4]} {number[4:8]} {number[8:]}", f"{number[:3]} {number[3:6]} {number[6:9]} {number[9:]}"))


def bare_snils(random: Random) -> str:
    body = str(random.randint(12, 190)).zfill(3) + digits(random, 6)
    return body + f"{weighted(body, (9, 8, 7, 6, 5, 4, 3, 2, 1)) % 101 % 100:02d}"


def snils(random: Random) -> str:
    number = bare_snils(random)
    a, b, c, d = number[:3], number[3:6], number[6:9], number[9:]
    return random.choice(
        (
            f"{a}-{b}-{c} {d}",
            f"{a}-{b}-{c} {d}",
            f"{a}-{b}-{c}-{d}",
            f"{a} {b} {c} {d}",
            f"{a}{b}{c} {d}",
            f"{a}-{b}-{c}{d}",
            f"{a}‑{b}‑{c} {d}",
            f"{a}.{b}.{c}.{d}",
        )
    )


def ogrn(random: Random) -> str:
    body = f"{random.choice('15')}{random.randint(2, 25):02d}{random.choice(REGIONS)}{digits(random, 7)}"
    return body + str(int(body) % 11 % 10)


def ogrnip(random: Random) -> str:
    body = f"3{random.randint(4, 25):02d}{random.choice(REGIONS)}{digits(random, 9)}"
    return body + str(int(body) % 13 % 10)


def kpp(random: Random) -> str:
    return random.choice(REGIONS) + f"{random.randint(1, 40):02d}" + random.choice(("01001", "01001", "43001", "45001", "50001"))


def bik(random: Random) -> str:
    return "04" + random.choice(("45", "40", "32", "17", "73", "25", "52")) + digits(random, 2) + f"{random.randint(100, 998)}"


def _keyed(head: str, tail: str, prefix: str) -> str:
    weights = (7, 1, 3) * 8
    return next(account for key in range(10) if weighted(prefix + (account := f"{head}{key}{tail}"), weights) % 10 == 0)


def account(random: Random, bank: str) -> str:
    head = random.choice(("40702", "40802", "40817", "40703", "42301", "40602", "40502")) + random.choice(
        ("810", "810", "840", "156")
    )
    return _keyed(head, digits(random, 11), bank[6:])


def correspondent(bank: str) -> str:
    return _keyed("30101810", "00000000" + bank[6:], "0" + bank[4:6])


def _series(random: Random) -> tuple[str, str]:
    return f"{random.choice(('45', '40', '22', '80', '36', '03', '65', '57'))}{random.choice((99, *range(1, 25))):02d}", digits(
        random, 6
    )


def passport(random: Random) -> str:
    series, number = _series(random)
    half = f"{series[:2]} {series[2:]}"
    return random.choice((
        f"{series} {number}", f"{half} {number}", f"{series}{number}", f"{series}-{number}", f"{half} № {number}", f"{series} №{number}",
        f"серия {series} № {number}", f"серия {half} номер {number}", f"{series[:2]}-{series[2:]} {number}", f"{series}/{number}", f"{series} N{number}",
    ))  # fmt: skip


def ten(random: Random) -> str:
    series, number = _series(random)
    return random.choice(
        (f"{series} {number}", f"{series[:2]} {series[2:]} {number}", f"{series}{number}", f"{series} № {number}")
    )


def foreign_passport(random: Random) -> str:
    series, number = random.choice(("51", "53", "63", "70", "72", "75", "76")), digits(random, 7)
    return random.choice((f"{series} {number}", f"{series}{number}", f"{series} № {number}", f"{series} №{number}"))


def oms(random: Random) -> str:
    body = random.choice(REGIONS) + digits(random, 13)
    total = sum(int(digit) if place % 2 else int(digit) * 2 - 9 * (digit > "4") for place, digit in enumerate(body))
    number = body + str(-total % 10)
    return random.choice((number, number, " ".join(number[at : at + 4] for at in range(0, 16, 4))))


def birth_certificate(random: Random) -> str:
    series = (
        random.choice(("I", "II", "III", "IV", "V"))
        + random.choice(("-", "-", " "))
        + random.choice("АБВГДЕИКМ")
        + random.choice("АБВГЕЖИКЛМНОПР")
    )
    return f"{series} {random.choice(('№ ', '№', '', 'N '))}{digits(random, 6)}"


def military_id(random: Random) -> str:
    return f"{random.choice('АГЕМНР')}{random.choice('АБЕКМНСТХ')} {random.choice(('№ ', '№', ''))}{digits(random, 7)}"


def plate(random: Random) -> str:
    a, b, c = (random.choice("АВЕКМНОРСТУХ") for _ in range(3))
    number, region = (
        f"{random.randint(1, 999):03d}",
        random.choice(("02", "16", "52", "77", "78", "97", "116", "150", "197", "777", "799")),
    )
    text = random.choice(
        (
            f"{a}{number}{b}{c}{region}",
            f"{a}{number}{b}{c} {region}",
            f"{a} {number} {b}{c} {region}",
            f"{a}{number}{b}{c}/{region}",
            f"{a} {number} {b}{c}{region}",
        )
    )
    return random.choice((text, text, text.lower(), text.translate(str.maketrans("АВЕКМНОРСТУХ", "ABEKMHOPCTYX"))))


def vin(random: Random) -> str:
    signs = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
    return (
        random.choice(("XTA", "Z94", "X4X", "XW7", "WDB", "JN1", "1HG", "KNA"))
        + "".join(random.choice(signs) for _ in range(8))
        + random.choice("ABCEJ")
        + digits(random, 5)
    )


def cadastral(random: Random) -> str:
    return (
        f"{random.choice(REGIONS)}:{random.randint(1, 60):02d}:{digits(random, random.choice((6, 7)))}:{random.randint(1, 9999)}"
    )


def luhn(body: str) -> str:
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (2 - place % 2)
        total += value - 9 if value > 9 else value
    return body + str(-total % 10)


def bare_card(random: Random) -> str:
    head, length = random.choice((
        ("2200", 16), ("2202", 16), ("2204", 16), ("4276", 16), ("4279", 16), ("5469", 16), ("5213", 16), ("4000", 16), ("2223", 16),
        ("378", 15), ("6011", 16), ("6250", 16), ("3528", 16), ("5047", 16),
    ))  # fmt: skip
    return luhn(head + digits(random, length - 1 - len(head)))


def card(random: Random) -> str:
    number = bare_card(random)
    if len(number) == 15:
        return random.choice((number, f"{number[:4]} {number[4:10]} {number[10:]}"))
    parts = [number[at : at + 4] for at in range(0, 16, 4)]
    return random.choice(
        (
            number,
            " ".join(parts),
            " ".join(parts),
            "-".join(parts),
            "  ".join(parts),
            ".".join(parts),
            "\u00a0".join(parts),
            "–".join(parts),
            f"{number[:8]} {number[8:]}",
        )
    )


def iban(random: Random) -> str:
    letters = "".join(random.choice("ABCDEGHKLMNPRST") for _ in range(4))
    country, body = random.choice((
        ("DE", digits(random, 18)), ("GB", letters + digits(random, 14)), ("IT", "X" + digits(random, 22)), ("EE", digits(random, 16)),
        ("LT", digits(random, 16)), ("CY", digits(random, 24)), ("GE", "TB" + digits(random, 16)), ("KZ", digits(random, 3) + "KZT" + digits(random, 10)),
        ("RS", digits(random, 18)), ("AE", digits(random, 19)), ("NL", letters + digits(random, 10)), ("TR", digits(random, 22)), ("BY", letters + digits(random, 20)),
    ))  # fmt: skip
    check = 98 - int("".join(str(int(sign, 36)) for sign in f"{body}{country}00")) % 97
    number = f"{country}{check:02}{body}"
    grouped = " ".join(number[at : at + 4] for at in range(0, len(number), 4))
    return random.choice((number, number, grouped, grouped.replace(" ", "\u00a0"), number.lower()))


def swift(random: Random) -> str:
    bank = "".join(random.choice("ABCDEFGHIKLMNOPRSTUV") for _ in range(4))
    return (
        bank
        + random.choice(("RU", "DE", "GB", "KZ", "TR", "CN", "AE", "CH"))
        + random.choice(("MM", "FF", "2X", "2P", "33"))
        + random.choice(("", "", "XXX", "100"))
    )


def phone(random: Random) -> str:
    code = random.choice(("902", "911", "916", "926", "953", "977", "999", "495", "812", "846", "3452"))
    n = random.choice("2345679") + digits(random, 9 - len(code))
    a, b, c = n[:-4], n[-4:-2], n[-2:]
    return random.choice((
        f"+7 {code} {a}-{b}-{c}", f"8 {code} {a} {b} {c}", f"+7({code}){a}{b}{c}", f"8({code}){a}-{b}-{c}", f"8-{code}-{a}-{b}-{c}", f"+7 ({code}) {a} {b} {c}",
        f"+7{code}{n}", f"8{code}{n}", f"7{code}{n}" if code[0] == "9" else f"+7 {code} {n}", f"8 ({code}) {a}{b}{c}", f"+7 {code} {n}", f"+7-{code}-{a}-{b}-{c}", f"+7 {code}.{a}.{b}.{c}",
        f"8 {code} {a} {b}{c}", f"+7 ({code}) {a}–{b}–{c}", f"+7\u00a0{code}\u00a0{a}-{b}-{c}", f"8.{code}.{a}.{b}.{c}",
    ))  # fmt: skip


def extended_phone(random: Random) -> str:
    return f"{phone(random)}, доб. {random.randint(100, 999)}"


def extended_world_phone(random: Random) -> str:
    return (
        f"+{random.choice(('1 212', '49 30', '44 20'))} 55501{digits(random, 2)} ext. {random.randint(10, 99)}".replace(
            "+49 30 55501", "+49 30 555501"
        )
        .replace("+44 20 55501", "+44 20 7946 09")
        .replace("+1 212 55501", "+1 212 555 01")
    )


def mobile10(random: Random) -> str:
    code, n = random.choice(("902", "916", "926", "953", "977")), random.choice("2345679") + digits(random, 6)
    return random.choice(
        (
            f"{code} {n[:3]}-{n[3:5]}-{n[5:]}",
            f"{code}{n}",
            f"({code}) {n[:3]}-{n[3:5]}-{n[5:]}",
            f"{code} {n[:3]} {n[3:5]} {n[5:]}",
            f"{code}-{n[:3]}-{n[3:5]}-{n[5:]}",
        )
    )


def world_phone(random: Random) -> str:
    return random.choice((
        f"+375 44 {random.randint(200, 799)}-{digits(random, 2)}-{digits(random, 2)}", f"+77{random.choice(('01', '05', '77'))}{digits(random, 7)}", f"+998 93 {random.randint(200, 799)} {digits(random, 2)} {digits(random, 2)}",
        f"+49 151 {random.randint(10000000, 69999999)}", f"+44 7700 900{digits(random, 3)}", f"+1 212 555 0{digits(random, 3)}", f"+1-415-555-0{digits(random, 3)}", f"(646) 555-0{digits(random, 3)}",
        f"+90 532 {random.randint(200, 799)} {digits(random, 2)} {digits(random, 2)}", f"+33 6 {random.randint(10, 79)} {digits(random, 2)} {digits(random, 2)} {digits(random, 2)}",
        f"+48 601 {digits(random, 3)} {digits(random, 3)}", f"+995 599 {digits(random, 2)} {digits(random, 2)} {digits(random, 2)}", f"+86 139 {digits(random, 4)} {digits(random, 4)}", f"020 7946 0{digits(random, 3)}",
    ))  # fmt: skip


_NAMES = (
    "p.zaytsev",
    "marina_k",
    "orders",
    "d-volkov",
    "Elena.Gromova",
    "hr",
    "buh1",
    "ivan+bank",
    "AKULOV",
    "o.n.petrenko",
    "x7",
    "info",
    "director",
    "k.o'brien",
)
_DOMAINS = (
    "stroymash.ru",
    "yandex.ru",
    "mail.ru",
    "gmail.com",
    "ooo-vektor.com",
    "sub.holding.su",
    "firma.online",
    "bank24.pro",
    "почта.рф",
    "uni.edu.kz",
    "icloud.com",
    "a1.team",
    "example.co.uk",
)


def email(random: Random) -> str:
    return f"{random.choice(_NAMES)}@{random.choice(_DOMAINS)}"


def ip(random: Random) -> str:
    if random.random() < 0.2:
        a, b, c = (f"{random.randint(4096, 65535):x}" for _ in range(3))
        return random.choice(
            (
                f"2a02:6b8:{a}::{b}",
                f"2001:db8:{a}:{b}::{c}",
                f"fe80::{a}:{b[:2]}ff:fe{c[:2]}:{b}",
                f"fd00:{a}:{b}::1",
                f"2a0d:{a}:{b}:{c}:0:0:0:1",
            )
        )
    return ip4(random)


def ip4(random: Random) -> str:
    head = random.choice(("10", "192.168", "172.16", "185.71", "95.24", "46.17", "10.200", "213.180"))
    return ".".join([head, *(str(random.randint(1, 254)) for _ in range(4 - head.count(".") - 1))])


def mac(random: Random) -> str:
    parts = [f"{random.randint(0, 255):02x}" for _ in range(6)]
    return random.choice(
        (
            ":".join(parts),
            ":".join(parts).upper(),
            "-".join(parts).upper(),
            ".".join("".join(parts)[at : at + 4] for at in (0, 4, 8)),
        )
    )


def birth_date(random: Random) -> str:
    day, month, year = random.randint(1, 28), random.randint(1, 12), random.randint(1949, 2008)
    return random.choice((
        f"{day:02}.{month:02}.{year}", f"{day:02}.{month:02}.{year}", f"{day} {MONTHS[month - 1]} {year}", f"{day:02}/{month:02}/{year}", f"{year}-{month:02}-{day:02}",
        f"{day:02}-{month:02}-{year}", f"{day}.{month:02}.{year}", f"{day:02}.{month:02}.{year % 100:02}", f"{day:02} {month:02} {year}",
    ))  # fmt: skip


def english_birth_date(random: Random) -> str:
    day, month, year = random.randint(1, 28), random.randint(1, 12), random.randint(1949, 2008)
    name = ENGLISH_MONTHS[month - 1]
    return random.choice((
        f"{name} {day}, {year}", f"{day} {name} {year}", f"{name[:3]} {day}, {year}", f"{month:02}/{day:02}/{year}", f"{year}-{month:02}-{day:02}", f"{day}-{name[:3]}-{year}",
        f"{day}th of {name} {year}" if 3 < day < 21 else f"{day} {name[:3]} {year}",
    ))  # fmt: skip


def address(random: Random) -> str:
    street, town, house, flat = random.choice(STREETS), random.choice(TOWNS), random.randint(1, 180), random.randint(1, 350)
    index = random.choice("1346") + digits(random, 5)
    return random.choice((
        f"{index}, г. {town}, ул. {street}, д. {house}, кв. {flat}", f"{index} {town} ул.{street} д.{house} кв.{flat}", f"г {town}, ул {street}, д {house}, кв {flat}", f"ул. {street}, {house}-{flat}",
        f"{town}, ул. {street}, {house}", f"г. {town}, ул. {street}, д. {house}, стр. 2, офис {flat}", f"улица {street}, дом {house}, квартира {flat}", f"ул. {street} {house}", f"ул. {street}, д. {house}/2, корп. 1, кв. {flat}",
        f"Московская обл., г. {town}, ул. {street}, вл. {house}", f"проспект Победы, д.{house}, кв.{flat}", f"Ленинский пр-т, д. {house}, кв. {flat}", f"Невский проспект, {house}", f"Кутузовский пр. {house}, кв {flat}",
        f"пер. Речной, д. {house}", f"Дмитровское шоссе, д. {house}, корп. 3", f"ш. Революции, {house}, лит. А", f"наб. Обводного канала, д. {house}, пом. 12Н", f"г. {town}, б-р Новаторов, {house}к2, кв. {flat}",
        f"г. {town}, мкр. Южный, д. {house}, кв. {flat}", f"пл. Труда, д. {house}", f"{town}, проезд Энергетиков, {house}с4", f"Россия, {index}, г. {town}, ул. {street}, д. {house}А, кв. {flat}", f"тупик Садовый, {house}", f"{town}, 3-й Самотёчный переулок, {house}, под. 2, эт. 4, кв. {flat}",
    ))  # fmt: skip


def english_address(random: Random) -> str:
    house, flat = random.randint(2, 9800), random.randint(1, 90)
    street = random.choice(
        (
            "Birch",
            "Franklin",
            "W 34th",
            "Martin Luther King Jr",
            "Willow Creek",
            "Sunnyvale",
            "N Lincoln",
            "Old Mill",
            "St. James",
            "Queen's",
        )
    )
    kind = random.choice(
        ("St", "Street", "Ave", "Avenue", "Rd", "Road", "Blvd", "Drive", "Dr", "Lane", "Ct", "Way", "Place", "Terrace")
    )
    return random.choice((
        f"{house} {street} {kind}", f"{house} {street} {kind}, Apt {flat}", f"{house} {street} {kind}, Suite {flat}, Seattle, WA 98101", f"{house} {street} {kind}, Columbus, OH 432{digits(random, 2)}",
        f"{house} {street} {kind}, Apt. {flat}B, New York, NY 100{digits(random, 2)}", f"Flat {flat}, {house % 200 + 1} {street} {kind}, Manchester M1 4BT", f"{house % 200 + 1} {street} {kind}, London EC1A 1BB", f"{house} {street} {kind} #{flat}, San Diego, CA 92101-{digits(random, 4)}",
    ))  # fmt: skip


def ssn(random: Random) -> str:
    return f"{random.choice((*range(101, 665), *range(667, 772)))}-{random.randint(10, 99)}-{random.randint(1001, 9999)}"


def itin(random: Random) -> str:
    return f"9{digits(random, 2)}-{random.randint(70, 88)}-{random.randint(1001, 9999)}"


def nino(random: Random) -> str:
    head = random.choice(("AB", "CE", "JG", "PX", "SH", "WM", "ZY"))
    a, b, c, last = digits(random, 2), digits(random, 2), digits(random, 2), random.choice("ABCD")
    return random.choice((f"{head}{a}{b}{c}{last}", f"{head} {a} {b} {c} {last}"))


def nhs(random: Random) -> str:
    while True:
        body = random.choice("4679") + digits(random, 8)
        check = -weighted(body, range(10, 1, -1)) % 11
        if check < 10:
            return random.choice(
                (f"{body[:3]} {body[3:6]} {body[6:]}{check}", f"{body[:3]}-{body[3:6]}-{body[6:]}{check}", f"{body}{check}")
            )


def es_nif(random: Random) -> str:
    body = digits(random, 8)
    return body + str(dni.calc_check_digit(body))


def es_nie(random: Random) -> str:
    body = random.choice("XYZ") + digits(random, 7)
    return body + str(nie.calc_check_digit(body))


def pl_pesel(random: Random) -> str:
    body = f"{random.randint(50, 99)}{random.randint(1, 12):02}{random.randint(1, 28):02}{digits(random, 4)}"
    return body + str(pesel.calc_check_digit(body))


def pl_nip(random: Random) -> str:
    while True:
        body = random.choice("5678") + digits(random, 8)
        if nip.checksum(body + "0") <= 9:
            number = body + str(nip.checksum(body + "0"))
            if nip.is_valid(number):
                return random.choice((number, f"{number[:3]}-{number[3:6]}-{number[6:8]}-{number[8:]}"))


def it_code(random: Random) -> str:
    body = f"{random.choice(('RSSMRA', 'BNCLCU', 'VRDGPP', 'FRRNNA'))}{random.randint(50, 99)}{random.choice('ABCDEHLMPRST')}{random.randint(1, 28):02}{random.choice(('H501', 'F205', 'L219'))}"
    return body + str(codicefiscale.calc_check_digit(body))


def fr_nir(random: Random) -> str:
    body = f"{random.choice('12')}{random.randint(50, 99)}{random.randint(1, 12):02}{random.choice(('75', '13', '69'))}{digits(random, 3)}{random.randint(1, 999):03}"
    number = body + str(nir.calc_check_digits(body))
    return random.choice(
        (number, f"{number[0]} {number[1:3]} {number[3:5]} {number[5:7]} {number[7:10]} {number[10:13]} {number[13:]}")
    )


def de_tax_id(random: Random) -> str:
    while True:
        number = random.choice("123456789") + digits(random, 9)
        number += str(_mod_11_10(number))
        if idnr.is_valid(number):
            return random.choice((number, f"{number[:2]} {number[2:5]} {number[5:8]} {number[8:]}"))


def _mod_11_10(number: str) -> int:
    check = 5
    for digit in number:
        check = (((check or 10) * 2) % 11 + int(digit)) % 10
    return (1 - ((check or 10) * 2) % 11) % 10


def wallet(random: Random) -> str:
    return "0x" + "".join(random.choice("0123456789abcdef") for _ in range(40))
