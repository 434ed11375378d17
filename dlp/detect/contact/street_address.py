"""Postal addresses: a street with a house."""

from __future__ import annotations

from collections.abc import Iterator

from dlp.detect.contact import english_street, russian_street
from dlp.detect.detector import Found, Pattern
from dlp.detect.view import View

_STEMS = (
    "улиц", "проспект", "просп.", "переул", "набережн", "наб.", "шоссе", "бульвар", "б-р", "мкр", "микрорайон", "тупик", "проезд",
    "пр-т", "пр-кт", "пр-д", "пр-зд",
)  # fmt: skip

_WORDS = Pattern(r"[^\W_]+")


class StreetAddress:
    """A street with its house, from the postcode or town to the flat (Rules of postal services, 4; USPS Publication 28)."""

    name = "street_address"
    entity = "STREET_ADDRESS"
    anchors: tuple[str, ...] = (
        r"(^|[^а-я])(ул|пр|пер|ш|бул|туп|пл|кв-л)([.,]{1,2} ?| )\"?[0-9а-я]",
        r"(^|[^а-я])(площад|алле|лини|тракт|квартал)[а-я]{0,3} [0-9а-я. \-\"]{3,30}[ ,][ д][0-9ом.]",
        (
            r"[0-9][a-d]?,? ([a-z0-9'.\-]{1,20} ){1,4}(street|st|avenue|ave|road|rd|blvd|boulevard|lane|ln|drive|dr|court|ct"
            r"|square|sq|place|pl|way|close|"
            r"terrace|parkway|pkwy|highway|hwy|crescent|gardens|grove|mews|hill|row|walk|plaza|trail|circle|broadway)([^a-z]|$)"
        ),
        r"p\.? ?o\.? box #?[0-9]",
        r"(^|[^а-я])а/я ?№? ?[0-9]",
    )
    words: tuple[str, ...] = _STEMS
    before = 70
    after = 60
    matches: tuple[str, ...] = (
        "доставка: г. Москва, ул. Ленина, д. 5, кв. 12",
        "Казань, улица Баумана 15к2, квартира 3",
        "420111, Казань, пр-т Победы, дом 1, корп. 2, кв 3",
        "наша ул. Мира, 12/3, оф. 5",
        "живу на улице большая ордынка, в доме 15",
        "спб, невский пр., 28",
        "ship to 123 Maple Street, Springfield, IL 62704",
        "office at 12 Church Road, London SW1A 1AA",
        "see P.O. Box 1234, Austin, TX 78701",
    )
    ignores: tuple[str, ...] = (
        "улица Ленина перекрыта",
        "улица Ленина перекрыта с 12 мая",
        "площадь квартиры 45 м",
        "проезд стоит 50 рублей",
        "2 blocks down the street",
        "квартальный отчёт 2 квартал 2024",
        "пр. 5 минут",
        "3 minutes down the road",
    )

    def find(self, view: View, start: int, end: int) -> Iterator[Found]:
        spans = [*russian_street.streets(view, start, end), *english_street.streets(view, start, end)]
        for begin, stop, confidence in sorted(spans):
            value = " ".join(_WORDS.compiled.findall(view.lower, begin, stop))
            yield Found(begin, stop, value, confidence, "street and house")


DETECTORS = (StreetAddress(),)
