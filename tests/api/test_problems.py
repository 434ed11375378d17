from __future__ import annotations

from typing import Annotated, Any, Literal

import pytest
from fastapi import APIRouter
from pydantic import AfterValidator, BaseModel, Field

from dlp.api.app import application
from dlp.api.problems import MEDIA_TYPE, answer_to, pointer_of, status_of
from dlp.errors import (
    Conflict,
    DlpError,
    Fault,
    FileFaults,
    InputFault,
    NotFound,
    RefusedError,
    TooManyRequests,
    Unauthenticated,
    UnavailableError,
    UsageError,
)
from dlp.services import Services
from tests.api.clients import TestClient, visitor_of

SECRET = "4111111111111111"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (UsageError("x"), 422),
        (InputFault("f", "line 1", "x"), 422),
        (FileFaults((Fault("f", 1, "x"),)), 422),
        (NotFound("x"), 404),
        (Conflict("x"), 409),
        (Conflict("x", code="precondition_failed"), 412),
        (RefusedError("x"), 403),
        (Unauthenticated("x"), 401),
        (TooManyRequests("x"), 429),
        (UnavailableError("x"), 503),
        (DlpError("x"), 500),
    ],
)
def test_an_error_has_the_status_of_its_place_in_the_tree(error: DlpError, status: int) -> None:
    assert status_of(error) == status
    assert answer_to(error, "7").status_code == status


def test_who_shall_come_later_is_told_when() -> None:
    assert answer_to(TooManyRequests("x", retry_after_seconds=2.1), "7").headers["retry-after"] == "3"
    assert answer_to(UnavailableError("x"), "7").headers["retry-after"] == "5"


def test_a_pointer_escapes_what_json_pointers_escape() -> None:
    assert pointer_of(["a/b", 0, "c~d"]) == "/a~1b/0/c~0d"


def _refuse_quoting(value: str) -> str:
    raise ValueError(f"what is {value}?")


class Cat(BaseModel):
    kind: Literal["cat"] = "cat"


class Dog(BaseModel):
    kind: Literal["dog"] = "dog"


class Wanted(BaseModel):
    count: Annotated[int, Field(ge=1, le=10)]
    names: list[Annotated[str, Field(max_length=4)]] = []
    moment: Annotated[str, Field(pattern="^x$")] = "x"
    own: Annotated[str, AfterValidator(_refuse_quoting)] = ""
    kind: Annotated[Cat | Dog, Field(discriminator="kind")] = Cat()


@pytest.fixture
def visitor(services: Services) -> Any:
    router = APIRouter()

    @router.post("/wanted")
    def wanted(body: Wanted, limit: int = 1) -> int:
        return body.count * limit

    @router.get("/broken")
    def broken() -> int:
        raise ValueError(f"cannot read {SECRET}")

    @router.get("/refused")
    def refused() -> int:
        raise UsageError("there is no such person", code="person_unknown", pointer="/person", most=3)

    app = application(services)
    app.include_router(router, prefix="/api/v1", max_body_size=1024 * 1024)
    with visitor_of(services, app=app) as client:
        yield client


def test_an_error_of_ours_is_a_problem_with_code_params_and_pointer(visitor: TestClient) -> None:
    answer = visitor.get("/api/v1/refused")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == MEDIA_TYPE
    told = answer.json()
    assert told["code"] == "person_unknown"
    assert told["type"] == "urn:dlp:problem:person_unknown"
    assert told["params"] == {"most": 3}
    assert told["errors"] == [{"code": "person_unknown", "detail": "there is no such person", "pointer": "/person", "params": {}}]
    assert told["instance"] == f"urn:uuid:{answer.headers['x-request-id']}"


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"count": SECRET}, "/count", "less_than_equal"),
        ({"count": f"x{SECRET}"}, "/count", "int_parsing"),
        ({"count": 1, "names": ["ok", SECRET]}, "/names/1", "string_too_long"),
        ({"count": 1, "moment": SECRET}, "/moment", "string_pattern_mismatch"),
        ({"count": 1, "own": SECRET}, "/own", "value_error"),
        ({"count": 1, "kind": {"kind": SECRET}}, "/kind", "union_tag_invalid"),
        ({}, "/count", "missing"),
    ],
)
def test_a_wrong_request_is_told_where_and_never_what(visitor: TestClient, body: object, pointer: str, code: str) -> None:
    answer = visitor.post("/api/v1/wanted", json=body)
    assert answer.status_code == 422
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [(pointer, code)]
    assert SECRET not in answer.text


def test_a_wrong_parameter_is_named(visitor: TestClient) -> None:
    answer = visitor.post("/api/v1/wanted", params={"limit": SECRET + "x"}, json={"count": 1})
    assert [(error["parameter"], error["code"]) for error in answer.json()["errors"]] == [("limit", "int_parsing")]
    assert SECRET not in answer.text


def test_a_body_that_is_no_json_is_told_so(visitor: TestClient) -> None:
    answer = visitor.post("/api/v1/wanted", content=f'{{"count": {SECRET}', headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "json_invalid")
    assert SECRET not in answer.text


def test_what_nobody_expected_is_a_problem_that_quotes_nothing(visitor: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    answer = visitor.get("/api/v1/broken")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert SECRET not in answer.text
    (fault,) = [record for record in caplog.records if record.name == "dlp.faults"]
    fields = vars(fault)["fields"]
    assert fields["error"] == "ValueError"
    assert fields["request"] == answer.headers["x-request-id"]
    assert SECRET not in str(vars(fault))


def test_an_unknown_api_address_is_a_problem_and_any_other_the_page(visitor: TestClient) -> None:
    assert visitor.get("/api/v1/nothing").json()["code"] == "not_found"
    assert visitor.get("/api").json()["code"] == "not_found"
    assert visitor.post("/incidents").json()["code"] == "not_found"
    page = visitor.get("/incidents/INC-1")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")


def test_a_method_nobody_offers_is_a_problem(visitor: TestClient) -> None:
    answer = visitor.put("/api/v1/session")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


@pytest.mark.parametrize("told_length", [True, False])
def test_a_body_too_large_is_refused_before_it_is_read(visitor: TestClient, told_length: bool) -> None:
    piece = b"x" * 65536
    content = piece * 17 if told_length else iter([piece] * 17)
    answer = visitor.post("/api/v1/wanted", content=content, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
