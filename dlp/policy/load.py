"""Loads a folder of policies: every fault of every file at once, each with file:line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from dlp.errors import Fault, FileFaults
from dlp.lined_yaml import LinedYaml, Place
from dlp.policy.compile import compiled_organisation, compiled_policy
from dlp.policy.form import ConditionForm, DictionaryFileForm, OrganisationForm, PolicyForm
from dlp.policy.form_reader import FormReader, Written
from dlp.policy.policy_set import PolicySet
from dlp.policy.regex_check import regex_fault
from dlp.policy.terms import term
from dlp.records import Organisation

PatternFault = Callable[[str], str | None]
ORGANISATION, DICTIONARIES, TESTS = "organisation.yaml", "dictionaries", ".test.yaml"


def load_policies(folder: Path, entities: frozenset[str], *, pattern_fault: PatternFault = regex_fault) -> PolicySet:
    """The compiled policies of a folder and all folders in it. Raises FileFaults with every fault of every file.

    `entities` are the names detection can find; none at all means that any name is taken. `pattern_fault` is detection's
    word on a regular expression. Beside the policies stand organisation.yaml, dictionaries/NAME.yaml and NAME.test.yaml
    files, which are no policies.
    """
    if not folder.is_dir():
        raise FileFaults((Fault(str(folder), 0, "is not a folder"),))
    known = {"dictionaries": _dictionary_names(folder), "pattern_fault": pattern_fault}
    reader = FormReader(known | ({"entities": entities} if entities else {}))
    dictionaries = _dictionaries(folder, reader)
    organisation = _organisation(folder / ORGANISATION, reader)
    written = _policies(folder, reader)
    reader.raise_faults()
    policies = tuple(compiled_policy(policy.form, dictionaries) for policy in written)
    return PolicySet(organisation, policies)


def policy_files(folder: Path) -> list[Path]:
    """The policy files of a folder, in order; what is hidden, a test, a dictionary or the profile is none."""
    return [path for path in _yaml_files(folder) if not path.name.endswith(TESTS)]


def case_files(folder: Path) -> list[Path]:
    """The files of policy tests of a folder, in order."""
    return [path for path in _yaml_files(folder) if path.name.endswith(TESTS)]


def _yaml_files(folder: Path) -> list[Path]:
    inside = ((path, path.relative_to(folder).parts) for path in sorted(folder.rglob("*.yaml")))
    apart = {ORGANISATION, DICTIONARIES}
    return [path for path, parts in inside if parts[0] not in apart and not any(part.startswith(".") for part in parts)]


def _dictionary_names(folder: Path) -> frozenset[str]:
    return frozenset(path.stem for path in (folder / DICTIONARIES).glob("*.yaml"))


def _dictionaries(folder: Path, reader: FormReader) -> Mapping[str, DictionaryFileForm]:
    forms = {}
    for path in sorted((folder / DICTIONARIES).glob("*.yaml")):
        written = reader.read(path, DictionaryFileForm)
        if written is None:
            continue
        if written.form.dictionary != path.stem:
            reader.fault(path, written.yaml, ("dictionary",), f'"{written.form.dictionary}" must stand in a file of its name')
        _refuse_same_terms(written.form.terms, ("terms",), _note(reader, written))
        forms[path.stem] = written.form
    return forms


def _organisation(path: Path, reader: FormReader) -> Organisation:
    if not path.exists():
        return Organisation()
    written = reader.read(path, OrganisationForm)
    return Organisation() if written is None else compiled_organisation(written.form)


def _policies(folder: Path, reader: FormReader) -> list[Written[PolicyForm]]:
    policies = []
    seen: dict[str, str] = {}
    for path in sorted(folder.rglob("*.yml")):
        reader.faults.append(Fault(str(path), 0, "would not be read: name it .yaml"))
    for path in policy_files(folder):
        yaml = reader.yaml(path)
        if yaml is None:
            continue
        _refuse_same_names(path, yaml, seen, reader)
        written = reader.form(path, yaml, PolicyForm)
        if written is not None:
            _check_conditions(written, _note(reader, written))
            policies.append(written)
    return policies


def _refuse_same_names(path: Path, yaml: LinedYaml, seen: dict[str, str], reader: FormReader) -> None:
    """Notes a policy or rule named twice; done on the plain content so that other faults of the file do not hide it."""
    content = yaml.content if isinstance(yaml.content, dict) else {}
    policy = content.get("policy")
    if isinstance(policy, str):
        first = seen.setdefault(policy, f"{path}:{yaml.line(('policy',))}")
        if first != f"{path}:{yaml.line(('policy',))}":
            reader.fault(path, yaml, ("policy",), f'the policy "{policy}" already stands in {first}')
    rules: dict[str, int] = {}
    for number, rule in enumerate(_listed(content.get("rules"))):
        name = rule.get("rule") if isinstance(rule, dict) else None
        if isinstance(name, str) and name in rules:
            reader.fault(path, yaml, ("rules", number, "rule"), f'the rule "{name}" already stands on line {rules[name]}')
        elif isinstance(name, str):
            rules[name] = yaml.line(("rules", number, "rule"))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


Note = Callable[[Place, str], None]


def _note(reader: FormReader, written: Written[Any]) -> Note:
    return lambda place, message: reader.fault(written.path, written.yaml, place, message)


def _check_conditions(written: Written[PolicyForm], note: Note) -> None:
    for number, rule in enumerate(written.form.rules):
        for place, condition in _conditions(rule.when, ("rules", number, "when")):
            if condition.dictionary and condition.dictionary.terms:
                _refuse_same_terms(condition.dictionary.terms, (*place, "dictionary", "terms"), note)


def _conditions(condition: ConditionForm, place: Place) -> Iterator[tuple[Place, ConditionForm]]:
    yield place, condition
    for key, parts in (("all", condition.all), ("any", condition.any), ("none", condition.none)):
        for number, part in enumerate(parts):
            yield from _conditions(part, (*place, key, number))


def _refuse_same_terms(terms: Mapping[str, float], place: Place, note: Note) -> None:
    """Notes terms found in the very same words: what stands there would count twice."""
    first: dict[object, str] = {}
    for text in terms:
        found = term(text)
        same = first.setdefault((found.words, found.literal), text)
        if same != text:
            note((*place, text), f'the term "{text}" is found in the same words as "{same}"')
