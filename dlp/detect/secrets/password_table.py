"""Passwords in the columns of tables."""

# ruff: noqa: E501 - a pattern or an example cut in two is harder to read than a long line.

from __future__ import annotations

import re
from collections.abc import Iterator

from dlp.detect.detector import Found, Pattern
from dlp.detect.secrets.password_shape import Shape, shape_of
from dlp.detect.secrets.password_value import PASSWORD_NOUN, TAIL
from dlp.detect.view import View

_HEADING = Pattern(
    rf"(?m:^)[ |\"]{{0,4}}[^|;,\t\n]{{2,40}}(?P<mark>[|;,\t])(?:[^|;,\t\n]{{1,40}}(?P=mark)){{0,5}}[ ]{{0,3}}(?P<key>{PASSWORD_NOUN})[ ]{{0,3}}(?:(?P=mark)[^\n]{{0,80}})?\r?(?=\n)"
)
_ROW = Pattern(r"\n[^\n]{1,300}")


class TabledPassword:
    """A password in a column that is headed as passwords: a table of bars, tabs, semicolons or commas."""

    name = "password_in_table"
    entity = "PASSWORD"
    anchors: tuple[str, ...] = ()
    words: tuple[str, ...] = ("парол", "passw", "pwd")
    before = 120
    after = 40
    matches: tuple[str, ...] = ("логин;пароль\nivanov;kR7x!mQ2", "| user | password |\n|---|---|\n| ivanov | kR7x!mQ2 |")
    ignores: tuple[str, ...] = ("логин;пароль\nivanov;", "| поле | пароль |\n| длина | двенадцать |")

    def find(self, view: View, start: int, end: int) -> Iterator[Found]:
        """The passwords under the headings in the window."""
        for heading in _HEADING.finditer(view.lower, start, min(len(view.text), end + 80)):
            mark = heading["mark"]
            column = heading.group()[: heading.start("key") - heading.start()].count(mark)
            for row in _ROW.finditer(view.text, heading.end(), min(len(view.text), heading.end() + 4000)):
                if row.group().count(mark) < column:
                    break
                yield from _cell(row, mark, column)


def _cell(row: re.Match[str], mark: str, column: int) -> Iterator[Found]:
    line = row.group()
    before = 0
    for _ in range(column):
        before = line.index(mark, before) + 1
    cell = line[before:].split(mark, 1)[0]
    value = (cell.split() or [""])[0].rstrip(TAIL)
    if shape_of(value) >= Shape.MIXED:
        start = row.start() + before + cell.index(value)
        yield Found(start, start + len(value), value, 0.92, "under its heading")
