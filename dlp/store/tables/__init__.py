"""The tables of the record, one module an area; each row's words are told where its table is."""

from dlp.store.columns import METADATA
from dlp.store.tables import access, duties, record, trust

__all__ = ["METADATA", "access", "duties", "record", "trust"]
