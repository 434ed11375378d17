from __future__ import annotations

from datetime import timedelta

from dlp.clock import SetClock
from dlp.services import Services
from tests.api.clients import TestClient, a_user, client_of, visitor_of
from tests.api.people import PASSWORD, a_password, acts, cheap_app, signed


def _invited(client: TestClient, login: str = "kim", **told: object) -> dict[str, str]:
    wanted = {"login": login, "name": "Д. Ким", "roles": ["officer"], "departments": ["Sales"]} | told
    answer = client.post("/api/v1/users", json=wanted)
    assert answer.status_code == 201, answer.text
    link = answer.json()["link"]["address"]
    assert "/setup#" in link
    return {"id": answer.json()["user"]["id"], "token": link.partition("#")[2]}


def test_somebody_invited_chooses_a_password_and_comes_in(services: Services) -> None:
    with client_of(services, "administrator") as admin, visitor_of(services, app=cheap_app(services)) as visitor:
        invited = _invited(admin)
        assert admin.get(f"/api/v1/users/{invited['id']}").json()["state"] == "invited"
        assert signed(visitor, "kim").status_code == 401
        assert visitor.post("/api/v1/setup/look", json={"token": invited["token"]}).json()["login"] == "kim"
        assert visitor.post("/api/v1/setup", json={"token": invited["token"], "password": PASSWORD}).json() == {"login": "kim"}
        assert signed(visitor, "kim").status_code == 201
        me = visitor.get("/api/v1/me").json()
        assert (me["roles"], me["departments"]) == (["officer"], ["Sales"])
    told = [act for act, _ in acts(services)][-5:]
    assert told == ["user.created", "link.invite", "session.refused", "link.used", "session.begun"]


def test_a_new_invitation_voids_the_old(services: Services) -> None:
    with client_of(services, "administrator") as admin:
        invited = _invited(admin)
        newer = admin.post(f"/api/v1/users/{invited['id']}/invite").json()["address"].partition("#")[2]
        assert admin.post("/api/v1/setup/look", json={"token": invited["token"]}).status_code == 404
        assert admin.post("/api/v1/setup/look", json={"token": newer}).status_code == 200


def test_a_login_is_taken_whatever_its_case(services: Services) -> None:
    with client_of(services, "administrator") as admin:
        _invited(admin)
        wanted = {"login": "KIM", "name": "К. Ким", "roles": []}
        answer = admin.post("/api/v1/users", json=wanted)
        assert (answer.status_code, answer.json()["code"]) == (409, "login_taken")


def test_an_unknown_role_or_zone_is_pointed_at(services: Services) -> None:
    with client_of(services, "administrator") as admin:
        wanted = {"login": "kim", "name": "Д. Ким", "roles": ["officer", "king"]}
        assert admin.post("/api/v1/users", json=wanted).json()["errors"][0]["pointer"] == "/roles/1"
        wanted |= {"roles": ["officer"], "zone": "Mars/Olympus"}
        assert admin.post("/api/v1/users", json=wanted).json()["errors"][0]["pointer"] == "/zone"


def test_a_change_of_rights_ends_sessions_and_a_change_of_name_does_not(services: Services) -> None:
    with client_of(services, "administrator") as admin, client_of(services, "officer") as officer:
        address = f"/api/v1/users/{officer.headers['X-User']}"
        assert admin.patch(address, json={"name": "А. Петрова", "roles": ["officer"]}).json()["name"] == "А. Петрова"
        assert officer.get("/api/v1/me").status_code == 200
        assert admin.patch(address, json={"departments": ["Sales"]}).json()["departments"] == ["Sales"]
        assert officer.get("/api/v1/me").status_code == 401


def test_departments_can_be_all_again(services: Services) -> None:
    with client_of(services, "administrator") as admin, client_of(services, "officer", departments=["Sales"]) as officer:
        address = f"/api/v1/users/{officer.headers['X-User']}"
        assert admin.patch(address, json={"departments": None}).json()["departments"] is None


def test_the_last_administrator_stays_one(services: Services) -> None:
    with client_of(services, "administrator") as admin:
        own = f"/api/v1/users/{admin.headers['X-User']}"
        for change in ({"roles": ["officer"]}, {"state": "disabled"}):
            answer = admin.patch(own, json=change)
            assert (answer.status_code, answer.json()["code"]) == (409, "last_administrator")
        assert admin.get("/api/v1/me").status_code == 200
        _invited(admin, "successor", roles=["administrator"])  # has not come in: nobody to rely on
        assert admin.patch(own, json={"state": "disabled"}).status_code == 409
        a_user(services, "administrator")
        assert admin.patch(own, json={"roles": ["officer"]}).status_code == 200
        assert admin.get("/api/v1/users").status_code == 401


def test_somebody_enabled_before_coming_in_is_still_invited(services: Services) -> None:
    with client_of(services, "administrator") as admin:
        invited = _invited(admin)
        address = f"/api/v1/users/{invited['id']}"
        assert admin.patch(address, json={"state": "disabled"}).json()["state"] == "disabled"
        assert admin.post("/api/v1/setup/look", json={"token": invited["token"]}).status_code == 404
        assert admin.patch(address, json={"state": "active"}).json()["state"] == "invited"


def test_a_reset_link_sets_a_new_password_and_ends_sessions(services: Services) -> None:
    user_id = a_user(services, "officer", login="kim")
    a_password(services, user_id)
    with client_of(services, "administrator") as admin, visitor_of(services, app=cheap_app(services)) as visitor:
        assert signed(visitor, "kim").status_code == 201
        reset = admin.post(f"/api/v1/users/{user_id}/reset", json={}).json()["address"].partition("#")[2]
        assert visitor.get("/api/v1/me").status_code == 200
        assert visitor.post("/api/v1/setup", json={"token": reset, "password": "девять синих лодок"}).status_code == 200
        assert visitor.get("/api/v1/me").status_code == 401
        assert signed(visitor, "kim").status_code == 401
        assert signed(visitor, "kim", password="девять синих лодок").status_code == 201


def test_a_lost_second_factor_goes_only_where_the_administrator_says_so(services: Services) -> None:
    from tests.api.people import a_totp

    user_id = a_user(services, "officer", login="kim")
    a_password(services, user_id)
    with client_of(services, "administrator") as admin, visitor_of(services, app=cheap_app(services)) as visitor:
        signed(visitor, "kim")
        a_totp(services, visitor)
        for drops, code in ((False, 401), (True, 201)):
            reset = admin.post(f"/api/v1/users/{user_id}/reset", json={"second_factor": drops}).json()["address"]
            used = {"token": reset.partition("#")[2], "password": PASSWORD}
            assert visitor.post("/api/v1/setup", json=used).status_code == 200
            assert signed(visitor, "kim").status_code == code


def test_administrators_see_and_end_sessions(services: Services) -> None:
    with client_of(services, "administrator") as admin, client_of(services, "officer") as officer:
        address = f"/api/v1/users/{officer.headers['X-User']}/sessions"
        (session,) = admin.get(address).json()["items"]
        assert (session["current"], session["user_id"]) == (False, officer.headers["X-User"])
        assert admin.delete(address).json() == {"ended": 1}
        assert officer.get("/api/v1/me").status_code == 401
        assert admin.get("/api/v1/users/nobody/sessions").status_code == 404


def test_managing_access_wants_a_fresh_proof(services: Services, clock: SetClock) -> None:
    with client_of(services, "administrator") as admin:
        clock.moment += timedelta(minutes=11)
        wanted = {"login": "kim", "name": "Д. Ким", "roles": []}
        assert admin.post("/api/v1/users", json=wanted).json()["code"] == "step_up_needed"
        assert admin.post("/api/v1/tokens", json={"name": "x", "roles": ["hook"]}).json()["code"] == "step_up_needed"
        assert admin.get("/api/v1/users").status_code == 200


def test_incidents_can_be_given_to_those_who_work_them(services: Services) -> None:
    a_user(services, "auditor")
    with client_of(services, "officer") as officer:
        (one,) = officer.get("/api/v1/assignees").json()["items"]
        assert one["id"] == officer.headers["X-User"]


def test_every_act_on_people_is_audited_without_their_names(services: Services) -> None:
    from sqlalchemy import select

    from dlp.store.tables.trust import audit

    with client_of(services, "administrator") as admin:
        invited = _invited(admin, "planted-login")
        admin.patch(f"/api/v1/users/{invited['id']}", json={"name": "Planted Name", "roles": ["auditor"]})
    with services.database.reading() as connection:
        rows = connection.execute(select(audit)).all()
    changed = [row for row in rows if row.act == "user.changed"]
    assert changed[-1].details == {"fields": ["name", "roles"], "roles": ["auditor"]}
    assert changed[-1].actor == admin.headers["X-User"]
    assert "planted" not in repr(rows).casefold()


def test_who_is_refused_is_audited_once_an_hour(services: Services, clock: SetClock) -> None:
    def refusals() -> int:
        services.database.write(lambda _: None)  # what was submitted before is written now
        return acts(services).count(("access.refused", "user"))

    with client_of(services, "officer") as officer:
        for _ in range(3):
            assert officer.get("/api/v1/users").status_code == 403
            assert officer.get("/api/v1/users/planted").status_code == 403
        assert refusals() == 2
        clock.moment += timedelta(minutes=20)
        officer.get("/api/v1/users")
        assert refusals() == 2
        clock.moment += timedelta(minutes=25)
        officer.get("/api/v1/users")
        assert refusals() == 2
        clock.moment += timedelta(minutes=25)
        officer.get("/api/v1/users")
        assert refusals() == 3
