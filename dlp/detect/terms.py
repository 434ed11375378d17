"""Demanded words and phrases: one stem of each in the automaton, the word forms confirmed on a hit."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dlp.detect.view import View
from dlp.records import Term
from dlp.spans import Span

_WORD = re.compile(r"\w+")
_NEXT = re.compile(r"\W{1,20}(\w+)")
_PREVIOUS = re.compile(r"(\w+)\W{1,20}\Z")
_LONGEST_STEP = 80
_STEM_HEAD = 3


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
        if start and _is_word(view.lower[start - 1]):
            return None
        pivot = self._pivots[index]
        found = _WORD.match(view.lower, start)
        if found is None or found.group() not in term.words[pivot]:
            return None
        first = _walked(view.lower, start, term.words[:pivot][::-1], term.gap, forward=False)
        last = _walked(view.lower, found.end(), term.words[pivot + 1 :], term.gap, forward=True)
        return None if first is None or last is None else Span(first, last)


def _pivot(term: Term) -> tuple[int, tuple[str, ...]]:
    """The word of a phrase whose shortest stem is longest, and its stems: one for each beginning its forms have."""
    stems = [_stems(forms) for forms in term.words]
    pivot = max(range(len(stems)), key=lambda i: (min(map(len, stems[i])), -len(stems[i])))
    return pivot, stems[pivot]


def _stems(forms: frozenset[str]) -> tuple[str, ...]:
    if len(forms) == 1:
        return tuple(forms)
    by_head: dict[str, list[str]] = {}
    for form in sorted(forms):
        by_head.setdefault(form[:_STEM_HEAD], []).append(form)
    return tuple(_shared_head(alike) for alike in by_head.values())


def _shared_head(forms: list[str]) -> str:
    """What sorted forms begin with alike."""
    first, last = forms[0], forms[-1]
    return first[: next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last)))]


def _walked(text: str, at: int, wanted: Sequence[frozenset[str]], gap: int, *, forward: bool) -> int | None:
    """The far end of the neighbouring words that are `wanted`, in order from `at` outwards; None where one is missing."""
    for forms in wanted:
        for _ in range(gap + 1):
            step = _NEXT.match(text, at) if forward else _PREVIOUS.search(text, max(0, at - _LONGEST_STEP), at)
            if step is None:
                return None
            at = step.end(1) if forward else step.start(1)
            if step.group(1) in forms:
                break
        else:
            return None
    return at


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _stands_free(text: str, start: int, end: int) -> bool:
    """True where a literal that begins or ends like a word is not part of a longer one."""
    before = start and _is_word(text[start]) and _is_word(text[start - 1])
    after = end < len(text) and _is_word(text[end - 1]) and _is_word(text[end])
    return not before and not after
