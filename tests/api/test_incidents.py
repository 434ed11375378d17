"""The queue of incidents over HTTP."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from dlp.clock import SetClock
from dlp.services import Services
from dlp.store.tables.duties import queries
from tests.api.clients import TestClient, client_of
from tests.store.incidents.records import an_incident, an_occurrence

V1 = "/api/v1"


def _open(services: Services, **fields: Any) -> str:
    return services.database.write(lambda connection: an_incident(connection, **fields))


def _patch(client: TestClient, id: str, body: dict[str, Any], version: int = 1) -> Any:
    return client.patch(f"{V1}/incidents/{id}", json=body, headers={"If-Match": f'"{version}"'})


def test_a_list_tells_rows_total_facets_and_the_change_it_is_as_of(services: Services) -> None:
    first = _open(services, severity=4)
    _open(services, severity=2, zone=None)
    services.database.write(lambda connection: an_occurrence(connection, first))
    with client_of(services, "officer") as client:
        told = client.get(f"{V1}/incidents").json()
        assert [row["number"] for row in told["items"]] == [1, 2]
        assert (told["total"], told["newer"], told["next"], told["previous"]) == (2, 0, None, None)
        assert told["facets"]["zone"] == [{"value": "foreign", "count": 1}, {"value": "none", "count": 1}]
        assert told["items"][0]["severity"] == "critical"
        assert told["items"][0]["preview"] == [
            {"text": "…паспорт ", "mark": None, "entity": None},
            {"text": "●●●● ●●●●●●", "mark": 0, "entity": "RU_PASSPORT"},
            {"text": " клиента…", "mark": None, "entity": None},
        ]
        _open(services)
        later = client.get(f"{V1}/incidents", params={"as_of": told["as_of"]}).json()
        assert (later["total"], later["newer"]) == (2, 1)


def test_pages_go_forth_and_back(services: Services) -> None:
    services.database.write(lambda connection: [an_incident(connection) for _ in range(5)])
    with client_of(services, "officer") as client:
        first = client.get(f"{V1}/incidents", params={"limit": 2}).json()
        second = client.get(f"{V1}/incidents", params={"limit": 2, "cursor": first["next"]}).json()
        assert [row["number"] for row in second["items"]] == [3, 4]
        assert second["facets"] == {}
        back = client.get(f"{V1}/incidents", params={"limit": 2, "cursor": second["previous"]}).json()
        assert [row["number"] for row in back["items"]] == [1, 2]
        ruler = client.get(f"{V1}/incidents/ruler", params={"step": 10}).json()
        assert (ruler["marks"], ruler["total"]) == ([{"row": 0, "cursor": None}], 5)


@pytest.mark.parametrize(
    "params",
    [
        {"cursor": "nonsense"}, {"state": "lost"}, {"severity": "dire"}, {"sort": "luck"}, {"opened_from": "yesterday"},
        {"excluded": "policy"}, {"limit": 0}, {"as_of": -1},
    ],
)  # fmt: skip
def test_wrong_words_are_told_not_guessed(services: Services, params: dict[str, str]) -> None:
    with client_of(services, "officer") as client:
        assert client.get(f"{V1}/incidents", params=params).status_code == 422


def test_groups_come_with_the_filter_that_lists_them(services: Services) -> None:
    _open(services, person="anna")
    _open(services, person="anna", severity=4)
    _open(services, person="boris")
    with client_of(services, "officer") as client:
        told = client.get(f"{V1}/incidents", params={"group_by": "person"}).json()
        assert [(group["label"], group["count"], group["severity"]) for group in told["groups"]] == [
            ("anna", 2, "critical"),
            ("boris", 1, "high"),
        ]
        listed = client.get(f"{V1}/incidents", params=told["groups"][0]["filter"]).json()
        assert listed["total"] == 2


def test_an_incident_is_shown_masked_with_its_reasons(services: Services) -> None:
    id = _open(services)
    services.database.write(lambda connection: an_occurrence(connection, id))
    with client_of(services, "auditor") as client:
        answer = client.get(f"{V1}/incidents/INC-1")
        told = answer.json()
    assert answer.headers["ETag"] == '"1"'
    assert (told["id"], told["messages"]["next"]) == (id, None)
    (message,) = told["messages"]["items"]
    assert message["snippets"][0]["segments"][1] == {"text": "●●●● ●●●●●●", "mark": 0, "entity": "RU_PASSPORT"}
    assert message["occurrences"][0]["reason"]["said"] == "2 of 2"
    assert message["findings"][0]["entity"] == "RU_PASSPORT"


def test_another_departments_incident_is_not_there(services: Services) -> None:
    id = _open(services, department="legal")
    with client_of(services, "officer", departments=["sales"]) as client:
        assert client.get(f"{V1}/incidents/{id}").status_code == 404
        assert client.get(f"{V1}/incidents").json()["total"] == 0
        assert _patch(client, id, {"assignee": "me"}).status_code == 404


def test_an_incident_is_taken_resolved_and_given_back(services: Services) -> None:
    id = _open(services)
    with client_of(services, "officer") as client:
        taken = _patch(client, id, {"assignee": "me"})
        assert (taken.status_code, taken.json()["state"], taken.headers["ETag"]) == (200, "assigned", '"2"')
        resolved = _patch(client, id, {"resolution": "false_positive", "comment": "тестовая форма", "tags": ["Form"]}, 2).json()
        assert (resolved["state"], len(resolved["events"])) == ("not_a_leak", 2)
        history = client.get(f"{V1}/incidents/{id}/history").json()["items"]
        assert [entry["act"] for entry in history] == ["opened", "taken", "tagged", "resolved"]
        assert history[3]["details"]["comment"] == "тестовая форма"
        assert client.get(f"{V1}/incidents", params={"text": "форма"}).json()["total"] == 1
        undone = client.post(f"{V1}/incidents/{id}/undo/{resolved['events'][1]}", json={}).json()
        assert undone["state"] == "assigned"
        assert client.get(f"{V1}/incidents", params={"assignee": "me", "state": "assigned"}).json()["total"] == 1


def test_a_change_wants_the_version_looked_at_and_tells_who_was_faster(services: Services) -> None:
    id = _open(services)
    with client_of(services, "officer") as one, client_of(services, "officer") as other:
        assert one.patch(f"{V1}/incidents/{id}", json={"assignee": "me"}).status_code == 428
        assert _patch(one, id, {"assignee": "me"}).status_code == 200
        refused = _patch(other, id, {"assignee": "me"})
        assert refused.status_code == 412
        assert refused.json()["params"]["version"] == 2
        assert [change["act"] for change in refused.json()["params"]["changes"]] == ["taken"]
        assert _patch(one, id, {}, 2).status_code == 422


def test_a_bulk_act_on_a_kept_query_is_checked_done_and_undone(services: Services) -> None:
    services.database.write(lambda connection: [an_incident(connection, words="выгрузка") for _ in range(30)])
    with client_of(services, "officer") as client:
        kept = client.post(f"{V1}/queries", json={"filter": {"text": "выгрузка"}}).json()
        listed = client.get(f"{V1}/incidents", params={"query": kept["id"]}).json()
        asked = {
            "query": kept["id"],
            "as_of": listed["as_of"],
            "exclude": [listed["items"][0]["id"]],
            "expected_count": 30,
            "operation": {"kind": "resolve", "resolution": "training"},
            "comment": "учения",
        }
        refused = client.post(f"{V1}/incidents/bulk", json=asked)
        assert (refused.status_code, refused.json()["params"]["count"]) == (409, 29)
        job = client.post(f"{V1}/incidents/bulk", json=asked | {"expected_count": 29}).json()
        assert (job["state"], job["done"], job["result"], len(job["items"])) == ("ready", 29, {"done": 29}, 29)
        assert client.get(f"{V1}/incidents", params={"state": "closed"}).json()["total"] == 29
        back = client.post(f"{V1}/incidents/bulk/{job['id']}/undo", json={}).json()
        assert back["result"] == {"done": 29}
        assert client.get(f"{V1}/incidents", params={"state": "opened"}).json()["total"] == 30
        assert client.get(f"{V1}/jobs/{job['id']}/items", params={"after": 3}).json()["items"][0]["number"] == 4
        with client_of(services, "officer") as other:
            assert other.get(f"{V1}/jobs/{job['id']}").status_code == 404


def test_what_is_searched_for_is_kept_sealed_and_only_for_its_owner(services: Services) -> None:
    with client_of(services, "officer") as client, client_of(services, "officer") as other:
        kept = client.post(f"{V1}/queries", json={"filter": {"text": "снежинка", "assignee": ["me"]}, "title": "Моё"}).json()
        shared = client.post(f"{V1}/queries", json={"filter": {"held": True}, "title": "Удержано", "shared": True}).json()
        assert [view["title"] for view in client.get(f"{V1}/queries").json()["items"]] == ["Моё", "Удержано"]
        assert [view["own"] for view in other.get(f"{V1}/queries").json()["items"]] == [False]
        assert other.get(f"{V1}/incidents", params={"query": kept["id"]}).status_code == 404
        assert other.get(f"{V1}/incidents", params={"query": shared["id"]}).status_code == 200
        assert other.delete(f"{V1}/queries/{shared['id']}").status_code == 404
        assert client.delete(f"{V1}/queries/{kept['id']}").status_code == 204
        assert client.get(f"{V1}/queries/{kept['id']}").status_code == 404
    with services.database.reading() as connection:
        rows = connection.execute(select(queries)).all()
    assert "снежинка".encode() not in b"".join(bytes(row.sealed) for row in rows)


def test_incidents_are_split_and_merged(services: Services) -> None:
    id, other = _open(services), _open(services)
    services.database.write(lambda connection: [an_occurrence(connection, one) for one in (id, id, other)])
    with client_of(services, "officer") as client:
        messages = client.get(f"{V1}/incidents/{id}/messages").json()["items"]
        split = client.post(f"{V1}/incidents/{id}/split", json={"occurrences": [messages[0]["occurrences"][0]["id"]]})
        assert (split.status_code, split.json()["new"]["number"]) == (201, 3)
        merged = client.post(f"{V1}/incidents/{id}/merge", json={"ids": [other, split.json()["new"]["id"]]}).json()
        assert client.get(f"{V1}/incidents/{id}").json()["occurrences"] == 3
        assert client.get(f"{V1}/incidents/{other}").json()["merged_into"] == id
        assert client.get(f"{V1}/incidents").json()["total"] == 1
        client.post(f"{V1}/incidents/{id}/undo/{merged['events'][0]}", json={})
        assert client.get(f"{V1}/incidents").json()["total"] == 3


def test_others_at_the_incident_are_seen_for_a_while(services: Services, clock: SetClock) -> None:
    id = _open(services)
    with client_of(services, "officer") as one, client_of(services, "officer") as other:
        assert one.post(f"{V1}/incidents/{id}/presence", json={"doing": "writing"}).json() == {"items": []}
        (seen,) = other.post(f"{V1}/incidents/{id}/presence", json={}).json()["items"]
        assert (seen["user"], seen["doing"]) == (one.headers["X-User"], "writing")
        clock.moment += timedelta(minutes=1)
        assert other.post(f"{V1}/incidents/{id}/presence", json={}).json() == {"items": []}
        one.post(f"{V1}/incidents/{id}/presence", json={})
        one.post(f"{V1}/incidents/{id}/presence", json={"doing": "gone"})
        assert other.post(f"{V1}/incidents/{id}/presence", json={}).json() == {"items": []}


def test_similar_incidents_share_a_value_or_rule_and_person(services: Services) -> None:
    ids = [_open(services, person=person) for person in ("anna", "boris", "anna")]
    digests = (b"a" * 16, b"a" * 16, b"b" * 16)
    for id, digest in zip(ids, digests, strict=True):
        services.database.write(partial(an_occurrence, incident_id=id, digest=digest))
    with client_of(services, "officer") as client:
        told = client.get(f"{V1}/incidents/{ids[0]}/similar").json()
        assert [row["number"] for row in told["same_value"]["latest"]] == [2]
        assert [row["number"] for row in told["same_rule_and_person"]["latest"]] == [3]
        for alike in told.values():
            assert client.get(f"{V1}/incidents", params=alike["filter"]).json()["total"] == alike["count"] + 1


def test_exposure_says_what_is_not_known(services: Services) -> None:
    id = _open(services)
    services.database.write(lambda connection: an_occurrence(connection, id))
    with client_of(services, "officer") as client:
        told = client.get(f"{V1}/incidents/{id}/exposure").json()
    assert told["forwarded"] == {"known": False, "value": None}
    assert told["members"]["total"] == {"known": False, "value": None}
    assert told["delivered"] == {"known": True, "value": True}
    assert told["visible_until"] is None


def test_an_incident_is_found_by_wrong_ids_no_more_than_by_none(services: Services) -> None:
    with client_of(services, "officer") as client:
        assert client.get(f"{V1}/incidents/INC-77").status_code == 404
        assert client.get(f"{V1}/incidents/nonsense").status_code == 422
