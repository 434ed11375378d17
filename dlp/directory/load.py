"""Loads the directory's files into a frozen snapshot."""

from __future__ import annotations

from pathlib import Path

from dlp.directory.chat_register import ChatRegister
from dlp.directory.people import People
from dlp.directory.snapshot import Directory
from dlp.errors import FileFaults
from dlp.records import Organisation


def load_directory(people: Path | None, chats: Path | None, organisation: Organisation) -> Directory:
    """The directory of the files given. Raises FileFaults with the faults of both."""
    faults: list[FileFaults] = []
    known, register = People({}, {}, {}), ChatRegister({})
    try:
        known = _people(people)
    except FileFaults as error:
        faults.append(error)
    try:
        register = _register(chats)
    except FileFaults as error:
        faults.append(error)
    if faults:
        raise FileFaults(tuple(fault for error in faults for fault in error.faults))
    return Directory(known, register, organisation.domains, organisation.zone)


def _people(path: Path | None) -> People:
    if path is None:
        return People({}, {}, {})
    from dlp.directory.people_file import read_people  # a warm scan has it compiled

    return read_people(path)


def _register(path: Path | None) -> ChatRegister:
    if path is None:
        return ChatRegister({})
    from dlp.directory.chat_file import read_chats  # YAML is slow to import and a warm scan has it compiled

    return read_chats(path)
