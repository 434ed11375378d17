"""The words of a text as search keeps them: folded, each in the form a dictionary lists it in.

Documents and questions go the same way, so every index that is given these words gives the same hits, and letters of
another script or invisible characters between them hide nothing.
"""

from __future__ import annotations

import gzip
import json
import re
import unicodedata
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pymorphy3 import MorphAnalyzer

LONGEST_WORD: Final = 64
# What each letter looks like in the other script of a mixed word (Unicode Technical Standard #39).
_TO_CYRILLIC: Final = dict(zip("ABCEHKMOPTXYaceopxykmutbnr", "АВСЕНКМОРТХУасеорхукмитьпг", strict=True))
_TO_LATIN: Final = dict(zip("АВСЕНКМОРТХУасеорху", "ABCEHKMOPTXYaceopxy", strict=True))
# Letters of other scripts, read as Latin first; a mixed word then makes them Cyrillic where it is one.
_LOOKS: Final = str.maketrans("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαβεικνορτυχЅІЈѕіјһԁԛԝӀɑɡıօո", "ABEZHIKMNOPTYXaBeiKvopTuxSIJsijhdqwIagion")
_INVISIBLE: Final = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]"
)
_DASHES: Final = str.maketrans("‐‑‒–—", "-----")
# INC-10482 and RU_PASSPORT are one word each.
_WORD: Final = re.compile(r"(?i:inc)-?\d+(?![^\W_])|[^\W_]+(?:_[^\W_]+)*")
_LATIN: Final = re.compile(r"[A-Za-z]")
_CYRILLIC: Final = re.compile(r"[А-Яа-яЁё]")
_RUSSIAN: Final = re.compile(r"[а-я]+")


def words_of(text: str) -> list[str]:
    """The words of a text in order, folded and in lower case, inflected words in their first form."""
    return [lemma_of(word) for word in plain_words_of(text)]


def plain_words_of(text: str) -> list[str]:
    """The words of a text in order, folded and in lower case, in the form they stand in."""
    return [_plain(found)[:LONGEST_WORD] for found in _WORD.findall(_folded(text))]


@lru_cache(maxsize=100_000)
def lemma_of(word: str) -> str:
    """The first form of a folded word by the likeliest reading; a word no dictionary knows stays as it is."""
    if len(word) < 3:
        return word
    if _RUSSIAN.fullmatch(word):
        readings = _analyzer().parse(word)
        return str(readings[0].normal_form).replace("ё", "е") if readings and readings[0].is_known else word
    return _english_lemmas().get(word, word) if word.isascii() and word.isalpha() else word


def _folded(text: str) -> str:
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))
    # What NFKC could not join to its letter is an accent put there to hide the word.
    return "".join(sign for sign in plain if not unicodedata.combining(sign)).translate(_DASHES)


@lru_cache(maxsize=100_000)
def _plain(word: str) -> str:
    """A word in one script, lower case, ё as е."""
    if not word.isascii():
        word = _one_script(word)
    return word.replace("-", "").lower().replace("ё", "е")


def _one_script(word: str) -> str:
    looked = word.translate(_LOOKS)
    latin, cyrillic = _LATIN.findall(looked), _CYRILLIC.findall(looked)
    if not latin:
        return word
    foreign_latin = sum(letter not in _TO_CYRILLIC for letter in latin)
    foreign_cyrillic = sum(letter not in _TO_LATIN for letter in cyrillic)
    table = _TO_CYRILLIC if (foreign_latin, len(latin)) <= (foreign_cyrillic, len(cyrillic)) else _TO_LATIN
    return "".join(table.get(letter, letter) for letter in looked)


@cache
def _analyzer() -> MorphAnalyzer:
    from pymorphy3 import MorphAnalyzer

    return MorphAnalyzer()


@cache
def _english_lemmas() -> dict[str, str]:
    """The lemma of each inflected English form, from spaCy's table; without the package words stay as they are."""
    # The package is found, not imported: importing it registers itself with spaCy.
    spec = find_spec("spacy_lookups_data")
    if spec is None or not spec.submodule_search_locations:
        return {}
    path = Path(spec.submodule_search_locations[0]) / "data" / "en_lemma_lookup.json.gz"
    table: dict[str, str] = json.loads(gzip.decompress(path.read_bytes()))
    return {form: lemma.lower() for form, lemma in table.items() if lemma.isalpha() and lemma.isascii()}
