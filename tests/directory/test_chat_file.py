from __future__ import annotations

from pathlib import Path

import pytest

from dlp.directory.chat_file import read_chats
from dlp.directory.chat_register import Audience, ChatRegister
from dlp.errors import FileFaults
from dlp.records import ChatKind, Zone


def register(folder: Path, text: str) -> ChatRegister:
    path = folder / "chats.yaml"
    path.write_text(text, encoding="utf-8")
    return read_chats(path)


def faults_of(folder: Path, text: str) -> list[str]:
    with pytest.raises(FileFaults) as caught:
        register(folder, text)
    return [f"{fault.line}: {fault.message}" for fault in caught.value.faults]


def test_an_entry_keeps_everything_it_says(tmp_path: Path) -> None:
    found = register(
        tmp_path,
        """
- connector: telegram
  chat: -100123
  zone: foreign
  owner: olga
  external: true
  purpose: clients
  kind: group
  audience: {external: true, size: 40, domains: [Client.com]}
""",
    ).find("telegram", "-100123")
    assert found is not None
    assert (found.zone, found.owner, found.external, found.purpose, found.kind) == (
        Zone.FOREIGN,
        "olga",
        True,
        "clients",
        ChatKind.GROUP,
    )
    assert found.audience == Audience(external=True, size=40, domains=frozenset({"client.com"}))


def test_the_chat_itself_stands_above_its_family_and_the_longest_family_above_others(tmp_path: Path) -> None:
    chats = register(
        tmp_path,
        """
- {connector: slack, chat: "*", purpose: any}
- {connector: slack, chat: "C1*", purpose: family}
- {connector: slack, chat: C12, purpose: own}
""",
    )
    purposes = {chat: entry.purpose for chat in ("C12", "C13", "D1") if (entry := chats.find("slack", chat))}
    assert purposes == {"C12": "own", "C13": "family", "D1": "any"}
    assert chats.find("telegram", "C12") is None


def test_an_empty_register_knows_nothing(tmp_path: Path) -> None:
    assert register(tmp_path, "# nothing yet\n").find("slack", "C1") is None


def test_every_fault_is_told_at_its_line(tmp_path: Path) -> None:
    faults = faults_of(
        tmp_path,
        """- connector: slack
  chat: C1
  zone: moon
  external: "yes"
- connector: slack
  chat: C1
  colour: red
- chat: "a*b"
- just a word
- {connector: slack, chat: C2, audience: {size: many, members: 3}}
- {connector: slack, chat: C3, audience: {domains: corp.ru}, kind: [group]}
""",
    )
    assert [fault.split(";")[0] for fault in faults] == [
        '3: "zone" must be one of onprem, domestic, foreign',
        '4: "external" must be true or false',
        '5: the chat "C1" of slack already stands on line 1',
        '7: the key "colour" is not known',
        '8: the key "connector" is missing',
        '8: "*" may only stand at the end of a chat',
        "9: must be a mapping with keys of connector, chat, zone, owner, external, audience, purpose, kind",
        '10: the key "members" is not known',
        '10: "size" must be a number of people',
        '11: "domains" must be a list of mail domains',
        '11: "kind" must be one of direct, group, channel, mail, saved, bot',
    ]


def test_a_register_that_is_no_list_is_a_fault(tmp_path: Path) -> None:
    assert faults_of(tmp_path, "chats: []\n") == ["1: must be a list of chats"]
