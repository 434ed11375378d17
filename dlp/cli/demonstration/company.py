"""The company of the demonstration: it, its people, its partners and its chats are invented."""

from __future__ import annotations

from typing import Final, NamedTuple

NAME: Final = "ООО «Северный Ключ»"
ADDRESS: Final = "191186, Санкт-Петербург, Ключевой переулок, д. 7"
DOMAIN: Final = "severny-klyuch.example"
HOURS_FROM_UTC: Final = 3


class Colleague(NamedTuple):
    """Somebody who writes: `number` makes the accounts, `latin` the mail address; partners have no department."""

    number: int
    name: str
    latin: str
    phone: str
    department: str = ""
    groups: str = ""
    manager: str = ""
    dismissed_on: str = ""
    domain: str = DOMAIN

    @property
    def email(self) -> str:
        """The mail address."""
        return f"{self.latin}@{self.domain}"

    @property
    def telegram(self) -> str:
        """The Telegram id."""
        return str(5_100_000_000 + self.number * 7919)

    @property
    def slack(self) -> str:
        """The Slack id."""
        return f"U0DEMO{self.number:04}"

    @property
    def matrix(self) -> str:
        """The Matrix id."""
        return f"@{self.latin}:chat.{self.domain}"


STAFF: Final = (
    Colleague(1, "Вера Сомова", "v.somova", "+7 900 100-10-01", "management", "management"),
    Colleague(2, "Игорь Лядов", "i.lyadov", "+7 900 100-10-02", "sales", "sales", "v.somova"),
    Colleague(3, "Анна Тихая", "a.tikhaya", "+7 900 100-10-03", "sales", "sales", "i.lyadov"),
    Colleague(4, "Пётр Громов", "p.gromov", "+7 900 100-10-04", "engineering", "engineering developers", "v.somova"),
    Colleague(5, "Дарья Ким", "d.kim", "+7 900 100-10-05", "engineering", "engineering developers", "p.gromov"),
    Colleague(6, "Олег Ветров", "o.vetrov", "+7 900 100-10-06", "engineering", "engineering", "p.gromov"),
    Colleague(7, "Мария Ясная", "m.yasnaya", "+7 900 100-10-07", "hr", "hr hr-onboarding", "v.somova"),
    Colleague(8, "Семён Лось", "s.los", "+7 900 100-10-08", "finance", "finance accounting", "v.somova"),
    Colleague(9, "Нина Белова", "n.belova", "+7 900 100-10-09", "procurement", "procurement", "v.somova"),
    Colleague(10, "Руслан Кедров", "r.kedrov", "+7 900 100-10-10", "sales", "sales", "i.lyadov", "2026-03-20"),
    Colleague(11, "Emma Clarke", "e.clarke", "+7 900 100-10-11", "sales", "sales export", "i.lyadov"),
    Colleague(12, "Tomas Berg", "t.berg", "+7 900 100-10-12", "engineering", "engineering developers", "p.gromov"),
)
CLIENTS: Final = (
    Colleague(101, "Лев Орлов", "l.orlov", "+7 900 200-20-01", domain="volna-proekt.example"),
    Colleague(102, "Ирина Мельник", "i.melnik", "+7 900 200-20-02", domain="volna-proekt.example"),
    Colleague(103, "John Hale", "j.hale", "+44 7700 900123", domain="halewater.example"),
)
SUPPLIERS: Final = (
    Colleague(201, "Артур Снабжение Сталь", "a.snab", "+7 900 300-30-01", domain="stal-dvor.example"),
    Colleague(202, "+7 900 300-30-02", "k.sklad", "+7 900 300-30-02", domain="stal-dvor.example"),
)


class Room(NamedTuple):
    """A chat and who writes there; `outside` tells that partners read it."""

    title: str
    people: tuple[Colleague, ...]
    outside: bool


TELEGRAM_CHAT: Final = 1_700_456_789
TELEGRAM_PAIR: Final = STAFF[9]
SLACK_CHANNELS: Final = (("C0DEMO01", "export-sales"), ("C0DEMO02", "dev"))
MATRIX_ROOM: Final = "!RbnDkqYvPzTgWmXcLs:chat.severny-klyuch.example"
CLIENT_GROUP: Final = Room("Северный Ключ × Волна-Проект", (*STAFF[:6], *CLIENTS[:2]), outside=True)
PRIVATE_CHAT: Final = Room("Руслан Кедров", (STAFF[9], CLIENTS[0]), outside=True)
SUPPLIER_CHAT: Final = Room("Поставка стали", (STAFF[8], STAFF[7], *SUPPLIERS), outside=True)
EXPORT_CHANNEL: Final = Room("export-sales", (STAFF[10], STAFF[1], CLIENTS[2]), outside=True)
DEVELOPERS: Final = Room("dev", (STAFF[3], STAFF[4], STAFF[11]), outside=False)
INTERNAL_ROOM: Final = Room("Общий зал", STAFF, outside=False)
MAIL: Final = Room("mail", (*STAFF, *CLIENTS, *SUPPLIERS[:1]), outside=True)
