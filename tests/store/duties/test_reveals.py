"""Content is read with a reason, once, by who asked; with four eyes only after somebody else approved; every reading audited."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from dlp.errors import Conflict, NotFound, RefusedError, UsageError
from dlp.services import Services
from dlp.store import reveals
from dlp.store.incident_note import Officer
from dlp.store.recording import Recorded
from dlp.store.revealed import Content
from dlp.store.reveals import Asked, Request, Reveal, Scope
from dlp.store.tables.record import findings
from tests.duties import CARD, Chatter, advance, now_of
from tests.store.duties.acts import an_officer, audited, changes_of, history_of

MESSAGE = Scope("message")


def ask(
    services: Services, recorded: Recorded, officer: Officer, scope: Scope = MESSAGE, *, four_eyes: bool = False, **fields: Any
) -> Reveal:
    told = {
        "incident_id": str(recorded.incident),
        "scope": scope,
        "reason_code": "investigation",
        "reason": "who is it",
        **fields,
    }
    request, now = Request(**told), now_of(services)
    return services.database.write(lambda c: reveals.ask(c, request, officer, now, four_eyes=four_eyes))


def read(services: Services, reveal: Reveal, officer: Officer) -> tuple[Reveal, Content]:
    return services.database.write(lambda c: reveals.read(c, services.vault, reveal.id, officer, now_of(services)))


def texts(content: Content) -> list[str | None]:
    return [one.message.text if one.message else None for one in content.messages]


def test_a_granted_reveal_is_read_once_and_says_which_record_that_made(services: Services, chatter: Chatter) -> None:
    recorded, officer = chatter.say(f"карта {CARD}"), an_officer(services, "investigator")
    asked = ask(services, recorded, officer)
    assert (asked.state, asked.scope, asked.incident_number) == ("granted", Scope("message", recorded.ledger_seq), 1)
    done, content = read(services, asked, officer)
    assert texts(content) == [f"карта {CARD}"]
    assert [(place.entity, place.start, place.end) for place in content.messages[0].places] == [("CREDIT_CARD", 6, 25)]
    assert (done.state, done.read_at) == ("read", now_of(services))
    ((act, actor, details),) = audited(services, "content.revealed")
    assert (act, actor, details["reason"], details["reveal"]) == ("content.revealed", officer.actor.id, "who is it", asked.id)
    assert done.audit_seq is not None
    with pytest.raises(Conflict) as caught:
        read(services, asked, officer)
    assert caught.value.params == {"state": "read"}
    assert len(audited(services, "content.revealed")) == 1
    assert history_of(services, recorded.incident)[-2:] == ["reveal_asked", "revealed"]
    assert changes_of(services, "reveal") == [asked.id] * 2


def test_with_four_eyes_somebody_else_approves_first(services: Services, chatter: Chatter) -> None:
    asker, approver = an_officer(services, "investigator"), an_officer(services, "investigator")
    asked = ask(services, chatter.say(f"карта {CARD}"), asker, four_eyes=True)
    assert (asked.state, asked.expires_at) == ("pending", now_of(services) + timedelta(hours=24))
    with pytest.raises(Conflict):
        read(services, asked, asker)
    with pytest.raises(RefusedError) as caught:
        services.database.write(lambda c: reveals.approve(c, asked.id, asker, now_of(services)))
    assert caught.value.code == "own_request"
    granted = services.database.write(lambda c: reveals.approve(c, asked.id, approver, now_of(services)))
    assert (granted.state, granted.approved_by, granted.expires_at) == (
        "granted",
        approver.actor.id,
        now_of(services) + timedelta(minutes=30),
    )
    with pytest.raises(RefusedError):
        read(services, asked, approver)
    done, _ = read(services, asked, asker)
    assert done.approved_by == approver.actor.id
    assert audited(services, "content.revealed")[0][2]["approved_by"] == approver.actor.id


def test_a_refused_request_is_not_read(services: Services, chatter: Chatter) -> None:
    asker, approver = an_officer(services, "investigator"), an_officer(services, "investigator")
    asked = ask(services, chatter.say(f"карта {CARD}"), asker, four_eyes=True)
    services.database.write(lambda c: reveals.refuse(c, asked.id, approver, now_of(services)))
    with pytest.raises(Conflict):
        read(services, asked, asker)
    with pytest.raises(Conflict):
        services.database.write(lambda c: reveals.approve(c, asked.id, approver, now_of(services)))


@pytest.mark.parametrize(("four_eyes", "delta"), [(True, {"hours": 24}), (False, {"minutes": 30})])
def test_what_nobody_approves_or_reads_in_time_is_over(
    services: Services, chatter: Chatter, four_eyes: bool, delta: dict[str, float]
) -> None:
    asker, approver = an_officer(services, "investigator"), an_officer(services, "investigator")
    asked = ask(services, chatter.say(f"карта {CARD}"), asker, four_eyes=four_eyes)
    now = advance(services, **delta)

    def too_late() -> None:
        if four_eyes:
            services.database.write(lambda c: reveals.approve(c, asked.id, approver, now))
        else:
            read(services, asked, asker)

    with pytest.raises(Conflict) as caught:
        too_late()
    assert caught.value.params == {"state": "expired"}
    assert services.database.write(lambda c: reveals.expire_due(c, now)) == 1
    assert services.database.write(lambda c: reveals.expire_due(c, now)) == 0
    with services.database.reading() as connection:
        assert reveals.one(connection, asked.id).state == "expired"


def test_one_finding_is_one_finding(services: Services, chatter: Chatter) -> None:
    recorded, officer = chatter.say(f"карта {CARD}"), an_officer(services, "investigator")
    with services.database.reading() as connection:
        finding = connection.execute(select(findings.c.id).where(findings.c.ledger_seq == recorded.ledger_seq)).scalar_one()
    asked = ask(services, recorded, officer, Scope("finding", finding_id=finding))
    assert asked.scope == Scope("finding", recorded.ledger_seq, finding)
    _, content = read(services, asked, officer)
    assert content.only is not None
    assert (content.only.id, content.only.start, content.only.end) == (finding, 6, 25)


def test_neighbours_are_those_of_the_chat_in_its_order(services: Services, chatter: Chatter) -> None:
    officer = an_officer(services, "investigator")
    for number in range(3):
        chatter.say(f"до {number}", occurred_at=now_of(services) + timedelta(minutes=number))
    chatter.say("в другом чате", conversation="8", occurred_at=now_of(services) + timedelta(minutes=3))
    recorded = chatter.say(f"карта {CARD}", occurred_at=now_of(services) + timedelta(minutes=4))
    chatter.say("после, но пришло раньше", occurred_at=now_of(services) + timedelta(minutes=5))
    chatter.say("до, но пришло позже", occurred_at=now_of(services) + timedelta(minutes=3, seconds=30))
    asked = ask(services, recorded, officer, Scope("context", before=2, after=5))
    _, content = read(services, asked, officer)
    assert texts(content) == ["до 2", "до, но пришло позже", f"карта {CARD}", "после, но пришло раньше"]
    assert content.ledger_seq == recorded.ledger_seq


def test_without_a_chat_there_are_no_neighbours(services: Services, chatter: Chatter) -> None:
    recorded, officer = chatter.say(f"карта {CARD}", conversation=None), an_officer(services, "investigator")
    _, content = read(services, ask(services, recorded, officer, Scope("context", before=5, after=5)), officer)
    assert len(content.messages) == 1


def test_the_latest_message_is_meant_where_none_is_named(services: Services, chatter: Chatter) -> None:
    officer = an_officer(services, "investigator")
    first, second = chatter.say(f"карта {CARD}"), chatter.say(f"и снова {CARD}")
    assert first.incident == second.incident
    assert ask(services, first, officer).scope.ledger_seq == second.ledger_seq
    assert ask(services, first, officer, Scope("message", first.ledger_seq)).scope.ledger_seq == first.ledger_seq


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"scope": Scope("soul")}, UsageError),
        ({"scope": Scope("finding")}, NotFound),
        ({"scope": Scope("finding", finding_id=10**6)}, NotFound),
        ({"scope": Scope("message", 10**6)}, NotFound),
        ({"reason": " "}, UsageError),
        ({"reason_code": "curiosity"}, UsageError),
        ({"incident_id": "nothing"}, NotFound),
    ],
)
def test_a_request_names_what_and_why(services: Services, chatter: Chatter, fields: dict[str, Any], error: type) -> None:
    recorded, officer = chatter.say(f"карта {CARD}"), an_officer(services, "investigator")
    with pytest.raises(error):
        ask(services, recorded, officer, **fields)
    assert audited(services, "reveal.") == []


def test_what_is_shredded_is_not_read_and_the_grant_is_not_used_up(services: Services, chatter: Chatter) -> None:
    recorded, officer = chatter.say(f"карта {CARD}"), an_officer(services, "investigator")
    asked = ask(services, recorded, officer)
    day = now_of(services).toordinal() - datetime(1970, 1, 1).toordinal()  # noqa: DTZ001 - a day's number
    services.database.write(lambda c: services.vault.shred_day(c, day, "telegram", now_of(services)))
    with pytest.raises(Conflict) as caught:
        read(services, asked, officer)
    assert caught.value.code == "content_gone"
    assert audited(services, "content.") == []
    with services.database.reading() as connection:
        assert reveals.one(connection, asked.id).state == "granted"


def test_lists_hold_what_was_asked_of_ones_departments(services: Services, chatter: Chatter) -> None:
    officer, other = an_officer(services, "investigator"), an_officer(services, "investigator")
    first = ask(services, chatter.say(f"карта {CARD}"), officer, four_eyes=True)
    second = ask(services, chatter.say(f"карта {CARD}", sender="43"), other, four_eyes=True)
    with services.database.reading() as connection:
        assert [one.id for one in reveals.listed(connection, Asked())] == [second.id, first.id]
        assert [one.id for one in reveals.listed(connection, Asked(by=officer.actor.id))] == [first.id]
        assert [one.id for one in reveals.listed(connection, Asked(after=second.id))] == [first.id]
        assert [one.id for one in reveals.listed(connection, Asked(), ("Legal",))] == [second.id]
        assert reveals.listed(connection, Asked("granted")) == []
        with pytest.raises(NotFound):
            reveals.one(connection, first.id, ("Legal",))
