"""The form results are written in: JSON for programs, CSV for spreadsheets, a table for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from dlp.cli.tally import Tally
    from dlp.errors import InputFault
    from dlp.records import Inspection

FORMS = ("json", "table", "csv")


class Form(Protocol):
    """Writes results; every text ends with a line break or is empty. Forms travel to worker processes, so they pickle."""

    def head(self) -> str:
        """What stands before all messages."""
        ...

    def line(self, inspection: Inspection) -> str:
        """One message's lines; "" where this form leaves it out."""
        ...

    def fault(self, fault: InputFault) -> str:
        """One unreadable place of the input."""
        ...

    def foot(self, tally: Tally, seconds: float) -> str:
        """What stands below all messages."""
        ...


def form_named(name: str, *, show_values: bool, colour: bool, width: int) -> Form:
    """The form of a name in `FORMS`; only it is imported."""
    if name == "table":
        from dlp.cli.table import TableForm

        return TableForm(show_values, colour, width)
    if name == "csv":
        from dlp.cli.csv_form import CsvForm

        return CsvForm(show_values)
    from dlp.cli.json_form import JsonForm

    return JsonForm(show_values)
