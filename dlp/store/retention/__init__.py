"""What ends: days whose time is over, rows of the ledger, what one person wrote; legal holds that keep some of it."""

from dlp.store.retention.expiry import Swept, sweep

__all__ = ["Swept", "sweep"]
