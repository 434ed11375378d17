"""A list opened once keeps its rows while others arrive: none is skipped, none comes twice."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from dlp.store.columns import METADATA
from dlp.store.database import Database
from dlp.store.search import listing, order
from dlp.store.search.conditions import Asked
from dlp.store.search.facets import counts_of, newer_of, total_of
from dlp.store.search.query import Query, Sort, Viewer
from tests.builders import WEDNESDAY_NOON
from tests.store.incidents.records import an_incident

OFFICER = Viewer("officer")


class Arrival(NamedTuple):
    severity: int
    hours: int


arrivals = st.builds(Arrival, st.integers(1, 4), st.integers(0, 6))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    before=st.lists(arrivals, max_size=25),
    between=st.lists(st.lists(arrivals, max_size=4), max_size=20),
    sort=st.sampled_from([Sort.SEVERITY, Sort.AGE, Sort.NEWEST, Sort.DUE]),
    limit=st.integers(1, 6),
)
def test_paging_with_random_arrivals_never_skips_or_repeats_a_row(
    before: list[Arrival], between: list[list[Arrival]], sort: Sort, limit: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'record.db'}")
        METADATA.create_all(database.engine)
        database.write(lambda connection: _arrive(connection, before))
        with database.reading() as connection:
            as_of = listing.latest_change(connection)
            asked = Asked(Query(sort=sort), OFFICER, WEDNESDAY_NOON, as_of)
            expected = listing.ids_of(connection, asked)
        seen, cursor, waiting = [], None, list(between)
        while True:
            with database.reading() as connection:
                page = listing.page_of(connection, asked, cursor, limit=limit)
                assert counts_of(connection, asked).total == total_of(connection, asked) == len(before)
            seen += [(row.id, row.number) for row in page.rows]
            if page.next is None:
                break
            cursor = order.read(page.next)
            if waiting:
                arrived = waiting.pop()
                database.write(partial(_arrive, arrived=arrived))
        database.close()
    assert seen == expected


def test_what_arrived_since_is_counted_beside_the_list(database: Database) -> None:
    database.write(lambda connection: _arrive(connection, [Arrival(3, 0)] * 3))
    with database.reading() as connection:
        as_of = listing.latest_change(connection)
    database.write(lambda connection: _arrive(connection, [Arrival(4, 0), Arrival(1, 0)]))
    asked = Asked(Query(state=("opened",)), OFFICER, WEDNESDAY_NOON, as_of)
    with database.reading() as connection:
        assert total_of(connection, asked) == counts_of(connection, asked).total == 3
        assert newer_of(connection, asked, as_of) == 2


def _arrive(connection: Connection, arrived: list[Arrival]) -> None:
    for one in arrived:
        opened = WEDNESDAY_NOON + timedelta(hours=one.hours)
        an_incident(connection, severity=one.severity, opened_at=opened, due_at=opened + timedelta(hours=one.severity))
