"""The frozen directory `inspect` gets: what is known of a message's sender, chat and audience."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from dlp.directory.chat_register import Audience, ChatRegister, RegisteredChat
from dlp.directory.people import People, Person, domain_of
from dlp.directory.zones import default_zone
from dlp.records import ChatKind, ConnectorTerms, Message, Surroundings

_UNREGISTERED = RegisteredChat("", "")
_NOBODY_KNOWN = Audience()


class Directory(NamedTuple):
    """People, chats, and what of the organisation's profile concerns them: its own mail domains and its IANA time zone."""

    people: People
    register: ChatRegister
    own_domains: frozenset[str] = frozenset()
    zone: str | None = None

    def surroundings(self, message: Message, terms: ConnectorTerms | None = None) -> Surroundings:
        """Who and where, as far as is known: None is unknown, never false.

        A connector may have a name of its own: `terms` then tell the messenger that accounts and chats are those of.
        """
        chat = self.register.find(message.connector, message.conversation)
        if terms is not None and terms.platform != message.connector:
            message = message._replace(connector=terms.platform)
            chat = chat or self.register.find(message.connector, message.conversation)
        chat = chat or _UNREGISTERED
        sender = self.people.find(message.connector, message.sender) if message.sender else None
        audience = self._audience(message, chat)
        external = chat.external if chat.external is not None else audience.external
        return Surroundings(
            platform=message.connector,
            zone=chat.zone or (terms.zone if terms else None) or default_zone(message.connector),
            external=external,
            chat_kind=chat.kind or message.chat_kind,
            chat_purpose=chat.purpose,
            audience_external=audience.external if audience.external is not None else external,
            audience_size=audience.size,
            audience_domains=audience.domains,
            sender_person=sender.person if sender else None,
            sender_groups=sender.groups if sender else None,
            sender_department=sender.department if sender else None,
            sender_domains=_domains(message, sender),
            sender_dismissed=_dismissed(sender, message),
            local_time=self._local_time(message),
        )

    def _audience(self, message: Message, chat: RegisteredChat) -> Audience:
        told, seen = chat.audience, self._recipients(message)
        if seen is _NOBODY_KNOWN:
            return told
        return Audience(
            seen.external if told.external is None else told.external,
            seen.size if told.size is None else told.size,
            seen.domains if told.domains is None else told.domains,
        )

    def _recipients(self, message: Message) -> Audience:
        # No recipients at all is a list the export did not keep (blind copies), not a letter to nobody.
        if not message.recipients:
            return _NOBODY_KNOWN
        if _is_mail(message):
            domains = frozenset(domain_of(address) for address in message.recipients if "@" in address)
            return Audience(self._outside(domains), len(message.recipients), domains)
        known = all(self.people.find(message.connector, account) for account in message.recipients)
        return Audience(False if known else None, len(message.recipients))

    def _outside(self, domains: frozenset[str]) -> bool | None:
        if not self.own_domains or not domains:
            return None
        return not all(map(self._is_own, domains))

    def _is_own(self, domain: str) -> bool:
        return domain in self.own_domains or any(domain.endswith(f".{own}") for own in self.own_domains)

    def _local_time(self, message: Message) -> datetime | None:
        if message.occurred_at is None or self.zone is None:
            return None
        from zoneinfo import ZoneInfo  # slow to import; it keeps the zones it has read

        return message.occurred_at.astimezone(ZoneInfo(self.zone))


def _is_mail(message: Message) -> bool:
    return message.connector == "mail" or message.chat_kind is ChatKind.MAIL


def _domains(message: Message, sender: Person | None) -> frozenset[str] | None:
    if message.sender and "@" in message.sender and _is_mail(message):
        return frozenset({domain_of(message.sender)})
    return sender.domains or None if sender else None


def _dismissed(sender: Person | None, message: Message) -> bool | None:
    if sender is None:
        return None
    if sender.dismissed_on is None:
        return False
    moment = message.occurred_at or message.received_at
    return moment.date() >= sender.dismissed_on if moment else None
