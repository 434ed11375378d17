"""What whoever asks `POST /verdict` can rely on."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from httpx import Response
from sqlalchemy import Connection, Engine, event, select

from dlp.clock import SetClock
from dlp.pipeline import Context
from dlp.records import Decision, Text
from dlp.services import Services
from dlp.store import connectors, emergencies
from dlp.store.actor import SYSTEM
from dlp.store.connectors import Connector
from dlp.store.emergencies import Declaration
from dlp.store.spill import Spill
from dlp.store.tables.duties import holds
from dlp.store.tables.record import gaps, incidents, ledger, ledger_sums
from dlp.worker.spilled import bring
from tests.api.clients import TestClient, app_of, token_client
from tests.api.door_policies import CARD, MAIL, SNILS, door_policies
from tests.installations import installed

LATE = 1 << 61
PATIENT_MS = 30_000  # the machine may be busy with other things


@pytest.fixture
def services(tmp_path: Path, clock: SetClock) -> Iterator[Services]:
    with installed(tmp_path, clock=clock, policies=door_policies(tmp_path)) as opened:
        opened.renew()  # a server does so before it takes questions
        yield opened


@pytest.fixture
def client(services: Services) -> Iterator[TestClient]:
    with token_client(services) as asking:
        yield asking


def ask(
    client: TestClient, text: str = "see you at lunch", /, *, headers: dict[str, str] | None = None, **fields: Any
) -> Response:
    options: dict[str, Any] = {key: fields.pop(key) for key in ("dry_run", "deadline_ms", "callback") if key in fields}
    question: dict[str, Any] = {"message": {"text": text, **fields}, "deadline_ms": PATIENT_MS, **options}
    response: Response = client.post("/api/v1/verdict", json=question, headers=headers)
    return response


def told(client: TestClient, text: str = "see you at lunch", /, **fields: Any) -> dict[str, Any]:
    response = ask(client, text, **fields)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def rows(services: Services, table: Any) -> list[Any]:
    with services.database.reading() as connection:
        return list(connection.execute(select(table)))


def a_connector(services: Services, **fields: Any) -> None:
    wanted = Connector(**{"name": "proxy", "platform": "other", **fields})
    services.database.write(lambda connection: connectors.create(connection, SYSTEM, wanted, services.clock.now()))
    services.renew()


def test_a_clean_message_may_pass_and_is_recorded(client: TestClient, services: Services) -> None:
    answer = told(client, id="m1", conversation="c")
    assert (answer["decision"], answer["decided_by"], answer["reasons"], answer["sender_text"]) == ("allow", "policy", [], None)
    recorded = rows(services, ledger)
    assert [(row.message, row.conversation, row.connector, row.door, row.seq) for row in recorded] == [
        ("m1", "c", "api", "verdict", answer["record"])
    ]


def test_a_block_tells_why_in_codes_and_the_sender_in_words_but_no_value(client: TestClient) -> None:
    response = ask(client, CARD)
    answer = response.json()
    assert answer["decision"] == answer["would"] == "block"
    assert answer["severity"] == "critical"
    reason = answer["reasons"][0]
    assert (reason["code"], reason["mode"], reason["title"]["en"]) == ("doors/card", "enforce", "A card number")
    assert answer["sender_text"] == {
        "ru": "Сообщение не отправлено по правилам компании: Номер карты.",
        "en": "The message was not sent because of company policy: A card number.",
    }
    assert answer["findings"] == [
        {"entity": "CREDIT_CARD", "detector": "card_number", "origin": "body", "start": 6, "end": 25}
        | {"confidence": answer["findings"][0]["confidence"]}
    ]
    assert "4111" not in response.text


def test_a_hold_comes_with_a_ticket_to_ask_for(client: TestClient, services: Services) -> None:
    ticket = told(client, SNILS)["hold"]
    row = rows(services, holds)[0]
    assert ticket["id"] == row.id
    assert ticket["poll"] == f"/api/v1/holds/{row.id}"
    polled = client.get(ticket["poll"])
    assert polled.json()["state"] == "waiting"
    assert polled.json()["expires_at"][:19] == ticket["expires_at"][:19]


def test_what_may_be_delivered_instead_has_only_the_objectionable_struck_out(client: TestClient) -> None:
    answer = told(client, f"{MAIL}, карта позже", passages=[{"origin": "quote", "text": "было: a.b@client.ru"}])
    assert answer["decision"] == "redact"
    assert answer["redacted_text"] == "пишите на █████ сегодня, карта позже"
    assert answer["redacted_passages"] == [{"origin": "quote", "text": "было: █████"}]


def test_what_no_rule_objected_to_stays_readable(client: TestClient) -> None:
    assert told(client, "пишите на a.b@client.ru, ИНН 7707083893")["redacted_text"] == "пишите на █████, ИНН 7707083893"


def test_a_message_is_redacted_only_where_that_is_the_decision(client: TestClient) -> None:
    assert told(client, f"{MAIL} {CARD}")["redacted_text"] is None


def test_a_coached_sender_is_told_and_the_message_may_pass(client: TestClient) -> None:
    answer = told(client, "ИНН 7707083893")
    assert answer["decision"] == "coach"
    assert answer["sender_text"]["en"] == "Check whether this may be sent here: Test of the doors."


def test_a_dry_run_leaves_nothing(client: TestClient, services: Services) -> None:
    answer = told(client, CARD, dry_run=True)
    assert (answer["decision"], answer["dry_run"], answer["record"]) == ("block", True, None)
    assert rows(services, ledger) == []
    assert rows(services, incidents) == []


def test_a_message_asked_about_twice_has_one_verdict(client: TestClient, services: Services) -> None:
    first, second = told(client, SNILS, id="m1"), told(client, SNILS, id="m1")
    assert (second["duplicate"], second["record"], second["hold"]) == (True, first["record"], first["hold"])
    assert len(rows(services, holds)) == 1


def test_a_message_without_an_id_is_one_of_its_own(client: TestClient, services: Services) -> None:
    told(client)
    told(client)
    assert len(rows(services, ledger)) == 2


def test_one_key_gets_one_answer_byte_for_byte(client: TestClient, services: Services) -> None:
    headers = {"Idempotency-Key": "k1"}
    first = ask(client, SNILS, headers=headers)
    assert ask(client, SNILS, headers=headers).content == first.content
    assert len(rows(services, ledger)) == 1
    other = ask(client, CARD, headers=headers)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    assert len(rows(services, ledger)) == 1


def test_one_key_of_two_programs_is_two_keys(client: TestClient, services: Services) -> None:
    headers = {"Idempotency-Key": "k1"}
    ask(client, SNILS, headers=headers)
    with token_client(services) as other:
        assert ask(other, CARD, headers=headers).status_code == 200


def test_a_token_speaks_for_its_own_connector_alone(services: Services) -> None:
    a_connector(services)
    with token_client(services, connector="proxy") as bound:
        told(bound)
        refused = ask(bound, connector="api")
    assert (refused.status_code, refused.json()["code"]) == (403, "connector_foreign")
    assert [row.connector for row in rows(services, ledger)] == ["proxy"]


def test_a_connector_nobody_described_is_named_as_wrong(client: TestClient) -> None:
    refused = ask(client, connector="nowhere")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/connector")


def test_a_connector_switched_off_asks_in_vain(client: TestClient, services: Services) -> None:
    a_connector(services, enabled=False)
    assert ask(client, connector="proxy").json()["code"] == "connector_disabled"


def test_an_observing_connector_blocks_nothing_and_says_what_it_would(client: TestClient, services: Services) -> None:
    a_connector(services, mode="observe")
    answer = told(client, CARD, connector="proxy")
    assert (answer["decision"], answer["would"]) == ("allow", "block")


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ([], "not_an_object", "/message"),
        ({"message": "x"}, "not_an_object", "/message"),
        ({"message": {}}, "missing", "/message/text"),
        ({"message": {"text": 5}}, "not_text", "/message/text"),
        ({"message": {"text": "x"}, "dead_line": 5}, "unknown_field", "/dead_line"),
        ({"message": {"text": "x"}, "deadline_ms": 4}, "not_a_number", "/deadline_ms"),
        ({"message": {"text": "x"}, "deadline_ms": True}, "not_a_number", "/deadline_ms"),
        ({"message": {"text": "x"}, "dry_run": 1}, "not_a_truth", "/dry_run"),
        ({"message": {"text": "x"}, "callback": "http://10.0.0.1/"}, "callback_not_allowed", "/callback"),
    ],
)
def test_a_wrong_question_is_refused_with_its_place(client: TestClient, body: Any, code: str, pointer: str) -> None:
    refused = client.post("/api/v1/verdict", json=body)
    assert refused.status_code == 422
    assert (refused.json()["code"], refused.json()["errors"][0]["pointer"]) == (code, pointer)


def test_a_hold_may_call_back_where_an_administrator_allowed_it(client: TestClient, services: Services) -> None:
    a_connector(services, settings={"callback_prefixes": ["https://bot.corp.ru/dlp/"]})
    told(client, SNILS, connector="proxy", callback="https://bot.corp.ru/dlp/7")
    assert rows(services, holds)[0].callback == "https://bot.corp.ru/dlp/7"
    assert ask(client, SNILS, connector="proxy", callback="https://bot.corp.ru.evil.example/dlp/").status_code == 422


class SlowEngine:
    """Detection that takes as long as the test says."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine
        self.may_end = threading.Event()

    def scan(self, texts: tuple[Text, ...]) -> Any:
        assert self.may_end.wait(30)
        return self._engine.scan(texts)


@pytest.fixture
def slow(services: Services, monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowEngine]:
    engine = SlowEngine(services.context.engine)
    context: Context = services.context._replace(engine=engine)  # type: ignore[arg-type]
    monkeypatch.setattr(Services, "context", property(lambda _: context))
    yield engine
    engine.may_end.set()


LONG = f"{CARD} {'слово ' * 2000}"


@pytest.mark.usefixtures("slow")
@pytest.mark.parametrize(("fail", "decision"), [("open", "allow"), ("closed", "block")])
def test_when_time_is_up_the_connector_s_fail_mode_answers_and_is_recorded(
    client: TestClient, services: Services, fail: str, decision: str
) -> None:
    a_connector(services, fail=fail)
    answer = told(client, LONG, connector="proxy", id="m1", deadline_ms=50)
    assert (answer["decision"], answer["decided_by"]) == (decision, "deadline")
    assert answer["gaps"] == [{"origin": "message", "reason": "deadline", "detail": "50 ms"}]
    assert (answer["sender_text"] is None) is (fail == "open")
    services.database.write(lambda _: None)
    row = rows(services, ledger)[0]
    assert (row.decision, row.decided_by) == (Decision[decision.upper()], "deadline")
    assert answer["record"] in (row.seq, None)  # None: the disk was slower than that, too
    assert [gap.reason for gap in rows(services, gaps)] == ["deadline"]


def test_what_the_policies_say_after_the_deadline_is_recorded_beside_the_answer(
    client: TestClient, services: Services, slow: SlowEngine
) -> None:
    told(client, LONG, id="m1", deadline_ms=50)
    slow.may_end.set()
    app_of(services).state.doors.scans.shutdown(wait=True)
    services.database.write(lambda _: None)
    late = next(row for row in rows(services, ledger) if row.revision)
    assert (late.message, late.revision, late.decided_by) == ("m1", LATE, "deadline")
    assert (late.decision, late.would) == (Decision.ALLOW, Decision.BLOCK)
    assert len(rows(services, incidents)) == 1
    sums = {row.measure: row.count for row in rows(services, ledger_sums)}
    assert sums["accepted"] == 2


@pytest.mark.usefixtures("slow")
def test_an_observing_connector_stops_nothing_that_could_not_be_judged(client: TestClient, services: Services) -> None:
    a_connector(services, fail="closed", mode="observe")
    assert told(client, LONG, connector="proxy", deadline_ms=50)["decision"] == "allow"


def test_an_emergency_lets_pass_what_is_forbidden_and_what_could_not_be_judged(client: TestClient, services: Services) -> None:
    a_connector(services, fail="closed")
    declared = Declaration("proxy", "the proxy stops everything", services.clock.now() + timedelta(hours=1))
    services.database.write(lambda connection: emergencies.declare(connection, declared, SYSTEM, services.clock.now()))
    services.renew()
    answer = told(client, CARD, connector="proxy")
    assert (answer["decision"], answer["would"], answer["decided_by"]) == ("allow", "block", "emergency")
    assert told(client, LONG, connector="proxy", deadline_ms=5)["decision"] == "allow"


def test_policies_that_cannot_be_read_are_no_reason_to_answer_nothing(tmp_path: Path, clock: SetClock) -> None:
    folder = door_policies(tmp_path)
    (folder / "doors.yaml").write_text("policy: [", encoding="utf-8")
    with installed(tmp_path, clock=clock, policies=folder) as services, token_client(services) as client:
        answer = told(client, CARD)
        assert (answer["decision"], answer["decided_by"]) == ("allow", "outage")
        assert [(gap.reason, gap.detail) for gap in rows(services, gaps)] == [("crash", "FileFaults")]


@pytest.fixture
def record_down(services: Services) -> Iterator[threading.Event]:
    """A record that refuses to write while the event is set, as a full disk does."""
    down = threading.Event()

    def refuse(_: Connection) -> None:
        if down.is_set():
            raise OSError(28, "No space left on device")

    engine: Engine = services.database.engine
    event.listen(engine, "commit", refuse)
    yield down
    down.clear()
    event.remove(engine, "commit", refuse)


@pytest.mark.parametrize(("fail", "decision"), [("open", "allow"), ("closed", "block")])
def test_without_a_record_the_fail_mode_answers_and_the_message_is_kept_for_later(
    client: TestClient, services: Services, record_down: threading.Event, fail: str, decision: str
) -> None:
    a_connector(services, fail=fail)
    told(client, connector="proxy", id="before")
    record_down.set()
    answer = told(client, CARD, connector="proxy", id="m1")
    assert (answer["decision"], answer["would"], answer["decided_by"], answer["record"]) == (decision, "block", "outage", None)
    assert len(Spill(services.settings.home, services.keys).waiting()) == 1
    record_down.clear()
    assert bring(services) == 1
    row = next(row for row in rows(services, ledger) if row.message == "m1")
    assert (row.decision, row.would, row.decided_by) == (Decision[decision.upper()], Decision.BLOCK, "outage")
    assert len(rows(services, incidents)) == 1
    assert bring(services) == 0


def test_nothing_recorded_says_what_the_message_says(client: TestClient, services: Services, tmp_path: Path) -> None:
    secret = "Слонопотам-4815162342"
    told(client, f"{secret} {SNILS}", id="m1")
    services.database.write(lambda _: None)
    stored = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file() and "policies" not in path.parts)
    for form in (secret.encode(), json.dumps(secret).encode(), b"112-233-445", b"4815162342"):
        assert form not in stored


def test_words_outside_the_body_are_judged_too(client: TestClient) -> None:
    answer = told(client, "", id="m9", passages=[{"origin": "poll", "text": CARD}])
    assert answer["decision"] == "block"
    assert answer["findings"][0]["origin"] == "poll"


def test_a_bare_message_is_a_question_too(services: Services) -> None:
    with token_client(services) as hook:
        told = hook.post("/api/v1/verdict", json={"id": "bare", "text": "до завтра", "dry_run": True})
        wrong = hook.post("/api/v1/verdict", json={"text": "до завтра", "colour": "red"})
    assert (told.status_code, told.json()["decision"]) == (200, "allow")
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/colour")


def test_other_words_under_a_known_id_do_not_pass_by_its_verdict(services: Services) -> None:
    leak = "карта 4111 1111 1111 1111, cvv 123"
    with token_client(services) as hook:
        first = hook.post("/api/v1/verdict", json={"message": {"id": "d", "conversation": "c", "text": "до завтра"}}).json()
        other = hook.post("/api/v1/verdict", json={"message": {"id": "d", "conversation": "c", "text": leak}}).json()
    assert (first["decision"], first["duplicate"]) == ("allow", False)
    assert (other["duplicate"], [found["entity"] for found in other["findings"]]) == (False, ["CREDIT_CARD"])
