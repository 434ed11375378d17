"""Both databases answer every question alike: each case is compared with what plain Python finds."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, delete, select, update

from dlp.records import Decision, Severity
from dlp.store.changes import changed
from dlp.store.database import Database
from dlp.store.search import index, listing, order
from dlp.store.search.conditions import Asked
from dlp.store.search.facets import ALL_FACETS, counted_by_sql, counts_of, total_of
from dlp.store.search.query import Grouping, Query, Sort, Viewer
from dlp.store.tables.record import changes, incident_history, incident_words, incidents
from tests.builders import WEDNESDAY_NOON
from tests.store.incidents.records import an_incident, an_occurrence

OFFICER = Viewer("officer")
TEXTS = {
    "one": "…паспорта клиентов ⟦0:RU_PASSPORT:●●●● ●●●●●●⟧ отправил в чат…",
    "two": "…ключи сервера и пароль ⟦0:PASSWORD:●●●●⟧ sent keys…",
    "three": "…клиентов паспорта ⟦0:CREDIT_CARD:●●●● ●●●● ●●●● 1111⟧ и пacпорт…",
    "four": "снежинка 50% _under_score it's \\back\\ 'quoted'",
    "five": "Проект ёлка",
}
QUESTIONS = {
    "паспорт": {"one", "three"},
    "паспортами клиенту": {"one", "three"},
    '"паспорта клиентов"': {"one"},
    '"клиентов паспорта"': {"three"},
    '"клиент отправить"': set(),
    "клю*": {"two"},
    "паспорта*": {"one", "three"},
    "key": {"two"},
    "1111": {"three"},
    "ru_passport": {"one"},
    "ru_*": {"one"},
    "ru": set(),
    "елки": {"five"},
    "ПACПOPT": {"one", "three"},
    "паспорт пароль": set(),
    "under_score": {"four"},
    "и": {"two", "three"},
    "back": {"four"},
    "' OR 1": set(),
    '"': {"one", "two", "three", "four", "five"},
    "inc-2": {"two"},
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_finds_the_same_in_both_databases(database: Database, question: str) -> None:
    names = database.write(_write_texts)
    with database.reading() as connection:
        found = listing.ids_of(connection, _asked(Query(text=question)))
    assert {names[id] for id, _ in found} == QUESTIONS[question]


def test_words_of_different_texts_of_an_incident_answer_together_but_are_no_phrase(database: Database) -> None:
    def write(connection: Any) -> None:
        id = an_incident(connection, words="первый конверт")
        index.add(connection, id, "второй пакет")

    database.write(write)
    with database.reading() as connection:
        assert total_of(connection, _asked(Query(text="конверт пакет"))) == 1
        assert total_of(connection, _asked(Query(text='"конверт второй"'))) == 0


def test_removed_words_are_found_no_more_whoever_removes_them(database: Database) -> None:
    id = database.write(lambda connection: an_incident(connection, words="снежинка"))
    seq = database.write(lambda connection: an_occurrence(connection, id, snippet="метель ⟦0:PASSWORD:●●●●⟧"))
    database.write(lambda connection: connection.execute(delete(incident_words).where(incident_words.c.ledger_seq == seq)))
    database.write(index.compact)
    with database.reading() as connection:
        assert total_of(connection, _asked(Query(text="метель"))) == 0
        assert total_of(connection, _asked(Query(text="снежинка"))) == 1


FILTERS = [
    Query(),
    Query(state=("opened", "assigned")),
    Query(severity=Severity.HIGH),
    Query(severity=Severity.MEDIUM, severity_is=(Severity.MEDIUM, Severity.LOW), state=("closed",)),
    Query(decision=(Decision.BLOCK,), zone=("none", "foreign")),
    Query(policy=("p1",), rule=("r1", "r2")),
    Query(assignee=("none",)),
    Query(assignee=("anna",), department=("sales",)),
    Query(entity=("RU_INN",)),
    Query(entity=("RU_INN", "VIN"), tag=("a_b",)),
    Query(tag=("ab",)),
    Query(held=True),
    Query(held=False, gaps=True),
    Query(overdue=True),
    Query(overdue=False),
    Query(snoozed=True),
    Query(snoozed=False),
    Query(marked_demo=True),
    Query(case=("case-1",)),
    Query(case=("any",), connector=("slack",)),
    Query(opened_from=WEDNESDAY_NOON + timedelta(hours=10), opened_until=WEDNESDAY_NOON + timedelta(hours=30)),
    Query(due_from=WEDNESDAY_NOON, due_until=WEDNESDAY_NOON + timedelta(hours=20)),
    Query(excluded=(("policy", "p1"), ("zone", "foreign"))),
    Query(excluded=(("zone", "none"), ("severity_is", "low"), ("decision", "block"))),
    Query(excluded=(("entity", "VIN"), ("assignee", "anna"))),
    Query(text="ключ", state=("opened",)),
    Query(person=("none",), conversation=("c1", "c2")),
    Query(resolution=("false_positive", "none"), sort=Sort.UPDATED),
]


@pytest.mark.parametrize("viewer", [OFFICER, Viewer("limited", ("sales", "legal"))], ids=["all", "two departments"])
def test_filters_totals_facets_and_orders_agree_with_plain_python(database: Database, viewer: Viewer) -> None:
    database.write(_write_many)
    with database.reading() as connection:
        joined = incidents.join(incident_words, incident_words.c.incident_id == incidents.c.id)
        rows = [dict(row._mapping) for row in connection.execute(select(incidents, incident_words.c.words).select_from(joined))]
        for query in FILTERS:
            asked = Asked(query, viewer, WEDNESDAY_NOON + timedelta(hours=20))
            expected = [row for row in rows if _passes(row, asked)]
            assert {id for id, _ in listing.ids_of(connection, asked)} == {row["id"] for row in expected}, query
            counts = counts_of(connection, asked)
            assert counts == counted_by_sql(connection, asked), query
            assert counts.total == len(expected)
            connectors = Counter(row["connector"] for row in rows if _passes(row, asked, but="connector"))
            assert {one.value: one.incidents for one in counts.facets["connector"]} == connectors


@pytest.mark.parametrize("sort", list(Sort))
def test_an_order_is_total_and_its_pages_lead_through_everything_both_ways(database: Database, sort: Sort) -> None:
    database.write(_write_many)
    asked = _asked(Query(sort=sort))
    with database.reading() as connection:
        everything = [id for id, _ in listing.ids_of(connection, asked)]
        forth = _walk(connection, asked)
        assert forth == everything
        assert _walk_back(connection, asked) == everything


def test_the_ruler_leads_to_every_row_it_names(database: Database) -> None:
    database.write(_write_many)
    asked = _asked(Query())
    with database.reading() as connection:
        everything = [id for id, _ in listing.ids_of(connection, asked)]
        for mark in listing.ruler_of(connection, asked, 7):
            cursor = order.read(mark.cursor) if mark.cursor else None
            assert listing.page_of(connection, asked, cursor, limit=1).rows[0].id == everything[mark.row]


def test_counts_follow_every_change(database: Database) -> None:
    database.write(_write_many)
    draw = random.Random(4)
    for _ in range(20):
        database.write(lambda connection: _change_some(connection, draw))
        with database.reading() as connection:
            for query in FILTERS[:8]:
                asked = _asked(query)
                assert counts_of(connection, asked, ALL_FACETS) == counted_by_sql(connection, asked, ALL_FACETS)


def test_counts_stay_true_where_changes_were_tidied_away_and_rows_are_gone(database: Database) -> None:
    ids = database.write(_write_many)
    asked = _asked(Query())
    with database.reading() as connection:
        counts_of(connection, asked)
    database.write(lambda connection: _change_some(connection, random.Random(5)))
    database.write(lambda connection: connection.execute(delete(changes)))
    database.write(lambda connection: changed(connection, "hold", "x", 1, WEDNESDAY_NOON))
    with database.reading() as connection:
        assert counts_of(connection, asked) == counted_by_sql(connection, asked)
    database.write(lambda connection: _remove(connection, ids[:10]))
    with database.reading() as connection:
        assert counts_of(connection, asked) == counted_by_sql(connection, asked)


def test_groups_tell_the_filter_that_lists_them(database: Database) -> None:
    ids = database.write(_write_many)
    database.write(lambda connection: [an_occurrence(connection, id, digest=bytes([n % 5] * 16)) for n, id in enumerate(ids)])
    with database.reading() as connection:
        for by in Grouping:
            groups, following = listing.groups_of(connection, _asked(Query()), by)
            assert following is None
            for group in groups:
                alike = Query(**{name: tuple(values) for name, values in group.filter.items()})  # type: ignore[arg-type]
                assert total_of(connection, _asked(alike)) == group.incidents
            if by is not Grouping.VALUE:
                assert sum(group.incidents for group in groups) == total_of(connection, _asked(Query()))


def test_a_list_shows_the_latest_snippet_of_each_incident(database: Database) -> None:
    id = database.write(an_incident)
    database.write(lambda connection: an_occurrence(connection, id, snippet="earlier"))
    database.write(lambda connection: an_occurrence(connection, id, snippet="later"))
    with database.reading() as connection:
        assert listing.previews_of(connection, [id]) == {id: "later"}


def _remove(connection: Connection, ids: list[str]) -> None:
    for table in (incident_words, incident_history):
        connection.execute(delete(table).where(table.c.incident_id.in_(ids)))
    connection.execute(delete(incidents).where(incidents.c.id.in_(ids)))


def _asked(query: Query) -> Asked:
    return Asked(query, OFFICER, WEDNESDAY_NOON)


def _write_texts(connection: Any) -> dict[str, str]:
    return {
        an_incident(connection, words=f"INC-{number} {text}"): name for number, (name, text) in enumerate(TEXTS.items(), start=1)
    }


def _write_many(connection: Any) -> list[str]:
    draw = random.Random(7)
    return [
        an_incident(
            connection,
            state=draw.choice(["opened", "assigned", "in_review", "closed", "not_a_leak"]),
            severity=draw.randint(1, 4),
            decision=draw.randint(1, 5),
            policy=draw.choice(["p1", "p2"]),
            rule=draw.choice(["r1", "r2", "r3"]),
            connector=draw.choice(["telegram", "slack"]),
            conversation=draw.choice(["c1", "c2", None]),
            zone=draw.choice(["foreign", "onprem", None]),
            department=draw.choice(["sales", "legal", "it", None]),
            person=draw.choice(["ivan", "olga", None]),
            assignee=draw.choice(["anna", "boris", None]),
            resolution=draw.choice(["false_positive", "training", None]),
            entities=draw.choice(["RU_INN", "RU_INN VIN", "RU_INN_X", ""]),
            tags=draw.choice(["", "a_b", "axb urgent"]),
            held=draw.random() < 0.3,
            gaps=draw.randint(0, 2),
            marked_demo=draw.random() < 0.2,
            case_id=draw.choice([None, None, None, "case-1"]),
            merged_into=draw.choice([None] * 5 + ["another"]),
            opened_at=WEDNESDAY_NOON + timedelta(hours=draw.randint(0, 40)),
            updated_at=WEDNESDAY_NOON + timedelta(hours=draw.randint(0, 40)),
            due_at=draw.choice([None, WEDNESDAY_NOON + timedelta(hours=draw.randint(0, 40))]),
            snoozed_until=draw.choice([None, WEDNESDAY_NOON + timedelta(hours=draw.randint(0, 40))]),
            words=draw.choice(["ключ от сервера", "письмо"]),
        )
        for _ in range(120)
    ]


def _change_some(connection: Any, draw: random.Random) -> None:
    rows = connection.execute(select(incidents.c.id, incidents.c.version)).all()
    for row in draw.sample(rows, 5):
        fields = {
            "state": draw.choice(["opened", "closed", "held"]),
            "assignee": draw.choice([None, "new"]),
            "version": row.version + 1,
        }
        connection.execute(update(incidents).where(incidents.c.id == row.id).values(**fields))
        changed(connection, "incident", row.id, row.version + 1, WEDNESDAY_NOON)
    an_incident(connection, zone=draw.choice(["domestic", "foreign"]))


OPEN = ("opened", "assigned", "in_review")


def _passes(row: dict[str, Any], asked: Asked, but: str = "") -> bool:
    """What a person reading the query would say of a row."""
    query, now = asked.query, asked.now
    if row["merged_into"] or not (
        query.case == ("any",) or (row["case_id"] in query.case if query.case else row["case_id"] is None)
    ):
        return False
    if asked.viewer.departments is not None and row["department"] not in asked.viewer.departments:
        return False
    for name in (
        "state",
        "policy",
        "rule",
        "connector",
        "zone",
        "department",
        "person",
        "conversation",
        "assignee",
        "resolution",
    ):
        values = getattr(query, name)
        if values and name != but and ("none" if row[name] is None else row[name]) not in values:
            return False
    told: dict[str, Callable[[Any], Any]] = {
        "severity": lambda least: row["severity"] >= least,
        "severity_is": lambda wanted: row["severity"] in wanted,
        "decision": lambda wanted: row["decision"] in wanted,
        "entity": lambda wanted: set(wanted) & set(row["entities"].split()),
        "tag": lambda wanted: set(wanted) & set(row["tags"].split()),
        "opened_from": lambda moment: row["opened_at"] >= moment,
        "opened_until": lambda moment: row["opened_at"] < moment,
        "due_from": lambda moment: row["due_at"] is not None and row["due_at"] >= moment,
        "due_until": lambda moment: row["due_at"] is not None and row["due_at"] < moment,
        "text": lambda text: text in row["words"].split(),
    }
    if not all(holds(getattr(query, name)) for name, holds in told.items() if getattr(query, name)):
        return False
    flags = {
        "held": row["held"],
        "gaps": row["gaps"] > 0,
        "marked_demo": row["marked_demo"],
        "overdue": row["due_at"] is not None and row["due_at"] < now and row["state"] in OPEN,
        "snoozed": row["snoozed_until"] is not None and row["snoozed_until"] > now,
    }
    if any(getattr(query, name) is not None and getattr(query, name) is not value for name, value in flags.items()):
        return False
    return not any(_has(row, field, value) for field, value in query.excluded)


def _has(row: dict[str, Any], field: str, value: str) -> bool:
    if field == "entity":
        return value in row["entities"].split()
    told = {
        "severity_is": Severity(row["severity"]).label,
        "decision": Decision(row["decision"]).label,
    }.get(field, row.get(field))
    return ("none" if told is None else told) == value


def _walk(connection: Any, asked: Asked) -> list[str]:
    seen: list[str] = []
    cursor = None
    while True:
        page = listing.page_of(connection, asked, cursor, limit=7)
        seen += [row.id for row in page.rows]
        if page.next is None:
            return seen
        cursor = order.read(page.next)


def _walk_back(connection: Any, asked: Asked) -> list[str]:
    page = listing.page_of(connection, asked, limit=7)
    while page.next is not None:
        page = listing.page_of(connection, asked, order.read(page.next), limit=7)
    seen = [row.id for row in page.rows]
    while page.previous is not None:
        page = listing.page_of(connection, asked, order.read(page.previous), limit=7)
        seen = [row.id for row in page.rows] + seen
    return seen
