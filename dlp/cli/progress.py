"""One line on a terminal: how far a scan is, how fast, and how long it will still take."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Final, TextIO

_EVERY_SECONDS: Final = 0.2
_BAR: Final = 24


class Progress:
    """Draws on `screen` where that is a terminal, else does nothing.

    `done` tells the share read so far in [0, 1], or None where it is not known.
    """

    def __init__(self, screen: TextIO | None, done: Callable[[], float | None], now: Callable[[], float] = monotonic) -> None:
        self._screen = screen if screen is not None and screen.isatty() else None
        self._done = done
        self._now = now
        self._began = self._drawn = now()
        self._visible = False

    def show(self, messages: int) -> None:
        """Draws the line anew, at most five times a second."""
        now = self._now()
        if self._screen is None or now - self._drawn < _EVERY_SECONDS:
            return
        self._drawn = now
        self._visible = True
        self._screen.write(f"\r\x1b[K{progress_line(messages, now - self._began, self._done())}")
        self._screen.flush()

    def hide(self) -> None:
        """Takes the line away, before anything else is written to the terminal."""
        if self._visible and self._screen is not None:
            self._screen.write("\r\x1b[K")
            self._screen.flush()
            self._visible = False


def progress_line(messages: int, seconds: float, share: float | None) -> str:
    """What the line says after so many messages and seconds."""
    rate = f"{messages:_} messages, {messages / max(seconds, 1e-9):_.0f}/s".replace("_", " ")
    if not share:
        return f"{rate}, {_clock(seconds)}"
    full = round(min(share, 1.0) * _BAR)
    left = seconds / min(share, 1.0) - seconds
    return f"[{'█' * full}{'·' * (_BAR - full)}] {share:4.0%}  {rate}, {_clock(left)} left"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
