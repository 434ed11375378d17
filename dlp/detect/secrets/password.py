"""Passwords as people pass them in talk, in Russian and English: «пароль от стенда: …», "pwd is …", login and password pairs."""

# ruff: noqa: E501 - a pattern or an example cut in two is harder to read than a long line.

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from dlp.detect.detector import Detector, Found, Pattern
from dlp.detect.secrets.password_shape import Shape, is_unmistakable, shape_of, shape_when_told
from dlp.detect.secrets.password_table import TabledPassword
from dlp.detect.secrets.password_value import PASSWORD_NOUN, STOP_WORDS, TAIL, bounds_of_value
from dlp.detect.view import View

_WHOSE = r"(?:[ \t]{1,2}(?!(?:это|is|was|такой|=)[ \t])[\w.\"'()/@+-]{1,24}){0,6}?"
_SIGN = r"(?:[ \t]{0,3}(?:[:=]{1,2}|:=|=>|->|→)[ \t]{0,4}|[ \t]{0,3}-{1,2}>?[ \t]{1,3}|(?:[ \t]{1,2}(?:is|was|it's|now|это|такой|вот|был|будет|теперь|стоит|стал|поставил[аи]?|сделал[аи]?)){1,3}:?[ \t]{1,3}|'s[ \t]{1,2})(?:(?:\*\*|__)[ \t]{1,2})?"
_NEXT_LINE = r"(?:[ \t]{0,2}[:\-=?]{0,2}[ \t]{0,2}\r?\n[ \t>]{0,4}(?:[-*][ \t]|[a-zа-я]{1,12}:[ \t])?)"
_LOGIN = (
    r"(?:логин\w{0,2}|логопас\w?|лог|login|user(?:name)?|usr|юзер\w{0,2}|уч[её]тк\w{0,3}|уч[её]тн\w{1,3} (?:запис\w{1,2}|данн\w{2,3})|креды|кредами|кред[оа]в|creds?|credentials?|доступ\w{0,2}"
    r"|акк(?:аунт)?\w{0,2}|account|авторизаци\w|авторизуйся|(?:данные|реквизиты|параметры) (?:для )?(?:входа|доступа|подключения)|вход|зайти|заходи\w{0,2}|зайди\w{0,2}|auth|admin|админка|log ?in|sign in|реквизиты доступа)"
)
_OPEN = r"(?:\*\*|\|\||__|<code>|<b>|[`\"'(\[]){0,2}"
_EDGE = r"(?<![^\W_])"

_FRAMES_SIGNED = Pattern(rf"{_EDGE}{PASSWORD_NOUN}(?![^\W_])[\"'`\]*]{{0,2}}{_WHOSE}{_SIGN}")
_FRAMES_LINE = Pattern(
    rf"{_EDGE}{PASSWORD_NOUN}(?![^\W_])(?:[ \t](?:от|для|на|к|ко|в|for|to|of|from)(?:[ \t]{{1,2}}[\w.\"'-]{{1,20}}){{1,4}}?)?{_NEXT_LINE}"
)
_FRAMES_NOUNS = Pattern(
    rf"{_EDGE}{PASSWORD_NOUN}(?![^\W_])(?:[ \t](?!(?:пользовател|юзер|учетк|аккаунт|не[ \t]|в[ \t]|лежит|хран|указан|храни)\w{{0,6}})(?:[а-я]{{3,16}}|на[ \t][a-z][\w.-]{{2,30}})){{1,3}}[ \t]{{1,2}}(?=\S)"
)
_FRAMES_FAR = Pattern(
    rf"{_EDGE}{PASSWORD_NOUN}(?![^\W_])[^\n.!?;]{{1,60}}?(?:теперь|стал|вот|такой|now|это|:|(?:скинь|дай|передай|отправь|пошли|скажи) (?:ему|ей|им|мне))[ \t]{{1,2}}"
)
_FRAMES_DIRECT = Pattern(
    rf"{_EDGE}{PASSWORD_NOUN}(?![^\W_])(?:,?[ \t]{{1,2}}(?:на|в|to|такой|новый|новым|временный|теперь|там|тут|сейчас|как|типа|now|вроде|стандартный|общий|простой|прежний|старый|же|по умолчанию|по дефолту|по-прежнему|кстати|если что|btw|by default|here|введи|вводи|введите|набери|(?:смен|помен|измен|сброс|обнов|постав)\w{{2,5}}(?: на)?)){{0,2}},?[ \t]{{1,3}}"
)
_FRAMES_ASKED = Pattern(rf"{_EDGE}{PASSWORD_NOUN}(?![^\W_])(?:[ \t][\w.]{{1,20}}){{0,4}}?\?[ \t]{{1,3}}(?=\S)")
_FRAMES_WHOSE = Pattern(rf"{_EDGE}{PASSWORD_NOUN}(?![^\W_])[ \t]{{1,2}}(?:от|для|на|к|ко|в|у|for|to|of|from|on|at|in)[ \t](?=\S)")
_WORD_PASSED = Pattern(r"[\w\"'.-]{1,20}[ \t]{1,2}(?=\S)")
_NAME = Pattern(rf"{_EDGE}{PASSWORD_NOUN}(?![^\W_])")
# The first letters of all of them, looked for before the whole: a search for that would try each at every character.
_NAME_HEADS = Pattern(r"(?:па|по|ло|се|ко|кл|пи|фр|pa|pw|ps|wi|wp|ne)(?<![^\W_]..)")
_LINK_BACK = Pattern(
    r"(?:-|это|is|\(|that's|,|as|как|when (?:it )?asks? for|when prompted for|на запрос\w?)[ \t]{0,2}(?:the|a|my|our|your|новый|мой|наш|твой|общий|new|old|temp|временный)?[ \t]{0,2}$"
)
_CELL_MARKS = (",", ";", "|", "\t")
# Words of several, which only their quotes hold together: "белый снег 2026".
_PHRASE = Pattern(
    rf"(?:(?P<sure>(?:парольн|кодов|секретн)\w{{2}} фраз\w|passphrase|pass phrase)|{_EDGE}{PASSWORD_NOUN}(?![^\W_])){_WHOSE}(?:{_SIGN}|[ \t])"
    r"(?P<quote>[\"'`])(?P<value>[^\W_]{2,16}(?: [^\W_]{1,16}){1,11})(?P=quote)"
)
_SAID_OF_IT = Pattern(
    r"парол|\bне\b|неверн|слишком|слаб|коротк|введ|истек|устар|ошиб|нуж|долж|password|wrong|invalid|must|expired|required|too |weak|short|incorrect|enter|your|reset|\bnot\b|\bis\b"
)
_NAMES = rf"(?<![^\W_])(?<![/@]){_LOGIN}(?![^\W_])(?:(?:[ \t]{{0,2}}[/,+&|:;-][ \t]{{0,2}}|[ \t]и[ \t]|[ \t]and[ \t]|[ \t]or[ \t]){PASSWORD_NOUN})?"
_USER = r"[\"'`(*]{0,2}(?P<user>[\w.@\\+-]{2,40}?)[\"'`)*]{0,2}(?P<sep>[ \t]{0,3}[/|:;,][ \t]{0,3}|[ \t]{1,3}-[ \t]{1,3}|[ \t]и[ \t]|[ \t](?:and|with|using)[ \t]|[ \t]{0,3}\r?\n[ \t]{0,3}|[ \t]{1,3})(?=\S)"
_PAIR_SIGNED = Pattern(rf"{_NAMES}{_WHOSE}(?:[ \t]{{0,3}}[:=][ \t]{{0,3}}|[ \t]{{1,3}}-{{1,2}}[ \t]{{1,3}}|{_NEXT_LINE}){_USER}")
_PAIR_BARE = Pattern(
    rf"{_NAMES}[ \t]{{1,2}}(?:(?:под|как|с|as|with|under|in with|are|is|(?:от|для|на|к|for|to)[ \t][\w.-]{{2,20}})[ \t])?(?:(?:user|логин\w{{0,2}}|юзер\w{{0,2}})[ \t])?{_USER}"
)
_NAMED_INSIDE = Pattern(r"(?:пар|pass|pwd)\w{0,6}[=:]|^пар|^pass|^pwd")
_INITIALS = Pattern(
    r"[ulли](?<![^\W_].)(?:(?<=u)(?:ser)?|(?<=l)(?:ogin)?|(?<=л)(?:огин)?|(?<=и)мя)[ \t]?[:=-][ \t]?[\w.@\\+-]{2,40}[ \t]{0,2}[,;/|\n]?[ \t]{0,2}(?:p|п|pw)[ \t]?[:=-][ \t]?(?=\S)"
)
_LOGIN_LAST = Pattern(
    r"(?<!\S)[\w.@\\+-]{2,40}(?:[ \t]?[/:|][ \t]?)(?P<value>[^\s/:]\S{4,60})[ \t]{1,2}(?:-{1,2}|это|is)[ \t]{1,2}(?:это[ \t])?(?:доступ|логин|кред|учетк|вход|login|cred|the (?:login|cred))"
)
_LOGIN_WORD = Pattern(rf"(?<![^\W_])(?<![/@]){_LOGIN}(?![^\W_])")
_LOGIN_HEADS = Pattern(r"(?:ло|lo|us|юз|уч|кр|cr|до|ак|ac|ав|ад|да|ре|па|вх|за|au|ad|si)(?<![^\W_]..)")
_LOGIN_LINK = Pattern(r"[ \t](?:-|это|is)[ \t]{1,2}(?:это[ \t])?(?:доступ|логин|кред|учетк|вход|login|cred|the (?:login|cred))")
AFTER_LOGIN = Pattern(r"(?<![^\W_])(?:логин\w{0,2}|login|user(?:name)?|юзер|учетк\w)[ \t]{0,2}(?:[/+&|:;-]|и|and|or)[ \t]{0,2}$")
_REVERSED = Pattern(
    rf"(?<!\S)[\"'`(*]{{0,2}}(?P<value>[^\s\"'`]{{6,64}})[\"'`)*]{{0,2}}[ \t]{{0,2}}(?:-{{1,2}}|это|is|\(|,? that's|,? это|(?<=[ \t])(?:as|как|when (?:it )?asks? for|when prompted for|на запрос\w?))[ \t]{{0,2}}(?:the|a|my|our|your|новый|мой|наш|твой|общий|new|old|temp|временный)?[ \t]{{0,2}}{PASSWORD_NOUN}(?![^\W_])"
)
# Without any of these there is no password to be told from words.
_PLAUSIBLE = Pattern(
    r"[0-9!@#$%^&*+?~|\"'`]|[a-zа-я][A-ZА-Я]|[-_.][A-ZА-Я]|[A-Z]{2}[a-z]|(?i:qwe|asd|zxc|qaz|йцу|фыв|ячс|[:=] ?[a-z]{4})"
)
_AT_HOST = Pattern(r"[\w.-]+@[\w.-]+$")
_CYRILLIC_AND_DIGIT = Pattern(r"(?=.{0,40}\d)[^\n]{0,40}[А-ЯЁа-яё]{3}")
_UNITS = Pattern(
    r"[ \t]{1,2}(?:символ|знак|цифр|букв|дн|день|дня|час|минут|мин\b|раз|лет|год|месяц|недел|char|digit|day|hour|min|time|symbol|letter|word|bit|users?|attempts?|попыт|человек|тыс|руб|%)"
)
_ADJECTIVE = Pattern(r"(?:ый|ий|ой|ая|яя|ое|ее|ые|ие|ть|ен[ао]?|ан[ао]?|ыт[ао]?|ите|ого|ому)$|парол|скрыт|звезд|пример|тест|ошиб")
_PASSPHRASE = Pattern(r"[a-z]{3,12}(?:[-. ][a-z]{3,12}){3,7}$")
# What is said of a thing, not after a password: «пароль server2022 не подходит».
_MORE_WORDS = Pattern(
    r"[ \t]{1,3}(?:не\b|нет\b|бол(?:ьше|ее)|уже|еще|истек|истеч|забы|сброс|сброш|устар|менял|смен|поменял|потер|просроч|слет|знает|знают|лежит|хран|сломал|опять|снова|от\b|у\b|для\b|был|is\b|was\b|are\b|has\b|have\b|not\b|does|do\b|did|and\b|or\b|must|should|can\b|will|expire|reset|change|required|from|for\b|field|page|token|policy|hash|need)"
)
_BOUND = Pattern(
    r"[ \t]*(?:$|[ \t]\d|[\n.,;!?)\"'|<*]|[ \t]с (?:больш|мал|загл|проп)|[ \t]-|[ \t]{1,2}[А-ЯA-Z(@\ufffd]|[ \t]+(?:подключ|заход|зайд|пользу|попроб|пробу|держи|лови|пожалуйста|плиз|спасибо|только|please|pls|thanks|login|логин|и |and |url|адрес|на |http|host|хост|юзер|user))"
)
_NOT_TOLD = Pattern(
    r"(?:забы|сбро|смен|поменя|reset|forg[oe]t|chang|expir|истек|истеч|require|policy|политик|сложн|слаб|weak|strong|hash|хэш|хеш|length|длин|field|поле|manager|менеджер"
    r"|wrong|invalid|неверн|неправильн|ошиб|error|fail|port|through|ticket|rate|ing\b|ed\b|es\b)"
)


class _Frame(NamedTuple):
    """A way of passing a password: the least shape it needs, how sure it makes, whether the clause must end after it."""

    pattern: Pattern
    least: Shape
    confidence: float
    ends: bool
    why: str


_FRAMES = (
    _Frame(_FRAMES_SIGNED, Shape.MIXED, 0.9, False, "named and signed"),
    _Frame(_FRAMES_LINE, Shape.STRONG, 0.8, True, "on the line after its name"),
    _Frame(_FRAMES_DIRECT, Shape.MIXED, 0.85, False, "after its name"),
    _Frame(_FRAMES_FAR, Shape.STRONG, 0.7, True, "named, then told"),
    _Frame(_FRAMES_ASKED, Shape.STRONG, 0.7, True, "asked for, then told"),
    _Frame(_FRAMES_NOUNS, Shape.STRONG, 0.65, True, "after its name and what it opens"),
    _Frame(_FRAMES_WHOSE, Shape.STRONG, 0.7, True, "after its name and what it opens"),
)
_SHORT_ENGLISH = ("pass", "pw", "passes")
_WEAK_KEYS = ("pass", "пас", "пасс", "pw", "фраза", "passes", "пасса", "пассы")


class SpokenPassword:
    """A password somebody tells somebody: named, then told, in the same sentence or on the next line; or told, then named.

    Talk about passwords names none: after the name stands a word of the language, a mask, a variable, a number of characters.
    """

    name = "password_in_talk"
    entity = "PASSWORD"
    anchors: tuple[str, ...] = ()
    words: tuple[str, ...] = (
        "парол",
        "порол",
        "парль",
        "парлоь",
        "passwrod",
        "passord",
        "psk",
        "логопас",
        "пасс",
        "пасв",
        "pass",
        "pwd",
        "psw",
        "pasword",
        "pw",
        " пас ",
        " пас:",
        "psswd",
        "ключ сети",
        "ключ безоп",
        "ключ от ва",
        "ключ от wi",
        "fi key",
        "network key",
        "кодовое",
        "секретка",
        "фраза",
    )
    before = 76
    after = 90
    matches: tuple[str, ...] = (
        "пароль Zima2031!",
        "Пароль от вайфая - Zima2031!",
        "my pass is kR7x!mQ2",
        "логин admin пароль kR7xmQ2v",
        "пароль от стенда:\nkR7x!mQ2",
        "поменял пароль на Zima2031!",
        "`kR7x!mQ2` это пароль от базы",
    )
    ignores: tuple[str, ...] = (
        "пароль скину в личку",
        "забыл пароль, сбросьте пожалуйста",
        "password must contain 12 characters",
        "пароль: ********",
        "password: ${DB_PASSWORD}",
        "пароль менять раз в 90 дней",
        "пароль: минимум 12 символов",
        "pass rate: 98%",
        "пароль от app-03 не подходит",
        "passport AB123456",
    )

    def find(self, view: View, start: int, end: int) -> Iterator[Found]:
        """The passwords told in the window."""
        if not _PLAUSIBLE.search(view.text, start, min(len(view.text), end + 140)):
            return
        names = _starts(_NAME_HEADS, _NAME, view, start, end)
        yield from _told_after(view, [at for at in names if not AFTER_LOGIN.search(view.lower, max(0, at - 24), at)], end)
        if any(_LINK_BACK.search(view.lower, max(start, at - 30), at) for at in names):
            yield from _told_before(view, start, end)
        if not any(view.text.find(quote, start, end) >= 0 for quote in "\"'`"):
            return
        for match in _PHRASE.finditer(view.lower, start, end):
            value = view.text[match.start("value") : match.end("value")]
            if _is_phrase(value, sure=bool(match["sure"])):
                yield Found(*match.span("value"), value, 0.65, "a phrase in quotes")


def _starts(heads: Pattern, words: Pattern, view: View, start: int, end: int) -> list[int]:
    """Where words begin that a search for them would find, one behind the other; each begins with one of the heads."""
    found, last = [], start
    for head in heads.finditer(view.lower, start, end):
        word = words.match(view.lower, head.start(), end) if head.start() >= last else None
        if word:
            last = word.end()
            found.append(head.start())
    return found


def _told_after(view: View, names: list[int], end: int) -> Iterator[Found]:
    """Passwords told after their names, which begin at `names`."""
    told: set[int] = set()
    for frame in _FRAMES:
        look = _told_after_words if frame.pattern is _FRAMES_WHOSE else _told
        for at in names:
            match = frame.pattern.match(view.lower, at, end)
            if not match or (frame.pattern is _FRAMES_LINE and view.lower[max(0, at - 1) : at] in _CELL_MARKS):
                continue
            found = look(view, match.end(), frame, _is_weak(match.group()))
            if found and found.start not in told:
                told.add(found.start)
                yield found


def _told_before(view: View, start: int, end: int) -> Iterator[Found]:
    for match in _REVERSED.finditer(view.lower, start, end):
        begin, stop = match.span("value")
        value = view.text[begin:stop].rstrip(TAIL)
        if shape_of(value) is Shape.STRONG and not _AT_HOST.match(value, 0, len(value)):
            yield Found(begin, begin + len(value), value, 0.75, "before its name")


# Words of logins are everywhere; they are worth a look where something like a password, or its name, follows.
_LOGIN_NAMED = "(?:логин|login|user[^.]|юзер|учетк|учетн|кред|cred|доступ|аккаунт|account|вход|зайти|зайди|заходи|авториз|auth|log in|лог[ /]|логопас|подключени)"
_LIKE_A_PASSWORD = "(?:[a-zа-я!@#$%^&*_][0-9]|[0-9][a-zа-я!@#$%^&*_]|[0-9]{4}|[a-z0-9][!@#$%^&*_]|парол|пасс|pass|pwd|pw[^a-z])"


class LoginPair:
    """A login and its password side by side: «учётка ivanov / …», «логин/пароль: admin / …», "creds: user:…"."""

    name = "login_and_password"
    entity = "PASSWORD"
    anchors: tuple[str, ...] = (rf"{_LOGIN_NAMED}[^\x1e]{{0,110}}{_LIKE_A_PASSWORD}",)
    words: tuple[str, ...] = ("\nп:", "\np:", " p:", " p=", " п:")
    before = 170
    after = 110
    matches: tuple[str, ...] = (
        "учётка ivanov / kR7x!mQ2",
        "логин/пароль: admin / kR7x!mQ2",
        "creds: deploy:kR7x!mQ2",
        "Доступы:\nadmin\nkR7x!mQ2",
    )
    ignores: tuple[str, ...] = (
        "учётка ivanov / petrov",
        "доступ: чтение / запись",
        "login page / signup",
        "user: ivanov, id 4821",
    )

    def find(self, view: View, start: int, end: int) -> Iterator[Found]:
        """The pairs in the window."""
        reach = min(len(view.text), end + 40)
        names = _starts(_LOGIN_HEADS, _LOGIN_WORD, view, start, reach)
        for match in chain(_each_at(names, _PAIR_SIGNED, view, reach), _each_at(names, _PAIR_BARE, view, reach)):
            separator = match["sep"].strip()
            if _NAME.match(view.lower, match.start("user"), match.end("user")):
                continue
            named = any(
                word in match.group()[: match.start("user") - match.start()] for word in ("пар", "пас", "pass", "pwd", "pw")
            )
            signed = match.re is _PAIR_SIGNED.compiled
            least = Shape.STRONG if not named or not (separator or signed) else Shape.MIXED
            found = _told(
                view,
                match.end(),
                _Frame(_PAIR_BARE, least, 0.85 if named else 0.75, not separator, "beside its login"),
                weak=not named,
            )
            if found and not _NAMED_INSIDE.search(view.lower, found.start, found.end):
                yield found
        for match in _INITIALS.finditer(view.lower, start, end):
            found = _told(view, match.end(), _Frame(_INITIALS, Shape.STRONG, 0.8, False, "beside its login"), weak=False)
            if found:
                yield found
        if not _LOGIN_LINK.search(view.lower, start, end):
            return
        for match in _LOGIN_LAST.finditer(view.lower, start, end):
            value = view.text[match.start("value") : match.end("value")]
            if shape_of(value) is Shape.STRONG:
                yield Found(*match.span("value"), value, 0.75, "beside its login")


def _each_at(starts: list[int], pattern: Pattern, view: View, end: int) -> Iterator[re.Match[str]]:
    """The matches that begin at one of `starts` and do not overlap."""
    last = 0
    for at in starts:
        match = pattern.match(view.lower, at, end) if at >= last else None
        if match:
            last = match.end()
            yield match


def _is_phrase(value: str, *, sure: bool) -> bool:
    words = value.split()
    if _SAID_OF_IT.search(value.lower(), 0, len(value)) or any(word in STOP_WORDS for word in words):
        return False
    return sure or (value.islower() and len(words) >= 3)


def _told_after_words(view: View, start: int, frame: _Frame, weak: bool) -> Found | None:
    """What is told after one to six words of what it opens."""
    for _ in range(6):
        word = _WORD_PASSED.match(view.text, start, len(view.text))
        if not word:
            return None
        start = word.end()
        if _NAME.match(view.lower, start, len(view.lower)):
            return None
        found = _told(view, start, frame, weak)
        if found:
            return found
    return None


def _told(view: View, start: int, frame: _Frame, weak: bool) -> Found | None:
    begin, stop, quoted = bounds_of_value(view.text, start)
    value = view.text[begin:stop]
    shape = _shape_in(view, value, stop, frame) if not weak else shape_of(value)
    if shape < frame.least and not (quoted and shape is Shape.WORD and frame.least is Shape.MIXED and _is_quoted_word(value)):
        return None
    if weak and shape < Shape.STRONG and frame.pattern is _FRAMES_DIRECT and _follows_short_english(view.lower, start):
        return None
    if (
        weak
        and shape < Shape.STRONG
        and not (shape is Shape.MIXED and not value.isdigit() and any(map(str.isdigit, value)) and len(value) >= 6)
    ):
        return None
    if (
        frame.ends and not quoted and not is_unmistakable(value) and not _BOUND.match(view.text, stop, len(view.text))
    ) or _UNITS.match(view.lower, stop, len(view.text)):
        return None
    if shape is Shape.MIXED and not _mixed_is_told(view, value, stop, frame):
        return None
    return Found(begin, stop, value, frame.confidence if shape is Shape.STRONG else min(frame.confidence, 0.75), frame.why)


def _shape_in(view: View, value: str, stop: int, frame: _Frame) -> Shape:
    """The shape of a value, given what the frame says of it; after «пароль от вайфая» a weak one counts where the clause ends."""
    if frame.pattern is _FRAMES_WHOSE:
        shape = shape_of(value)
        number = value.isdigit() and 8 <= len(value) <= 10
        return (
            Shape.STRONG
            if shape is Shape.MIXED and len(value) >= 6 and (number or _CYRILLIC_AND_DIGIT.match(value, 0, len(value)))
            else shape
        )
    if "=" in view.text[max(0, stop - len(value) - 4) : stop - len(value)]:
        return shape_of(value)
    sure = frame.pattern is not _FRAMES_DIRECT or _BOUND.match(view.text, stop, len(view.text)) is not None
    return shape_when_told(value, words=sure) if sure else shape_of(value)


def _follows_short_english(lower: str, start: int) -> bool:
    return lower[max(0, start - 8) : start].rstrip().endswith(_SHORT_ENGLISH)


def _mixed_is_told(view: View, value: str, stop: int, frame: _Frame) -> bool:
    """A weaker look needs a sign before it, or the shape of a password after its bare name: «пароль qwerty12», not «пароль win10»."""
    if frame.pattern is not _FRAMES_DIRECT:
        return True
    if value.isdigit():
        return _BOUND.match(view.text, stop, len(view.text)) is not None
    return len(value) >= 6 and not _MORE_WORDS.match(view.lower, stop, len(view.text))


def _is_quoted_word(value: str) -> bool:
    plain = value.isalnum() or _PASSPHRASE.match(value, 0, len(value)) is not None
    if value.isalpha() and not value.isascii():
        return value.islower() and len(value) >= 5 and not _ADJECTIVE.search(value, 0, len(value))
    return value.isascii() and plain and value.islower() and len(value) >= 6 and value not in STOP_WORDS


def _is_weak(frame: str) -> bool:
    key = frame.split(maxsplit=1)[0].strip(":=-\"'`")
    return key in _WEAK_KEYS and not frame.rstrip().endswith(("is", "=", "это"))


DETECTORS: tuple[Detector, ...] = (SpokenPassword(), LoginPair(), TabledPassword())
