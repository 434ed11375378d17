"""Telling a password from a word of the language: by its classes of characters, its case, its look."""

# ruff: noqa: E501 - a pattern or an example cut in two is harder to read than a long line.

from __future__ import annotations

from enum import IntEnum

from dlp.detect.detector import Pattern
from dlp.detect.secrets.secrecy import case_changes, refers_elsewhere

_LONGEST = 128
_SHORTEST = 4
_LONG_NUMBER = 6
_STRONG = 6
_LONG = 8


class Shape(IntEnum):
    """How much a string looks like a password."""

    NONE = 0
    WORD = 1
    MIXED = 2
    STRONG = 3


_MASK = Pattern(r"[*•xXхХ.\-_#=~\ufffd?]+$|.{0,4}[*•\ufffd]{3}|[<\[{(].*[>\]})]$|\(.*|.*\($")
_MARK = Pattern(
    r"your|placeholder|redacted|change[-_]?me|example|hidden|masked|dummy|заглушк|пример|скрыт|_here$|^my[-_]?pass(word)?$|^xxx|todo|\.\.\.|…|^password[-_]?here"
)
# What is written like a mixture of letters, digits and signs without being a password.
_THING = Pattern(
    r"""\d{1,4}[./:-]\d{1,2}(?:[./:-]\d{1,4})?$                          # date, time
    |\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?(?:/\d+)?$                          # address
    |\d+(?:[.,]\d+)?(?:%|px|ms|s|mb|gb|kb|h|min|м|ч|мин|шт|руб|р|х|дн|дней|d|k|к|bit|-bit|bits|chars?|символ\w*|знак\w*|days?|hours?|hrs?)\.?$
    |\d+[+-]?(?:-(?:знач|симв|зна|char|digit|day|step|ти|ю|й|го|ой|ая|ый|х|ми|bit|factor)\w*|(?:ти|th|st|nd|rd)\w*)$
    |v?\d+(?:\.\d+){1,4}(?:[-+][a-z0-9.]+)?$|v\d+\w?$                    # version
    |[a-z]{2,10}-\d{1,6}$|[A-Z]{2,10}-\d{1,6}$|[а-я]{1,5}-\d{1,4}$|\#\d+$|№\d+$   # ticket, host
    |(?:https?|ftp|ssh|file)://|www\.|[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-zа-я]{2,}$   # link, mail
    |(?:/|\./|~/|[A-Za-z]:\\)[\w./\\~-]+$|[\w-]+(?:/[\w.-]+){2,}$         # path
    |[\w-]+\.(?:py|js|ts|go|rb|java|txt|docx?|xlsx?|pdf|zip|rar|7z|ya?ml|json|env|md|sh|conf|cfg|ini|kdbx|html?|php|ru|com|local|org|net|io|log|xml|csv|png|jpe?g)\W?$
    |(?:sha|md|aes|rsa|pbkdf|bcrypt|argon|base|utf|rfc|win|oauth|2fa|mfa|wpa|tls|ipv|k8s|s3|ec2|ldap3?|x509|web|http)-?\d*\w{0,3}(?:-\d+)?$
    |\$2[aby]\$\d\d\$|\$argon2|\$[156]\$|\{SSHA\}                       # a hash
    |[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F-]{20,}$|[0-9a-f]{40}$|[0-9a-f]{64}$
    |[A-Za-z_][\w.]*(?:\(|\[|->|::|\.\w+\()                              # a call, an index
    |[a-z]+(?:\.[a-z]+)+$|(?:self|this|config|settings|re[qs]|request|body|data|user|process|params|props|args|opt\w{0,5}|form|event|env|ctx|state|input|conf|cfg|app|db)\.\w+$
    |[A-Za-z]?[a-z]+(?:[A-Z][a-z]+|_[a-z]+)*(?:\.[A-Za-z]?[a-z]+(?:[A-Z][a-z]+|_[a-z]+)*)+$
    |[a-z]+(?:_[a-z]+)+\d?$|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$|[a-z]+(?:[A-Z][a-z]+)+\d?$|(?:[A-Z][a-z]+){2,}\d?$   # names in code
    |(?i:windows|win|office|server|sql|mssql|ubuntu|debian|centos|word|excel|exchange|android|ios|python|java|php|node|postgres|oracle|chrome)-?\d{1,4}(?i:r2|lts|pro)?$
    |[a-z]+(?:\|[a-z_]+(?::[\w,.]+)?)+$
    |1[Pp]assword|[a-z][a-z_]{1,20}=[a-z0-9.]*$|[A-Z][A-Z_]{1,20}=[0-9.:]*$
    |\d{2,5}[xх*]\d{2,5}(?:[xх*]\d{2,5})?$                               # sizes
    |x:\d+|[A-Za-z]+/\d+(?:\.\d+)*$|[a-z]+:v?\d{1,3}$|(?i:pass(?:word|wd)?|pwd|login|user|admin|id)_?\d{0,2}$
    |\d{2,5}/\w+$|[a-zа-я]+(?:/[a-zа-я]+\d*)+$
    |&&|\|\||==|!=|>=|<=|=>|\\n|\\t""",
    64,
)
_COMMON = frozenset(
    "qwerty qwertyui qwertyuiop asdfgh asdfghjkl zxcvbn zxcvbnm qazwsx qweasd qweasdzxc йцукен йцукенг фыва фывапролдж ячсмить letmein iloveyou monkey dragon "
    "sunshine princess football baseball superman batman shadow master trustno hunter welcome starwars whatever freedom passw0rd p@ssw0rd pa$$w0rd pa$$word p@ssword "
    "abc123 qwe123 admin123 root123 test123 user123 1q2w3e 1q2w3e4r 1qaz2wsx zaq12wsx q1w2e3 q1w2e3r4 privet nastya natasha marina zvezda spartak lokomotiv "
    "kotenok solnyshko lubov ljubov vfvf gfhjkm ghbdtn gbplf yfnfif cjkysirj".split()
)
# What names a thing everywhere but after a sign that says "this is the password": "TIGER_2024", "copper-autumn-garden".
_WORD_AND_NUMBER = Pattern(r"(?:[a-z]{4,12}|[A-Z]{4,12}|[A-Z][a-z]{3,11})[-_.]\d{2,4}$")
_WORDS_JOINED = Pattern(r"[a-z]{3,12}(?:-[a-z]{3,12}){2,6}(?:-?\d{1,4})?$|[a-z]{3,12}(?:_[a-z]{3,12}){2,6}(?:_?\d{1,4})?$")
_OF_CODE = Pattern(
    r"pass|pwd|parol|secret|token|vault|key|user|login|name|hash|field|value|input|test|stand|host|node|serv|here|wiki|same|see|form|class|type|data|conf|sett|param|reset|change|auth|admin"
    r"|prod|stage|staging|build|release|issue|task|ticket|string|text|default|required|error|invalid|must"
)
_SEPARATORS = Pattern(r"[-_.]")
_KEYBOARD = Pattern(r"(?:qwe|asd|zxc|qaz|wsx|йцу|фыв|ячс|1q2w|q1w2|abc123|123qwe|pass?w[o0]rd|parol|gfhjkm)")


def is_unmistakable(value: str) -> bool:
    """Whether `value` has letters of both cases, digits and signs, and so needs no frame to be told from words."""
    return len(value) >= _LONG and _kinds(value) == 4


def shape_of(value: str) -> Shape:
    """How much `value` (without quotes and the punctuation around it) looks like a password."""
    if not _SHORTEST <= len(value) <= _LONGEST or _stands_for_something(value):
        return Shape.NONE
    lower = value.lower()
    kinds = _kinds(value)
    if lower in _COMMON:
        return Shape.STRONG if kinds > 1 else Shape.MIXED
    if value.isdigit():
        return Shape.MIXED if len(value) >= _LONG_NUMBER else Shape.WORD
    core = value.strip("!?.,:;-_*'\"#@+&~")
    if kinds == 1 or core.isalpha():
        return _shape_of_letters(value, core)
    has_digit = any(map(str.isdigit, value))
    if (kinds >= 3 and len(value) >= _STRONG and (has_digit or _odd_signs(value) or _irregular_case(value))) or (
        _KEYBOARD.search(lower, 0, len(lower)) and (has_digit or value.isascii())
    ):
        return Shape.STRONG
    if has_digit and any(map(str.isalpha, value)):
        return Shape.STRONG if len(value) >= _LONG and _interleaved(value) else Shape.MIXED
    return _shape_by_parts(value) if not _odd_signs(value) else Shape.MIXED


def shape_when_told(value: str, *, words: bool) -> Shape:
    """The shape of what stands where a password is told: a word with a number, and with `words` joined words, may be one there."""
    shape = shape_of(value)
    if shape >= Shape.MIXED or not _LONG <= len(value) <= _LONGEST:
        return shape
    told = _WORD_AND_NUMBER.match(value, 0, len(value)) or (words and _WORDS_JOINED.match(value, 0, len(value)))
    lower = value.lower()
    return Shape.MIXED if told and not _OF_CODE.search(lower, 0, len(lower)) else shape


def _shape_of_letters(value: str, core: str) -> Shape:
    if core.isascii() and _irregular_case(core):
        return Shape.STRONG
    signs = len(value) - len(core.rstrip("!?"))
    return Shape.MIXED if signs > 2 and value.isascii() and len(core) >= _SHORTEST else Shape.WORD


def _shape_by_parts(value: str) -> Shape:
    """Letters joined by `-`, `_` or `.`: a part with a capital inside it beside a small one was not typed as words."""
    parts = _SEPARATORS.compiled.split(value)
    if not any(part.islower() for part in parts) or not any(
        part[1:] != part[1:].lower() and not part.isupper() for part in parts
    ):
        styled = any(part.islower() for part in parts) and any(part[:1].isupper() for part in parts)
        return Shape.MIXED if styled and len(value) >= _LONG and value.isascii() else Shape.WORD
    return Shape.STRONG if value.isascii() and len(value) >= _LONG else Shape.MIXED


def _stands_for_something(value: str) -> bool:
    lower = value.lower()
    size = len(value)
    return (
        _MASK.match(value, 0, size) is not None
        or len(set(value)) <= 1 + (size > _LONG)
        or _MARK.search(lower, 0, size) is not None
        or (refers_elsewhere(value) and not _random_sign(value))
        or _THING.match(value, 0, size) is not None
    )


def _random_sign(value: str) -> bool:
    """Whether "%s", "$x" and the like stand inside an otherwise random string: "aB$x9%d!"."""
    return _kinds(value) >= 4 and value[0] not in "$%<{[@" and "{" not in value and "(" not in value and "." not in value


def _kinds(value: str) -> int:
    letters = [c for c in value if c.isalpha()]
    return (
        any(map(str.islower, letters))
        + any(map(str.isupper, letters))
        + any(map(str.isdigit, value))
        + any(not c.isalnum() for c in value)
    )


def _irregular_case(value: str) -> bool:
    """Whether capitals stand where neither a sentence nor a name in code would put them."""
    return len(value) >= _STRONG and case_changes(value) >= max(3, len(value) // 4)


def _odd_signs(value: str) -> bool:
    return any(c in "!@#$%^&*+=?~|" for c in value)


def _interleaved(value: str) -> bool:
    """Whether digits do not merely end a word: "k8m2px9q", not "server01"."""
    return not value.rstrip("0123456789").isalpha()
