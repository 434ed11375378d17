"""The channels alerts go out by: written, tested, taken away."""

from __future__ import annotations

from typing import Annotated, Literal

import uuid_utils
from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import Connection

from dlp.api.access import InstallationServices, Principal, allowed
from dlp.api.channel_wire import ChannelIn, ChannelOut, HealthOut, secrets_after
from dlp.api.duty_wire import IdInPath, Name
from dlp.api.permissions import Permission
from dlp.errors import UsageError
from dlp.services import Services
from dlp.store import channels, connectors, outbox
from dlp.store.channels import Channel, Health, Written
from dlp.worker.carrying import send_now

router = APIRouter(tags=["alerts"])
_Editor = Annotated[Principal, allowed(Permission.ALERT_EDIT)]
_KINDS = {"mail": "mail", "webhook": "webhook", "syslog": "syslog", "telegram": "telegram.reply"}


class ChannelsOut(BaseModel):
    """All channels."""

    items: list[ChannelOut]
    next: str | None = None


class ChannelTestIn(BaseModel):
    """Who gets the test: an e-mail address or a chat's id; nobody where the channel itself is the receiver."""

    to: Name | None = None
    language: Literal["ru", "en"] = "ru"


class ChannelTestOut(BaseModel):
    """What became of the test, and the other side's words."""

    action: str
    state: Literal["done", "failed", "refused", "unknown"]
    said: str


@router.get("/channels")
def list_channels(principal: _Editor, services: InstallationServices) -> ChannelsOut:
    """All channels and how they are."""
    with services.database.reading() as connection:
        health = channels.health(connection)
        return ChannelsOut(items=[_out(one, health) for one in channels.listed(connection)])


@router.post("/channels", status_code=201)
def create_channel(body: ChannelIn, principal: _Editor, services: InstallationServices) -> ChannelOut:
    """Adds a channel. Audited; the secrets are sealed and never shown again."""
    channel_id, now = channels.new_id(), services.clock.now()

    def create(connection: Connection) -> Channel:
        written = _written(connection, services, (channel_id, body), {})
        return channels.create(connection, channel_id, written, actor=principal.actor, now=now)

    return _out(services.database.write(create), {})


@router.get("/channels/{channel_id}")
def get_channel(channel_id: IdInPath, principal: _Editor, services: InstallationServices) -> ChannelOut:
    """One channel."""
    with services.database.reading() as connection:
        return _out(channels.channel(connection, channel_id), channels.health(connection))


@router.put("/channels/{channel_id}")
def change_channel(channel_id: IdInPath, body: ChannelIn, principal: _Editor, services: InstallationServices) -> ChannelOut:
    """Replaces title and settings, and the secrets where they are told. Audited."""
    now = services.clock.now()

    def change(connection: Connection) -> Channel:
        sealed = channels.channel(connection, channel_id).secrets_sealed
        opened = services.keys.open(channels.purpose(channel_id), bytes(sealed)) if sealed else b"{}"
        written = _written(connection, services, (channel_id, body), channels.secrets_in(opened))
        return channels.change(connection, channel_id, written, actor=principal.actor, now=now)

    return _out(services.database.write(change), {})


@router.delete("/channels/{channel_id}", status_code=204)
def delete_channel(channel_id: IdInPath, principal: _Editor, services: InstallationServices) -> None:
    """Takes a channel away that no route uses. Audited."""
    now = services.clock.now()
    services.database.write(lambda connection: channels.remove(connection, channel_id, actor=principal.actor, now=now))


@router.post("/channels/{channel_id}/test")
def test_channel(channel_id: IdInPath, body: ChannelTestIn, principal: _Editor, services: InstallationServices) -> ChannelTestOut:
    """Really sends a test and tells what the other side said."""
    with services.database.reading() as connection:
        channel = channels.channel(connection, channel_id)
    if body.to is None and channel.kind in {"mail", "telegram"}:
        raise UsageError("somebody must get the test", code="test_recipient", pointer="/to")
    now = services.clock.now()
    told = {"notice": "test", "severity": "low", "at": now.isoformat(), "facts": {}, "language": body.language}
    payload = {**told, "to": body.to or "", "chat_id": body.to or ""}
    key = f"test:{uuid_utils.uuid7()}"
    action = send_now(services, outbox.Plan(_KINDS[channel.kind], key, payload, channel=channels.key_of(channel_id)))
    return ChannelTestOut.model_validate({"action": action.id, "state": action.state, "said": action.outcome})


def _written(connection: Connection, services: Services, told: tuple[str, ChannelIn], before: dict[str, str]) -> Written:
    channel_id, body = told
    if body.kind == "telegram" and connectors.find(connection, body.settings.connector) is None:
        raise UsageError("there is no such connector", code="unknown_connector", pointer="/settings/connector")
    secrets = secrets_after(before, body.secrets)
    sealed = None if secrets is None else services.keys.seal(channels.purpose(channel_id), channels.sealed_text(secrets))
    return Written(body.kind, body.title, body.settings.model_dump(), sealed, body.enabled)


def _out(channel: Channel, health: dict[str, Health]) -> ChannelOut:
    found = health.get(channels.key_of(channel.id))
    told = {name: value for name, value in channel._asdict().items() if name != "secrets_sealed"}
    state = HealthOut(state="untried") if found is None else HealthOut.model_validate(found._asdict())
    return ChannelOut.model_validate({**told, "has_secrets": channel.secrets_sealed is not None, "health": state})
