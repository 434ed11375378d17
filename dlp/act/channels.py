"""Every kind of action and what carries it out."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from dlp.act.mail import Mail
from dlp.act.outcome import Channel
from dlp.act.syslog import Syslog
from dlp.act.telegram import Deletion, Sending
from dlp.act.webhook import Callback, Webhook

CHANNELS: Final[Mapping[str, Channel]] = MappingProxyType(
    {
        "mail": Mail(),
        "webhook": Webhook(),
        "syslog": Syslog(),
        "callback": Callback(),
        "telegram.delete": Deletion(),
        "telegram.reply": Sending(),
    }
)
