"""Passwords: argon2id as RFC 9106 recommends, and the rules of NIST SP 800-63B: length, no composition, none of the worst."""

from __future__ import annotations

import threading
import unicodedata
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from dlp.api.worst_passwords import WORST
from dlp.errors import UsageError

SHORTEST = 12
LONGEST = 256
_AT_ONCE = 2  # each takes 64 MiB: what waits for its turn takes none


class Passwords:
    """Hashes and checks passwords, few at once."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        # 64 MiB, 3 passes, 4 lanes: the second recommendation of RFC 9106, section 4.
        self._hasher = hasher or PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
        self._turn = threading.BoundedSemaphore(_AT_ONCE)

    def hashed(self, password: str) -> str:
        """What is kept of a password."""
        with self._turn:
            return self._hasher.hash(_folded(password))

    def holds(self, hashed: str | None, password: str) -> bool:
        """Whether it is the password; where there is none to compare with it takes as long and says no."""
        with self._turn:
            try:
                self._hasher.verify(hashed or self._nobodys, _folded(password))
            except (VerificationError, InvalidHashError):
                return False
            return hashed is not None

    def is_outdated(self, hashed: str) -> bool:
        """Whether it was hashed with other parameters than today's."""
        return self._hasher.check_needs_rehash(hashed)

    @cached_property
    def _nobodys(self) -> str:
        return self._hasher.hash("nobody's password")


def refuse_weak(password: str, login: str, pointer: str = "/password") -> None:
    """Raises UsageError with a stable code where a new password breaks the rules; the text is never in it."""
    folded = _folded(password)
    if len(folded) < SHORTEST:
        raise UsageError(f"at least {SHORTEST} characters", code="password_short", pointer=pointer, shortest=SHORTEST)
    if len(folded) > LONGEST:
        raise UsageError(f"at most {LONGEST} characters", code="password_long", pointer=pointer, longest=LONGEST)
    plain = folded.casefold()
    if _is_worst(plain):
        raise UsageError("this is one of the first passwords anybody tries", code="password_common", pointer=pointer)
    if len(login) >= 3 and login.casefold() in plain:
        raise UsageError("the password contains the login", code="password_login", pointer=pointer)


def _is_worst(plain: str) -> bool:
    return len(set(plain)) <= 3 or any(plain == word * (len(plain) // len(word)) for word in WORST) or _letters(plain) in WORST


def _letters(plain: str) -> str:
    # "Password2026!" is "password": digits and signs at the ends are what people are told to add, and everybody adds.
    return plain.strip("0123456789!?.,@#$%&*-_+= ")


def _folded(password: str) -> str:
    """One form of what a keyboard gives (NIST SP 800-63B, 5.1.1.2: NFKC)."""
    return unicodedata.normalize("NFKC", password)
