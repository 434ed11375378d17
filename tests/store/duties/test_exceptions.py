"""An exception comes of a finding, is owned and reasoned, shows its reach, hides only its value, and ends by itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from dlp.api.excepted import Effect, effect_of, value_of
from dlp.errors import Conflict, NotFound, UsageError
from dlp.records import Decision
from dlp.services import Services
from dlp.store import exceptions
from dlp.store.exception_subject import About, Subject, subject_of
from dlp.store.exceptions import Asked, Sealing, StoredException, Terms
from dlp.store.incident_note import Officer
from dlp.store.recording import Recorded
from dlp.store.tables.duties import exceptions as table
from dlp.store.tables.record import findings, ledger, occurrences
from tests.duties import CARD, INN, OTHER_CARD, Chatter, advance, now_of
from tests.store.duties.acts import an_officer, audited, changes_of, history_of


def finding_of(services: Services, recorded: Recorded, ordinal: int = 0) -> int:
    query = select(findings.c.id).where(findings.c.ledger_seq == recorded.ledger_seq, findings.c.ordinal == ordinal)
    with services.database.reading() as connection:
        return int(connection.execute(query).scalar_one())


def about(services: Services, recorded: Recorded, scope: str = "chat", **fields: Any) -> About:
    return About(str(recorded.incident), fields.pop("finding", finding_of(services, recorded)), scope, **fields)


def subject(services: Services, told: About) -> Subject:
    with services.database.reading() as connection:
        return subject_of(connection, told, None)


def save(services: Services, told: About, officer: Officer, **terms: Any) -> str:
    now = now_of(services)
    given = Terms(**{"owner": officer.actor.id, "reason": "our own test card", "expires_at": now + timedelta(days=30), **terms})

    def work(connection: Connection) -> str:
        found = subject_of(connection, told, officer.departments)
        sealing = Sealing(services.keys, value_of(connection, services, found))
        return exceptions.create(connection, found, given, sealing, (officer.actor, now))

    made = services.database.write(work)
    services.renew()
    return made


def effect(services: Services, told: About) -> Effect:
    with services.database.reading() as connection:
        found = subject_of(connection, told, None)
        return effect_of(connection, services, found, value_of(connection, services, found))


def one(services: Services, exception_id: str) -> StoredException:
    with services.database.reading() as connection:
        return exceptions.one(connection, exception_id)


def test_an_excepted_value_passes_and_its_hits_stay_in_the_ledger(services: Services, chatter: Chatter) -> None:
    first = chatter.say(f"карта {CARD}")
    exception = save(services, about(services, first), an_officer(services))
    again = chatter.say(f"и снова {CARD}")
    assert (first.decision, again.decision, again.decided_by) == (Decision.BLOCK, Decision.ALLOW, "exception")
    assert again.incident is None
    with services.database.reading() as connection:
        (hit,) = exceptions.hits_of(connection, exception)
        row = connection.execute(select(occurrences).where(occurrences.c.exception_id == exception)).one()
        told = connection.execute(select(ledger.c.decided_by).where(ledger.c.seq == again.ledger_seq)).scalar_one()
    assert (hit.rule, hit.ledger_seq, row.incident_id, told) == ("any-card", again.ledger_seq, None, "exception")
    found = one(services, exception)
    assert (found.suppressed, found.last_suppressed_at, found.incident_number) == (1, now_of(services), 1)


@pytest.mark.parametrize("text", [f"карта {OTHER_CARD}", INN, f"{CARD} и {OTHER_CARD}"])
def test_nothing_else_passes_with_it(services: Services, chatter: Chatter, text: str) -> None:
    save(services, about(services, chatter.say(f"карта {CARD}")), an_officer(services))
    assert chatter.say(text).decision > Decision.ALLOW


@pytest.mark.parametrize(
    ("scope", "value", "passes"),
    [
        ("chat", "telegram/7", {"sender": "43"}),
        ("person", "i.petrov", {"conversation": "8"}),
        ("rule", "subject/any-card", {"sender": "43", "conversation": "8"}),
    ],
)
def test_the_server_finds_out_the_scopes_value(
    services: Services, chatter: Chatter, scope: str, value: str, passes: dict[str, str]
) -> None:
    exception = save(services, about(services, chatter.say(f"карта {CARD}"), scope), an_officer(services))
    assert one(services, exception).scope_value == value
    assert chatter.say(f"ещё {CARD}", **passes).decision is Decision.ALLOW
    if scope != "rule":
        elsewhere = {"sender": "43", "conversation": "8"}
        assert chatter.say(f"ещё {CARD}", **elsewhere).decision is Decision.BLOCK


def test_a_stranger_is_known_by_the_account(services: Services, chatter: Chatter) -> None:
    exception = save(services, about(services, chatter.say(f"карта {CARD}", sender="99"), "person"), an_officer(services))
    assert one(services, exception).scope_value == "telegram/99"
    assert chatter.say(f"ещё {CARD}", sender="99", conversation="8").decision is Decision.ALLOW


def test_the_value_is_sealed_and_stands_nowhere_in_clear(services: Services, chatter: Chatter) -> None:
    exception = save(services, about(services, chatter.say(f"карта {CARD}")), an_officer(services))
    with services.database.reading() as connection:
        row = connection.execute(select(table).where(table.c.id == exception)).one()
    plain = CARD.replace(" ", "")
    assert plain.encode() not in bytes(row.value_sealed)
    assert services.keys.open(f"exception:{exception}", row.value_sealed).decode() == plain
    assert plain not in str(audited(services, "exception."))


def test_an_exception_ends_by_itself_and_that_is_noted(services: Services, chatter: Chatter) -> None:
    told = about(services, chatter.say(f"карта {CARD}"))
    exception = save(services, told, an_officer(services), expires_at=now_of(services) + timedelta(hours=1))
    advance(services, hours=1)
    assert chatter.say(f"ещё {CARD}").decision is Decision.BLOCK
    assert services.database.write(lambda c: exceptions.end_expired(c, now_of(services))) == [exception]
    assert services.database.write(lambda c: exceptions.end_expired(c, now_of(services))) == []
    found = one(services, exception)
    assert (found.ended_at, found.ended_by) == (found.expires_at, "system")
    assert audited(services, "exception.expired")[0][1] == "system"


@pytest.mark.parametrize("by_itself", [True, False])
def test_the_value_of_an_ended_exception_is_forgotten(services: Services, chatter: Chatter, by_itself: bool) -> None:
    officer = an_officer(services)
    exception = save(services, about(services, chatter.say(f"карта {CARD}")), officer)
    if by_itself:
        advance(services, days=31)
        services.database.write(lambda c: exceptions.end_expired(c, now_of(services)))
    else:
        services.database.write(lambda c: exceptions.end(c, exception, "no longer", officer, now_of(services)))
    with services.database.reading() as connection:
        row = connection.execute(select(table)).one()
    assert (row.value_sealed, row.digest) == (b"", b"")


def test_somebody_ends_it_before(services: Services, chatter: Chatter) -> None:
    officer = an_officer(services)
    exception = save(services, about(services, chatter.say(f"карта {CARD}")), officer)
    ended = services.database.write(lambda c: exceptions.end(c, exception, "no longer", officer, now_of(services)))
    services.renew()
    assert ended.ended_by == officer.actor.id
    assert chatter.say(f"ещё {CARD}").decision is Decision.BLOCK
    with pytest.raises(Conflict):
        services.database.write(lambda c: exceptions.end(c, exception, "again", officer, now_of(services)))
    assert audited(services, "exception.ended")[0][2] == {"why": "no longer"}


@pytest.mark.parametrize(
    "terms",
    [
        {"reason": "  "},
        {"owner": "nobody"},
        {"expires_at": datetime.fromisoformat("2026-11-20T12:00:00Z")},
        {"expires_at": datetime.fromisoformat("2027-12-20T12:00:00Z")},
    ],
)
def test_it_needs_an_owner_a_reason_and_an_end_within_a_year(services: Services, chatter: Chatter, terms: dict[str, Any]) -> None:
    told = about(services, chatter.say(f"карта {CARD}"))
    with pytest.raises(UsageError):
        save(services, told, an_officer(services), **terms)
    assert audited(services, "exception.") == []


def test_the_same_exception_is_not_made_twice(services: Services, chatter: Chatter) -> None:
    told, officer = about(services, chatter.say(f"карта {CARD}")), an_officer(services)
    first = save(services, told, officer)
    with pytest.raises(Conflict) as caught:
        save(services, told, officer)
    assert caught.value.params == {"exception": first}


def test_making_one_is_history_audit_and_a_change(services: Services, chatter: Chatter) -> None:
    recorded, officer = chatter.say(f"карта {CARD}"), an_officer(services)
    exception = save(services, about(services, recorded), officer)
    assert history_of(services, recorded.incident) == ["opened", "excepted"]
    ((act, actor, details),) = audited(services, "exception.")
    assert (act, actor, details["reason"], details["entity"]) == (
        "exception.created",
        officer.actor.id,
        "our own test card",
        "CREDIT_CARD",
    )
    assert changes_of(services, "exception") == [exception]


def test_what_it_would_have_hidden_is_told_before(services: Services, chatter: Chatter) -> None:
    first = chatter.say(f"карта {CARD}")
    chatter.say(f"другой о {CARD}", sender="43")
    mixed = chatter.say(f"{CARD} и {OTHER_CARD}", sender="44")
    chatter.say(f"другая {OTHER_CARD}", sender="45")
    chatter.say(f"в другом чате {CARD}", conversation="8")
    found = effect(services, about(services, first))
    assert len(found.touched) == 3
    assert {one.number for one in found.hidden} == {1, 2}
    assert mixed.incident not in {one.incident_id for one in found.hidden}
    assert (found.unreadable, found.whole) == (0, True)
    assert len(effect(services, about(services, first, "rule")).touched) == 4
    assert len(effect(services, about(services, first, "person")).touched) == 2


def test_an_incident_with_other_messages_would_not_have_been_hidden(services: Services, chatter: Chatter) -> None:
    first = chatter.say(f"карта {CARD}")
    other = chatter.say(f"карта {OTHER_CARD}")
    assert other.incident == first.incident
    found = effect(services, about(services, first))
    assert ([one.messages for one in found.touched], found.hidden) == ([2], ())


def test_only_the_last_thirty_days_are_looked_at(services: Services, chatter: Chatter) -> None:
    chatter.say(f"карта {CARD}", sender="43")
    advance(services, days=31)
    assert len(effect(services, about(services, chatter.say(f"карта {CARD}"))).touched) == 1


def test_a_finding_of_another_incident_is_refused(services: Services, chatter: Chatter) -> None:
    first, second = chatter.say(f"карта {CARD}"), chatter.say(f"карта {CARD}", sender="43")
    with pytest.raises(NotFound):
        subject(services, about(services, first, finding=finding_of(services, second)))
    with pytest.raises(NotFound):
        subject(services, about(services, first, finding=10**6))


def test_a_rule_the_message_did_not_break_is_refused(services: Services, chatter: Chatter) -> None:
    both = chatter.say(f"{CARD} и {OTHER_CARD}")
    assert subject(services, about(services, both, "rule")).scope_value == "subject/two-cards"
    assert subject(services, about(services, both, "rule", rule="subject/any-card")).scope_value == "subject/any-card"
    with pytest.raises(UsageError):
        subject(services, about(services, both, "rule", rule="subject/any-inn"))
    with pytest.raises(UsageError):
        subject(services, about(services, both, "week"))


def test_an_unknown_chat_cannot_be_excepted(services: Services, chatter: Chatter) -> None:
    with pytest.raises(Conflict):
        subject(services, about(services, chatter.say(f"карта {CARD}", conversation=None)))


def test_what_is_no_longer_kept_cannot_be_excepted(services: Services, chatter: Chatter) -> None:
    recorded = chatter.say(f"карта {CARD}")
    told = about(services, recorded)
    found = subject(services, told)

    def forget(connection: Connection) -> None:
        connection.execute(update(findings).values(digest=None))

    day = now_of(services).toordinal() - datetime(1970, 1, 1).toordinal()  # noqa: DTZ001 - a day's number
    services.database.write(lambda c: services.vault.shred_day(c, day, "telegram", now_of(services)))
    with services.database.reading() as connection, pytest.raises(Conflict) as caught:
        value_of(connection, services, found)
    assert caught.value.code == "value_gone"
    services.database.write(forget)
    with pytest.raises(Conflict):
        subject(services, told)


def test_a_rotated_digest_key_takes_the_exceptions_along(services: Services, chatter: Chatter) -> None:
    exception = save(services, about(services, chatter.say(f"карта {CARD}")), an_officer(services))
    services.keys.rotate_digests()
    assert services.database.write(lambda c: exceptions.redigest(c, services.keys, now_of(services))) == 1
    assert services.database.write(lambda c: exceptions.redigest(c, services.keys, now_of(services))) == 0
    services.renew()
    assert chatter.say(f"ещё {CARD}").decision is Decision.ALLOW
    assert one(services, exception).suppressed == 1


def test_lists_show_live_and_ended_ones_of_ones_departments(services: Services, chatter: Chatter) -> None:
    officer = an_officer(services)
    first, second = chatter.say(f"карта {CARD}"), chatter.say(f"карта {CARD}", sender="43")
    mine, other = save(services, about(services, first), officer), save(services, about(services, second, "person"), officer)
    services.database.write(lambda c: exceptions.end(c, other, "no longer", officer, now_of(services)))
    now = now_of(services)
    with services.database.reading() as connection:
        assert [one.id for one in exceptions.listed(connection, Asked(), None, now)] == [mine]
        assert [one.id for one in exceptions.listed(connection, Asked(live=False), None, now)] == [other]
        assert [one.id for one in exceptions.listed(connection, Asked(live=None, limit=1), None, now)] == [other]
        assert [one.id for one in exceptions.listed(connection, Asked(live=None, after=other), None, now)] == [mine]
        assert exceptions.listed(connection, Asked(live=None, owner="x"), None, now) == []
        assert [one.id for one in exceptions.listed(connection, Asked(live=None), ("Legal",), now)] == [other]
        with pytest.raises(NotFound):
            exceptions.one(connection, mine, ("Legal",))
