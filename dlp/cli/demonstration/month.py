"""A month of the fictional company's talk as messages of its connectors, and what is said there from now on."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final, NamedTuple

from dlp.chats.telegram import FIRST_CHANNEL
from dlp.cli.demonstration import company
from dlp.cli.demonstration.company import Colleague, Room
from dlp.cli.demonstration.conversation import DAY, Said, conversation
from dlp.records import Attachment, ChatKind, Message

MARK: Final = "demo-"  # every connector's name begins with it: nobody takes the demonstration for the company's own talk


class Channel(NamedTuple):
    """A chat of the demonstration and how often somebody writes there."""

    connector: str
    platform: str
    conversation: str
    kind: ChatKind
    room: Room
    share: float
    english: float = 0.0


CHANNELS: Final = (
    Channel("telegram", "telegram", str(-FIRST_CHANNEL - company.TELEGRAM_CHAT), ChatKind.GROUP, company.CLIENT_GROUP, 0.34),
    Channel("telegram", "telegram", company.TELEGRAM_PAIR.telegram, ChatKind.DIRECT, company.PRIVATE_CHAT, 0.08),
    Channel("whatsapp", "whatsapp", company.SUPPLIER_CHAT.title, ChatKind.GROUP, company.SUPPLIER_CHAT, 0.14),
    Channel("slack", "slack", company.SLACK_CHANNELS[0][0], ChatKind.CHANNEL, company.EXPORT_CHANNEL, 0.12, 0.9),
    Channel("slack", "slack", company.SLACK_CHANNELS[1][0], ChatKind.CHANNEL, company.DEVELOPERS, 0.12, 0.4),
    Channel("matrix", "matrix", company.MATRIX_ROOM, ChatKind.GROUP, company.INTERNAL_ROOM, 0.20),
)


def connector_of(channel: Channel) -> str:
    """The name of the connector a channel's messages come in by."""
    return f"{MARK}{channel.connector}"


def month(until: datetime, count: int, seed: int) -> Iterator[tuple[datetime, str, Message]]:
    """About `count` messages by (received, connector, message), in order, the last a little before `until`."""
    streams = [_received(channel, round(count * channel.share), until, Random(f"{seed} {channel}")) for channel in CHANNELS]
    return heapq.merge(*streams, key=lambda one: one[0])


def live(seed: int) -> Iterator[tuple[str, Message]]:
    """What is said from now on, without end; the time of a message is the moment it is taken."""
    chance = Random(seed)
    said = [(channel, conversation(channel.room, 100_000, chance, english=channel.english)) for channel in CHANNELS]
    weights = [channel.share for channel in CHANNELS]
    while True:
        channel, talk = chance.choices(said, weights)[0]
        one = next(talk)
        now = datetime.now(UTC)
        yield connector_of(channel), _message(channel, one, now)._replace(id=f"live-{int(now.timestamp() * 1000)}-{one.number}")


def _received(channel: Channel, count: int, until: datetime, chance: Random) -> Iterator[tuple[datetime, str, Message]]:
    said = list(conversation(channel.room, max(1, count), chance, english=channel.english))
    # Whole days, so that people go on writing in their working hours.
    days = (until.timestamp() - said[-1].moment) // DAY
    first = until - timedelta(days=30)
    for one in said:
        moment = datetime.fromtimestamp(one.moment + days * DAY, UTC)
        if moment >= first:
            yield moment, connector_of(channel), _message(channel, one, moment)


def _message(channel: Channel, said: Said, moment: datetime) -> Message:
    return Message(
        id=str(said.number),
        text=said.text,
        conversation=channel.conversation,
        sender=_account(channel.platform, said.who),
        sender_name=said.who.name,
        chat_title=channel.room.title,
        chat_kind=channel.kind,
        occurred_at=moment,
        attachments=tuple(Attachment(file.name, file.media_type, file.size) for file in said.files),
        reply_to=str(said.answers) if said.answers else None,
    )


def _account(platform: str, who: Colleague) -> str:
    return {"telegram": who.telegram, "slack": who.slack, "matrix": who.matrix}.get(platform, who.phone)
