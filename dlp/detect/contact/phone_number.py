"""Telephone numbers as people type them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from dlp.detect.contact.numbering import national_length, national_possible, russian_area
from dlp.detect.detector import Found, Pattern
from dlp.detect.rivals import Pull, Rivals
from dlp.detect.russian.table import heading
from dlp.detect.view import View

# What may not stand before a number is asked behind its first sign: a search then leaps from one such sign to the next.
_PLUS = Pattern(
    r"\+(?:(?<![^\W_].)(?<!\+.) ?\(?[1-9](?:\)?[ ./-]{0,3}\(?[0-9]){7,17}+(?!%)"
    r"|(?<=[^\W\d_].)[1-9](?:\)?[ ./-]{0,3}\(?[0-9]){7,17}+)"
)
_TRUNK = Pattern(r"[78](?<![0-9+].)(?<![0-9][./].)(?:\)?(?:[ ]?[.-][ ]?|[ ]{1,2})?\(?[0-9]){10}(?![0-9])")
_BROKEN = Pattern(r"(?<![0-9+])(?:\+7|[78])[ 0-9().-]{2,14}\n[ 0-9().-]{1,13}[0-9](?![0-9]|[ .-][0-9])")
_AMERICAN = Pattern(
    r"[(1-9](?<![\d+(-].)(?<!\d\..)(?:(?<=1)[ .-](?:\([2-9]\d\d\)[ .-]?|[2-9]\d\d([ .-]))|(?<=\()[2-9]\d\d\)[ .-]?"
    r"|(?<=[2-9])\d\d([ .-]))[2-9]\d\d(?:(?(1)\1|(?(2)\2|[ .-])))\d{4}(?!\d|[.-]\d)"
)
_TEN = Pattern(r"[(3489](?<![\d+.,/].)(?:(?<!\()|(?<=\()[3489])(?:\)?[ .-]{0,2}[0-9]){9}(?![\d])")
_LOCAL = Pattern(
    r"[(0-9](?<![\d./+].)(?<!\d[,:].)(?:(?:(?<=0)|(?<=\()0)\d{2,4}\)?[ -]\d{3,4}[ -]?\d{3,4}|(?<=0)\d{9,10}"
    r"|(?<!\()\d{2}[ -]\d{2}[ -]\d{2}|(?<!\()\d{2}[ -]\d{4}|(?<!\()\d[ -]\d{2}[ -]\d{2}"
    r"|(?<=\()\d{3,5}\)[ ]?\d{1,3}[ -]\d{2}[ -]\d{2})(?![\d]|[.:/]\d|,\d{1,2}(?!\d)|-\d)"
)
_SIX_DIGITS = Pattern(r"[0-9](?:[ .()-]{0,4}[0-9]){5}")
_EXTENSION = Pattern(r"[ ,;(]{1,3}+(?:доб(?:ав(?:очный)?)?|вн(?:утр)?|ext(?:ension)?|x)[.:]?[ ]?(?:№ ?)?\d{1,6}(?![\d@]|\.\w)\)?")
_BREAK = Pattern(r"[?!\n]|[а-яa-z]{3}\. |(?<=[^.])\.\. ?")
_DIGITS = re.compile(r"\d+")
# Another number and a clause's end between a word and this number: the word was said of the other.
_SPENT = Pattern(r"\d[^\n]*?(?:[,;:\n\ufffd]|\. )[ \n]*[^\d\n]*$")
_RIGHT_BEFORE = Pattern(r"\w*[ :.\n\t|*>=-]*$")

_WORDS = Rivals(
    (
        r"(?:контактн\w+|сотов\w+|мобильн\w+) (?:номер|тел)|по номеру(?= [+78(]|\s?$)",
        r"номер (?:водител|курьер|менеджер|диспетчер|клиент|прораб|мастер|мам|пап|муж|жен|секретар|директор|сотрудник|бухгалт)",
        r"(?:my|his|her|our|your|their|new|contact) (?:number|no\b)",
        r"тел\b|телефон|тлф|мобил|моб\b|сотов|звон|набер|набир|позвон|дозвон|перезвон|факс|контакт|ватсап|вацап|вотсап",
        r"вайбер|смс",
        r"номер(?:ок)? (?:для связи|тел)",
        r"(?:мой|твой|ваш|его|ее|их|свой|личный|рабочий|новый) номер(?:ок)?(?! (?:заяв|заказ|договор|сч|карт|пасп|зач))",
        r"т\.|приемная|горячая линия|для связи|на связи|трубк|абонент|симк|отправитель|получатель|whats|wa\.me|viber|signal|sms",
        r"tel\b|phone|mobile|cell|call|dial|ring|fax|text me|reach me|hotline|contact|msisdn",
    ),
    (
        r"заявк|заказ(?!чик)|накладн|артикул|штрих|трек|тикет|инцидент|обращени|парти[яию]|серийн|договор(?!ит|ил)|счет|р/с",
        r"к/с|инн\b|огрн|снилс",
        r"passport|snils|inn\b|ogrn|tax\b|policy|licen[sc]e|driver|номер (?!для|тел)|паспорт|полис|квитанц|идентификатор",
        r"кпп\b|бик\b|уин\b|код\b|лиценз|ключ|сумм|итого|цена|руб|диапазон|верси|координат|участок",
        r"карт[аеуы]|карт\b|полис|кадастр|инв\b|инвентар|зав\. ?№|табельн|лицев|окпо|октмо|окато|ндс|сери[яию]",
        r"order|ticket|track|barcode|ean\b|sku|isbn|invoice|serial|shipment|parcel|batch|offset|timestamp|ts\b|iat\b|exp\b",
        r"(?:request|session|trace|user|item|message|msg|correlation|build|chat|channel)[_ -]?id|id\b|uuid|imei|account|acct",
        r"version|card\b",
        r"контракт(?!н)|contract|номенклатур|билет|nhs(?![a-z])|pesel|nip\b|regon|nino\b|utr\b|steuer|идентификационн",
        r"tx\b|rx\b|items|bytes|size|amount|total|port\b|commit|ssn|routing|case\b|пин\b",
    ),
    before=45,
    after=20,
)
_MONEY_AFTER = Pattern(r"[ ]?(?:%|руб|₽|шт|usd|eur|\$|€|р\.|тыс|млн|kg|кг|мб|гб|mb|gb|ms|мс)")

# Groups behind the trunk prefix or country code in which Russian numbers are written.
_RUSSIAN_SHAPES = frozenset(
    {
        (3, 3, 2, 2), (3, 3, 4), (3, 7), (3, 2, 2, 3), (3, 2, 3, 2), (3, 4, 3), (10,), (4, 2, 2, 2), (4, 6), (4, 3, 3),
        (5, 1, 2, 2), (5, 5), (5, 2, 3), (3, 3, 1, 1, 1, 1), (3, 1, 2, 2, 2), (6, 4), (6, 2, 2), (3, 5, 2), (3, 2, 5), (5, 3, 2),
        (4, 2, 4), (1,) * 10,
    }
)  # fmt: skip


_RARE_SHAPES = frozenset({(1,) * 10, (3, 4, 3), (6, 4), (4, 6), (5, 5), (4, 2, 4), (3, 5, 2), (3, 2, 5)})


def _shape(text: str, drop: int) -> tuple[int, ...]:
    """Lengths of the digit groups without the first `drop` digits."""
    groups = [len(group) for group in _DIGITS.findall(text)]
    while drop and groups:
        taken = min(drop, groups[0])
        drop -= taken
        groups[0] -= taken
        if not groups[0]:
            del groups[0]
    return tuple(groups)


def _pull(view: View, start: int, end: int) -> Pull:
    """Which way the words near pull: a table's heading where there is one, and no word spent on another number."""
    cell = heading(view, start)
    said = _WORDS.says(cell) if cell else None
    if said is not None:
        return Pull(cell, said, start, start)
    pull = _WORDS.pull(view, start, end)
    if pull.speaks_for is False and pull.end <= start and _SPENT.search(view.lower, pull.end, start):
        return Pull("", None)
    return pull


def _in_hash(text: str, start: int, end: int) -> bool:
    around = text[max(0, start - 1) : start] + text[end : end + 1]
    return len(around) == 2 and around.isascii() and around.isalpha()


def _digits_besides(text: str, found: list[Found], window: tuple[int, int]) -> bool:
    """Whether enough digits for any form begin outside what has been found."""
    at, end = window
    for known in sorted(found):
        digits = _SIX_DIGITS.search(text, at, end)
        if digits is None or digits.start() < known.start:
            return digits is not None
        at = max(at, known.end)
    return _SIX_DIGITS.search(text, at, end) is not None


def _closed(text: str) -> bool:
    return text.count("(") == text.count(")")


class PhoneNumber:
    """A telephone number: country code and length (ITU-T E.164), Russian and North American plans, local forms by a word."""

    name = "phone_number"
    entity = "PHONE_NUMBER"
    anchors: tuple[str, ...] = (
        r"\+[ (]{0,2}[1-9][ .\-()]{0,3}[0-9][ .\-()]{0,3}[0-9]",
        r"(^|[^0-9])[78][ .\-(]{0,2}[3-9][0-9]{2}[0-9 .\-()]{0,9}\n[0-9][0-9 .\-]{0,8}[0-9]",
        r"(^|[^0-9.,\-])[0-9]{2,3}[ \-][0-9]{2}[ \-][0-9]{2}([^0-9\-]|$)",
        r"(^|[^0-9.\-])[0-9]{3}[ \-][0-9]{4}([^0-9\-]|$)",
        r"(^|[^0-9.])[(]?0[0-9]{2,4}[) \-]{0,2}[0-9]{3}[0-9 ][0-9]{2}",
    )
    dense: tuple[str, ...] = (
        r"[78][ .\-(]{0,3}[3-9][0-9]{2}[ .\-)(]{0,3}[0-9]{2}[ .\-()]{0,2}[0-9][ .\-]{0,2}[0-9]{2}[ .\-]{0,2}[0-9]{2}",
        r"[78][ .\-(]{0,3}[3-9][0-9]{3,4}[ .\-)(]{1,3}[0-9]{1,2}[ .\-]{0,2}[0-9]{2}[ .\-]{0,2}[0-9]{2}",
        r"(^|[^0-9.,])[(]?[3489][0-9]{2}[) .\-]{0,2}[0-9]{3}[ .\-]{0,1}[0-9]{2}[ .\-]{0,1}[0-9]{2}([^0-9]|$)",
        r"(^|[^0-9])[78]([ .\-][0-9]){10}([^0-9]|$)",
        r"[2-9][0-9]{2}[) .\-]{1,2}[2-9][0-9]{2}[ .\-][0-9]{4}",
    )
    words: tuple[str, ...] = ()
    before = 22
    after = 22
    matches: tuple[str, ...] = (
        "мой телефон +7 (916) 123-45-67",
        "8-916-123-45-67",
        "8 916 123 45 67",
        "вот 89161234567, спроси его",
        "мой мобильный 9161234567",
        "наш тел. 123-45-67",
        "звоните: 8 (84555) 2-15-30",
        "+375 29 123-45-67",
        "+998901234567",
        "call (415) 555-0132",
        "my phone is 020 7946 0958",
        "+49 30 12345678",
        "приёмная 8 800 555-35-35 доб. 12",
        "позвони +7-495-123-45-67",
    )
    ignores: tuple[str, ...] = (
        "номер заявки 89161234567",
        "артикул 8916123456",
        "диапазон 8-123-456",
        "+15% и ещё +1234 шт",
        "ticket 4155550132",
        "timestamp 1700000000",
        "сервер 10.20.30.40",
        "сумма +12 000 000 руб.",
        "GET /api/v2/items/89161234567?page=3",
        "релиз 2026-11-23",
        "заказ 123-45-67",
        "код 916123",
    )

    def find(self, view: View, start: int, end: int) -> Iterator[Found]:
        found = self._candidates(view, start, min(len(view.text), end + 24))
        if len(found) > 1:
            found.sort(key=lambda candidate: (candidate.start, -candidate.confidence))
        taken = start
        for begin, stop, value, confidence, why in found:
            if begin < taken:
                continue
            taken = stop
            extension = _EXTENSION.match(view.lower, stop, min(len(view.lower), stop + 28))
            yield Found(begin, self._trimmed(view.text, extension.end()) if extension else stop, value, confidence, why)

    @staticmethod
    def _trimmed(text: str, stop: int) -> int:
        return stop - 1 if text[stop - 1] == ")" else stop

    def _candidates(self, view: View, start: int, reach: int) -> list[Found]:
        text = view.text
        found: list[Found] = []
        if text.find("+", max(0, start - 2), reach) >= 0:
            self._judge(view, _PLUS, self._international, (found, start, reach))
        self._judge(view, _TRUNK, self._russian, (found, start, reach))
        if text.find("\n", max(0, start - 2), reach) >= 0:
            self._judge(view, _BROKEN, self._broken, (found, start, reach))
        if not _digits_besides(text, found, (max(0, start - 2), reach)):
            return found
        self._judge(view, _AMERICAN, self._american, (found, start, reach))
        self._judge(view, _TEN, self._beside_a_word, (found, start, reach))
        self._judge(view, _LOCAL, self._beside_a_word, (found, start, reach))
        return found

    @staticmethod
    def _judge(
        view: View, pattern: Pattern, judge: Callable[[View, int, int], Found | None], reach: tuple[list[Found], int, int]
    ) -> None:
        """Adds finds of one form to surer ones; where a match is refused the next may begin inside it ("место 71. 8-843-…")."""
        found, start, end = reach
        at = max(0, start - 2)
        spans = [(known.start, known.end) for known in found]
        while match := pattern.search(view.text, at, end):
            begin = match.start()
            at = next((stop for first, stop in spans if first <= begin < stop), 0)
            if at:
                continue
            candidate = judge(view, begin, match.end())
            if candidate and begin >= start:
                found.append(candidate)
            at = candidate.end if candidate else begin + 1

    @staticmethod
    def _international(view: View, start: int, end: int) -> Found | None:
        groups = list(_DIGITS.finditer(view.text, start, end))
        digits = "".join([group.group() for group in groups])
        plan = national_length(digits)
        if plan is None:
            return None
        code, shortest, longest = plan
        # Another number may follow ("+375 29 123-45-67 99"), so the longest cut at a group's end that the plan allows is taken.
        shortest, longest = shortest + len(code), longest + len(code)
        stop, taken, count, size = 0, 0, 0, 0
        for place, group in enumerate(groups, 1):
            size += group.end() - group.start()
            if shortest <= size <= longest:
                stop, taken, count = group.end(), size, place
        digits = digits[:taken]
        if not stop or not _closed(view.text[start:stop]) or not national_possible(code, digits[len(code) :]):
            return None
        if _MONEY_AFTER.match(view.lower, stop, len(view.lower)) or 8 < count < len(digits):
            return None
        return Found(start, stop, digits, 0.95 if code == "7" or longest == shortest else 0.85, "country code and length")

    @staticmethod
    def _russian(view: View, start: int, end: int) -> Found | None:
        text = view.text[start:end]
        digits = "".join(_DIGITS.findall(text))
        national = digits[1:]
        shape = _shape(text, 1)
        if not _closed(text) or shape not in _RUSSIAN_SHAPES or len(set(national)) < 2 or national[0] in "012":
            return None
        if _in_hash(view.text, start, end):
            return None
        pull = _pull(view, start, end)
        grouped = len(shape) > 1
        known = russian_area(national) or (national[0] in "67" and grouped)
        if pull.speaks_for is False and not (known and ("(" in text or (grouped and pull.start >= end))):
            return None
        if not pull.speaks_for and (not known or (start and view.text[start - 1] in "/=_#№")):
            return None
        if not pull.speaks_for and view.text.endswith(tuple(f"{digit}," for digit in "0123456789"), 0, start):
            return None
        if pull.speaks_for is None and text[0] == "7" and national[0] != "9":
            return None
        if pull.speaks_for is None and "(" not in text and shape in _RARE_SHAPES:
            return None
        confidence = 0.95 if pull.speaks_for else 0.85 if grouped else 0.65
        why = f"plan, word near: {pull.word}" if pull.speaks_for else "plan"
        return Found(start, end, f"7{national}", confidence, why)

    @staticmethod
    def _broken(view: View, start: int, end: int) -> Found | None:
        """A number cut by the end of a line, right behind its word: text as scanners and narrow windows wrap it."""
        digits = "".join(_DIGITS.findall(view.text[start:end]))
        if len(digits) != 11 or not russian_area(digits[1:]) or not _closed(view.text[start:end]):
            return None
        pull = _pull(view, start, end)
        if not pull.speaks_for or pull.end > start or not _RIGHT_BEFORE.match(view.lower, pull.end, start):
            return None
        return Found(start, end, f"7{digits[1:]}", 0.75, f"plan, word near: {pull.word}")

    @staticmethod
    def _american(view: View, start: int, end: int) -> Found | None:
        text = view.text[start:end]
        pull = _pull(view, start, end)
        if pull.speaks_for is False:
            return None
        digits = "".join(_DIGITS.findall(text))[-10:]
        if pull.speaks_for is None and "(" not in text and "-" not in text:
            return None
        confidence = 0.9 if pull.speaks_for else 0.7 if "(" in text else 0.6
        return Found(start, end, f"1{digits}", confidence, f"plan, word near: {pull.word}" if pull.speaks_for else "plan")

    @staticmethod
    def _beside_a_word(view: View, start: int, end: int) -> Found | None:
        text = view.text[start:end]
        digits = "".join(_DIGITS.findall(text))
        if not _closed(text) or len(set(digits)) < 2:
            return None
        shape = _shape(text, 0)
        russian = len(digits) == 10 and digits[0] in "3489"
        if russian and (not russian_area(digits) or (text[0] != "(" and shape not in _RUSSIAN_SHAPES)):
            return None
        pull = _pull(view, start, end)
        if not (pull.speaks_for or (pull.speaks_for is None and text[0] == "(" and shape == (3, 3, 2, 2))):
            return None
        parted = pull.speaks_for and _BREAK.search(view.lower, pull.end, start)
        if parted and not _RIGHT_BEFORE.match(view.lower, pull.end, start):
            return None
        digits = f"7{digits}" if russian else digits
        return Found(
            start, end, digits, 0.75 if pull.speaks_for else 0.6, f"form, word near: {pull.word}" if pull.word else "form"
        )


DETECTORS = (PhoneNumber(),)
