"""Labelled identifiers in other shapes than the detectors were built on: labels × layouts, talk, blocks, slips, evasions; fixed seed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from tests.corpus import unseen_values as v
from tests.corpus.scoring import Labelled, Sample

SEED = 71903

MAKE: dict[str, tuple[str, v.Make]] = {
    "inn": ("RU_INN", v.inn), "firm": ("RU_INN", v.firm_inn), "person": ("RU_INN", v.person_inn), "spaced": ("RU_INN", v.spaced_inn),
    "snils": ("RU_SNILS", v.snils), "snils11": ("RU_SNILS", v.bare_snils), "ogrn": ("RU_OGRN", v.ogrn), "ogrnip": ("RU_OGRN", v.ogrnip),
    "kpp": ("RU_KPP", v.kpp), "passport": ("RU_PASSPORT", v.passport), "pass10": ("RU_PASSPORT", v.ten), "licence": ("RU_DRIVER_LICENSE", v.ten),
    "foreign": ("RU_PASSPORT_FOREIGN", v.foreign_passport), "oms": ("RU_OMS", v.oms), "birth": ("RU_BIRTH_CERTIFICATE", v.birth_certificate),
    "military": ("RU_MILITARY_ID", v.military_id), "plate": ("RU_VEHICLE_PLATE", v.plate), "vin": ("VIN", v.vin), "cadastral": ("RU_CADASTRAL_NUMBER", v.cadastral),
    "card": ("CREDIT_CARD", v.card), "iban": ("IBAN_CODE", v.iban), "swift": ("SWIFT_CODE", v.swift), "phone": ("PHONE_NUMBER", v.phone),
    "mobile10": ("PHONE_NUMBER", v.mobile10), "phone_ext": ("PHONE_NUMBER", v.extended_phone), "world_ext": ("PHONE_NUMBER", v.extended_world_phone), "world": ("PHONE_NUMBER", v.world_phone), "email": ("EMAIL_ADDRESS", v.email), "ip": ("IP_ADDRESS", v.ip), "ip4": ("IP_ADDRESS", v.ip4), "mac": ("MAC_ADDRESS", v.mac),
    "dob": ("DATE_OF_BIRTH", v.birth_date), "dob_en": ("DATE_OF_BIRTH", v.english_birth_date), "address": ("STREET_ADDRESS", v.address),
    "address_en": ("STREET_ADDRESS", v.english_address), "ssn": ("US_SSN", v.ssn), "itin": ("US_ITIN", v.itin), "nino": ("UK_NINO", v.nino), "nhs": ("UK_NHS", v.nhs),
    "nif": ("ES_NIF", v.es_nif), "nie": ("ES_NIE", v.es_nie), "pesel": ("PL_PESEL", v.pl_pesel), "nip": ("PL_NIP", v.pl_nip), "codice": ("IT_FISCAL_CODE", v.it_code),
    "nir": ("FR_NIR", v.fr_nir), "idnr": ("DE_TAX_ID", v.de_tax_id), "wallet": ("CRYPTO", v.wallet),
}  # fmt: skip
BANK = {"bik": "RU_BIK", "account": "RU_BANK_ACCOUNT", "correspondent": "RU_BANK_ACCOUNT"}

# A label and its value, laid out as forms, tables, logs and letters do.
LAYOUTS = (
    "{L}: {V}", "{L} {V}", "{L} - {V}", "{L} — {V};", "{L}:{V}", "{L} = {V}", "{L}\t{V}", "{L}\n{V}", "{L}:\n{V}", "| {L} | {V} |", "|{L}|{V}|", "{L};{V};да", "{L}          {V}",
    "{L} .......... {V}", "**{L}:** {V}", "*{L}*: `{V}`", "• {L} – {V}", "1. {L}: {V}", "3) {L} {V}", "> {L}: {V}", ">> {L} {V}", "{L} ({V})", "({L} {V})", "[{L}: {V}]", "«{L}»: {V}", "{L}: «{V}»", "<td>{L}</td><td>{V}</td>",
    '"{L}": "{V}"', "'{L}': '{V}',", "{L}: {V}.", "{L} : {V}", "{L}   :   {V}", "{L}|{V}", "- {L}: {V}\n- дата: 12.03.2026", "№ | {L} | статус\n1 | {V} | ок", "{L},статус\n{V},ok", "№;ФИО;{L}\n1;Громова Е.П.;{V}", "ФИО\t{L}\nГромова Е.П.\t{V}",
    "| ФИО | {L} |\n|---|---|\n| Громова Е. П. | {V} |", "ФИО              {L}\nГромова Е. П.    {V}", "{L}\n\n{V}\n",
)  # fmt: skip

# The words forms and people call each thing by.
LABELS: dict[str, tuple[str, ...]] = {
    "inn": ("ИНН", "инн", "Инн", "ИНН организации", "ИНН поставщика", "ИНН физлица", "ИНН клиента", "INN", "инн получателя", "ИНН (при наличии)", "идентификационный номер налогоплательщика", "Ваш ИНН"),
    "snils": ("СНИЛС", "снилс", "Снилс", "СНИЛС сотрудника", "номер СНИЛС", "SNILS", "№ СНИЛС", "страховой номер (СНИЛС)", "снилс пациента", "СНИЛС застрахованного лица"),
    "ogrn": ("ОГРН", "огрн", "ОГРН юрлица", "OGRN", "основной государственный регистрационный номер"), "ogrnip": ("ОГРНИП", "огрнип", "ОГРН ИП"),
    "kpp": ("КПП", "кпп", "КПП филиала", "KPP", "КПП получателя"),
    "passport": ("паспорт", "Паспорт", "Паспорт РФ", "серия и номер паспорта", "паспортные данные", "Паспорт (серия, номер)", "паспорт гражданина РФ", "Документ: паспорт", "Паспорт: серия, номер", "Passport (RU)", "серия, номер паспорта"),
    "foreign": ("загранпаспорт", "Загранпаспорт", "загран", "Заграничный паспорт", "номер загранпаспорта", "Загран. паспорт"), "licence": ("водительское удостоверение", "ВУ", "В/У", "Вод. удостоверение", "номер ВУ", "водительские права", "Серия и номер в/у"),
    "oms": ("полис ОМС", "ОМС", "Полис", "номер полиса ОМС", "ЕНП", "Полис обязательного медицинского страхования"), "birth": ("свидетельство о рождении", "Свид-во о рождении", "св-во о рождении", "Свидетельство о рождении ребенка"),
    "military": ("военный билет", "Военный билет", "в/б", "номер военного билета", "Военник"), "plate": ("госномер", "Гос. номер", "гос.номер", "номер авто", "ГРЗ", "госномер ТС", "машина", "номер машины", "Рег. знак", "а/м"),
    "vin": ("VIN", "вин", "VIN код", "VIN-номер", "вин номер", "идентификационный номер ТС"), "cadastral": ("кадастровый номер", "Кад. номер", "кадастровый №", "К/н", "КН участка"),
    "card": ("карта", "номер карты", "Карта", "№ карты", "карта для перевода", "банковская карта", "card", "Card number", "cc", "PAN", "card no.", "Visa", "МИР", "карта Сбербанка"), "iban": ("IBAN", "iban", "Счёт IBAN", "IBAN code", "Account (IBAN)", "счет получателя", "Beneficiary IBAN"),
    "swift": ("SWIFT", "SWIFT код", "swift", "SWIFT/BIC", "BIC", "SWIFT code", "свифт"), "phone": ("тел", "Тел.", "телефон", "Телефон", "моб", "моб.", "Контактный телефон", "phone", "Мобильный", "т.", "номер телефона", "WhatsApp", "сот.", "Tel", "тел./факс"),
    "mobile10": ("тел", "телефон", "моб.", "Мобильный телефон", "контактный номер", "сотовый"), "world": ("phone", "tel", "Tel.", "mobile", "cell", "Phone number", "WhatsApp", "M", "contact number", "телефон"),
    "email": ("e-mail", "E-mail", "email", "почта", "Почта", "эл. почта", "mail", "Электронная почта", "адрес электронной почты", "мыло", "Email address", "контакт"), "ip": ("ip", "IP", "айпи", "IP адрес", "ip-адрес", "host", "сервер", "src", "IP address", "remote_addr", "хост"), "mac": ("MAC", "mac", "мак адрес", "MAC-адрес", "HWaddr", "mac address"),
    "dob": ("дата рождения", "Дата рождения", "д.р.", "ДР", "Дата рожд.", "дата рождения ребенка", "Д/р", "DOB", "birth_date", "год рождения", "родился", "День рождения"), "dob_en": ("date of birth", "DOB", "Date of Birth", "D.O.B.", "birthdate", "born", "birthday", "date_of_birth", "Born on"),
    "address": ("адрес", "Адрес", "адрес регистрации", "Адрес доставки", "прописка", "Юр. адрес", "Фактический адрес", "место жительства", "адрес проживания", "Адрес объекта", "куда", "Юридический адрес", "Почтовый адрес"), "address_en": ("address", "Address", "Ship to", "Home address", "billing address", "Mailing address", "Location", "Residence", "deliver to"),
    "ssn": ("SSN", "ssn", "social security number", "Social Security #", "SSN/TIN", "social"), "itin": ("ITIN", "itin", "Individual Taxpayer ID", "ITIN number"), "nino": ("NINO", "National Insurance number", "NI number", "NI no", "nat ins no"), "nhs": ("NHS number", "NHS no", "NHS No.", "nhs", "NHS #"),
    "nif": ("NIF", "DNI", "dni", "DNI/NIF"), "nie": ("NIE", "nie", "N.I.E."), "pesel": ("PESEL", "pesel", "numer PESEL"), "nip": ("NIP", "nip", "NIP firmy"), "codice": ("codice fiscale", "Codice Fiscale", "C.F."), "nir": ("NIR", "numéro de sécurité sociale", "n° sécu"), "idnr": ("Steuer-ID", "Steueridentifikationsnummer", "IdNr", "Steuer-IdNr."),
    "wallet": ("кошелёк", "ETH", "eth wallet", "USDT ERC20", "адрес кошелька"),
}  # fmt: skip

# As people say it.
TALK: dict[str, tuple[str, ...]] = {
    "inn": ("проверь плиз контрагента {inn} по спарку", "у них инн поменялся теперь {firm}", "инн сотрудника {person} внесла в базу", "а какой инн? а вот {inn}", "пробей по инн {inn} есть ли долги", "Счет выставляйте на ИНН {firm}, договор тот же", "самозанятый, инн {person}, чек пришлет", "по инну {inn} приставы висят", "ИП Громова (ИНН {person})", "ООО «Север», ИНН {firm}, подписант директор", "с инном {inn} ошибка в декларации", "{inn} - инн, дальше сами", "контрагент инн-{firm}", "нам нужен договор с {firm} (инн верный)", "ИНН:{firm}КПП:{kpp}", "инн {spaced} если что", "ИНН {firm}/{kpp}", "я продиктую инн {spaced}", "найди в 1с по инн {inn} и поправь", "ИНН/ОГРН {firm}/{ogrn}", "our russian entity INN {firm}", "supplier's INN is {firm} per the contract", "taxpayer id {inn} (russia)", "check INN {inn} in EGRUL", "inn: {inn}, please verify"),
    "snils": ("у него снилс {snils}", "снилс мамы {snils} и паспорт потом", "для приказа нужен снилс — {snils}", "не проходит снилс {snils11} в СФР", "по снилсу {snils11} стаж 12 лет", "мой снилс если надо {snils}", "СНИЛС {snils}, ИНН {person}", "вот снилс {snils} а полис позже", "Петров, снилс-{snils}", "в СЗВ-ТД ошибка: СНИЛС {snils}", "отправила снилс {snils} в кадры", "снилсом {snils} поделилась бухгалтерия", "{snils} (снилс)", "госуслуги вход по снилсу {snils}", "her SNILS is {snils}", "need SNILS for payroll: {snils11}", "pension insurance no. {snils}", "снилс: {snils}; {snils}; {snils}"),
    "passport": ("паспорт у него {passport}", "пробей паспорт {passport} по базе мвд", "на проходную паспорт {pass10} Сидоров", "по доверенности паспорт {passport}, выдан УФМС по г. Твери 12.04.2014, код 690-012", "вот паспорт мужа {pass10}, оформляйте", "билет бронируй на паспорт {pass10}", "паспорта: {pass10}, {pass10}", "Громова Елена Петровна, паспорт {passport}, зарегистрирована", "именуемый в дальнейшем Заемщик, паспорт: {passport}", "с паспортом {passport} отказали", "гражданин РФ, паспорт серии {pass10}", "пасп. {passport}", "паспрт {pass10} выд. 2019", "в паспорте {passport} опечатка", "паспортом {pass10} расплатиться нельзя", "скан паспорта {pass10} во вложении", "Серия и номер: {pass10} (паспорт)", "данные для пропуска: Иванов Пётр, {pass10}, паспорт рф", "his Russian passport {passport} expires never", "passport number {pass10}, issued by MVD", "internal passport: {passport}", "Паспорт {pass10} выдан ТП №3"),
    "phone": ("набери меня {phone}", "{phone} Олег, прораб", "мой новый номер {phone} старый не работает", "курьер звонил с {phone}", "запиши: {phone}", "пиши в вотсап {phone}", "Иван {phone}", "перезвони на {phone} плз", "Аварийная {phone}", "по телефону {phone} никто не берет", "{phone} или {phone}", "тел{phone}", "т.{phone}", "с номера {phone} пришла смс", "водитель Сергей {phone} газель", "Контакты: {phone}, {email}", "Менеджер Анна, {phone_ext}", "{phone} (Марина)", "звоните по номеру {phone} с 9 до 18", "клиент оставил {phone}", "для связи {mobile10} мой мобильный", "набирай {mobile10}", "вот телефон прораба {mobile10}", "позвони {mobile10}", "Моб.: {phone}\nРаб.: {phone}", "ник в тг @olga_k, тел {phone}"),
    "world": ("call me on {world}", "my number is {world}", "{world} is his cell", "text {world} when you land", "reach me at {world_ext}", "Phone: {world} | Fax: {world}", "whatsapp {world} for details", "she changed her number to {world}", "T: {world}", "ring {world} after 6", "the driver's phone is {world}", "contact Mark at {world} or {email}", "tel:{world}", "my new mobile {world} pls save", "support hotline {world}", "на {world} звони, это вьетнамский партнер", "his whatsapp: {world}", "sms to {world} failed", "cell - {world}", "dial {world}", "Call {phone}", "phone {phone} thx", "the courier: {phone}", "call our Moscow office on {phone}", "my russian number {phone}"),
    "email": ("пиши мне на {email}", "{email} и {email} в копию", "скинь на {email} договор", "почта у неё {email}.", "логин {email}", "отправил с {email}!", "<{email}>", "Громова Елена <{email}>; Петров <{email}>", "mailto:{email}", "приглашение ушло на {email}, проверь спам", "e-mail:{email}", "мой мейл {email}", "жду на мыло {email}", "addr={email}&ok=1", "user {email} logged in", "From: {email}", "Cc: {email}, {email}", "я на почту ({email}) кинула", "ping {email} about it", "please add {email} to the list", "email:{email};phone:", "to:{email}", "my personal one is {email}", "resend to {email}?", "owner: {email}", "({email})", "«{email}»"),
    "card": ("кинь на карту {card}", "перевод на {card} Тинькофф", "вот карта {card} Елена Г.", "карта мир {card}", "сбер {card}", "зарплатная карта {card} 12/28", "номер моей карты {card}, срок 09/27, cvc 123", "с карты {card} списали дважды", "по карте {card} возврат", "привяжи карту {card}", "мне на {card}", "{card} альфа", "картой {card} оплатили отель", "{card}", "Получатель: Громова Е. П., карта {card}", "карта: {card} {card}", "кредитка {card}", "на карточку {card} скидываемся", "charge {card} exp 11/27", "my visa is {card}", "use this card {card}", "corporate amex/visa {card}", "card ending... full: {card}", "refund to {card}", "paid with {card}", "card no {card} cvv 321", "{card} 09/28 123", "pan={card} status=declined", "customer card {card} was rejected"),
    "iban": ("переводи на {iban}", "iban получателя {iban}", "счёт в европе {iban}", "реквизиты: {iban}", "{iban}", "оплата на {iban} до пятницы", "казахстанский счет {iban}", "pay to {iban}", "wire to {iban} ref 4411", "new bank account {iban}", "their iban changed: {iban}", "IBAN {iban} BIC {swift}", "please remit to {iban}", "account {iban}", "my iban is {iban} ok?"),
    "ip": ("зайди на {ip}", "база на {ip} легла", "с {ip} идет перебор", "ssh root@{ip}", "http://{ip}/admin", "ping {ip} не проходит", "nginx на {ip} не отвечает", "забань {ip}", "открой порт для {ip}", "клиент {ip} connected", "curl http://{ip}/health", "{ip} db01.local", "from {ip} to {ip}", "Failed password for root from {ip} port 4412 ssh2", "{ip} - - [12/Mar/2026:10:22:01 +0300] \"GET / HTTP/1.1\" 200 512", "vpn gateway is {ip}", "allow {ip} in firewall", "dns {ip}, {ip}", "listen {ip}", "у сервера айпи {ip}", "route via {ip}"),
    "dob": ("родился {dob} в Калуге", "Громова Е.П., {dob} г.р.", "{dob} года рождения", "она {dob} г. р.", "день рождения у неё {dob}", "дата рождения {dob}, прописка Тверь", "рожден {dob}", "дата рожд {dob}", "пациентка {dob} г.р.", "Иванов, д.р. {dob}", "ребёнок, дата рождения {dob}", "др {dob}", "датой рождения {dob} ошиблись", "у клиента дата рождения {dob}", "д/р: {dob}", "сын {dob} г.р.", "заемщик ({dob} г.р.)", "Родилась: {dob}", "указал дату рождения {dob}", "место и дата рождения: г. Уфа, {dob}", "дата и место рождения: {dob}, г. Уфа", "родились {dob} и {dob}"),
    "dob_en": ("born {dob_en} in Ohio", "she was born on {dob_en}", "dob {dob_en}", "patient DOB: {dob_en}", "his date of birth is {dob_en}", "Name: John Carter, DOB {dob_en}", "birth date - {dob_en}", "born: {dob_en}", "her birthday is {dob_en}", "DOB={dob_en}", "date of birth ({dob_en})", "d.o.b. {dob_en}", "employee born {dob_en}", "(b. {dob_en})"),
    "address": ("живёт {address}", "привезите на {address} до 18", "адрес склада {address}", "прописан по адресу {address}", "забрать отсюда: {address}", "офис переехал: {address}", "зарегистрирована: {address}", "по адресу: {address} (вход со двора)", "мы на {address}", "объект {address}", "выезд на {address} в 10:00", "место нахождения: {address}", "проживающий по адресу {address}", "{address}", "доставка {address} домофон 12", "Самовывоз — {address}", "квартира сдаётся {address}", "авария {address}", "заявка: {address}, нет света", "ждём вас: {address}"),
    "address_en": ("ship it to {address_en}", "I live at {address_en}", "our office: {address_en}", "meet me at {address_en}", "{address_en}", "send the contract to {address_en}", "she moved to {address_en}", "pickup from {address_en} at noon", "Deliver: {address_en}", "property at {address_en} is sold", "patient lives at {address_en}", "billing: {address_en}"),
    "plate": ("заедет {plate}", "пропуск на машину {plate}", "газель {plate} на выезд", "водитель на {plate}", "камаз {plate} стоит на воротах", "Тойота Камри {plate}", "штраф на {plate}", "перекрыл выезд {plate}", "авто {plate} чёрная", "фура {plate}, водитель Сергей", "номер {plate}", "каршеринг {plate}", "запишите {plate} на въезд", "а/м Лада {plate}", "пустите {plate} пожалуйста"),
    "account": ("р/с {account}, бик {bik}", "расчетный счет {account}", "счёт {account} в Сбере", "переведи на р/с {account} БИК {bik}", "к/с {correspondent}", "Р/счёт: {account}\nК/счёт: {correspondent}\nБИК: {bik}", "БИК {bik} счёт {account}", "кор. счет {correspondent}, бик {bik}", "р/с № {account} в ПАО Банк, к/с № {correspondent}, БИК {bik}", "лицевой счет {account}", "счет получателя {account}", "банк бик {bik}", "бик банка: {bik}", "БИК\n{bik}\nСчёт\n{account}", "acc. {account} BIC {bik}", "р/сч {account}", "Расч. счет {account} кор. счет {correspondent} БИК {bik}", "БИК;Р/С\n{bik};{account}", "по бику {bik} банк не найден", "{account} (р/с)"),
    "rest": ("полис омс {oms}", "ЕНП {oms} действующий", "полис {oms} прикреплен к поликлинике", "водил, права {licence}", "права категории B {licence}", "загран {foreign} до 2031", "загранник {foreign} готов", "по загранпаспорту {foreign} летим", "свидетельство о рождении {birth} сына", "по военнику {military}", "военный билет {military}, ВУС 100", "вин {vin}", "птс, VIN {vin}", "машина vin {vin} белая", "кадастровый {cadastral}", "участок {cadastral}", "объект с кадастровым номером {cadastral}", "выписка ЕГРН {cadastral}", "огрн {ogrn}", "ОГРНИП {ogrnip} от 12.03.2019", "по ОГРН {ogrn} ликвидация", "SWIFT {swift} bank", "BIC/SWIFT: {swift}", "mac {mac} забанен", "ssn {ssn}", "her social is {ssn}", "SSN on file {ssn}", "ITIN {itin}", "NI number {nino}", "my nino is {nino}", "NHS number {nhs}", "eth {wallet}", "PESEL {pesel}", "NIP {nip}", "DNI {nif}", "codice fiscale {codice}"),
}  # fmt: skip

BLOCKS = (
    "Реквизиты: ООО «Строймаш», ИНН/КПП {firm}/{kpp}, р/с {account}, к/с {correspondent}, БИК {bik}", "Реквизиты:\nООО «Север»\nИНН {firm}\nКПП {kpp}\nОГРН {ogrn}\nр/с {account}\nв ПАО Сбербанк\nк/с {correspondent}\nБИК {bik}\nЮр. адрес: {address}\nТел.: {phone}\nE-mail: {email}",
    "ИП Громова Е. П. ИНН {person} ОГРНИП {ogrnip} р/сч {account} в АО Банк БИК {bik} кор/сч {correspondent}", "Карточка предприятия\nИНН\t{firm}\nКПП\t{kpp}\nОГРН\t{ogrn}\nРасчётный счёт\t{account}\nБИК\t{bik}", "Получатель: ООО Вектор\nИНН: {firm} КПП: {kpp}\nСч. № {account}\nБанк получателя: АО ТБанк\nБИК {bik}\nСч. № {correspondent}",
    "инн {firm} кпп {kpp} бик {bik} рс {account} кс {correspondent}", "ИНН {firm}; КПП {kpp}; ОГРН {ogrn}; БИК {bik}; р/с {account}", "| Поле | Значение |\n|---|---|\n| ИНН | {firm} |\n| КПП | {kpp} |\n| БИК | {bik} |\n| Р/с | {account} |", "инн,кпп,огрн,телефон\n{firm},{kpp},{ogrn},{phone}", "ИНН;КПП;БИК;счет\n{firm};{kpp};{bik};{account}\n{firm};{kpp};{bik};{account}",
    "С уважением,\nЕлена Громова\nменеджер по закупкам\nтел. {phone}\nмоб. {phone}\n{email}\n{address}", "--\nBest regards,\nMark Carter\nSales Director\nT: {world}\nM: {world}\nE: {email}", "Kind regards, Anna Petrova | {phone} | {email}", "Ирина Павлова\n{phone}\n{email}\nООО Лес, {address}", "Regards\nJohn\n{address_en}\n{world}",
    "ФИО: Громова Елена Петровна\nДата рождения: {dob}\nПаспорт: {passport}\nСНИЛС: {snils}\nИНН: {person}\nАдрес: {address}\nТелефон: {phone}\nEmail: {email}", "Громова Елена Петровна, {dob} г.р., паспорт {pass10}, снилс {snils}, инн {person}, тел {phone}", "АНКЕТА\n1. Фамилия: Зайцев\n2. Дата рождения: {dob}\n3. Паспорт: {pass10}\n4. СНИЛС: {snils}\n5. Телефон: {phone}\n6. Почта: {email}",
    "ФИО;Дата рождения;Паспорт;СНИЛС;Телефон\nГромова Е.П.;{dob};{pass10};{snils};{phone}\nЗайцев П.П.;{dob};{pass10};{snils};{phone}", "ФИО\tДР\tСНИЛС\tИНН\nГромова\t{dob}\t{snils}\t{person}\nЗайцев\t{dob}\t{snils}\t{person}", "| ФИО | Телефон | Почта |\n| --- | --- | --- |\n| Громова | {phone} | {email} |\n| Зайцев | {phone} | {email} |", "Имя        Телефон             СНИЛС\nЕлена      {phone}   {snils}\nПавел      {phone}   {snils}",
    "--- Пересланное сообщение ---\nОт: Отдел кадров <{email}>\n\nСотрудник Зайцев П.П.\nпаспорт {pass10}\nСНИЛС {snils}", "> Добрый день!\n> Прошу внести: СНИЛС {snils}, ИНН {person}\n> С уважением\nвнесла, спасибо", '{{"client": {{"inn": "{firm}", "kpp": "{kpp}", "phone": "{phone}", "email": "{email}"}}}}', '{{"user_id": 4411, "snils": "{snils}", "birth_date": "{dob}", "ip": "{ip}"}}', '{{"card_number": "{card}", "exp": "09/28", "holder": "ELENA GROMOVA"}}', "<client><inn>{firm}</inn><phone>{phone}</phone><email>{email}</email></client>",
    "2026-03-12 10:22:01,331 INFO user email={email} ip={ip} inn={inn}", "2026-03-12T10:22:01Z ERROR payment failed card={card} user={email}", "[12.03.2026 10:22] Елена: мой номер {phone}\n[12.03.2026 10:23] Павел: ок, мой {phone}", "INSERT INTO clients VALUES (17, 'Громова', '{snils}', '{email}', '{phone}');", "order=88121&email={email}&phone={phone}&address=", "водитель Зайцев Павел, паспорт {pass10}, ВУ {licence}, авто {plate}, тел {phone}",
    "Доверенность: а/м Камаз {plate}, VIN {vin}, водитель паспорт {passport}", "Пациент Громова Е.П., {dob} г.р., полис ОМС {oms}, СНИЛС {snils}", "Ребёнок: дата рождения {dob}, свид. о рождении {birth}, снилс {snils}, полис ОМС {oms}", "значит так записывай инн {firm} потом кпп {kpp} потом огрн {ogrn} всё", "алло да записывай мой телефон {phone} почта {email} адрес {address}", "Beneficiary: Vektor LLC\nIBAN: {iban}\nSWIFT: {swift}\nAddress: {address_en}", "Patient: Mary Carter\nDOB: {dob_en}\nSSN: {ssn}\nPhone: {world}\nAddress: {address_en}", "name,email,phone,ssn\nMary,{email},{world},{ssn}", "Employee\tDOB\tSSN\nCarter\t{dob_en}\t{ssn}\nMiller\t{dob_en}\t{ssn}",
    "карта {card}, если не пройдет то {card} или по номеру {phone}", "Доступы: {ip} и {ip}, почта {email}", "Заявка на пропуск\n1) Зайцев Павел, паспорт {pass10}\n2) Громова Елена, паспорт {pass10}\nАвто: {plate}", "НДФЛ: {person}; СФР: {snils}; карта: {card}", "Заказ 88121\nПолучатель: Громова Елена\nТел: {phone}\nАдрес: {address}\nСумма: 4 500 руб.", "Order #5512\nTo: {address_en}\nPhone: {world}\nTotal: $45.00", "Продавец {passport}, зарегистрирован {address} (паспорт проверен)",
)  # fmt: skip

HEADS = (
    "",
    "",
    "",
    "Коллеги, ",
    "ок, ",
    "привет! ",
    "fyi ",
    "вот: ",
    "Переслано от Ольги:\n",
    "по заявке 88121: ",
    "12.03.2026 10:22 ",
    "ещё раз\n",
    "@ivan ",
    "в 10:30 созвон. ",
    "2) ",
    "итого 4500 руб, ",
)
TAILS = (
    "",
    "",
    "",
    " спасибо",
    ", жду",
    "\nок?",
    " до 15.03",
    "!",
    " (проверено)",
    "; остальное позже",
    "\n\nОтправлено с iPhone",
    " 👍",
    " - 2 шт",
    "\n4500 руб",
)


class _Filled(NamedTuple):
    text: str
    labels: tuple[Labelled, ...]


def samples(per_layout: int = 45, per_talk: int = 4, per_block: int = 6) -> Iterator[Sample]:
    """Labelled texts, always the same; a third of them typed without care."""
    random = Random(SEED)
    for name, words in LABELS.items():
        for _ in range(per_layout):
            yield _framed(
                random, filled(random, random.choice(LAYOUTS).replace("{V}", f"{{{name}}}").replace("{L}", random.choice(words)))
            )
    for templates in TALK.values():
        for template in templates:
            for _ in range(per_talk):
                yield _framed(random, filled(random, template))
    for template in BLOCKS:
        for _ in range(per_block):
            yield _careless(random, filled(random, template.replace("{{", "\x01").replace("}}", "\x02")))


def filled(random: Random, template: str) -> _Filled:
    """A template with values in its slots, and where they stand."""
    bank = v.bik(random)
    of_bank = {"bik": bank, "account": v.account(random, bank), "correspondent": v.correspondent(bank)}
    text, labels = "", []
    for part in re.split(r"(\{\w+\})", template):
        name = part[1:-1] if part.startswith("{") else ""
        if name in of_bank or name in MAKE:
            entity, value = (BANK[name], of_bank[name]) if name in of_bank else (MAKE[name][0], MAKE[name][1](random))
            labels.append((len(text), len(text) + len(value), entity))
            text += value
        else:
            text += part.replace("\x01", "{").replace("\x02", "}")
    return _Filled(text, tuple(labels))


def _framed(random: Random, filled: _Filled) -> Sample:
    head, tail = random.choice(HEADS), random.choice(TAILS)
    if "\n" in filled.text or filled.text[:1] in "|<>\"'{":
        head, tail = (head and head.rstrip() + "\n"), (tail and "\n" + tail.strip(" ,;\n"))
    moved = tuple((start + len(head), end + len(head), entity) for start, end, entity in filled.labels)
    return _careless(random, _Filled(head + filled.text + tail, moved))


def _careless(random: Random, filled: _Filled) -> Sample:
    """The same text lowered, shouted, with a slip in a word, or quoted: lengths never change, so the labels stay."""
    chance, text = random.random(), filled.text
    if chance < 0.12:
        text = text.lower()
    elif chance < 0.2:
        text = text.upper()
    elif chance < 0.27:
        text = _slipped(random, filled)
    return Sample(text if len(text) == len(filled.text) else filled.text, filled.labels)


def _slipped(random: Random, filled: _Filled) -> str:
    """Two letters of one long word outside the values changed places."""
    words = [
        word for word in re.finditer(r"[^\W\d_]{7,}", filled.text)
        if not any(start < word.end() and word.start() < end for start, end, _ in filled.labels)
    ]  # fmt: skip
    if not words:
        return filled.text
    word = random.choice(words)
    at = random.randint(word.start() + 2, word.end() - 3)
    return filled.text[:at] + filled.text[at + 1] + filled.text[at] + filled.text[at + 2 :]


_EVASIVE = ("inn", "snils", "card", "phone", "ogrn", "iban", "pass10", "oms")
_WORDS = {
    "inn": "ИНН",
    "snils": "снилс",
    "card": "карта",
    "phone": "тел",
    "ogrn": "огрн",
    "iban": "iban",
    "pass10": "паспорт",
    "oms": "полис омс",
}
_LIKE = str.maketrans("0361", "ОЗбl")


def evasions(count: int = 600) -> Iterator[Sample]:
    """Values hidden from a plain pattern: zero-width signs, full-width digits, letters for digits, spaces, lines, markdown."""
    random = Random(SEED + 1)
    for _ in range(count):
        name = random.choice(_EVASIVE)
        entity, make = MAKE[name]
        value = _hidden(random, make(random), name)
        head = f"{random.choice(HEADS)}{_WORDS[name]}{random.choice((' ', ': ', ' - '))}"
        yield Sample(
            head + value + random.choice(("", " спасибо", ", жду", "\nок?")), ((len(head), len(head) + len(value), entity),)
        )


def _hidden(random: Random, value: str, name: str) -> str:
    bare = re.sub(r"[^0-9A-Za-z+]", "", value)
    ways = [
        lambda: (
            "".join(sign + random.choice(("", "", "\u200b", "\u200d", "\u2060", "\u00ad")) for sign in value[:-1]) + value[-1]
        ),
        lambda: value.translate({ord("0") + digit: 0xFF10 + digit for digit in range(10)}),
        lambda: " ".join(bare),
        lambda: f"{value[: len(value) // 2].rstrip(' -.–')}\n{value[len(value) // 2 :].lstrip(' -.–')}",
        lambda: "-".join(bare.lstrip("+")),
        lambda: value.translate({ord("0") + digit: 0x1D7CE + digit for digit in range(10)}),
    ]
    if name != "iban":
        ways.append(
            lambda: (
                value[0]
                + value[1].translate(str.maketrans("1", "l"))
                + "".join(sign.translate(_LIKE) if random.random() < 0.5 else sign for sign in value[2:-1])
                + value[-1]
            )
        )
    return random.choice(ways)()
