"""What may be done, and the roles that bundle it (design.md "Roles")."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Permission(StrEnum):
    """One thing a principal may do; every route names the ones it needs."""

    VERDICT_ASK = "verdict.ask"
    MESSAGE_POST = "message.post"
    HOLD_POLL = "hold.poll"
    INCIDENT_READ = "incident.read"
    INCIDENT_WORK = "incident.work"
    CONTENT_REVEAL = "content.reveal"
    CONTENT_APPROVE = "content.approve"
    ACTION_RELEASE = "action.release"
    EXCEPTION_EDIT = "exception.edit"
    EXCEPTION_READ = "exception.read"
    EMERGENCY_DECLARE = "emergency.declare"
    STATISTICS_READ = "statistics.read"
    COVERAGE_READ = "coverage.read"
    COVERAGE_EDIT = "coverage.edit"
    POLICY_READ = "policy.read"
    POLICY_EDIT = "policy.edit"
    POLICY_ACTIVATE = "policy.activate"
    CASE_READ = "case.read"
    CASE_EDIT = "case.edit"
    EXPORT_CREATE = "export.create"
    AUDIT_READ = "audit.read"
    CONNECTOR_READ = "connector.read"
    CONNECTOR_EDIT = "connector.edit"
    ALERT_EDIT = "alert.edit"
    KEY_EDIT = "key.edit"
    ACCESS_EDIT = "access.edit"
    ERASURE = "person.erase"


P = Permission
_OFFICER: Final = frozenset(
    {
        P.INCIDENT_READ, P.INCIDENT_WORK, P.ACTION_RELEASE, P.EXCEPTION_EDIT, P.EXCEPTION_READ, P.STATISTICS_READ,
        P.COVERAGE_READ, P.COVERAGE_EDIT, P.POLICY_READ, P.CASE_READ, P.CASE_EDIT, P.EXPORT_CREATE, P.EMERGENCY_DECLARE,
        P.CONNECTOR_READ,
    }
)  # fmt: skip
ROLES: Final = MappingProxyType(
    {
        "officer": _OFFICER,
        "investigator": _OFFICER | {P.CONTENT_REVEAL, P.CONTENT_APPROVE},
        "auditor": frozenset(
            {
                P.INCIDENT_READ, P.STATISTICS_READ, P.COVERAGE_READ, P.POLICY_READ, P.CASE_READ, P.EXCEPTION_READ,
                P.EXPORT_CREATE, P.AUDIT_READ, P.CONNECTOR_READ,
            }
        ),
        "policy-author": frozenset({P.POLICY_READ, P.POLICY_EDIT, P.POLICY_ACTIVATE, P.STATISTICS_READ}),
        "administrator": frozenset(
            {
                P.CONNECTOR_READ, P.CONNECTOR_EDIT, P.ALERT_EDIT, P.KEY_EDIT, P.ACCESS_EDIT, P.STATISTICS_READ,
                P.COVERAGE_READ, P.COVERAGE_EDIT, P.POLICY_READ, P.EMERGENCY_DECLARE, P.ERASURE,
            }
        ),
        "hook": frozenset({P.VERDICT_ASK, P.MESSAGE_POST, P.HOLD_POLL}),
    }
)  # fmt: skip


def permissions_of(roles: tuple[str, ...]) -> frozenset[Permission]:
    """Everything the roles together allow; an unknown role allows nothing."""
    return frozenset().union(*(ROLES.get(role, frozenset()) for role in roles))
