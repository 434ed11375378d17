"""Checks and tests a version of the policies the way `dlp policies check` and `test` do, and compares two over kept messages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from dlp.cache import TrustedFolder
from dlp.detect.catalogue import entities
from dlp.detect.engine import Engine
from dlp.detect.term_patterns import pattern_fault
from dlp.errors import FileFaults
from dlp.extract.texts import gaps_of, texts_of
from dlp.pipeline import Context, inspect
from dlp.policy.case_run import Failure, failures
from dlp.policy.cases import read_cases, untested_rules
from dlp.policy.load import load_policies
from dlp.records import Inspection, Message, Scan
from dlp.settings import Settings
from dlp.wiring import policy_folder

_MOST_TOLD: Final = 200


def report_on(settings: Settings, files: Mapping[str, str]) -> dict[str, Any]:
    """What check and tests say: {holds, policies, rules, cases, faults: [{file, line, message}], failures: [{…, rule, told}]}."""
    folder = policy_folder(settings, files)
    try:
        policies = load_policies(folder, entities(), pattern_fault=pattern_fault)
        cases = read_cases(folder, policies)
    except FileFaults as error:
        faults = [{"file": _relative(fault.file, folder), "line": fault.line, "message": fault.message} for fault in error.faults]
        return {"holds": False, "policies": 0, "rules": 0, "cases": 0, "faults": faults[:_MOST_TOLD], "failures": []}
    engine = Engine(policies.demand(every_profile=True), TrustedFolder(settings.cache))

    def scan(message: Message) -> Scan:
        found = engine.scan(texts_of(message))
        return found._replace(gaps=gaps_of(message) + found.gaps)

    failed = [*failures(cases, policies, scan), *(Failure("", 0, *untested) for untested in untested_rules(policies, cases))]
    return {
        "holds": not failed,
        "policies": len(policies.policies),
        "rules": sum(len(policy.rules) for policy in policies.policies),
        "cases": len(cases),
        "faults": [],
        "failures": [failure._asdict() | {"file": _relative(failure.file, folder)} for failure in failed[:_MOST_TOLD]],
    }


class Kept(NamedTuple):
    """A message of the past and what is known of how it ended."""

    message: Message
    confirmed_leak: bool


def compare(kept: Iterable[Kept], before: Context, after: Context, tell: Callable[[int], bool] = bool) -> dict[str, Any]:
    """How two contexts judge the same messages: counts alone, so that an author needs to read none of them.

    `tell` gets the number judged so far and answers whether to go on.
    """
    counts: Counter[str] = Counter()
    rules: Counter[tuple[str, str, str]] = Counter()
    places: Counter[tuple[str, str]] = Counter()
    for number, one in enumerate(kept, 1):
        old, new = inspect(one.message, before), inspect(one.message, after)
        change = _change(old, new)
        counts[change] += 1
        counts["dropped_confirmed_leaks"] += change == "no_longer_hit" and one.confirmed_leak
        if change != "same":
            places[one.message.connector or "", change] += 1
        for change_of_rule, policy, rule in _rule_changes(old, new):
            rules[change_of_rule, policy, rule] += 1
        if number % 500 == 0 and not tell(number):
            break
    names = ("newly_hit", "no_longer_hit", "stricter", "milder", "same", "dropped_confirmed_leaks")
    return {
        "messages": sum(counts[name] for name in names[:-1]),
        **{name: counts[name] for name in names},
        "rules": [{"change": key[0], "policy": key[1], "rule": key[2], "messages": n} for key, n in sorted(rules.items())],
        "connectors": [{"connector": key[0], "change": key[1], "messages": n} for key, n in sorted(places.items())],
    }


def _change(old: Inspection, new: Inspection) -> str:
    if bool(old.judgement.hits) is not bool(new.judgement.hits):
        return "newly_hit" if new.judgement.hits else "no_longer_hit"
    if old.verdict.would == new.verdict.would:
        return "same"
    return "stricter" if new.verdict.would > old.verdict.would else "milder"


def _rule_changes(old: Inspection, new: Inspection) -> Iterable[tuple[str, str, str]]:
    was, is_now = ({(hit.policy, hit.rule) for hit in one.judgement.hits} for one in (old, new))
    for policy, rule in is_now - was:
        yield "added", policy, rule
    for policy, rule in was - is_now:
        yield "dropped", policy, rule


def _relative(file: str, folder: Path) -> str:
    path = Path(file)
    return str(path.relative_to(folder)) if path.is_relative_to(folder) else file
