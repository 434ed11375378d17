"""Connection strings with a secret in them: URIs (RFC 3986), JDBC, ADO.NET, ODBC, libpq, Oracle and Go forms."""

# ruff: noqa: E501 - a pattern or an example cut in two is harder to read than a long line.

from __future__ import annotations

import re
from collections.abc import Iterator

from dlp.detect.detector import Detector, Found, Pattern
from dlp.detect.secrets.example import expanded
from dlp.detect.secrets.secrecy import refers_elsewhere
from dlp.detect.view import View

_REACH = 700
_STOP_SECRETS = frozenset(
    "password pass passwd pwd pw secret token user username login key changeme change-me yourpassword your-password your_password mypassword my-password example "
    "xxx xxxx xxxxx xxxxxx пароль секрет parol db_password db_pass dbpassword passw0rd_here test_password hidden redacted none null masked placeholder p "
    "password123 secret123 pass123 userpass".split()
)
_MASKED = Pattern(
    r"[*xXхХ•.\-_#\ufffd]{2,}$|.{0,3}[*•\ufffd]{3}|.{0,20}(?:your|example|placeholder|redacted|changeme|hidden|masked|пароль|insert|replace)"
)
# Tokens that are a finding of their own: the token is then the secret, not the address it stands in.
_TOKEN = Pattern(r"(?:gh[pousr]_|github_pat_|glpat-|gldt-|glcbt-|ATBB|x-token-auth|dckr_pat_|npm_|AKIA|hf_|pypi-)[\w-]{8}")
_TAIL = ".,;:!?)]}'*_~|`>"
_REST = Pattern(r"""[^\s"'<>`/]{0,200}:[^\s"'<>`]{1,200}?@""")
_SCHEME = Pattern(r"(?<![\w+.-])(?:jdbc:)?[a-zA-Z][a-zA-Z0-9+.-]{1,30}:?(?:[a-z]{2,12})?$")
_URI = Pattern(
    r"""(?<![\w+.-])((?:jdbc:)?[a-zA-Z][a-zA-Z0-9+.-]{1,30}:(?:[a-z]{2,12}:)?)//([^\s"'<>`:/|]{0,80}):([^\s"'<>`@/]{1,160}|[^\s"'<>`/?]{1,160}?)"""
    r"""@((?:[\w.-]{1,120}|\[[0-9a-fA-F:.]{2,45}\])(?::\d{1,5})?(?:,[\w.-]{1,120}(?::\d{1,5})?){0,9})((?:[/?;#][^\s"<>`]{0,400})?)"""
)
_JDBC = Pattern(r"""(?<![\w])jdbc:[a-z0-9:]{2,30}:[^\s"'<>`]{1,300}?(?i:password|pwd)=([^\s"'<>`&;)]{1,100})[^\s"'<>`]{0,200}""")
_ORACLE = Pattern(r"""(?<![\w])jdbc:oracle:(?:thin|oci8?):(?:[\w$#.-]{1,40})/([^\s"'<>`@]{1,60})@[^\s"'<>`]{3,200}""")
_GO = Pattern(r"""(?<![\w/:])[\w.-]{1,40}:([^\s"'<>`@]{1,100})@(?:tcp|unix)\([\w.:/-]{1,120}\)/[\w?=&%.,-]{0,150}""")
_PAIRS = Pattern(
    r"""(?<![\w.])(?:[A-Za-z][A-Za-z _]{1,28}[A-Za-z] ?= ?(?:\{[^}\n]{0,80}\}|[^;"'\n=]{0,120}=?=?); ?){1,14}(?:[A-Za-z][A-Za-z _]{1,28}[A-Za-z] ?= ?[^;\s"']{1,100})?"""
)
_LIBPQ = Pattern(
    r"""(?<![\w=])(?:(?:host|hostaddr|port|user|dbname|sslmode|password|connect_timeout|application_name)=[^\s"';&]{1,100}[ ]{1,2}){2,8}(?:host|port|user|dbname|sslmode|password|connect_timeout|application_name)=[^\s"';&]{1,100}"""
)
_PAIR_SECRET = Pattern(r"(?i:password|pwd|пароль) ?= ?([^;\s]{1,100})")
_SERVER = Pattern(
    r"(?i:server|data source|host|address|addr|datasource|initial catalog|database|dsn|driver|dbq|srvr|hostname|endpoint) ?="
)


class SecretUri:
    """`scheme://user:secret@host…`, the whole of it up to its end; the secret must not be a placeholder or a variable."""

    name = "uri_with_secret"
    entity = "DB_URI"
    anchors: tuple[str, ...] = (r"://[^ \t\r\n/\x1e]{1,244}@",)
    words: tuple[str, ...] = ()
    before = 300
    after = 2
    matches: tuple[str, ...] = (
        "строка подключения postgres://app:kJ8#mQ2vLp@db:5432/prod, проверь",
        "redis://:hG7dk2Lq@cache-01:6379/0",
        "mongodb+srv://svc:Zx81kPq9@cluster0.ab1cd.mongodb.net/?retryWrites=true",
        "https://admin:Tr0ub4dor@jenkins.corp.local/job/x",
    )
    ignores: tuple[str, ...] = (
        "postgres://user:password@localhost:5432/db",
        "postgres://app:${DB_PASSWORD}@db:5432/prod",
        "git clone https://github.com/acme/app.git",
        "http://localhost:8080/@admin",
        "redis://:****@cache-01:6379/0",
        expanded("git clone https://ghp_{36}@github.com/acme/app.git"),
        expanded("https://oauth2:glpat-{20}@gitlab.local/a.git"),
    )

    def find(self, view: View, start: int, end: int) -> Iterator[Found]:
        """The addresses that begin in the window."""
        for match in _addresses(view.text, start, end):
            _, user, secret, host, _ = match.groups()
            if is_stand_in(secret) or _TOKEN.match(secret, 0, len(secret)) or (secret.isdigit() and not user):
                continue
            stop = match.start() + len(match.group().rstrip(_TAIL))
            yield Found(
                match.start(),
                stop,
                match.group()[: stop - match.start()],
                _confidence(user, secret, host),
                "secret before the host",
            )


def _addresses(text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    at = text.find("://", start, end)
    while at >= 0:
        rest = _REST.match(text, at + 3, min(len(text), at + _REACH))
        scheme = _SCHEME.search(text, max(start, at - 46), at)
        match = rest and scheme and _URI.match(text, scheme.start(), min(len(text), at + _REACH))
        if match:
            yield match
        at = text.find("://", at + 3, end)


def _confidence(user: str, secret: str, host: str) -> float:
    local = host.startswith(("localhost", "127.0.0.1", "example."))
    return (0.45 if local else 0.65) if secret.lower() == user.lower() else 0.97


class DriverString:
    """A driver's own form of connection string, the whole of it: JDBC, ADO.NET and ODBC pairs, libpq, Oracle, Go."""

    name = "driver_connection_string"
    entity = "DB_URI"
    anchors: tuple[str, ...] = ()
    words: tuple[str, ...] = ("jdbc:", "password=", "pwd=", "password =", "пароль=", "@tcp(", "@unix(")
    before = 320
    after = 60
    matches: tuple[str, ...] = (
        "Server=db01;Database=crm;User Id=sa;Password=Kj8mQ2vLp;",
        "jdbc:postgresql://db01:5432/crm?user=app&password=Kj8mQ2vLp",
        "jdbc:oracle:thin:scott/Kj8mQ2vLp@//db01:1521/ORCL",
        "host=db01 port=5432 user=app password=Kj8mQ2vLp dbname=crm",
        "app:Kj8mQ2vLp@tcp(db01:3306)/crm?parseTime=true",
    )
    ignores: tuple[str, ...] = (
        "Server=db01;Database=crm;User Id=sa;Password=<password>;",
        "jdbc:postgresql://db01:5432/crm?user=app&password=${DB_PASSWORD}",
        "Server=db01;Database=crm;Integrated Security=true;",
        "host=db01 port=5432 user=app dbname=crm",
    )

    def find(self, view: View, start: int, end: int) -> Iterator[Found]:
        """The strings that begin in the window."""
        reach = min(len(view.text), end + _REACH)
        for pattern in (_JDBC, _ORACLE, _GO):
            for match in pattern.finditer(view.text, start, reach):
                if not is_stand_in(match.group(1)):
                    yield _whole(match.group(), match.start())
        for pattern in (_PAIRS, _LIBPQ):
            for match in pattern.finditer(view.text, start, reach):
                secret = _PAIR_SECRET.search(match.group(), 0, len(match.group()))
                if secret and _SERVER.search(match.group(), 0, len(match.group())) and not is_stand_in(secret.group(1)):
                    yield _whole(match.group(), match.start())


def _whole(string: str, start: int) -> Found:
    trimmed = string.rstrip(" .,!?)]}'*_~|`>" if string.rstrip().endswith(";") else _TAIL + " ")
    return Found(start, start + len(trimmed), trimmed, 0.95, "secret among the parameters")


def is_stand_in(secret: str) -> bool:
    """Whether what stands in the secret's place is none: a word for it, a mask, a variable."""
    plain = secret.lower().rstrip(".,;")
    return plain in _STOP_SECRETS or refers_elsewhere(secret) or _MASKED.match(plain, 0, len(plain)) is not None or "{" in secret


DETECTORS: tuple[Detector, ...] = (SecretUri(), DriverString())
