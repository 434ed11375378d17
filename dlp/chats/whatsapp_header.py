"""WhatsApp: the header that begins each message of an exported chat, and the order of day and month in it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from enum import Enum
from typing import NamedTuple

# U+200E and U+200F stand before many headers, U+202F or U+00A0 before AM; iOS writes brackets, Android " - ".
_HEADER = re.compile(
    r"[\u200e\u200f\u202a-\u202e\ufeff]*\[?"
    r"(\d{1,4})[-/.]\s?(\d{1,2})[-/.]\s?(\d{1,4})[,.]?\s{1,2}"
    r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?(?:\s?([ap]\.?\s?m\.?|[дп]п))?"
    r"(?:\]|\s-)(?:\s|$)",
    re.IGNORECASE,
)


class DateOrder(Enum):
    """The order in which an export writes its dates: a setting of the phone that the file does not tell."""

    DAY_FIRST = "day, month, year"
    MONTH_FIRST = "month, day, year"
    YEAR_FIRST = "year, month, day"


class Header(NamedTuple):
    """When a message was sent, the date's numbers as written; `rest` is where the line goes on."""

    numbers: tuple[str, str, str]
    clock: tuple[int, int, int]
    twelve_hours: bool
    rest: int

    def moment(self, order: DateOrder) -> datetime | None:
        """The local time, without a zone, or None where the numbers are no date in this order."""
        first, second, third = map(int, self.numbers)
        year, month, day = {
            DateOrder.DAY_FIRST: (third, second, first),
            DateOrder.MONTH_FIRST: (third, first, second),
            DateOrder.YEAR_FIRST: (first, second, third),
        }[order]
        try:
            moment = datetime(year + 2000 if year < 100 else year, month, day, *self.clock, tzinfo=UTC)
        except ValueError:
            return None
        return moment.replace(tzinfo=None)


def header_of(line: str) -> Header | None:
    """The header a line begins with, or None: the line continues the message before it."""
    match = _HEADER.match(line)
    if match is None:
        return None
    first, second, third, hour, minute, second_of_minute, meridiem = match.groups()
    clock = _clock(int(hour), int(minute), int(second_of_minute or 0), meridiem)
    return Header((first, second, third), clock, meridiem is not None, match.end()) if clock else None


def _clock(hour: int, minute: int, second: int, meridiem: str | None) -> tuple[int, int, int] | None:
    if meridiem:
        if not 1 <= hour <= 12:
            return None
        afternoon = meridiem[0] in "pPпП"
        hour = hour % 12 + (12 if afternoon else 0)
    return (hour, minute, second) if hour < 24 and minute < 60 and second < 60 else None


class DateOrders:
    """Finds the order of day and month over a whole file: what a number may be, else in which order time seldom runs back."""

    __slots__ = ("_possible", "_previous", "_reversals", "_twelve_hours")

    def __init__(self) -> None:
        self._possible = dict.fromkeys(DateOrder, True)
        self._reversals = dict.fromkeys(DateOrder, 0)
        self._previous: dict[DateOrder, tuple[int, ...]] = {}
        self._twelve_hours = False

    def see(self, header: Header) -> None:
        """Takes in the header of one message, in the order of the file."""
        first, second, third = map(int, header.numbers)
        year_first = len(header.numbers[0]) == 4
        self._twelve_hours |= header.twelve_hours
        for order, date in (
            (DateOrder.DAY_FIRST, (third, second, first)),
            (DateOrder.MONTH_FIRST, (third, first, second)),
            (DateOrder.YEAR_FIRST, (first, second, third)),
        ):
            if (order is DateOrder.YEAR_FIRST) is not year_first or not (1 <= date[1] <= 12 and 1 <= date[2] <= 31):
                self._possible[order] = False
            self._reversals[order] += date < self._previous.get(order, date)
            self._previous[order] = date

    def order(self) -> DateOrder:
        """The order found; where both fit equally, day first, but month first where the clock has twelve hours."""
        possible = [order for order in DateOrder if self._possible[order]] or [DateOrder.DAY_FIRST]
        fewest = min(self._reversals[order] for order in possible)
        best = [order for order in possible if self._reversals[order] == fewest]
        return DateOrder.MONTH_FIRST if self._twelve_hours and DateOrder.MONTH_FIRST in best else best[0]
