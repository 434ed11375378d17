"""The sentences and words of ordinary work talk, IT support among it: one sentence a line, `{name}` draws a word."""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split("|"))


def _lines(text: str) -> tuple[str, ...]:
    return tuple(text.strip().splitlines())


RUSSIAN = _lines("""
скинь код
скинь код на ревью до {day}
код ревью посмотришь?
сделай код ревью по задаче {task}
ключ от переговорки у {whom}
ключи от {room} забрал, верну в {day}
логин не пускает
логин не пускает, пишет что учётка заблокирована
{greet}, не могу зайти в {app}, пишет неверный логин или пароль
{greet}, пароль от {appof} не подходит, что делать
забыл пароль от {appof}, сбросьте пожалуйста
пароль истёк, а сменить не даёт
пароль сменил, теперь всё работает
пароль сменил, {who} просил передать
пароль сменили всем, в {day} будет рассылка
какой пароль от вайфая в {roomin}?
пароль от вайфая на ресепшене
пароль вышлю в личку, тут не пишем
пароль тот же, логин другой
пароль и логин у {whom}
логин и пароль пришли на почту, проверь спам
логин старый, пароль придёт смской
логин это почта, а пароль от домена
токен протух, перевыпусти
токен протух, обнови страницу и зайди ещё раз
токен забыл дома, подписать не могу
токен подписи у {whom}, ключ не отдаёт
ключ подписи кончается в {month}, надо перевыпустить
ключ API перевыпустили, старый отключим в {day}
ключ апи возьми в волте
ключи ротируем каждый месяц
ключевой момент: сдать {doc} до {day}
ключевые показатели за {month} приложил
код из смс не приходит
код не пришёл, жму повторно
код подтверждения не приходит, уже {nn} минут жду
код ошибки {nnnn} при входе в {app}
код товара посмотри в {app}
код домофона спроси у {whom}
код залил в ветку, {nn} файлов
код заморожен до {day}
код 1С правил {who}, у него и спроси
не коммить код без тестов
закрепи сообщение
запинь {doc} в канале
пинганул {whom}, ждём
пинг до {appof} {nn} мс, многовато
пин на карте сменил
симку заблокировал, пин трижды ввёл не так
учётку создали, доступ дадут в {day}
учётка {whomof} заблокирована, разблокируйте
доступы отправил в личку
доступ к {appto} дали, спасибо
доступ нужен к {appto} и к {appto}
доступы заведём через заявку {task}
креды в волте, в чат не кидаю
секрет в том, чтобы начать раньше
секреты переехали в волт, поправь пайплайн
сертификат на {appin} истекает через {nn} дней
впн не подключается, висит на авторизации
впн отвалился, переподключаюсь
рдп не пускает, сессия занята
юзер жалуется что {app} тормозит
админ в отпуске до {day}
админку обновили, логинься заново
двухфакторка не проходит, время на телефоне сбилось
двухфакторку включаем всем с {day}
капча задолбала, {nn} раз подряд
не пускает: введите корректный пароль
сбросила пароль, но письмо не пришло
пароль должен быть длинный, минимум {nn} символов
пароль не короче {nn} символов, иначе не примет
новый пароль не подходит, раскладку проверил
введи логин и нажми далее
введите код с картинки
база {appof} лежит, поднимаем
сервер перезагрузили, память снова течёт
деплой в {nn}:00, готовьтесь
релиз перенесли на {day}
откатили релиз, метрики в норме
билд {nnnn} упал на тестах
тесты прошли, {nnnn} зелёных, {n} пропущено
в логах {nnnn} ошибок за ночь
алерт по диску, занято {nn}%
задача {task} готова, проверяй
по задаче {task} есть вопрос
завёл тикет {task}, смотри
в тикете {nnnn} всё описал
{greet}, когда будет {doc}?
{doc} отправил {whomto} на согласование
{doc} подписали, скан на диске
посмотри {doc}, там на стр. {n} ошибка
{doc} переделать до {day}
{who} заболел, подменю
{who} на больничном до {day}
{who} в отпуске, вернётся в {day}
встреча в {nn}:30 в {roomin}
созвон перенесли на {day}, {nn}:00
опоздаю минут на {nn}
я на созвоне, отпишу позже
обед в час?
кто идёт на обед?
кофе кончился, купите
на проходной пропуск не работает
пропуск забыл, встретьте меня
в кабинете {nnnn} холодно
переговорка {nn} занята до обеда
принтер на {n} этаже зажевал бумагу
картридж поменяли, печатает
мышка сдохла, есть запасная?
монитор моргает, заменить бы
ноутбук обновляется уже {nn} минут
премия будет в {month}
отпускные придут в {day}
счёт на {nn} тысяч оплатили
оплатили {nnnn} руб за {month}
бюджет {nnnn} тыс, больше не дадут
клиент просит скидку {nn}%
клиент доволен, продлевают на год
договор продлили до конца {monthof}
поставщик задерживает отгрузку на {n} дней
отгрузили {nnnn} штук, осталось {nn}
на складе {nnnn} позиций, инвентаризация в {day}
заказ № {nnnn} собран
накладную {nnnn} потеряли, ищем
артикул уточни у {whom}
машина приедет к {nn}:00
курьер будет с {nn} до {nn}
такси на {nn}:15 заказал
поезд {nnnn} опаздывает
билеты купил, места рядом
гостиницу забронировали на {n} ночей
день рождения у {whom} в {day}, скидываемся
по {nnnn} р с человека
поздравляю!
спасибо, всё понял
ок, принято
да, давай
нет, так не пойдёт
не понял вопрос
согласен с предыдущим
посмотрю и отвечу
сделаю до {dayof}
жду ответа от {whomof}
напомни завтра
скинь ссылку на {doc}
ссылка на {doc} не открывается
файл битый, пришли ещё раз
файл весит {nn} мб, в почту не лезет
не та версия {docof}, нужна от {dayof}
в таблице {nnnn} строк, не открывается
формула в ячейке C{nn} кривая
итого {nnnn} часов за {month}
спринт закрыли, {nn} задач готово
ретро в {day}, пишите что болит
дежурю в {day}, звоните если что
дежурство передал, инцидентов {n}
мониторинг молчит, это подозрительно
базу бэкапнули, {nnn} гб
миграция накатилась за {nn} секунд
индекс добавил, запрос стал {nn} мс вместо {nnnn}
кэш сбросил, посмотри сейчас
джоба падает с таймаутом {nn} секунд
порт {nnnn} закрыт, открой пожалуйста
на {nnnn} порту ничего не слушает
хост пингуется, ssh нет
ssh не пускает по ключу, права проверил
ключ добавил в authorized_keys, попробуй
публичный ключ скинь, добавлю
закрытый ключ никому не отправляй
где лежит ключ от {appof}?
кто менял пароль в {appin}?
кто знает пароль от {appof}?
кто помнит логин от {appof}?
под каким логином заходить в {app}?
под моим логином не пускает
под админом работает, под юзером нет
пассажиров {nn}, автобус закажем
пас не берём, ищем пасту
пост в канал выложил, {nnnn} просмотров
парковка {nnnn} рублей в день
пароходство ответило, груз в {day}
шифр документа уточни
шифрование включили, тормозит
""")

RUSSIAN_WORDS = {
    "greet": _words("привет|коллеги|добрый день|доброе утро|ребят|народ|Марин|Паш|Олег, привет"),
    "day": _words("понедельник|вторник|среду|четверг|пятницу|конца дня|завтра|12.03|1 декабря|начала недели"),
    "dayof": _words("понедельника|вторника|среды|пятницы|12.03|завтра|1 декабря"),
    "month": _words("январь|марте|апреле|ноябре|декабре|сентябрь"),
    "monthof": _words("января|марта|декабря|квартала"),
    "task": _words("OPS-{nnnn}|DEV-{nnnn}|SUP-{nn}|#{nnnn}|{nnnn}"),
    "who": _words("Игорь|Марина|Паша|Катя|админ|Сергей Петрович|стажёр|новенькая"),
    "whom": _words("Игоря|Марины|Паши|Кати|админа|охраны|секретаря|завхоза"),
    "whomof": _words("Игоря|Марины|Паши|юристов|бухгалтерии|клиента"),
    "whomto": _words("Игорю|Марине|юристам|клиенту|бухгалтерии|директору"),
    "room": _words("переговорки|серверной|архива|склада|кабинета|шкафа"),
    "roomin": _words("переговорке|офисе на Ленина|опенспейсе|столовой|новом крыле"),
    "app": _words("1С|почту|джиру|портал|битрикс|гитлаб|админку|личный кабинет|СЭД|впн"),
    "appof": _words("1С|почты|джиры|портала|битрикса|гитлаба|админки|стенда|вайфая|впн"),
    "appto": _words("1С|почте|джире|порталу|битриксу|гитлабу|админке|стенду"),
    "appin": _words("1С|почте|джире|портале|битриксе|гитлабе|админке"),
    "doc": _words("отчёт|договор|акт|счёт|смету|презентацию|ТЗ|приказ|план|справку|таблицу"),
    "docof": _words("отчёта|договора|акта|сметы|презентации|ТЗ|приказа"),
    "nnn": _words("{nn}{n}"),
}

ENGLISH = _lines("""
key takeaway: {takeaway}
pin this message
pin this message so nobody misses it
token expired
token expired, please log in again
my token expired and the refresh fails with {nnnn}
code review please: PR {nnnn}
can you send the code for {thing}?
the code is in the branch, {nn} files changed
code freeze starts {day}
code coverage is {nn}%
error code {nnnn} when I open {app}
login page is down
login fails with a {nnn} error
my login does not work on {app}
login and password were sent by courier
user can't log in, account is locked
password reset link never arrived
password reset took {nn} minutes
password expired, how do I change it?
the password is the same as on {app}
the password was changed by {who}
the password is in the vault
password manager is down
forgot my password again, sorry
what is the password for the guest wifi?
who knows the password for {app}?
passwords must be {nn} characters long now
new password rules start {day}
my password works on {app} but not on {app}
API keys get rotated every month
the API key was revoked, ask {who} for a new one
put the key into the vault, not here
keys to {room} are with {who}
the key is under the mat
the key question is {takeaway}
press any key to continue
primary key on orders is missing
foreign key constraint broke the import
secrets moved to the vault, update your pipeline
the secret to a good demo is sleep
can you pin {who} down on the date?
pinned the spec to the channel
ping me when {thing} is ready
pinging {app} gives {nn} ms
shipping {nnnn} units {day}
spinning up {n} more nodes
SMS code never arrives
I did not get the verification code
the verification code expires in {nn} minutes
2FA is mandatory from {day}
authenticator app got wiped with my old phone
VPN drops every {nn} minutes
VPN connects but nothing resolves
RDP says the session is taken
SSH key is added, try again
ssh asks for a password although the key is there
send me your public key and I will add it
certificate on {app} expires in {nn} days
credentials are in the vault
creds work, thanks
all tests pass
{nnnn} tests passed, {n} skipped
pass the salt
boarding pass is on my phone
please pass it on to {who}
build {nnnn} is green
build {nnnn} failed on lint
deploy at {nn}:00, heads up
rolled back, metrics look fine
disk is {nn}% full on the build box
latency went from {nnnn} to {nn} ms
cache is stale, try clearing it
port {nnnn} is blocked by the firewall
the job times out after {nn} seconds
migration took {nn} minutes
the export has {nnnn} rows
ticket {nnnn} is yours
opened {task} for that
see {task} for details
{who} is out until {day}
{who} will cover for me
meeting moved to {nn}:30
running {nn} minutes late
lunch?
coffee machine is broken again
printer on floor {n} is jammed
badge does not open {room}
room {nnnn} is too cold
invoice {nnnn} is paid
we paid {nnnn} dollars for that
client wants a {nn}% discount
contract renewed for a year
legal has the contract, back {day}
budget is {nnnn}k, no more
order {nnnn} is packed
courier comes between {n} and {nn}
happy birthday!
thanks, got it
ok
sounds good
no idea, ask {who}
not sure I follow
I agree with {who}
will check and come back to you
waiting for {who} to answer
remind me {day}
the link does not open
the file is broken, send it again
wrong version of the deck, need the one from {day}
formula in C{nn} is off
sprint closed, {nn} points done
on call {day}, phone me if needed
who changed the login form?
who broke main?
rebase and push again
I left {n} comments on your PR
approve {nnnn} when you can
squash before merge please
feature flag is off on {app}
session token handling needs a rewrite
token bucket with {nn} requests per second
max tokens set to {nnnn}
keyword search is slow
keyboard is sticky, any spare?
the turkey sandwich was great
monkey patching is not a plan
hockey tickets for {day}, anyone?
user story {nnnn} is too big
user count is {nnnn} today
superuser rights need an approval
auth service restarts every {nn} minutes
oauth callback url is wrong in {app}
""")

ENGLISH_WORDS = {
    "takeaway": _words("ship small|start early|who owns the data|we need more testers|churn is down {nn}%"),
    "thing": _words("the parser|the report|the spec|the export|the migration"),
    "day": _words("Monday|Tuesday|Friday|tomorrow|next week|June 14|end of day"),
    "app": _words("jira|staging|the portal|grafana|the wiki|jenkins|outlook|the crm"),
    "who": _words("Ann|Mike|the admin|Priya|legal|support|Tom|the new guy"),
    "room": _words("the server room|the archive|the meeting room|the lab"),
    "task": _words("OPS-{nnnn}|DEV-{nnnn}|#{nnnn}"),
    "nnn": _words("500|502|404|403"),
}
