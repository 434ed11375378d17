"""A mailbox (mbox) with letters among colleagues and to partners."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from random import Random

from dlp.cli.demonstration.company import HOURS_FROM_UTC, MAIL, Colleague
from dlp.cli.demonstration.conversation import Said

_POLICY = SMTP.clone(linesep="\n", max_line_length=78)
_LOCAL = timezone(timedelta(hours=HOURS_FROM_UTC))


def write_mailbox(path: Path, said: Iterable[Said], chance: Random) -> None:
    """Writes the mailbox; who a letter goes to is chance."""
    with path.open("wb") as file:
        for message in said:
            letter = _letter(message, chance)
            moment = datetime.fromtimestamp(message.moment, _LOCAL)
            file.write(f"From {message.who.email} {moment:%a %b %d %H:%M:%S %Y}\n".encode())
            file.write(letter.as_bytes(policy=_POLICY).replace(b"\nFrom ", b"\n>From ").rstrip(b"\n") + b"\n\n")


def _letter(said: Said, chance: Random) -> EmailMessage:
    letter = EmailMessage(policy=_POLICY)
    letter["From"] = _address(said.who)
    others = [person for person in MAIL.people if person is not said.who]
    letter["To"] = ", ".join(map(_address, chance.sample(others, chance.randrange(1, 3))))
    letter["Subject"] = said.text.split("\n")[0][:40].rsplit(" ", 1)[0] or "без темы"
    letter["Date"] = format_datetime(datetime.fromtimestamp(said.moment, _LOCAL))
    letter["Message-ID"] = f"<{said.number}.{said.moment}@{said.who.domain}>"
    letter.set_content(said.text + "\n", cte="base64")
    for file in said.files:
        main, _, sub = file.media_type.partition("/")
        content = b"demonstration file\n"
        letter.add_attachment(content, maintype=main, subtype=sub, filename=file.name)
        # Without this the boundary would be chance's and not the seed's.
        letter.set_boundary(f"=_demo_{said.number}")
    return letter


def _address(person: Colleague) -> str:
    return f"{person.latin.replace('.', ' ').title()} <{person.email}>"
