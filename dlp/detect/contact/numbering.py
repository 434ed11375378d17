"""The world's telephone numbering: how many digits follow a country code."""

from __future__ import annotations

# ITU-T E.164 assigned country codes: "code" or "code:shortest-longest national number".
_PLAN = (
    "1:10 7:10 20:8-10 27:9 30:10 31:9 32:8-9 33:9 34:9 36:8-9 39:8-11 40:9 41:9 43:7-12 44:9-10 45:8 46:7-9 47:8 48:9 49:7-11 "
    "51:8-9 52:10 53:6-8 54:10-11 55:10-11 56:9 57:10 58:10 60:8-10 61:9 62:8-12 63:8-10 64:8-10 65:8 66:8-9 81:9-10 82:8-10 "
    "84:9-10 86:10-11 90:10 91:10 92:9-10 93:9 94:9 95:7-10 98:10 211:9 212:9 213:8-9 216:8 218:8-9 220:7 221:9 222:8 223:8 "
    "224:8-9 225:8-10 226:8 227:8 228:8 229:8-10 230:7-8 231:7-9 232:8 233:9 234:8-10 235:8 236:8 237:8-9 238:7 239:7 240:9 "
    "241:7-8 242:9 243:9 244:9 245:7-9 248:7 249:9 250:9 251:9 252:7-9 253:8 254:9 255:9 256:9 257:8 258:8-9 260:9 261:9 262:9 "
    "263:9 264:8-9 265:7-9 266:8 267:7-8 268:8 269:7 297:7 298:6 299:6 350:8 351:9 352:6-11 353:8-9 354:7 355:8-9 356:8 357:8 "
    "358:6-11 359:8-9 370:8 371:8 372:7-8 373:8 374:8 375:9 376:6 377:8-9 378:6-10 380:9 381:8-9 382:8 383:8 385:8-9 386:8 387:8 "
    "389:8 420:9 421:9 423:7 500:5 501:7 502:8 503:8 504:8 505:8 506:8 507:7-8 508:6 509:8 590:9 591:8 592:7 593:8-9 594:9 595:9 "
    "596:9 597:6-7 598:8 599:7-8 670:7-8 673:7 675:7-8 676:5-7 677:5-7 678:5-7 679:7 680:7 682:5 685:5-7 687:6 689:6-8 800:8 "
    "850:8-10 852:8 853:8 855:8-9 856:8-10 880:8-10 886:8-9 960:7 961:7-8 962:8-9 963:8-9 964:8-10 965:8 966:9 967:7-9 968:8 "
    "970:8-9 971:8-9 972:8-9 973:8 974:8 975:8 976:8 977:8-10 992:9 993:8 994:9 995:9 996:9 998:9"
)
_ZERO_KEPT = frozenset({"39", "378", "242", "225", "229"})
_lengths: dict[str, tuple[int, int]] = {}


def _fill() -> dict[str, tuple[int, int]]:
    for entry in _PLAN.split():
        code, _, span = entry.partition(":")
        shortest, _, longest = span.partition("-")
        _lengths[code] = (int(shortest), int(longest or shortest))
    return _lengths


def national_length(digits: str) -> tuple[str, int, int] | None:
    """The country code a number begins with and the shortest and longest national number behind it (ITU-T E.164, D.11)."""
    lengths = _lengths or _fill()
    for size in (1, 2, 3):
        span = lengths.get(digits[:size])
        if span:
            return digits[:size], *span
    return None


def national_possible(code: str, national: str) -> bool:
    """Whether the digits behind a country code can be a subscriber's number."""
    if len(set(national)) < 2:
        return False
    if code == "7":
        return national[0] in "3456789"
    if code == "1":
        return national[0] in "23456789" and national[3] in "23456789"
    return national[0] != "0" or code in _ZERO_KEPT


# Area codes of fixed telephony (Order of the Ministry of Digital Development on the numbering plan, 2018 No. 642).
_AREAS = frozenset(
    (
        "301 302 336 341 342 343 345 346 347 349 351 352 353 365 381 382 383 384 385 388 390 391 394 395 401 411 413 415 416 421 "
        "423 424 426 427 471 472 473 474 475 481 482 483 484 485 486 487 491 492 493 494 495 496 498 499 800 801 802 803 804 805 "
        "806 807 808 809 811 812 813 814 815 816 817 818 820 821 831 833 834 835 836 841 842 843 844 845 846 847 848 851 855 861 "
        "862 863 865 866 867 869 871 872 873 877 878 879"
    ).split()
)


def russian_area(national: str) -> bool:
    """Whether ten digits begin with a Russian mobile or area code."""
    return national[0] == "9" or national[:3] in _AREAS
