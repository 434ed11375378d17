"""The error tree.

DlpError                 stable code, one sentence for a person, where it happened
├── SenderError          the sender is wrong: never retried (HTTP 4xx, exit 2)
│   ├── UsageError       the command line or a call was wrong
│   ├── FileFaults       faults in policy, directory or profile files, all at once, each with file:line
│   ├── InputFault       one unreadable place of an input (an export, a JSONL line): the rest is still read
│   ├── NotFound         there is no such thing, or none this person may know of (HTTP 404)
│   └── Conflict         somebody was faster, or the state does not allow it now (HTTP 409, 412)
├── UnavailableError     the other side is down: retried (HTTP 503)
└── RefusedError         not allowed: audited (HTTP 403)
    ├── Unauthenticated  nobody is known to be asking (HTTP 401)
    └── TooManyRequests  asked too often: later (HTTP 429)

Messages never carry message text or a found secret: spans, counts and names only.
"""

from __future__ import annotations

from typing import NamedTuple


class DlpError(Exception):
    """Something a person must be told in one sentence, without a traceback.

    `code` is stable; `params` are what a translated sentence needs (counts, names, ids), `pointer` the place in a request
    (RFC 6901) that is wrong.
    """

    code = "dlp"

    def __init__(self, message: str = "", *, code: str | None = None, pointer: str | None = None, **params: object) -> None:
        super().__init__(message)
        if code is not None:
            self.code = code
        self.pointer = pointer
        self.params = params


class SenderError(DlpError):
    """The sender is wrong; the same input will fail again."""

    code = "sender"


class UsageError(SenderError):
    """The command line or the call was wrong."""

    code = "usage"


class Fault(NamedTuple):
    """One fault in a file people write; `line` counts from 1, 0 where the whole file is meant."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}" if self.line else f"{self.file}: {self.message}"


class FileFaults(SenderError):
    """Every fault found in policy, directory or profile files, in file order."""

    code = "faults"

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


class InputFault(SenderError):
    """One place of an input that cannot be read; `position` says where in the file, e.g. "line 3" or "byte 120"."""

    code = "input"

    def __init__(self, file: str, position: str, message: str) -> None:
        super().__init__(f"{file}: {position}: {message}")
        self.file = file
        self.position = position


class NotFound(SenderError):
    """There is no such thing, or none that this person may know of."""

    code = "not_found"


class Conflict(SenderError):
    """Somebody was faster, or the thing's state does not allow it now."""

    code = "conflict"


class UnavailableError(DlpError):
    """The other side did not answer; the call may be retried."""

    code = "unavailable"


class RefusedError(DlpError):
    """The act is not allowed to this person or in this state."""

    code = "refused"


class Unauthenticated(RefusedError):
    """Nobody is known to be asking."""

    code = "unauthenticated"


class TooManyRequests(RefusedError):
    """Asked too often; `retry_after_seconds` in `params` says when to ask again."""

    code = "too_many_requests"
