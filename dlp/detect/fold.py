"""The folded view: a text as its reader sees it, whatever characters it was typed with.

Invisible characters go, Unicode's compatibility forms and every script's digits become plain (NFKC, Unicode Standard Annex
#15), look-alike letters of another script become those of their word (Unicode Technical Standard #39), letters standing for
digits inside a run of digits become digits, and markup between digits goes. Each character of the view knows the code
points it came from.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from functools import lru_cache

from dlp.detect.alphabet import canonical_text, has_byte, lower_text, narrow
from dlp.detect.view import View
from dlp.spans import OffsetMap

# What each letter looks like in the other script of a mixed word.
_TO_CYRILLIC = dict(zip("ABCEHKMOPTXYaceopxykmutbnr", "АВСЕНКМОРТХУасеорхукмитьпг", strict=True))
_TO_LATIN = dict(zip("АВСЕНКМОРТХУасеорху", "ABCEHKMOPTXYaceopxy", strict=True))
# Letters of other scripts, read as Latin first; a mixed word then makes them Cyrillic where it is one.
_LOOKS = {
    **dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαβγεικνορτυχϲϳ", "ABEZHIKMNOPTYXaBYeiKVopTuxcj", strict=True)),
    **dict(zip("ЅІЈѕіјһԁԛԝӀ", "SIJsijhdqwI", strict=True)),
    **dict(zip("ɑɡıɩǀօոսⲟ", "agiilonuo", strict=True)),
}
_DIGIT_LOOKS = dict(zip("OoОоIl|ЗзбБBВSsЧч", "00001113366885544", strict=True))

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff9-\ufffb\U000e0000-\U000e0fff\u20e3]"
)
_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"[A-Za-z]")
_CYRILLIC = re.compile(r"[А-Яа-яЁё]")
_MIXED = re.compile(r"[A-Za-z][А-Яа-яЁё]|[А-Яа-яЁё][A-Za-z]")
_LIKE_DIGITS = re.compile(
    r"[\dOoОоIl|ЗзбБBВSsЧч](?<![^\W_].)"  # the sign first: a search then leaps from one such sign to the next
    r"(?:[ \-.\u00a0\u2007\u2009\u202f\u2010-\u2015]{0,2}[\dOoОоIl|ЗзбБBВSsЧч]){7,40}(?![^\W_])"
)
_NO_BYTE = re.compile(rb"[\x1a\x1b]+")
_MARKUP_BETWEEN_DIGITS = re.compile(r"(?<=\d)[ ]?(?:[*_~`|]{2,6}[ ]?)+(?=\d)")

# The automaton's triggers for a folded view where every character has a byte (all in the lower view).
ANCHORS = (
    "[a-z][а-я]",
    "[а-я][a-z]",
    "[0-9][ .-]{0,2}[oоil|зб]{1,4}[ .-]{0,2}[0-9]",
    "[0-9][oоз][oоз0-9]{5}",
    "(^|[^0-9a-zа-я])[oоlзб][0-9]{3}[ .-]?[0-9]{4}",
    "[0-9][*_~`|]{2}",
)


def folded_view(text: str) -> View | None:
    """The folded view of an original text, or None where folding changes nothing a detector would see."""
    if not (
        _NO_BYTE.search(narrow(text)) or _MIXED.search(text) or _LIKE_DIGITS.search(text) or _MARKUP_BETWEEN_DIGITS.search(text)
    ):
        return None
    plain, starts, ends = _plain_characters(text)
    plain = (_MIXED.search(plain) and _WORD.sub(_one_script, plain)) or plain
    plain = _LIKE_DIGITS.sub(_digits, plain)
    plain, starts, ends = _without_markup(plain, starts, ends)
    if plain == text:
        return None
    narrowed = narrow(plain)
    return View(canonical_text(narrowed), lower_text(narrowed), OffsetMap(starts, ends))


def _plain_characters(text: str) -> tuple[str, array[int], array[int]]:
    pieces: list[str] = []
    starts, ends = array("l"), array("l")
    done = 0
    for match in _NO_BYTE.finditer(narrow(text)):
        pieces.append(text[done : match.start()])
        starts.extend(range(done, match.start()))
        ends.extend(range(done + 1, match.start() + 1))
        done = match.end()
        _append_plain(text, match.span(), (pieces, starts, ends))
    pieces.append(text[done:])
    starts.extend(range(done, len(text)))
    ends.extend(range(done + 1, len(text) + 1))
    return "".join(pieces), starts, ends


def _append_plain(text: str, span: tuple[int, int], grown: tuple[list[str], array[int], array[int]]) -> None:
    pieces, starts, ends = grown
    for index in range(*span):
        if unicodedata.combining(text[index]) and pieces and pieces[-1]:
            composed = unicodedata.normalize("NFC", pieces[-1][-1] + text[index])
            if len(composed) == 1 and has_byte(composed):  # "й" typed as "и" with a breve of its own
                pieces[-1] = pieces[-1][:-1] + composed
                ends[-1] = index + 1
                continue
        plain = _plain(text[index])
        pieces.append(plain)
        starts.extend([index] * len(plain))
        ends.extend([index + 1] * len(plain))


@lru_cache(4096)
def _plain(character: str) -> str:
    """What one character outside the alphabet reads as; "" where it is invisible."""
    looks = _LOOKS.get(character)
    if looks:
        return looks
    if _INVISIBLE.match(character):
        return ""
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    if "\U0001f1e6" <= character <= "\U0001f1ff":
        return chr(ord("A") + ord(character) - 0x1F1E6)
    spelled = unicodedata.normalize("NFKD", character)
    if spelled != character:
        return "".join(_LOOKS.get(c, c) for c in spelled if not unicodedata.combining(c))
    return "" if unicodedata.combining(character) else character


def _one_script(match: re.Match[str]) -> str:
    word = match.group()
    if not _MIXED.search(word):
        return word
    latin, cyrillic = _LATIN.findall(word), _CYRILLIC.findall(word)
    foreign_latin = sum(c not in _TO_CYRILLIC for c in latin)
    foreign_cyrillic = sum(c not in _TO_LATIN for c in cyrillic)
    to_cyrillic = (foreign_latin, len(latin)) <= (foreign_cyrillic, len(cyrillic))
    table = _TO_CYRILLIC if to_cyrillic else _TO_LATIN
    return "".join(table.get(c, c) for c in word)


def _digits(match: re.Match[str]) -> str:
    run = match.group()
    digits = sum(map(str.isdigit, run))
    signs = sum(not c.isalnum() and c != "|" for c in run)
    return "".join(_DIGIT_LOOKS.get(c, c) for c in run) if 2 * digits >= len(run) - signs else run


def _without_markup(text: str, starts: array[int], ends: array[int]) -> tuple[str, array[int], array[int]]:
    cuts = [match.span() for match in _MARKUP_BETWEEN_DIGITS.finditer(text)]
    for start, end in reversed(cuts):
        text = f"{text[:start]} {text[end:]}"
        del starts[start + 1 : end], ends[start + 1 : end]
    return text, starts, ends
