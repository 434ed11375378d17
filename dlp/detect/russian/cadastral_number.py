"""The cadastral number of a plot, a building or a flat."""

from __future__ import annotations

from collections.abc import Iterator

from dlp.detect.detector import Found, Near, Pattern
from dlp.detect.view import View

_FORM = Pattern(r"(?<![\d:])(\d\d)\s?:\s?(\d\d)\s?:\s?(\d{6,7})\s?:\s?(\d{1,6})(?![\d:])")
_WORDS = Near(
    r"кад\w*\.?", r"к/н(?![а-я])", r"кн(?![а-я])", r"участ\w*", r"росреестр\w*", r"егрн", r"недвиж\w*", r"квартир\w*",
    r"помещени\w*", r"здани\w*",
    r"дом\w*", r"земл\w*", r"зем\.", r"зу(?![а-я])", r"cadastral\w*", r"plot\w*", r"land(?![a-z])",
    before=60, after=30,
)  # fmt: skip


class CadastralNumber:
    """Finds district:area:quarter:object, 77:01:0001001:1234; the quarter has six or seven digits.

    Rosreestr order П/0241 of 07.06.2021 and its predecessors.
    """

    name = "ru_cadastral_number"
    entity = "RU_CADASTRAL_NUMBER"
    anchors = (r"[0-9]{2} ?: ?[0-9]{2} ?: ?[0-9]{6,7} ?: ?[0-9]",)
    words: tuple[str, ...] = ()
    before = 22
    after = 6
    matches = (
        "кадастровый номер 77:01:0001001:1234",
        "вот 50:12:0080502:56",
        "участок 77:01:0001001:1234, дело А40",
        "cadastral number 78:14:0007692:3",
    )
    ignores = ("12:30:0001001", "в 10:20:30:40", "00:01:0001001:1234", "77:01:0001001:1234:55", "2a02:77:01:0001001:1234")

    def find(self, view: View, start: int, end: int) -> Iterator[Found]:
        for match in _FORM.finditer(view.text, start, min(len(view.text), end + 6)):
            if match.start() >= end or match[1] == "00" or match[1] > "95":
                continue
            word = _WORDS.word(view, match.start(), match.end())
            value = ":".join(match.groups())
            why = f"form, word near: {word}" if word else "form 00:00:0000000:0"
            yield Found(match.start(), match.end(), value, 0.97 if word else 0.88, why)


DETECTORS = (CadastralNumber(),)
