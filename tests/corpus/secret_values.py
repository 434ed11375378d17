"""Made-up secrets and the words around them, drawn for the unseen corpus of secrets."""

from __future__ import annotations

import base64
import json
import string
from collections.abc import Callable
from random import Random

ALNUM = string.ascii_letters + string.digits
URLSAFE = ALNUM + "-_"
LOWER = string.ascii_lowercase + string.digits
UPPER = string.ascii_uppercase + string.digits
HEX = "0123456789abcdef"

Maker = Callable[[Random], str]


def run(rng: Random, alphabet: str, length: int) -> str:
    """So many letters of the alphabet."""
    return "".join(rng.choice(alphabet) for _ in range(length))


def mixed(rng: Random, length: int, alphabet: str = ALNUM) -> str:
    """A random run that holds a letter of each case and a digit."""
    while True:
        drawn = run(rng, alphabet, length)
        if any(c.islower() for c in drawn) and any(c.isupper() for c in drawn) and any(c.isdigit() for c in drawn):
            return drawn


def hexadecimal(rng: Random, length: int) -> str:
    return run(rng, HEX, length)


def _strong(rng: Random) -> str:
    body = list(mixed(rng, rng.randint(8, 16)))
    for _ in range(rng.randint(0, 3)):
        body.insert(rng.randint(1, len(body) - 1), rng.choice("!@#$%&*?-_+="))
    return "".join(body)


EN_WORDS = """winter summer spring autumn dragon monkey london berlin rocket coffee pirate falcon tiger sunrise
orange silver purple garden window harbor pepper copper meteor velvet""".split()
TRANSLIT = "privet zima leto moskva solnce kotik buhgalter sklad nachalnik zarya volga baikal ural kazan metel sneg".split()
OTHER_LAYOUT = "ghbdtn gfhjkm vfhbyf cthutq fyyf ljv ktnj pbvf yfcnz jktu".split()
KEYBOARD = (
    "qwerty123 1q2w3e4r 1qaz2wsx zaq12wsx qazwsx123 asdf1234 q1w2e3r4t5 Qwerty12 qwe123rty zxcvbn12 1qazXSW2 QAZwsx12".split()
)
RU_WORDS = "Ромашка Солнышко Весна Метель Трактор Баклажан Пельмень Снежинка Апельсин Котофей Зарница Берёза".split()
RU_PHRASES = "кот-в-мешке-77 синийтрактор5 три_поросёнка3 МамаМылаРаму1 зелёный-чай-9 белыйМедведь42".split()


def _common(rng: Random) -> str:
    word = rng.choice(EN_WORDS + TRANSLIT)
    word = rng.choice([word, word.capitalize(), word.upper(), word.replace("o", "0").replace("a", "@")])
    tail = rng.choice(["2024", "2025", "2026", "123", "77", "1", "007", "99"]) + rng.choice(["", "!", "#", "$", "!!"])
    return word + rng.choice(["", "_", "-", "."]) + tail


def _passphrase(rng: Random) -> str:
    return rng.choice("-_.").join(rng.sample(EN_WORDS, rng.randint(3, 4))) + rng.choice(["", "7", "-42", "1"])


def _layout(rng: Random) -> str:
    return rng.choice(OTHER_LAYOUT) + str(rng.randint(1, 2030))


def _keyboard(rng: Random) -> str:
    return rng.choice(KEYBOARD)


def password(rng: Random) -> str:
    """What people and generators choose as a password."""
    return rng.choices([_strong, _common, _layout, _passphrase, _keyboard], [45, 30, 6, 9, 10])[0](rng)


def russian_password(rng: Random) -> str:
    word = rng.choice(RU_WORDS)
    return rng.choice(
        [word + str(rng.randint(1, 2030)), rng.choice(RU_PHRASES), word.lower() + rng.choice("!@#") + str(rng.randint(10, 99))]
    )


def digits_password(rng: Random) -> str:
    return rng.choice(["12345678", "11223344", "87654321", run(rng, "0123456789", rng.randint(6, 10)), "00000000", "147258369"])


def word_password(rng: Random) -> str:
    """A plain word, which only quotes or a colon tell from talk."""
    return rng.choice(EN_WORDS + TRANSLIT + OTHER_LAYOUT[:3] + [w.lower() for w in RU_WORDS])


def quoted_password(rng: Random) -> str:
    """A passphrase of several words, which only its quotes hold together."""
    return rng.choice(
        [" ".join(rng.sample(EN_WORDS, 4)), "кот ест сметану", "белый снег 2026", " ".join(rng.sample(EN_WORDS, 3)) + " 7"]
    )


def code_password(rng: Random) -> str:
    """A password that no quoting of a configuration file breaks."""
    drawn = rng.choice([_strong(rng), mixed(rng, rng.randint(10, 24)), _common(rng)])
    return drawn.replace("$", "z").replace("#", "x").replace("&", "n")


def plain_password(rng: Random) -> str:
    """Letters and digits only: fit for a URI."""
    return mixed(rng, rng.randint(8, 18))


def pin(rng: Random) -> str:
    return run(rng, "0123456789", rng.choice([4, 4, 4, 6]))


def one_time_code(rng: Random) -> str:
    return run(rng, "0123456789", rng.choice([4, 4, 5, 6, 6, 6, 8]))


def split_code(rng: Random) -> str:
    return run(rng, "0123456789", 3) + rng.choice("- ") + run(rng, "0123456789", 3)


def generic_key(rng: Random) -> str:
    """A key without a maker's mark."""
    urlsafe = mixed(rng, 39, URLSAFE[:-2]) + "-" + mixed(rng, 4)
    return rng.choice([hexadecimal(rng, 32), hexadecimal(rng, 40), mixed(rng, 32), mixed(rng, 24), urlsafe, hexadecimal(rng, 64)])


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def web_token(rng: Random) -> str:
    """A JSON web token (RFC 7519) with registered claims."""
    head = {"alg": rng.choice(["HS256", "RS256", "ES256", "HS512"]), "typ": "JWT"}
    if rng.random() < 0.4:
        head["kid"] = hexadecimal(rng, 8)
    claims = {
        "sub": str(rng.randint(1, 10**9)),
        "exp": rng.randint(17 * 10**8, 19 * 10**8),
        "iss": rng.choice(["auth.acme.ru", "sso", "keycloak"]),
    }
    parts = [_base64url(json.dumps(part, separators=(",", ":")).encode()) for part in (head, claims)]
    return ".".join([*parts, _base64url(rng.randbytes(rng.choice([32, 64, 256])))])


PEM_KINDS = ("RSA ", "", "EC ", "OPENSSH ", "DSA ", "ENCRYPTED ")


def pem(rng: Random) -> str:
    """A private key in the armour of RFC 7468."""
    kind = rng.choice(PEM_KINDS) + "PRIVATE" + " KEY"
    raw = (b"openssh-key-v1\0" if "SSH" in kind else b"\x30\x82\x04\xa4\x02\x01") + rng.randbytes(rng.randint(180, 700))
    body = base64.b64encode(raw).decode()
    width = rng.choice([64, 70, 76])
    return "\n".join(
        [f"-----BEGIN {kind}-----", *(body[i : i + width] for i in range(0, len(body), width)), f"-----END {kind}-----"]
    )


def escaped_pem(rng: Random) -> str:
    """A private key on one line, as service account files hold it."""
    return pem(rng).replace("\n", "\\n")


def pgp_key(rng: Random) -> str:
    """A private key block of RFC 9580."""
    body = base64.b64encode(b"\x95\x03" + rng.randbytes(400)).decode()
    lines = [body[i : i + 64] for i in range(0, len(body), 64)]
    mark = "PGP PRIVATE KEY" + " BLOCK-----"
    return "\n".join([f"-----BEGIN {mark}", "", *lines, "=" + mixed(rng, 4), f"-----END {mark}"])


def putty_key(rng: Random) -> str:
    """A PuTTY private key file, version 3."""
    public = base64.b64encode(rng.randbytes(192)).decode()
    private = base64.b64encode(rng.randbytes(384)).decode()
    head = ["PuTTY-User-Key-File-3: ssh-rsa", "Encryption: none", "Comment: rsa-key-20260101", "Public-Lines: 4"]
    body = [
        *(public[i : i + 64] for i in range(0, 256, 64)),
        "Private-Lines: 8",
        *(private[i : i + 64] for i in range(0, 512, 64)),
    ]
    return "\n".join([*head, *body, "Private-MAC: " + hexadecimal(rng, 64)])


def aws_id(rng: Random) -> str:
    return rng.choice(["AKIA", "AKIA", "ASIA"]) + run(rng, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16)


def aws_secret(rng: Random) -> str:
    while True:
        drawn = mixed(rng, 40, ALNUM + "+/")
        if drawn[0].isalnum() and drawn[-1].isalnum():
            return drawn


def bot_token(rng: Random) -> str:
    return f"{rng.randint(10**8, 8 * 10**9)}:AA{rng.choice('EFGH')}{run(rng, ALNUM, 32)}"


def github(rng: Random) -> str:
    return rng.choice([f"gh{rng.choice('pousr')}_" + mixed(rng, 36), "github_" + "pat_" + mixed(rng, 22) + "_" + mixed(rng, 59)])


HOSTS = "10.0.12.7 192.168.1.15 db.corp.local vpn.acme.ru gw1.acme.ru stand-3 rdp.acme.ru git.acme.local 172.16.4.20 portal.acme.ru".split()
LOGINS = (
    "ivanov petrova admin root a.smirnov user01 operator buh1 sidorov_k deploy support j.smith guest kassa2 sa test_user2".split()
)
DATABASES = "orders billing crm erp_prod analytics users shop".split()
RU_SYSTEMS = (
    "вайфая|1С|стенда|впн|почты|сервера|базы|админки|роутера|камеры|портала|битрикса|джиры|гитлаба|учётки|ноутбука|архива"
    "|принтера|удалёнки|личного кабинета"
).split("|")
EN_SYSTEMS = (
    "the wifi|vpn|staging|jira|the admin panel|prod|the router|jenkins|the archive|grafana|your laptop|the test account"
    "|the shared mailbox"
).split("|")

WORDS: dict[str, Maker] = {
    "host": lambda r: r.choice(HOSTS),
    "login": lambda r: r.choice(LOGINS),
    "mail": lambda r: r.choice(LOGINS).replace("_", ".") + "@" + r.choice(["acme.ru", "corp.example.com", "mail.ru"]),
    "db": lambda r: r.choice(DATABASES),
    "system": lambda r: r.choice(RU_SYSTEMS),
    "place": lambda r: r.choice(EN_SYSTEMS),
    "n": lambda r: str(r.randint(1, 9)),
    "nn": lambda r: str(r.randint(10, 99)),
    "nnnn": lambda r: str(r.randint(1000, 9999)),
    "port": lambda r: r.choice(["5432", "3306", "1433", "1521", "27017", "6379"]),
    "hex8": lambda r: hexadecimal(r, 8),
    "hex32": lambda r: hexadecimal(r, 32),
    "hex40": lambda r: hexadecimal(r, 40),
    "hex64": lambda r: hexadecimal(r, 64),
    "b64": lambda r: base64.b64encode(r.randbytes(r.choice([48, 96, 300]))).decode(),
    "b64_256": lambda r: base64.b64encode(r.randbytes(32)).decode(),
    "b64_512": lambda r: base64.b64encode(r.randbytes(64)).decode(),
    "uuid": lambda r: "-".join(hexadecimal(r, n) for n in (8, 4, 4, 4, 12)),
    "al8": lambda r: mixed(r, 8),
    "al11": lambda r: mixed(r, 11),
    "al22": lambda r: mixed(r, 22),
    "al44": lambda r: mixed(r, 44),
    "up5": lambda r: run(r, UPPER, 5),
    "up10": lambda r: run(r, UPPER, 10),
    "d4": lambda r: run(r, "0123456789", 4),
    "d6": lambda r: run(r, "0123456789", 6),
    "d10": lambda r: str(r.randint(10**9, 10**10 - 1)),
}
