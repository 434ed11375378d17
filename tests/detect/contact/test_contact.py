"""Contacts as people type them."""

import pytest

from dlp.detect.engine import Engine
from dlp.records import Demand, Text

ENGINE = Engine(Demand(frozenset({"PHONE_NUMBER", "EMAIL_ADDRESS", "DATE_OF_BIRTH", "STREET_ADDRESS"})))


def spans(text: str) -> list[str]:
    return [text[f.start : f.end] for f in ENGINE.scan((Text("body", text),)).findings if f.confidence >= 0.5]


@pytest.mark.parametrize(
    "phone",
    [
        "+7 (916) 123-45-67",
        "8-916-123-45-67",
        "8 916 123 45 67",
        "8(916)1234567",
        "+7 4872 12-34-56",
        "8 800 555 35 35",
        "+375 29 123-45-67",
        "+380671234567",
        "+996 555 123 456",
        "+373 69 123 456",
        "(415) 555-0132",
        "+44 7911 123456",
    ],
)
@pytest.mark.parametrize("frame", ["{}", "2024 {} 99", "тел.{}", "«{}»", "{}, {}"])
def test_a_phone_keeps_its_span_in_any_company(phone: str, frame: str) -> None:
    text = frame.format(phone, phone)
    assert spans(text) == [phone] * text.count(phone)


@pytest.mark.parametrize(
    "text",
    ["обращение 89161234567", "+12 500 000 руб", "ИНН 7707083893", "счёт 84951234567", "2026-11-23 12-30-45", "id=79161234567"],
)
def test_other_numbers_are_no_phones(text: str) -> None:
    assert spans(text) == []


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("пиши на ivan@mail.ru.", "ivan@mail.ru"),
        ("ivan@mail.ru.Спасибо", "ivan@mail.ru"),
        ("(a.b+c@sub.example.co.uk)", "a.b+c@sub.example.co.uk"),
        ("почта:иван@почта.рф", "иван@почта.рф"),
        ("to=anna@example.com&x=1", "anna@example.com"),
    ],
)
def test_an_address_ends_where_its_domain_does(text: str, address: str) -> None:
    assert spans(text) == [address]


@pytest.mark.parametrize(
    "text",
    [
        "ssh root@db.corp.ru",
        "git@github.com:acme/app.git",
        "https://bot:x@git.corp.ru/app",
        "@user@mastodon.social",
        "a@2x.png",
        "user@host",
    ],
)
def test_what_only_looks_like_mail_is_ignored(text: str) -> None:
    assert spans(text) == []


@pytest.mark.parametrize("date", ["12.05.1985", "5 мая 1985", "1985-05-12", "12/05/1985", "May 12, 1985", "12 May 1985"])
@pytest.mark.parametrize(
    "frame", ["дата рождения: {}", "он родился {}", "{} г.р.", "DOB {}", "born on {}", "ДАТА РОЖДЕНИЯ {} МЕСТО ТУЛА"]
)
def test_a_date_of_birth_is_the_date_alone(date: str, frame: str) -> None:
    assert spans(frame.format(date)) == [date]


def test_the_other_date_of_a_line_is_no_date_of_birth() -> None:
    assert spans("паспорт выдан 03.03.2010, дата рождения 12.05.1985, договор от 01.02.2024") == ["12.05.1985"]


@pytest.mark.parametrize(
    "address",
    [
        "г. Москва, ул. Ленина, д. 5, кв. 12",
        "420111, Казань, пр-т Победы, дом 1, корп. 2, кв 3",
        "Казань, улица Баумана 15к2, квартира 3",
        "ул. Мира, 12/3, оф. 5",
        "ул. 50 лет Октября, д. 7",
        "Московская обл., г. Химки, мкр. Левобережный, д. 3",
        "123 Maple Street, Springfield, IL 62704",
        "Flat 3, 12 Church Road, London SW1A 1AA",
    ],
)
@pytest.mark.parametrize("frame", ["{}", "адрес: {}", "доставка по адресу {} до обеда", "| {} |", "{}\nспасибо"])
def test_an_address_is_covered_from_its_first_part_to_its_last(address: str, frame: str) -> None:
    assert spans(frame.format(address)) == [address]


@pytest.mark.parametrize(
    "text",
    ["улица Ленина перекрыта с 12 мая", "площадь 45 м", "проезд 50 рублей", "5 minutes down the road", "второй квартал 2024"],
)
def test_a_street_without_a_house_is_no_address(text: str) -> None:
    assert spans(text) == []
