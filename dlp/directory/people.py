"""The company's people, looked up by messenger account, mail address or phone."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple


class Person(NamedTuple):
    """One person of the company. `domains` are those of the person's mail addresses; `dismissed_on` is the first day out."""

    person: str
    name: str = ""
    accounts: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    department: str | None = None
    groups: frozenset[str] = frozenset()
    manager: str | None = None
    dismissed_on: date | None = None

    @property
    def domains(self) -> frozenset[str]:
        """The domains of the person's mail addresses."""
        return frozenset(map(domain_of, self.emails))


class People(NamedTuple):
    """Everybody the directory knows, ready for look-ups by "connector:account", mail address and phone."""

    by_account: dict[str, Person]
    by_email: dict[str, Person]
    by_phone: dict[str, Person]

    def find(self, connector: str | None, account: str) -> Person | None:
        """Who an account belongs to. An account that is an address or a phone number is also looked up as one."""
        person = self.by_account.get(f"{connector}:{account}")
        if person is None and "@" in account:
            return self.by_email.get(account.lower())
        if person is None and (connector == "whatsapp" or account.startswith("+")):
            phone = phone_of(account)
            return self.by_phone.get(phone) if phone else None
        return person


def people_of(persons: tuple[Person, ...]) -> People:
    """People no two of whom share an account, an address or a phone."""
    return People(
        {account: person for person in persons for account in person.accounts},
        {email: person for person in persons for email in person.emails},
        {phone: person for person in persons for phone in person.phones},
    )


def domain_of(email: str) -> str:
    """The domain of a mail address, lower-cased."""
    return email.rpartition("@")[2].lower().rstrip(".>")


def phone_of(text: str) -> str | None:
    """A phone number's digits with its country code (ITU-T E.164, at most 15), the Russian trunk 8 read as 7, else None."""
    if text.strip("+0123456789()-. \u00a0"):
        return None
    digits = "".join(filter(str.isdigit, text))
    if len(digits) == 11 and digits[0] == "8":
        digits = "7" + digits[1:]
    return digits if 10 <= len(digits) <= 15 else None
