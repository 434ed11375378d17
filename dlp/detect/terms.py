"""Demanded words and phrases: one stem of each in the automaton, the word forms confirmed on a hit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from dlp.cache import TrustedFolder
from dlp.detect.alphabet import SEPARATOR, WORD_BYTES, lowered, narrow
from dlp.detect.automaton import Automaton, Hit
from dlp.records import Term

_LETTER = b"[" + re.escape(WORD_BYTES) + b"]"
_BETWEEN = b"[^" + re.escape(WORD_BYTES) + SEPARATOR.encode() + b"]{1,20}"
_WORD = re.compile(_LETTER + b"+")
_NEXT = re.compile(_BETWEEN + b"(" + _LETTER + b"+)")
_PREVIOUS = re.compile(b"(" + _LETTER + b"+)" + _BETWEEN + rb"\Z")
_LONGEST_STEP = 80
_STEM_HEAD = 3
_IS_WORD = frozenset(WORD_BYTES)

Forms = frozenset[bytes]
_Text = tuple[bytes, dict[tuple[int, bool], tuple[bytes, int] | None]]


class Terms:
    """The terms of a demand, found in lowered bytes."""

    def __init__(self, terms: Sequence[Term], cache_folder: TrustedFolder | None = None) -> None:
        self.keys = tuple(term.key for term in terms)
        self._phrases: list[_Phrase] = []
        by_stem: dict[str, _Stem] = {}
        for index, term in enumerate(terms):
            pivot, stems = _pivot(term) if term.words else (0, (term.literal,))
            words = tuple(frozenset(lowered(narrow(form)) for form in forms) for forms in term.words)
            self._phrases.append(_Phrase(words[:pivot][::-1], words[pivot + 1 :], term.gap))
            for stem in stems:
                by_stem.setdefault(stem, _Stem(len(stem), {}, [])).add(index, words[pivot] if words else None)
        self._of_stem = tuple(by_stem.values())
        self._stems = Automaton(tuple(by_stem), cache_folder, literal=True)

    def found(self, low: bytes) -> list[Hit]:
        """The terms that stand in lowered bytes, as (end, index of the term, start), stems ascending."""
        hits: list[Hit] = []
        if not self.keys:
            return hits
        for end, number, _ in self._stems.scan(low):
            stem = self._of_stem[number]
            start = end - stem.length
            if start and low[start - 1] in _IS_WORD and low[start] in _IS_WORD:
                continue
            if stem.literals and (end == len(low) or low[end] not in _IS_WORD or low[end - 1] not in _IS_WORD):
                hits += [(end, index, start) for index in stem.literals]
            word = _WORD.match(low, start)
            if word and word.group() in stem.by_form:
                hits += self._phrases_at(low, word.span(), stem.by_form[word.group()])
        return hits

    def _phrases_at(self, low: bytes, pivot: tuple[int, int], indexes: Sequence[int]) -> list[Hit]:
        """Of the phrases whose pivot stands at a place, those whose other words stand around it."""
        hits: list[Hit] = []
        steps: dict[tuple[int, bool], tuple[bytes, int] | None] = {}
        for index in indexes:
            phrase = self._phrases[index]
            first = _walked((low, steps), pivot[0], (phrase.before, phrase.gap), forward=False)
            last = _walked((low, steps), pivot[1], (phrase.after, phrase.gap), forward=True) if first is not None else None
            if first is not None and last is not None:
                hits.append((last, index, first))
        return hits


class _Phrase(NamedTuple):
    """The words around a phrase's pivot, from it outwards, and how many others may stand between two of them."""

    before: tuple[Forms, ...]
    after: tuple[Forms, ...]
    gap: int


class _Stem(NamedTuple):
    """What a stem may be the beginning of: terms by the pivot's forms, and terms that are no words."""

    length: int
    by_form: dict[bytes, list[int]]
    literals: list[int]

    def add(self, index: int, forms: Forms | None) -> None:
        if forms is None:
            self.literals.append(index)
        for form in forms or ():
            self.by_form.setdefault(form, []).append(index)


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


def _walked(text: _Text, at: int, wanted: tuple[Sequence[Forms], int], *, forward: bool) -> int | None:
    """The far end of the neighbouring words that are `wanted`, in order from `at` outwards; None where one is missing."""
    words, gap = wanted
    for forms in words:
        for _ in range(gap + 1):
            step = _step(text, at, forward=forward)
            if step is None:
                return None
            word, at = step
            if word in forms:
                break
        else:
            return None
    return at


def _step(text: _Text, at: int, *, forward: bool) -> tuple[bytes, int] | None:
    """The word next to `at` and its far end; looked for once, however many phrases ask."""
    low, steps = text
    if (at, forward) not in steps:
        match = _NEXT.match(low, at) if forward else _PREVIOUS.search(low, max(0, at - _LONGEST_STEP), at)
        steps[at, forward] = match and (match.group(1), match.end(1) if forward else match.start(1))
    return steps[at, forward]
