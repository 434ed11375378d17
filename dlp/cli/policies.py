"""`dlp policies check|test|explain|try|schema`: what a policy author needs, without reading anybody's messages."""

from __future__ import annotations

import json
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dlp.cache import TrustedFolder
from dlp.cli.json_form import JsonForm
from dlp.decide.verdict import verdict_on
from dlp.detect.catalogue import entities
from dlp.detect.engine import Engine
from dlp.detect.term_patterns import pattern_fault
from dlp.directory.load import load_directory
from dlp.errors import FileFaults, InputFault, UsageError
from dlp.extract.texts import gaps_of, texts_of
from dlp.policy.reason_tree import MARKS, tree_lines
from dlp.records import Inspection, Message, Scan, Surroundings
from dlp.settings import settings_from

if TYPE_CHECKING:
    from argparse import _SubParsersAction

    from dlp.directory.snapshot import Directory
    from dlp.policy.policy_set import PolicySet, RuleExplanation

FAILED, FAULTY = 1, 2
_KINDS = ("policy", "test", "dictionary", "organisation")


def main(arguments: list[str]) -> int:
    """Runs `dlp policies …`: 0, or 1 where tests failed or input was bad, or 2 where files have faults."""
    parser = ArgumentParser("dlp policies", description=__doc__, allow_abbrev=False)
    _add_commands(parser.add_subparsers(dest="action", metavar="COMMAND", required=True))
    return run(parser.parse_args(arguments))


def add_parser(subparsers: _SubParsersAction[ArgumentParser]) -> None:
    """Adds `policies` and its commands to those of a parser; what it parses is for `run`."""
    parser = subparsers.add_parser("policies", help="check, test, explain and try policies", allow_abbrev=False)
    _add_commands(parser.add_subparsers(dest="action", metavar="COMMAND", required=True))


def run(options: Namespace) -> int:
    """Runs the parsed command and returns its exit code; faults in files go to standard output, one a line."""
    try:
        code: int = options.run(options)
    except FileFaults as error:
        print(error)
        return FAULTY
    return code


def _add_commands(commands: _SubParsersAction[ArgumentParser]) -> None:
    check = commands.add_parser("check", help="print every fault of policies and their tests with file:line")
    check.set_defaults(run=_check)
    test = commands.add_parser("test", help="run the cases beside the policies; a rule needs a firing and a silent one")
    test.set_defaults(run=_test)
    for command in (check, test):
        command.add_argument("folder", nargs="?", type=Path, help="the folder of policies; where not given, the product's packs")
    schema = commands.add_parser("schema", help="print the JSON Schema of policy files, for editors")
    schema.add_argument("--of", choices=_KINDS, default="policy", help="which kind of file (default: policy)")
    schema.set_defaults(run=_schema)
    explain = commands.add_parser("explain", help="print for each message every rule's tree, and by how much it missed")
    explain.set_defaults(run=_explain)
    _add_message_options(explain)
    explain.add_argument("--only", metavar="POLICY[/RULE]", help="explain one policy or rule")
    tried = commands.add_parser("try", help="print for each message what `dlp scan` would say")
    tried.set_defaults(run=_try)
    _add_message_options(tried)


def _add_message_options(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("text", nargs="?", help="the text of one message; without it, messages come as JSONL on standard input")
    add("--policies", type=Path, dest="folder", metavar="DIR", help="the folder of policies")
    add("--people", type=Path, metavar="FILE", help="people.csv: who is who")
    add("--chats", type=Path, metavar="FILE", help="chats.yaml: what chats are")
    told = "who and where, above what the files say: zone=foreign external=true sender_groups=hr,it"
    add("--surroundings", nargs="+", action="extend", default=[], metavar="K=V", help=told)


def _folder(options: Namespace) -> Path:
    folder: Path = options.folder or settings_from(os.environ).policies
    return folder


def _loaded(options: Namespace) -> PolicySet:
    from dlp.policy.load import load_policies

    return load_policies(_folder(options), entities(), pattern_fault=pattern_fault)


def _check(options: Namespace) -> int:
    from dlp.policy.cases import read_cases

    policies = _loaded(options)
    cases = read_cases(_folder(options), policies)
    rules = sum(len(policy.rules) for policy in policies.policies)
    print(f"{len(policies.policies)} policies, {rules} rules, {len(cases)} cases: no faults")
    return 0


def _test(options: Namespace) -> int:
    from dlp.policy.case_run import Failure, failures
    from dlp.policy.cases import read_cases, untested_rules

    policies = _loaded(options)
    cases = read_cases(_folder(options), policies)
    found = list(failures(cases, policies, _scan_with(_engine(policies, every_profile=True))))
    found += [Failure("", 0, *untested) for untested in untested_rules(policies, cases)]
    for failure in found:
        print(failure)
    print(f"{len(cases)} cases, {len(found)} {'failure' if len(found) == 1 else 'failures'}")
    return FAILED if found else 0


def _schema(options: Namespace) -> int:
    from dlp.policy.schema import schema_of

    print(json.dumps(schema_of(options.of, entities()), ensure_ascii=False, indent=2))
    return 0


def _explain(options: Namespace) -> int:
    policies = _loaded(options)

    def told(message: Message, scan: Scan, surroundings: Surroundings) -> None:
        print(f"message {message.id}")
        for explanation in policies.explain(message, scan, surroundings):
            if not options.only or options.only in {explanation.policy, f"{explanation.policy}/{explanation.rule}"}:
                print("\n".join(_explanation_lines(explanation)))

    _refuse_unknown_name(options.only, policies)
    return _each_message(options, policies, told)


def _explanation_lines(explanation: RuleExplanation) -> Iterator[str]:
    hit = explanation.hit
    led = "" if hit is None else f" → {hit.decision.label}{' (by what is unknown)' if hit.by_unknown else ''}, {hit.mode.value}"
    yield f"{MARKS[explanation.held]} {explanation.policy}/{explanation.rule}{led}"
    yield from tree_lines(explanation.reason)


def _refuse_unknown_name(name: str | None, policies: PolicySet) -> None:
    known = {n for policy in policies.active for rule in policy.rules for n in (policy.policy, f"{policy.policy}/{rule.rule}")}
    if name and name not in known:
        raise UsageError(f'there is no policy or rule "{name}" for the profile "{policies.organisation.profile}"')


def _try(options: Namespace) -> int:
    policies = _loaded(options)
    form = JsonForm()

    def told(message: Message, scan: Scan, surroundings: Surroundings) -> None:
        judgement = policies.judge(message, scan, surroundings)
        print(form.line(Inspection(message, scan, judgement, verdict_on(message, judgement))), end="")

    return _each_message(options, policies, told)


Told = Callable[[Message, Scan, Surroundings], None]


def _each_message(options: Namespace, policies: PolicySet, told: Told) -> int:
    given = _surroundings(options.surroundings)
    directory = load_directory(options.people, options.chats, policies.organisation)
    scan = _scan_with(_engine(policies))
    code = 0
    for message in _messages(options.text):
        if isinstance(message, InputFault):
            print(message, file=sys.stderr)
            code = FAILED
        else:
            told(message, scan(message), _around(message, directory, given))
    return code


def _around(message: Message, directory: Directory, given: dict[str, Any]) -> Surroundings:
    return directory.surroundings(message)._replace(**given)


def _messages(text: str | None) -> Iterator[Message | InputFault]:
    if text is not None:
        yield Message("1", text)
        return
    from dlp.ingest.jsonl import read_jsonl

    yield from read_jsonl(sys.stdin.buffer, "standard input")


def _engine(policies: PolicySet, *, every_profile: bool = False) -> Engine:
    return Engine(policies.demand(every_profile=every_profile), TrustedFolder(settings_from(os.environ).cache))


def _scan_with(engine: Engine) -> Callable[[Message], Scan]:
    def scan(message: Message) -> Scan:
        found, unread = engine.scan(texts_of(message)), gaps_of(message)
        return found._replace(gaps=unread + found.gaps) if unread else found

    return scan


def _surroundings(pairs: list[str]) -> dict[str, Any]:
    """The fields told as `zone=foreign`. Raises UsageError for a field or value that is none."""
    from dlp.policy.cases import surroundings_told

    told = dict(pair.partition("=")[::2] for pair in pairs)
    return surroundings_told(told)
