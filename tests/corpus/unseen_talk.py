"""Ordinary work talk that holds no secret and no identifier, in Russian (60 %) and English, by a small grammar."""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random

from tests.corpus.unseen_phrases import ENGLISH, ENGLISH_WORDS, RUSSIAN, RUSSIAN_WORDS

Words = dict[str, tuple[str, ...]]


def _said(rng: Random, sentences: tuple[str, ...], words: Words) -> str:
    said = rng.choice(sentences)
    while "{" in said:
        said = re.sub(r"\{(\w+)\}", lambda found: _word(rng, found.group(1), words), said)
    return said


def _word(rng: Random, name: str, words: Words) -> str:
    if name == "n":
        return str(rng.randint(2, 9))
    if name == "nn":
        return str(rng.randint(10, 99))
    if name == "nnnn":
        return str(rng.randint(1000, 9999))
    return rng.choice(words[name])


def _typed(rng: Random, said: str) -> str:
    """As hands type it: capitals, full stops and commas come and go."""
    if rng.random() < 0.35:
        said = said[:1].upper() + said[1:]
    if rng.random() < 0.15:
        said = said.replace(",", "")
    return said + rng.choice(["", "", "", ".", "!", "?", "...", ")", "))", " 🙂", " 👍", "\n"])


def talk(count: int, seed: int = 20261) -> Iterator[str]:
    """So many clean messages of one to three sentences."""
    rng = Random(seed)
    for _ in range(count):
        sentences, words = (RUSSIAN, RUSSIAN_WORDS) if rng.random() < 0.6 else (ENGLISH, ENGLISH_WORDS)
        said = [_typed(rng, _said(rng, sentences, words)) for _ in range(rng.choices([1, 2, 3], [60, 30, 10])[0])]
        yield rng.choice([" ", " ", "\n"]).join(said)
