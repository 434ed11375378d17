"""What must not have been sent: for every pack of policies, as people write it, in Russian and in English."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import NamedTuple

from dlp.cli.demonstration.company import ADDRESS, NAME
from dlp.cli.demonstration.identifiers import Identifiers

BIK = "044525974"


class File(NamedTuple):
    """A file named in a message; its content is in no demonstration export."""

    name: str
    media_type: str
    size: int


class Leak(NamedTuple):
    """What somebody sends: words and perhaps files. `pack` is the folder of the policies it is meant for."""

    pack: str
    text: str
    files: tuple[File, ...] = ()


_NAMES = (
    "Смирнова Ольга Павловна",
    "Кузнецов Илья Андреевич",
    "Фролова Инна Сергеевна",
    "Жуков Марк Львович",
    "Ершов Глеб Ильич",
)
Maker = Callable[[Identifiers, Random], Leak]


def _passports(make: Identifiers, chance: Random) -> Leak:
    rows = (
        f"{name}, паспорт {make.passport()}, д.р. {make.birthday()}, СНИЛС {make.snils()}" for name in chance.sample(_NAMES, 4)
    )
    return Leak("personal-data", "Данные на пропуска, как просили:\n" + "\n".join(rows))


def _taxpayers(make: Identifiers, chance: Random) -> Leak:
    rows = (f"{name} ИНН {make.inn_of_person()} тел. {make.phone()}" for name in chance.sample(_NAMES, 4))
    return Leak("personal-data", "список для договоров ГПХ:\n" + "\n".join(rows))


def _health(make: Identifiers, chance: Random) -> Leak:
    name = chance.choice(_NAMES)
    return Leak(
        "personal-data", f"{name} (СНИЛС {make.snils()}) на больничном, диагноз: сахарный диабет, вторая группа инвалидности"
    )


def _card(make: Identifiers, _chance: Random) -> Leak:
    return Leak("payment", f"оплати пожалуйста с корпоративной: {make.card()}, срок 09/28, CVV {make.digits(3)}")


def _card_in_english(make: Identifiers, _chance: Random) -> Leak:
    return Leak("payment", f"use the company card {make.card('427600')} exp 11/27 cvc {make.digits(3)} for the booking")


def _client_account(make: Identifiers, _chance: Random) -> Leak:
    text = (
        f"выписка по счёту клиента ООО «Волна-Проект», ИНН {make.inn_of_company()}: р/с {make.account(BIK)}, БИК {BIK},"
        f" остаток на счёте {make.money()} руб., обороты за месяц {make.money()} руб."
    )
    return Leak("bank-secrecy", text)


def _stamped(make: Identifiers, _chance: Random) -> Leak:
    text = (
        f"КОММЕРЧЕСКАЯ ТАЙНА\n{NAME}, {ADDRESS}\nЭкз. № 2. Расчёт цены по тендеру на насосные станции:"
        f" себестоимость {make.money()} руб., минимальная цена {make.money()} руб."
    )
    return Leak("commercial-secret", text, (File("Расчёт цены тендер.xlsx", "application/vnd.ms-excel", 48_112),))


def _salaries(_make: Identifiers, chance: Random) -> Leak:
    rows = (f"{name}: оклад {chance.randrange(80, 320)} 000 руб., премия {chance.randrange(10, 90)} 000" for name in _NAMES)
    return Leak("commercial-secret", "Зарплатная ведомость за март, никому не показывай\n" + "\n".join(rows))


def _source_code(_make: Identifiers, _chance: Random) -> Leak:
    code = "def open_valve(pump, pressure):\n    return pump.set(pressure)"
    text = f"confidential, do not distribute: the controller source\n```\n{code}\n```"
    return Leak("commercial-secret", text, (File("controller-src.tar.gz", "application/gzip", 913_552),))


def _password(make: Identifiers, _chance: Random) -> Leak:
    return Leak("credentials", f"пароль от тестового стенда: Kl{make.letters(8)}!{make.digits(2)}, логин admin")


def _database(make: Identifiers, _chance: Random) -> Leak:
    return Leak("credentials", f"here: postgresql://crm_owner:{make.letters(16)}@db1.severny-klyuch.example:5432/crm")


def _tokens(make: Identifiers, chance: Random) -> Leak:
    key = "AKIA" + "".join(chance.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", k=16))
    return Leak("credentials", f"AWS_ACCESS_KEY_ID={key}\nAWS_SECRET_ACCESS_KEY={make.letters(40)}")


def _signature_key(make: Identifiers, _chance: Random) -> Leak:
    text = f"держи контейнер закрытого ключа ЭЦП директора, пин-код от рутокена {make.digits(8)}"
    files = (File("director.pfx", "application/x-pkcs12", 4_318), File("header.key", "application/octet-stream", 3_120))
    return Leak("signature-keys", text, files)


def _job_hunting(_make: Identifiers, _chance: Random) -> Leak:
    text = (
        "если честно, ищу работу, прошёл собеседование у конкурентов. Базу клиентов солью себе на личную почту перед увольнением"
    )
    return Leak("insider", text)


def _job_hunting_in_english(_make: Identifiers, _chance: Random) -> Leak:
    return Leak(
        "insider", "I got a job offer from the competitor, will copy the customer list to my personal drive before I resign"
    )


def _drawings(_make: Identifiers, _chance: Random) -> Leak:
    text = "сфотографируй экран с чертежами насоса и пришли мне сюда, заплачу за базу и документацию наличными, никто не узнает"
    return Leak("espionage", text)


def _drawings_in_english(_make: Identifiers, _chance: Random) -> Leak:
    return Leak("espionage", "can you take photos of the screen with the drawings? I will pay for the data, name your price")


def _sealed_archive(_make: Identifiers, _chance: Random) -> Leak:
    text = "архив с документами запаролен, пароль пришлю отдельно в смс"
    return Leak("unreadable", text, (File("dokumenty.7z", "application/x-7z-compressed", 20_871_004),))


def _private_messenger(_make: Identifiers, _chance: Random) -> Leak:
    return Leak(
        "foreign-messengers", "давай не здесь, тут безопасники читают. Напиши мне в личку в Signal или на личный телеграм"
    )


def _private_messenger_in_english(_make: Identifiers, _chance: Random) -> Leak:
    return Leak("foreign-messengers", "let's move to Signal, this chat is monitored. Text me on my personal WhatsApp")


MAKERS: tuple[Maker, ...] = (
    _passports,
    _taxpayers,
    _health,
    _card,
    _card_in_english,
    _client_account,
    _stamped,
    _salaries,
    _source_code,
    _password,
    _database,
    _tokens,
    _signature_key,
    _job_hunting,
    _job_hunting_in_english,
    _drawings,
    _drawings_in_english,
    _sealed_archive,
    _private_messenger,
    _private_messenger_in_english,
)
