"""Payment card numbers."""

from __future__ import annotations

from typing import NamedTuple

from dlp.detect.detector import Judged, Number, Pattern
from dlp.detect.payment.luhn import luhn_holds
from dlp.detect.rivals import Pull, Rivals
from dlp.detect.russian.surroundings import broken_by_line
from dlp.detect.view import View


class _Issuer(NamedTuple):
    """Numbers whose first digits lie in `[low, high]`; `known` is false where only a word near makes it a card."""

    low: str
    high: str
    lengths: frozenset[int]
    known: bool = True


_16 = frozenset({16})
_16_19 = frozenset({16, 17, 18, 19})
_ISSUERS = (
    _Issuer("4", "4", frozenset({13, 16, 19})),
    _Issuer("51", "55", _16),
    _Issuer("2221", "2720", _16),
    _Issuer("2200", "2204", _16_19),
    _Issuer("34", "34", frozenset({15})),
    _Issuer("37", "37", frozenset({15})),
    _Issuer("6011", "6011", _16_19),
    _Issuer("644", "649", _16_19),
    _Issuer("65", "65", _16_19),
    _Issuer("62", "62", _16_19),
    _Issuer("81", "81", _16_19),
    _Issuer("3528", "3589", _16_19),
    _Issuer("300", "305", frozenset({14})),
    _Issuer("36", "36", frozenset({14})),
    _Issuer("38", "39", frozenset({14})),
    _Issuer("8600", "8600", _16, known=False),
    _Issuer("9112", "9112", _16, known=False),
    _Issuer("9792", "9792", _16, known=False),
    _Issuer("9860", "9860", _16, known=False),
    _Issuer("50", "50", frozenset(range(13, 20)), known=False),
    _Issuer("56", "69", frozenset(range(13, 20)), known=False),
)
_BY_FIRST_DIGIT = {
    digit: tuple(issuer for issuer in _ISSUERS if issuer.low[0] <= digit <= issuer.high[0]) for digit in "0123456789"
}
_SHAPES = frozenset(
    {
        (4, 4, 4, 4),
        (4, 6, 5),
        (4, 4, 4, 4, 3),
        (4, 6, 4),
        (4, 4, 4, 4, 2),
        (4, 4, 4, 4, 1),
        (6, 13),
        (8, 8),
        (4, 4, 5),
        (4, 3, 3, 3),
    }
)

_WORDS = Rivals(
    (
        r"карт(?!ин|ирова|о[чн]|ри|ошк|елл)",
        r"карточк",
        r"пласти[кч]",
        r"перевед|перевод|переведи|скинь|закинь|оплат",
        r"сбер|тинькоф|т-банк|альфа|втб|мир\b|виза\b|мастеркард|маэстро",
        r"cards?\b",
        r"cc\b",
        r"ccn",
        r"card[_ -]?(?:no|num)",
        r"pan\b",
        r"visa|master ?card|maestro|amex|american express|discover|unionpay|jcb|diners",
        r"refund|paid (?:with|by)|возврат|кредитк",
        r"debit|credit|charge|cvv|cvc|exp\b|expir",
    ),
    (
        r"заказ(?!чик)|заявк|накладн|артикул|штрих|трек|тикет|инцидент|обращени|партия|партии|серийн|штрафа|уин\b|договор(?!ит|ил)|счет",
        r"(?:скидочн|бонусн|дисконтн|подарочн|клубн|транспортн|проездн|топливн)\w+ карт\w*|(?:gift|loyalty) cards?",
        r"отправлени|идентификатор|рейс|посылк|квитанц|чек[а ]",
        r"order|ticket|track|barcode|bar code|ean\b|sku|isbn|invoice|serial|shipment|parcel|batch|offset|timestamp|ts\b",
        r"(?:request|session|trace|user|item|message|msg|correlation|build)[_ -]?id|id\b|uuid|imei|iccid|account|acct",
    ),
)


_ACCOUNT_HEAD = Pattern(r"[a-z](?<![a-z].)[a-z][0-9]{2}(?:[ -]?[a-z0-9]{4}){0,6}[ -]?[a-z]{0,4}$")


def _issuer(digits: str) -> _Issuer | None:
    for issuer in _BY_FIRST_DIGIT[digits[0]]:
        if issuer.low <= digits[: len(issuer.low)] <= issuer.high and len(digits) in issuer.lengths:
            return issuer
    return None


def _ean_holds(digits: str) -> bool:
    """Whether thirteen digits are a valid barcode (GS1 General Specifications, 7.9)."""
    return (sum(map(int, digits[::2])) + 3 * sum(map(int, digits[1::2]))) % 10 == 0


def _glued(number: Number, text: str) -> bool:
    """Whether the number is a piece of something longer: a hex string, a decimal fraction, a chain of ids."""
    before, after = text[max(0, number.start - 2) : number.start], text[number.end : number.end + 2]
    if before[-1:].isalpha() and after[:1].isalpha():
        return True
    if before[-1:].isalpha() and after[:1] == "-" and after[1:].isdigit():
        return True
    joined_before = len(before) == 2 and before[1] in "-_." and before[0].isdigit()
    joined_after = len(after) == 2 and after[0] in "_." and after[1].isdigit()
    return joined_before or joined_after


def _in_account(number: Number, lower: str) -> bool:
    """Whether the digits go on from the head of an account number ("PL59 5265 …"), right or mistyped (ISO 13616-1)."""
    return _ACCOUNT_HEAD.search(lower, max(0, number.start - 40), number.start) is not None


def _even(number: Number) -> bool:
    """Whether every gap between the groups is the same short one."""
    return len(set(number.separators)) <= 1 and not any("\n" in gap or "|" in gap or "/" in gap for gap in number.separators)


def _shape_confidence(number: Number, pull: Pull) -> float:
    if len(number.groups) == 1:
        return 0.75
    if number.groups in _SHAPES and _even(number):
        return 0.85
    if number.groups == (4, 4, 4, 4):
        return 0.7 if pull.speaks_for else 0.6
    if pull.speaks_for and (broken_by_line(number) or max(number.groups) == 1):  # nobody counts digit by digit: it is one number
        return 0.65
    if not _even(number) or number.groups[:4] == (4, 4, 4, 4):
        return 0.0
    return 0.7 if pull.speaks_for else 0.6 if number.alone and min(number.groups) > 1 else 0.0


class CardNumber:
    """A payment card number: issuer range and length, Luhn digit, the groups people write (ISO/IEC 7812-1; issuers' ranges)."""

    name = "card_number"
    entity = "CREDIT_CARD"
    lengths: frozenset[int] = frozenset(range(13, 20))
    matches: tuple[str, ...] = (
        "pay with 4111 1111 1111 1111",
        "4222222222222",
        "переведи на карту 2200-0000-0000-0004, сбер",
        "3782 822463 10005",
        "моя маэстро 6759649826438453",
        "моя карта 41 111111 1111 1111",
        "6200 0000 0000 0000 000",
        "карта|5555555555554444|09/27",
        "карта 4 1 1 1 - 1 1 1 1 - 1 1 1 1 - 1 1 1 1",
    )
    ignores: tuple[str, ...] = (
        "order 4111 1111 1111 1112",
        "заказ № 4111111111111111",
        "штрихкод 4600000000008",
        "6759649826438453",
        "4444 4444 4444 4444",
        "0.4111111111111111",
        "ts=1700000000000",
    )

    def judge(self, number: Number, view: View) -> Judged | None:
        digits = number.digits
        issuer = _issuer(digits)
        if issuer is None or not luhn_holds(digits) or len(set(digits)) == 1:
            return None
        pull = _WORDS.pull(view, number.start, number.end)
        confidence = self._confidence(number, issuer, pull)
        if _glued(number, view.text) or _in_account(number, view.lower):
            confidence = confidence if pull.speaks_for else min(confidence, 0.4)
        if confidence < 0.3:
            return None
        return Judged(confidence, f"check digit, word near: {pull.word}" if pull.speaks_for else "check digit")

    @staticmethod
    def _confidence(number: Number, issuer: _Issuer, pull: Pull) -> float:
        confidence = _shape_confidence(number, pull)
        if pull.speaks_for and confidence:
            return 0.98 if confidence > 0.7 else 0.85
        if not issuer.known:
            return 0.0
        if len(number.digits) == 13 and _ean_holds(number.digits):
            return min(confidence, 0.35)
        if pull.speaks_for is False:
            return 0.55 if number.groups == (4, 4, 4, 4) else 0.4
        return confidence


DETECTORS = (CardNumber(),)
