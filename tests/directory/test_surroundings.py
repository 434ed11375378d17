from __future__ import annotations

import pickle
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dlp.directory.load import load_directory
from dlp.directory.snapshot import Directory
from dlp.errors import FileFaults
from dlp.records import ChatKind, Surroundings, Zone
from tests.builders import WEDNESDAY_NOON, a_message, an_organisation

PEOPLE = """person,accounts,phones,emails,department,groups,dismissed_on
ivan,telegram:7,+7 916 123-45-67,ivan@corp.ru,HR,hr hr-onboarding,
olga,telegram:8,,olga@corp.ru,,,2026-03-04
"""
CHATS = """
- {connector: telegram, chat: "1", zone: onprem, external: false, purpose: staff, kind: channel}
- {connector: telegram, chat: "2", external: true, audience: {size: 300}}
- {connector: matrix, chat: "!r:corp.ru", audience: {external: true, domains: [client.com]}}
"""


@pytest.fixture
def directory(tmp_path: Path) -> Directory:
    (tmp_path / "people.csv").write_text(PEOPLE, encoding="utf-8")
    (tmp_path / "chats.yaml").write_text(CHATS, encoding="utf-8")
    return load_directory(tmp_path / "people.csv", tmp_path / "chats.yaml", an_organisation())


def test_of_a_bare_message_nothing_is_known(directory: Directory) -> None:
    assert directory.surroundings(a_message()) == Surroundings()


@pytest.mark.parametrize(
    ("connector", "zone"),
    [
        ("telegram", Zone.FOREIGN),
        ("whatsapp", Zone.FOREIGN),
        ("teams", Zone.FOREIGN),
        ("slack", Zone.FOREIGN),
        ("vk_teams", Zone.DOMESTIC),
        ("max", Zone.DOMESTIC),
        ("matrix", Zone.ONPREM),
        ("mattermost", Zone.ONPREM),
        ("mail", None),
        ("text", None),
    ],
)
def test_a_messenger_has_a_zone_of_its_own(directory: Directory, connector: str, zone: Zone | None) -> None:
    assert directory.surroundings(a_message(connector=connector, conversation="9")).zone is zone


def test_the_register_stands_above_the_messenger(directory: Directory) -> None:
    known = directory.surroundings(a_message(connector="telegram", conversation="1", chat_kind=ChatKind.GROUP))
    assert (known.zone, known.external, known.audience_external) == (Zone.ONPREM, False, False)
    assert (known.chat_purpose, known.chat_kind) == ("staff", ChatKind.CHANNEL)


def test_a_chat_with_outsiders_is_read_by_outsiders_and_the_other_way_round(directory: Directory) -> None:
    by_chat = directory.surroundings(a_message(connector="telegram", conversation="2"))
    assert (by_chat.external, by_chat.audience_external, by_chat.audience_size) == (True, True, 300)
    by_audience = directory.surroundings(a_message(connector="matrix", conversation="!r:corp.ru"))
    assert (by_audience.external, by_audience.audience_external) == (True, True)
    assert by_audience.audience_domains == frozenset({"client.com"})


def test_a_known_sender_brings_groups_department_and_domains(directory: Directory) -> None:
    known = directory.surroundings(a_message(connector="telegram", sender="7"))
    assert known.sender_person == "ivan"
    assert known.sender_groups == frozenset({"hr", "hr-onboarding"})
    assert known.sender_department == "HR"
    assert known.sender_domains == frozenset({"corp.ru"})
    assert known.sender_dismissed is False


def test_of_a_stranger_no_group_is_known_and_no_dismissal(directory: Directory) -> None:
    known = directory.surroundings(a_message(connector="telegram", sender="99", occurred_at=WEDNESDAY_NOON))
    assert (known.sender_person, known.sender_groups, known.sender_dismissed, known.sender_domains) == (None,) * 4


def test_a_name_shown_in_a_chat_is_nobodys_account(directory: Directory) -> None:
    assert directory.surroundings(a_message(connector="telegram", sender_name="ivan")).sender_person is None


@pytest.mark.parametrize(("day", "dismissed"), [(3, False), (4, True), (5, True)])
def test_a_person_is_dismissed_from_the_day_on(directory: Directory, day: int, dismissed: bool) -> None:
    sent = a_message(connector="telegram", sender="8", occurred_at=datetime(2026, 3, day, 9, tzinfo=UTC))
    assert directory.surroundings(sent).sender_dismissed is dismissed


def test_a_dismissal_is_unknown_where_the_time_is(directory: Directory) -> None:
    assert directory.surroundings(a_message(connector="telegram", sender="8")).sender_dismissed is None


@pytest.mark.parametrize(
    ("recipients", "external"),
    [
        (("ivan@corp.ru",), False),
        (("ivan@corp.ru", "x@msk.corp.ru"), False),
        (("ivan@corp.ru", "x@notcorp.ru"), True),
        (("x@gmail.com",), True),
        ((), None),
        (None, None),
    ],
)
def test_a_letter_is_external_by_its_recipients_domains(
    directory: Directory, recipients: tuple[str, ...] | None, external: bool | None
) -> None:
    known = directory.surroundings(a_message(connector="mail", recipients=recipients))
    assert known.audience_external is external
    assert known.external is external


def test_a_letter_tells_its_audience_and_its_senders_domain(directory: Directory) -> None:
    letter = a_message(connector="mail", sender="someone@partner.com", recipients=("a@x.org", "b@y.org"))
    known = directory.surroundings(letter)
    assert (known.audience_size, known.audience_domains) == (2, frozenset({"x.org", "y.org"}))
    assert known.sender_domains == frozenset({"partner.com"})


def test_a_letter_without_own_domains_is_neither_internal_nor_external() -> None:
    directory = load_directory(None, None, an_organisation(domains=frozenset()))
    assert directory.surroundings(a_message(connector="mail", recipients=("a@x.org",))).audience_external is None


def test_a_chat_of_known_people_only_is_internal_and_a_stranger_makes_it_unknown(directory: Directory) -> None:
    inside = directory.surroundings(a_message(connector="telegram", recipients=("7", "8")))
    assert (inside.audience_external, inside.audience_size) == (False, 2)
    assert directory.surroundings(a_message(connector="telegram", recipients=("7", "99"))).audience_external is None


def test_local_time_is_the_organisations(directory: Directory) -> None:
    local = directory.surroundings(a_message(occurred_at=WEDNESDAY_NOON)).local_time
    assert local is not None
    assert local.hour == 15


def test_without_the_organisations_zone_local_time_is_unknown() -> None:
    directory = load_directory(None, None, an_organisation(zone=None))
    assert directory.surroundings(a_message(occurred_at=WEDNESDAY_NOON)).local_time is None


def test_faults_of_both_files_are_told_together(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("who\n", encoding="utf-8")
    (tmp_path / "chats.yaml").write_text("- {chat: 1}\n", encoding="utf-8")
    with pytest.raises(FileFaults) as caught:
        load_directory(tmp_path / "people.csv", tmp_path / "chats.yaml", an_organisation())
    assert {Path(fault.file).name for fault in caught.value.faults} == {"people.csv", "chats.yaml"}


def test_a_directory_kept_in_the_cache_answers_the_same(directory: Directory) -> None:
    message = a_message(connector="telegram", conversation="2", sender="8", occurred_at=WEDNESDAY_NOON)
    kept: Directory = pickle.loads(pickle.dumps(directory))  # noqa: S301 - made by this line
    assert kept.surroundings(message) == directory.surroundings(message)
