"""How people pass passwords, codes and keys on in chats, in Russian and English: one template a line.

`⏎` stands for a line break; `‹PW›` and the other capitals are labelled secrets, small words are filled in.
"""

from __future__ import annotations

PASSWORDS_RU = """
пароль от ‹system› ‹PW›
пароль от ‹system›: ‹PW›
Пароль от ‹system› — ‹PW›
пароль для ‹system› - ‹PW›
от ‹system› пароль ‹PW›, не теряй
логин тот же, пароль сменил на ‹PW›
логин старый, пароль новый ‹PW›
логин: ‹login›⏎пароль: ‹PW›
логин ‹login›⏎пароль ‹PW›
Логин - ‹login›⏎Пароль - ‹PW›
Логин: ‹mail›⏎Пароль: ‹PW›⏎Ссылка: https://‹host›/login
вот доступы⏎‹host›⏎‹login›⏎пароль ‹PW›
Коллеги, доступ к ‹host›: логин ‹login›, пароль ‹PW›. После входа смените.
подключайся: адрес ‹host›, пользователь ‹login›, пароль ‹PW›
RDP ‹host› юзер ‹login› пасс ‹PW›
рдп на ‹host›, логин ‹login› пасс: ‹PW›
VPN: ‹host›⏎user: ‹login›⏎pass: ‹PW›
1С: база ‹db›, пользователь Администратор, пароль ‹PW›
в 1с заходи под Бухгалтером, пароль ‹PW›
Wi-Fi: Office-Guest⏎Пароль: ‹PW›
сеть acme_guest, пароль `‹PW›`
вайфай Acme5G пароль ‹PW›
почта ‹mail› пароль ‹PW›
ящик ‹mail›, пароль к нему ‹PW›
пароль `‹PW›`
пароль "‹PW›"
пароль «‹PW›»
пароль (‹PW›)
пароль от ‹system› (‹PW›) никому не говори
Пароль ‹PW›.
Поменяла пароль на ‹PW›.
сбросил тебе пароль, теперь ‹PW›
твой временный пароль ‹PW›, поменяй при первом входе
Временный пароль: ‹PW›
Ваш новый пароль: ‹PW›
новый пароль ‹PW› старый не подойдёт
пасс ‹PW›
пасс: ‹PW›
пароль такой ‹PW›
пароль вот: ‹PW›
пароль вот ‹PW›
пароль будет ‹PW›
пароль теперь такой: ‹PW›
поролька ‹PW›
поролька от ‹system›: ‹PW›
парль ‹PW›
пороль ‹PW›
пороль от ‹system› ‹PW›
парлоь: ‹PW›
пассворд ‹PW›
Переслано от Игоря:⏎пароль администратора домена ‹PW›
> пароль от ‹system›: ‹PW›⏎спасибо, зашёл
архив запаролил, пароль ‹PW›
пароль на архив ‹PW›
к файлу пароль ‹PW›
зип под паролем ‹PW›
учётка ‹login› / ‹PW›
учетка: ‹login›/‹PW›
доступ: ‹login› / ‹PW›
доступы от ‹system›: ‹login› / ‹PW›
креды ‹login›:‹PW›
креды от стенда ‹login› / ‹PW›
логопас ‹login› ‹PW›
лог/пасс ‹login› / ‹PW›
логин/пароль: ‹login›/‹PW›
логин и пароль: ‹login› ‹PW›
л: ‹login› п: ‹PW›
Л: ‹login›⏎П: ‹PW›
вход ‹login›, пароль ‹PW›
зайди под ‹login› с паролем ‹PW›
заходи по ссылке https://‹host›/, логин ‹login›, пароль: ‹PW›
ssh ‹login›@‹host› пароль ‹PW›
пароль рута ‹PW›
рутовый пароль ‹PW›
пароль админа на ‹host› ‹PW›
пароль от моей учётки ‹PW›, зайди посмотри сама
Марин запиши пароль от кассы ‹PW›
мой пароль ‹PW› если что
он просил пароль, скинь ему ‹PW›, пароль общий
если спросит пароль введи ‹PW›
введите пароль ‹PW› и нажмите ок
вводи ‹PW› как пароль
кодовое слово ‹RUPW›
Пароль от гостевого вайфая ‹RUPW›
пароль от ‹system› ‹RUPW› с большой буквы
пароль: ‹RUPW›
пароль ‹RUPW›
пароль "‹WORD›"
пароль от ‹system› «‹WORD›»
пароль: ‹WORD›
пароль `‹WORD›`
парольная фраза: «‹PHRASE›»
пароль от диска "‹PHRASE›"
пароль ‹DIGITS›
пароль от ‹system›: ‹DIGITS›
пароль от ‹system› ‹DIGITS›, стандартный
логин ‹login› пароль ‹DIGITS›
Имя пользователя: ‹login›⏎Пароль: ‹PW›
Имя пользователя ‹login›, пароль ‹PW›
| Система | Логин | Пароль |⏎| Портал | ‹login› | ‹PW› |
Логин;Пароль⏎‹login›;‹PW›
Сервер: ‹host›⏎Порт: 3389⏎Пользователь: ACME\\‹login›⏎Пароль: ‹PW›
Сервер ‹host›, БД ‹db›, пользователь ‹login›, пароль ‹PW›
**Пароль:** ‹PW›
*пароль*: `‹PW›`
🔑 пароль: ‹PW›
Инструкция: 1) откройте vpn 2) логин ‹login› 3) пароль ‹PW› 4) подключиться
Для входа в почту⏎адрес: mail.acme.ru⏎логин: ‹mail›⏎пароль: ‹PW›
ребят кто спрашивал пароль: ‹PW› это от ‹system›
там пароль раньше был ‹PW›, сейчас не знаю
пароль по умолчанию ‹PW›
ПАРОЛЬ ОТ СЕЙФА С КЛЮЧАМИ: ‹PW›
пароль от зума ‹PW›, начинаем в 10
пароль конференции: ‹PW›
пароль=‹PW›
"""

PASSWORDS_EN = """
password ‹PW›
the password is ‹PW›
Password for ‹place›: ‹PW›
password to ‹place› is ‹PW›
pw: ‹PW›
pw ‹PW›
pwd: ‹PW›
passwd ‹PW›
pass: ‹PW›
pass is ‹PW›
PW = ‹PW›
user: ‹login›⏎pass: ‹PW›
username: ‹login›⏎password: ‹PW›
Username - ‹login›⏎Password - ‹PW›
login: ‹login› / pw: ‹PW›
login ‹login› password ‹PW›
log in with ‹login› and password ‹PW›
creds: ‹login›/‹PW›
creds: ‹login› / ‹PW›
creds for ‹place› - ‹login›:‹PW›
credentials: ‹login› ‹PW›
credentials are ‹login› / ‹PW›
user/pass: ‹login›/‹PW›
username/password: ‹login› / ‹PW›
ssh ‹login›@‹host› (password ‹PW›)
I changed the password to ‹PW›
changed ‹place› password, it's now ‹PW›
your temporary password is ‹PW›, change it after the first login
Temp password: ‹PW›
your new password is: ‹PW›
the new pw is `‹PW›`
use password "‹PW›"
use '‹PW›' as the password
wifi password: ‹PW›
the wifi pass is ‹PW›.
wifi is AcmeGuest, password ‹PW›
the password (‹PW›) is case sensitive
password - ‹PW›
zip password ‹PW›
the zip is encrypted, password: ‹PW›
passphrase: ‹PW›
my passphrase is "‹PHRASE›"
the passphrase is '‹PHRASE›'
> pw for ‹place›?⏎‹PW›
fwd: the vpn password is ‹PW›
default password is ‹PW›
root password ‹PW›
root pw on ‹host› is ‹PW›
admin password: ‹PW›
sudo password is ‹PW› on that box
just type ‹PW› when it asks for a password
pasword ‹PW›
passwrod: ‹PW›
passord is ‹PW›
hey the pass for ‹place› is ‹PW› dont share
Zoom passcode: ‹PW›
meeting password: ‹PW›
Host: ‹host›⏎User: ‹login›⏎Password: ‹PW›
| user | password |⏎| ‹login› | ‹PW› |
user,password⏎‹login›,‹PW›
**Password:** `‹PW›`
password: "‹WORD›"
password is "‹WORD›"
password: ‹DIGITS›
u: ‹login› p: ‹PW›
its ‹PW› (the password)
old password was ‹PW›
I set it to ‹PW›, that's the password for ‹place›
Forwarded: please log on to ‹host› with user ‹login›, pwd ‹PW›, thanks
"""

PINS = """
пин от карты ‹PIN›
пин-код ‹PIN›
пинкод от телефона: ‹PIN›
PIN: ‹PIN›
pin code is ‹PIN›
the pin is ‹PIN›
ПИН от токена ‹PIN›
пин код рутокена ‹PIN›
card pin ‹PIN›
пин симки ‹PIN›, пук не помню
my door pin is ‹PIN›
"""

CODES = """
Ваш код: ‹CODE›
Код подтверждения: ‹CODE›. Никому его не сообщайте
код из смс ‹CODE›
код ‹CODE›, действует 5 минут
Никому не говорите код ‹CODE›
пришёл код ‹CODE›
код пришел: ‹CODE›
код для входа ‹CODE›
Код для входа в Госуслуги: ‹CODE›
‹CODE› — ваш код подтверждения
‹CODE› - код для входа в личный кабинет
смс-код ‹CODE›
одноразовый пароль ‹CODE›
Одноразовый код: ‹CODE›
Пароль для подтверждения операции ‹CODE›
Ваш код ‹SPLIT›
код авторизации ‹CODE›
код доступа ‹CODE›
Your code is ‹CODE›
Your verification code is ‹CODE›
‹CODE› is your verification code
Login code: ‹CODE›. Do not give this code to anyone
G-‹D6› is your Google verification code.
Your WhatsApp code: ‹SPLIT›
Use ‹CODE› to verify your account
OTP: ‹CODE›
your OTP is ‹CODE›, valid for 10 minutes
2FA code ‹CODE›
security code: ‹CODE›
one-time password: ‹CODE›
SMS code ‹CODE›
the code from the sms is ‹CODE›
authenticator code ‹CODE›
verification code ‹CODE›
скинь код из смс⏎‹CODE›
диктую код из смс: ‹CODE›
продиктуй клиенту код ‹CODE›
"""

KEYS = """
api key: ‹KEY›
ключ апи ‹KEY›
апи-ключ: ‹KEY›
API ключ от карт ‹KEY›
вот ключ: ‹KEY›
вот токен ‹KEY›
токен: ‹KEY›
токен для интеграции ‹KEY›
token ‹KEY›
the token is ‹KEY›
секретный ключ: ‹KEY›
client secret ‹KEY›
secret: ‹KEY›
секрет приложения ‹KEY›
Authorization: Bearer ‹KEY›
use this api key ‹KEY›
access token: ‹KEY›
ключ доступа к апи: ‹KEY›
x-api-key: ‹KEY›
"""

TOKENS = """
‹TOKEN›
вот токен ‹TOKEN›
держи ‹TOKEN›, никому
токен: ‹TOKEN›
токен "‹TOKEN›"
ключ `‹TOKEN›` от прода
у меня в конфиге стоит ‹TOKEN› и работает
here is the key ‹TOKEN›
use ‹TOKEN› for now
token=‹TOKEN›
TOKEN="‹TOKEN›"
export API_KEY='‹TOKEN›'
  api_key: ‹TOKEN›
{"token": "‹TOKEN›"}
Authorization: Bearer ‹TOKEN›
curl -H "Authorization: Bearer ‹TOKEN›" https://api.example.com/v1/me
(‹TOKEN›)
<‹TOKEN›>
key is ‹TOKEN›.
‹TOKEN›⏎это для тестов
"""

WEB_TOKENS = """
‹JWT›
вот токен: ‹JWT›
Authorization: Bearer ‹JWT›
curl -H 'Authorization: Bearer ‹JWT›' https://‹host›/api/v1/users
{"access_token":"‹JWT›","token_type":"bearer","expires_in":3600}
Cookie: session=‹JWT›; Path=/
id_token=‹JWT›
my jwt is ‹JWT› can you decode it
ACCESS_TOKEN="‹JWT›"
токен протух ‹JWT›, обнови
"""

PRIVATE_KEYS = """
‹PEM›
вот ключ:⏎‹PEM›
держи, положи в ~/.ssh/id_rsa и chmod 600⏎‹PEM›⏎
here is the key⏎```⏎‹PEM›⏎```
cat server.key⏎‹PEM›
ssl_key: |⏎‹PEM›
{"type": "service_account", "private_key": "‹PEM1›\\n", "client_email": "svc@acme.iam.example.com"}
PRIVATE_KEY="‹PEM1›"
‹PPK›
ключ для путти⏎‹PPK›
‹PGP›
мой pgp ключ⏎‹PGP›
"""

AWS = """
AWS_ACCESS_KEY_ID=‹AKID›⏎AWS_SECRET_ACCESS_KEY=‹ASEC›
[default]⏎aws_access_key_id = ‹AKID›⏎aws_secret_access_key = ‹ASEC›
ключ ‹AKID› секрет ‹ASEC›
aws: ‹AKID› / ‹ASEC›
access_key = "‹AKID›"⏎secret_key = "‹ASEC›"
{"AccessKeyId": "‹AKID›", "SecretAccessKey": "‹ASEC›"}
boto3.client("s3", aws_access_key_id="‹AKID›", aws_secret_access_key="‹ASEC›")
export AWS_SECRET_ACCESS_KEY='‹ASEC›'
aws secret key ‹ASEC›
<accessKey>‹AKID›</accessKey><secretKey>‹ASEC›</secretKey>
aws configure set aws_secret_access_key ‹ASEC›
access key id ‹AKID›
у меня ‹AKID› не пускает в бакет
AWS Access Key ID [None]: ‹AKID›⏎AWS Secret Access Key [None]: ‹ASEC›
"""

GITHUB = """
‹GH›
гитхаб токен ‹GH›
git clone https://‹GH›@github.com/acme/app.git
git clone https://oauth2:‹GH›@github.com/acme/app.git
GITHUB_TOKEN: ‹GH›
//npm.pkg.github.com/:_authToken=‹GH›
echo ‹GH› | docker login registry.acme.ru -u acme --password-stdin
"github_token": "‹GH›",
"""

BOTS = """
‹BOT›
токен бота ‹BOT›
BOT_TOKEN=‹BOT›
curl https://api.telegram.org/bot‹BOT›/getMe
Use this token to access the HTTP API:⏎‹BOT›⏎Keep your token secure
bot = Bot(token="‹BOT›")
telegram_token: '‹BOT›'
"""
