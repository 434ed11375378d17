"""Connectors: what feeds us, how it is doing, what it may do when time is up, the keys it signs with."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import BaseModel
from sqlalchemy import Connection

from dlp.api.access import InstallationServices, Principal, allowed
from dlp.api.connector_forms import (
    ConnectorChange,
    ConnectorState,
    ConnectorWords,
    KeyRotation,
    NewConnector,
    NewHookKey,
    state_of,
)
from dlp.api.connector_trial import ConnectorTrial, ConnectorTrialRequest, trial_of
from dlp.api.doors import InstallationDoors
from dlp.api.permissions import Permission
from dlp.errors import DlpError
from dlp.services import Services
from dlp.store import connectors
from dlp.store.connector_secrets import ConnectorSecrets
from dlp.store.connectors import Connector

_log = logging.getLogger(__name__)
router = APIRouter(tags=["connectors"])
Reader = Annotated[Principal, allowed(Permission.CONNECTOR_READ)]
Editor = Annotated[Principal, allowed(Permission.CONNECTOR_EDIT)]
Name = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9._-]{0,35}$")]
# What the pipeline's snapshot holds of a connector.
_STANDING = frozenset({"mode", "keep_clean_days", "zone"})


class Connectors(BaseModel):
    """All connectors, by name."""

    items: list[ConnectorState]
    next: str | None = None


@router.get("/connectors")
def list_connectors(principal: Reader, services: InstallationServices) -> Connectors:
    """Every connector with its health and what its messenger cannot do."""
    with services.database.reading() as connection:
        items = [_state(connection, services, found) for found in connectors.every(connection)]
    return Connectors(items=items)


@router.get("/connectors/{name}")
def get_connector(name: Name, principal: Reader, services: InstallationServices) -> ConnectorState:
    """One connector."""
    return _shown(services, name)


@router.post("/connectors", status_code=201)
def add_connector(
    wanted: NewConnector, principal: Editor, services: InstallationServices, doors: InstallationDoors
) -> ConnectorState:
    """Adds a connector; its secrets and keys are told apart."""
    connector = Connector(**wanted.model_dump(exclude={"settings"}), settings=_plain(wanted.settings))
    now = services.clock.now()
    services.database.write(lambda connection: connectors.create(connection, principal.actor, connector, now))
    _renew(services)
    doors.forget(wanted.name)
    return _shown(services, wanted.name)


@router.patch("/connectors/{name}")
def change_connector(
    name: Name, change: ConnectorChange, principal: Editor, services: InstallationServices, doors: InstallationDoors
) -> ConnectorState:
    """Changes what is told and leaves the rest; null clears `zone` and `credentials_expire_at`."""
    told = change.model_dump(exclude_unset=True, exclude={"settings"})
    to: dict[str, Any] = {
        field: value for field, value in told.items() if value is not None or field in {"zone", "credentials_expire_at"}
    }
    if change.settings is not None:
        to["settings"] = _plain(change.settings)
    now = services.clock.now()
    services.database.write(lambda connection: connectors.change(connection, principal.actor, name, to, now))
    if _STANDING & to.keys():
        _renew(services)
    doors.forget(name)
    return _shown(services, name)


@router.delete("/connectors/{name}")
def switch_connector_off(
    name: Name, principal: Editor, services: InstallationServices, doors: InstallationDoors
) -> ConnectorState:
    """Takes nothing from it any more; what the record holds of it stays, so it is never gone altogether."""
    now = services.clock.now()
    services.database.write(lambda connection: connectors.change(connection, principal.actor, name, {"enabled": False}, now))
    doors.forget(name)
    return _shown(services, name)


@router.put("/connectors/{name}/secrets")
def tell_connector_secrets(
    name: Name, told: ConnectorWords, principal: Editor, services: InstallationServices, doors: InstallationDoors
) -> ConnectorState:
    """Keeps secret words, sealed; nobody is shown them again."""
    now, sealed = services.clock.now(), ConnectorSecrets(services.keys)
    words: dict[str, str | None] = {str(key): word for key, word in told.words.items()}

    def write(connection: Connection) -> None:
        sealed.tell(connection, principal.actor, name, words, now)
        if "expire_at" in told.model_fields_set:
            connectors.change(connection, principal.actor, name, {"credentials_expire_at": told.expire_at}, now)

    services.database.write(write)
    doors.forget(name)
    return _shown(services, name)


@router.post("/connectors/{name}/keys", status_code=201)
def rotate_connector_key(
    name: Name, rotation: KeyRotation, principal: Editor, services: InstallationServices, doors: InstallationDoors
) -> NewHookKey:
    """A new key for the connector's hook; the one before is taken a while longer, so that both sides need not change at once."""
    now, overlap = services.clock.now(), timedelta(hours=rotation.overlap_hours)
    sealed = ConnectorSecrets(services.keys)
    key = services.database.write(lambda connection: sealed.rotate(connection, principal.actor, name, overlap, now))
    doors.forget(name)
    return NewHookKey(id=key.id, secret=key.secret, made_at=key.made_at)


@router.delete("/connectors/{name}/keys/{key_id}")
def end_connector_key(
    name: Name, key_id: str, principal: Editor, services: InstallationServices, doors: InstallationDoors
) -> ConnectorState:
    """Takes no signature of this key any more, at once."""
    now, sealed = services.clock.now(), ConnectorSecrets(services.keys)
    services.database.write(lambda connection: sealed.end(connection, principal.actor, name, key_id, now))
    doors.forget(name)
    return _shown(services, name)


@router.post("/connectors/{name}/test")
def try_connector(name: Name, asked: ConnectorTrialRequest, principal: Editor, services: InstallationServices) -> ConnectorTrial:
    """Sends an event through signature, reader and policies as the messenger's own would go; nothing is recorded."""
    with services.database.reading() as connection:
        found = connectors.one(connection, name)
        secrets = connectors.secrets_of(connection, services.keys, name)
    return trial_of(services, found, secrets, asked.event)


def _renew(services: Services) -> None:
    """The change is made; where the policies' own files cannot be read now, what was read before goes on standing."""
    try:
        services.renew()
    except DlpError as error:
        _log.warning("the context could not be renewed (%s)", error.code)


def _plain(settings: BaseModel) -> dict[str, Any]:
    return settings.model_dump(mode="json", exclude_defaults=True)


def _shown(services: Services, name: str) -> ConnectorState:
    with services.database.reading() as connection:
        return _state(connection, services, connectors.one(connection, name))


def _state(connection: Connection, services: Services, found: Connector) -> ConnectorState:
    now: datetime = services.clock.now()
    return state_of(found, connectors.secrets_of(connection, services.keys, found.name), now)
