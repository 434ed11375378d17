"""Secrets as people and programs write them in work chats, labelled: other templates than the dense set, with near-misses.

`corpus()` yields the same lines on every call (fixed seed). A template holds its secret as `<ENTITY>`; values are drawn at
random, so that none of them is anybody's.
"""

from __future__ import annotations

import random
import string
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from typing import NamedTuple

from dlp.detect.secrets.version_control import check_sum

_ALNUM = string.ascii_letters + string.digits
_SEED = 4821
_TIMES = 6


class Line(NamedTuple):
    """A text; the entity it holds and where, or None where it only looks as if it held one."""

    text: str
    entity: str | None = None
    start: int = 0
    end: int = 0


TOLD = (
    ("PASSWORD", "пароль от админки такой: {}"),
    ("PASSWORD", "кинь пожалуйста отчёт, а пароль к архиву — {}"),
    ("PASSWORD", "короче пароль там {}"),
    ("PASSWORD", "Пароль: «{}», никому не показывай"),
    ("PASSWORD", "пароль для входа в личный кабинет: {}. Логин прежний"),
    ("PASSWORD", "пароли те же, только на бд теперь {}"),
    ("PASSWORD", "логин: svc_report\nпароль: {}\nсервер: db-03"),
    ("PASSWORD", "Логин/пароль - svc_report/{}"),
    ("PASSWORD", "учетные данные:\nsvc_report\n{}"),
    ("PASSWORD", "лог admin пас {}"),
    ("PASSWORD", "пасс от роутера {}"),
    ("PASSWORD", "парль {}"),
    ("PASSWORD", "паролем поставил {}"),
    ("PASSWORD", "сменили пароль на {} , старый не работает"),
    ("PASSWORD", "ПАРОЛЬ {}"),
    ("PASSWORD", "пароль `{}`"),
    ("PASSWORD", "пароль:\n{}"),
    ("PASSWORD", "Вот доступ к стенду: user admin pass {}"),
    ("PASSWORD", "доступ к тестовой базе: tester / {}"),
    ("PASSWORD", "вход admin {}"),
    ("PASSWORD", "креды ivanov:{}"),
    ("PASSWORD", "{} - пароль от вайфая на 3 этаже"),
    ("PASSWORD", "временный пароль {} (смените при первом входе)"),
    ("PASSWORD", "пароль на zip: {}"),
    ("PASSWORD", "вай-фай Office_5G, пароль {}"),
    ("PASSWORD", "pass for the staging box: {}"),
    ("PASSWORD", "the password's {} btw"),
    ("PASSWORD", "pw: {}"),
    ("PASSWORD", "pwd is {}, don't share"),
    ("PASSWORD", "new root password is {}"),
    ("PASSWORD", "user: deploy\npassword: {}"),
    ("PASSWORD", "username admin, password {}"),
    ("PASSWORD", "log in with admin / {}"),
    ("PASSWORD", "creds for grafana - admin:{}"),
    ("PASSWORD", "use this passphrase: {}"),
    ("PASSWORD", 'temp password: "{}" please change it'),
    ("PASSWORD", "I set the password to {}"),
    ("PASSWORD", "**Password:** {}"),
    ("PASSWORD", "Password = {}"),
    ("PASSWORD", "login\tpassword\tadmin\tpass: {}"),
    ("PASSWORD", "Login: admin, Pass: {}"),
    ("PASSWORD", "POSTGRES_PASSWORD={}"),
    ("PASSWORD", "      MYSQL_ROOT_PASSWORD: {}"),
    ("PASSWORD", "const dbPassword = '{}';"),
    ("PASSWORD", "    password='{}',"),
    ("PASSWORD", "'passwd' => '{}',"),
    ("PASSWORD", 'private static final String PASSWORD = "{}";'),
    ("PASSWORD", "$config['db_pass'] = '{}';"),
    ("PASSWORD", "sshpass -p {} ssh root@10.0.0.4"),
    ("PASSWORD", "export PGPASSWORD='{}'"),
    ("PASSWORD", "<password>{}</password>"),
    ("PASSWORD", "ansible_ssh_pass={}"),
    ("PASSWORD", "--db-password={} --verbose"),
    ("PASSWORD", "ALTER USER app WITH PASSWORD '{}';"),
    ("PASSWORD", "curl -s -u admin:{} http://nexus.local/x"),
    ("PASSWORD", "smtp.auth.password={}"),
    ("API_KEY", "ключ от дадаты {}"),
    ("API_KEY", "вот апи ключ для карт: {}"),
    ("API_KEY", "токен сервиса: {}"),
    ("API_KEY", "секрет клиента {}"),
    ("API_KEY", "API_TOKEN: {}"),
    ("API_KEY", 'client_secret = "{}"'),
    ("API_KEY", '"accessToken":"{}"'),
    ("API_KEY", "-H 'X-Auth-Token: {}'"),
    ("API_KEY", "Authorization: Token {}"),
    ("API_KEY", "SECRET_KEY = '{}'"),
    ("API_KEY", "apiKey: '{}',"),
    ("API_KEY", "the new access token is {}"),
    ("API_KEY", "https://api.local/v1/items?api_key={}&page=2"),
    ("API_KEY", "bearer token: {}"),
    ("GITHUB_TOKEN", "git remote set-url origin https://oauth2:{}@github.com/acme/app"),
    ("GITHUB_TOKEN", "держи токен {} на день"),
    ("JWT", "curl -H 'Authorization: Bearer {}' localhost"),
    ("JWT", "access_token={}; expires tomorrow"),
    ("AWS_ACCESS_KEY", "aws_access_key_id = {}"),
    ("AWS_ACCESS_KEY", "accessKeyId: '{}',"),
    ("AWS_SECRET_KEY", "secretAccessKey: '{}',"),
    ("AWS_SECRET_KEY", "aws secret {}"),
    ("AWS_SECRET_KEY", 'export AWS_SECRET_ACCESS_KEY="{}"'),
    ("DB_URI", "подключайся: {}"),
    ("DB_URI", "SQLALCHEMY_DATABASE_URI = '{}'"),
    ("DB_URI", "url: {}, таймаут 5 сек"),
    ("TELEGRAM_BOT_TOKEN", "https://api.telegram.org/bot{}/getMe"),
    ("TELEGRAM_BOT_TOKEN", "бот: {}"),
    ("PRIVATE_KEY", "id_rsa лежит тут\n{}\nудали потом"),
    ("PRIVATE_KEY", "{}"),
    ("ONE_TIME_CODE", "код из смс: {}"),
    ("ONE_TIME_CODE", "пришёл код подтверждения {}"),
    ("ONE_TIME_CODE", "your verification code is {}"),
    ("ONE_TIME_CODE", "продиктуй смс-код, у меня {}? нет, код для входа {}"),
    ("ONE_TIME_CODE", "пин-код от карты {}"),
    ("ONE_TIME_CODE", "otp {}"),
)

TALK = """пароль не подходит, проверь раскладку|пароль пришлю отдельным сообщением|у меня слетел пароль от почты|какой пароль от вайфая?|пароль тот же, что и раньше
пароль: тот же|Пароль: в личке|пароль - в 1Password|пароль указан в карточке OPS-4821|пароль от JIRA знает Игорь|пароль должен содержать цифры, буквы и !@#|пароль: не менее 8 символов
Требования к паролю: 12+ символов, A-Z, 0-9|сброс пароля по ссылке https://id.local/reset/a8f3|пароль истекает через 5 дней|пароль от app-03 знает только дежурный|пароль админа сменили вчера в 18:30
пароль спроси у @ivan.p|пароль в KeePass2|пароль к архиву отправил на почту ivanov@corp.ru|логин ivanov, отдел IT-2|логин и пароль пришлю завтра|логин есть, а пароля нет|учётка заблокирована до 15.11.2026
учётная запись ivanov создана|доступ к серверу 10.0.3.7 открыт|доступ: чтение / запись|доступ через VPN2|доступы выдали Петрову и Сидорову|парольная политика v2.1|пароль придуман, спасибо|беспарольный вход Windows11
пароль у тебя Caps Lock?|это пароль? нет, это логин|пароль где лежит, в vault?|пароль отсутствует|пароль: не задан|пароль: (скрыт)|пароль: [скрыто]|Пароль: •••••••••|пароль: <пароль>|пароль = ?
pass the salt|tests pass: 120, fail: 3|pass rate: 98.5%|3 passed, 1 failed|pass in user_id2 as well|please pass it to John2|boarding pass A12B34|season pass 2026|pass-through mode v2|bypass enabled
password expired yesterday|password reset email went to ivan@corp.com|is the password still the same?|my password doesn't work on db-01|the password is incorrect|password is required|password is stored in 1Password
passwords must be 12+ chars|password policy: min 8|password manager rollout Q3|wrong password 3 times|Invalid password for user admin01|forgot-password page is broken in Chrome120|password field has type=password
Failed password for root from 10.2.3.4 port 51022 ssh2|Accepted password for deploy from 10.0.0.7 port 4421|user: ivanov, id 4821|login: OK, took 120ms|login page / signup page|user story US-142 / QA-7|account manager / sales
credentials are in vault: secret/data/app1|credentials=same-origin|creds? ask Maria|cred score 700|creds rotated on 2026-01-15|username and password are required|access level 2 / level 3
password = getpass.getpass("Password: ")|password = os.getenv("DB_PASSWORD")|DB_PASSWORD=$DB_PASSWORD|DB_PASSWORD=${DB_PASSWORD:-}|password: "{{ db_password }}"|password: !vault \\|password: str = Field(...)
def login(user, password):|if password == confirm_password:|password=self.password|password: string;|passwordInput.value = ''|password_hash = bcrypt.hash(password)|"password": "********"|"password": ""|"password": null
const password = req.body.password;|password = input("Enter password: ")|PASSWORD=%PASSWORD%|--password-stdin|password: <redacted>|password=[FILTERED]|password: changeme|PASSWORD_MIN_LENGTH=12|password_reset_timeout=3600
passwordEncoder.encode(rawPassword)|mysql -u root -p|curl -u $USER:$PASS https://x.local|label: 'Password'|"password": "Пароль"|placeholder="Password"|type="password" name="password"|validates :password, length: { minimum: 8 }
spring.datasource.password=${SPRING_DB_PASS}|password: process.env.DB_PASS|passwd:x:1001|/etc/passwd|"forgotPassword": "Forgot password?"|String password = props.getProperty("db.password");|password = vault.read("secret/app")["pw"]
код 482193|код ошибки 500123|exit code 1370|код товара 4821933|почтовый код 101000|zip code 94105|error code: 1045|код города 4852|пин домофона 12К3456|code review for 4821|промокод 482193|код подразделения 770-001|pin 4821 on GPIO header
status code is 4040|HTTP code: 5003|код ОКВЭД 620100|version code is 48219|country code 7495|QR-код 482193|кодовая база выросла до 120000 строк|your code is 2000 lines long|pinned 1234 messages
api_key=<API_KEY>|API_KEY=${API_KEY}|apiKey: process.env.API_KEY|token = request.headers["Authorization"]|TOKEN=$(cat /run/secrets/token)|secret: "{{ lookup('env', 'SECRET') }}"|token: ********|secretName: billing-api-credentials
token.access_token_expires_in = 3600|tokenizer = AutoTokenizer.from_pretrained("bert-base-multilingual-cased")|api_key: str|key: user_profile_settings_v2_cache|ключ партиции order_created_at_2026|cache-key: node-modules-linux-x64-v18
primary key (customer_id, created_at)|public key ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8mVq0rT2yNn1vKx3|token count: 128000 of 200000|csrf token missing|next_page_token=CAEQAA|invalid token at line 42|ключевой показатель вырос|включён 915e5689-a1f3-4505-aea4-52e31a9513a4
key=com.acme.billing.InvoiceServiceImpl|keyboard shortcut ctrl+shift+p|ключ от переговорки у охраны|токен протух, перевыпусти|токен положил в vault|secretary@corp.ru|секретный ингредиент|integrity: sha512-{hash}|commit {commit}|digest: sha256:{sha}
key: {uuid}|token request_id={uuid}|md5 {md5} key.tar.gz|etag "{md5}"|docker pull reg.local/app@sha256:{sha}|git show {commit}|key fingerprint SHA256:{hash43}|trace_id={md5}|"id": "{uuid}", "key": "name"
https://github.com/acme/app/commit/{commit}|postgres://user:pass@localhost/db|postgres://user:password@db:5432/app|mysql://$USER:$PASS@db/app|redis://localhost:6379/0|amqp://guest@mq01|mongodb://<user>:<password>@cluster0.mongodb.net
https://host:8080/@admin|ssh://git@gitlab.local:2222/team/app.git|mailto:ivan@corp.ru|jdbc:postgresql://db:5432/app|Server=db;Database=app;Trusted_Connection=True;|http://user:****@proxy:3128|ftp://anonymous@mirror/pub
-----BEGIN PUBLIC KEY-----|-----BEGIN CERTIFICATE-----\\n{hash}\\n-----END CERTIFICATE-----|grep -r 'BEGIN RSA PRIVATE KEY' .|private key лежит в /etc/ssl/private|eyJ это начало любого jwt|AKIAIOSFODNN7EXAMPLE|ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
sk_live_...|xoxb-your-token-here|Bearer undefined|Authorization: Bearer $TOKEN|Authorization: Basic <base64>|Basic authentication required|basic knowledge of Python3|SG.xxxx.yyyy|AIza...|glpat-<token>|hf_model_v2_large_final"""


def corpus() -> Iterator[Line]:
    """Every template several times with other values, then the near-misses."""
    chance = random.Random(_SEED)
    for entity, template in TOLD:
        for _ in range(_TIMES):
            yield _line(template, entity, VALUES[entity](chance), chance)
    for template in TALK.replace("\n", "|").split("|"):
        yield Line(_around(_misses(template, chance), chance)[0])


def _line(template: str, entity: str, value: str, chance: random.Random) -> Line:
    before, after = (
        template.split("{}", 1) if template.count("{}") == 1 else (template.rsplit("{}", 1)[0].replace(" {}?", ""), "")
    )
    text, shift = _around(before + value + after, chance)
    start = shift + len(before)
    return Line(text, entity, start, start + len(value))


def _around(text: str, chance: random.Random) -> tuple[str, int]:
    before = chance.choice(("", "", "Коллеги, привет! ", "hey, as discussed:\n", "ок, "))
    after = chance.choice(("", "", "\nСпасибо!", "\nping me if it fails"))
    return before + text + after, len(before)


def _misses(template: str, chance: random.Random) -> str:
    sizes = {"hash": 86, "hash43": 43}
    for name in ("commit", "sha", "md5", "uuid", *sizes):
        if "{" + name + "}" in template:
            hexadecimal = {"commit": 40, "sha": 64, "md5": 32}.get(name)
            value = (
                _run(chance, hexadecimal, string.hexdigits[:16])
                if hexadecimal
                else _run(chance, sizes.get(name, 0))
                if name in sizes
                else _uuid(chance)
            )
            template = template.replace("{" + name + "}", value)
    return template.replace("\\n", "\n")


def _run(chance: random.Random, size: int, alphabet: str = _ALNUM) -> str:
    return "".join(chance.choice(alphabet) for _ in range(size))


def _uuid(chance: random.Random) -> str:
    return "-".join(_run(chance, size, string.hexdigits[:16]) for size in (8, 4, 4, 4, 12))


def _password(chance: random.Random) -> str:
    word = chance.choice(("Kotik", "winter", "Sokol", "tiger", "Office", "Leto", "Priora", "barsik"))
    return chance.choice(
        (
            f"{word}{chance.randint(1970, 2031)}{chance.choice('!#$%@')}",
            f"{word}{chance.choice('_-@')}{_run(chance, 5)}{chance.randint(0, 9)}",
            _run(chance, 11, _ALNUM + "!@#%*") + chance.choice(string.digits),
            f"{chance.choice('!@#')}{word.upper()}{_run(chance, 4)}{chance.randint(10, 99)}",
            f"{word.lower()}{_run(chance, 3, string.digits)}{word[:2]}{chance.randint(0, 9)}",
        )
    )


def _jwt(chance: random.Random) -> str:
    header = urlsafe_b64encode(b'{"alg":"ES256","typ":"JWT","kid":"%d"}' % chance.randint(10, 99)).decode().rstrip("=")
    return f"{header}.{urlsafe_b64encode(_run(chance, 60).encode()).decode().rstrip('=')}.{_run(chance, 86)}"


def _uri(chance: random.Random) -> str:
    secret = _run(chance, chance.randint(8, 16))
    return chance.choice(
        (
            f"postgresql+asyncpg://svc:{secret}@pg-01.corp.local:6432/crm?sslmode=require",
            f"mongodb+srv://report:{secret}@c0.x1y2z.mongodb.net/prod",
            f"redis://:{secret}@10.4.4.4:6379/2",
            f"amqps://bus:{secret}@mq.corp.local/%2f",
            f"clickhouse://default:{secret}@ch01:9000/logs",
            f"Server=tcp:sql01,1433;Initial Catalog=crm;User ID=sa;Password={secret};Encrypt=True;",
            f"jdbc:mysql://db02:3306/crm?user=app&password={secret}&useSSL=false",
            f"https://robot:{secret}@nexus.corp.local/repository/pypi/simple",
            f"smtp://mailer:{secret}@smtp.corp.local:587",
        )
    )


def _pem(chance: random.Random) -> str:
    kind = chance.choice(("EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "OPENSSH PRIVATE KEY", "DSA PRIVATE KEY"))
    body = b64encode(chance.randbytes(chance.randint(120, 600))).decode()
    lines = "\n".join(body[i : i + 70] for i in range(0, len(body), 70))
    return f"-----BEGIN {kind}-----\n{lines}\n-----END {kind}-----"


def _github(chance: random.Random) -> str:
    body = _run(chance, 30)
    return f"{chance.choice(('ghp', 'gho', 'ghs', 'ghu'))}_{body}{check_sum(body)}"


VALUES: dict[str, Callable[[random.Random], str]] = {
    "PASSWORD": _password,
    "API_KEY": lambda chance: chance.choice(
        (_run(chance, 40), _run(chance, 32, string.hexdigits[:16]), _run(chance, 40, string.hexdigits[:16]))
    ),
    "GITHUB_TOKEN": _github,
    "JWT": _jwt,
    "AWS_ACCESS_KEY": lambda chance: chance.choice(("AKIA", "ASIA")) + _run(chance, 16, string.ascii_uppercase + "234567"),
    "AWS_SECRET_KEY": lambda chance: _run(chance, 40, _ALNUM + "/+"),
    "DB_URI": _uri,
    "TELEGRAM_BOT_TOKEN": lambda chance: f"{chance.randint(10**8, 9 * 10**9)}:AA{_run(chance, 33)}",
    "PRIVATE_KEY": _pem,
    "ONE_TIME_CODE": lambda chance: str(chance.randint(2100, 999999)),
}
