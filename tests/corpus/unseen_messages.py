"""Whole messages as different people write them, with `{kind}` where a value stands: a second, later set of shapes."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from tests.corpus.scoring import Sample
from tests.corpus.unseen_identifiers import filled

SEED = 60611

MESSAGES = (
    # Russian identifiers in talk
    "Оль, забей в базу нового поставщика: Ромашка-Трейд, {firm}, директор Лапин", "инн физика {person} статус самозанятый проверила на нпд", "сверь инн пожалуйста в акте {firm} а в договоре {firm}", "Почему в карточке ИНН стоит {firm}? должно быть {firm}", "Запрос в ФНС по ИНН-у {firm} ушёл", "наш инн/огрн: {firm} / {ogrn}", "Покупатель: АО «Маяк», {firm}/{kpp}, г. Тверь", "Прошу выставить счёт: ООО Гранит ИНН {firm} КПП {kpp}, сумма 12 400,00", "инн   {firm}\nкпп   {kpp}\nогрн  {ogrn}", "ИНН/КПП\n{firm} / {kpp}", "ИНН........{firm}", "ИНН №{firm}", "<ИНН>{person}</ИНН>", "inn_number={person};snils_number={snils11}", "\"ИНН\":{person},\"СНИЛС\":\"{snils}\"", "taxpayer_id: '{person}'", "INN/KPP {firm}/{kpp} please check the entity",
    "СНИЛС потеряла, помню что {snils} вроде", "у дочки снилс такой {snils}", "СНИЛС № {snils} выдан в 2004", "Снилс: {snils}. Паспорт: {pass10}. Тел: {phone}.", "на работника {snils} не прошли взносы, снилс проверьте", "ЗЛ: {snils}, стаж 11 лет", "номер страхового свидетельства {snils}", "лицевой счет застрахованного лица {snils}",
    "Сотрудник предъявил паспорт {pass10}, выдан Отделом УФМС России 14.02.2012", "пропуск выписать по паспорту {pass10}", "Прошу оформить пропуск: Лапин И.И. (паспорт {pass10})", "пасп серия-номер {pass10}", "паспорт:{pass10}", "Паспорт гр. РФ {pass10} выдан", "Паспорт: 'серия и номер' {pass10}", "заселение в отель, гости: Лапин {pass10}, Лапина {pass10} (паспорта РФ)", "его passport data: {pass10}", "паспорт старый {pass10} новый {pass10}", "Лапин Иван Иванович {dob} г.р. паспорт {pass10}",
    "р/с {account} банк Точка, бик {bik}", "оплату на расч/счет {account}, БИК {bik}", "Банк: ВТБ, БИК: {bik}, корр. счёт: {correspondent}, р/счёт: {account}", "Поменялись реквизиты! Новый р/с {account} в Альфе (бик {bik}), старый закрыт", "сч. {account} в Сбере", "рс {account}", "Счёт получателя платежа {account}, БИК банка получателя {bik}", "номер счета: {account}\nбанк: Т-Банк\nбик: {bik}\nк/с: {correspondent}", "bank account {account}, BIC {bik}, corr. acc. {correspondent}", "перечислите на {account}", "БИК\t{bik}\nР/с\t{account}\nК/с\t{correspondent}",
    "полис: {oms}, прикреплён к 5-й поликлинике", "ЕНП ребёнка {oms}", "номер ЕНП {oms}", "омс мамы {oms} снилс {snils}", "права у него {licence} до 2030", "вод. уд. {licence}", "ВУ № {licence}", "Водительское {licence}", "загранпаспорт до 2030 номер {foreign}", "виза на загран {foreign}", "Загранпаспорт РФ № {foreign}", "свидетельство о рождении сына {birth} выдано ЗАГС", "св. о рождении {birth}", "военный билет серия {military}", "Кадастровый № {cadastral}, площадь 812 кв.м", "участок кад. № {cadastral}", "квартира, КН {cadastral}", "ЗУ {cadastral} под ЛЭП", "птс и vin скинь: {vin}", "Киа Рио, {vin}, белый", "VIN: {vin}, г/н {plate}", "на парковку: {plate}, {plate}", "запарковался {plate} убери", "чья машина {plate}?? мешает", "г/н {plate}", "гос номер машины {plate}", "{plate} - это Сергей на весту", "водителю Газели {plate} оформите пропуск с 9:00",
    # phones, mail
    "Добрый! Это Лапин из Гранита, мой прямой {phone}", "если что звони маме {phone}", "диспетчер {phone}, спросить Юлю", "тел: {phone} (тг тот же)", "звонить: {phone}; {phone}", "мтс {phone} билайн {phone}", "{phone}\n{phone}", "номер водителя {phone}", "Наталья бух. {phone}", "домофон не работает, звоните {phone}", "8ка для справок {phone}", "не могу дозвониться до {phone} второй день", "ватсап/тг {phone}", "WA {phone}", "tel. {phone} lub {email}", "ph: {world}", "Cell {world} / {email}", "you can reach my assistant on {world}", "lost my phone, use {world} for now", "my number: {world}", "Emergency contact: Mary, {world}", "{world} (WhatsApp only)", "fax no {world}", "сообщение с {phone}: срочно переведи", "Абонент {phone} временно недоступен", "мой номер телефона: {mobile10}", "тел. моб. {mobile10}", "Контакт: Иван, {mobile10}", "caller={phone} duration=12s", "to: {email}; {email}; {email}", "почта-то {email} или {email}?", "емейл: {email}", "имейл клиента {email}", "пишите: {email} (Юля)", "skype/mail {email}", "отпишись с рассылки для {email}", "reply-to: {email}", "login: {email}", "{email},{email},{email}", "\"email\":\"{email}\"", "e-mail для счетов — {email}.", "contact {email}/{world}",
    # cards, IBAN
    "скинь мне {card} плиз, сбп не работает", "карта т-банка {card} получатель Лапин И", "на карту отправила: {card}", "вот реквизиты карты\n{card}\n11/28", "номер карточки моей {card}", "карта номер {card} код 123", "Оплата картой {card} прошла", "возврат на {card}", "Card: {card}, Exp: 09/27, CVV: 123", "CC# {card}", "Please charge my Mastercard {card}", "the card on file is {card}", "card_number\t{card}", "{\"pan\":\"{card}\"}", "масткард {card}", "карта жены {card}", "с {card} на {card}", "IBAN получателя: {iban}, банк Raiffeisen", "EUR account: {iban}", "Konto: {iban}", "iban - {iban}", "счет в Казахстане {iban} бик {swift}", "pls update IBAN to {iban} asap", "Bank: Demo Bank\nSWIFT: {swift}\nIBAN: {iban}", "SWIFT-код банка {swift}", "bic code: {swift}", "через свифт {swift}",
    # network
    "новый сервак {ip} логин дам отдельно", "подними впн до {ip}", "Адрес принтера {ip}", "ip камеры на складе {ip}", "у тебя в hosts {ip} прописан", "{ip} - прод, {ip} - стейдж", "Accepted publickey for root from {ip} port 51122 ssh2", "upstream {ip}:8080 timed out", "client_ip={ip} user_agent=curl", "dig вернул {ip}", "разреши {ip}/32 на фаерволе", "default via {ip} dev eth0", "host {ip} unreachable", "MAC {mac} не в белом списке", "арп: {ip} {mac}", "HWaddr {mac}", "мак-адрес ноута {mac}",
    # births
    "ребенок {dob} г.р.", "дата рожд.: {dob}", "Лапин И.И. ({dob})  - дата рождения для билета", "нужна дата рождения: {dob}", "родился в Туле {dob}", "Родилась {dob}, замужем", "{dob} г. рождения", "ДР директора {dob}", "день рождения {dob} у нового сотрудника", "пассажир: LAPIN IVAN, дата рождения {dob}", "Дата рождения (дд.мм.гггг): {dob}", "дата рождения пациента - {dob}", "birth date {dob_en}", "DOB: {dob_en}, SSN: {ssn}", "born on {dob_en} in Leeds", "her date of birth: {dob_en}", "\"dateOfBirth\": \"{dob_en}\"", "D.O.B {dob_en}", "Birthday: {dob_en}", "employee (born {dob_en})",
    # places
    "доставьте на {address}, подъезд со двора", "проживаю: {address}", "живу тут {address}", "Адрес регистрации по паспорту: {address}", "Место жительства — {address}", "курьеру: {address}, звонить заранее", "встречаемся {address} в 18:30", "кафе на {address}, жду", "Склад: {address} (ворота 3)", "везти сюда: {address}", "собственник квартиры по адресу {address}", "ДТП {address}", "переехали на {address}", "Адрес: {address}; тел.: {phone}", "объект: {address}\nзаказчик: Гранит", "адрес прописки {address} фактический {address}", "ship to: {address_en}", "my new place is {address_en}", "Send it to Mary Carter, {address_en}", "Address: {address_en}. Phone: {world}", "we are at {address_en}", "site visit at {address_en} tomorrow", "home: {address_en}", "{address_en}\n{world}",
    # abroad
    "SSN: {ssn}", "social security: {ssn}", "my social {ssn} dont share", "SSN# {ssn}, DOB {dob_en}", "W-9 attached, SSN {ssn}", "ITIN: {itin}", "tax id (ITIN) {itin}", "NI: {nino}", "National Insurance No: {nino}", "NINO: {nino}", "nhs no. {nhs}", "patient NHS number: {nhs}", "PESEL: {pesel}", "NIP: {nip}", "mi DNI es {nif}", "NIE: {nie}", "CF: {codice}", "Steuer-ID: {idnr}", "numéro NIR: {nir}",
    # voice and haste
    "значит паспорт {pass10} выдан в калуге запиши", "инн диктую {spaced} всё верно", "снилс диктую {snils}", "карта {card} срок десятый двадцать восьмой", "запиши телефон {phone} это мой", "адрес {address} домофон сорок пять", "так почта {email} повторяю {email}", "КАРТА СБЕР {card} ИРИНА Л", "ПАСПОРТ {pass10} СНИЛС {snils} ИНН {person}", "тел {phone} инн {person} снилс {snils} паспорт {pass10}",
)  # fmt: skip


def messages(per_message: int = 5) -> Iterator[Sample]:
    """Every message `per_message` times with other values, some lowered or shouted; always the same."""
    random = Random(SEED)
    for template in MESSAGES:
        for _ in range(per_message):
            text, labels = filled(random, template)
            cased = random.choice((str, str, str, str, str.lower, str.upper))(text)
            yield Sample(cased if len(cased) == len(text) else text, labels)
