"""What touches a number: whether it stands free in a sentence, and whether it looks like a phone or a moment in time."""

from __future__ import annotations

from dlp.detect.detector import Number, Pattern
from dlp.detect.view import View

_FREE_BEFORE = frozenset(" \t\r\n\"'([{<>|,;:*`~\x1e\ufffd-")
_FREE_AFTER = frozenset(" \t\r\n\"')]}<>|,;:*`~.!?\x1e\ufffd")
_IN_LINE = frozenset(" .-_*~`")
_WIDE = 2

# A key of a log line, a query or a configuration: "offset=", '"id": '.
_KEY = Pattern(r"[a-z_][\w.-]{0,40}(?:[\"']\s?:|\s?=)\s?[\"']?$")
_NUMBER_SIGN = Pattern(r"(?:№|#|\bno\.|\bn\s|\+\d{0,3}[ (-]{0,2}|[№#]\s?\d{1,4}[ -])$")
_PHONE_PREFIX = Pattern(r"(?<!\d)(?:\+?7|8)[ (.-]{1,2}$")
_AREA_CODES = frozenset("495 499 498 812 800 804 343 383 831 846 863 861 843 342".split())


def stands_free(number: Number, view: View) -> bool:
    """True where the number is a word of its own: not a part of an address, a code, a decimal, a log line's value."""
    text, start, end = view.text, number.start, number.end
    if start and text[start - 1] not in _FREE_BEFORE:
        return False
    if start > 1 and text[start - 1] == "-" and text[start - 2] not in " \t\n":
        return False
    if end < len(text):
        if text[end] not in _FREE_AFTER and text[end : end + 2] not in ("- ", "-\n", "/ "):
            return False
        if text[end] in ".,:" and text[end + 1 : end + 2].isalnum() and (text[end] == ":" or text[end + 1].isdigit()):
            return False
    return not _says_what_it_is(view, start)


def _says_what_it_is(view: View, start: int) -> bool:
    before = view.lower[max(0, start - 46) : start]
    told = before.rstrip(" ")
    if told[-1:].isalpha() and not told.endswith("n"):  # nearly always: neither pattern ends in another letter
        return False
    if _NUMBER_SIGN.compiled.search(told) or _NUMBER_SIGN.compiled.search(before):
        return True
    return told.rstrip("\"' \t\n")[-1:] in (":", "=") and _KEY.compiled.search(before) is not None


def phone_code_before(number: Number, view: View) -> bool:
    """True where a country code or trunk prefix stands right before: "+7 ", "8 (", "8-"."""
    return _PHONE_PREFIX.compiled.search(view.text[max(0, number.start - 5) : number.start]) is not None


def plus_before(number: Number, view: View) -> bool:
    """True for "+79…": an international phone number."""
    return "+" in view.text[max(0, number.start - 2) : number.start]


def like_russian_phone(digits: str) -> bool:
    """True for ten digits of a mobile, free or big city number, and eleven with the country or trunk prefix.

    Area codes of the Russian numbering plan (order of the Ministry of Communications No. 205 of 25.04.2023).
    """
    if len(digits) == 11:
        return digits[0] in "78" and digits[1] in "34789"
    return digits[0] == "9" or digits[:3] in _AREA_CODES


def like_unix_time(digits: str) -> bool:
    """True for ten digits that are seconds since 1970 between 2014 and 2033."""
    return len(digits) == 10 and "1400000000" <= digits < "2000000000"


def in_one_line(number: Number) -> bool:
    """True where the groups are parted by at most two characters of a sentence, all in one line and one cell."""
    return all(len(separator) <= 2 and _IN_LINE.issuperset(separator) for separator in number.separators)


def spelled_out(number: Number) -> bool:
    """True where every digit stands alone ("7 7 0 7 …", "7-7-0-7-…"): nobody counts like that, so it is one number."""
    return len(number.groups) == len(number.digits) and len(set(number.separators)) == 1 and len(number.separators[0]) <= _WIDE


def broken_by_line(number: Number) -> bool:
    """True where one line's end cuts a number that is otherwise written in one line."""
    breaks = [separator for separator in number.separators if "\n" in separator]
    others = [separator for separator in number.separators if "\n" not in separator]
    return (
        len(breaks) == 1
        and breaks[0].strip(" \r-") == "\n"
        and all(len(separator) <= _WIDE and _IN_LINE.issuperset(separator) for separator in others)
    )


def one_kind_of_separator(number: Number) -> bool:
    """True where every two groups are parted alike: a human hand or a form wrote it as one number."""
    return len(set(number.separators)) <= 1
