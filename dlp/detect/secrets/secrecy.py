"""Whether a value can be a live secret at all: its entropy, and the marks of placeholders."""

from __future__ import annotations

from itertools import pairwise
from math import log2
from operator import mul

from dlp.detect.detector import Pattern

# Plain words are looked for one by one: an alternation of them costs forty times as much on a token's forty characters.
_MARKS = (
    "example|sample|your|placeholder|dummy|changeme|change-me|change_me|changeit|change-it|change_it|changethis|change-this|change_this"
    "|replace|redacted|hidden|insert|enter-|enter_|fake|xxxx|***|...|\u2026|\ufffd\ufffd\ufffd|00000000|1234567890|123456789a|abcdefgh"
    "|deadbeef|todo|fixme|здесь|вставь|ваш|пример|скрыт|goeshere|goes-here|goes_here|lorem"
).split("|")
# n times log2(n), for the counts of a character in a value that is no novel.
_COUNTED = tuple(map(mul, range(1, 200), map(log2, range(1, 200))))
_MARKED_ENDS = Pattern(r"^(?:my|some|the)[-_]|^test[-_]?(?:key|token|secret|api)")
_MARKED_INSIDE = Pattern(r"[-_]here\b")
_SIGNS_OF_REFERENCE = frozenset("$%{}#@<>[].:!")
_WORDS_OF_REFERENCE = ("environ", "getenv", "env(", "valuefrom")
_REFERENCE = Pattern(
    r"""[$%]\{|\{\{|\}\}|\$\(|\$[a-z_][a-z_0-9]{0,25}$|\$env:|%[a-z_]+%$|%\(|%[sdv]\b|#\{|@\w+@+$|<[^>]*>?$|\[[^\]]*\]$|\{[^}]*\}$|process\.env
    |environ|getenv|env\(|env\.|env\[|secrets?\.|vault[:.(]|config[.\[(]|settings\.|self\.|this\.|args\.|ssm:|op://|!ref|valuefrom""".replace(
        "\n    ", ""
    )
)
# "order_created_at_2026", "node-modules-linux-x64-v18"
_WORDS_AND_NUMBERS = Pattern(
    r"(?:[a-z]{2,}\d{0,3}|[A-Z]{2,}\d{0,3}|[A-Z][a-z]+\d{0,2}|[vx]?\d{1,4})(?:[-_./~+](?:[a-z]+\d{0,3}|[A-Z]+\d{0,3}|[A-Z][a-z]+\d{0,2}|[vx]?\d{1,4}|[a-z]+[A-Z][a-z]+))*+$"
)


def entropy(value: str) -> float:
    """Shannon's entropy of the characters of `value`, bits per character; 0 where it is empty."""
    size = len(value)
    if not size:
        return 0.0
    counts = map(value.count, set(value))
    if size > len(_COUNTED):
        return log2(size) - sum([count * log2(count) for count in counts]) / size
    counted: float = sum([_COUNTED[count - 1] for count in counts])
    return log2(size) - counted / size


def refers_elsewhere(value: str) -> bool:
    """Whether `value` only names where the secret is kept: a variable, a template, a look-up."""
    lower = value.lower()
    if _SIGNS_OF_REFERENCE.isdisjoint(lower) and not any(word in lower for word in _WORDS_OF_REFERENCE):
        return False
    return _REFERENCE.search(lower, 0, len(lower)) is not None


def is_placeholder(value: str) -> bool:
    """Whether `value` stands for a secret without being one: "YOUR_API_KEY", "${TOKEN}", "xxxx", a constant's name."""
    lower = value.lower()
    for mark in _MARKS:  # a generator under any() would cost as much again
        if mark in lower:
            return True
    if _MARKED_ENDS.match(lower, 0, len(lower)) or refers_elsewhere(value):
        return True
    if "here" in lower and _MARKED_INSIDE.search(lower, 0, len(lower)):
        return True
    letters = value.replace("_", "").replace("-", "")
    return letters.isalpha() and ("_" in value or "-" in value) and (value.isupper() or value.islower()) and entropy(value) < 3.6


def looks_random(value: str) -> bool:
    """Whether a long value is drawn at random: entropy near what its alphabet allows, no word shape.

    A value of letters alone is taken for words unless its case changes irregularly.
    """
    if (
        is_placeholder(value)
        or _WORDS_AND_NUMBERS.match(value, 0, len(value))
        or entropy(value) < (2.9 if _is_hexadecimal(value) else 3.3)
    ):
        return False
    digits = sum(c.isdigit() for c in value)
    if digits == 0:
        return len(value) >= 24 and case_changes(value) >= len(value) // 4
    return digits < len(value) and (digits >= 2 or case_changes(value) >= 4)


def case_changes(value: str) -> int:
    """How often a letter's case differs from that of the letter before it."""
    return sum(a.isalpha() and b.isalpha() and a.islower() != b.islower() for a, b in pairwise(value))


def _is_hexadecimal(value: str) -> bool:
    return all(c in "0123456789abcdefABCDEF-" for c in value)
