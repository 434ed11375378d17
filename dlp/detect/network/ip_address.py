"""Addresses of machines in the Internet Protocol, versions 4 and 6."""

from __future__ import annotations

from collections.abc import Iterator

from dlp.detect.detector import Found, Near, Pattern
from dlp.detect.rivals import Rivals
from dlp.detect.russian.table import heading
from dlp.detect.view import View

_V4 = Pattern(r"[0-9](?<![\d.].)(?<!\d[,-].)(?:(?<=0)|(?<!0)\d{0,2})(?:\.(?:0|[1-9]\d{0,2})){3}(?![\d]|\.\d|-\d|[a-uw-zа-я])")
_V6 = Pattern(
    r"(?<![0-9a-z:.])(?=[0-9a-f]{0,4}:)(?:[0-9a-f]{0,4}:){2,8}(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]{0,4})(?![0-9a-z]|:[0-9a-z:])"
)
_TWO_COLONS = Pattern(r":[0-9a-f]{0,4}:")
_PORT = Pattern(r":\d{2,5}(?![\d:.])")
_VERSION_BEFORE = Pattern(r"(?:[a-z]{2,}[/_-]|(?<![a-z])v|\d[a-z]-|==|~=|>=|@\^)$")
_VERSION_SIGNS = frozenset("/_-v=^")
_WORDS = Rivals(
    (
        r"ip\b|ip[- ]?адрес|ipv[46]|айпи|сервер|хост|host|server|ssh|ping|пинг|шлюз|gateway|подсет|маск|subnet|dns|vpn|впн",
        r"proxy|прокси",
        r"адрес|address|addr|client|клиент|роутер|router|подключ|connect|запрос|request|curl|http|порт|port|from|remote",
        r"firewall|фаервол",
        r"виртуалк|машин|бокс|box|node|нод[аыу]|blocked|заблок|забань|src|dst|rdp|рдп|nginx|узел",
    ),
    (
        r"верси|version|ver\b|chrome|хром|firefox|safari|edge\b|opera|yabrowser|mozilla|релиз|release|build|билд|сборк",
        r"обнов|тег\b|tag\b|app_?version|табл|рис\.",
        r"lib\w{2,}|driver|драйвер|прошивк|firmware|windows|android|ios\b|patch|патч|upgrad|updat|installer|sdk|dll",
        r"agent[/ ]|1с\b|1c\b",
        r"пп?\.(?=\s?$|\s?\d)|пункт|подпункт|раздел|section|clause|§|стать|гост|oid\b|isbn|глав[аеуы]",
        r"postgres|mysql|java|python|nuget|npm|package|пакет|плагин|plugin|bios|kernel|ядро",
    ),
    before=32,
    after=12,
)
_SIX = Near(r"ip\b|ipv6|айпи|ping|пинг|хост|host|сервер|server|адрес|addr|ssh|dns|шлюз|gateway|aaaa\b", before=40, after=10)

_RARE_BLOCKS = ((192, 0, 2), (198, 51, 100), (203, 0, 113))


def _four_confidence(octets: tuple[int, ...], speaks_for: bool | None) -> float:
    """How likely four octets are a machine somewhere (RFC 1122 3.2.1.3, RFC 5737, RFC 5771)."""
    first = octets[0]
    if first in (0, 127) or first >= 240 or octets[:2] == (255, 255):
        return 0.3
    if octets[:3] in _RARE_BLOCKS or first >= 224:
        return 0.6 if speaks_for else 0.4
    if speaks_for:
        return 0.95
    if max(octets) < 32 and len(set(octets)) > 1:
        return 0.6 if first == 10 else 0.4
    return 0.8


def _six_groups(text: str) -> list[str] | None:
    """The eight groups of an address, "" made of zeros, or None where it is none (RFC 4291, 2.2)."""
    head, gap, tail = text.partition("::")
    if "::" in tail or (gap and tail.startswith(":")):
        return None
    left = head.split(":") if head else []
    right = tail.split(":") if tail else []
    if "." in text:
        octets = (right or left)[-1].split(".")
        if any(int(octet) > 255 for octet in octets):
            return None
        (right or left)[-1:] = ["0", "0"]
    groups = left + right
    if "" in groups or (len(groups) != 8 if not gap else len(groups) > 7):
        return None
    return left + ["0"] * (8 - len(groups)) + right


class IpAddress:
    """An address of a machine: octets in range and no version number's words near (RFC 791), or eight groups (RFC 4291)."""

    name = "ip_address"
    entity = "IP_ADDRESS"
    anchors: tuple[str, ...] = (
        r"[0-9]\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]",
        r"[0-9a-f]:[0-9a-f]{1,4}:[0-9a-f]{0,4}:[0-9a-f]{0,4}:",
        r"[0-9a-f]{1,4}::",
        r"::[0-9a-f]{1,4}:",
    )
    words: tuple[str, ...] = ()
    before = 46
    after = 40
    matches: tuple[str, ...] = (
        "сервер на 91.203.14.7 не отвечает",
        "10.20.130.40:8080",
        "blocked IP 185.12.44.9/32",
        "host 2a02:6b8:a::a",
        "адрес 2001:0db8:85a3:1111:2222:8a2e:0370:7334",
        "ping fe80::1ff:fe23:4567:890a%eth0",
    )
    ignores: tuple[str, ...] = (
        "chrome 120.0.6099.109",
        "обновили до версии 10.0.19.45",
        "libssl 1.1.1k-3",
        "127.0.0.1",
        "256.1.1.1",
        "п. 3.2.1.4 договора",
        "12:30:45:123",
        "std::abs(x)",
        "participant 77:12:3456789:123",
        "1.3.6.1.4.1",
        "release-10.20.130.40",
    )

    def find(self, view: View, start: int, end: int) -> Iterator[Found]:
        lower = view.lower
        reach = min(len(lower), end + 20)
        for match in _V4.finditer(lower, start, reach):
            yield from self._four(view, match.start(), match.end())
        if _TWO_COLONS.search(lower, start, reach) is None:
            return
        for match in _V6.finditer(lower, start, reach):
            yield from self._six(view, match.start(), match.end())

    @staticmethod
    def _four(view: View, start: int, end: int) -> Iterator[Found]:
        value = view.lower[start:end]
        octets = tuple(map(int, value.split(".")))
        if max(octets) > 255 or view.lower.endswith("::", 0, start) or view.lower.endswith("::ffff:", 0, start):
            return
        if start and view.lower[start - 1] in _VERSION_SIGNS and _VERSION_BEFORE.search(view.lower, max(0, start - 12), start):
            return
        pull = _WORDS.pull(view, start, end)
        cell = "" if pull.speaks_for else heading(view, start)
        speaks_for = pull.speaks_for or (cell and _WORDS.says(cell)) or pull.speaks_for
        if speaks_for is False and not _PORT.match(view.text, end, min(len(view.text), end + 7)):
            return
        confidence = _four_confidence(octets, speaks_for)
        yield Found(start, end, value, confidence, f"octets, word near: {pull.word}" if pull.speaks_for else "octets")

    @staticmethod
    def _six(view: View, start: int, end: int) -> Iterator[Found]:
        value = view.lower[start:end]
        groups = _six_groups(value)
        if groups is None or not any(digit.isdigit() for digit in value):
            return
        word = _SIX.word(view, start, end)
        numbers = [int(group, 16) for group in groups]
        if not any(numbers[:-1]) and numbers[-1] < 2:
            confidence = 0.3
        elif "." in value:
            confidence = 0.8 if value.startswith("::ffff:") else 0.4
        elif numbers[0] >> 13 == 1 or numbers[0] >> 9 == 0x7E or numbers[0] >> 6 == 0x3FA or "::" not in value:
            confidence = 0.95 if word or value.count(":") > 3 else 0.8
        else:
            confidence = 0.7 if word and len(value) > 4 else 0.4
        yield Found(start, end, value if "." in value else ":".join(f"{number:x}" for number in numbers), confidence, "groups")


DETECTORS = (IpAddress(),)
