"""A written term as what detection is asked for. Equal terms have equal keys, so that policies share them."""

from __future__ import annotations

import re
import unicodedata

from dlp.policy.word_forms import forms_of
from dlp.records import Term, TermPattern

_WORDS = re.compile(r"\w+(?:[ -]+\w+)*")
_DASHES = re.compile("[\u2010-\u2015\u2212]")


def term(written: str, gap: int = 0) -> Term:
    """A term in every form of its words; with a leading "=" exactly as written. `gap` other words may stand between two."""
    return exact_term(written[1:], gap) if written.startswith("=") else _term(written, gap, with_forms=True)


def exact_term(written: str, gap: int = 0) -> Term:
    """A term exactly as written; case and ё are ignored."""
    return _term(written, gap, with_forms=False)


def pattern(regex: str) -> TermPattern:
    """A regular expression; ё stands as е in what is searched."""
    return TermPattern(f"regex:{regex}", regex.replace("ё", "е").replace("Ё", "Е"))


def folded(written: str) -> str:
    """A term as it is compared: NFKC, lower case, ё as е, one kind of dash, single spaces."""
    lower = _DASHES.sub("-", unicodedata.normalize("NFKC", written)).lower().replace("ё", "е")
    return " ".join(lower.split())


def _term(written: str, gap: int, *, with_forms: bool) -> Term:
    text = folded(written)
    if not _WORDS.fullmatch(text):
        return Term(f"literal:{text}", literal=text)
    words = re.findall(r"\w+", text)
    kind = ("forms" if with_forms else "exact") + (f"+{gap}" if gap else "")
    accepted = tuple(forms_of(word) if with_forms else frozenset({word}) for word in words)
    return Term(f"{kind}:{text}", accepted, gap=gap if len(words) > 1 else 0)
