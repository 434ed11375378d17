"""The schema editors get is made of the forms that check the files."""

from __future__ import annotations

import json

import pytest

from dlp.policy.schema import FORMS, schema_of
from tests.policy.folder import ENTITIES


@pytest.mark.parametrize("kind", FORMS)
def test_every_kind_of_file_has_a_schema(kind: str) -> None:
    schema = json.loads(json.dumps(schema_of(kind, ENTITIES)))
    assert schema["$schema"].endswith("2020-12/schema")
    assert schema["type"] == "object"
    assert schema["additionalProperties"] is False


def test_the_schema_names_leaves_entities_and_both_ways_to_write_a_title() -> None:
    schema = schema_of("policy", ENTITIES)
    leaves = schema["$defs"]["ConditionForm"]["properties"]
    assert {"all", "any", "none", "entities", "text", "dictionary", "chat", "sender", "time"} <= leaves.keys()
    assert schema["$defs"]["EntitiesForm"]["properties"]["of"]["items"] == {"enum": sorted(ENTITIES)}
    assert {"type": "string"} in schema["properties"]["title"]["anyOf"]


@pytest.mark.parametrize("kind", FORMS)
def test_every_condition_says_what_it_is(kind: str) -> None:
    definitions = schema_of(kind, ENTITIES).get("$defs", {})
    assert [name for name, definition in definitions.items() if not definition.get("description")] == []
