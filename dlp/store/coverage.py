"""Every message that was accepted has a verdict or waits for one: the sums that show it, hour by hour, and what is missing."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import Connection, func, select

from dlp.store.sums import hour_of
from dlp.store.tables.duties import connectors
from dlp.store.tables.record import gaps, inbox, ledger, ledger_sums

_HOUR: Final = timedelta(hours=1)
_WEEK: Final = timedelta(weeks=1)
_WEEKS: Final = 4  # of history that say what is usual
_USUAL: Final = 2  # of these weeks an hour must have had messages in
_ARRIVE_WITHIN: Final = timedelta(days=7)
_MOST_HOLES: Final = 50
_SUMS: Final = (ledger_sums.c.connector, ledger_sums.c.hour, ledger_sums.c["count"].label("messages"))


class Cell(NamedTuple):
    """The messages of a connector in an hour or in the whole period; `gaps` counts each reason something was not read by."""

    received: int = 0
    verdicts: int = 0
    duplicates: int = 0
    waiting: int = 0
    gaps: int = 0

    @property
    def sums(self) -> bool:
        """Whether everything received is accounted for."""
        return self.received == self.verdicts + self.duplicates + self.waiting

    def plus(self, other: Cell) -> Cell:
        """Both together."""
        return Cell(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


class Row(NamedTuple):
    """One connector: its totals, the hours something happened in, and when its last message came."""

    connector: str
    total: Cell
    hours: dict[datetime, Cell]
    last_message_at: datetime | None


class Hole(NamedTuple):
    """Hours a connector was silent in that usually have messages: about `usual` of them.

    `arrived_later` counts messages sent in these hours that came in the week after.
    """

    connector: str
    start: datetime
    end: datetime
    usual: int
    arrived_later: int


class Reconciled(NamedTuple):
    """All that was ever accepted, decided, sent twice and waits."""

    accepted: int
    decided: int
    duplicates: int
    waiting: int

    @property
    def holds(self) -> bool:
        """Whether nothing accepted is missing."""
        return self.accepted == self.decided + self.duplicates + self.waiting


def coverage(connection: Connection, start: datetime, end: datetime) -> list[Row]:
    """The connectors of a period by name, from the hour `start` is in up to `end`."""
    counted: dict[str, dict[datetime, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    sums = select(*_SUMS, ledger_sums.c.measure).where(ledger_sums.c.hour >= hour_of(start), ledger_sums.c.hour < end)
    for row in connection.execute(sums):
        counted[row.connector][row.hour][row.measure.partition(":")[0]] += row.messages
    waiting = select(inbox.c.connector, inbox.c.received_at, inbox.c.messages)
    for batch in connection.execute(waiting.where(inbox.c.received_at >= hour_of(start), inbox.c.received_at < end)):
        counted[batch.connector][hour_of(batch.received_at)]["waiting"] += batch.messages
    last = {row.name: row.last_message_at for row in connection.execute(select(connectors.c.name, connectors.c.last_message_at))}
    return [_row(name, counted[name], last.get(name)) for name in sorted(counted.keys() | last.keys())]


def holes(connection: Connection, start: datetime, end: datetime, now: datetime) -> list[Hole]:
    """The hours without messages where the weeks before had some, of each connector, neighbouring hours together."""
    since, until = hour_of(start), min(end, hour_of(now))
    accepted = _accepted(connection, since - _WEEKS * _WEEK, until)
    found: list[Hole] = []
    for connector in sorted(accepted):
        found += _silences(connector, accepted[connector], since, until)
    return [hole._replace(arrived_later=_arrived_later(connection, hole)) for hole in found[:_MOST_HOLES]]


def reconcile(connection: Connection) -> Reconciled:
    """Proves that whatever was accepted is decided or waits."""
    found = select(ledger_sums.c.measure, func.sum(ledger_sums.c["count"])).group_by(ledger_sums.c.measure)
    sums: Counter[str] = Counter()
    for measure, count in connection.execute(found):
        sums[measure.partition(":")[0]] += int(count)
    waiting: int = connection.execute(select(func.coalesce(func.sum(inbox.c.messages), 0))).scalar_one()
    return Reconciled(sums["accepted"], sums["decision"], sums["duplicate"], int(waiting))


def recounted(connection: Connection) -> int:
    """The rows of the ledger, counted one by one: as many as were decided, where nothing was erased."""
    return connection.execute(select(func.count()).select_from(ledger)).scalar_one()


def gaps_by_reason(connection: Connection, start: datetime, end: datetime) -> dict[str, Counter[str]]:
    """How many gaps of a period are in which state, by reason."""
    found = (
        select(gaps.c.reason, gaps.c.state, func.count())
        .where(gaps.c.received_at >= start, gaps.c.received_at < end)
        .group_by(gaps.c.reason, gaps.c.state)
    )
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for reason, state, count in connection.execute(found):
        counted[reason][state] = count
    return dict(counted)


def _row(name: str, hours: dict[datetime, Counter[str]], last: datetime | None) -> Row:
    cells = {hour: _cell(counts) for hour, counts in sorted(hours.items())}
    total = Cell()
    for cell in cells.values():
        total = total.plus(cell)
    return Row(name, total, cells, last)


def _cell(counts: Counter[str]) -> Cell:
    return Cell(counts["accepted"], counts["decision"], counts["duplicate"], counts["waiting"], counts["gap"])


def _accepted(connection: Connection, start: datetime, end: datetime) -> dict[str, dict[datetime, int]]:
    found = select(*_SUMS).where(ledger_sums.c.measure == "accepted", ledger_sums.c.hour >= start, ledger_sums.c.hour < end)
    accepted: dict[str, dict[datetime, int]] = defaultdict(dict)
    for row in connection.execute(found):
        accepted[row.connector][row.hour] = row.messages
    return accepted


def _silences(connector: str, hours: dict[datetime, int], start: datetime, end: datetime) -> list[Hole]:
    found: list[Hole] = []
    hour = start
    while hour + _HOUR <= end:
        usual = sorted(hours.get(hour - week * _WEEK, 0) for week in range(1, _WEEKS + 1))[::-1]
        if not hours.get(hour) and usual[_USUAL - 1]:
            if found and found[-1].end == hour:
                found[-1] = found[-1]._replace(end=hour + _HOUR, usual=found[-1].usual + usual[_USUAL - 1])
            else:
                found.append(Hole(connector, hour, hour + _HOUR, usual[_USUAL - 1], 0))
        hour += _HOUR
    return found


def _arrived_later(connection: Connection, hole: Hole) -> int:
    found = select(func.count()).where(
        ledger.c.connector == hole.connector,
        ledger.c.occurred_at >= hole.start,
        ledger.c.occurred_at < hole.end,
        ledger.c.received_at >= hole.end,
        ledger.c.received_at < hole.end + _ARRIVE_WITHIN,
    )
    return connection.execute(found).scalar_one()
