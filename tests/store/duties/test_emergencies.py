"""In an emergency everything passes, is still recorded, and it is over by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert

from dlp.errors import Conflict, NotFound, UsageError
from dlp.records import Decision
from dlp.services import Services
from dlp.store import emergencies, modes
from dlp.store.actor import Actor
from dlp.store.emergencies import Declaration, Emergency, Extension
from dlp.store.tables.duties import connectors
from tests.duties import CARD, Chatter, advance, now_of
from tests.store.duties.acts import audited, changes_of

OPERATOR = Actor("op", "user", "О. Соколова")


def declare(services: Services, *, hours: float = 2, connector: str | None = None, why: str = "outage") -> Emergency:
    asked = Declaration(connector, why, now_of(services) + timedelta(hours=hours))
    made = services.database.write(lambda c: emergencies.declare(c, asked, OPERATOR, now_of(services)))
    services.renew()
    return made


def a_connector(services: Services, name: str = "telegram", **fields: Any) -> None:
    row = {"name": name, "platform": name, "settings": {}, "created_at": now_of(services), **fields}

    def put(connection: Connection) -> None:
        connection.execute(insert(connectors).values(row))

    services.database.write(put)


def test_everything_passes_and_what_would_have_been_is_kept(services: Services, chatter: Chatter) -> None:
    declare(services)
    recorded = chatter.say(f"карта {CARD}")
    assert (recorded.decision, recorded.would, recorded.decided_by) == (Decision.ALLOW, Decision.BLOCK, "emergency")
    assert recorded.incident is not None


def test_it_is_over_by_itself(services: Services, chatter: Chatter) -> None:
    made = declare(services)
    advance(services, hours=2)
    assert chatter.say(f"карта {CARD}").decision is Decision.BLOCK
    with services.database.reading() as connection:
        assert emergencies.current(connection, now_of(services)) == []
    assert services.database.write(lambda c: emergencies.end_expired(c, now_of(services))) == [made.id]
    assert services.database.write(lambda c: emergencies.end_expired(c, now_of(services))) == []
    with services.database.reading() as connection:
        (found,) = emergencies.history(connection)
    assert (found.ended_at, found.ended_by) == (made.until, "system")


def test_one_connector_alone(services: Services, chatter: Chatter) -> None:
    a_connector(services, "slack")
    declare(services, connector="slack")
    assert chatter.say(f"карта {CARD}").decision is Decision.BLOCK
    assert chatter.say(f"карта {CARD}", connector="slack").decision is Decision.ALLOW
    with pytest.raises(NotFound):
        declare(services, connector="telex")


def test_it_is_extended_and_ended_by_people(services: Services, chatter: Chatter) -> None:
    made = declare(services)
    later = advance(services, hours=1) + timedelta(hours=24)
    services.database.write(lambda c: emergencies.extend(c, made.id, Extension(later, "still"), OPERATOR, now_of(services)))
    services.renew()
    advance(services, hours=23)
    assert chatter.say(f"карта {CARD}").decision is Decision.ALLOW
    services.database.write(lambda c: emergencies.end(c, made.id, "repaired", OPERATOR, now_of(services)))
    services.renew()
    assert chatter.say(f"карта {CARD}").decision is Decision.BLOCK
    with pytest.raises(Conflict):
        services.database.write(lambda c: emergencies.end(c, made.id, "again", OPERATOR, now_of(services)))
    told = [(act, actor, details["why"]) for act, actor, details in audited(services, "emergency.")]
    acts = ("emergency.declared", "outage"), ("emergency.extended", "still"), ("emergency.ended", "repaired")
    assert told == [(act, "op", why) for act, why in acts]
    assert changes_of(services, "emergency") == [made.id] * 3


@pytest.mark.parametrize(("hours", "why"), [(25, "outage"), (0, "outage"), (-1, "outage"), (1, " ")])
def test_it_needs_a_reason_and_an_end_within_a_day(services: Services, hours: float, why: str) -> None:
    with pytest.raises(UsageError):
        declare(services, hours=hours, why=why)
    made = declare(services)
    wanted = Extension(now_of(services) + timedelta(hours=hours), why)
    with pytest.raises(UsageError):
        services.database.write(lambda c: emergencies.extend(c, made.id, wanted, OPERATOR, now_of(services)))
    with pytest.raises(NotFound):
        services.database.write(lambda c: emergencies.end(c, "nothing", "why", OPERATOR, now_of(services)))


def test_history_comes_in_pages(services: Services) -> None:
    made = [declare(services).id for _ in range(3)]
    with services.database.reading() as connection:
        first = emergencies.history(connection, limit=2)
        assert [one.id for one in first] == made[:0:-1]
        assert [one.id for one in emergencies.history(connection, before=first[-1].id)] == made[:1]


def test_an_observing_connector_or_policy_records_what_it_would_have_done(services: Services, chatter: Chatter) -> None:
    a_connector(services, mode="observe")
    services.renew()
    recorded = chatter.say(f"карта {CARD}")
    assert (recorded.decision, recorded.would, recorded.decided_by) == (Decision.ALLOW, Decision.BLOCK, "policy")
    set_mode(services, "observe")
    assert chatter.say(f"карта {CARD}", connector="slack").decision is Decision.ALLOW
    set_mode(services, None)
    assert chatter.say(f"карта {CARD}", connector="slack").decision is Decision.BLOCK


def set_mode(services: Services, mode: str | None) -> None:
    services.database.write(lambda c: modes.set_policy_mode(c, "subject", mode, OPERATOR, now_of(services)))
    services.renew()


def test_a_policys_mode_is_set_and_given_back(services: Services) -> None:
    set_mode(services, "observe")
    set_mode(services, "observe")
    with services.database.reading() as connection:
        assert [(one.policy, one.mode, one.set_by) for one in modes.everything_set(connection)] == [("subject", "observe", "op")]
    set_mode(services, None)
    with services.database.reading() as connection:
        assert modes.of_policies(connection) == {}
    with pytest.raises(UsageError):
        set_mode(services, "asleep")
    assert [details for *_, details in audited(services, "policy.mode")] == [
        {"was": None, "mode": "observe"},
        {"was": "observe", "mode": None},
    ]
