"""Texts that look like an identifier and are none, by kind; fixed seed."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from tests.corpus import unseen_values as v
from tests.corpus.scoring import Sample

SEED = 55121

# Kinds whose numbers fail their own check: {…} is filled with a right value and one digit is changed.
_BROKEN = {
    "inn, check digit": ("ИНН {inn}", "инн поставщика: {inn}", "проверь инн {inn}, не бьётся", "| ИНН | {inn} |", "inn={inn}"),
    "snils, check digits": ("СНИЛС {snils}", "снилс сотрудника {snils}", "СНИЛС\t{snils}", "snils: {snils}"),
    "ogrn, check digit": ("ОГРН {ogrn}", "огрн: {ogrn}", "ОГРНИП {ogrnip}"),
    "card, check digit": ("карта {card}", "номер карты: {card}", "pay with card {card}", "{card}", "visa {card} exp 09/27"),
    "iban, check digits": ("IBAN {iban}", "счёт {iban}", "wire to {iban}"),
    "oms, check digit": ("полис ОМС {oms}", "ЕНП: {oms}"),
    "nhs, check digit": ("NHS number {nhs}", "NHS no: {nhs}"),
    "pesel, check digit": ("PESEL {pesel}", "numer PESEL: {pesel}"),
    "nif, letter": ("DNI {nif}", "NIF: {nif}"),
}
_MAKE: dict[str, v.Make] = {
    "inn": v.inn, "snils": v.snils, "ogrn": v.ogrn, "ogrnip": v.ogrnip, "card": v.card, "iban": v.iban, "oms": v.oms, "nhs": v.nhs, "pesel": v.pl_pesel, "nif": v.es_nif,
    "d4": lambda r: v.digits(r, 4), "d5": lambda r: v.digits(r, 5), "d6": lambda r: v.digits(r, 6), "d7": lambda r: v.digits(r, 7), "d8": lambda r: v.digits(r, 8), "d9": lambda r: v.digits(r, 9),
    "d10": lambda r: v.digits(r, 10), "d11": lambda r: v.digits(r, 11), "d12": lambda r: v.digits(r, 12), "d13": lambda r: v.digits(r, 13), "d14": lambda r: v.digits(r, 14), "d16": lambda r: v.digits(r, 16),
    "d20": lambda r: v.digits(r, 20), "d3": lambda r: v.digits(r, 3), "d2": lambda r: str(r.randint(10, 99)), "n": lambda r: str(r.randint(2, 60)), "h7": lambda r: _hex(r, 7), "h8": lambda r: _hex(r, 8), "h12": lambda r: _hex(r, 12),
    "h32": lambda r: _hex(r, 32), "h40": lambda r: _hex(r, 40), "h64": lambda r: _hex(r, 64), "day": lambda r: f"{r.randint(1, 28):02}.{r.randint(1, 12):02}.20{r.randint(22, 26)}", "t": lambda r: f"{r.randint(0, 23):02}:{r.randint(0, 59):02}",
    "month": lambda r: r.choice(v.MONTHS), "street": lambda r: r.choice(v.STREETS), "firm": v.firm_inn, "ten": v.ten, "year": lambda r: str(r.randint(2015, 2027)), "epoch": lambda r: str(r.randint(1600000000, 1790000000)),
    "town": lambda r: r.choice(v.TOWNS),
}  # fmt: skip

_KINDS: dict[str, tuple[str, ...]] = {
    "order number": ("заказ {d10}", "заказ № {firm} готов", "order #{d12} shipped", "Заказ {d8} отменён клиентом", "№ заказа: {d11}", "номер заказа {d10}, оплачен"),
    "invoice": ("счёт на оплату № {d7} от {day}", "счет-фактура № {d6} от {day}", "invoice {d9} is overdue", "Invoice No. INV-{year}-{d6}", "УПД № {d10}", "акт {d5} от {day}"),
    "contract": ("договор № {d2}-{d4}/{d2} от {day}", "доп. соглашение {d6}/{d2}", "контракт {d11} подписан", "Contract #{d8}-{d2}", "госконтракт № {d13}"),
    "tracking": ("трек {d14}", "трек-номер RB{d9}CN", "посылка {d14} в пути", "СДЭК {d10}", "tracking 1Z{d3}AA1{d10}", "накладная СДЭК № {d10}", "отправление {d14} прибыло"),
    "barcode": ("штрихкод 46{d11}", "EAN 59{d11}", "ШК {d13}", "barcode 40{d11}", "GTIN 046{d11}", "код маркировки 01046{d11}"),
    "article": ("артикул {d8}", "арт. {d10}", "SKU {d9}", "part no {d4}-{d5}-{d2}", "деталь 2108-{d7}-{d2}", "номенклатура {d11}"),
    "timestamp": ("ts={epoch}", "timestamp: {epoch}{d3}", '"created": {epoch}', "exp {epoch}", "время {epoch} в unix", "iat={epoch} exp={epoch}"),
    "log": ("{day} {t}:41 INFO worker={n} batch={d8} took={d4}ms", "offset {d11} lag {d5}", "GET /api/v1/items/{d10} 200 {d4}", "req_id={d12} dur={d3}ms", "pid {d5} killed, rss {d9}", "id={d10} status=200"),
    "ticket": ("OPS-{d5} закрыл", "PROJ-{d4}, PROJ-{d4}", "тикет {d7}", "обращение {d9} зарегистрировано", "INC{d8}", "заявка № {d6}", "SR-{d10}", "BUG-{d3}: падает"),
    "version": ("версия {n}.{n}.{n}", "Chrome {d3}.0.{d4}.{d2}", "прошивка {n}.{n}.{n}.{n}", "v{n}.{n}.{n}-rc{n}", "обновили до {n}.0.{d4}", "python 3.11.{n}", "build {n}.{n}.{d4}.{n}", "версии {n}.{n}.{n}.{n}", "firmware {n}.{n}.{n}.{n}", "version {n}.{n}.{n}.{n} released", "пункт {n}.{n}.{n}.{n} регламента"),
    "date": ("встреча {day}", "срок до {day}", "релиз {day} в {t}", "отпуск с {day} по {day}", "due {day}", "от {n} {month} {year} г.", "доставка {day}", "договор от {day}", "паспорт выдан {day}", "дата выдачи {day}", "прописан с {day}"),
    "birthday talk": ("с днём рождения!! {n} лет", "день рождения фирмы {day}", "др у Оли {n} {month}, скидываемся", "отмечаем день рождения {day} в {t}", "happy birthday, party on {day}", "дата рождения не указана, заявка от {day}"),
    "street talk": ("на улице {street} пробка", "улица {street} перекрыта", "живу рядом с улицей {street}", "на улице -{n}", "проспект стоит, буду через {n} минут", "на шоссе авария, {n} км", "переулок не чистят уже {n} дней", "на площади концерт {day}"),
    "english street talk": ("turn left on Main street", "{n} minutes down the road", "wall street is up {n}%", "we are {n} people on the way", "parking on the street is {n} bucks", "{n} new lanes this year", "drive {n} miles and stop", "he did it {n} way or another"),
    "price": ("цена {n} {d3} руб.", "итого {d3} {d3},{d2} руб", "бюджет {n} {d3} {d3} р", "$ {n},{d3},{d3}.{d2}", "сумма {d7}.{d2}", "стоимость {d5}р", "€{d4}", "остаток {n} {d3} {d3} {d3} ₽"),
    "phone-like": ("код {d6}", "добавочный {d4}", "доб. {d5}", "внутренний {d3}-{d2}", "диапазон {d3}-{d3}", "размер 8-{d2}-{d2}", "коды 8-{d3}, 8-{d3}", "кабинет {d3}-{d2}", "ext. {d4}", "комната 8-{d3}"),
    "coordinates": ("55.{d6}, 37.{d6}", "координаты {n}.{d6} {n}.{d6}", "lat=59.{d7}&lon=30.{d7}", "N 55°{d2}.{d3} E 37°{d2}.{d3}", "точка 55.{d4} 49.{d4}"),
    "hash": ("commit {h40}", "md5 {h32}", "sha256:{h64}", "образ @sha256:{h64}", "{h7} фикс", "blob {h12}", "etag {h32}"),
    "uuid": ("{h8}-{d4}-4{d3}-a{d3}-{h12}", "request {h8}-{d4}-4{d3}-9{d3}-{d12}", "id: {h8}-1{d3}-4{d3}-8{d3}-{h12}"),
    "formula": ("C6H12O6 в растворе", "H2SO4 98%", "NaCl 0.9% 500 мл", "C2H5OH {n} л", "CaCO3 тип {n}", "K2Cr2O7 {n} г", "Fe2O3"),
    "score": ("сыграли {n}:{n}", "счёт {n}-{n} в нашу", "Спартак - Зенит 2:1, 3:0", "6:4 3:6 7:5", "счет по сетам 25:21, 23:25, 15:{n}", "match ended 3-2"),
    "sum in words": ("пятнадцать тысяч рублей 00 копеек", "сто двадцать три миллиона", "two hundred and five dollars", "шестьсот сорок два рубля {d2} коп."),
    "dimensions": ("{d3}x{d3}x{d2} мм", "{d4}*{d4}", "труба {d2}х{d2} {n} м", "лист {d4}х{d4}х{n}", "экран {d4}x{d4}", "подшипник {d5}-2RS"),
    "phone talk": ("телефон сел, пишу с ноута", "позвони когда будешь, {t}", "номер телефона скину потом", "перезвоню в {t} или {t}", "my phone died at {t}", "тел. доб {d3}"),
    "passport talk": ("паспорт занеси завтра к {t}", "паспорт изделия № {d6}", "паспорт качества {d8} от {day}", "паспорт прибора {ten}", "паспорт объекта {d4} {d6}", "технический паспорт № {d6}", "паспорт безопасности {day}"),
    "inn talk": ("инн не указан, заказ {d10}", "ИНН позже, номер заявки {d10}", "без ИНН не пропустит"),
    "card talk": ("карта лояльности {d8}", "карта проезда № {d10}", "скидочная карта {d13}", "карта сети {d3}-{d2}", "маршрутная карта {d16}", "gift card {d12}"),
    "account talk": ("счёт {d4} закрыт", "лицевой счёт ЖКХ {d9}", "л/с {d8}", "по счёту 60.01 сальдо {d6}", "счет 62.02, 76.{d2}", "проводка Дт 41.01 Кт 60.01 {d5}"),
    "legal": ("дело № А40-{d6}/{year}", "УИД 77RS00{d2}-01-{year}-00{d4}-{d2}", "ст. {n} ГК РФ, п. {n}.{n}", "приказ Минфина № {d2}н", "152-ФЗ ст. {n}", "исп. производство {d5}/{d2}/77{d3}-ИП"),
    "standard": ("ГОСТ {d5}-{year}", "ГОСТ Р ИСО 9001-2015", "СНиП 2.0{n}.0{n}-8{n}", "ISO {d5}:{year}", "ОКВЭД {n}.{n}", "ОКПО {d8}", "ОКТМО {d8}", "ТУ {d4}-{d3}-{d8}-{year}", "КБК {d20}", "RFC {d4}"),
    "ip-like": ("раздел {n}.{n}.{n}", "п. {n}.{n}.{n}.{n} договора", "{d3}.{d3}.{d3}.{d3}", "драйвер {d3}.{d2}", "глава {n}.{n}.{n}"),
    "mail-like": ("@ivan_k глянь", "git@gitlab.corp.ru:team/api.git", "logo@2x.png", "user@localhost", "npm i @types/node@18.11.9", "ssh deploy@build", "sales @ 10:00", "foo@bar", "pkg@1.2.3"),
    "plate-like": ("кабинет А{d3}", "B{d3}", "в 150 на 78", "М{d2}К{d2}", "дом с 120 по 150", "корпус к{d3}", "размер XL {d3}", "о 500 рублей", "к {d3} от {d2}", "бетон М350 В25 F150", "сталь Ст3 С245"),
    "vin-like": ("серийный номер {h12}ABCDE", "S/N 5CG{d7}XA{d5}", "ABCDEFGHJKLMNPRST", "ключ продукта XXXXX-{d5}-ABCDE", "имей {d14}", "IMEI {d2}{d13}"),
    "kpp talk": ("КПП не работает, въезд через {n} ворота", "машина с АКПП {d5} км", "на КПП-{n} очередь", "замена масла в кпп {d5} руб", "код подразделения {d3}-{d3}"),
    "certificate": ("сертификат № {d8}", "сертификат ЭП {h12}", "свидетельство о поверке С-{d4}/{day}/{d8}", "диплом {d6} {d7}", "лицензия № {d5}", "удостоверение стропальщика № {d4}", "справка № {d6}"),
    "meter": ("показания счётчика {d5} и {d5}", "счётчик № {d8}, показания {d6}", "ХВС {d4} ГВС {d4} ЭЭ {d6}", "электричество {d5}-{d5}={d3}"),
    "schedule": ("{t}-{t} созвон", "с {t} до {t} обед", "рейс SU{d4} в {t}", "поезд 0{d2}А вагон {n} место {n}", "авиабилет 555 {d10}", "бронь {h7}", "PNR ABC{d3}"),
    "requisites words": ("реквизиты скину позже", "р/с и БИК в договоре", "БИК неверный, проверьте", "IBAN нужен, SWIFT тоже", "укажите ИНН и КПП", "SWIFT отключили", "the bank asked for a SWIFT code", "снилс и паспорт принесите"),
    "numbers list": ("{d3} {d3} {d3} {d3}", "{n} {n} {n} {n} {n}", "{d4} {d4} {d3}", "1234567890", "11111111111", "0000000000", "12345678901234567890", "{d2} {d2} {d2}", "план {d3}/{d3}/{d3}", "{d5}, {d5}, {d5}"),
    "constants": ("127.0.0.1:8080", "0.0.0.0/0 в правилах", "localhost:5432", "255.255.255.0", "::1", "http://localhost:3000/{d4}", "00:00:00:00:00:00"),
    "network talk": ("порт {d4} открыт", "vlan {d3}", "ASN {d5}", "MTU 1500", "с {t}:{d2} до {t}:{d2}", "ratio {n}:{n}:{n}", "время гонки 01:{d2}:{d2}"),
    "spoken place": ("дом {n} этаж {n}", "кв. {n} не отвечает", "подъезд {n}, домофон {d3}", "офис {d3}, {n} этаж", "склад {n} стеллаж {d3}", "в г. {town} открыли {n} магазинов", "room {d3}, floor {n}", "комната {d3}, корпус {n}"),
    "units": ("{d4} кВт·ч", "{d5} шт. по {d3}", "{n} 000 км", "{d2},{d2} %", "{d6} строк", "{d3} МБ из {d4}", "t={d2}.{d2}C", "давление 1{d2} на {d2}", "{d3}/{d2} АД", "гемоглобин 1{d2}"),
}  # fmt: skip
# One step from an identifier each: prose, lists, classifiers, versions, words that only sound like a label.
_ONE_STEP_AWAY = (
    "Спринт 14: 12, 15, 18, 21, 24 задач закрыто; в работе 7 8 9 10 11", "паспорт, инн, снилс нужны всем\n1, 2, 3 экземпляра",
    "ИНН 1 2 3 4 5 6 7 8 9 10 знаков должно быть", "позвоните 1 2 3 4 5 6 7 8 9 0 раз", "тел уехал. заказ 8 9 1 2 3 4 5 6 7 8 9 шт",
    "Имя, возраст, телефон\nПетя, 12, 79\nВася, 13, 80",
    "Наименование        Кол-во    Цена\nБолт М8х40          1200      4.50\nГайка М8            3400      1.20",
    "по ИНН вопросов нет, платёж 4500123456 ушёл", "паспорт просрочен, в заявке 4512 123456 исправили", "Партия 2026-03-12 4512 123456 шт",
    "в банке сказали что карта готова, заявка 4276123412341234", "карта прохода 0012345678", "карта 1234 5678 сломалась",
    "дата рождественской вечеринки 25.12.2010", "дата ротации 12.05.2012, дата розыгрыша 12.05.2012", "и др. 12.03.2010 подписали",
    "др. 12 мая 2010 вопросы", "договор от 12.05.1985 г. Рождественский филиал", "улица, 12", "ул. Ленина, как всегда, 5 баллов пробки", "пр. и ср. 12",
    "дмитровское направление, 12 км", "Ленинградское шоссе стоит 40 минут", "На Невском 5 машин столкнулись", "старое здание, 4 этажа",
    "новое шоссе 12 полос", "синее море, 5 звёзд, первая линия 3 отель", "Зелёная линия 2 станции закрыты", "у нас 3 линия поддержки 24 часа",
    "1 St line, 2 Nd line", "5 Old Way", "home 2 way valves in stock", "office 3 place settings", "we need 4 Way adapters at home",
    "Address 5 Main Points in the deck", "5 Best Ways to drive", "location: 3 Great Hill runs", "бик нормальный, SHIPMENT задержан", "бик POSITION",
    "ШАРИКОВЫЕ РУЧКИ BIC CRISTALX 12 шт", "swift response time 12ms", "SWIFT PROGRAMMING LANGUAGE", "в 3 раза у 455 то 77", "о 500 то 15 и т 100 он 12",
    "машина в 100 км на 50", "водитель в 150 км от 77", "номер в 305 те 150", "номер к 500 от 99 заявки", "парковка с 100 до 150",
    "штраф от 500 до 1500", "код 8.495.1", "версия 8.916.123.45.67", "1С 8.3.24.1467 обновили до 8.3.25.1257", "платформа 8.3.24.1467",
    "платформа 1С:8.3.24.1342", "8 913 строк и 45 67 файлов", "8 495 000 руб", "+7 916 шт", "+7 (12) 5", "всего +7 123 456 789 руб за год",
    "8 800 2000 600 100", "7 12 14 16 18 20 22 24 26 28 30", "7 9 1 6 1 2 3 4 5 6 7", "цены: 8,915,123,45,67", "0 1 2 3 4 5 6 7 8 9 10 11 12",
    "2 2 0 0 0 0 0 0 0 0 0 0 0 0 0 4", "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "IBAN: n o t y e t", "iban D E 8 9 invalid",
    "iban is needed for the 12 34 56 78 90 12 34 invoices", "is 12 3456 7890 1234 5678 9012", "de 12 fevereiro 2024", "at 61 1904 3002 3457 3201",
    "es 91 2100 0418 4502 0005 1332", "12.05.1980 12.05.1985 даты в отчёте", "b. 12.05.1980", "(b. 5 items)", "заявка №4512 номер 123456",
    "лицензия серия 45 06 № 123456", "чек 4506 № 123456", "накладная 71 № 1234567", "билет 71 № 1234567", "договор 7707083893 (инн позже)",
    "СДЭК 7707083893", "накл. 1027700132195", "УПД 1027700132195", "EAN13 4607001771562", "4607001771562", "GTIN: 04607001771562",
    "ISBN 978-5-17-080115-2", "ISBN 9785170801152", "DOI 10.1000/182", "OID 1.2.643.2.2.19", "ОКПО 00032537 ОКВЭД 64.19", "ОКАТО 45293554000",
    "ОКТМО 45397000", "КБК 18210301000011000110", "УИН 18810177200100000012", "УИП 32211111111111111111", "л/с 03731000010", "ЕЛС 50АА123456",
    "счёт №1234567890 по ЖКУ", "кадастр 2.0, 77:88:99", "время 12:34:56:78", "77:01:02", "MAC OS 10.15.7", "windows 10.0.19045.3803", "nginx/1.24.0",
    "kernel 5.15.0.91", "redis 7.2.4.1", "релиз 24.3.1.5 выкатили", "п.4.2.1.3", "раздел 10.2.3.4", "таблица 10.2.3.4", "рис. 4.2.1.3",
    "ветка release/10.2.3.4", "тег 10.20.30.40", "build 10.20.30.40", "appVersion: 10.20.30.40", "ABCDEF12", "commit deadbeef", "a1b2c3d4e5f6",
    "00:11:22", "12-34-56-78-90-12", "AA-BB-CC", "test@test", "foo@bar.baz.png", "@company.ru", "support@", "ivan@", "name@1.2.3",
    "мой SSN не нужен 123-45-6789", "order 123-45-6789", "part 536-90-4399", "536-90-4399 qty 3", "part no 123-45-678", "room 123-4567",
    "ticket 123-4567", "2026-03-12 14:05:11 [415] 555-0100ms", "id 4155550132", "T: 1234567 units", "M: 5 7 9 S: 3", "call 911", "dial 0", "text 12345",
    "Fax machine 4500 model", "tel-aviv 2023 0545 1234", "номер клиента 1234567", "номер водителя 5", "телефон завис на 99",
    "набери 8-ку, потом 123-45",
)  # fmt: skip
_AROUND = ("", "", "", "Коллеги, ", "ок, ", "fyi ", "привет, ", "срочно: ", "> ")
_AFTER = ("", "", "", ", спасибо", " глянь", "\nок", " (вчера)", "!")


def _hex(random: Random, count: int) -> str:
    return "".join(random.choice("0123456789abcdef") for _ in range(count))


def kinds() -> frozenset[str]:
    return frozenset(_BROKEN) | frozenset(_KINDS) | {"one step away"}


def near_misses(per_kind: int = 40) -> Iterator[Sample]:
    """`per_kind` texts of each kind; none holds an identifier."""
    random = Random(SEED)
    for kind, templates in (_BROKEN | _KINDS).items():
        for _ in range(per_kind):
            text = _filled(random, random.choice(templates), broken=kind in _BROKEN)
            text = random.choice(_AROUND) + text + random.choice(_AFTER)
            yield Sample(random.choice((text, text, text, text.lower())), (), kind)

    yield from (Sample(text, (), "one step away") for text in _ONE_STEP_AWAY)


def _filled(random: Random, template: str, *, broken: bool) -> str:
    text, rest = "", template
    while "{" in rest:
        before, _, rest = rest.partition("{")
        name, _, rest = rest.partition("}")
        value = _MAKE[name](random)
        text += before + (_broken(random, value, name) if broken else value)
    return text + rest


def _broken(random: Random, value: str, name: str) -> str:
    if name == "nif":
        return value[:-1] + random.choice([letter for letter in "TRWAGMYFP" if letter != value[-1]])
    return v.wrong_last(value, random)
