"""CSV for spreadsheets (RFC 4180): one row a finding, hit, undecided rule, gap or unreadable place of the input."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import StringIO
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from dlp.cli.tally import Tally
    from dlp.errors import InputFault
    from dlp.records import Inspection

_FINDING: Final = ("entity", "detector", "start", "end", "confidence", "origin")
_COLUMNS: Final = ("id", "decision", "kind", *_FINDING, "policy", "rule", "severity", "mode", "missing", "reason", "error")
_Row = dict[str, object]


class CsvForm(NamedTuple):
    """Rows under one header; `show_values` adds a last column with each finding's normalised value."""

    show_values: bool = False

    def head(self) -> str:
        return ",".join(self._columns()) + "\n"

    def line(self, inspection: Inspection) -> str:
        scan, judgement = inspection.scan, inspection.judgement
        if not (scan.findings or scan.gaps or judgement.hits or judgement.unknown):
            return ""
        same = {"id": inspection.message.id, "decision": inspection.verdict.decision.label}
        return self._text({**same, **row} for row in _rows(inspection))

    def fault(self, fault: InputFault) -> str:
        return self._text([{"kind": "error", "error": str(fault)}])

    def foot(self, tally: Tally, seconds: float) -> str:
        return ""

    def _columns(self) -> tuple[str, ...]:
        return (*_COLUMNS, "value") if self.show_values else _COLUMNS

    def _text(self, rows: Iterable[_Row]) -> str:
        sheet = StringIO()
        writer = csv.DictWriter(sheet, self._columns(), extrasaction="ignore", lineterminator="\n")
        writer.writerows({name: _harmless(cell) for name, cell in row.items()} for row in rows)
        return sheet.getvalue()


def _rows(inspection: Inspection) -> Iterable[_Row]:
    for finding in inspection.scan.findings:
        yield {"kind": "finding", "value": finding.value, **{name: getattr(finding, name) for name in _FINDING}}
    for hit in inspection.judgement.hits:
        where = {"policy": hit.policy, "rule": hit.rule}
        yield {"kind": "hit", **where, "severity": hit.severity.label, "mode": hit.mode.value}
    for unknown in inspection.judgement.unknown:
        yield {"kind": "unknown", "policy": unknown.policy, "rule": unknown.rule, "missing": " ".join(unknown.missing)}
    for gap in inspection.scan.gaps:
        yield {"kind": "gap", "origin": gap.origin, "reason": gap.reason.value}


def _harmless(cell: object) -> object:
    """A cell no spreadsheet takes for a formula (CWE-1236): file names and ids come from whoever wrote the message."""
    if isinstance(cell, str) and cell[:1] in {"=", "+", "-", "@", "\t", "\r"} and not cell[1:].isdigit():
        return f"'{cell}"
    return cell
