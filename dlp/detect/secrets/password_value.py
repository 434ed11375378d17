"""The word for a password, and where the password told after it begins and ends."""

# ruff: noqa: E501 - a pattern or an example cut in two is harder to read than a long line.

from __future__ import annotations

from dlp.detect.detector import Pattern

PASSWORD_NOUN = (
    r"(?:парол(?:ь|я|ю|ем|и|ей|е|ях|ями|ик|ьчик)?|парол(?:ьк[аи])|поролью?|порольк\w|парль|парлоь|логопас\w?|пассворд\w{0,2}|пассвод|пасс?(?:ом|а|ы)?|пасвор[дт]|пасв|секретка|кодов(?:ое|ым) слов(?:о|ом)"
    r"|pass(?:word|wd|phrase|code|wort)?s?|pwds?|pswd?|pasword|passwrd|passwrod|passord|psswd|passowrd|ключ (?:безопасности )?(?:сети|(?:от |к )?(?:вай-?фа[яю]|wi-?fi))|(?:wi-?fi|wpa2?|network) key|pw|psk|пин от сейфа|фраза)"
)
# Bold, slanted and struck out as messengers write it.
_WRAPPED = Pattern(r"(?P<mark>[*_~])(?P<value>[^\s*_~](?:(?!(?P=mark))\S){4,80})(?P=mark)(?=[\s.,;!)]|$)")
_VALUE = Pattern(r"\S{1,140}")
_CUT = Pattern(
    r"""["`]|'(?=[,;)\s]|$)|[&;,](?=[A-Za-z_]{2,20}=)|,(?=["'\[{]|[A-Za-zА-яЁё]{4})|</|\\[nr"]|\|\||\*\*$|[;](?=\s|$)|(?<=\w)\)(?=[.,]?$)"""
)
TAIL = ".,;:\"'`>…"
STOP_WORDS = frozenset(
    "password passwd passphrase string number boolean required optional hidden secret missing invalid expired incorrect changed default unknown disabled enabled "
    "unchanged protected none unset empty blank optional-password username login token value field input varchar object undefined forgot reset confirm current update create delete submit params request response database "
    "postgres mysql redis admin administrator public private protected static return function import select insert values example sample dummy "
    "private-token authorization basic bearer digest plaintext encrypted hashed bcrypt sha256 vault keychain keyring prompt stdin interactive".split()
)


def bounds_of_value(text: str, start: int) -> tuple[int, int, bool]:
    """Where the value that begins at `start` stands without its quotes, marks and closing punctuation; whether it is quoted."""
    begin = start
    opening = ""
    for mark in ("<code>", "<b>", "```", "**", "||", "__", '"', "'", "`", "("):
        if text.startswith(mark, begin) and len(text) > begin + len(mark) and not text[begin + len(mark)].isspace():
            closing = {"(": ")", "<code>": "</code>", "<b>": "</b>"}.get(mark, mark)
            close = text.find(closing, begin + len(mark), begin + 140)
            if close > 0 and not any(map(str.isspace, text[begin + len(mark) : close])):
                begin, opening = begin + len(mark), closing
                return begin, close, True
            if mark in "\"'`":
                begin += 1
                break
    wrapped = _WRAPPED.match(text, begin, len(text))
    if wrapped:
        return *wrapped.span("value"), True
    match = _VALUE.match(text, begin, len(text))
    if not match:
        return begin, begin, False
    cut = _CUT.search(text, begin + 1, match.end())
    stop = cut.start() if cut else match.end()
    trimmed = text[begin:stop].rstrip(TAIL)
    if trimmed.endswith("?") and len(trimmed) > 1 and trimmed[:-1].isalnum():
        trimmed = trimmed[:-1]
    if trimmed.endswith(")") and "(" not in trimmed:
        trimmed = trimmed.rstrip(")")
    return begin, begin + len(trimmed), bool(opening)
