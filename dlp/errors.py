"""The error tree.

DlpError                 stable code, one sentence for a person, where it happened
├── SenderError          the sender is wrong: never retried (HTTP 4xx, exit 2)
│   ├── UsageError       the command line or a call was wrong
│   ├── FileFaults       faults in policy, directory or profile files, all at once, each with file:line
│   └── InputFault       one unreadable place of an input (an export, a JSONL line): the rest is still read
├── UnavailableError     the other side is down: retried
└── RefusedError         not allowed: audited

Messages never carry message text or a found secret: spans, counts and names only.
"""

from __future__ import annotations

from typing import NamedTuple


class DlpError(Exception):
    """Something a person must be told in one sentence, without a traceback."""

    code = "dlp"


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


class UnavailableError(DlpError):
    """The other side did not answer; the call may be retried."""

    code = "unavailable"


class RefusedError(DlpError):
    """The act is not allowed to this person or in this state."""

    code = "refused"
