"""A policy author's day: read, check, upload, see a test fail, activate, compare, roll back; no message is read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dlp.pipeline import Arrival, handle
from dlp.services import Services
from dlp.wiring import shipped_files
from dlp.worker.jobs import KINDS, JobRunner
from tests.api.clients import TestClient, client_of
from tests.builders import a_message
from tests.installations import NOON

POLICY = """policy: phones
title: {ru: Телефоны, en: Phones}
why: phones must not leave
owner: privacy
rules:
  - rule: any
    severity: low
    when:
      all:
        - entities: {of: [PHONE_NUMBER]}
    decision: alert
"""
CASES = """policy: phones
tests:
  - {rule: any, fires: true, message: {text: "позвони +7 916 123-45-67"}}
  - {rule: any, fires: false, message: {text: "позвони завтра"}}
"""
FILES = {"phones.yaml": POLICY, "phones.test.yaml": CASES}
WRONG = {
    **FILES,
    "phones.test.yaml": CASES.replace("fires: true", "fires: false").replace(
        'fires: false, message: {text: "позвони з', 'fires: true, message: {text: "позвони з'
    ),
}


@pytest.fixture
def author(services: Services) -> Iterator[TestClient]:
    with client_of(services, "policy-author") as client:
        yield client


def _upload(author: TestClient, files: dict[str, str]) -> dict[str, object]:
    answer = author.post("/api/v1/policies/versions", json={"files": files, "note": "phones"})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def _activate(author: TestClient, version: dict[str, object]) -> int:
    told = {"content_hash": version["content_hash"]}
    return int(author.post(f"/api/v1/policies/versions/{version['number']}/activate", json=told).status_code)


def test_the_active_policies_are_listed_with_their_rules(author: TestClient) -> None:
    told = author.get("/api/v1/policies").json()
    assert told["version"] == 0
    assert {"policy", "rules", "mode", "applies"} <= told["items"][0].keys()
    assert len(told["items"]) > 10


def test_a_version_whose_tests_hold_becomes_active_and_judges(author: TestClient, services: Services) -> None:
    version = _upload(author, FILES)
    assert (version["state"], version["report"]["holds"]) == ("tested", True)  # type: ignore[index]
    assert _activate(author, version) == 200
    message = a_message("мой номер +7 916 123-45-67", connector="slack", conversation="C1", sender="U1")
    (recorded,) = handle(services, [Arrival(message, "api", "verdict", NOON)]).result()
    assert recorded.decision.label == "alert"
    assert [one["policy"] for one in author.get("/api/v1/policies").json()["items"]] == ["phones"]


def test_a_version_whose_test_fails_is_refused_with_the_line_named(author: TestClient) -> None:
    version = _upload(author, WRONG)
    assert version["state"] == "draft"
    refused = author.post(
        f"/api/v1/policies/versions/{version['number']}/activate",
        json={"content_hash": version["content_hash"], "urgent": True, "note": "now"},
    )
    assert refused.status_code == 403
    assert refused.json()["code"] == "tests_fail"
    assert refused.json()["params"]["report"][0]["file"] == "phones.test.yaml"
    assert refused.json()["params"]["report"][0]["line"] == 3


def test_a_fault_is_told_at_its_line(author: TestClient) -> None:
    report = author.post(
        "/api/v1/policies/check", json={"files": {"a.yaml": POLICY.replace("PHONE_NUMBER", "PHONE_NUMBR")}}
    ).json()
    assert (report["holds"], report["faults"][0]["file"], report["faults"][0]["line"]) == (False, "a.yaml", 10)


def test_a_path_that_leads_elsewhere_is_refused(author: TestClient) -> None:
    assert author.post("/api/v1/policies/check", json={"files": {"../../etc/x.yaml": ""}}).status_code == 422


def test_a_version_nobody_can_count_to_is_refused(author: TestClient) -> None:
    for number in (2**31, 2**63, -(2**70)):
        asked = [author.get(f"/api/v1/policies/versions/{number}"), author.get(f"/api/v1/policies/versions?before={number}")]
        asked += [author.post("/api/v1/policies/compare", json={"number": number})]
        asked += [author.post("/api/v1/policies/try", json={"text": "x", "version": number})]
        assert {answer.status_code for answer in asked} == {422}


def test_a_few_lines_of_aliases_do_not_keep_the_server_busy(author: TestClient) -> None:
    lines = ["a: &a [x,x,x,x,x,x,x,x,x]"]
    lines += [f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]" for before, name in zip("abcdefgh", "bcdefghi", strict=True)]
    report = author.post("/api/v1/policies/check", json={"files": {"p/bomb.yaml": "\n".join(lines)}}).json()
    assert "aliases repeat too much" in str(report["faults"])


def test_trying_a_text_explains_hits_and_misses(author: TestClient) -> None:
    told = author.post("/api/v1/policies/try", json={"text": "звони +7 916 123-45-67", "files": FILES}).json()
    assert (told["decision"], told["findings"][0]["entity"], told["findings"][0]["start"]) == ("alert", "PHONE_NUMBER", 6)
    silent = author.post("/api/v1/policies/try", json={"text": "до завтра", "files": FILES}).json()
    assert [one["held"] for one in silent["explanations"]] == [False]


def test_a_policy_can_be_set_to_observe_and_given_back(author: TestClient) -> None:
    name = author.get("/api/v1/policies").json()["items"][0]["policy"]
    for mode, expected in (("observe", "observe"), (None, "enforce")):
        assert author.put(f"/api/v1/policies/{name}/mode", json={"mode": mode}).status_code == 204
        assert author.get("/api/v1/policies").json()["items"][0]["mode"] == expected
    assert author.put("/api/v1/policies/nothing/mode", json={"mode": "observe"}).status_code == 404


def test_versions_are_listed_differ_and_roll_back(author: TestClient) -> None:
    first, second = _upload(author, FILES), _upload(author, {**FILES, "phones.yaml": POLICY.replace("low", "high")})
    assert (_activate(author, first), _activate(author, second)) == (200, 200)
    told = author.get(f"/api/v1/policies/versions/{first['number']}/difference/{second['number']}").json()
    assert "+    severity: high" in told["files"]["phones.yaml"]
    assert author.post("/api/v1/policies/rollback", json={"note": "floods"}).json()["number"] == first["number"]
    states = {one["number"]: one["state"] for one in author.get("/api/v1/policies/versions").json()["items"]}
    assert states == {first["number"]: "active", second["number"]: "retired"}


def test_comparing_judges_kept_messages_and_tells_counts_alone(author: TestClient, services: Services) -> None:
    texts = ("мой номер +7 916 123-45-67", "до завтра")
    arrivals = [Arrival(a_message(text, id=str(n)), "api", "messages", NOON) for n, text in enumerate(texts)]
    handle(services, arrivals).result()
    version = _upload(author, FILES)
    job = author.post("/api/v1/policies/compare", json={"number": version["number"], "days": 30}).json()["id"]
    assert JobRunner(services, KINDS).run_next()
    told = author.get(f"/api/v1/jobs/{job}").json()
    assert (told["state"], told["result"]["messages"], told["result"]["newly_hit"]) == ("ready", 2, 1)
    assert "916" not in str(told)


def test_an_officer_reads_policies_and_changes_none(services: Services) -> None:
    with client_of(services, "officer") as officer:
        assert officer.get("/api/v1/policies").status_code == 200
        assert officer.post("/api/v1/policies/versions", json={"files": FILES}).status_code == 403


def test_the_schema_is_there_for_editors(author: TestClient) -> None:
    assert "properties" in author.get("/api/v1/policies/schema").json()


def test_the_shipped_packs_can_be_uploaded_as_they_are(author: TestClient, services: Services) -> None:
    version = _upload(author, shipped_files(services.settings.policies))
    assert version["state"] == "tested"
