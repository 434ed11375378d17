"""One verdict out of all rule hits: the strictest wins, every reason is kept in the judgement."""

from __future__ import annotations

from hashlib import blake2b

from dlp.records import ALLOWED, Decision, Judgement, Message, Mode, RuleHit, Verdict


def verdict_on(message: Message, judgement: Judgement) -> Verdict:
    """What is to happen to a message. An observing rule counts only towards `would`, and towards the severity."""
    hits = judgement.hits
    if not hits:
        return ALLOWED
    return Verdict(
        decision=max((hit.decision for hit in hits if hit.mode is Mode.ENFORCE), default=Decision.ALLOW),
        would=max(hit.decision for hit in hits),
        severity=max(hit.severity for hit in hits),
        group_key=_group_key(message, max(hits, key=_weight)),
    )


def _weight(hit: RuleHit) -> tuple[bool, Decision, int]:
    """An acting rule weighs more than any observing one; among equals the first in policy order is taken."""
    return hit.mode is Mode.ENFORCE, hit.decision, hit.severity


def _group_key(message: Message, hit: RuleHit) -> str:
    """Messages of one sender in one conversation that break one rule are one incident; 80 bits in hexadecimal.

    An unknown sender or conversation has a byte of its own, so that it never equals one named by an empty text.
    """
    told = (hit.policy, hit.rule, message.connector, message.conversation, message.sender)
    parts = (b"\0" if part is None else b"\1%d:%s" % (len(name := part.encode("utf-8", "surrogatepass")), name) for part in told)
    return blake2b(b"".join(parts), digest_size=10).hexdigest()
