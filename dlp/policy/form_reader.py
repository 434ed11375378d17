"""Reads files people write into forms and collects every fault instead of stopping at the first."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

from pydantic import ValidationError

from dlp.errors import Fault, FileFaults
from dlp.lined_yaml import LinedYaml, Place, read_yaml
from dlp.policy.form import Form
from dlp.policy.form_faults import form_faults

AForm = TypeVar("AForm", bound=Form)


class Written(NamedTuple, Generic[AForm]):
    """A form and the lines it stands on."""

    path: Path
    form: AForm
    yaml: LinedYaml


class FormReader:
    """Reads one file after another; `faults` grows. `known` is what forms are checked against, by kind."""

    def __init__(self, known: Mapping[str, object]) -> None:
        self.known = known
        self.faults: list[Fault] = []

    def read(self, path: Path, form: type[AForm]) -> Written[AForm] | None:
        """The form of a file, or None where it has faults."""
        yaml = self.yaml(path)
        return None if yaml is None else self.form(path, yaml, form)

    def form(self, path: Path, yaml: LinedYaml, form: type[AForm]) -> Written[AForm] | None:
        """The form of content already read, or None where it has faults."""
        try:
            return Written(path, form.model_validate(yaml.content, context=dict(self.known)), yaml)
        except ValidationError as error:
            self.faults.extend(form_faults(str(path), form, yaml, error))
            return None

    def yaml(self, path: Path) -> LinedYaml | None:
        """The plain content of a file with its lines, or None where it is not YAML."""
        try:
            return read_yaml(path)
        except FileFaults as error:
            self.faults.extend(error.faults)
        except RecursionError:
            self.faults.append(Fault(str(path), 0, "is nested too deep, or refers to itself"))
        return None

    def fault(self, path: Path, yaml: LinedYaml, place: Place, message: str) -> None:
        """Notes a fault at a place of a file."""
        self.faults.append(Fault(str(path), yaml.line(place), message))

    def raise_faults(self) -> None:
        """Raises FileFaults with everything noted, in file and line order; returns where there is nothing."""
        if self.faults:
            raise FileFaults(tuple(sorted(set(self.faults))))
