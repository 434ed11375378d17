"""The `dlp` command: picks the command's module by name and turns every failure into one sentence and an exit code.

A command is a module of `dlp.cli` with `main(arguments: list[str]) -> int`; only the one asked for is imported.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module

from dlp import __version__
from dlp.errors import DlpError

COMMANDS = {
    "scan": "say message by message what must not have been sent, why, and what could not be read",
    "demo": "serve a fictional company's chats, or write its exports",
    "serve": "take messages, decide, record; serve people and programs over HTTP",
    "connect": "attach a messenger, a proxy or a bot",
    "audit": "prove what was recorded: verify, sign, export the audit chain",
    "keys": "make, check and replace keys; shred a day",
    "import": "read a service's history into a retro case; tell what of ours lies there",
    "policies": "check, test, explain policies; print their schema",
}
MODULES = {"import": "importing"}  # where the command is a word of Python's
USAGE, SOFTWARE, INTERRUPTED = 2, 70, 130


def main(arguments: list[str] | None = None) -> int:
    """Runs a command and returns its exit code: 0 done, 1 some input was bad, 2 bad usage or files, 70 our fault."""
    command, *rest = (sys.argv[1:] if arguments is None else arguments) or ["--help"]
    if command in {"-h", "--help"}:
        sys.stdout.write(_help())
        return 0
    if command in {"-V", "--version"}:
        sys.stdout.write(f"dlp {__version__}\n")
        return 0
    if command not in COMMANDS:
        sys.stderr.write(f"dlp: there is no command {command!r}; there are {', '.join(COMMANDS)}\n")
        return USAGE
    return _guarded(command, rest)


def _guarded(command: str, arguments: list[str]) -> int:
    try:
        code: int = import_module(f"dlp.cli.{MODULES.get(command, command)}").main(arguments)
        sys.stdout.flush()
    except DlpError as error:
        sys.stderr.write(f"dlp {command}: {error}\n")
        return USAGE
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _forget_standard_output()
        return 0
    except Exception as error:
        if os.environ.get("DLP_DEBUG"):
            raise
        # The message of an unexpected exception may quote content, so only its class is told.
        sorry = f"sorry, this is our fault ({type(error).__name__}); with DLP_DEBUG=1 it says where"
        sys.stderr.write(f"dlp {command}: {sorry}\n")
        return SOFTWARE
    return code


def _forget_standard_output() -> None:
    """The reader (`head`) has gone: what is still buffered must not fail again when Python closes the stream."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _help() -> str:
    width = max(map(len, COMMANDS))
    lines = [f"  {name:<{width}}  {about}" for name, about in COMMANDS.items()]
    return "\n".join(["usage: dlp COMMAND …", "", *lines, "", "dlp COMMAND --help tells a command's options; dlp --version.", ""])


if __name__ == "__main__":
    sys.exit(main())
