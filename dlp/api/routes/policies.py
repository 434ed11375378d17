"""Policies: read, check, test, try a text, compare over history, activate, roll back. Nobody reads messages here."""

from __future__ import annotations

import difflib
from datetime import timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from sqlalchemy import Connection

from dlp.api.access import InstallationServices, Principal, allowed
from dlp.api.permissions import Permission
from dlp.api.policy_wire import (
    ActivateIn,
    CompareIn,
    DifferenceOut,
    ExplanationOut,
    FilesIn,
    FilesOut,
    FindingOut,
    JobOut,
    ModeIn,
    PoliciesOut,
    PolicyOut,
    ReportOut,
    RollBackIn,
    RuleOut,
    TryIn,
    TryOut,
    UploadIn,
    VersionNumber,
    VersionOut,
    VersionsOut,
)
from dlp.decide.verdict import verdict_on
from dlp.detect.catalogue import entities
from dlp.errors import FileFaults, NotFound
from dlp.extract.texts import gaps_of, texts_of
from dlp.pipeline import Context
from dlp.policy.cases import surroundings_told
from dlp.policy.schema import schema_of
from dlp.records import Message, Mode
from dlp.services import Services
from dlp.settings import Settings
from dlp.store import jobs, modes, policy_versions
from dlp.store.policy_versions import Activation, Version
from dlp.store.recording import reason_json
from dlp.wiring import context_from, policy_folder
from dlp.worker.policy_trial import report_on

router = APIRouter(tags=["policies"])
_Reader = Annotated[Principal, allowed(Permission.POLICY_READ)]
_Author = Annotated[Principal, allowed(Permission.POLICY_EDIT)]
_Activator = Annotated[Principal, allowed(Permission.POLICY_ACTIVATE)]


@router.get("/policies")
def list_policies(principal: _Reader, services: InstallationServices) -> PoliciesOut:
    """The active policies with the mode each acts in."""
    context = services.context
    with services.database.reading() as connection:
        set_modes = modes.of_policies(connection)
    applying = {policy.policy for policy in context.policies.active}
    items = [
        PolicyOut(
            policy=policy.policy,
            title=dict(policy.title),
            why=dict(policy.why),
            law=list(policy.law),
            owner=policy.owner,
            profiles=sorted(policy.profiles),
            applies=policy.policy in applying,
            mode=Mode(set_modes.get(policy.policy, policy.mode)).value,
            own_mode=policy.mode.value,
            rules=[
                RuleOut(rule=rule.rule, title=dict(rule.title), severity=rule.severity.label, decision=rule.decision.label)
                for rule in policy.rules
            ],
        )
        for policy in context.policies.policies
    ]
    return PoliciesOut(version=context.version, items=items)


@router.put("/policies/{policy}/mode", status_code=204)
def set_policy_mode(policy: str, asked: ModeIn, principal: _Activator, services: InstallationServices) -> None:
    """Lets a policy observe or enforce, whatever its file says."""
    if policy not in {one.policy for one in services.context.policies.policies}:
        raise NotFound("there is no such policy")
    services.database.write(lambda c: modes.set_policy_mode(c, policy, asked.mode, principal.actor, services.clock.now()))
    services.renew()


@router.get("/policies/schema")
def get_policy_schema(
    principal: _Reader, of: Annotated[Literal["policy", "test", "dictionary", "organisation"], Query()] = "policy"
) -> dict[str, Any]:
    """The JSON Schema of a kind of file, for an editor."""
    return schema_of(of, entities())


@router.post("/policies/check")
def check_policies(asked: FilesIn, principal: _Author, services: InstallationServices) -> ReportOut:
    """Checks and tests files without keeping them."""
    return ReportOut.model_validate(report_on(services.settings, policy_versions.checked_files(asked.files)))


@router.post("/policies/try")
def try_text(asked: TryIn, principal: _Reader, services: InstallationServices) -> TryOut:
    """What the active policies, a version or given files would decide about a text, and why each rule did or did not fire."""
    context = _context(services, asked)
    message = Message(
        "try",
        asked.text,
        connector=asked.connector,
        conversation=asked.conversation,
        sender=asked.sender,
        received_at=services.clock.now(),
    )
    where = context.surroundings(message)._replace(**surroundings_told(asked.surroundings))
    scan = context.engine.scan(texts_of(message))
    scan = scan._replace(gaps=gaps_of(message) + scan.gaps)
    verdict = verdict_on(message, context.policies.judge(message, scan, where))
    explanations = [
        ExplanationOut(
            policy=one.policy,
            rule=one.rule,
            held=one.held,
            decision=one.hit.decision.label if one.hit else None,
            by_unknown=bool(one.hit and one.hit.by_unknown),
            reason=reason_json(one.reason),
        )
        for one in context.policies.explain(message, scan, where)
    ]
    return TryOut(
        decision=verdict.decision.label,
        would=verdict.would.label,
        severity=verdict.severity.label if verdict.severity else None,
        findings=[FindingOut(**{name: getattr(found, name) for name in FindingOut.model_fields}) for found in scan.findings],
        gaps=[gap.reason.value for gap in scan.gaps],
        explanations=explanations,
    )


def _context(services: Services, asked: TryIn) -> Context:
    files = asked.files
    if asked.version is not None and files is None:
        with services.database.reading() as connection:
            files = policy_versions.files_of(connection, asked.version)
    if files is None:
        return services.context
    return _context_of(services.settings, policy_versions.checked_files(files))


def _context_of(settings: Settings, files: dict[str, str]) -> Context:
    folder = policy_folder(settings, files)
    try:
        return context_from(settings._replace(policies=folder))
    except FileFaults as error:
        raise FileFaults(tuple(fault._replace(file=fault.file.removeprefix(f"{folder}/")) for fault in error.faults)) from None


@router.post("/policies/compare", status_code=202)
def compare_versions(asked: CompareIn, principal: _Author, services: InstallationServices) -> JobOut:
    """Judges the kept messages of the last days by the active version and another; counts alone come back."""
    now = services.clock.now()
    told = {"number": asked.number, "since": (now - timedelta(days=asked.days)).isoformat()}

    def queued(connection: Connection) -> str:
        policy_versions.get(connection, asked.number)
        return jobs.queue(connection, "policy.compare", told, actor=principal.actor, now=now)

    return JobOut(id=services.database.write(queued))


@router.post("/policies/rollback")
def roll_back_policies(asked: RollBackIn, principal: _Activator, services: InstallationServices) -> VersionOut:
    """Activates the version that was active before."""
    number = services.database.write(
        lambda c: policy_versions.roll_back(c, asked.note, actor=principal.actor, now=services.clock.now())
    )
    services.renew()
    return _one(services, number)


@router.get("/policies/versions")
def list_versions(
    principal: _Reader,
    services: InstallationServices,
    before: VersionNumber | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> VersionsOut:
    """Every version, the newest first."""
    with services.database.reading() as connection:
        found = policy_versions.versions(connection, before, limit)
    return VersionsOut(items=list(map(_version, found)), next=found[-1].number if len(found) == limit else None)


@router.post("/policies/versions", status_code=201)
def upload_version(asked: UploadIn, principal: _Author, services: InstallationServices) -> VersionOut:
    """Keeps a draft, checks and tests it at once."""
    files = policy_versions.checked_files(asked.files)
    report = report_on(services.settings, files)
    now = services.clock.now()

    def kept(connection: Connection) -> int:
        number = policy_versions.upload(connection, files, asked.note, actor=principal.actor, now=now)
        policy_versions.tested(connection, number, report, now)
        return number

    return _one(services, services.database.write(kept))


@router.get("/policies/versions/{number}")
def get_version(number: VersionNumber, principal: _Reader, services: InstallationServices) -> VersionOut:
    """One version with what its tests said."""
    return _one(services, number)


@router.get("/policies/versions/{number}/files")
def get_version_files(number: VersionNumber, principal: _Reader, services: InstallationServices) -> FilesOut:
    """The files of a version."""
    with services.database.reading() as connection:
        version = policy_versions.get(connection, number)
        return FilesOut(number=number, content_hash=version.content_hash, files=policy_versions.files_of(connection, number))


@router.get("/policies/versions/{before}/difference/{after}")
def get_difference(
    before: VersionNumber, after: VersionNumber, principal: _Reader, services: InstallationServices
) -> DifferenceOut:
    """What changed between two versions."""
    with services.database.reading() as connection:
        old, new = policy_versions.files_of(connection, before), policy_versions.files_of(connection, after)
    differing = sorted(path for path in old.keys() | new.keys() if old.get(path) != new.get(path))
    return DifferenceOut(before=before, after=after, files={path: _unified(path, old, new) for path in differing})


def _unified(path: str, old: dict[str, str], new: dict[str, str]) -> str:
    lines = difflib.unified_diff(old.get(path, "").splitlines(), new.get(path, "").splitlines(), path, path, lineterm="")
    return "\n".join(lines)


@router.post("/policies/versions/{number}/activate")
def activate_version(
    number: VersionNumber, asked: ActivateIn, principal: _Activator, services: InstallationServices
) -> VersionOut:
    """Makes a version the active one; refused where its tests do not hold."""
    wanted = Activation(number, asked.content_hash, asked.note, asked.urgent, asked.compared)
    services.database.write(lambda c: policy_versions.activate(c, wanted, actor=principal.actor, now=services.clock.now()))
    services.renew()
    return _one(services, number)


def _one(services: Services, number: int) -> VersionOut:
    with services.database.reading() as connection:
        return _version(policy_versions.get(connection, number))


def _version(version: Version) -> VersionOut:
    told = {name: getattr(version, name) for name in VersionOut.model_fields}
    return VersionOut.model_validate(told)
