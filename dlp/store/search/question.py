"""What people type into the search box as terms: words, "phrases in quotes" and beginnings*."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from dlp.store.search.words import lemma_of, plain_words_of

MOST_TERMS: Final = 32
_PIECE: Final = re.compile(r'"([^"]*)"|[«“]([^»”]*)[»”]|(\S+)')


class Term(NamedTuple):
    """Words that stand next to one another in this order; `beginning` says the last one may go on."""

    words: tuple[str, ...]
    beginning: bool = False


def terms_of(text: str) -> tuple[Term, ...]:
    """The terms of a question, all of which an incident must answer; signs that are no words are passed over."""
    terms: list[Term] = []
    for piece in _PIECE.finditer(text):
        quoted = piece.group(1) if piece.group(1) is not None else piece.group(2)
        told = quoted if quoted is not None else piece.group(3)
        words = plain_words_of(told)
        if quoted is None and told.endswith("*") and len(words) == 1:
            terms.append(Term((words[0],), beginning=True))
        elif words:
            terms.append(Term(tuple(map(lemma_of, words))))
    return tuple(dict.fromkeys(terms))[:MOST_TERMS]
