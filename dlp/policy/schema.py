"""The JSON Schema of the files people write, for editors: from the same forms that check them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dlp.policy.cases import CaseFileForm
from dlp.policy.form import DictionaryFileForm, Form, OrganisationForm, PolicyForm

FORMS: Mapping[str, type[Form]] = {
    "policy": PolicyForm,
    "test": CaseFileForm,
    "dictionary": DictionaryFileForm,
    "organisation": OrganisationForm,
}


def schema_of(kind: str, entities: frozenset[str]) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of one kind of file; entity names are offered where there are any."""
    schema = FORMS[kind].model_json_schema()
    listed = schema.get("$defs", {}).get("EntitiesForm", {}).get("properties", {}).get("of")
    if listed and entities:
        listed["items"] = {"enum": sorted(entities)}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
