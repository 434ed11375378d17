"""An export goes into a case once, is counted once however often it is cut off, and its evidence can be held."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from dlp.errors import Conflict, InputFault, NotFound, UsageError
from dlp.pipeline import Arrival, handle
from dlp.records import Attachment, ChatKind, Message, Passage
from dlp.services import Services
from dlp.store import case_lists, cases, jobs
from dlp.store.actor import Actor
from dlp.store.case_lists import DependingChat, Lying
from dlp.store.cases import Case, LegalHold
from dlp.store.database import StoreDown
from dlp.store.tables.duties import alerts, holds
from dlp.store.tables.record import incidents, ledger
from dlp.store.tables.trust import vault_holds
from dlp.worker import case_import
from dlp.worker.case_hold import hold_case, release_case
from dlp.worker.case_import import CaseImport, Imported, Source
from tests.builders import WEDNESDAY_NOON, a_message
from tests.duties import CARD, INN, Chatter, now_of
from tests.store.duties.acts import audited, changes_of

IMPORTER = Actor("root", "cli")
FAULT = InputFault("result.json", "byte 7", "is broken")


def said(number: int, text: str = "привет", **fields: Any) -> Message:
    at = WEDNESDAY_NOON + timedelta(minutes=number)
    told = {"connector": "telegram", "conversation": "7", "chat_title": "Проект", "sender": "42", "occurred_at": at, **fields}
    return a_message(text, f"x{number}", **told)


EXPORT = (
    said(1, f"карта {CARD}"),
    said(2),
    said(3, INN, sender="99", sender_name="Ольга"),
    FAULT,
    said(4, f"{INN} и ещё {INN}", conversation="8", chat_title="Другие", chat_kind=ChatKind.GROUP),
    said(5, f"карта {CARD}", occurred_at=None),
)


def take(services: Services, *items: Message | InputFault, case: str = "Telegram", mark: str = "m") -> Imported:
    return CaseImport(services, case, Source("result.json", mark, items), IMPORTER).run()


def lists(services: Services, case: Case) -> tuple[list[Lying], list[DependingChat]]:
    with services.database.reading() as connection:
        return case_lists.inventory(connection, case.id), case_lists.continuity(connection, case.id)


def count(services: Services, column: Any, *conditions: Any) -> int:
    with services.database.reading() as connection:
        return int(connection.execute(select(func.count(column)).where(*conditions)).scalar_one())


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(case_import, "_BATCH", 2)


def test_an_export_goes_into_a_case_of_its_own(services: Services) -> None:
    imported = take(services, *EXPORT)
    case = imported.case
    assert (case.name, case.state, case.messages, case.faults["count"]) == ("Telegram", "ready", 5, 1)
    assert (imported.new, imported.known, imported.faults, imported.skipped) == (5, 0, 1, 0)
    assert case.faults["first"] == ["result.json: byte 7: is broken"]
    assert count(services, ledger.c.seq, ledger.c.case_id == case.id, ledger.c.door == "import") == 5
    assert count(services, incidents.c.id, incidents.c.case_id == case.id, incidents.c.due_at.is_(None)) == 3
    assert (count(services, holds.c.id), count(services, alerts.c.id)) == (0, 0)
    assert [(act, actor) for act, actor, _ in audited(services, "case.")] == [
        ("case.created", "root"),
        ("case.import_started", "root"),
        ("case.imported", "root"),
    ]
    assert set(changes_of(services, "case")) == {case.id}


def test_the_inventory_says_what_of_ours_lies_where(services: Services) -> None:
    lying, _ = lists(services, take(services, *EXPORT).case)
    first = WEDNESDAY_NOON + timedelta(minutes=1)
    assert [(one.conversation, one.entity, one.findings, one.messages, one.outsiders) for one in lying] == [
        ("telegram/7", "CREDIT_CARD", 2, 2, True),
        ("telegram/7", "RU_INN", 1, 1, True),
        ("telegram/8", "RU_INN", 2, 1, None),
    ]
    assert (lying[0].oldest, lying[0].newest, lying[0].chat_title) == (first, first, "Проект")


def test_the_continuity_list_says_what_depends_on_the_service(services: Services) -> None:
    letters = (
        said(6, connector="mail", conversation="t1", sender="boss@client.com", chat_kind=ChatKind.MAIL),
        said(7, connector="mail", conversation="t1", sender="clerk@client.com", chat_kind=ChatKind.MAIL),
    )
    _, chats = lists(services, take(services, *EXPORT, *letters).case)
    told = [(one.conversation, one.messages, one.owner, one.chat_kind, one.staff, one.partners, one.unknown) for one in chats]
    assert told == [
        ("telegram/7", 4, "i.petrov", None, 1, 0, 1),
        ("mail/t1", 2, None, "mail", 0, 0, 2),
        ("telegram/8", 1, None, "group", 1, 0, 0),
    ]
    assert (chats[0].oldest, chats[0].newest) == (EXPORT[0].occurred_at, EXPORT[2].occurred_at)


def test_who_writes_from_another_domain_is_a_partner_known_by_it(services: Services) -> None:
    (services.settings.policies / "organisation.yaml").write_text("domains: [corp.ru]\n", encoding="utf-8")
    services.renew()
    senders = ("a@client.com", "b@Client.com", "c@hr.corp.ru", "nobody")
    letters = [said(n, connector="mail", conversation="t1", sender=sender) for n, sender in enumerate(senders)]
    _, (chat,) = lists(services, take(services, *letters).case)
    assert (chat.staff, chat.partners, chat.unknown, chat.partner_names) == (1, 1, 1, ("client.com",))


def cut_off(*items: Message | InputFault, after: int) -> Iterator[Message | InputFault]:
    yield from items[:after]
    raise KeyboardInterrupt


@pytest.mark.parametrize("after", [0, 1, 2, 3, 4, 5, 6])
def test_an_import_that_was_cut_off_goes_on_and_counts_nothing_twice(services: Services, after: int) -> None:
    source = Source("result.json", "m", cut_off(*EXPORT, after=after))
    with pytest.raises(KeyboardInterrupt):
        CaseImport(services, "Telegram", source, IMPORTER).run()
    imported = take(services, *EXPORT)
    assert imported.skipped + imported.new + imported.faults == 6
    assert imported.skipped <= after
    whole = take(services, *EXPORT, case="Another", mark="other")
    assert whole.known == 5
    assert (imported.case.messages, imported.case.faults["count"]) == (5, 1)
    lying, chats = lists(services, imported.case)
    assert [(one.findings, one.messages) for one in lying] == [(2, 2), (1, 1), (2, 1)]
    assert sum(one.messages for one in chats) == 5


def test_the_same_export_again_adds_nothing(services: Services) -> None:
    first = take(services, *EXPORT)
    again = take(services, *EXPORT)
    assert (again.new, again.known, again.skipped, again.case.messages) == (0, 0, 6, 5)
    assert lists(services, first.case) == lists(services, again.case)


def test_a_longer_export_of_the_chat_adds_what_is_new(services: Services) -> None:
    take(services, *EXPORT)
    longer = take(services, *EXPORT, said(9, INN), mark="later")
    assert (longer.new, longer.known, longer.case.messages) == (1, 5, 6)
    lying, chats = lists(services, longer.case)
    assert [(one.conversation, one.entity, one.messages) for one in lying][1] == ("telegram/7", "RU_INN", 2)
    assert sum(one.messages for one in chats) == 6


def test_what_came_by_another_door_is_counted_once_and_not_recorded_again(services: Services) -> None:
    live = [message for message in EXPORT if isinstance(message, Message) and message.occurred_at]
    handle(services, [Arrival(message, "telegram", "hook", now_of(services)) for message in live]).result()
    imported = take(services, *EXPORT)
    assert (imported.new, imported.known, imported.case.messages) == (1, 4, 1)
    longer = take(services, *EXPORT, said(9, INN), mark="later")
    lying, chats = lists(services, longer.case)
    assert [(one.findings, one.messages) for one in lying] == [(2, 2), (2, 2), (2, 1)]
    assert sum(one.messages for one in chats) == 6


def test_two_exports_of_one_chat_go_into_one_case(services: Services) -> None:
    take(services, *EXPORT[:3], mark="first half")
    both = take(services, *EXPORT[3:], mark="second half")
    assert both.case.messages == 5
    assert [(one.findings, one.messages) for one in lists(services, both.case)[0]] == [(2, 2), (1, 1), (2, 1)]


def test_hostile_names_are_stored_all_the_same(services: Services) -> None:
    odd = said(1, CARD, chat_title="x" * 600 + "\0", sender_name="\ud800\0", sender="9" * 300)
    _, (chat,) = lists(services, take(services, odd).case)
    assert (len(str(chat.chat_title)), chat.unknown) == (512, 1)


@pytest.mark.parametrize("odd", ["a\0b", "\ud800", "я" * 700])
def test_a_message_full_of_signs_no_database_keeps_is_recorded(services: Services, odd: str) -> None:
    names = {"conversation": odd, "sender": odd, "chat_title": odd, "attachments": (Attachment(odd),)}
    one = said(1, f"\0 карта {CARD} \0", **names, passages=(Passage(odd, f"\0 {INN}"),))._replace(id=odd)
    other = one._replace(id=f"{odd}2", conversation=f"{odd}2")
    assert take(services, one, other).new == 2
    assert count(services, incidents.c.id) == 2


def test_a_batch_that_was_refused_is_not_passed_over(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    put, calls = services.vault.put, iter(range(9))

    def full_once(*told: Any) -> None:
        if next(calls) == 0:
            raise StoreDown("the disk is full")
        put(*told)

    monkeypatch.setattr(services.vault, "put", full_once)
    with pytest.raises(StoreDown):
        take(services, *EXPORT)
    services.database.write(lambda _: None)  # what was sent after it has been looked at
    imported = take(services, *EXPORT)
    assert (imported.case.messages, imported.skipped) == (5, 0)


def test_a_closed_case_takes_nothing_in(services: Services) -> None:
    case = take(services, *EXPORT).case
    with pytest.raises(UsageError):
        services.database.write(lambda c: cases.close(c, case.id, " ", IMPORTER, now_of(services)))
    services.database.write(lambda c: cases.close(c, case.id, "done", IMPORTER, now_of(services)))
    with pytest.raises(Conflict):
        take(services, *EXPORT)
    with pytest.raises(Conflict):
        services.database.write(lambda c: cases.close(c, case.id, "again", IMPORTER, now_of(services)))
    for name in (" ", "x" * 257):
        with pytest.raises(UsageError):
            take(services, case=name)


def test_cases_are_listed_newest_first_with_their_incidents(services: Services, chatter: Chatter) -> None:
    chatter.say(f"карта {CARD}")
    first = take(services, *EXPORT, case="First").case
    second = take(services, said(1, CARD, conversation="9"), case="Second").case
    with services.database.reading() as connection:
        found = cases.listed(connection)
        assert [(one.case.name, one.incidents, one.open_incidents) for one in found] == [("Second", 1, 1), ("First", 3, 3)]
        assert [one.case.id for one in cases.listed(connection, limit=1, after=second.id)] == [first.id]
        assert cases.summary(connection, first.id, ("Sales",)).incidents == 2
        assert cases.summary(connection, first.id, ("Legal",)).incidents == 0
        with pytest.raises(NotFound):
            cases.summary(connection, "nothing")


def run_job(services: Services, job_id: str) -> dict[str, Any]:
    with services.database.reading() as connection:
        job = jobs.get(connection, job_id)
    work = {cases.HOLD_JOB: hold_case, cases.RELEASE_JOB: release_case}[job.kind]
    return dict(work(services, job, lambda _done, _total: True))


def order(services: Services, case: Case, *, on: bool) -> str:
    wanted = LegalHold(on, "lawsuit")
    return services.database.write(lambda c: cases.set_legal_hold(c, case.id, wanted, IMPORTER, now_of(services)))


def test_a_case_under_legal_hold_survives_its_day(services: Services) -> None:
    case = take(services, *EXPORT).case
    assert run_job(services, order(services, case, on=True)) == {"held": 5}
    with pytest.raises(Conflict):
        order(services, case, on=True)
    day = int(now_of(services).timestamp() // 86400)

    def shred(connection: Connection) -> int:
        return services.vault.shred_day(connection, day, "telegram", now_of(services))

    assert services.database.write(shred) == 0
    assert count(services, vault_holds.c.item_id, vault_holds.c.case_id == case.id) == 5
    assert run_job(services, order(services, case, on=False)) == {"left": 0}
    assert [act for act, *_ in audited(services, "case.")][-2:] == ["case.held", "case.released"]


def test_what_is_imported_into_a_held_case_is_held_too(services: Services) -> None:
    case = take(services, *EXPORT).case
    run_job(services, order(services, case, on=True))
    take(services, said(9, INN), mark="later")
    queued = changes_of(services, "job")
    assert run_job(services, queued[-1]) == {"held": 1}
