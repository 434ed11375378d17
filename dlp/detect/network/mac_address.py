"""Hardware addresses of network interfaces."""

from __future__ import annotations

from collections.abc import Iterator

from dlp.detect.detector import Found, Near, Pattern
from dlp.detect.view import View

_ADDRESS = Pattern(
    r"(?<![0-9a-z])(?<![0-9a-f][:-])(?:[0-9a-f]{2}(?P<sign>[:-])(?:[0-9a-f]{2}(?P=sign)){4}[0-9a-f]{2}|[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4})"
    r"(?![0-9a-z]|[:-][0-9a-f]{2}|\.[0-9a-f]{4})"
)
_NEAR = Near(
    r"mac\b|mac[- ]?address|мак\b|мак-?адрес|ethernet|wi-?fi|вайфай|интерфейс|hwaddr|bssid|ether\b|arp\b|dhcp",
    before=40,
    after=20,
)


class MacAddress:
    """A hardware address of six octets as IEEE 802 writes it, with colons, hyphens or in three groups with dots."""

    name = "mac_address"
    entity = "MAC_ADDRESS"
    anchors: tuple[str, ...] = (
        r"[0-9a-f]{2}[:\-][0-9a-f]{2}[:\-][0-9a-f]{2}[:\-][0-9a-f]{2}[:\-][0-9a-f]{2}[:\-][0-9a-f]{2}",
        r"[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}",
    )
    words: tuple[str, ...] = ()
    before = 20
    after = 4
    matches: tuple[str, ...] = (
        "мак 3C:22:FB:1a:2b:3c",
        "карта 3c-22-fb-1a-2b-3c",
        "arp 3c22.fb1a.2b3c",
        "eth0 00:1b:44:11:3a:b7,",
    )
    ignores: tuple[str, ...] = (
        "00:00:00:00:00:00",
        "md5 16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48",
        "12-34-56-78-90-12",
        "1234.5678.9012",
    )

    def find(self, view: View, start: int, end: int) -> Iterator[Found]:
        for match in _ADDRESS.finditer(view.lower, start, min(len(view.lower), end + 20)):
            value = match.group().replace(":", "").replace("-", "").replace(".", "")
            if len(set(value)) == 1:
                continue
            word = _NEAR.word(view, match.start(), match.end())
            if value.isdigit() and match["sign"] != ":" and not word:
                continue
            yield Found(match.start(), match.end(), value, 0.95 if word else 0.8, f"form, word near: {word}" if word else "form")


DETECTORS = (MacAddress(),)
