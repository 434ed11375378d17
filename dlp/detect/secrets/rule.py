"""One line of a table of secrets: a service's token known by its prefix, or by the service's name beside it."""

# ruff: noqa: E501 - a pattern or an example cut in two is harder to read than a long line.

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import NamedTuple

from dlp.detect.detector import Found, Pattern
from dlp.detect.secrets.example import expanded, masked, truncated
from dlp.detect.secrets.secrecy import entropy, is_placeholder
from dlp.detect.view import View

_REACH = 300
_LONGEST = 1500
_LONGEST_ANCHOR = 40
_LEFT_EDGE = "(?<![0-9A-Za-z])"
_RIGHT_EDGE = "(?![0-9A-Za-z])"
_NOUN = r"(?i:api|key|token|secret|auth|pat\b|pass|credential|ключ|токен|секрет|парол|apikey|bearer|sid\b|webhook|dsn)"
_NOUNS = "api|key|token|secret|auth|pat|pass|credential|ключ|токен|секрет|парол|bearer|sid|webhook|dsn"
_FILL = r"""[\w .,:/"'`()+-]{0,30}?"""
_SEPARATOR = r"""["'`\]]{0,2}[ \t]{0,4}(?::=|=>|->|[:=|,-]|is\b|это)?[ \t\n]{0,4}["'`(]{0,2}"""


class Traits(NamedTuple):
    """What most rules share. `judge` says how sure a matched value makes, 0 for not at all; it overrides `confidence`.

    `run` is the least that stands in every find: a rule that must search looks for it before it looks for its shape.
    `begins` are words, in lower case, one of which every shape begins with: it is tried at these alone.
    """

    entity: str = "API_KEY"
    confidence: float = 0.95
    entropy: float = 2.6
    before: int = 0
    after: int = 4
    judge: Callable[[str], float] | None = None
    run: str = "[0-9A-Za-z_+/.:!@#$%^&*-]{8}"
    begins: str = ""


TOKEN = Traits()


class Rule:
    """A service's secret. `words` are what gives it away, literals and (where one has "[") Vectorscan expressions, `pattern`
    its shape, with one group where only a part is the secret; the shape stands alone (no letter or digit on either side; one that begins with
    its own look-behind says itself what may stand before it).
    `example` is a template of one: "ghp_{36}".

    The expanded example, never written out in full here, is what it `matches`; masked and cut short it `ignores`.
    """

    def __init__(self, name: str, words: str, *, pattern: str, example: str, traits: Traits = TOKEN) -> None:
        self.name = name
        self.entity = traits.entity
        triggers = tuple(words.split())
        self.anchors = tuple(trigger for trigger in triggers if "[" in trigger)
        self.words = tuple(trigger for trigger in triggers if "[" not in trigger)
        self.before = traits.before or max(map(len, triggers)) + _LONGEST_ANCHOR * bool(self.anchors) + 1
        self.after = traits.after
        self._pattern = Pattern(f"{'' if pattern.startswith('(?<') else _LEFT_EDGE}(?:{pattern}){_RIGHT_EDGE}")
        self._run = Pattern(traits.run)
        self._begins = Pattern(traits.begins)
        self._example = example
        self._traits = traits
        self._begins_with_word = not (traits.before or self.anchors)

    @cached_property
    def matches(self) -> tuple[str, ...]:
        """Texts that hold the example."""
        return (f"вот {expanded(self._example)}", f"see {expanded(self._example)}, ok?")

    @cached_property
    def ignores(self) -> tuple[str, ...]:
        """The example masked with x, and cut off after a few characters."""
        return (f"вот {masked(self._example)}", f"вот {truncated(self._example)}...")

    def find(self, view: View, start: int, end: int) -> Iterator[Found]:
        """The tokens that begin in the window."""
        for match in self._matches_within(view, start, end):
            begin, stop = match.span(match.lastindex or 0)
            if begin >= end:
                return
            value = view.text[begin:stop]
            confidence = self._confidence(value)
            if confidence:
                yield Found(begin, stop, value, confidence, "shape and entropy")

    def _matches_within(self, view: View, start: int, end: int) -> Iterator[re.Match[str]]:
        """The shapes that begin in the window: looked for at each word where the shape begins with it, else anywhere."""
        text = view.text
        if not self._begins_with_word:
            reach = min(len(text), end + (_LONGEST if self._traits.before > _REACH else _REACH))
            if self._run.search(text, start, reach):
                yield from (
                    self._matches_from(view, start, reach) if self._traits.begins else self._pattern.finditer(text, start, reach)
                )
            return
        for word in self.words:
            at = view.lower.find(word, start, end)
            while at >= 0:
                match = self._pattern.match(text, at, min(len(text), at + _LONGEST))
                if match:
                    yield match
                at = view.lower.find(word, at + 1, end)

    def _matches_from(self, view: View, start: int, end: int) -> Iterator[re.Match[str]]:
        """What a search would find, one behind the other."""
        at = start
        for begin in self._begins.finditer(view.lower, start, end):
            match = self._pattern.match(view.text, begin.start(), end) if begin.start() >= at else None
            if match:
                at = match.end()
                yield match

    def _confidence(self, value: str) -> float:
        if entropy(value) < self._traits.entropy or is_placeholder(value):
            return 0.0
        return self._traits.judge(value) if self._traits.judge else self._traits.confidence


def keyed(name: str, services: str, *, value: str, example: str, traits: Traits = TOKEN) -> Rule:
    """A rule for a secret without a prefix of its own: `value` beside a service's name and a word such as "key" or «токен»."""
    names = "|".join(service.replace(".", r"\.") for service in services.split())
    service = rf"(?i:{names})\w{{0,12}}"
    beside = rf"(?:{service}{_FILL}{_NOUN}\w{{0,10}}{_FILL}|{_NOUN}\w{{0,10}}{_FILL}{service}(?:[ _-]\w{{1,12}}){{0,2}}?)"
    shared = traits._replace(
        begins=f"{names}|{_NOUNS}",
        before=40,
        after=110,
        run=f"{value}{_RIGHT_EDGE}",
        confidence=min(traits.confidence, 0.85),
        entropy=max(traits.entropy, 2.8),
    )
    return Rule(name, services, pattern=f"{beside}{_SEPARATOR}((?<![0-9A-Za-z]){value})", example=example, traits=shared)
