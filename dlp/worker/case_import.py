"""Reads an export into a retro case: scanned here, recorded with its place in the source, resumable where it was cut off."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from functools import lru_cache
from hashlib import blake2b
from itertools import islice
from typing import Final, NamedTuple

from dlp.errors import InputFault
from dlp.pipeline import Arrival, Context, decided_on
from dlp.records import Message
from dlp.services import Services
from dlp.store import case_lists, cases
from dlp.store.actor import Actor
from dlp.store.case_intake import Batch, Intake, take_in
from dlp.store.case_lists import Sighting, Writer
from dlp.store.cases import Case
from dlp.store.recording import Decided, Recorded

_BATCH: Final = 500
_BATCH_CHARACTERS: Final = 1 << 20
_LONGEST_NAME: Final = 512
_UNSTORABLE: Final = re.compile(r"[\0\ud800-\udfff]")  # PostgreSQL keeps neither NUL nor halves of UTF-16 pairs
_AHEAD: Final = 2  # batches that wait for the disk while the next is scanned


class Source(NamedTuple):
    """What is read: `mark` is the same for the same content, `items` its messages and unreadable places, always in one order.

    `connector` is the messenger's name in this installation; None leaves it to the export.
    """

    name: str
    mark: str
    items: Iterable[Message | InputFault]
    connector: str | None = None


class Imported(NamedTuple):
    """What came of it: messages new to the record, those known before, unreadable places; `skipped` were read earlier."""

    case: Case
    new: int
    known: int
    faults: int
    skipped: int


class CaseImport:
    """One source on its way into one case."""

    def __init__(self, services: Services, case: str, source: Source, actor: Actor) -> None:
        self._services = services
        self._source = source
        self._actor = actor
        now = services.clock.now()
        self._case = services.database.write(lambda c: cases.begin_import(c, case, source.name, actor, now))
        with services.database.reading() as connection:
            newest = case_lists.newest(connection, self._case.id)
        self._intake = Intake(self._case.id, services.keys, services.vault, newest)
        self._observer = _Observer(services.context)
        self._waiting: deque[Future[list[Recorded]]] = deque()
        self._new = self._known = self._faults = 0

    def run(self, tell: Callable[[int], object] | None = None) -> Imported:
        """Reads to the end; `tell` hears now and then how many items were read. Raises StoreDown: begun again, it goes on."""
        skipped = read = self._case.position.get(self._source.mark, 0)
        for batch in _batches(islice(iter(self._source.items), skipped, None)):
            read += len(batch)
            self._pass_on(batch, read)
            if tell is not None:
                tell(read)
        self._wait(0)
        services, now = self._services, self._services.clock.now()
        case = services.database.write(lambda c: cases.end_import(c, self._case.id, self._actor, now))
        return Imported(case, self._new, self._known, self._faults, skipped)

    def _pass_on(self, items: list[Message | InputFault], read: int) -> None:
        messages = [_storable(item) for item in items if not isinstance(item, InputFault)]
        faults = tuple(str(item) for item in items if isinstance(item, InputFault))
        services, now = self._services, self._services.clock.now()
        arrivals = [
            Arrival(message, self._source.connector or message.connector or "import", "import", now, self._case.id)
            for message in messages
        ]
        decided = decided_on(services, arrivals)
        batch = Batch(
            decided, [self._observer.sighting(one) for one in decided], faults, self._source.mark, read - len(items), read
        )
        self._waiting.append(services.database.submit(lambda c: take_in(c, self._intake, batch, services.clock.now())))
        self._faults += len(faults)
        self._wait(_AHEAD)

    def _wait(self, left: int) -> None:
        while len(self._waiting) > left:
            for one in self._waiting.popleft().result():
                self._new += not one.duplicate
                self._known += one.duplicate


def _batches(items: Iterable[Message | InputFault]) -> Iterator[list[Message | InputFault]]:
    batch: list[Message | InputFault] = []
    characters = 0
    for item in items:
        batch.append(item)
        characters += 0 if isinstance(item, InputFault) else len(item.text)
        if len(batch) >= _BATCH or characters >= _BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


class _Observer:
    """Tells what a message adds to a case's lists, asking the directory about each chat and writer once."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._owner = lru_cache(maxsize=4096)(self._owner_of)
        self._kind = lru_cache(maxsize=4096)(self._kind_of)

    def sighting(self, decided: Decided) -> Sighting:
        message, connector = decided.message, decided.connector
        findings = decided.inspection.scan.findings
        owner, kind = self._owner(connector, message.conversation)
        return Sighting(
            conversation=_clean(f"{connector}/{message.conversation or ''}", 600),
            title=message.chat_title and _clean(message.chat_title, 512),
            kind=kind or (message.chat_kind and message.chat_kind.value),
            owner=owner,
            at=message.occurred_at,
            writer=self._writer(connector, message) if message.sender and not message.service else None,
            entities=Counter(finding.entity for finding in findings),
            outsiders=self._context.surroundings(message).audience_external if findings else None,
        )

    def _writer(self, connector: str, message: Message) -> Writer:
        sender = message.sender or ""
        kind = self._kind(connector, sender)
        if kind == "partner":
            return Writer(_clean(sender.rpartition("@")[2].lower(), 256), kind)
        return Writer(_clean(sender, 256), kind, _clean(message.sender_name or "", 256))

    def _owner_of(self, connector: str, conversation: str | None) -> tuple[str | None, str | None]:
        chat = self._context.directory.register.find(connector, conversation)
        if chat is None:
            return None, None
        return chat.owner and _clean(chat.owner, 256), chat.kind and chat.kind.value

    def _kind_of(self, connector: str, sender: str) -> str:
        """Staff is in the directory or writes from our own domain; who writes from another is a partner; else nobody knows."""
        directory = self._context.directory
        if directory.people.find(connector, sender) is not None:
            return "staff"
        domain = sender.rpartition("@")[2].lower() if "@" in sender else ""
        if "." not in domain or connector == "matrix" or not directory.own_domains:
            return "unknown"
        own = any(domain == one or domain.endswith(f".{one}") for one in directory.own_domains)
        return "staff" if own else "partner"


def _storable(message: Message) -> Message:
    """The message under names every database keeps; exports hold whatever people and programs put there."""
    names = (message.id, message.conversation, message.sender, message.chat_title)
    files, passages = message.attachments, message.passages
    told = (*names, *(file.name for file in files), *(passage.origin for passage in passages))
    if all(name is None or (len(name) <= _LONGEST_NAME and not _UNSTORABLE.search(name)) for name in told):
        return message
    return message._replace(
        id=_told(message.id),
        conversation=message.conversation and _told(message.conversation),
        sender=message.sender and _told(message.sender),
        chat_title=message.chat_title and _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", message.chat_title)[:_LONGEST_NAME],
        attachments=tuple(file._replace(name=_told(file.name)) for file in files),
        passages=tuple(passage._replace(origin=_told(passage.origin)) for passage in passages),
    )


def _told(name: str) -> str:
    """A name as it can be kept, another one for another name."""
    kept = _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", name)
    if len(name) <= _LONGEST_NAME and kept == name:
        return name
    digest = blake2b(name.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    return f"{kept[: _LONGEST_NAME - len(digest) - 1]} {digest}"


def _clean(text: str, limit: int) -> str:
    # PostgreSQL takes neither NUL nor halves of UTF-16 pairs.
    return text.replace("\0", "").encode("utf-8", "replace").decode()[:limit]
