"""What goes wrong with keys and with what they seal.

KeyFault     keys are missing, wrong or open to others: nothing starts, nothing was written
SealBroken   sealed bytes, or what they belong to, are not what was sealed
Destroyed    the key was destroyed on purpose: nobody can read it any more
"""

from __future__ import annotations

from dlp.errors import DlpError, NotFound


class KeyFault(DlpError):
    """Keys are missing, wrong or open to others; `code` says which, `key_id` in `params` names the key."""

    code = "keys"


class SealBroken(DlpError):
    """Sealed bytes, or the place they stand in, were changed; told without saying which."""

    code = "seal_broken"


class Destroyed(NotFound):
    """The key was destroyed (shred, erasure): the content is gone for everybody."""

    code = "destroyed"
