"""Demanded words and phrases: one stem of each in the automaton, the word forms confirmed on a hit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from os.path import commonprefix

from dlp.detect.view import View
from dlp.records import Term
from dlp.spans import Span

_WORD = re.compile(r"\w+")
_SHORTEST_STEM = 3
_REACH = 240


class Terms:
    """The terms of a demand; `literals` maps each stem to look for to the indexes of its terms."""

    def __init__(self, terms: Sequence[Term]) -> None:
        self.terms = terms
        self.literals: dict[str, list[int]] = {}
        self._pivots: list[int] = []
        for index, term in enumerate(terms):
            pivot, stems = _pivot(term) if term.words else (0, (term.literal,))
            self._pivots.append(pivot)
            for stem in stems:
                self.literals.setdefault(stem, []).append(index)

    def confirm(self, index: int, view: View, start: int, end: int) -> Span | None:
        """The span in the view of term `index` whose stem was seen at `[start, end)`, or None."""
        term = self.terms[index]
        if not term.words:
            return Span(start, end) if _stands_free(view.lower, start, end) else None
        if start and (view.lower[start - 1].isalnum() or view.lower[start - 1] == "_"):
            return None
        words = [match.span() for match in _WORD.finditer(view.lower, _word_start(view.lower, start - _REACH), end + _REACH)]
        at = next((i for i, (first, _) in enumerate(words) if first == start), None)
        return None if at is None else _phrase(term, view.lower, words, (self._pivots[index], at))


def _pivot(term: Term) -> tuple[int, tuple[str, ...]]:
    """The word of a phrase with the longest stem, and its stems: one where its forms share a beginning, else each form."""
    stems = [commonprefix(sorted(forms)) for forms in term.words]
    pivot = max(range(len(stems)), key=lambda i: len(stems[i]))
    return pivot, (stems[pivot],) if len(stems[pivot]) >= _SHORTEST_STEM else tuple(sorted(term.words[pivot]))


def _word_start(text: str, at: int) -> int:
    """`at`, moved back so that no word is cut."""
    at = max(0, at)
    while at and (text[at - 1].isalnum() or text[at - 1] == "_"):
        at -= 1
    return at


def _phrase(term: Term, text: str, words: list[tuple[int, int]], pivot: tuple[int, int]) -> Span | None:
    word, at = pivot
    if text[words[at][0] : words[at][1]] not in term.words[word]:
        return None
    first = last = at
    for forms in reversed(term.words[:word]):
        near = range(first - 1, max(-1, first - 2 - term.gap), -1)
        first = next((i for i in near if text[words[i][0] : words[i][1]] in forms), -1)
        if first < 0:
            return None
    for forms in term.words[word + 1 :]:
        near = range(last + 1, min(len(words), last + 2 + term.gap))
        last = next((i for i in near if text[words[i][0] : words[i][1]] in forms), -1)
        if last < 0:
            return None
    return Span(words[first][0], words[last][1])


def _stands_free(text: str, start: int, end: int) -> bool:
    """True where a literal that begins or ends like a word is not part of a longer one."""
    before = start and text[start].isalnum() and text[start - 1].isalnum()
    after = end < len(text) and text[end - 1].isalnum() and text[end].isalnum()
    return not before and not after
