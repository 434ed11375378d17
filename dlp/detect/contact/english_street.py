"""The grammar of a postal address in English: number, street, flat, town, state or postcode."""

from __future__ import annotations

import re

from dlp.detect.detector import Pattern
from dlp.detect.view import View

_STRONG = (
    r"street|avenue|ave\.?|road|rd\.?|blvd\.?|boulevard|lane|ln\.?|st\.?|parkway|pkwy\.?|highway|hwy\.?|terrace|crescent"
    r"|mews|gardens|grove|alley"
)
_WEAK = (
    r"drive|dr\.?|court|ct\.?|square|sq\.?|place|pl\.?|way|close|hill|row|walk|broadway|plaza|trail|circle|cir\.?|loop|rise"
    r"|green|quay|wharf"
)
_WEAK_TYPE = Pattern(_WEAK)
TYPES = f"{_STRONG}|{_WEAK}"
_POSTCODE = r"[a-z]{1,2}\d[a-z\d]?[ ]{1,2}\d{1,2}[a-z]{2}"
_STREET = Pattern(
    rf"(?P<number>\d(?<![\w.,/#-].)\d{{0,4}}[a-d]?(?:[-/]\d{{1,4}})?),?[ ](?:(?:n|s|e|w|ne|nw|se|sw|north|south|east|west)\.?[ ])"
    rf"?(?P<name>(?:\d{{1,3}}(?:st|nd|rd|th)"
    rf"|[a-z][a-z'.-]{{1,20}})(?:[ ][a-z][a-z'.-]{{1,20}}){{0,3}}?)[ ](?P<type>{TYPES})(?![a-z0-9])"
    r"(?:[ ](?:n|s|e|w|ne|nw|se|sw)\b\.?)?"
)
_BOX = Pattern(r"(?<![a-z])(?:p\.? ?o\.? box|post office box)[ ]#?\d{1,6}(?!\d)|(?<![а-яa-z0-9])а/я[ ]?№?[ ]?\d{1,6}(?!\d)")
_UNIT_BEFORE = re.compile(r"(?<![a-z])(?:flat|apartment|apt\.?|unit|suite|floor|room)[ ]#?[0-9a-z]{1,5},[ ]$")
_UNIT = Pattern(
    r",?[ ]{1,2}(?:\d{1,3}(?:st|nd|rd|th) floor|(?:apt|apartment|suite|ste|unit|flat|floor|fl|room|rm|bldg"
    r"|building)\b\.?[ ]?#?[ ]?[0-9a-z]{1,5}(?![a-z0-9])|#[ ]?[0-9a-z]{1,5}(?![a-z0-9]))"
)
_TOWN = Pattern(
    r"(?:,[ \n]{1,2}|[ ](?=[a-z.'-]+(?:[ ][a-z.'-]+)?,?[ ][a-z]{2}[ ]\d{5}))(?P<town>[a-z][a-z.'-]+(?:[ ][a-z][a-z.'-]+){0,2})"
    r"(?=,|[ ][a-z]{2}[ ]\d{5}|[ ][a-z]{1,2}\d|[ ]\d{5}|$"
    r"|[\n.;)!?\"])"
)
_REGION = Pattern(
    rf"(?:,?[ \n]{{1,2}}(?P<state>[a-z]{{2}}|[a-z]{{4,13}})\.?,?[ ]\d{{5}}(?:-\d{{4}})?(?!\d)"
    rf"|,?[ \n]{{1,2}}(?:[a-z]{{3,15}}[ ])?{_POSTCODE}(?![a-z0-9])|,?[ ]\d{{5}}(?:-\d{{4}})?(?!\d)"
    rf"|,[ ](?:al|ak|az|ar|ca|co|ct|de|fl|ga|hi|id|il|in|ia|ks|ky|la|me|md|ma|mi|mn|ms|mo|mt|ne|nv|nh|nj|nm|ny|nc|nd|oh|ok|or"
    rf"|pa|ri|sc|sd|tn|tx|ut|vt|va|wa|wv|wi|wy|dc)(?![a-z]))"
)
_COUNTRY = Pattern(
    r",[ ](?:usa|u\.s\.a\.|united states|uk|united kingdom|england|scotland|wales|ireland|canada|australia)(?![a-z])"
)
_ADDRESSED = Pattern(
    r"(?:address|ship(?:ped)? to|deliver(?:ed)?(?: to)?|place is|lives? at|residence|location|office|home)[^\d\n]{0,9}$"
)
_NOT_ALWAYS_STREETS = frozenset("way hill row walk green rise loop close place".split())
_ENDS = Pattern(r"[.,;!)\"'\n]|$")
_STOP_WORDS = frozenset(
    (
        "the a an on in of down up at to from people minutes minute hours hour days day meters miles km blocks block more "
        "less and or is are "
        "was were will for with by this that other new more cars houses min mins am pm percent steps weeks years times "
        "items along"
    ).split()
)


def streets(view: View, start: int, end: int) -> list[tuple[int, int, float]]:
    """Spans of addresses whose house begins in `[start, end)`, each with how sure the form alone makes it."""
    found = []
    at = start
    while match := _STREET.search(view.lower, at, min(len(view.lower), end + 100)):
        if match.start() >= end:
            break
        span = _address(view, match)
        if span is None:
            at = match.start() + len(match["number"])
            continue
        found.append(span)
        at = span[1]
    reach = min(len(view.lower), end + 30)
    if view.lower.find("box", start, reach) < 0 and view.lower.find("а/я", start, reach) < 0:
        return found
    for match in _BOX.finditer(view.lower, start, reach):
        stop, parts = _stop(view.lower, match.end())
        if not any(begin <= match.start() < last for begin, last, _ in found):
            found.append((match.start(), stop, 0.85 if parts else 0.7))
    return found


def _address(view: View, match: re.Match[str]) -> tuple[int, int, float] | None:
    words = match["name"].split()
    if not _STOP_WORDS.isdisjoint(words):
        return None
    stop, parts = _stop(view.lower, match.end())
    written = view.text[match.start("name") : match.end("type")].split()
    capitals = all(word[0].isupper() or word[0].isdigit() for word in written)
    weak = _WEAK_TYPE.fullmatch(match["type"], 0, len(match["type"])) is not None
    short = match["type"].rstrip(".") == "st"
    if not parts and (not capitals and (weak or short or len(words) > 2)):
        return None
    if not parts and match["type"] in _NOT_ALWAYS_STREETS and not (capitals and _addressed(view, match.start(), stop)):
        return None
    if match["type"].endswith(".") and not parts and view.text[stop : stop + 1] == "":
        stop -= 1
    before = _UNIT_BEFORE.search(view.lower[max(0, match.start() - 24) : match.start()])
    begin = match.start() - (len(before.group()) if before else 0)
    return begin, stop, 0.9 if parts else 0.75 if capitals else 0.6


def _addressed(view: View, start: int, end: int) -> bool:
    """Whether words before say that a place follows, and nothing goes on behind it."""
    ends = _ENDS.match(view.lower, end, len(view.lower)) is not None
    return ends and _ADDRESSED.search(view.lower, max(0, start - 28), start) is not None


def _stop(lower: str, end: int) -> tuple[int, int]:
    """Where the address ends and how many parts follow the street."""
    parts = 0
    for pattern in (_UNIT, _TOWN, _REGION, _COUNTRY):
        match = pattern.match(lower, end, len(lower))
        if match is None:
            continue
        if pattern is _TOWN and not (
            _REGION.match(lower, match.end(), len(lower)) or _COUNTRY.match(lower, match.end(), len(lower))
        ):
            continue
        end, parts = match.end(), parts + 1
    return end, parts
