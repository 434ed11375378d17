from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.middleware import Middleware

from dlp.api.doorway import Doorway
from dlp.api.headers import POLICY
from dlp.api.limits import Limiter, Limits, Rate
from dlp.api.logs import ACCESS, FAULTS, JsonLines
from dlp.api.transport import CSRF_HEADER
from dlp.clock import SetClock
from dlp.errors import TooManyRequests
from dlp.services import Services
from tests.api.clients import ADDRESS, TestClient, app_of, client_of, token_client, visitor_of
from tests.api.people import an_app, cheap_app
from tests.installations import NOON

SAFE_CHANGE = ("/api/v1/me/preferences", {"language": "en"})


@pytest.fixture
def officer(services: Services) -> Iterator[TestClient]:
    with client_of(services, "officer") as client:
        yield client


def _change(client: TestClient, **headers: str) -> tuple[int, str]:
    answer = client.put(SAFE_CHANGE[0], json=SAFE_CHANGE[1], headers=headers)
    return answer.status_code, answer.json().get("code", "")


# CSRF.


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
def test_another_sites_page_changes_nothing(officer: TestClient, site: str) -> None:
    assert _change(officer, **{"Sec-Fetch-Site": site}) == (403, "foreign_origin")


def test_what_the_browser_says_of_the_site_outweighs_the_origin(officer: TestClient) -> None:
    assert _change(officer, **{"Sec-Fetch-Site": "cross-site", "Origin": ADDRESS}) == (403, "foreign_origin")


def test_an_old_browser_is_believed_its_origin(officer: TestClient, services: Services) -> None:
    del officer.headers["Sec-Fetch-Site"]
    assert _change(officer) == (403, "foreign_origin")
    assert _change(officer, Origin="https://evil.example") == (403, "foreign_origin")
    assert _change(officer, Origin="null") == (403, "foreign_origin")
    assert _change(officer, Origin=ADDRESS) == (200, "")
    assert _change(officer, Origin=services.settings.address) == (200, "")


def test_the_sessions_own_word_is_needed(officer: TestClient, services: Services) -> None:
    own = officer.headers.pop(CSRF_HEADER)
    assert _change(officer) == (403, "csrf")
    assert _change(officer, **{CSRF_HEADER: own[:-1]}) == (403, "csrf")
    with client_of(services, "officer") as other:
        assert _change(officer, **{CSRF_HEADER: other.headers[CSRF_HEADER]}) == (403, "csrf")
    assert _change(officer, **{CSRF_HEADER: own}) == (200, "")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""])
def test_what_a_form_can_send_is_refused(officer: TestClient, kind: str) -> None:
    answer = officer.put(SAFE_CHANGE[0], content=b'{"language": "en"}', headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")
    assert officer.get("/api/v1/me").json()["language"] == "ru"


def test_reading_needs_no_word(officer: TestClient) -> None:
    del officer.headers[CSRF_HEADER], officer.headers["Sec-Fetch-Site"]
    assert officer.get("/api/v1/me").status_code == 200


def test_signing_in_needs_the_consoles_own_page(services: Services) -> None:
    with visitor_of(services, app=cheap_app(services)) as visitor:
        wanted = {"login": "x", "password": "x"}
        answer = visitor.post("/api/v1/session", json=wanted, headers={"Sec-Fetch-Site": "cross-site"})
        assert (answer.status_code, answer.json()["code"]) == (403, "foreign_origin")
        sent = visitor.post("/api/v1/session", content=json.dumps(wanted), headers={"Content-Type": "text/plain"})
        assert sent.status_code == 415


def test_a_bearer_token_outweighs_a_cookie(officer: TestClient) -> None:
    officer.headers["Authorization"] = "Bearer dlp_unknown"
    assert officer.get("/api/v1/me").status_code == 401


# Headers.


@pytest.mark.parametrize("address", ["/", "/incidents", "/api/v1/me", "/api/v1/nothing", "/api/openapi.json", "/api/v1/healthz"])
def test_every_answer_carries_the_headers(services: Services, address: str) -> None:
    with visitor_of(services) as visitor:
        headers = visitor.get(address).headers
    assert headers["content-security-policy"] == POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["strict-transport-security"] == "max-age=31536000"
    assert headers["cache-control"] == "no-store"


def test_the_policy_lets_no_script_in_but_our_files() -> None:
    directives = dict(part.split(" ", 1) for part in POLICY.split("; "))
    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == directives["style-src"] == "'self'"
    assert directives["frame-ancestors"] == directives["base-uri"] == "'none'"
    assert "unsafe" not in POLICY


def test_plain_http_promises_no_https(services: Services) -> None:
    with TestClient(app_of(services), base_url="http://127.0.0.1") as client:
        assert "strict-transport-security" not in client.get("/").headers


def test_the_page_and_its_files_hold_nothing_the_policy_forbids(services: Services) -> None:
    with visitor_of(services) as visitor:
        page = visitor.get("/").text
        files = {name: visitor.get(f"/static/{name}") for name in ("status.js", "status.css", "icon.svg")}
    assert all(f"/static/{name}" in page for name in files)
    assert all(answer.status_code == 200 for answer in files.values())
    assert all(answer.headers["cache-control"] == "no-cache" for answer in files.values())
    assert "<style" not in page
    assert " style=" not in page
    assert "<script>" not in page
    script = files["status.js"].text
    for forbidden in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "http://",
        "https://",
        "localStorage",
    ):
        assert forbidden not in script


def test_a_folder_is_no_way_out_of_the_files(services: Services) -> None:
    with visitor_of(services) as visitor:
        for address in ("/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py"):
            assert "def application" not in visitor.get(address).text


# Limits.


def test_a_bucket_refills_with_time() -> None:
    clock = SetClock(NOON)
    limiter = Limiter(clock, Limits(user=Rate(1, 3)))
    for _ in range(3):
        limiter.spend("a", "user")
    with pytest.raises(TooManyRequests) as caught:
        limiter.spend("a", "user")
    assert caught.value.params == {"retry_after_seconds": 1}
    limiter.spend("b", "user")
    clock.moment += timedelta(seconds=2)
    limiter.spend("a", "user")
    limiter.spend("a", "user")
    with pytest.raises(TooManyRequests):
        limiter.spend("a", "user")


def test_who_asks_too_often_is_told_to_wait(services: Services, clock: SetClock) -> None:
    app = an_app(services, limits=Limits(user=Rate(0.5, 2), token=Rate(1000, 2000), address=Rate(1, 1)))
    with client_of(services, "officer", app=app) as client, visitor_of(services, app=app) as visitor:
        assert [client.get("/api/v1/me").status_code for _ in range(3)] == [200, 200, 429]
        refused = client.get("/api/v1/me")
        assert (refused.json()["code"], refused.headers["retry-after"]) == ("rate", "2")
        with token_client(services, "hook", app=app) as program:
            assert {program.get("/api/v1/me").status_code for _ in range(50)} == {200}
        assert [visitor.get("/api/v1/healthz").status_code for _ in range(2)] == [200, 429]
        clock.moment += timedelta(seconds=2)
        assert client.get("/api/v1/me").status_code == 200


def test_who_sends_no_more_of_a_body_is_not_waited_for(services: Services) -> None:
    told: list[Any] = []
    pieces = iter([{"type": "http.request", "body": b"{", "more_body": True}])

    async def receive() -> Any:
        piece = next(pieces, None)
        return piece if piece is not None else await asyncio.Event().wait()

    async def send(message: Any) -> None:
        told.append(message)

    app = an_app(services)
    # Built anew with another patience: what was there is the one layer of ours.
    app.user_middleware = [Middleware(Doorway, application=app, body_seconds=0.01)]
    headers = [(b"content-type", b"application/json"), (b"sec-fetch-site", b"same-origin")]
    scope = {"type": "http", "method": "POST", "path": "/api/v1/session", "query_string": b"", "headers": headers}
    asyncio.run(app(scope | {"scheme": "https", "client": ("192.0.2.1", 7), "server": ("testserver", 443)}, receive, send))
    assert told[0]["status"] == 408
    assert json.loads(told[1]["body"])["code"] == "too_slow"


# The log.

PLANTED = "4276-planted-secret"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What the product's loggers write, as a server writes it."""
    stream = io.StringIO()
    destination = logging.StreamHandler(stream)
    destination.setFormatter(JsonLines())
    loggers = (ACCESS, FAULTS)
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.addHandler(destination)
        logger.setLevel(logging.INFO)
    yield stream
    for logger, level in zip(loggers, levels, strict=True):
        logger.removeHandler(destination)
        logger.setLevel(level)


def test_the_log_has_a_line_a_request_and_nothing_anybody_sent(officer: TestClient, lines: io.StringIO) -> None:
    officer.get(f"/api/v1/users/{PLANTED}")
    officer.get("/api/v1/me", params={"q": PLANTED})
    officer.get(f"/api/v1/{PLANTED}")
    officer.get(f"/{PLANTED}")
    officer.put(SAFE_CHANGE[0], json={"preferences": {"x": PLANTED}, "zone": PLANTED}, headers={"User-Agent": PLANTED})
    officer.put(SAFE_CHANGE[0], content=f'{{"{PLANTED}', headers={"Content-Type": "application/json"})
    told = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert [(line["route"], line["status"]) for line in told] == [
        ("/api/v1/users/{user_id}", 403),
        ("/api/v1/me", 200),
        ("(unknown)", 404),
        ("(unknown)", 200),
        ("/api/v1/me/preferences", 422),
        ("/api/v1/me/preferences", 422),
    ]
    assert {line["principal"] for line in told} == {officer.headers["X-User"], None}
    assert all(line["ms"] >= 0 and line["request"] and line["level"] == "info" for line in told)
    assert PLANTED not in lines.getvalue()


def test_a_library_that_logs_an_argument_logs_it_not(lines: io.StringIO) -> None:
    ACCESS.info("cannot read %s", PLANTED)
    try:
        int(PLANTED)
    except ValueError:
        ACCESS.exception("failed")
    told = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert told[0]["event"] == "cannot read %s"
    assert told[1]["error"] == "ValueError"
    assert Path(__file__).name in told[1]["at"][0]
    assert PLANTED not in lines.getvalue()
