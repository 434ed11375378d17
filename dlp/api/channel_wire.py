"""Alert channels on the wire: settings by kind, and secrets that are written and never read back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from dlp.api.duty_wire import Time

_NO_CONTROL: Final = r"^[^\x00-\x1f\x7f]*$"
_HOST: Final = r"^[A-Za-z0-9._:-]{1,253}$"
_ADDRESS: Final = re.compile(r"[!-?A-~]{1,64}@[A-Za-z0-9.-]{1,255}")


def _web_address(told: str) -> str:
    parts = urlsplit(told)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None:
        raise ValueError("is no http or https address")
    return told


def _mail_address(told: str) -> str:
    if not _ADDRESS.fullmatch(told):
        raise ValueError("is no mail address")
    return told


Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=256, pattern=_NO_CONTROL)]
Host = Annotated[str, StringConstraints(pattern=_HOST)]
Port = Annotated[int, Field(ge=1, le=65535)]
Pem = Annotated[str, StringConstraints(max_length=65536, pattern=r"^[^\x00]*$")]
WebAddress = Annotated[str, StringConstraints(max_length=2048, pattern=_NO_CONTROL), AfterValidator(_web_address)]
MailAddress = Annotated[str, StringConstraints(max_length=254), AfterValidator(_mail_address)]
Secret = Annotated[str, StringConstraints(min_length=1, max_length=16384, pattern=r"^[^\x00]*$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class MailSettings(_Strict):
    """An SMTP server. `ca` (PEM) is the only authority believed where it is told."""

    host: Host
    port: Port = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    sender: MailAddress
    login: Annotated[str, StringConstraints(max_length=256, pattern=_NO_CONTROL)] = ""
    ca: Pem = ""


class WebhookSettings(_Strict):
    """An address that takes signed JSON. `honours_keys`: it does nothing twice under one Idempotency-Key."""

    url: WebAddress
    honours_keys: bool = True
    ca: Pem = ""


class SyslogSettings(_Strict):
    """A syslog receiver; `certificate` (PEM) is shown to one that wants to know us."""

    host: Host
    port: Port = 6514
    transport: Literal["tcp", "tls"] = "tls"
    form: Literal["cef", "ecs"] = "cef"
    facility: Annotated[int, Field(ge=0, le=23)] = 13
    honours_keys: bool = False
    ca: Pem = ""
    certificate: Pem = ""


class TelegramSettings(_Strict):
    """The connector whose bot tells alerts."""

    connector: Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=_NO_CONTROL)]


class MailSecrets(_Strict):
    """What logs in at the mail server."""

    password: Secret


class WebhookSecrets(_Strict):
    """What signs. The secret before it goes on signing beside it, so that the receiver can change at leisure."""

    secret: Annotated[Secret, StringConstraints(min_length=32)]


class SyslogSecrets(_Strict):
    """The key (PEM) of `certificate`."""

    private_key: Secret


class _ChannelIn(_Strict):
    title: Title
    enabled: bool = True


class MailChannelIn(_ChannelIn):
    """A channel as it is written; `secrets` null keeps those there are."""

    kind: Literal["mail"]
    settings: MailSettings
    secrets: MailSecrets | None = None


class WebhookChannelIn(_ChannelIn):
    """A channel as it is written; `secrets` null keeps those there are."""

    kind: Literal["webhook"]
    settings: WebhookSettings
    secrets: WebhookSecrets | None = None


class SyslogChannelIn(_ChannelIn):
    """A channel as it is written; `secrets` null keeps those there are."""

    kind: Literal["syslog"]
    settings: SyslogSettings
    secrets: SyslogSecrets | None = None


class TelegramChannelIn(_ChannelIn):
    """A channel as it is written; its bot's token is the connector's."""

    kind: Literal["telegram"]
    settings: TelegramSettings
    secrets: None = None


ChannelIn = Annotated[
    MailChannelIn | WebhookChannelIn | SyslogChannelIn | TelegramChannelIn,
    Field(discriminator="kind"),
]
Settings = MailSettings | WebhookSettings | SyslogSettings | TelegramSettings


class HealthOut(BaseModel):
    """How the other side is; `said` are its last words, `failures` those in a row."""

    state: Literal["working", "down", "untried"]
    failures: int = 0
    said: str = ""
    retry_at: Time | None = None
    changed_at: Time | None = None
    at: Time | None = None


class ChannelOut(BaseModel):
    """A channel; `has_secrets` is all that is ever told of its secrets."""

    id: str
    kind: Literal["mail", "webhook", "syslog", "telegram"]
    title: str
    settings: Settings
    has_secrets: bool
    enabled: bool
    health: HealthOut
    created_at: Time
    updated_at: Time


def secrets_after(before: Mapping[str, str], told: BaseModel | None) -> dict[str, str] | None:
    """The secrets a channel has after `told` was written; None where they stay as they are."""
    if told is None:
        return None
    new: dict[str, Any] = told.model_dump()
    if "secret" in new and before.get("secret") not in {None, new["secret"]}:
        new["previous"] = before["secret"]
    return new
