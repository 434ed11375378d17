"""`dlp demo`: a fictional company's month of chats, served live; `dlp demo DIR` writes its exports in every form that is read."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from dlp.errors import UsageError
from dlp.settings import settings_from

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dlp.cli.demonstration.company import Room
    from dlp.cli.demonstration.conversation import Said

MESSAGES = 600
MONTH = 12_000
MOST_MESSAGES = 50_000_000
LETTERS = 300  # a letter takes a hundred times as long to write as a line
SEED = 7


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command to a parser's commands."""
    _add_arguments(subparsers.add_parser("demo", help="write demonstration exports of a fictional company"))


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folder", metavar="DIR", type=Path, nargs="?", help="write exports here instead of serving; must be empty if it is there"
    )
    parser.add_argument(
        "--messages", metavar="N", type=int, default=MESSAGES, help=f"messages in the Telegram group ({MESSAGES})"
    )
    parser.add_argument("--remove", action="store_true", help="remove the demonstration that was served from DLP_HOME")
    parser.add_argument("--processes", type=int, default=1, help="processes that inspect batches while serving (%(default)s)")
    parser.add_argument("--seed", metavar="S", type=int, default=SEED, help="the same seed writes the same bytes")
    parser.add_argument("--force", action="store_true", help="write over what an earlier demonstration left in DIR")


def main(arguments: list[str]) -> int:
    """Runs the command."""
    parser = argparse.ArgumentParser(prog="dlp demo", description=__doc__)
    _add_arguments(parser)
    return run(parser.parse_args(arguments))


def run(args: argparse.Namespace) -> int:
    """Writes DIR/people.csv, DIR/chats.yaml and the exports in DIR/exports; tells on standard error how to scan them."""
    if args.folder is None:
        return _serve(args)
    folder: Path = args.folder
    if not 1 <= args.messages <= MOST_MESSAGES:
        raise UsageError(f"--messages must be from 1 to {MOST_MESSAGES}")
    started = time.monotonic()
    exports = _empty_folder(folder, force=args.force)
    try:
        written = _write(folder, exports, messages=args.messages, seed=args.seed)
    except OSError as error:
        raise UsageError(f"{folder}: cannot be written: {error.strerror}") from None
    options = f"--people {folder / 'people.csv'} --chats {folder / 'chats.yaml'} --zone Europe/Moscow --format table"
    sys.stderr.write(
        f"wrote {written} messages in {time.monotonic() - started:.1f} s; to scan them:\n  dlp scan {exports} {options}\n"
    )
    return 0


def _serve(args: argparse.Namespace) -> int:
    from dlp.cli import demo_server

    settings = settings_from(os.environ)
    if args.remove:
        return demo_server.remove(settings)
    return demo_server.run(settings, messages=max(args.messages, MONTH), processes=args.processes)


def _empty_folder(folder: Path, *, force: bool) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not force and any(folder.iterdir()):
            raise UsageError(f"{folder}: is not empty; --force writes over an earlier demonstration")
        exports = folder / "exports"
        for inner in ("telegram", "matrix", "mail", "lines"):
            (exports / inner).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder}: cannot be written: {error.strerror}") from None
    return exports


def _write(folder: Path, exports: Path, *, messages: int, seed: int) -> int:
    from dlp.cli.demonstration import (
        company,
        directory_files,
        line_files,
        mail_file,
        matrix_file,
        slack_file,
        telegram_file,
        whatsapp_file,
    )

    few = max(1, min(messages // 2, 2_000))
    talks = _Talks(seed)
    with (folder / "people.csv").open("w", encoding="utf-8", newline="") as people:
        directory_files.write_people(people)
    with (folder / "chats.yaml").open("w", encoding="utf-8") as chats:
        directory_files.write_chats(chats)
    with (exports / "telegram" / "result.json").open("w", encoding="utf-8") as file:
        group, pair = talks.of(company.CLIENT_GROUP, messages), talks.of(company.PRIVATE_CHAT, few // 3 + 1)
        telegram_file.write_telegram(file, group, pair)
    whatsapp_file.write_whatsapp(exports, talks.of(company.SUPPLIER_CHAT, few))
    english, developers = talks.of(company.EXPORT_CHANNEL, few, english=0.9), talks.of(company.DEVELOPERS, few, english=0.4)
    slack_file.write_slack(exports / "slack.zip", english, developers)
    matrix_file.write_matrix(exports / "matrix", talks.of(company.INTERNAL_ROOM, few))
    mail_file.write_mailbox(
        exports / "mail" / "mail.mbox", talks.of(company.MAIL, min(few, LETTERS), english=0.2), talks.chance()
    )
    with (exports / "lines" / "messages.jsonl").open("w", encoding="utf-8") as file:
        line_files.write_jsonl(file, talks.of(company.CLIENT_GROUP, few, english=0.3))
    with (exports / "lines" / "notes.txt").open("w", encoding="utf-8") as file:
        line_files.write_text(file, talks.of(company.INTERNAL_ROOM, few // 4 + 1))
    return talks.said


class _Talks:
    """Makes the talk of each chat from its own source of chance, so that a longer one leaves the others as they are."""

    def __init__(self, seed: int) -> None:
        self.said = 0
        self._seed = seed
        self._made = 0

    def chance(self) -> Random:
        self._made += 1
        return Random(f"{self._seed}/{self._made}")

    def of(self, room: Room, count: int, *, english: float = 0.0) -> Iterator[Said]:
        from dlp.cli.demonstration.conversation import conversation

        self.said += count
        return conversation(room, count, self.chance(), english=english)
