from __future__ import annotations

from io import StringIO

from dlp.cli.progress import Progress, progress_line


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_the_line_tells_rate_and_remaining_time() -> None:
    assert progress_line(50_000, 2.0, 0.25) == "[██████··················]  25%  50 000 messages, 25 000/s, 0:06 left"


def test_without_a_known_end_the_line_tells_how_long_it_took() -> None:
    assert progress_line(10, 65.0, None) == "10 messages, 0/s, 1:05"


def test_a_terminal_sees_the_line_and_it_is_taken_away() -> None:
    moments = iter([0.0, 1.0])
    screen = Terminal()
    progress = Progress(screen, lambda: 0.5, now=lambda: next(moments))
    progress.show(100)
    progress.hide()
    assert "50%" in screen.getvalue()
    assert screen.getvalue().endswith("\r\x1b[K")


def test_a_file_sees_nothing() -> None:
    moments = iter([0.0, 1.0])
    log = StringIO()
    progress = Progress(log, lambda: 0.5, now=lambda: next(moments))
    progress.show(100)
    progress.hide()
    assert log.getvalue() == ""
