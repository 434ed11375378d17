"""The OpenAPI document holds what it says: schemathesis asks every route in the document many odd questions."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.python.asgi import get_client
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from dlp.api.app import application
from dlp.api.limits import Limits, Rate
from dlp.api.permissions import ROLES
from dlp.api.transport import COOKIE, CSRF_HEADER
from dlp.services import Services
from dlp.store.access import sessions
from dlp.store.access.sessions import Place
from tests.api.clients import a_user
from tests.installations import installed


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with installed(tmp_path_factory.mktemp("installation")) as opened:
        opened.renew()  # compiled now: the first verdict need not wait for it
        yield opened


@pytest.fixture(scope="module")
def app(services: Services) -> FastAPI:
    plenty = Rate(1e9, 1e9)
    return application(services, limits=Limits(plenty, plenty, plenty))


def test_operations_have_readable_names_of_their_own(app: FastAPI) -> None:
    operations = [
        operation["operationId"]
        for path in app.openapi()["paths"].values()
        for operation in path.values()
        if "operationId" in operation
    ]
    assert sorted(operations) == sorted(set(operations))
    assert all(name.isidentifier() and name.islower() for name in operations)


def test_the_document_is_openapi_3_1_and_knows_problems(app: FastAPI) -> None:
    document = app.openapi()
    assert document["openapi"].startswith("3.1")
    assert set(document["components"]["securitySchemes"]) == {"session", "token"}
    assert "HTTPValidationError" not in document["components"]["schemas"]
    for path in document["paths"].values():
        for operation in path.values():
            assert operation["responses"]["default"]["content"].keys() == {"application/problem+json"}
            assert operation["tags"]


def test_every_json_answer_has_a_schema(app: FastAPI) -> None:
    bare = [
        f"{method} {path}"
        for path, operations in app.openapi()["paths"].items()
        for method, operation in operations.items()
        for answer in operation["responses"].values()
        if answer.get("content", {}).get("application/json", {}).get("schema", {"type": "any"}) == {}
    ]
    assert bare == []


# They answer for as long as somebody listens.
_STREAMS = {"/api/v1/events"}
_EXAMPLES = 2
_SECONDS = 35  # after these, wrong questions are left out: making them up costs more than answering them
_CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


def test_no_odd_question_breaks_the_server_or_is_answered_otherwise_than_described(app: FastAPI, services: Services) -> None:
    user_id = a_user(services, *ROLES)
    faults: list[str] = []
    started = time.monotonic()
    application: Any = app
    with get_client(application) as client:
        client.headers["Sec-Fetch-Site"] = "same-origin"
        for mode in GenerationMode:
            for operation in _operations(application):
                if mode is GenerationMode.POSITIVE or time.monotonic() - started < _SECONDS:
                    _sign_in(services, client, user_id)
                    faults += _faults_of(operation, mode, client)
    assert not faults, "\n\n".join(faults)


def _operations(app: Any) -> Iterator[Any]:
    schema: Any = schemathesis.openapi.from_asgi("/api/openapi.json", app)
    for found in schema.get_all_operations():
        if found.ok().path not in _STREAMS:
            yield found.ok()


def _words(error: BaseException) -> str:
    inner = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    return "\n".join([str(error), *map(_words, inner)])


def _sign_in(services: Services, client: Any, user_id: str) -> None:
    """A session of its own for each operation: some of them end it."""
    now = services.clock.now()
    held = services.database.write(lambda connection: sessions.begin(connection, user_id, Place("schemathesis"), now))
    client.headers[CSRF_HEADER] = held.csrf
    client.headers["Cookie"] = f"{COOKIE}={held.secret}"


def _faults_of(operation: Any, mode: GenerationMode, client: Any) -> list[str]:
    """What schemathesis says of one operation; its questions are the same in every run."""

    @settings(
        max_examples=_EXAMPLES,
        derandomize=True,
        deadline=None,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        # Words of ours, not of the question: whoever asks is signed in.
        case.headers = {name: value for name, value in (case.headers or {}).items() if name not in {CSRF_HEADER, "Cookie"}}
        case.cookies = {}
        case.call_and_validate(session=client, checks=_CHECKS)

    try:
        ask()
    except Unsatisfiable:
        return []  # there is no wrong way to ask it
    except (AssertionError, FailureGroup, ExceptionGroup) as error:
        return [f"{operation.label} ({mode.value}): {_words(error)}"]
    return []
