"""The report of a period: by department, policy, channel and outcome, times to resolve, reveals, exceptions, accepted gaps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection

from dlp.records import Severity
from dlp.report.pdf import Report, Table
from dlp.report.words import Words
from dlp.store import exports, statistics
from dlp.store.search.query import Viewer
from dlp.store.statistics import Looking, Named, Period

if TYPE_CHECKING:
    from collections.abc import Mapping

_BY: Final = (("by_department", ("department",)), ("by_policy", ("policy", "rule")), ("by_channel", ("connector", "zone")))


def report_of(connection: Connection, period: Period, now: datetime, words: Words) -> Report:
    """Everything of a period, for the auditor: nothing in it is text of a message."""
    looking = Looking(Viewer("report"), now)
    tables = [_messages(statistics.messages_by(connection, period), words)]
    for name, fields in _BY:
        tables.append(_named(words, name, fields, statistics.by_fields(connection, looking, period, fields)))
    tables += [
        _named(words, "by_outcome", ("resolution",), statistics.by_fields(connection, looking, period, ("resolution",))),
        _durations(words, statistics.times_to_resolve(connection, looking, period)),
        _named(words, "would_have_stopped", ("policy", "rule"), statistics.would_have_stopped(connection, looking, period)),
        _counted(words, "reveals", exports.reveals_by_reason(connection, period.start, period.end)),
        _counted(words, "exceptions", exports.exceptions_by_scope(connection, period.start, period.end)),
        _counted(words, "gaps", exports.gaps_by_reason(connection, period.start, period.end)),
    ]
    about = (words.period(period.start, period.end), words.made(now))
    return Report(words["monthly"], about, tables, words["page"])


def rows_of(report: Report) -> list[dict[str, Any]]:
    """The report's tables as rows of data files: the table, the line's labels and its numbers."""
    return [
        {"table": table.title, **{str(title): value for title, value in zip(table.head, row, strict=True)}}
        for table in report.tables
        for row in table.rows
    ]


def _messages(measures: Mapping[str, tuple[int, int]], words: Words) -> Table:
    rows = [(words.measure(name), now, before) for name, (now, before) in measures.items()]
    return Table(words["messages"], (words["measure"], words["count"], words["before"]), rows, (3, 1, 1), words["nothing"])


def _named(words: Words, title: str, fields: Sequence[str], found: Sequence[Named]) -> Table:
    head = (*(words[field] for field in fields), words["incidents"], words["before"])
    rows = [
        (*(words.value(one.labels.get(field)) for field in fields), one.number.incidents, one.number.previous) for one in found
    ]
    return Table(words[title], head, rows, (*(3 for _ in fields), 1, 1), words["nothing"])


def _durations(words: Words, found: Sequence[Any]) -> Table:
    hours: Callable[[float], str] = lambda seconds: f"{seconds / 3600:.1f}"  # noqa: E731 - one use, read in one place
    rows = [
        (words.value(Severity(one.severity).label), one.number.incidents, hours(one.median), hours(one.ninth_decile))
        for one in found
    ]
    head = (words["severity"], words["incidents"], words["median_hours"], words["ninth_decile_hours"])
    return Table(words["times"], head, rows, (3, 1, 1, 1), words["nothing"])


def _counted(words: Words, title: str, found: Sequence[tuple[str, int]]) -> Table:
    rows = [(words.value(name), count) for name, count in found]
    return Table(words[title], (words["kind"], words["count"]), rows, (4, 1), words["nothing"])
