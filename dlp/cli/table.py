"""A table a person reads: one row a message that is not allowed or in which something was found, and a summary."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple
from unicodedata import combining, east_asian_width

from dlp.cli.excerpt import excerpt_of, printable
from dlp.records import Decision, Inspection

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from dlp.cli.tally import Tally
    from dlp.errors import InputFault

_COLUMNS: Final = ("DECISION", "MESSAGE", "CHAT", "SENDER", "WHY")
_WIDE, _NARROW = (8, 12, 18, 18, 40), (8, 8, 10, 10, 28)
_WIDE_FROM: Final = 140
_EXCERPT_AT_LEAST: Final = 20
_COLOURS: Final = {
    Decision.ALLOW: "2",
    Decision.ALERT: "33",
    Decision.COACH: "33",
    Decision.REDACT: "35",
    Decision.HOLD: "31",
    Decision.BLOCK: "1;31",
}


class TableForm(NamedTuple):
    """Columns of fixed width, the excerpt in what is left of `width`; `colour` only where a terminal shows it."""

    show_values: bool = False
    colour: bool = False
    width: int = 160

    def head(self) -> str:
        return self._row(list(_COLUMNS), "EXCERPT", "1")

    def line(self, inspection: Inspection) -> str:
        message, scan, judgement, verdict, *_ = inspection
        if not (verdict.decision or judgement.hits or scan.findings):
            return ""
        chat = message.chat_title or message.conversation or message.connector or ""
        cells = [verdict.decision.label, message.id, chat, message.sender_name or message.sender or "", _why(inspection)]
        return self._row(cells, excerpt_of(inspection, show_values=self.show_values), _COLOURS[verdict.decision])

    def fault(self, fault: InputFault) -> str:
        return self._painted("error", "31") + " " * 5 + printable(str(fault)) + "\n"

    def foot(self, tally: Tally, seconds: float) -> str:
        rate = f", {_grouped(int(tally.messages / seconds))} a second" if seconds > 0 else ""
        lines = [
            f"{_grouped(tally.messages)} messages in {seconds:.1f} s{rate}",
            *_counts("decisions", tally.decisions),
            *_counts("policies", tally.policies),
            *_counts("found", tally.entities),
            *_counts("not read", tally.gaps),
            *_counts("undecided", {"for want of knowledge of people and chats": tally.unknown}),
            *_counts("input", {"unreadable places": tally.faults}),
        ]
        return "\n" + "\n".join(lines) + "\n"

    def _row(self, cells: list[str], excerpt: str, colour: str) -> str:
        widths = _WIDE if self.width >= _WIDE_FROM else _NARROW
        left = max(_EXCERPT_AT_LEAST, self.width - sum(widths) - 2 * len(widths))
        fitted = [_fitted(printable(cell), width) for cell, width in zip(cells, widths, strict=True)]
        fitted[0] = self._painted(fitted[0], colour)
        return "  ".join([*fitted, _fitted(excerpt, left)]).rstrip() + "\n"

    def _painted(self, text: str, colour: str) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self.colour else text


def _why(inspection: Inspection) -> str:
    """The strictest rule hit, else what was found."""
    hits, verdict = inspection.judgement.hits, inspection.verdict
    if hits:
        worst = max(hits, key=lambda hit: (hit.decision, hit.severity))
        would = f"(would {verdict.would.label}) " if verdict.would > verdict.decision else ""
        return f"{would}{worst.policy}/{worst.rule}" + (f" +{len(hits) - 1}" if len(hits) > 1 else "")
    found = Counter(finding.entity for finding in inspection.scan.findings)
    gaps = (f"{gap.reason.value} {gap.origin}" for gap in inspection.scan.gaps)
    return ", ".join(f"{entity} ×{count}" if count > 1 else entity for entity, count in found.items()) or ", ".join(gaps)


def _counts(label: str, counts: Mapping[str, int]) -> Iterable[str]:
    told = [f"{name} {_grouped(count)}" for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])) if count]
    return [f"{label:<10} {' · '.join(told)}"] if told else []


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", " ")


def _fitted(text: str, width: int) -> str:
    """The text in exactly `width` terminal cells, an ellipsis where it was cut."""
    if text.isascii() and len(text) <= width:
        return text.ljust(width)
    taken: list[str] = []
    cells = 0
    for sign in text:
        wide = 0 if combining(sign) else 2 if east_asian_width(sign) in "WF" else 1
        if cells + wide > width:
            return _cut(taken, cells, width)
        taken.append(sign)
        cells += wide
    return "".join(taken) + " " * (width - cells)


def _cut(taken: list[str], cells: int, width: int) -> str:
    while taken and cells >= width:
        cells -= 0 if combining(taken[-1]) else 2 if east_asian_width(taken[-1]) in "WF" else 1
        taken.pop()
    return "".join(taken) + "…" + " " * (width - cells - 1)
