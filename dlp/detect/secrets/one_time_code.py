"""Codes for one use and PINs: «код из смс 4821», "your code is 123456", «пин от карты 4821»."""

# ruff: noqa: E501 - a pattern or an example cut in two is harder to read than a long line.

from __future__ import annotations

from collections.abc import Iterator

from dlp.detect.detector import Detector, Found, Pattern
from dlp.detect.view import View

_DIGITS = r"(?P<code>(?:(?<=g-)|(?<![\w.,/:+-]))(?:\d{3}[ -]\d{3}|\d{4,8})(?![\w%]|[.,/:-]\d))"
_SERVICE = (
    r"(?:telegram|телеграм\w?|телеги|whatsapp|ватсап\w?|google|гугл\w?|apple|яндекс\w?|yandex|vk|вк|вконтакте|сбер\w{0,8}|тинькофф\w?|т-банк\w?|альфа\w{0,6}|втб|госуслуг\w?"
    r"|facebook|instagram|steam|viber|авито|озон\w?|ozon|wildberries|вайлдберриз|uber|signal|microsoft|amazon|paypal|discord|max)"
)
_KIND = (
    r"(?:(?:смс|sms|смс-|2fa|otp|totp|mfa|push|пуш|одноразов\w{2,4}|проверочн\w{2,3}|секретн\w{2,3}|верификацион\w{2,3}|пин|pin|one[- ]time|verification|security|confirmation|login|auth\w{0,12}"
    r"|access|passcode|код[- ]?подтвержден\w{2})[ -]{0,2}(?:код\w{0,2}|code|passcode|password|парол\w{1,2}|pin|пин)"
    r"|код\w{0,2} (?:из|с|по|в|для|от|на|активации|авторизации|подтвержд\w{3,4}|доступа|двухфактор\w{0,10}|безопасности|верификации|проверки)"
    r"(?: (?:смс\w{0,2}|sms|сообщени\w|входа|пуша|подтвержд\w{3,4}|письма|почты|приложения|телефона|банка|сбера|карты|госуслуг|аккаунта|личн\w{2,3} кабинет\w?|авторизации|двухфакторки|аутентификатора)){1,3}"
    r"|код\w{0,2} (?:подтвержд\w{3,4}|авторизации|безопасности|верификации|активации|доступа|двухфактор\w{0,10})|(?:your|the|my|ваш|твой|мой)(?: [\w-]{2,16}){0,3}? (?:code|otp|код|pin)"
    r"|парол\w{1,2} для подтвержд\w{3,4}(?: операци\w| вход\w| платеж\w)?|никому не (?:говори\w{0,2}|сообщай\w{0,2}|называй\w{0,2}|передавай\w{0,2})(?: этот| свой)? (?:код|пароль)|(?:из|пришла|пришло) смс\w{0,2}|смс(?=:)|подтвер\w{3,6} (?:\w{3,12} )?кодом|код\w{0,2} для (?:оплаты|входа|регистрации)"
    rf"|{_SERVICE}(?: \w{{1,10}})? (?:code|код)|код\w{{0,2}} (?:от |в |для )?{_SERVICE}"
    r"|код\w{0,2} (?:пришел|пришёл|прислали|выслали)"
    r"|(?:смс\w{0,3}|sms|пришл\w|приш[её]л|прилетел\w?|прислал\w?|скажи|скинь|продиктуй|диктую)[^\n.:]{0,25}?(?<!\w)код\w{0,2}|код\w{0,2},? (?:который|что) (?:\w{1,8} )?(?:пришел|пришёл|придет|придёт|прислал\w?)"
    r"|(?:otp|totp|2fa|tan|тан)(?: code| код)?|одноразов\w{2,4}|cvv|cvc|cvv2|cvc2|пин(?:-?код)?\w{0,2}|pin)"
)
_FOLLOWS = r"(?:[ \t]{1,2}(?:от|для|из|к|на|for|from|of|to|карты|карт\w{1,2}|симк\w|телефона|card|sim|phone|входа|тебе|мне|пришел|пришёл|пришло|прилетел|the|my|your|смс|sms|в|во|[а-яё]{3,12}|[a-z]{3,12}))"
_SIGN = r"[ \t]{0,2}(?::|=|-|—|is|это|вот|пришел|такой|:-)?[ \t\n]{0,3}[\"'`*]{0,2}"
_CODE = Pattern(rf"(?:(?<![\w]){_KIND}(?:{_FOLLOWS}{{0,4}}?{_SIGN}|{_FOLLOWS}{{5,7}}:[ \t]{{0,3}})){_DIGITS}")
_CODE_FOR = Pattern(
    rf"(?:(?<![\w-])(?:code|код)[ \t]?:?[ \t]{{1,2}}){_DIGITS}(?=[ \t]{{1,2}}(?:for (?:log|sign|verif)|to (?:log|sign|verify|confirm)|для (?:вход|подтвер|авториз)|подтвержд))"
)
_CODE_LASTS = Pattern(
    rf"(?:(?<![\w-])(?:code|код)[ \t]?:?[ \t]{{1,2}}){_DIGITS}(?=[.,;! \t]{{1,3}}(?:действу|действит|никому|не сообщ|не говор|не показ|valid|expires|do not|don't|never))"
)
_CODE_USED = Pattern(
    rf"(?:(?<!\w)(?:use|enter|введи\w{{0,2}}|используй\w{{0,2}})[ \t]){_DIGITS}(?=[ \t](?:to (?:verify|log|sign|confirm)|для (?:вход|подтвер|авториз)|as your))"
)
_CODE_FIRST = Pattern(
    rf"(?<!\S)(?:g-)?[\"'`*]{{0,2}}{_DIGITS}[\"'`*]{{0,2}}[ \t]{{0,2}}(?:-|это|is|—)?[ \t]{{0,2}}(?:(?:ваш|твой|мой|the|your|my)(?: [\w-]{{2,16}}){{0,3}} (?:код|code|otp|пароль|pin)|код (?:из|подтвержд|для|авториз|доступа)\w{{0,8}}|otp)"
)
_OTHER = Pattern(
    r"(?i:домофон|подъезд|калитк|ошибк|error|exit|status|почтов|postal|zip|индекс|товар|артик|город|стран|подраздел|promo|промо|скидк|купон|country|dress|source|area|регион|оквэд|окпо|тн ?вэд"
    r"|бюджет|кбк|gpio|верси|version|pin(?:out|s\b|terest)|response|http|qr|bar|штрих|vendor|заказ|order|line|lines|строк|review|лет\b|год\b)"
)
_OF_CARD = Pattern(r"(?i:пин|pin)(?i:[^\n]{0,12}(?:карт|сим|телеф|card|sim|phone))")
_AFTER = Pattern(
    r"(?i:строк|lines?\b|rows?\b|times\b|руб|₽|\$|%|\bраз\b|года?\b|символ|пользоват|users?\b|шт\b|gpio|минут|files?\b)"
)

# How sure each makes, and words without one of which it cannot match.
_PATTERNS = (
    (_CODE, 0.85, ()),
    (_CODE_FOR, 0.8, ("for ", "to ", "для ", "подтвержд")),
    (_CODE_LASTS, 0.8, ("действ", "никому", "не сообщ", "не говор", "не показ", "valid", "expires", "do not", "don't", "never")),
    (_CODE_USED, 0.8, ("use", "enter", "введи", "использ")),
    (_CODE_FIRST, 0.85, ("код", "code", "otp", "пароль", "pin")),
)


def _is_year(digits: str, words: str) -> bool:
    year = len(digits) == 4 and ("1950" <= digits <= "2049")
    return year and not _OF_CARD.search(words, 0, len(words)) and "." not in words and ":" not in words


# A word of a code is worth a look only where digits stand near; "ping" and "pinned" are no PIN.
_WAKING = r"(?:код|code|otp|смс|не (?:сообщ|говор)[^\x1e]{0,12}парол|пин|pin[^gnk]|2fa|cvv|cvc|одноразов|one-time|one time|подтвержд|to verify|to confirm|g-)"


class OneTimeCode:
    """A code of four to eight digits that lets somebody in once, or a PIN, by the words around it; a bare «код 123456» is none."""

    name = "one_time_code"
    entity = "ONE_TIME_CODE"
    anchors: tuple[str, ...] = (
        rf"{_WAKING}[^\x1e]{{0,70}}[0-9][0-9 -]?[0-9]{{2}}",
        rf"[0-9][0-9 -]?[0-9]{{2}}[^0-9\x1e]{{0,44}}{_WAKING}",
    )
    words: tuple[str, ...] = ()
    before = 150
    after = 70
    matches: tuple[str, ...] = (
        "код из смс 4821",
        "код подтверждения: 123-456",
        "your code is 482193",
        "OTP: 482193",
        "пин от карты 4821",
        "482193 - ваш код для входа",
    )
    ignores: tuple[str, ...] = (
        "код 482193",
        "пин домофона 12К3456",
        "exit code is 1370",
        "код ошибки 500123",
        "the code is 2000 lines long",
        "код подразделения 770-001",
        "zip code 94105",
    )

    def find(self, view: View, start: int, end: int) -> Iterator[Found]:
        """The codes whose words or digits begin in the window."""
        reach = min(len(view.text), end + 20)
        for pattern, confidence, signs in _PATTERNS:
            if signs and not any(view.lower.find(sign, start, reach) >= 0 for sign in signs):
                continue
            for match in pattern.finditer(view.lower, start, reach):
                begin, stop = match.span("code")
                if begin >= end:
                    break
                words = view.text[match.start() : begin] if pattern is not _CODE_FIRST else view.text[stop : match.end()]
                if _OTHER.search(words, 0, len(words)) or _AFTER.search(view.text, stop, min(len(view.text), stop + 14)):
                    continue
                digits = "".join(filter(str.isalnum, view.text[begin:stop]))
                if not _is_year(digits, words):
                    yield Found(begin, stop, digits, confidence, "words of a one-time code")


DETECTORS: tuple[Detector, ...] = (OneTimeCode(),)
