"""Ordinary work chat without a single identifier, from a grammar of trades: many numbers, links, code, logs; fixed seed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random

SEED = 88043

# Every alternative is as likely; {x} is expanded in turn, so one line stands for thousands.
GRAMMAR: dict[str, tuple[str, ...]] = {
    "ru": ("{it}", "{sales}", "{books}", "{freight}", "{people}", "{site}", "{medicine}", "{jokes}", "{small}", "{small}", "{it}", "{books}", "{freight}"),
    "en": ("{dev}", "{dev}", "{deals}", "{office}", "{chat}", "{support}", "{chat}", "{finance}"),
    "it": ("выкатил {ver} на {env}, полёт нормальный", "на {host} диск {pct}, почистил логи за {d2} дней", "упал пайплайн #{d5}, шаг {d1} из {d2}", "{task} готово, ревью плиз", "посмотри {link}, там всё расписано", "в логах: {log}", "latency p99 {d3}мс, было {d3}", "накатил миграцию {d4}_{snake}, заняло {d2} мин", "очередь выросла до {d5}, добавил {d1} воркера", "```\n{code}\n```", "строка {d3} в {snake}.py: {code}", "порт {d4} занят, взял {d4}", "у меня {d2} тестов красных из {d4}", "память течёт: было {d3}Мб стало {d4}Мб", "коммит {h7} откатили", "постгрес {d2}.{d1}, обновим до {d2}", "завёл {task}, {task} и {task}", "SELECT count(*) FROM orders WHERE id > {d6} вернул {d5}", "ошибка {d3} на /api/v{d1}/items/{d5}", "сертификат протухнет через {d2} дней", "бэкап {d3} ГБ, льётся {d2} мин", "поставил таймаут {d2}с и {d1} ретрая", "кубер выселил под, limit {d4}Mi"),
    "sales": ("клиент просит скидку {pct}, даём {pct}?", "КП на {sum} отправил, ждём до {day}", "план {sum}, факт {sum}, отстаём на {pct}", "в воронке {d2} сделок, закроем {d1}", "встреча с заказчиком {day} в {time}", "тендер на {sum}, подача до {day} {time}", "лид с сайта, бюджет {sum}", "перезвоню им в {time}, просили после обеда", "отгрузили {d3} шт по {d3} руб", "конверсия {d1},{d1}% против {d1},{d2}% в мае", "договор {d2}/{d2} подписали {day}", "они берут {d3} лицензий на {d1} года", "прайс с {day} поднимаем на {pct}", "клиент № {d4} снова молчит", "средний чек {d4} руб., норм", "допродали {d2} модулей за квартал"),
    "books": ("акт сверки за {q} квартал не сходится на {sum}", "счёт № {d3} от {day} на {sum} оплатили", "НДС 20% с {sum} это {sum}", "закрыли {month}, сальдо {sum}", "авансовый отчёт {d3}, приложите чеки до {day}", "по счёту {acct} висит {sum}", "зарплата {day}, аванс {d2}-го", "платёжка № {d4} ушла в {time}", "декларация за {q} кв. сдана {day}", "1С опять тормозит, обработка {d3} документов", "лимит по командировке {d4} руб/сутки", "оборот {sum}, прибыль {sum}", "накладная {d4} и с/ф {d4} от {day}", "пеня {d3},{d2} руб", "взносы {pct} посчитала", "инвентаризация {day}, недостача {d2} шт", "премия {pct} оклада", "перевыставьте счёт, сумма {sum} вместо {sum}", "проводка {acct} - {acct} на {sum}"),
    "freight": ("фура на разгрузке с {time}, {d2} паллет", "рейс задержан, прибытие {day} к {time}", "вес {d4} кг, объём {d2} м3", "контейнер выгрузили, {d3} мест", "до {town} {d3} км, фрахт {sum}", "на складе {d4} коробок, пересорт {d2}", "маршрут {town} - {town}, выезд в {time}", "водитель проехал {d3} км, будет в {time}", "заявка {d4} без пропуска, развернули", "ячейка {d2}-{d2}-{d1}, там {d3} шт", "поддон {d3}x{d3}, высота {d3} см", "экспедитор ждёт ттн до {time}", "расход {d2},{d1} л на сотню", "температура в рефе -{d2}, норм", "приёмка с {time} до {time}, ворота {d1}", "потеряли {d1} места из {d2}", "таможня просит инвойс, выпуск {day}"),
    "people": ("отпуск с {day} по {day}, {d2} дней", "на собес пришло {d1} человека из {d2}", "оклад {d3} тыс на руки, испыталка {d1} мес", "табель до {time}, у {d1} человек пусто", "больничный с {day}", "новенький выходит {day}, ноут готов?", "штатка: {d2} ставок, занято {d2}", "обучение {day} в {time}, ауд. {d3}", "приказ № {d3}-к от {day}", "график 2/2 с {time} до {time}", "аттестация, {d2} вопросов, порог {d2} баллов", "стаж {d1} лет {d1} мес", "корпоратив {day}, скидываемся по {d4}", "опрос прошли {d3} из {d3}, {pct}"),
    "site": ("бетон М{d3} привезли, {d2} кубов", "на {d1} этаже залили {d3} м2", "арматура {d2} мм, {d1} тонны", "отметка +{d1}.{d3}, по проекту +{d1}.{d3}", "плита {d4}х{d4}, трещина", "кран с {time} до {time}", "акт КС-2 № {d2} за {month} на {sum}", "смета {sum}, перерасход {pct}", "доска 50х150х6000, {d1} куба", "ось {d1}-{d2}/А-Г готова", "бригада {d2} чел, выработка {d2} м2", "кабель ВВГнг 3х2,5 {d3} м", "уклон {d1},{d1}%, труба {d3}", "скважина {d2} м, дебит {d1},{d1}", "прораб просит {d3} мешков к {time}", "ГОСТ {d5}-20{d2} гляньте, п. {d1}.{d1}"),
    "medicine": ("давление 1{d2}/{d2}, пульс {d2}", "палата {d1}, койка {d1}, осмотр в {time}", "температура 3{d1},{d1}, дали парацетамол 500", "глюкоза {d1},{d1}, гемоглобин 1{d2}", "анализы готовы к {time}", "вакцинировали {d2} человек, осталось {d3} доз", "капельница {d3} мл, {d2} кап/мин", "смена с {time}, дежурит {d1} врача", "шкала {d1} баллов из {d2}", "приём {d2} пациентов, {d1} не пришли", "аптека: {d2} уп. по {d3} руб", "код по МКБ J{d2}.{d1}"),
    "jokes": ("ахах {d1}/10", "вообще жесть, {d2} лет жду отпуска", "погода -{d2}, на улице каток", "кто на обед? столик на {d1} в {time}", "наши выиграли {d1}:{d1}!!!", "осталось {d3} дней до нового года", "кофе кончился, бюджет {d3} р)))", "да ладно", "лол {emoji}", "я в {d2} лет так же думал", "три минуты смеялся {emoji}", "на проспекте пробка, буду к {time}", "улица стоит, {d2} минут до офиса", "ну такое"),
    "small": ("ок", "спасибо!", "буду через {d2} мин", "созвон в {time}", "ага, вижу", "кто дежурит {day}?", "перенесём на {time}?", "{emoji}", "+1", "+", "принял", "не понял, а что в {month}?", "скинь ещё раз", "щас", "ща гляну {link}", "отправил {d1} минут назад", "в {time} не могу, давай в {time}", "гляньте файл отчет_{d2}_{d4}.xlsx, лист {d1}", "ДОБРОЕ УТРО! план: {d1} задач", "кабинет {d3}, {d1} этаж", "доб. {d3}", "заказ {d6} где?", "в паспорте станка {d3} оборотов", "пароль от вайфая на стене", "карту офиса повесили на {d1} этаже", "телефон в переговорке не работает"),
    "dev": ("deployed {ver} to {env}, error rate {d1}.{d2}%", "{task} is blocked by {task}", "see {link} for the runbook", "CI failed: {log}", "p95 went from {d3}ms to {d3}ms", "```\n{code}\n```", "bumped {snake} to {ver}", "line {d3} throws on null", "reverted {h7}", "{d3} tests, {d1} flaky", "heap is at {d4}MB of {d4}", "port {d4} already in use", "node_modules is {d3} MB lol", "merge conflict in {d2} files", "queue depth {d5}, consumers {d1}", "the loop runs {d6} times, O(n^2)", "try `{snake} --limit {d3}`", "disk on {host} at {pct}", "release cut {iso}, freeze until {iso}", "HTTP {d3} on /v{d1}/users/{d5}/items"),
    "deals": ("they want {pct} off, I offered {pct}", "renewal is ${sumen}, closes {iso}", "pipeline {d2} deals worth ${sumen}", "quote Q-{d5} sent", "demo at {time}", "{d3} seats, {d1} year term", "they signed for ${sumen}", "lead score {d2}/100", "call with the client at {time} {emoji}", "PO {d6} approved", "Q{q} target is ${sumen}, we have {pct}"),
    "office": ("standup in {d1} min", "room {d3} at {time}", "out {iso} to {iso}", "lunch at {time}?", "desk {d2}-{d2} is free", "parking spots {d2} to {d2} closed", "turn right on the main road, {d1} minutes", "floor {d1}, then left", "bring {d1} copies", "{d2} people rsvp'd, {d1} maybe", "training on {iso}, {d1} hours", "the street is blocked, running {d2} late"),
    "chat": ("lol", "sounds good", "brb", "same here, {d1} times today", "that was {d2} years ago", "nice one {emoji}", "score was {d1}-{d1}", "{d1}/10 would recommend", "weather is {d2}C here", "thx", "np", "wait, version {ver}?", "100% agree", "happy birthday! {d2} already?", "can't, busy till {time}", "I drive {d2} miles every day", "my passport is at home", "did you get my card?", "her phone is off"),
    "support": ("ticket {d6} escalated", "case #{d8} still open, {d1} days", "customer rated {d1}/5", "order {d7} refunded ${d2}.{d2}", "sla is {d1}h, we are at {d1}h{d2}", "error code {d4}-{d3}", "serial {d4}AB{d4}", "shipment {d10} delayed until {iso}", "restart took {d2} seconds", "they use firmware {ver}"),
    "finance": ("invoice {d5} for ${sumen}, net {d2}", "accrual ${sumen} in {iso}", "variance {pct} vs plan", "GL {d4}-{d3} off by {d2}", "fx 1.{d4}, was 1.{d4}", "headcount {d3}, budget {d3}", "cost center {d4}", "expense report {d5} rejected", "cash ${sumen}, runway {d2} months"),
    "env": ("прод", "стейдж", "prod", "staging", "dev{d1}"), "host": ("app-{d2}", "db-{d1}", "web{d2}.int", "cache-0{d1}", "node-{d2}"), "task": ("OPS-{d4}", "CRM-{d3}", "BE-{d5}", "HR-{d2}", "FE-{d4}"), "ver": ("{d1}.{d2}.{d1}", "v{d1}.{d1}.{d2}", "{d4}.{d2}", "{d1}.{d1}", "20{d2}.{d1}.{d1}"),
    "link": ("https://wiki.int/p/{d6}", "https://git.int/t/app/-/merge_requests/{d4}", "https://docs.example.com/v{d1}/{snake}?page={d2}&id={d7}", "http://grafana.int/d/{h7}/main?from=now-{d1}h", "https://example.org/news/{d8}.html", "https://t.me/c/{d10}/{d3}"),
    "log": ("{iso} {time}:{d2},{d3} WARN {snake}: retry {d1} of {d1}", "[{d5}.{d6}] eth0: link up", "ERROR id={d7} took={d4}ms", "level=info ts={d10} msg=done n={d4}", "exit code {d3}", "OOMKilled pid={d5} rss={d7}kB", "{time}:{d2} {snake}[{d4}]: session opened"),
    "code": ("for i in range({d3}): print(i * {d2})", "if (x > {d3}) return {d2};", "const n = {d5} / {d2};", "rows = rows[{d1}:{d3}]", "sleep({d2})", "assert total == {d4}.{d2}", "#define MAX {d4}", "color: #{h6};", "timeout: {d2}s\nretries: {d1}", "x = [{d2}, {d2}, {d3}, {d4}]", "docker run -p {d4}:{d4} app:{ver}", "UPDATE items SET qty = {d3} WHERE id = {d6};", "margin: {d1}px {d2}px"),
    "snake": ("order_sync", "import_rows", "cache_warm", "report_job", "price_list", "auth_proxy"), "town": ("Казани", "Твери", "Омска", "Калуги", "Самары", "Перми"), "month": ("январь", "март", "май", "июле", "октябрь", "декабре"), "emoji": ("👍", "😂", "🔥", ")))", "🙈", "❤️"),
    "acct": ("60.01", "62.02", "51", "90.1", "76.05", "20.01", "44"), "q": ("1", "2", "3", "4"), "pct": ("{d1}%", "{d2}%", "{d1},{d1}%", "{d2} процентов"), "sum": ("{d2} {d3} руб.", "{d1} {d3} {d3} руб", "{d5} р", "{d3} тыс.", "{d1},{d1} млн", "{d2} {d3},{d2} ₽", "{d6},{d2}", "{d3}к"),
    "sumen": ("{d2},{d3}", "{d1},{d3},{d3}.{d2}", "{d3}k", "{d5}", "{d1}.{d1}M"), "day": ("{dd}.{mm}", "{dd}.{mm}.2026", "{dd} {months}", "{dd}.{mm}.26", "понедельник", "пятницу", "завтра", "{dd}-го"), "months": ("января", "марта", "апреля", "июня", "сентября", "ноября"), "iso": ("2026-{mm}-{dd}", "Monday", "March {d1}", "{mm}/{dd}", "{dd} Oct 2026", "Friday"),
    "time": ("{hh}:{mi}", "{hh}:{mi}", "{hh}.{mi}", "{hh} часов", "{hh}-{mi}"), "dd": ("01", "05", "09", "12", "17", "20", "24", "28"), "mm": ("01", "02", "04", "06", "09", "11", "12"), "hh": ("8", "9", "10", "11", "14", "16", "18"), "mi": ("00", "15", "30", "45", "20"), "d1": tuple("23456789"),
}  # fmt: skip
_SLOT = re.compile(r"\{([a-z]+\d*)\}")


def messages(count: int = 2400) -> Iterator[str]:
    """`count` messages, six in ten Russian: one to three sentences each, some lowered, some shouted, some quoted."""
    random = Random(SEED)
    for _ in range(count):
        tongue = "ru" if random.random() < 0.6 else "en"
        text = random.choice((". ", "\n", ", ", " ")).join(
            _expanded(random, f"{{{tongue}}}") for _ in range(random.choice((1, 1, 1, 2, 2, 3, 5)))
        )
        yield _typed(random, text)


def _expanded(random: Random, text: str) -> str:
    while _SLOT.search(text):
        text = _SLOT.sub(lambda slot: _slot(random, slot[1]), text, count=1)
    return text


def _slot(random: Random, name: str) -> str:
    if name in GRAMMAR:
        return random.choice(GRAMMAR[name])
    if name[0] == "h":
        return "".join(random.choice("0123456789abcdef") for _ in range(int(name[1:])))
    return random.choice("123456789") + "".join(random.choice("0123456789") for _ in range(int(name[1:]) - 1))


def _typed(random: Random, text: str) -> str:
    chance = random.random()
    if chance < 0.12:
        return text.lower()
    if chance < 0.17:
        return text.upper()
    if chance < 0.22:
        return "> " + text.replace("\n", "\n> ")
    return "@" + random.choice(("ivan", "olga_k", "dev-lead")) + " " + text if chance < 0.28 else text[0].upper() + text[1:]
