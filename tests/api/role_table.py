"""Who may ask what: one line a route, kept by hand. `test_roles.py` walks every route with every role against it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from dlp.api.permissions import Permission as P


class Line(NamedTuple):
    """`permissions` a principal needs; `either`: one is enough; `people`: no program may; `public`: nobody need be known."""

    permissions: tuple[P, ...] = ()
    people: bool = False
    public: bool = False
    either: bool = False

    def admits(self, allows: frozenset[P], kind: str) -> bool:
        """Whether a principal of a kind ("user", "token") with these permissions may ask."""
        if self.public or (self.people and kind != "user"):
            return self.public
        return not allows.isdisjoint(self.permissions) if self.either else allows.issuperset(self.permissions)


PUBLIC: Final = Line(public=True)


def needs(*permissions: P) -> Line:
    """Whoever has these permissions."""
    return Line(permissions)


def either(*permissions: P) -> Line:
    """Whoever has one of these permissions."""
    return Line(permissions, either=True)


def people(*permissions: P) -> Line:
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
    "GET /api/v1/assignees": needs(P.INCIDENT_READ),
    "GET /api/v1/roles": people(P.ACCESS_EDIT),
    "GET /api/v1/users": people(P.ACCESS_EDIT),
    "POST /api/v1/users": people(P.ACCESS_EDIT),
    "GET /api/v1/users/{user_id}": people(P.ACCESS_EDIT),
    "PATCH /api/v1/users/{user_id}": people(P.ACCESS_EDIT),
    "POST /api/v1/users/{user_id}/invite": people(P.ACCESS_EDIT),
    "POST /api/v1/users/{user_id}/reset": people(P.ACCESS_EDIT),
    "GET /api/v1/users/{user_id}/sessions": people(P.ACCESS_EDIT),
    "DELETE /api/v1/users/{user_id}/sessions": people(P.ACCESS_EDIT),
    "GET /api/v1/tokens": people(P.ACCESS_EDIT),
    "POST /api/v1/tokens": people(P.ACCESS_EDIT),
    "DELETE /api/v1/tokens/{token_id}": people(P.ACCESS_EDIT),
    # health, status
    "GET /api/v1/healthz": PUBLIC,
    "GET /api/v1/readyz": needs(P.STATISTICS_READ),  # without a login from the networks of `monitors`
    "GET /api/v1/metrics": needs(P.STATISTICS_READ),  # the same
    "GET /api/v1/status": people(),
    # hooks
    "POST /api/v1/hooks/{connector}": PUBLIC,
    # messages
    "POST /api/v1/messages": needs(P.MESSAGE_POST),
    # verdict
    "POST /api/v1/verdict": needs(P.VERDICT_ASK),
    # actions
    "GET /api/v1/actions": either(P.INCIDENT_READ, P.ALERT_EDIT),
    "GET /api/v1/actions/{action_id}": either(P.INCIDENT_READ, P.ALERT_EDIT),
    "POST /api/v1/actions/{action_id}/check": needs(P.ACTION_RELEASE),
    "POST /api/v1/actions/{action_id}/settle": needs(P.ACTION_RELEASE),
    "POST /api/v1/incidents/{incident_id}/actions": needs(P.ACTION_RELEASE),
    # alerts
    "GET /api/v1/alerts": either(P.INCIDENT_READ, P.ALERT_EDIT),
    "GET /api/v1/alerts/acknowledge": PUBLIC,
    "POST /api/v1/alerts/acknowledge": PUBLIC,
    "POST /api/v1/alerts/{alert_id}/acknowledge": either(P.INCIDENT_WORK, P.ALERT_EDIT),
    "GET /api/v1/alert-routes": needs(P.ALERT_EDIT),
    "PUT /api/v1/alert-routes": needs(P.ALERT_EDIT),
    "GET /api/v1/duty-roster": either(P.INCIDENT_READ, P.ALERT_EDIT),
    "PUT /api/v1/duty-roster": needs(P.ALERT_EDIT),
    # channels
    "GET /api/v1/channels": needs(P.ALERT_EDIT),
    "POST /api/v1/channels": needs(P.ALERT_EDIT),
    "GET /api/v1/channels/{channel_id}": needs(P.ALERT_EDIT),
    "PUT /api/v1/channels/{channel_id}": needs(P.ALERT_EDIT),
    "DELETE /api/v1/channels/{channel_id}": needs(P.ALERT_EDIT),
    "POST /api/v1/channels/{channel_id}/test": needs(P.ALERT_EDIT),
    # connectors
    "GET /api/v1/connectors": needs(P.CONNECTOR_READ),
    "GET /api/v1/connectors/{name}": needs(P.CONNECTOR_READ),
    "POST /api/v1/connectors": needs(P.CONNECTOR_EDIT),
    "PATCH /api/v1/connectors/{name}": needs(P.CONNECTOR_EDIT),
    "DELETE /api/v1/connectors/{name}": needs(P.CONNECTOR_EDIT),
    "PUT /api/v1/connectors/{name}/secrets": needs(P.CONNECTOR_EDIT),
    "POST /api/v1/connectors/{name}/keys": needs(P.CONNECTOR_EDIT),
    "DELETE /api/v1/connectors/{name}/keys/{key_id}": needs(P.CONNECTOR_EDIT),
    "POST /api/v1/connectors/{name}/test": needs(P.CONNECTOR_EDIT),
    # emergency
    "GET /api/v1/emergency": needs(),
    "POST /api/v1/emergency": needs(P.EMERGENCY_DECLARE),
    "POST /api/v1/emergency/{emergency_id}/extend": needs(P.EMERGENCY_DECLARE),
    "POST /api/v1/emergency/{emergency_id}/end": needs(P.EMERGENCY_DECLARE),
    # exceptions
    "GET /api/v1/exceptions": needs(P.EXCEPTION_READ),
    "GET /api/v1/exceptions/{exception_id}": needs(P.EXCEPTION_READ),
    "GET /api/v1/exceptions/{exception_id}/suppressed": needs(P.EXCEPTION_READ),
    "POST /api/v1/exceptions/preview": needs(P.EXCEPTION_EDIT),
    "POST /api/v1/exceptions": needs(P.EXCEPTION_EDIT),
    "POST /api/v1/exceptions/{exception_id}/end": needs(P.EXCEPTION_EDIT),
    # holds
    "GET /api/v1/holds": needs(P.INCIDENT_READ),
    "GET /api/v1/holds/{hold_id}": either(P.HOLD_POLL, P.INCIDENT_READ),
    "POST /api/v1/holds/{hold_id}/release": needs(P.ACTION_RELEASE),
    "POST /api/v1/holds/{hold_id}/drop": needs(P.ACTION_RELEASE),
    "POST /api/v1/holds/{hold_id}/review": needs(P.ACTION_RELEASE),
    # policies
    "GET /api/v1/policies": needs(P.POLICY_READ),
    "PUT /api/v1/policies/{policy}/mode": needs(P.POLICY_ACTIVATE),
    "GET /api/v1/policies/schema": needs(P.POLICY_READ),
    "POST /api/v1/policies/check": needs(P.POLICY_EDIT),
    "POST /api/v1/policies/try": needs(P.POLICY_READ),
    "POST /api/v1/policies/compare": needs(P.POLICY_EDIT),
    "POST /api/v1/policies/rollback": needs(P.POLICY_ACTIVATE),
    "GET /api/v1/policies/versions": needs(P.POLICY_READ),
    "POST /api/v1/policies/versions": needs(P.POLICY_EDIT),
    "GET /api/v1/policies/versions/{number}": needs(P.POLICY_READ),
    "GET /api/v1/policies/versions/{number}/files": needs(P.POLICY_READ),
    "GET /api/v1/policies/versions/{before}/difference/{after}": needs(P.POLICY_READ),
    "POST /api/v1/policies/versions/{number}/activate": needs(P.POLICY_ACTIVATE),
    # reveals
    "POST /api/v1/reveals": people(P.CONTENT_REVEAL),
    "GET /api/v1/reveals": either(P.CONTENT_REVEAL, P.CONTENT_APPROVE, P.AUDIT_READ),
    "POST /api/v1/reveals/{reveal_id}/approve": people(P.CONTENT_APPROVE),
    "POST /api/v1/reveals/{reveal_id}/refuse": people(P.CONTENT_APPROVE),
    "GET /api/v1/reveals/{reveal_id}/content": people(P.CONTENT_REVEAL),
}
