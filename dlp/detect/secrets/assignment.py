"""Secrets by the name they are given to: `.env`, JSON, YAML, headers, command lines and code, and «ключ апи: …» in talk."""

# ruff: noqa: E501 - a pattern or an example cut in two is harder to read than a long line.

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator

from dlp.detect.detector import Detector, Found, Pattern
from dlp.detect.secrets.connection_string import is_stand_in
from dlp.detect.secrets.example import expanded
from dlp.detect.secrets.password import AFTER_LOGIN
from dlp.detect.secrets.password_shape import Shape, shape_of, shape_when_told
from dlp.detect.secrets.password_value import STOP_WORDS, bounds_of_value
from dlp.detect.secrets.secrecy import is_placeholder, looks_random
from dlp.detect.view import View

_ASSIGN = r"""["'`\])]{0,2}[ \t]{0,12}(?::[ \t]{0,2}(?:str|string|String|String\?|final)[ \t]{0,2}=|[ \t]string[ \t]?=|:=|=>|={1,2}|:|,(?=[ \t]?["']))[ \t]{0,4}(?:[rbuf](?=["']))?(?:@(?="))?"""
_PASSWORD_NAME = r"(?i:(?:passwords?|passwd|passphrase|passwort|pwd|pswd|pass|passcode|_pw|psk|парол[ья]))(?i:[_-]?(?:\d{1,2}|hash(?!\w)|prod|dev|test|stage|value|val|str|string|plain|raw|default|text|db|root|admin|user|env|new|old))?"
_PASSWORD_ASSIGNED = Pattern(rf"{_PASSWORD_NAME}{_ASSIGN}(?=\S)")
_HASHED = Pattern(
    r"(?i:hash|digest|length|policy|reset|regex|pattern|expire|expiry|url|uri|path|file|(?<![a-z])min|max|hint|label|placeholder|confirm|forgot|error|message|title|type)"
)
_IDENTIFIER = Pattern(r"[\w.\-\[\]\"$ ]{1,40}$")
_LONG_RUN = Pattern(r"[0-9A-Za-z_+/.~-]{16}")
_OTHER_WORD = Pattern(r"(?i:(?:com|by|tres|over|sur|under|back|wind|mono)pass\W)")
_CLI = Pattern(
    r"""(?<![\w/.-])(?:--?(?:password|passwd|pass|db-?pass(?:word)?|admin-password|user-password|secret|http-password|requirepass|a)(?:=|[ \t]{1,3})"""
    r"""|(?:sshpass|docker login[^\n|]{1,60}|redis-cli[^\n|]{0,60}|mysql(?:dump)?[^\n|]{0,60}|mongo\w{0,6}[^\n|]{0,60}|7za?[^\n|]{0,60}|unzip[^\n|]{0,40}|rar[^\n|]{0,40}|ldapsearch[^\n|]{0,80}|sqlcmd[^\n|]{0,60}|ipmitool[^\n|]{0,60}|winexe[^\n|]{0,40}) -(?:p|P|w|a)[ \t]{0,2}=?"""
    r"""|(?:curl|wget|http|https|httpie|xh)\b[^\n|]{0,120}?[ \t](?:-u|--user|-a|--auth)[ \t=]{1,2}["']?[\w.@\\+-]{1,40}:|smbclient[^\n|]{0,80}?-U[ \t]{0,2}["']?[\w.\\@-]{1,40}%|(?:xfreerdp|rdesktop|mstsc)[^\n|]{0,80}/p:"""
    r"""|net use [^\n]{1,60}?/user:[\w\\.@-]{1,40}[ \t]|requirepass[ \t]|[\w.-]{2,60}:[0-9]{4,5}:[\w*.-]{1,40}:[\w.-]{1,40}:|chpasswd[^\n]{0,20}|echo[ \t]["']?(?=[^\n|]{4,60}\|[ \t]?(?:sudo -S|chpasswd|passwd|docker login|base64))(?:[\w.-]{1,30}:)?)"""
)
_SQL = Pattern(
    r"""(?i:identified (?:with [\w']{3,40} )?by|with (?:encrypted )?password|set password[^\n=]{0,40}=|[ ]password)[ \t]{0,2}(?:password\()?['"](?=[^'"\s]{4,80}['"])|(?i:ConvertTo-SecureString)[ \t]{1,2}(?:-String[ \t])?["'](?=[^'"\s]{4,80}["'])"""
)
_MARKUP = Pattern(
    r"""<(?i:password|passwd|pwd|pass|userpassword|secret)>(?=[^<\s]{4,80}</)|(?i:name|key|id)=["'][\w.-]{0,30}(?i:password|pwd|passwd)["'][ \t]{1,3}(?i:value|content)=["'](?=[^"'\s]{4,80}["'])|"[\w-]{0,30}(?i:password|passwd|pwd)"[ \t]{0,2}\{[^}]{0,120}?default[ \t]{0,8}=[ \t]{0,2}"(?=[^"\s]{4,80}")"""
)
_BASIC = Pattern(r"(?i:basic)[ \t]{1,2}([0-9A-Za-z+/]{8,300}+={0,2})(?![\w+/=])")
_NETRC = Pattern(r"(?i:machine[ \t]+\S{1,80}[ \t\n]+login[ \t]+\S{1,60}[ \t\n]+password[ \t]+)(?=\S)")

# What must stand somewhere for the pattern to be worth trying.
_PASSED = (
    (_CLI, (" -", "--", "/p:", "/user:", "requirepass", "chpasswd", "echo", ":5432:", ":6432:", ":3306:", ":1433:", "sshpass")),
    (_SQL, ("identified", "encrypted", "password '", 'password "', "password(", "set password", "securestring")),
    (_MARKUP, ("<", "value=", "content=", "value =", "default")),
    (_NETRC, ("machine",)),
)

# The word a key's name ends in; "monkey" is no key, "apikey" is.
_KEY_WORD = Pattern(r"key|token|secret|cred|bearer|authorization|salt|pat(?![a-z])|ключ|токен|секрет")
_GLUED = ("api", "access", "auth", "secret", "app", "private", "signing", "encryption", "master", "service", "subscription")
_GLUED_RARE = ("license", "deploy", "hmac")
_WHAT = r"(?:[ \t]{1,2}(?:апи|api|доступа|бота|от|для|к|из|на|с|сервис\w{0,2}|прод\w{0,3}|тест\w{0,4}|стейдж\w{0,4}|bot|for|to|of|the|is|my|our|prod|production|staging|вот|такой|новый|new|[а-яa-z][\w.-]{1,20})){0,4}?"
_TOLD = r"""(?:["'][ \t](?:value|content)=(?=["']))?["'`\])]{0,2}[ \t]{0,12}(?::[ \t]{0,2}(?:str|string|String)[ \t]{0,2}=|:=|=>|={1,2}|[:,-]|is\b|это)?[ \t]{0,4}\n?[ \t]{0,8}(?:(?i:bearer|token|basic|apikey|ssws)[ \t]{1,2})?[(]?["'`*«(]{0,3}"""
_KEY_TOLD = Pattern(
    rf"(?:(?<=[a-zA-Z])(?i:s|entials?)|(?<=[а-яА-Я])\w{{1,3}})?(?i:[_-]?(?:\d{{1,2}}|id|base|prod|dev|test|stage|value))?"
    rf"{_WHAT}{_TOLD}(?P<value>(?<![\w/+.-])[\w+/.~-]{{16,300}}+={{0,2}})(?![\w(\[])"
)
_CHECK_SUM = Pattern(
    r"(?i:sha-?\d|md5|hash|хеш|хэш|digest|checksum|commit|коммит|etag|integrity|fingerprint|public|ssh-(?:rsa|ed)|request|trace|correlation|session[_ ]?id|csrf|nonce|websocket|cache|\bid\b|uuid|guid|idempot|page_?token|next_?token)"
)
_UUID = Pattern(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")
_NAMED_KEY = Pattern(r"(?i:api|secret|ключ|секрет|access|auth|private|client|bearer)")
_OF_ITS_OWN = Pattern(r"(?:gh[pousr]_|github_pat_|eyJ[\w-]{8,}+\.|A(?:KIA|SIA|BIA|CCA)[A-Z2-7]{16}$|\d{8,10}:AA)")
_LOGIN_AND_MORE = Pattern(r"[A-Za-z][\w.@-]{1,30}/\S{4,}$")
_PATH = Pattern(r"(?:[\w~.-]*/){2,}|[\w-]+(?:\.[A-Za-z_][\w-]*){1,}$|[a-z]+(?:[-_.][a-z]+)+$|https?:|/")


class AssignedPassword:
    """The value a name such as DB_PASSWORD is given, in settings, code, markup, SQL or on a command line."""

    name = "password_assigned"
    entity = "PASSWORD"
    anchors: tuple[str, ...] = ()
    words: tuple[str, ...] = (
        "pass",
        "pwd",
        "pswd",
        "_pw",
        "пароль",
        "identified by",
        "sshpass",
        "curl",
        "-securestring",
        "mysql",
        "redis-cli",
        "unzip",
        "7z",
        "smbclient",
        "net use",
        "basic ",
        ":5432:",
        ":6432:",
        ":3306:",
        "psk",
        "-p ",
        "-u ",
        "/p:",
    )
    before = 90
    after = 110
    matches: tuple[str, ...] = (
        "DB_PASSWORD=kR7x!mQ2",
        "пароль: Zima2031!",
        '"password": "kR7x!mQ2"',
        "curl -u deploy:kR7x!mQ2 https://ci.local",
        "mysql -uroot -pkR7xmQ2v crm",
        "create user app identified by 'kR7x!mQ2'",
        "spring.datasource.password: kR7x!mQ2",
        expanded("Authorization: Basic YWRtaW46a1I3eCFtUTI="),
    )
    ignores: tuple[str, ...] = (
        "DB_PASSWORD=${DB_PASSWORD}",
        'password = os.environ["DB_PASSWORD"]',
        "password = getpass.getpass()",
        '"password": "string"',
        "password_hash=5f4dcc3b5aa765d61d8327deb882cf99",
        "curl -u $USER:$PASSWORD https://ci.local",
        "passwordResetUrl: /auth/reset2",
    )

    def find(self, view: View, start: int, end: int) -> Iterator[Found]:
        """The values assigned in the window."""
        for match in _PASSWORD_ASSIGNED.finditer(view.text, start, end):
            name = _name(view.text, match)
            if _HASHED.search(name, 0, len(name)) or _OTHER_WORD.search(name, 0, len(name)):
                continue
            if not AFTER_LOGIN.search(view.lower, max(0, match.start() - 24), match.start()):
                yield from _password(view.text, match.end(), Shape.MIXED, "assigned to a password")
        for pattern, signs in _PASSED:
            if not any(view.lower.find(sign, start, end) >= 0 for sign in signs):
                continue
            for match in pattern.finditer(view.text, start, end):
                yield from _password(view.text, match.end(), Shape.MIXED, "passed to a program")
        if view.lower.find("basic", start, end) < 0:
            return
        for match in _BASIC.finditer(view.text, start, end):
            if _is_basic(match.group(1)):
                yield Found(*match.span(1), match.group(1), 0.9, "login and password in base64")


def _name(text: str, match: re.Match[str]) -> str:
    """The match with the identifier it is the end of."""
    return _name_before(text, match.start()) + match.group()


def _name_before(text: str, at: int) -> str:
    before = _IDENTIFIER.search(text, max(0, at - 40), at)
    return before.group() if before else ""


def _password(text: str, start: int, least: Shape, why: str) -> Iterator[Found]:
    begin, stop, quoted = bounds_of_value(text, start)
    value = text[begin:stop]
    if quoted or not text.startswith(("(", "[", "."), stop):
        shape = shape_when_told(value, words=False) if quoted else shape_of(value)
        if _OF_ITS_OWN.match(value, 0, len(value)):
            return
        if (
            shape is Shape.WORD
            and quoted
            and value.isascii()
            and value.isalnum()
            and value.islower()
            and len(value) >= 5
            and value not in STOP_WORDS
        ):
            yield Found(begin, stop, value, 0.55, why)
        elif shape >= least and not is_stand_in(value):
            yield Found(begin, stop, value, 0.9 if shape is Shape.STRONG else 0.75, why)


def _is_basic(value: str) -> bool:
    try:
        login, sign, password = b64decode(value + "=" * (-len(value) % 4)).decode().partition(":")
    except ValueError:
        return False
    return bool(sign) and login.isprintable() and len(password) > 2 and not is_stand_in(password)


class AssignedKey:
    """A long random value after the name of a key, token or secret; check sums, identifiers, paths and placeholders are none."""

    name = "key_assigned"
    entity = "API_KEY"
    anchors: tuple[str, ...] = (
        r"(?:key|token|secret|cred|bearer|authorization|salt|_pat|ключ|токен|секрет)[^\x1e]{0,110}[^0-9a-z_+/.~-][0-9a-z_+/.~-]{16}",
    )
    words: tuple[str, ...] = ()
    before = 180
    after = 100
    matches: tuple[str, ...] = (
        expanded("api_key={40}"),
        expanded("ключ апи: {32x}"),
        expanded("токен бота {40}"),
        expanded("X-Api-Key: {32}"),
        expanded('"client_secret": "{32}"'),
        expanded("Authorization: Bearer {40}"),
    )
    ignores: tuple[str, ...] = (
        "API_KEY=YOUR_API_KEY_HERE",
        "token=xxxxxxxxxxxxxxxxxxxxxxxx",
        "api_key = os.environ['API_KEY']",
        expanded("commit {40x}"),
        expanded("sha256 key digest: {64x}"),
        "secret: projects/acme/secrets/billing-api",
        expanded("token request id {u}"),
    )

    def find(self, view: View, start: int, end: int) -> Iterator[Found]:
        """The values whose names begin in the window."""
        reach = min(len(view.text), end + 300)
        if not _LONG_RUN.search(view.text, start, reach):
            return
        for word in _KEY_WORD.finditer(view.lower, start, end):
            told = _KEY_TOLD.match(view.text, word.end(), reach) if _ends_a_name(view.lower, word) else None
            if told:
                begin = told.start("value")
                value = told["value"].rstrip(".-/~")
                confidence = _confidence(value, _name_before(view.text, word.start()) + view.text[word.start() : begin])
                if confidence:
                    yield Found(begin, begin + len(value), value, confidence, "random, assigned to a key")


def _ends_a_name(lower: str, word: re.Match[str]) -> bool:
    """True where a key's word begins a word, follows "_", or is glued to what keys are for."""
    before = lower[max(0, word.start() - 14) : word.start()]
    if word.group() not in ("key", "pat", "ключ", "токен", "секрет") or not before or not before[-1].isalpha():
        return True
    return word.group() == "key" and before.endswith(_GLUED + _GLUED_RARE)


def _confidence(value: str, name: str) -> float:
    if _CHECK_SUM.search(name, 0, len(name)) or _OF_ITS_OWN.match(value, 0, len(value)):
        return 0.0
    if "cred" in name.lower() and _LOGIN_AND_MORE.match(value, 0, len(value)):
        return 0.0
    if _UUID.match(value, 0, len(value)):
        return 0.6 if _NAMED_KEY.search(name, 0, len(name)) and not is_placeholder(value) else 0.0
    if _PATH.match(value, 0, len(value)) and not any(map(str.isdigit, value)):
        return 0.0
    if not looks_random(value):
        return 0.0
    return 0.8 if len(value) >= 32 or _NAMED_KEY.search(name, 0, len(name)) else 0.65


DETECTORS: tuple[Detector, ...] = (AssignedPassword(), AssignedKey())
