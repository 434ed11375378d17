"""`dlp scan [PATH…]`: says message by message what must not have been sent, why, and what could not be read."""

from __future__ import annotations

import gc
import os
import signal
import sys
from argparse import ArgumentParser, ArgumentTypeError, HelpFormatter, Namespace
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from dlp.cli.form import FORMS, Form, form_named
from dlp.cli.inputs import Inputs
from dlp.cli.progress import Progress
from dlp.cli.shards import ManyProcesses, OneProcess, Scanner
from dlp.cli.tally import Tally
from dlp.errors import InputFault, UsageError
from dlp.ingest.exports import zone_named
from dlp.settings import Settings, settings_from
from dlp.wiring import context_from

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dlp.cli.shards import Lines
    from dlp.records import Message

# The first block is small so that the first result is early; a block's texts are bounded too, for exports of long letters.
_FIRST_BLOCK: Final = 16
_BLOCK: Final = 512
_BLOCK_CHARACTERS: Final = 1 << 20
_NO_TERMINAL_WIDTH: Final = 200
_HELP_WIDTH: Final = 110


def main(arguments: list[str]) -> int:
    """Scans and returns 0, or 1 where some of the input could not be read."""
    options = _parser().parse_args(arguments)
    inputs = Inputs(tuple(options.path), options.zone)
    settings = _settings(options)
    form = _form(options)
    scanner = _scanner(settings, form, options.jobs)
    # Compiled policies stay to the end: the collector need not walk them again and again.
    gc.freeze()
    scan = _Scan(inputs, form, scanner, sys.stdout.buffer)
    try:
        return scan.run()
    except BaseException:
        scanner.close(at_once=True)
        raise


def _parser() -> ArgumentParser:
    parser = ArgumentParser("dlp scan", description=__doc__, allow_abbrev=False, formatter_class=_Help)
    add = parser.add_argument
    add("path", nargs="*", type=Path, help="an export (file, folder, zip), mail, text, JSONL; where none is given standard input")
    add("--policies", type=Path, metavar="DIR", help="the folder of policies; the packs of the product where not given")
    add("--all-entities", action="store_true", help="report what no policy asked for too")
    add("--no-names", action="store_true", help="skip the statistical search for names")
    add("--jobs", type=_jobs, default=1, metavar="N", help="scan in N processes; output keeps the input's order")
    add("--people", type=Path, metavar="FILE", help="people.csv: who is who")
    add("--chats", type=Path, metavar="FILE", help="chats.yaml: what chats are")
    add("--zone", type=_zone, metavar="TZ", help="the time zone of exports that do not tell theirs, e.g. Europe/Moscow")
    add("--format", choices=FORMS, default="json", help="json (default): every message; table, csv: what was found")
    add("--show-values", action="store_true", help="show what was found instead of masking it")
    add("--cache", type=Path, metavar="DIR", help="where compiled policies are kept; $DLP_CACHE, else ~/.cache/dlp")
    return parser


class _Help(HelpFormatter):
    """Help of a fixed width: to ask the terminal for its own, argparse would import more than all of itself."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=_HELP_WIDTH)


def _jobs(written: str) -> int:
    if not written.isdecimal() or not 1 <= int(written) <= 256:
        raise ArgumentTypeError("must be a number of processes from 1 to 256")
    return int(written)


def _zone(written: str) -> str:
    try:
        zone_named(written)
    except UsageError as error:
        raise ArgumentTypeError(str(error)) from None
    return written


def _settings(options: Namespace) -> Settings:
    told = {name: getattr(options, name) for name in ("policies", "cache", "people", "chats") if getattr(options, name)}
    chosen: dict[str, Any] = {**told, "all_entities": options.all_entities, "names": not options.no_names}
    return settings_from(os.environ)._replace(**chosen)


def _form(options: Namespace) -> Form:
    terminal = sys.stdout.isatty()
    width = _NO_TERMINAL_WIDTH
    if terminal and options.format == "table":
        from shutil import get_terminal_size

        width = get_terminal_size().columns
    colour = terminal and not os.environ.get("NO_COLOR")
    return form_named(options.format, show_values=options.show_values, colour=colour, width=width)


def _scanner(settings: Settings, form: Form, jobs: int) -> Scanner:
    # Built here even where workers scan: faults in the files are told once, and the workers find them compiled.
    context = context_from(settings)
    return OneProcess(context, form) if jobs == 1 else ManyProcesses(settings, form, jobs)


class _Scan:
    """Moves blocks of input through a scanner and its lines to the output, never holding more than a few blocks."""

    def __init__(self, inputs: Inputs, form: Form, scanner: Scanner, output: BinaryIO) -> None:
        self._inputs = inputs
        self._form = form
        self._scanner = scanner
        self._output = output
        self._block: list[Message | InputFault] = []
        self._tally = Tally()
        self._progress = Progress(sys.stderr, inputs.share_read)
        self._interrupted = False

    def run(self) -> int:
        """Scans everything; the exit code."""
        began = monotonic()
        signal.signal(signal.SIGINT, self._interrupt)
        self._write(self._form.head())
        self._read()
        self._pass_on()
        self._write_lines(self._scanner.drain())
        self._scanner.close(at_once=False)
        self._write(self._form.foot(self._tally, monotonic() - began))
        return 1 if self._tally.faults else 0

    def _read(self) -> None:
        limit, characters = _FIRST_BLOCK, 0
        for item in self._inputs.items(before_wait=self._catch_up):
            self._block.append(item)
            characters += 0 if isinstance(item, InputFault) else len(item.text)
            if len(self._block) >= limit or characters >= _BLOCK_CHARACTERS:
                self._pass_on()
                limit, characters = _BLOCK, 0

    def _catch_up(self) -> None:
        """The input has nothing at this moment: everything read so far is answered before waiting for more."""
        self._pass_on()
        self._write_lines(self._scanner.drain())

    def _pass_on(self) -> None:
        block, self._block = self._block, []
        if block:
            self._write_lines(self._scanner.put(block))

    def _write_lines(self, finished: Iterable[Lines]) -> None:
        for lines in finished:
            self._tally.add(lines.tally)
            self._write("".join(lines.texts))
            self._progress.show(self._tally.messages)
        if self._interrupted:
            raise KeyboardInterrupt

    def _write(self, text: str) -> None:
        if text:
            self._progress.hide()
            self._output.write(text.encode("utf-8", "backslashreplace"))
            self._output.flush()

    def _interrupt(self, *_: object) -> None:
        # Raised inside a native callback the exception may be lost, so the end of the block looks again.
        self._interrupted = True
        raise KeyboardInterrupt
