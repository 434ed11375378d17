"""What each messenger lets us do and what it keeps from us, in plain codes the console words."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final, Literal, NamedTuple

Can = Literal["yes", "no", "limited"]


class Capabilities(NamedTuple):
    """`inline` asks before a message is delivered; the rest is done afterwards. `limits` says what is not seen or not done."""

    inline: Can = "no"
    hold: Can = "no"
    redact: Can = "no"
    delete: Can = "no"
    reply: Can = "no"
    edits: Can = "no"
    deletions: Can = "no"
    files: Can = "no"
    limits: tuple[str, ...] = ()


# Whoever asks POST /verdict before delivering can do everything with the answer.
_ASKING: Final = Capabilities(
    "yes", "yes", "yes", "no", "no", "yes", "yes", "limited", ("depends_on_asker", "files_by_name_only")
)

_TELEGRAM_LIMITS: Final = tuple(
    """
    delivered_before_seen delete_within_48_hours delete_needs_admin deletions_in_business_chats_only private_chats_need_business
    secret_chats_unseen groups_need_admin_or_no_privacy files_over_20_mb_unseen reply_after_start_only membership_unknown
    """.split()
)
_BY_PLATFORM: Final = MappingProxyType(
    {
        "telegram": Capabilities(
            delete="limited", reply="limited", edits="yes", deletions="limited", files="limited", limits=_TELEGRAM_LIMITS
        ),
        "whatsapp": Capabilities(
            reply="limited", edits="yes", deletions="yes", files="limited", limits=("alert_only", "business_numbers_only")
        ),
        "mail": Capabilities("yes", "yes", "limited", limits=("blind_copies_in_envelope_only",)),
        "icap": Capabilities("yes", "limited", "limited", limits=("sender_may_be_unknown",)),
    }
)


def capabilities_of(platform: str) -> Capabilities:
    """What a connector of this platform can do; one nobody described asks us itself."""
    return _BY_PLATFORM.get(platform, _ASKING)
