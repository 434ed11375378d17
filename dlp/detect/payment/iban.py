"""International bank account numbers."""

from __future__ import annotations

from collections.abc import Iterator

from dlp.detect.detector import Found, Pattern
from dlp.detect.view import View

# SWIFT IBAN registry: length of the number by country.
_LENGTHS = {
    country: length
    for length, countries in (
        (15, "no"),
        (16, "be"),
        (18, "dk fi fk fo gl nl sd"),
        (19, "mk si"),
        (20, "at ba ee kz lt lu mn xk"),
        (21, "ch cr hr li lv"),
        (22, "bg bh de gb ge ie me rs va"),
        (23, "ae gi il iq om so tl"),
        (24, "ad cz es md pk ro sa se sk tn vg"),
        (25, "ly pt st"),
        (26, "is tr"),
        (27, "bi dj fr gr it mc mr sm"),
        (28, "al az by cy do gt hn hu lb ni pl sv"),
        (29, "br eg ps qa ua"),
        (30, "jo kw mu ye"),
        (31, "mt sc"),
        (33, "lc ru"),
    )
    for country in countries.split()
}
_START = Pattern(r"[a-z](?<![^\W_].)[a-z][ -]?[0-9]{2}")
_CAPITALS = Pattern(r"[A-Z]{2}")
_SPELLED = Pattern(
    r"(?<![a-z])iban[ :=-]{1,4}([a-z](?:[ -][0-9a-z]){14,33}"
    r"|[a-z]{2}[ -]?\d\d[0-9a-z -]{0,34}\n[0-9a-z -]{1,34}[0-9a-z])(?![0-9a-z])"
)
_LONGEST_SPELLED = 80
_VALUES = {sign: str(value) for value, sign in enumerate("0123456789abcdefghijklmnopqrstuvwxyz")}
_SEPARATORS = " -"
_MAX_GAP = 2


def _end_of(text: str, count: int) -> int:
    """Where the `count`-th letter or digit of a text ends, 0 if it has fewer."""
    places = [at + 1 for at, sign in enumerate(text) if sign.isalnum()]
    return places[count - 1] if len(places) >= count else 0


def _remainder(number: str) -> int:
    """The number modulo 97 with letters as two digits and the first four characters moved to the end (ISO 13616-1, 6.2)."""
    return int("".join([_VALUES[character] for character in number[4:] + number[:4]])) % 97


def _collect(lower: str, start: int, length: int) -> tuple[str, int]:
    """`length` letters and digits from `start` on, stepping over single separators, and where they end; "" if too few."""
    whole = lower[start : start + length]
    if len(whole) == length and whole.isascii() and whole.isalnum():
        return whole, start + length
    collected: list[str] = []
    at, gap = start, 0
    while at < len(lower) and len(collected) < length:
        character = lower[at]
        if character.isascii() and character.isalnum():
            collected.append(character)
            gap = 0
        elif character not in _SEPARATORS or gap == _MAX_GAP:
            return "", at
        else:
            gap += 1
        at += 1
    return ("".join(collected), at) if len(collected) == length else ("", at)


class Iban:
    """An account number of any country of the registry: its length there and its check digits (ISO 13616-1)."""

    name = "iban"
    entity = "IBAN_CODE"
    anchors: tuple[str, ...] = (
        rf"(^|[^0-9a-z])({'|'.join(sorted(_LENGTHS))})[ \-]?[0-9]{{2}}[ \-]{{0,2}}[0-9a-z]{{4}}[ \-]{{0,2}}[0-9a-z]{{4}}",
    )
    words: tuple[str, ...] = ("iban",)
    before = 24
    after = 4
    matches: tuple[str, ...] = (
        "IBAN: DE89 3704 0044 0532 0130 00, спасибо",
        "wire it to GB29NWBK60161331926819 please",
        "реквизиты gb29 nwbk 6016 1331 9268 19 в банке",
        "счёт KZ86125KZT5004100100",
        "IBAN BY13-NBRB-3600-9000-0000-2Z00-AB00",
    )
    ignores: tuple[str, ...] = (
        "IBAN DE88 3704 0044 0532 0130 00",
        "IBAN DE89 3704 0044 0532 0130",
        "be12cafe0011deadbeef0011",
        "GB29NWBK6016133192681900",
    )

    def find(self, view: View, start: int, end: int) -> Iterator[Found]:
        for match in _START.finditer(view.lower, start, end):
            length = _LENGTHS.get(match.group()[:2])
            if length is None:
                continue
            if match.group()[2] == " " and not _CAPITALS.match(view.text, match.start(), len(view.text)):
                continue  # "is 78…" is a sentence.
            number, stop = _collect(view.lower, match.start(), length)
            if not number or _remainder(number) != 1:
                continue
            following = view.lower[stop : stop + 1]
            if following.isascii() and following.isalnum():
                continue
            yield Found(match.start(), stop, number.upper(), 0.98, "check digits")
        yield from self._spelled(view, start, end)

    @staticmethod
    def _spelled(view: View, start: int, end: int) -> Iterator[Found]:
        """Numbers typed sign by sign, or over two lines, behind their name."""
        named = view.lower.find("iban", start, end + _LONGEST_SPELLED)
        if named < 0:
            return
        for match in _SPELLED.finditer(view.lower, named, end + _LONGEST_SPELLED):
            number = "".join(sign for sign in match[1] if sign.isalnum())
            length = _LENGTHS.get(number[:2], 0)
            cut = _end_of(match[1], length)
            if length and cut and _remainder(number[:length]) == 1:
                yield Found(match.start(1), match.start(1) + cut, number[:length].upper(), 0.9, "check digits, word near: iban")


DETECTORS = (Iban(),)
