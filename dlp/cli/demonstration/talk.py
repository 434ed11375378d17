"""Ordinary talk at work: nothing in it may be told of."""

from __future__ import annotations

import re
from random import Random

_RUSSIAN = (
    "Доброе утро! Созвон в {time}, как обычно",
    "коллеги, кто идёт на обед?",
    "посмотрите, пожалуйста, {document}, замечания жду до {day}",
    "ок, сделаю до {day}",
    "спасибо, получил",
    "Перенесём встречу на {day} {time}?",
    "у нас опять не работает кондиционер в переговорке {room}",
    "{document} отправил на согласование",
    "а где лежит последняя версия? не могу найти {document}",
    "по заявке {number}: монтаж закончили, ждём приёмку",
    "насосы приедут {day}, машина вышла со склада",
    "давайте обсудим на планёрке",
    "согласен",
    "+1",
    "Кто сможет встретить курьера в {time}?",
    "на объекте всё по графику, фото вечером",
    "нужно заказать {count} фильтров и прокладки к ним",
    "я сегодня из дома, на связи с {time}",
    "не забудьте заполнить табель до {day}",
    "поставщик обещал отгрузить {count} шт. {day}",
    "с днём рождения! 🎉",
    "приняли, работаем",
    "пробки, опоздаю минут на {count}",
    "презентация готова, посмотрите слайд {count}",
    "кто-нибудь видел зарядку от ноутбука? оставил в {room}",
    "по сервису: версия {count}.{count} на стенде, можно проверять",
    "Напомните, во сколько завтра заезжает инспекция?",
    "договорились, тогда до {day}",
    "отпуск согласован, спасибо",
    "пришлите, пожалуйста, спецификацию на щит управления",
)
_ENGLISH = (
    "morning! stand-up at {time} as usual",
    "could you have a look at {english}? comments by {weekday} please",
    "thanks, got it",
    "sure, will do",
    "the shipment of {count} pumps left the port",
    "let's move the call to {weekday} {time}",
    "build {count}.{count} is green, merging",
    "I'm out of office on {weekday}",
    "the customer liked the presentation, slide {count} needs a better picture",
    "can someone review my branch?",
    "lunch?",
    "ticket {number} is done, please check",
    "sounds good to me",
    "who is on duty this weekend?",
    "invoice is on its way, our accountant will answer on {weekday}",
)
_DAYS = ("понедельника", "вторника", "среды", "четверга", "пятницы")
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
_DOCUMENTS = ("договор поставки", "смету по объекту", "протокол совещания", "техзадание", "акт осмотра", "план работ")
_ENGLISH_DOCUMENTS = ("the draft contract", "the test report", "the site plan", "the minutes", "the user manual")
_ROOMS = ("«Байкал»", "«Онега»", "на третьем этаже")
_SLOTS = {"day": _DAYS, "weekday": _WEEKDAYS, "document": _DOCUMENTS, "english": _ENGLISH_DOCUMENTS, "room": _ROOMS}
_SLOT = re.compile(r"\{(\w+)\}")


def ordinary_line(chance: Random, english: float) -> str:
    """Something people say at work; `english` is the share of English."""
    template = chance.choice(_ENGLISH if chance.random() < english else _RUSSIAN)
    if "{" not in template:
        return template
    return _SLOT.sub(lambda slot: _filled(slot.group(1), chance), template)


def _filled(slot: str, chance: Random) -> str:
    if slot == "time":
        return f"{chance.randrange(9, 19)}:{chance.choice(('00', '15', '30'))}"
    if slot == "number":
        return str(chance.randrange(100, 999))
    return str(chance.randrange(2, 30)) if slot == "count" else chance.choice(_SLOTS[slot])
