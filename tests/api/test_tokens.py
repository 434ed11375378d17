from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from dlp.clock import SetClock
from dlp.services import Services
from dlp.store.access import tokens
from dlp.store.actor import SYSTEM
from dlp.store.tables.access import tokens as token_rows
from tests.api.clients import TestClient, client_of, token_client, visitor_of
from tests.api.people import acts


def _made(admin: TestClient, **told: object) -> dict[str, str]:
    answer = admin.post("/api/v1/tokens", json={"name": "portal", "roles": ["hook"]} | told)
    assert answer.status_code == 201, answer.text
    return {"secret": answer.json()["secret"], "id": answer.json()["token"]["id"]}


def _bearer(client: TestClient, secret: str) -> TestClient:
    client.headers["Authorization"] = f"Bearer {secret}"
    return client


def test_a_token_is_told_once_and_kept_as_a_digest(services: Services) -> None:
    with client_of(services, "administrator") as admin:
        made = _made(admin)
        assert made["secret"].startswith("dlp_")
        assert len(made["secret"]) == 4 + 43  # 256 bits in base 64
        assert made["secret"] not in admin.get("/api/v1/tokens").text
    with services.database.reading() as connection:
        (row,) = connection.execute(select(token_rows)).all()
    assert made["secret"] not in repr(row)
    assert made["secret"].startswith(row.hint)


def test_a_token_opens_what_its_roles_allow_without_origin_or_csrf(services: Services) -> None:
    with client_of(services, "administrator") as admin, visitor_of(services) as program:
        del program.headers["Sec-Fetch-Site"]
        _bearer(program, _made(admin)["secret"])
        assert program.get("/api/v1/me").json()["permissions"] == ["hold.poll", "message.post", "verdict.ask"]
        assert program.get("/api/v1/users").json()["code"] == "people_only"


def test_scopes_narrow_a_token(services: Services) -> None:
    with token_client(services, "hook", scopes=["verdict.ask"]) as program:
        assert program.get("/api/v1/me").json()["permissions"] == ["verdict.ask"]


def test_scopes_beyond_the_roles_and_unknown_connectors_are_refused(services: Services) -> None:
    with client_of(services, "administrator") as admin:
        for wrong, code in (
            ({"scopes": ["audit.read"]}, "scope_beyond_roles"),
            ({"roles": ["king"]}, "role_unknown"),
            ({"connector": "nowhere"}, "connector_unknown"),
        ):
            answer = admin.post("/api/v1/tokens", json={"name": "x", "roles": ["hook"]} | wrong)
            assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_no_token_reads_content_or_lets_people_in(services: Services) -> None:
    with token_client(services, "investigator", "administrator") as program:
        permissions = set(program.get("/api/v1/me").json()["permissions"])
        assert permissions.isdisjoint({"content.reveal", "content.approve", "access.edit", "key.edit"})


def test_a_revoked_token_is_dead_at_once(services: Services) -> None:
    with client_of(services, "administrator") as admin, visitor_of(services) as program:
        made = _made(admin)
        _bearer(program, made["secret"])
        assert program.get("/api/v1/me").status_code == 200
        assert admin.delete(f"/api/v1/tokens/{made['id']}").json()["revoked_at"] is not None
        assert program.get("/api/v1/me").status_code == 401
        assert admin.delete(f"/api/v1/tokens/{made['id']}").status_code == 200
        assert [act for act, _ in acts(services) if act.startswith("token")] == ["token.created", "token.revoked"]


def test_a_token_revoked_by_another_process_is_dead_within_a_second(services: Services, clock: SetClock) -> None:
    with client_of(services, "administrator") as admin, visitor_of(services) as program:
        made = _made(admin)
        _bearer(program, made["secret"])
        assert program.get("/api/v1/me").status_code == 200
        services.database.write(lambda connection: tokens.revoke(connection, SYSTEM, made["id"], clock.now()))
        clock.moment += timedelta(seconds=1)
        assert program.get("/api/v1/me").status_code == 401


def test_an_expired_token_is_dead(services: Services, clock: SetClock) -> None:
    with client_of(services, "administrator") as admin, visitor_of(services) as program:
        _bearer(program, _made(admin, days=1)["secret"])
        assert program.get("/api/v1/me").status_code == 200
        clock.moment += timedelta(days=1)
        assert program.get("/api/v1/me").status_code == 401


def test_the_last_use_is_noted_once_a_minute(services: Services, clock: SetClock) -> None:
    def used_at() -> object:
        services.database.write(lambda _: None)  # what was submitted before is written now
        with services.database.reading() as connection:
            return connection.scalar(select(token_rows.c.used_at).where(token_rows.c.name == "a program"))

    with token_client(services, "hook") as program:
        first = clock.now()
        program.get("/api/v1/me")
        assert used_at() == first
        clock.moment += timedelta(seconds=30)
        program.get("/api/v1/me")
        assert used_at() == first
        clock.moment += timedelta(seconds=31)
        program.get("/api/v1/me")
        assert used_at() == clock.now()


def test_a_token_bound_to_a_connector_says_so(services: Services) -> None:
    with token_client(services, "hook", connector="portal") as program:
        assert program.get("/api/v1/me").json()["connector"] == "portal"


def test_what_is_no_token_of_ours_is_refused_without_being_looked_up(services: Services) -> None:
    with visitor_of(services) as program:
        for word in ("Basic YTpi", "Bearer ghp_x", "Bearer dlp_unknown", "Bearer"):
            program.headers["Authorization"] = word
            assert program.get("/api/v1/me").json()["code"] == "token"
