"""A page of a long list is read off an index: SQLite neither sorts nor scans the incidents for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from dlp.store.columns import METADATA
from dlp.store.database import Database
from dlp.store.search import listing, order
from dlp.store.search.conditions import Asked
from dlp.store.search.facets import counts_of
from dlp.store.search.query import Query, Sort, Viewer
from tests.builders import WEDNESDAY_NOON
from tests.store.incidents.records import an_incident


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Database]:
    opened = Database(f"sqlite:///{tmp_path / 'record.db'}")
    METADATA.create_all(opened.engine)
    hours = [timedelta(hours=number) for number in range(40)]
    opened.write(lambda connection: [an_incident(connection, opened_at=WEDNESDAY_NOON + hour) for hour in hours])
    yield opened
    opened.close()


@pytest.mark.parametrize("sort", [Sort.SEVERITY, Sort.AGE, Sort.NEWEST, Sort.UPDATED])
def test_a_page_in_the_middle_is_read_off_an_index(record: Database, sort: Sort) -> None:
    asked = Asked(Query(state=("opened",), sort=sort), Viewer("anna"), WEDNESDAY_NOON, 40)
    with record.reading() as connection:
        first = listing.page_of(connection, asked, limit=10)
    assert first.next is not None
    cursor = order.read(first.next)
    plans = _plans(record, lambda connection: listing.page_of(connection, asked, cursor, limit=10))
    (plan,) = plans
    assert "SEARCH incidents USING INDEX" in plan[0]
    assert not [step for step in plan if "SCAN incidents" in step or "TEMP B-TREE FOR ORDER BY" in step], plan


def test_counting_again_reads_what_changed_alone(record: Database) -> None:
    asked = Asked(Query(state=("opened",)), Viewer("anna"), WEDNESDAY_NOON)
    with record.reading() as connection:
        counts_of(connection, asked)
    record.write(an_incident)
    for plan in _plans(record, lambda connection: counts_of(connection, asked)):
        # The number of rows is counted by the pages of an index.
        assert not [step for step in plan if step.startswith("SCAN incidents") and "COVERING" not in step], plan


def _plans(record: Database, ask: Any) -> list[list[str]]:
    """How SQLite goes about each SELECT that is asked."""
    asked: list[tuple[str, Any]] = []

    def keep(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, parameters))

    with record.reading() as connection:
        event.listen(record.engine, "before_cursor_execute", keep)
        try:
            ask(connection)
        finally:
            event.remove(record.engine, "before_cursor_execute", keep)
        explained = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {told}", values) for told, values in asked]
        return [[row.detail for row in rows] for rows in explained]
