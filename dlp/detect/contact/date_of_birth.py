"""Dates of birth."""

from __future__ import annotations

from collections.abc import Iterator

from dlp.detect.contact.written_date import WrittenDate, dates
from dlp.detect.detector import Found, Pattern
from dlp.detect.view import View

# By the first letter, and what stands before it asked behind it: the search then leaps from one such letter to the next.
_WORD_START = r"(?<![^\W_].)"
_CONTEXT = Pattern(
    rf"д{_WORD_START}(?:ат[аыуе]й? (?:родж|рожед|рожен|рожн|ржд)\w*|ат[аыуе]й?[ _]{{1,2}}(?:и место )?рожд(?!ест)\w*"
    r"|ат[аыуе] рожд\.|(?:ень|ня|ню|нем|нюх\w)[ ]рожд\w*|\.? ?р\.|р(?=[ :=;|\t\n\"'*)-])|/р)"
    rf"|р{_WORD_START}(?:ожд(?:ен\w*|\.)|одил(?:ся|ась|ись)|од\.)"
    rf"|г(?:{_WORD_START}(?:\.? ?р\.|од[а]? рожд\w*|\.? ?рожд(?!ест)\w*)|(?<=[0-9].)р(?![а-я]))"
    rf"|у{_WORD_START}рожен\w{{2,4}}"
    rf"|d{_WORD_START}(?:\.?o\.?b\.?(?![a-z])|ate of birth|ate[ _-]?of[ _-]?birth|ata urodzenia)"
    rf"|b{_WORD_START}(?:(?<=\(.)\.|irth[ _-]?date|irth ?day|-?day|orn|irth(?= ?:))"
    rf"|g{_WORD_START}eburtsdatum| (?<=[0-9].)гр(?![а-я])"
)
_BACKWARD = Pattern(
    r"[ \"]{0,2}(?:г(?:од[ау]?|\.)?)?[ ,()\"-]{0,5}(?:года? рожд|г\.? ?р\.?(?![а-я])|рожд|родил(?:ся|ась)|д\.? ?р\.(?![а-я])"
    r"|д/р|\(?дата рожд|\(dob|dob\b|\(?date of birth)"
)
_YEAR_ONLY = Pattern(r"((?:1(?<![\d.,-].)9|2(?<![\d.,-].)0)\d\d)[ ]?(?:г(?:од[ау]?|\.)?[ ]?рожд\w*|г\. ?р\.|гр(?![а-я]))")
_ELSEWHERE = Pattern(
    r"договор|выдан|выдач|встреч|релиз|создан|срок|регистрац|празднова|отмеча|дедлайн|отпуск|принят|приказ|действ|не указан"
    r"|перенес|переезд|прием"
    r"|корпоратив|подар|сбор|issued|expir|meeting|hired|release|deadline|party|celebrat|valid|start date|joined|appointment"
    r"|(?<![а-я])смерт|умер|died"
)
_SENTENCE = Pattern(r"[!?]|[а-яa-z0-9]{4,}\.\s+[а-яa-z]{3,}")
_BIRTHDAY = ("день", "дня", "дню", "днем", "днюх", "bday", "b-day", "birthday", "birth day")
_AND = Pattern(r",? (?:и|and|&) ")
_GAP = 70
_LONGEST_ROW = 1000
_RULE = frozenset("-|:=+ \t")
_LAST_YEAR_OF_AN_ADULT = 2016


class DateOfBirth:
    """A date beside words that say somebody was born on it; the find is the date alone (dates: GOST R 7.0.97, ISO 8601)."""

    name = "date_of_birth"
    entity = "DATE_OF_BIRTH"
    anchors: tuple[str, ...] = (
        r"(^|[^а-я])(д\. ?р\.|д/р|г\. ?р\.|др[ :=;|\t\n\"'*)\-])",
        r"birthday[ \t\n:;,|*\"'`=\-]{1,6}([0-9]|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)",
        r"[0-9] ?гр($|[^а-я])",
        r"(^|[^a-z])d\.?o\.?b",
        r"\(b\. ?[0-9a-z]",
        r"[0-9] ?г\.? ?рожд",
        "дат[аыуе] (родж|рожед|рожен|рожн|ржд)",
    )
    words: tuple[str, ...] = (
        *(f"{word} рожд" for word in ("дата", "дату", "даты", "дате", "датой", "место", "год", "года", "день", "дня")),
        *("дата_рожд", "рожденн", "рожден ", "рождена", "рожд.", "родил", "род. ", "урожен"),
        *(
            "date of birth",
            "date_of_birth",
            "dateofbirth",
            "date-of-birth",
            "birth date",
            "birthdate",
            "birth_date",
            "birth-date",
        ),
        *("birth:", "birthday:", "birthday is", "birthday -", "birthday on", "birthday 1", 'birthday"', "bday", "b-day", "born"),
        *("geburtsdatum", "data urodzenia"),
    )
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
        heads: set[int] = set()
        for context in _CONTEXT.finditer(view.lower, start, end):
            for date in self._beside(view, context.start(), context.end(), heads=heads):
                if date.start not in taken:
                    taken.add(date.start)
                    yield Found(date.start, date.end, date.value, 0.9 if date.full else 0.8, f"word near: {context.group()}")
        for match in _YEAR_ONLY.finditer(view.lower, max(0, start - 4), end):
            if taken.isdisjoint(range(match.start() - 24, match.start() + 1)):
                yield Found(match.start(1), match.end(1), match[1], 0.75, "year, word near: г.р.")

    def _beside(self, view: View, start: int, end: int, *, heads: set[int]) -> Iterator[WrittenDate]:
        word = view.lower[start:end]
        latest = _LAST_YEAR_OF_AN_ADULT if word.startswith(_BIRTHDAY) else 2030
        earlier = dates(view, max(0, start - 36), start)
        later = dates(view, end, end + _GAP)
        # "выдан 03.03.2010, дата рождения 12.05.1985": the date right behind the words is theirs.
        follows = not word.lstrip().startswith("г") and any(date.start - end <= 4 for date in later)
        if earlier and not follows and _BACKWARD.match(view.lower, earlier[-1].end, end) and earlier[-1].end >= start - 9:
            yield earlier[-1]
            return
        if word.startswith("др") and view.lower.endswith("и ", 0, start):
            return
        line = view.lower.find("\n", end, end + _LONGEST_ROW)
        table = any(mark in view.lower[end : end + 2] for mark in "\t|;,") or self._last_of_head(view, start, end)
        if table and not any(date.start < line or line < 0 for date in later):
            # A head is read once: many of its columns may be named like this one.
            if line >= 0 and line not in heads:
                heads.add(line)
                yield from self._in_column(view, line)
            return
        for date in later:
            if date.year <= latest and self._joined(view, end, date.start):
                yield date
                yield from self._listed(view, date.end)
            return

    @staticmethod
    def _listed(view: View, at: int) -> Iterator[WrittenDate]:
        """The date that goes on a list: "родились 12.05.1985 и 03.07.1990"."""
        link = _AND.match(view.lower, at, min(len(view.lower), at + 8))
        if link:
            yield from (date for date in dates(view, link.end(), link.end() + 1) if date.year <= _LAST_YEAR_OF_AN_ADULT)

    @staticmethod
    def _last_of_head(view: View, start: int, end: int) -> bool:
        """Whether a line of cells ends with the words."""
        if not view.lower.startswith(("\n", " |\n", "|\n"), end):
            return False
        row = view.lower[view.lower.rfind("\n", max(0, start - 300), start) + 1 : start]
        return any(mark in row for mark in ("\t", "|", ";", ",", "  "))

    @staticmethod
    def _in_column(view: View, at: int) -> Iterator[WrittenDate]:
        """Dates in the rows below a table's head that ends at `at`, the oldest of each row: other columns hold younger ones."""
        ruled = False
        while at >= 0:
            stop = view.lower.find("\n", at + 1, at + _LONGEST_ROW)
            last = stop if stop >= 0 else min(len(view.lower), at + _LONGEST_ROW)
            found = [date for date in dates(view, at + 1, last) if date.year <= _LAST_YEAR_OF_AN_ADULT]
            if found:
                yield min(found, key=lambda date: date.value)
            elif ruled or not set(view.lower[at + 1 : last]) <= _RULE:
                return
            ruled = not found
            at = stop

    @staticmethod
    def _joined(view: View, end: int, start: int) -> bool:
        """Whether nothing between the words and the date says it is the date of something else."""
        return not _ELSEWHERE.search(view.lower, end, start) and not _SENTENCE.search(view.lower, end, start)


DETECTORS = (DateOfBirth(),)
