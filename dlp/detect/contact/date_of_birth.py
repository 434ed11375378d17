"""Dates of birth."""

from __future__ import annotations

from collections.abc import Iterator

from dlp.detect.contact.written_date import WrittenDate, dates
from dlp.detect.detector import Found, Pattern
from dlp.detect.view import View

_BORN = (
    r"дат[аыуе]й?[ _]{1,2}(?:и место )?рожд\w*|дат[аыуе] рожд\.|д(?:ень|ня|ню|нем|нюх\w)[ ]рожд\w*|рожд(?:ен\w*|\.)|родил(?:ся|ась|ись)|род\."
    r"|д\.? ?р\.|др(?=[ :=-])|д/р|г\.? ?р\.|год[а]? рожд\w*|урожен\w{2,4}"
    r"|d\.?o\.?b\.?(?![a-z])|date of birth|date[ _-]?of[ _-]?birth|birth[ _-]?date|birth ?day|b-?day|born|birth(?= ?:)|data urodzenia|geburtsdatum"
)
_CONTEXT = Pattern(rf"(?<![^\W_])(?:{_BORN})")
_BACKWARD = Pattern(
    r"[ \"]{0,2}(?:г(?:од[ау]?|\.)?)?[ ,(\"]{0,3}(?:года? рожд|г\.? ?р\.?(?![а-я])|рожд|родил(?:ся|ась)|д\.? ?р\.(?![а-я])|д/р|\(?дата рожд|\(dob|dob\b|\(?date of birth)"
)
_YEAR_ONLY = Pattern(r"(?<![\d.,-])((?:19|20)\d\d)[ ]?(?:г(?:од[ау]?|\.)?[ ]?рожд\w*|г\. ?р\.|гр(?![а-я]))")
_ELSEWHERE = Pattern(
    r"договор|выдан|выдач|встреч|релиз|создан|срок|регистрац|празднова|отмеча|дедлайн|отпуск|принят|приказ|действ|не указан|перенес|переезд|прием"
    r"|корпоратив|подар|сбор|issued|expir|meeting|hired|release|deadline|party|celebrat|valid|start date|joined|appointment|(?<![а-я])смерт|умер|died"
)
_SENTENCE = Pattern(r"[!?]|[а-яa-z0-9]{4,}\.\s+[а-яa-z]{3,}")
_BIRTHDAY = ("день", "дня", "дню", "днем", "днюх", "bday", "b-day", "birthday", "birth day")
_GAP = 70
_TABLE_GAP = 260
_LAST_YEAR_OF_AN_ADULT = 2016


class DateOfBirth:
    """A date beside words that say somebody was born on it; the date alone is the find (Presidio's DATE_TIME stays silent here)."""

    name = "date_of_birth"
    entity = "DATE_OF_BIRTH"
    anchors: tuple[str, ...] = (
        r"(^|[^а-я])(д\. ?р\.|д/р|г\. ?р\.|др[ :=\-])",
        r"[0-9] ?гр($|[^а-я])",
        r"(^|[^a-z])d\.?o\.?b",
    )
    words: tuple[str, ...] = ("рожд", "родил", "род. ", "урожен", "birth", "born", "bday", "b-day", "geburtsdatum", "data urodzenia")
    before = 50
    after = 80
    matches: tuple[str, ...] = (
        "дата рождения 12.05.1985",
        "он родился 5 мая 1990 года",
        "Иванов И.И., 1985-05-12 г.р.",
        "паспорт, д.р. 12/05/85",
        "мой dob is May 12, 1985",
        "was born on 1985-05-12",
        "Петров, 1985 года рождения",
        "ФИО | Дата рождения | Отдел\nИванов И.И. | 12.05.1985 | ИТ",
        "день рождения: 12 мая 1985",
    )
    ignores: tuple[str, ...] = (
        "С днём рождения! Встреча 12.05.2026",
        "договор от 12 мая 2024",
        "встреча 12.05.1985",
        "и др. 12.05.2024",
        "дата рождения не указана, договор от 12.05.2024",
        "date of birth is missing. Meeting moved to 2026-05-12",
        "идея родилась 3 дня назад",
    )

    def find(self, view: View, start: int, end: int) -> Iterator[Found]:
        taken: set[int] = set()
        for context in _CONTEXT.finditer(view.lower, start, end):
            for date in self._beside(view, context.start(), context.end()):
                if date.start not in taken:
                    taken.add(date.start)
                    yield Found(date.start, date.end, date.value, 0.9 if date.full else 0.8, f"word near: {context.group()}")
        for match in _YEAR_ONLY.finditer(view.lower, max(0, start - 4), end):
            if not any(begin <= match.start() < begin + 24 for begin in taken):
                yield Found(match.start(1), match.end(1), match[1], 0.75, "year, word near: г.р.")

    def _beside(self, view: View, start: int, end: int) -> Iterator[WrittenDate]:
        word = view.lower[start:end]
        latest = _LAST_YEAR_OF_AN_ADULT if word.startswith(_BIRTHDAY) else 2030
        earlier = dates(view, max(0, start - 36), start)
        if earlier and _BACKWARD.match(view.lower, earlier[-1].end, end) and earlier[-1].end >= start - 9:
            yield earlier[-1]
            return
        if word.startswith("др") and view.lower.endswith("и ", 0, start):
            return
        line = view.lower.find("\n", end, end + _TABLE_GAP)
        table = any(mark in view.lower[end : end + 2] for mark in "\t|;") or view.lower[end : end + 3] == " | "
        if table and not dates(view, end, end + _GAP if line < 0 else line):
            yield from self._in_column(view, end)
            return
        for date in dates(view, end, min(len(view.lower), end + _GAP)):
            if date.year <= latest and self._joined(view, end, date.start):
                yield date
            return

    @staticmethod
    def _in_column(view: View, end: int) -> Iterator[WrittenDate]:
        """Dates in the rows below a table's head, the oldest of each row: other columns hold younger ones."""
        at = view.lower.find("\n", end)
        while at >= 0 and at < end + 40 * _TABLE_GAP:
            stop = view.lower.find("\n", at + 1)
            row = view.lower[at + 1 : stop if stop >= 0 else len(view.lower)]
            if not any(mark in row for mark in "\t|;"):
                return
            found = [date for date in dates(view, at + 1, at + 1 + len(row)) if date.year <= _LAST_YEAR_OF_AN_ADULT]
            if found:
                yield min(found, key=lambda date: date.value)
            at = stop

    @staticmethod
    def _joined(view: View, end: int, start: int) -> bool:
        """Whether nothing between the words and the date says it is the date of something else."""
        return not _ELSEWHERE.search(view.lower, end, start) and not _SENTENCE.search(view.lower, end, start)


DETECTORS = (DateOfBirth(),)
