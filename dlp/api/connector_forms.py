"""The forms of connectors in the API: what administrators tell, what everybody may see, never a secret."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from dlp.chats.capabilities import Capabilities, capabilities_of
from dlp.store.connectors import Connector, Secrets

ModeName = Literal["observe", "enforce"]
FailName = Literal["open", "closed"]
ZoneName = Literal["onprem", "domestic", "foreign"]
CanName = Literal["yes", "no", "limited"]
ConnectorName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,35}$")]
Days = Annotated[int, Field(ge=0, le=36_500)]
Line = Annotated[str, StringConstraints(max_length=256, pattern=r"^[^\u0000-\u001f]*$")]
Secret = Annotated[str, StringConstraints(min_length=8, max_length=512, pattern=r"^[!-~]+$")]
SecretName = Literal["bot_token", "secret_token"]
Acts = Annotated[list[Literal["delete", "reply"]], Field(max_length=2)]

QUIET_AFTER: Final = timedelta(hours=3)
EXPIRES_SOON: Final = timedelta(days=14)


class _Told(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ClientCertificate(_Told):
    """A TLS proxy in front says in a header whose certificate it saw; only these proxies are believed."""

    header: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,64}$")]
    value: Annotated[str, StringConstraints(min_length=8, max_length=512, pattern=r"^[ -~]+$")]
    proxies: Annotated[list[Line], Field(min_length=1, max_length=16)]


class ConnectorActs(_Told):
    """What is done in the messenger to a message that came by its hook, by decision."""

    coach: Acts = []
    redact: Acts = []
    hold: Acts = []
    block: Acts = []


class ConnectorSettings(_Told):
    """What is no secret: how long a verdict may take, who may be called back, which certificate is wanted, where the API is.

    `acts` null leaves what is done in the messenger to the product; {} does nothing there.
    """

    deadline_ms: Annotated[int, Field(ge=5, le=60_000)] | None = None
    callback_prefixes: Annotated[
        list[Annotated[str, StringConstraints(pattern=r"^https?://[!-~]{1,512}/[!-~]*$")]], Field(max_length=16)
    ] = []
    client_certificate: ClientCertificate | None = None
    api_url: Annotated[str, StringConstraints(pattern=r"^https?://[!-~]{1,512}$")] | None = None
    acts: ConnectorActs | None = None


class NewConnector(_Told):
    """A connector to be added."""

    name: ConnectorName
    platform: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,31}$")] = Field(examples=["telegram", "other"])
    title: Line = ""
    zone: ZoneName | None = None
    mode: ModeName = "enforce"
    fail: FailName = "open"
    keep_clean_days: Days = 30
    retention_days: Annotated[int, Field(ge=1, le=36_500)] = 365
    settings: ConnectorSettings = ConnectorSettings()
    credentials_expire_at: AwareDatetime | None = None
    enabled: bool = True


class ConnectorChange(_Told):
    """What is to be different; what is left out stays."""

    title: Line | None = None
    zone: ZoneName | None = None
    mode: ModeName | None = None
    fail: FailName | None = None
    keep_clean_days: Days | None = None
    retention_days: Annotated[int, Field(ge=1, le=36_500)] | None = None
    settings: ConnectorSettings | None = None
    credentials_expire_at: AwareDatetime | None = None
    enabled: bool | None = None


class ConnectorWords(_Told):
    """Secret words by name; null forgets one. They are never shown again."""

    words: Annotated[dict[SecretName, Secret | None], Field(min_length=1)]
    expire_at: AwareDatetime | None = None


class KeyRotation(_Told):
    """How long the key before goes on being taken."""

    overlap_hours: Annotated[float, Field(ge=0, le=24 * 90)] = 24 * 7


class NewHookKey(BaseModel):
    """A key to sign with; the secret is shown this once."""

    id: str
    secret: str
    made_at: datetime


class HookKeyState(BaseModel):
    """A live key; `ends_at` where another has taken its place."""

    id: str
    made_at: datetime
    ends_at: datetime | None


class ConnectorCapabilities(BaseModel):
    """What this messenger lets us do, and in codes what it does not."""

    inline: CanName
    hold: CanName
    redact: CanName
    delete: CanName
    reply: CanName
    edits: CanName
    deletions: CanName
    files: CanName
    limits: list[str]


class ConnectorHealth(BaseModel):
    """`state` is the worst of `reasons`: credentials_expired, credentials_expire_soon, no_secret, never_heard, silent."""

    state: Literal["healthy", "degraded", "down", "silent", "off"]
    reasons: list[str]
    last_message_at: datetime | None
    silent_seconds: float | None
    credentials_expire_at: datetime | None


class ConnectorState(BaseModel):
    """A connector as people see it; of its secrets only the names."""

    name: str
    platform: str
    title: str
    zone: ZoneName | None
    mode: ModeName
    fail: FailName
    keep_clean_days: int
    retention_days: int
    settings: ConnectorSettings
    enabled: bool
    created_at: datetime | None
    secrets: list[str]
    keys: list[HookKeyState]
    capabilities: ConnectorCapabilities
    health: ConnectorHealth


def state_of(connector: Connector, secrets: Secrets, now: datetime) -> ConnectorState:
    """What is shown of a connector now."""
    told: dict[str, Any] = connector._asdict()
    told.pop("credentials_expire_at"), told.pop("last_message_at")
    told["settings"] = {key: value for key, value in connector.settings.items() if key in ConnectorSettings.model_fields}
    live = [key for key in secrets.hook_keys if key.lives(now)]
    return ConnectorState(
        **told,
        secrets=sorted(secrets.words),
        keys=[HookKeyState(id=key.id, made_at=key.made_at, ends_at=key.ends_at) for key in live],
        capabilities=_capabilities(capabilities_of(connector.platform)),
        health=_health(connector, secrets, now),
    )


def _capabilities(told: Capabilities) -> ConnectorCapabilities:
    return ConnectorCapabilities.model_validate(told._asdict() | {"limits": list(told.limits)})


def _health(connector: Connector, secrets: Secrets, now: datetime) -> ConnectorHealth:
    last, expires = connector.last_message_at, connector.credentials_expire_at
    reasons: list[str] = []
    if expires is not None and expires <= now:
        reasons.append("credentials_expired")
    elif expires is not None and expires <= now + EXPIRES_SOON:
        reasons.append("credentials_expire_soon")
    if connector.platform == "telegram" and "secret_token" not in secrets.words:
        reasons.append("no_secret")
    if last is None:
        reasons.append("never_heard")
    elif now - last > QUIET_AFTER:
        reasons.append("silent")
    return ConnectorHealth(
        state=_worst(connector.enabled, reasons),
        reasons=reasons,
        last_message_at=last,
        silent_seconds=None if last is None else max(0.0, (now - last).total_seconds()),
        credentials_expire_at=expires,
    )


def _worst(enabled: bool, reasons: list[str]) -> Literal["healthy", "degraded", "down", "silent", "off"]:
    if not enabled:
        return "off"
    if {"credentials_expired", "no_secret"} & set(reasons):
        return "down"
    if {"silent", "never_heard"} & set(reasons):
        return "silent"
    return "degraded" if reasons else "healthy"
