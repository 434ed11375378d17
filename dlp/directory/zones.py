"""Where each messenger's servers stand when the chat register does not say."""

from __future__ import annotations

from typing import Final

from dlp.records import Zone

# Mail, plain text and JSONL have no servers of their own: their zone stays unknown.
DEFAULT_ZONES: Final[dict[str, Zone]] = {
    "telegram": Zone.FOREIGN,
    "whatsapp": Zone.FOREIGN,
    "teams": Zone.FOREIGN,
    "slack": Zone.FOREIGN,
    "vk_teams": Zone.DOMESTIC,
    "max": Zone.DOMESTIC,
    "matrix": Zone.ONPREM,
    "mattermost": Zone.ONPREM,
}


def default_zone(connector: str | None) -> Zone | None:
    """The zone of a messenger's servers, or None where it depends on the installation."""
    return DEFAULT_ZONES.get(connector) if connector else None
