"""Who may ask what: one line a route, kept by hand. `test_roles.py` walks every route with every role against it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from dlp.api.permissions import Permission


class Line(NamedTuple):
    """`permissions` a principal needs; `either`: one is enough; `people`: no program may; `public`: nobody need be known."""

    permissions: tuple[Permission, ...] = ()
    people: bool = False
    public: bool = False
    either: bool = False

    def admits(self, allows: frozenset[Permission], kind: str) -> bool:
        """Whether a principal of a kind ("user", "token") with these permissions may ask."""
        if self.public or (self.people and kind != "user"):
            return self.public
        return not allows.isdisjoint(self.permissions) if self.either else allows.issuperset(self.permissions)


PUBLIC: Final = Line(public=True)


def needs(*permissions: Permission) -> Line:
    """Whoever has these permissions."""
    return Line(permissions)


def either(*permissions: Permission) -> Line:
    """Whoever has one of these permissions."""
    return Line(permissions, either=True)


def people(*permissions: Permission) -> Line:
    """A person with a session who has these permissions."""
    return Line(permissions, people=True)


TABLE: Final[Mapping[str, Line]] = {
    # session
    "POST /api/v1/session": PUBLIC,
    "GET /api/v1/session": people(),
    "DELETE /api/v1/session": people(),
    "POST /api/v1/session/extend": people(),
    "POST /api/v1/session/step-up": people(),
    "GET /api/v1/sessions": people(),
    "DELETE /api/v1/sessions": people(),
    "DELETE /api/v1/sessions/{session_id}": people(),
    "POST /api/v1/setup": PUBLIC,
    "POST /api/v1/setup/look": PUBLIC,
    # me
    "GET /api/v1/me": needs(),
    "PUT /api/v1/me/preferences": people(),
    "POST /api/v1/me/password": people(),
    "POST /api/v1/me/totp": people(),
    "PUT /api/v1/me/totp": people(),
    "DELETE /api/v1/me/totp": people(),
    # users, tokens
    "GET /api/v1/assignees": needs(Permission.INCIDENT_READ),
    "GET /api/v1/roles": people(Permission.ACCESS_EDIT),
    "GET /api/v1/users": people(Permission.ACCESS_EDIT),
    "POST /api/v1/users": people(Permission.ACCESS_EDIT),
    "GET /api/v1/users/{user_id}": people(Permission.ACCESS_EDIT),
    "PATCH /api/v1/users/{user_id}": people(Permission.ACCESS_EDIT),
    "POST /api/v1/users/{user_id}/invite": people(Permission.ACCESS_EDIT),
    "POST /api/v1/users/{user_id}/reset": people(Permission.ACCESS_EDIT),
    "GET /api/v1/users/{user_id}/sessions": people(Permission.ACCESS_EDIT),
    "DELETE /api/v1/users/{user_id}/sessions": people(Permission.ACCESS_EDIT),
    "GET /api/v1/tokens": people(Permission.ACCESS_EDIT),
    "POST /api/v1/tokens": people(Permission.ACCESS_EDIT),
    "DELETE /api/v1/tokens/{token_id}": people(Permission.ACCESS_EDIT),
    # health, status
    "GET /api/v1/healthz": PUBLIC,
    "GET /api/v1/readyz": needs(Permission.STATISTICS_READ),  # without a login from the networks of `monitors`
    "GET /api/v1/metrics": needs(Permission.STATISTICS_READ),  # the same
    "GET /api/v1/status": people(),
    # hooks
    "POST /api/v1/hooks/{connector}": PUBLIC,
    # messages
    "POST /api/v1/messages": needs(Permission.MESSAGE_POST),
    # verdict
    "POST /api/v1/verdict": needs(Permission.VERDICT_ASK),
    # actions
    "GET /api/v1/actions": either(Permission.INCIDENT_READ, Permission.ALERT_EDIT),
    "GET /api/v1/actions/{action_id}": either(Permission.INCIDENT_READ, Permission.ALERT_EDIT),
    "POST /api/v1/actions/{action_id}/check": needs(Permission.ACTION_RELEASE),
    "POST /api/v1/actions/{action_id}/settle": needs(Permission.ACTION_RELEASE),
    "POST /api/v1/incidents/{incident_id}/actions": needs(Permission.ACTION_RELEASE),
    # alerts
    "GET /api/v1/alerts": either(Permission.INCIDENT_READ, Permission.ALERT_EDIT),
    "GET /api/v1/alerts/acknowledge": PUBLIC,
    "POST /api/v1/alerts/acknowledge": PUBLIC,
    "POST /api/v1/alerts/{alert_id}/acknowledge": either(Permission.INCIDENT_WORK, Permission.ALERT_EDIT),
    "GET /api/v1/alert-routes": needs(Permission.ALERT_EDIT),
    "PUT /api/v1/alert-routes": needs(Permission.ALERT_EDIT),
    "GET /api/v1/duty-roster": either(Permission.INCIDENT_READ, Permission.ALERT_EDIT),
    "PUT /api/v1/duty-roster": needs(Permission.ALERT_EDIT),
    # channels
    "GET /api/v1/channels": needs(Permission.ALERT_EDIT),
    "POST /api/v1/channels": needs(Permission.ALERT_EDIT),
    "GET /api/v1/channels/{channel_id}": needs(Permission.ALERT_EDIT),
    "PUT /api/v1/channels/{channel_id}": needs(Permission.ALERT_EDIT),
    "DELETE /api/v1/channels/{channel_id}": needs(Permission.ALERT_EDIT),
    "POST /api/v1/channels/{channel_id}/test": needs(Permission.ALERT_EDIT),
    # audit, retention
    "GET /api/v1/audit": needs(Permission.AUDIT_READ),
    "GET /api/v1/audit/checkpoints": needs(Permission.AUDIT_READ),
    "GET /api/v1/audit/proof": needs(Permission.AUDIT_READ),
    "POST /api/v1/audit/verify": needs(Permission.AUDIT_READ),
    "GET /api/v1/retention": needs(Permission.CONNECTOR_READ),
    "POST /api/v1/erasures": people(Permission.ERASURE),
    # connectors
    "GET /api/v1/connectors": needs(Permission.CONNECTOR_READ),
    "GET /api/v1/connectors/{name}": needs(Permission.CONNECTOR_READ),
    "POST /api/v1/connectors": needs(Permission.CONNECTOR_EDIT),
    "PATCH /api/v1/connectors/{name}": needs(Permission.CONNECTOR_EDIT),
    "DELETE /api/v1/connectors/{name}": needs(Permission.CONNECTOR_EDIT),
    "PUT /api/v1/connectors/{name}/secrets": needs(Permission.CONNECTOR_EDIT),
    "POST /api/v1/connectors/{name}/keys": needs(Permission.CONNECTOR_EDIT),
    "DELETE /api/v1/connectors/{name}/keys/{key_id}": needs(Permission.CONNECTOR_EDIT),
    "POST /api/v1/connectors/{name}/test": needs(Permission.CONNECTOR_EDIT),
    # emergency
    "GET /api/v1/emergency": needs(),
    "POST /api/v1/emergency": needs(Permission.EMERGENCY_DECLARE),
    "POST /api/v1/emergency/{emergency_id}/extend": needs(Permission.EMERGENCY_DECLARE),
    "POST /api/v1/emergency/{emergency_id}/end": needs(Permission.EMERGENCY_DECLARE),
    # exceptions
    "GET /api/v1/exceptions": needs(Permission.EXCEPTION_READ),
    "GET /api/v1/exceptions/{exception_id}": needs(Permission.EXCEPTION_READ),
    "GET /api/v1/exceptions/{exception_id}/suppressed": needs(Permission.EXCEPTION_READ),
    "POST /api/v1/exceptions/preview": needs(Permission.EXCEPTION_EDIT),
    "POST /api/v1/exceptions": needs(Permission.EXCEPTION_EDIT),
    "POST /api/v1/exceptions/{exception_id}/end": needs(Permission.EXCEPTION_EDIT),
    # holds
    "GET /api/v1/holds": needs(Permission.INCIDENT_READ),
    "GET /api/v1/holds/{hold_id}": either(Permission.HOLD_POLL, Permission.INCIDENT_READ),
    "POST /api/v1/holds/{hold_id}/release": needs(Permission.ACTION_RELEASE),
    "POST /api/v1/holds/{hold_id}/drop": needs(Permission.ACTION_RELEASE),
    "POST /api/v1/holds/{hold_id}/review": needs(Permission.ACTION_RELEASE),
    # policies
    "GET /api/v1/policies": needs(Permission.POLICY_READ),
    "PUT /api/v1/policies/{policy}/mode": needs(Permission.POLICY_ACTIVATE),
    "GET /api/v1/policies/schema": needs(Permission.POLICY_READ),
    "POST /api/v1/policies/check": needs(Permission.POLICY_EDIT),
    "POST /api/v1/policies/try": needs(Permission.POLICY_READ),
    "POST /api/v1/policies/compare": needs(Permission.POLICY_EDIT),
    "POST /api/v1/policies/rollback": needs(Permission.POLICY_ACTIVATE),
    "GET /api/v1/policies/versions": needs(Permission.POLICY_READ),
    "POST /api/v1/policies/versions": needs(Permission.POLICY_EDIT),
    "GET /api/v1/policies/versions/{number}": needs(Permission.POLICY_READ),
    "GET /api/v1/policies/versions/{number}/files": needs(Permission.POLICY_READ),
    "GET /api/v1/policies/versions/{before}/difference/{after}": needs(Permission.POLICY_READ),
    "POST /api/v1/policies/versions/{number}/activate": needs(Permission.POLICY_ACTIVATE),
    # reveals
    "POST /api/v1/reveals": people(Permission.CONTENT_REVEAL),
    "GET /api/v1/reveals": either(Permission.CONTENT_REVEAL, Permission.CONTENT_APPROVE, Permission.AUDIT_READ),
    "POST /api/v1/reveals/{reveal_id}/approve": people(Permission.CONTENT_APPROVE),
    "POST /api/v1/reveals/{reveal_id}/refuse": people(Permission.CONTENT_APPROVE),
    "GET /api/v1/reveals/{reveal_id}/content": people(Permission.CONTENT_REVEAL),
    # incidents
    "GET /api/v1/incidents": needs(Permission.INCIDENT_READ),
    "GET /api/v1/incidents/ruler": needs(Permission.INCIDENT_READ),
    "GET /api/v1/incidents/{incident_id}": needs(Permission.INCIDENT_READ),
    "GET /api/v1/incidents/{incident_id}/messages": needs(Permission.INCIDENT_READ),
    "GET /api/v1/incidents/{incident_id}/history": needs(Permission.INCIDENT_READ),
    "GET /api/v1/incidents/{incident_id}/context": needs(Permission.INCIDENT_READ),
    "GET /api/v1/incidents/{incident_id}/exposure": needs(Permission.INCIDENT_READ),
    "GET /api/v1/incidents/{incident_id}/similar": needs(Permission.INCIDENT_READ),
    "PATCH /api/v1/incidents/{incident_id}": needs(Permission.INCIDENT_WORK),
    "POST /api/v1/incidents/{incident_id}/comments": needs(Permission.INCIDENT_WORK),
    "POST /api/v1/incidents/{incident_id}/undo/{event}": needs(Permission.INCIDENT_WORK),
    "POST /api/v1/incidents/{incident_id}/reopen": needs(Permission.INCIDENT_WORK),
    "POST /api/v1/incidents/{incident_id}/split": needs(Permission.INCIDENT_WORK),
    "POST /api/v1/incidents/{incident_id}/merge": needs(Permission.INCIDENT_WORK),
    "POST /api/v1/incidents/{incident_id}/presence": needs(Permission.INCIDENT_READ),
    "POST /api/v1/incidents/bulk": needs(Permission.INCIDENT_WORK),
    "POST /api/v1/incidents/bulk/{job_id}/undo": needs(Permission.INCIDENT_WORK),
    # jobs
    "GET /api/v1/jobs/{job_id}": needs(),
    "GET /api/v1/jobs/{job_id}/items": needs(),
    "POST /api/v1/jobs/{job_id}/cancel": needs(),
    # queries
    "GET /api/v1/queries": needs(Permission.INCIDENT_READ),
    "POST /api/v1/queries": needs(Permission.INCIDENT_READ),
    "GET /api/v1/queries/{query_id}": needs(Permission.INCIDENT_READ),
    "DELETE /api/v1/queries/{query_id}": needs(Permission.INCIDENT_READ),
    # statistics
    "GET /api/v1/statistics/overview": needs(Permission.STATISTICS_READ),
    "GET /api/v1/statistics/incidents": needs(Permission.STATISTICS_READ),
    "GET /api/v1/statistics/rules": needs(Permission.STATISTICS_READ),
    "GET /api/v1/statistics/work": needs(Permission.INCIDENT_READ),
    # coverage
    "GET /api/v1/coverage": needs(Permission.COVERAGE_READ),
    "GET /api/v1/coverage/gaps": needs(Permission.COVERAGE_READ),
    "POST /api/v1/coverage/gaps/retry": needs(Permission.COVERAGE_EDIT),
    "POST /api/v1/coverage/gaps/accept": needs(Permission.COVERAGE_EDIT),
    "GET /api/v1/coverage/unseen": needs(Permission.COVERAGE_READ),
    "POST /api/v1/coverage/unseen": needs(Permission.COVERAGE_EDIT),
    "PUT /api/v1/coverage/unseen/{channel_id}": needs(Permission.COVERAGE_EDIT),
    "DELETE /api/v1/coverage/unseen/{channel_id}": needs(Permission.COVERAGE_EDIT),
    # events
    "GET /api/v1/events": needs(),
    # cases
    "GET /api/v1/cases": needs(Permission.CASE_READ),
    "GET /api/v1/cases/{case_id}": needs(Permission.CASE_READ),
    "GET /api/v1/cases/{case_id}/inventory": needs(Permission.CASE_READ),
    "GET /api/v1/cases/{case_id}/inventory.csv": needs(Permission.CASE_READ),
    "GET /api/v1/cases/{case_id}/continuity": needs(Permission.CASE_READ),
    "GET /api/v1/cases/{case_id}/continuity.csv": needs(Permission.CASE_READ),
    "POST /api/v1/cases/{case_id}/close": needs(Permission.CASE_EDIT),
    "POST /api/v1/cases/{case_id}/legal-hold": needs(Permission.CASE_EDIT),
    # exports
    "POST /api/v1/exports": needs(Permission.EXPORT_CREATE),
    "GET /api/v1/exports": needs(Permission.EXPORT_CREATE),
    "GET /api/v1/exports/verifier": needs(Permission.EXPORT_CREATE),
    "GET /api/v1/exports/{export_id}": needs(Permission.EXPORT_CREATE),
    "GET /api/v1/exports/{export_id}/file": needs(Permission.EXPORT_CREATE),
}
