"""The index of incidents' words: FTS5 in SQLite, a GIN index of tsvector in PostgreSQL, the same words and answers in both.

A row of `incident_words` is what one text gave. The database keeps its index by itself from the rows, so whoever removes
rows (a day that is shredded, a person who is erased) removes them from the index.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, delete, event, insert, text

from dlp.store.search.words import words_of
from dlp.store.tables.record import incident_words

# The words are ours: the tokenizer only parts them at the spaces, where every character beyond ASCII belongs to a word.
_TABLE: Final = """
CREATE VIRTUAL TABLE IF NOT EXISTS incident_search USING fts5(
    words, content='incident_words', content_rowid='id', columnsize=0, detail=none, tokenize="ascii tokenchars '_'")"""
_ADDED: Final = """
CREATE TRIGGER IF NOT EXISTS incident_words_added AFTER INSERT ON incident_words BEGIN
    INSERT INTO incident_search(rowid, words) VALUES (new.id, new.words);
END"""
_REMOVED: Final = """
CREATE TRIGGER IF NOT EXISTS incident_words_removed AFTER DELETE ON incident_words BEGIN
    INSERT INTO incident_search(incident_search, rowid, words) VALUES ('delete', old.id, old.words);
END"""
_CHANGED: Final = """
CREATE TRIGGER IF NOT EXISTS incident_words_changed AFTER UPDATE OF words ON incident_words BEGIN
    INSERT INTO incident_search(incident_search, rowid, words) VALUES ('delete', old.id, old.words);
    INSERT INTO incident_search(rowid, words) VALUES (new.id, new.words);
END"""
_GIN: Final = """
CREATE INDEX IF NOT EXISTS ix_incident_words_search
    ON incident_words USING gin (array_to_tsvector(string_to_array(words, ' ')))"""
_FTS5: Final = (_TABLE, _ADDED, _REMOVED, _CHANGED)
_TSVECTOR: Final = (_GIN,)
_FTS5_REMOVED: Final = (
    "DROP TRIGGER IF EXISTS incident_words_added", "DROP TRIGGER IF EXISTS incident_words_removed",
    "DROP TRIGGER IF EXISTS incident_words_changed", "DROP TABLE IF EXISTS incident_search",
)  # fmt: skip
_TSVECTOR_REMOVED: Final = ("DROP INDEX IF EXISTS ix_incident_words_search",)

_ORDINAL: Final = re.compile(r"⟦\d*:")  # of a mark: ⟦3:RU_PASSPORT:●●●●⟧ is found by its entity and by what its shape shows


class Words(NamedTuple):
    """A text to be found by: a masked snippet (`ledger_seq` says whose), a comment (`history_id`), or neither: a title."""

    incident_id: str
    text: str
    ledger_seq: int | None = None
    history_id: int | None = None


def create_search(connection: Connection) -> None:
    """Builds the index beside `incident_words`; does nothing where it stands already."""
    for statement in _FTS5 if connection.dialect.name == "sqlite" else _TSVECTOR:
        connection.execute(text(statement))


def drop_search(connection: Connection) -> None:
    """Takes the index away; the words stay."""
    for statement in _FTS5_REMOVED if connection.dialect.name == "sqlite" else _TSVECTOR_REMOVED:
        connection.execute(text(statement))


def add(connection: Connection, incident_id: str, text: str, ledger_seq: int | None = None) -> None:
    """Makes an incident findable by the words of a masked text. Never hand over a text that is not masked."""
    add_many(connection, (Words(incident_id, text, ledger_seq),))


def add_many(connection: Connection, texts: Iterable[Words]) -> None:
    """The same for several texts at once."""
    rows = [
        {"incident_id": one.incident_id, "ledger_seq": one.ledger_seq, "history_id": one.history_id, "words": " ".join(words)}
        for one in texts
        if (words := words_of(_ORDINAL.sub("⟦", one.text)))
    ]
    if rows:
        connection.execute(insert(incident_words), rows)


def remove_comment(connection: Connection, history_id: int) -> None:
    """Forgets the words of a comment that was taken back."""
    connection.execute(delete(incident_words).where(incident_words.c.history_id == history_id))


def compact(connection: Connection) -> None:
    """Rewrites the index without what was removed: after a shred no page of it may still hold the words."""
    if connection.dialect.name == "sqlite":
        connection.execute(text("INSERT INTO incident_search(incident_search) VALUES ('optimize')"))


@event.listens_for(incident_words, "after_create")
def _created(_table: Any, connection: Connection, **_options: Any) -> None:
    create_search(connection)
