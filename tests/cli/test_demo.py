from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from stdnum import luhn
from stdnum.ru import inn

from dlp.cli.demo import main
from dlp.cli.demonstration.company import CLIENT_GROUP, TELEGRAM_CHAT
from dlp.cli.demonstration.conversation import conversation
from dlp.cli.demonstration.identifiers import Identifiers
from dlp.cli.demonstration.leaks import MAKERS
from dlp.directory.load import load_directory
from dlp.errors import UsageError
from dlp.ingest.exports import read_export
from dlp.records import Message, Organisation, Zone

PACKS = {
    "personal-data",
    "payment",
    "bank-secrecy",
    "commercial-secret",
    "credentials",
    "signature-keys",
    "foreign-messengers",
    "insider",
    "espionage",
    "unreadable",
}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demonstration."""
    folder = tmp_path_factory.mktemp("demo") / "written"
    assert main([str(folder), "--messages", "300", "--seed", "3"]) == 0
    return folder


def everything(folder: Path) -> list[Message]:
    found = list(read_export(folder / "exports", "Europe/Moscow"))
    assert [one for one in found if not isinstance(one, Message)] == []
    return [one for one in found if isinstance(one, Message)]


def test_every_form_of_export_is_written_and_read_without_a_fault(demo: Path) -> None:
    found = Counter(message.connector for message in everything(demo))
    assert set(found) == {"telegram", "whatsapp", "slack", "matrix", "mail", "text", None}
    assert found["telegram"] > 300


def test_no_two_messages_share_an_identity(demo: Path) -> None:
    identities = Counter((m.connector, m.conversation, m.id, m.revision) for m in everything(demo))
    assert [identity for identity, count in identities.items() if count > 1] == []


def test_its_people_and_chats_are_known_to_the_directory(demo: Path) -> None:
    directory = load_directory(demo / "people.csv", demo / "chats.yaml", Organisation())
    unknown = set()
    senders = Counter[str]()
    for message in everything(demo):
        around = directory.surroundings(message)
        if message.connector in {"telegram", "whatsapp", "slack", "matrix"}:
            if around.zone is None or around.external is None:
                unknown.add(message.conversation)
            if around.sender_person:
                senders[message.connector] += 1
    assert unknown == set()
    assert set(senders) == {"telegram", "slack", "matrix"}  # an address book's name on WhatsApp is nobody's account


def test_the_company_s_own_room_stands_on_its_own_server(demo: Path) -> None:
    directory = load_directory(demo / "people.csv", demo / "chats.yaml", Organisation())
    zones = {m.connector: directory.surroundings(m).zone for m in everything(demo) if m.connector in {"matrix", "telegram"}}
    assert zones == {"matrix": Zone.ONPREM, "telegram": Zone.FOREIGN}


def test_the_same_seed_writes_the_same_bytes(demo: Path, tmp_path: Path) -> None:
    main([str(tmp_path / "again"), "--messages", "300", "--seed", "3"])
    main([str(tmp_path / "other"), "--messages", "300", "--seed", "4"])

    def contents(folder: Path) -> dict[str, bytes]:
        return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    assert contents(tmp_path / "again") == contents(demo)
    assert contents(tmp_path / "other").keys() == contents(demo).keys()
    assert contents(tmp_path / "other") != contents(demo)


def test_every_pack_leaks_and_nearly_all_is_ordinary_talk() -> None:
    said = Counter(message.pack for message in conversation(CLIENT_GROUP, 2_000, Random(1)))
    assert set(said) == PACKS | {""}
    assert said[""] > 1_900


def test_every_leak_is_for_a_pack() -> None:
    make = Identifiers(Random(1))
    assert {maker(make, Random(1)).pack for maker in MAKERS} == PACKS


def test_identifiers_hold_their_checks() -> None:
    make = Identifiers(Random(5))
    for _ in range(200):
        assert luhn.is_valid(make.card().replace(" ", ""))
        assert inn.is_valid(make.inn_of_person())
        assert inn.is_valid(make.inn_of_company())
        bare, _, check = make.snils().partition(" ")
        assert sum(int(digit) * (9 - index) for index, digit in enumerate(bare.replace("-", ""))) % 101 % 100 == int(check)
        account = make.account("044525974")
        weighed = (int(digit) * (7, 1, 3)[index % 3] for index, digit in enumerate("974" + account))
        assert sum(value % 10 for value in weighed) % 10 == 0


def test_many_messages_are_written_in_seconds(tmp_path: Path) -> None:
    started = time.process_time()
    assert main([str(tmp_path / "many"), "--messages", "20000"]) == 0
    assert time.process_time() - started < 10
    assert f'"id": {TELEGRAM_CHAT}' in (tmp_path / "many/exports/telegram/result.json").read_text(encoding="utf-8")[:400]


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("x")
    with pytest.raises(UsageError, match="is not empty"):
        main([str(tmp_path)])
    assert main([str(tmp_path), "--force", "--messages", "3"]) == 0
    with pytest.raises(UsageError, match="--messages"):
        main([str(tmp_path / "x"), "--messages", "0"])
