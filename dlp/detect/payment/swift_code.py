"""Business identifier codes of banks."""

from __future__ import annotations

from collections.abc import Iterator

from dlp.detect.detector import Found, Pattern
from dlp.detect.view import View

# ISO 3166-1 alpha-2, and XK which banks of Kosovo use.
_COUNTRIES = frozenset(
    (
        "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ "
        "CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO "
        "FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE "
        "JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO "
        "MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW "
        "PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM "
        "TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW"
    ).split()
)
_RARE = frozenset("AG AI AQ AS BL BV CC CK CX ER FO GS HM IO KI MF MP MS NF NU OM PM PN SJ SO ST TF TK TL TO TV UM WF".split())
_WORD = Pattern(r"(?<![^\W_])(?:swift|свифт\w{0,3}|bic)(?![a-z])")
_CODE = Pattern(r"(?<![^\W_])([A-Z]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?)(?![^\W_])")
_BESIDE = Pattern(r"[ \w:=-]{0,14}[ :=]([a-z]{6}(?:[a-z0-9]{2}(?:xxx|\d{3})|[a-z]\d|\d[a-z0-9]))(?![^\W_])")
_RUSSIAN = Pattern(r"(?<![^\W_])бик[ :=-]{1,3}([a-z]{6}[a-z0-9]{2}(?:[a-z0-9]{3})?)(?![^\W_])")
_LABELLED = Pattern(
    r"(?:[ \-/_]{0,3}(?:code|код|bic|swift|банка"
    r"|бик)){0,3}[ ]{0,2}[:=|;,\t\n-][ \t]{0,3}([a-z]{6}[a-z0-9]{2}(?:[a-z0-9]{3})?)(?![^\W_])"
)
_CODED = Pattern(r"[ \-/_](?:code|код)\w{0,2}(?: банка)? ([a-z]{8}|[a-z]{11})(?![^\W_])")
_NAMES = frozenset({"SWIFT", "BIC", "CODE", "BANK", "IS", "THE", "OUR"})
_REACH = 60


class SwiftCode:
    """A bank's code: four letters, a country, a place, perhaps a branch, beside a word that says so (ISO 9362)."""

    name = "swift_code"
    entity = "SWIFT_CODE"
    anchors: tuple[str, ...] = ()
    words: tuple[str, ...] = ("swift", "свифт", "bic", "бик")
    before = 8
    after = 1
    matches: tuple[str, ...] = (
        "код SWIFT: SABRRUMM",
        "наш свифт TICSRUMMXXX, банк Т",
        "bank bic deutdeff500? BIC: DEUTDEFF500",
        "в поле swift: sabrrumm012",
    )
    ignores: tuple[str, ...] = (
        "swift transfer takes days",
        "SABRRUMM",
        "the SWIFT PLATFORM is down",
        "swift: rewritten in a week",
    )

    def find(self, view: View, start: int, end: int) -> Iterator[Found]:
        done = -1
        for word in _WORD.finditer(view.lower, start, end):
            stop = min(len(view.text), word.end() + _REACH)
            forms = (form.match(view.lower, word.end(), stop) for form in (_LABELLED, _BESIDE, _CODED))
            labelled = next((match for match in forms if match), None)
            if labelled:
                codes = [(labelled.start(1), labelled.end(1))]
            else:
                reach = (max(0, word.start() - _REACH), min(len(view.text), word.end() + _REACH))
                codes = [match.span(1) for match in _CODE.finditer(view.text, *reach)]
            for first, last in codes:
                code = view.text[first:last].upper()
                if first > done and code[4:6] in _COUNTRIES and not self._shouted(view, first, last):
                    done = first
                    yield Found(first, last, code, 0.85, f"form, word near: {word.group()}")
        for match in _RUSSIAN.finditer(view.lower, start, min(len(view.text), end + _REACH)):
            code = match[1].upper()
            if code[4:6] in _COUNTRIES:
                yield Found(match.start(1), match.end(1), code, 0.85, "form, word near: бик")

    @staticmethod
    def _shouted(view: View, start: int, end: int) -> bool:
        """Whether the code is only a word in capitals ("SWIFT PLATFORM"): all letters, between capitals, a rare country."""
        code = view.text[start:end]
        if not code.isalpha() or code.islower() or code.endswith("XXX"):
            return False
        before, after = view.text[max(0, start - 24) : start].split(), view.text[end : end + 24].split()
        if not before or not before[-1].isupper():
            return False
        last = before[-1].strip(":,.-")
        if last.isascii() and last.isalpha() and last not in _NAMES:
            return True
        return code[4:6] in _RARE or bool(after and after[0].isalpha() and after[0].isupper() and len(after[0]) > 1)


DETECTORS = (SwiftCode(),)
