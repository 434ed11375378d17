"""The incidents a term is found in, asked of FTS5 in SQLite and of tsvector in PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Text, cast, func, literal, literal_column, select
from sqlalchemy.dialects.postgresql import TSQUERY

from dlp.store.search.question import Term
from dlp.store.search.words import lemma_of
from dlp.store.tables.record import incident_words


def incidents_with(term: Term, dialect: str) -> Select[Any]:
    """The ids of incidents one of whose texts holds the term."""
    found = select(incident_words.c.incident_id).where(_MATCHES[dialect](term))
    if len(term.words) > 1:
        # The index tells which texts hold all the words, the text itself whether they stand together.
        told = literal(" ") + incident_words.c.words + literal(" ")
        found = found.where(told.contains(f" {' '.join(term.words)} ", autoescape=True))
    return found


def _fts5(term: Term) -> ColumnElement[bool]:
    asked = " AND ".join(f'"{word}"' for word in term.words)
    if term.beginning:
        asked = f'{asked}* OR "{lemma_of(term.words[0])}"'
    rows: Select[Any] = select(literal_column("rowid")).select_from(func.incident_search(asked))
    return incident_words.c.id.in_(rows)


def _tsvector(term: Term) -> ColumnElement[bool]:
    asked = " & ".join(f"'{word}'" for word in term.words)
    if term.beginning:
        asked = f"{asked}:* | '{lemma_of(term.words[0])}'"
    vector: ColumnElement[Any] = literal_column("array_to_tsvector(string_to_array(incident_words.words, ' '))")
    return vector.bool_op("@@")(cast(literal(asked, Text), TSQUERY))


_MATCHES: Final[MappingProxyType[str, Callable[[Term], ColumnElement[bool]]]] = MappingProxyType(
    {"sqlite": _fts5, "postgresql": _tsvector}
)
