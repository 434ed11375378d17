"""Which words claim a number: "ИНН", "р/с", "паспорт", "заказ №" … in Russian and English, inflected and misspelt."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import NamedTuple

from dlp.detect.alternatives import alternatives
from dlp.detect.detector import Pattern
from dlp.detect.russian.label_words import FRAGMENTS
from dlp.detect.russian.table import heading
from dlp.detect.view import View

REACH_BEFORE = 90
REACH_AFTER = 34

# A fragment whose first character is a letter that must stand there; its letters, if several.
_FIRST_LETTER = re.compile(r"[a-zа-я](?![?*{|])")
_HEAD = re.compile(r"[a-zа-я]{2,4}(?![?*{|])")
_WORD = Pattern("|".join(f"(?P<{kind}>{'|'.join(words)})" for kind, words in FRAGMENTS))
_DATES = Pattern(r"\b(?:19|20)\d\d\b|\b\d{1,2}\.\d{1,2}\.\d{2,4}\b|\b\d{3}-\d{3}\b")
_SPENT = Pattern(r"\d{4,}[^\n]*?[^\W\d_]{3,}|\d{4,}[^\n]*\n\s*[^\W\d_]{3,}", re.DOTALL)
# Words that lead from one number of a label to its next: "паспорт старый 45 06 123456 новый …".
_GOES_ON = Pattern(
    r"(?<![^\W_])(?:нов\w{2}|стар\w{2}|втор\w{2}|друг\w{2}|или|also|and|new|old|мужа?|жен[аы]|сын[а]?|доч\w{1,3}|мам[аы]|пап[аы])(?![^\W_])"
)
_SHORTENED = Pattern(r"(?<![а-я])(?:гр|рос|фед|гос|г)\. ?")
_LISTED = Pattern(r"[\d/|*`_~-]+[,;]?")
_LINKS = " \t\r\n:=-\"'>#№("
_CELL_ENDS = frozenset({";", ",", '";"', '","', "; "})
_BRACKETS = (" (", "(", " - ", " -")
_LONGEST_GAP, _OWN_WORDS, _QUIET_WORDS = 32, 4, 2
# What may stand between a number and the word after it that says what it is: "… — это номер заказа".
_LINKING_WORDS = Pattern(r"[\s\"'(),:*-]*(?:(?:это|наш\w?|мой|мо[яе]|его|ее|их|номер\w{0,2}|is|my|our|his|her)[\s-]+){0,3}")
_LABELS_NEXT = Pattern(r"[^\w\n]{0,4}\d|\s*[:=№#]|\s(?:позже|потом|уточн|скин|пришл|нет|не|будет|later|missing)")
_CLAUSE_END = frozenset(",;!?\n\ufffd")
_QUIETING = frozenset({"phone", "order", "time", "money", "technical", "card", "foreign"})
_YIELDING = frozenset({"order", "technical", "money", "series"})


class Label(NamedTuple):
    """A word that may claim a number; `tight` is true where no clause ends between the two."""

    kind: str
    word: str
    start: int
    end: int
    tight: bool


class Claim(NamedTuple):
    """Who claims a number: its own label (`word`), another one (`taken`), or nobody. `tight` belongs to the own label."""

    word: str = ""
    tight: bool = False
    taken: str = ""
    kinds: frozenset[str] = frozenset()


NOBODY = Claim()


def claim_on(view: View, start: int, end: int, *kinds: str) -> Claim:
    """Who claims `[start, end)`: the table's column heading, else the labels nearest before it, else the one right after it.

    A label is spent when another number and further words stand between it and this number.
    """
    claim = _judge(_remembered(view, start, _leading), kinds)
    if claim.word or (claim.taken and not _yields(claim.taken, view, end)):
        return claim
    behind = _judge(_remembered(view, end, _after), kinds)
    return claim if claim.taken and not behind.word else behind


def _yields(taken: str, view: View, end: int) -> bool:
    """True where the label before may be overruled by one behind: "договор с 7707083893 (инн верный)"."""
    return taken in _YIELDING and view.lower.startswith(_BRACKETS, end)


def _remembered(view: View, at: int, labels_of: Callable[[View, int], tuple[Label, ...]]) -> tuple[Label, ...]:
    """Several kinds of papers have as many digits, and each asks for the labels of the same number."""
    key = (labels_of, at)
    labels = view.memory.get(key)
    if labels is None:
        labels = view.memory[key] = labels_of(view, at)
    return labels  # type: ignore[return-value]  # what this key holds


def _leading(view: View, start: int) -> tuple[Label, ...]:
    return _in_heading(view, start) or _before(view, start)


def _judge(labels: tuple[Label, ...], kinds: tuple[str, ...]) -> Claim:
    named = frozenset(label.kind for label in labels)
    for label in labels:
        if label.kind in kinds:
            return Claim(label.word, label.tight, "", named)
    for label in labels:
        if label.tight:
            return Claim("", False, label.kind, named)
    return NOBODY


def _in_heading(view: View, start: int) -> tuple[Label, ...]:
    cell = heading(view, start)
    if not cell:
        return ()
    return tuple(Label(match.lastgroup or "", match.group(), 0, 0, tight=True) for match in _words(cell, 0, len(cell)))


def _before(view: View, start: int) -> tuple[Label, ...]:
    lower = view.lower
    matches = list(_words(lower, max(0, start - REACH_BEFORE), start))
    group: list[Label] = []
    for match in reversed(matches):
        label = _label(lower, match, start)
        if group:
            between = lower[label.end : group[-1].start]
            if any(char.isdigit() for char in between) or (group[-1].kind in _QUIETING and _clause_ends(between)):
                break
            group.append(label._replace(tight=label.tight or group[-1].tight))
        elif label.tight or label.kind not in _QUIETING:
            if _spent(lower[label.end : start]):
                break
            group.append(label)
    return tuple(group)


def _words(lower: str, start: int, stop: int) -> Iterator[re.Match[str]]:
    """The label words in `[start, stop)`, each the first that matches where letters of its script begin."""
    leap = _leap()
    begin = leap(lower, start, stop)
    while begin and begin.end() < stop:
        at = begin.end()
        match = _WORD.match(lower, at, stop) if _of_letter(lower[at]).match(lower, at, stop) else None
        if match:
            yield match
        begin = leap(lower, match.end() if match else begin.end() + 1, stop)


@cache
def _of_letter(letter: str) -> Pattern:
    """The label words that can begin with a letter: most words of a talk fail a handful of them instead of all."""
    words = [word for _, words in FRAGMENTS for word in words]
    return Pattern("|".join([word for word in words if word[0] == letter or not _FIRST_LETTER.match(word)]) or r"(?!)")


@cache
def _leap() -> Callable[[str, int, int], re.Match[str] | None]:
    """Matches from a place up to the next beginning of letters that a label word can have, or up to the end.

    A word begins where letters of its script begin, so a label glued to another script's letter is still read. Most words of a
    talk fail by their first letters: they are leapt over without a step of Python.
    """
    words = [each for _, words in FRAGMENTS for word in words for each in alternatives(word)]
    heads = {match.group() for word in words if (match := _HEAD.match(word))}
    begun = "|".join([_tree(heads), *(word for word in words if not _HEAD.match(word))])
    rest_of_word = "(?:(?<=[а-я])[а-я]++|(?<=[a-z0-9])[a-z]++)?+"
    return re.compile(f"{rest_of_word}(?:[^а-яa-z]++|(?<=[0-9])[a-z]|(?!{begun})(?:[а-я]++|[a-z]++))*+").match


def _tree(heads: Iterable[str]) -> str:
    """An expression for all words of a set, which tries each letter once."""
    rests: dict[str, set[str]] = {}
    for head in heads:
        rests.setdefault(head[:1], set()).add(head[1:])
    if "" in rests:
        return ""
    return "|".join([f"{first}(?:{_tree(rest)})" for first, rest in sorted(rests.items())])


def _label(lower: str, match: re.Match[str], start: int) -> Label:
    kind = match.lastgroup or ""
    tight = _is_tight(lower[match.end() : start], _QUIET_WORDS if kind in _QUIETING else _OWN_WORDS)
    return Label(kind, match.group(), match.start(), match.end(), tight)


def _is_tight(gap: str, words: int) -> bool:
    """True where at most so many words and no clause's end part a label and its number; a list of numbers is no such end."""
    if gap in _CELL_ENDS or (gap.count(".") > 2 and not gap.strip(" .:")):
        return True
    if not any(map(str.isalpha, gap)):
        gap = _LISTED.compiled.sub("", gap)
    if "." in gap:
        gap = _SHORTENED.compiled.sub("", gap)
    gap = gap.strip(_LINKS)
    return len(gap) <= _LONGEST_GAP and len(gap.split()) <= words and not _clause_ends(gap + " ")


def _clause_ends(gap: str) -> bool:
    return not _CLAUSE_END.isdisjoint(gap) or ". " in gap


def _spent(gap: str) -> bool:
    """True where another number, then words, stand in `gap`; dates and department codes are no such number."""
    if not any(char.isdigit() for char in gap):
        return False
    return _SPENT.compiled.search(_GOES_ON.compiled.sub("", _DATES.compiled.sub("", gap))) is not None


def _after(view: View, end: int) -> tuple[Label, ...]:
    lower = view.lower
    line_end = lower.find("\n", end, end + REACH_AFTER)
    stop = line_end if line_end >= 0 else min(len(lower), end + REACH_AFTER)
    match = next(_words(lower, end, stop), None)
    if match is None or any(char.isdigit() for char in lower[end : match.start()]):
        return ()
    if _LABELS_NEXT.match(lower, match.end(), min(len(lower), match.end() + 10)):
        return ()
    gap, kind = lower[end : match.start()], match.lastgroup or ""
    linked = _LINKING_WORDS.compiled.fullmatch(gap) is not None
    if kind in _QUIETING and not linked:
        return ()
    return (Label(kind, match.group(), match.start(), match.end(), linked or _is_tight(gap, _QUIET_WORDS)),)
