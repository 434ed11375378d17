"""The order of the steps: extract, detect, judge, decide. Pure: no files, no clock, no globals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from dlp.decide.verdict import verdict_on
from dlp.extract.texts import gaps_of, texts_of
from dlp.policy.policy_set import NOTHING_JUDGED
from dlp.records import ALLOWED, NOTHING_FOUND, Decision, Gap, GapReason, Inspection, Message, Scan, Verdict

if TYPE_CHECKING:
    from dlp.detect.engine import Engine
    from dlp.directory.snapshot import Directory
    from dlp.policy.policy_set import PolicySet

# A message nobody could judge must not look as if it had been found harmless.
_NOT_JUDGED: Final = Verdict(Decision.ALERT, Decision.ALERT)


class Context(NamedTuple):
    """The frozen snapshot a message is inspected in: detection, active policies, people and chats."""

    engine: Engine
    policies: PolicySet
    directory: Directory


def inspect(message: Message, context: Context) -> Inspection:
    """Everything decided about one message and why; a step that crashes becomes a Gap, never an exception."""
    try:
        scan = context.engine.scan(texts_of(message))
    except Exception as error:
        scan = Scan(gaps=(_crash(error),))
    return _judged(message, scan, context)


def inspect_many(messages: Sequence[Message], context: Context) -> list[Inspection]:
    """The same as `inspect` on each message, in order, scanning them together."""
    try:
        scans = context.engine.scan_many(list(map(texts_of, messages)))
    except Exception:
        return [inspect(message, context) for message in messages]
    return [
        Inspection(message, NOTHING_FOUND, NOTHING_JUDGED, ALLOWED)
        if scan is NOTHING_FOUND and not message.attachments and not message.gaps and not context.policies.judges_clean
        else _judged(message, scan, context)
        for message, scan in zip(messages, scans, strict=True)
    ]


def crashed(message: Message, what: str) -> Inspection:
    """A message nothing could be decided about; `what` names what crashed, never content."""
    return Inspection(message, Scan(gaps=(*message.gaps, Gap("message", GapReason.CRASH, what))), NOTHING_JUDGED, _NOT_JUDGED)


def _judged(message: Message, scan: Scan, context: Context) -> Inspection:
    try:
        unread = gaps_of(message)
        if unread:
            scan = scan._replace(gaps=unread + scan.gaps)
        if not (scan.findings or scan.terms or scan.gaps or context.policies.judges_clean):
            return Inspection(message, NOTHING_FOUND, NOTHING_JUDGED, ALLOWED)
        judgement = context.policies.judge(message, scan, context.directory.surroundings(message))
        return Inspection(message, scan, judgement, verdict_on(message, judgement))
    except Exception as error:
        return Inspection(message, scan._replace(gaps=(*scan.gaps, _crash(error))), NOTHING_JUDGED, _NOT_JUDGED)


def _crash(error: Exception) -> Gap:
    # The text of an exception may quote the message, so only its class is kept.
    return Gap("message", GapReason.CRASH, type(error).__name__)
