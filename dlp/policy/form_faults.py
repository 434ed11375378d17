"""What pydantic says of a written form, as faults a policy author understands, each at its line."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from dlp.errors import Fault
from dlp.lined_yaml import LinedYaml, Place
from dlp.policy.form import written_keys
from dlp.policy.name_hint import hint

_TYPES: Mapping[str, str] = {
    "model_type": "must be a mapping of keys to values",
    "dict_type": "must be a mapping of keys to values",
    "list_type": "must be a list, e.g. [one, two]",
    "string_type": "must be text (in quotes where YAML reads a number, a date or yes/no)",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "bool_type": "must be true or false",
    "too_short": "must not be empty",
    "string_too_short": "must not be empty",
    "date_from_datetime_parsing": "must be a date",
}
_NAME_PATTERN = r"^[a-z0-9][a-z0-9-]*$"


def form_faults(file: str, form: type[BaseModel], written: LinedYaml, error: ValidationError) -> list[Fault]:
    """Every fault of one file, as pydantic found them."""
    details = error.errors(include_url=False)
    return [Fault(file, written.line(_place(detail["loc"], written)), _told(form, detail)) for detail in details]


def _place(loc: tuple[int | str, ...], written: LinedYaml) -> Place:
    place: Place = ()
    for part in loc:
        if (*place, part) in written.lines:
            place = (*place, part)
    return place


def _told(form: type[BaseModel], detail: ErrorDetails) -> str:
    kind, where = detail["type"], _where(detail["loc"])
    if kind == "extra_forbidden":
        key = str(detail["loc"][-1])
        return f'the key "{key}" is not known{hint(key, _keys_at(form, detail["loc"][:-1]))}'
    if kind == "missing":
        return f'the key "{detail["loc"][-1]}" is missing'
    return f"{where}{_WORDINGS.get(kind, _plain)(detail)}"


def _where(loc: tuple[int | str, ...]) -> str:
    names = [part for part in loc if isinstance(part, str) and part not in {"", "[key]"}]
    return f"{names[-1]}: " if names else ""


def _plain(detail: ErrorDetails) -> str:
    message = _TYPES.get(detail["type"], detail["msg"])
    return message.replace("Input should be", "must be").replace("String should", "must")


def _literal(detail: ErrorDetails) -> str:
    expected = detail["ctx"]["expected"].replace(" or ", ", ").replace("'", "")
    return f'"{detail["input"]}" is not one of {expected}{hint(str(detail["input"]), expected.split(", "))}'


def _value(detail: ErrorDetails) -> str:
    return str(detail["ctx"]["error"])


def _pattern(detail: ErrorDetails) -> str:
    if detail["ctx"]["pattern"] == _NAME_PATTERN:
        return f'"{detail["input"]}" is not a name: lower-case Latin letters, digits and dashes'
    return "must not be blank"


_WORDINGS: Mapping[str, Callable[[ErrorDetails], str]] = {
    "literal_error": _literal,
    "value_error": _value,
    "string_pattern_mismatch": _pattern,
}


def _keys_at(form: Any, loc: tuple[int | str, ...]) -> tuple[str, ...]:
    """The keys known at a place, found by following the form's annotations."""
    for part in loc:
        form = _step(_model(form) or form, part)
    model = _model(form)
    return written_keys(model) if model else ()


def _step(form: Any, part: int | str) -> Any:
    if isinstance(part, str) and isinstance(form, type) and issubclass(form, BaseModel):
        by_key = {field.alias or name: field.annotation for name, field in form.model_fields.items()}
        return by_key.get(part)
    arguments = get_args(form)
    return arguments[-1] if arguments else form


def _model(annotation: Any) -> type[BaseModel] | None:
    """The form behind an annotation: `SenderForm | None` is a SenderForm; lists and mappings are not entered."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) is Annotated:
        return _model(get_args(annotation)[0])
    if get_origin(annotation) in {Union, types.UnionType}:
        return next(filter(None, map(_model, get_args(annotation))), None)
    return None
