"""Every form of a word: Russian by the OpenCorpora dictionary (pymorphy3), English by spaCy's lemma table and plain rules.

Slow to import on purpose of nobody: only compiling policies needs it, a warm scan has the forms in its cache.
"""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pymorphy3 import MorphAnalyzer

# A reading rarer than this is left out: "базу" is also a dative of a name nobody has.
_PLAUSIBLE = 0.15
_VOWELS = frozenset("aeiou")


@lru_cache(maxsize=20_000)
def forms_of(word: str) -> frozenset[str]:
    """Every form of a lower-case word, ё as е; a word no dictionary knows keeps itself (English: and its regular forms)."""
    if word.isascii() and word.isalpha():
        return _english(word)
    if all("а" <= letter <= "я" or letter == "ё" for letter in word):
        return _russian(word)
    return frozenset({word})


def _russian(word: str) -> frozenset[str]:
    shares: dict[tuple[str, str], float] = defaultdict(float)
    readings = [reading for reading in _analyzer().parse(word) if reading.is_known]
    for reading in readings:
        shares[reading.normal_form, str(reading.tag.POS)] += reading.score
    forms = {word}
    for reading in readings:
        if shares[reading.normal_form, str(reading.tag.POS)] >= _PLAUSIBLE:
            forms.update(form.word for form in reading.lexeme)
    return frozenset(form.replace("ё", "е") for form in forms)


@cache
def _analyzer() -> MorphAnalyzer:
    from pymorphy3 import MorphAnalyzer

    return MorphAnalyzer()


def _english(word: str) -> frozenset[str]:
    table, inverse = _lemmas()
    lemma = table.get(word, word)
    tabled = inverse.get(lemma, frozenset()) | inverse.get(word, frozenset())
    if len(word) < 3:
        return tabled | {word, lemma}
    regular = {_plural(word)} if tabled else {_plural(word), _past(word), _gerund(word)}
    return tabled | {word, lemma} | regular


@cache
def _lemmas() -> tuple[dict[str, str], dict[str, frozenset[str]]]:
    """The lemma of each irregular or inflected English form, and each lemma's forms."""
    # The package is found, not imported: importing it registers itself with spaCy.
    spec = find_spec("spacy_lookups_data")
    if spec is None or not spec.submodule_search_locations:
        return {}, {}
    path = Path(spec.submodule_search_locations[0]) / "data" / "en_lemma_lookup.json.gz"
    table: dict[str, str] = json.loads(gzip.decompress(path.read_bytes()))
    inverse: dict[str, set[str]] = defaultdict(set)
    for form, lemma in table.items():
        inverse[lemma].add(form)
    return table, {lemma: frozenset(filter(str.isalpha, forms)) for lemma, forms in inverse.items()}


def _plural(word: str) -> str:
    if word.endswith("y") and word[-2] not in _VOWELS:
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "x", "z", "ch", "sh")) else "s")


def _past(word: str) -> str:
    if word.endswith("e"):
        return word + "d"
    return word[:-1] + "ied" if word.endswith("y") and word[-2] not in _VOWELS else word + "ed"


def _gerund(word: str) -> str:
    return word[:-1] + "ing" if word.endswith("e") and not word.endswith("ee") else word + "ing"
