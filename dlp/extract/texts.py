"""What there is to search in a message, and what in it could not be read."""

from __future__ import annotations

from dlp.records import Gap, GapReason, Message, Text


def texts_of(message: Message) -> tuple[Text, ...]:
    """The message's texts that are not empty: the body, then its passages in order."""
    if not message.passages:
        return (Text("body", message.text),) if message.text else ()
    body = (Text("body", message.text),) if message.text else ()
    return body + tuple(Text(passage.origin, passage.text) for passage in message.passages if passage.text)


def gaps_of(message: Message) -> tuple[Gap, ...]:
    """The reader's gaps, and one for each attachment: its own reason, or that nothing extracts it yet."""
    if not message.attachments:
        return message.gaps
    told = {gap.origin for gap in message.gaps}
    unread = (
        Gap(f"attachment:{attachment.name}", attachment.missing or GapReason.NOT_EXTRACTED) for attachment in message.attachments
    )
    return message.gaps + tuple(gap for gap in unread if gap.origin not in told)
