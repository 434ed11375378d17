"""E-mail addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dlp.detect.detector import Found, Pattern
from dlp.detect.view import View

_LOCAL_REVERSED = re.compile(r"[A-Za-z0-9_.+%&'=\-]{1,64}+")
_LOCAL_CYRILLIC_REVERSED = re.compile(r"[A-Za-zА-Яа-яЁё0-9_.+'\-]{1,64}+")
_DOMAIN = Pattern(
    r"(?:[A-Za-z0-9äöüßéèñçóá](?:[A-Za-z0-9äöüßéèñçóá-]{0,61}[A-Za-z0-9äöüßéèñçóá])?\.){1,8}(?:xn--[A-Za-z0-9-]{2,59}"
    r"|[A-Za-z]{2,24})"
)
_CYRILLIC_DOMAIN = Pattern(
    r"(?:[A-Za-zА-Яа-яЁё0-9](?:[A-Za-zА-Яа-яЁё0-9-]{0,61}[A-Za-zА-Яа-яЁё0-9])?\.){1,8}"
    r"(?:рф|рус|бел|москва|дети|онлайн|сайт|орг|ком|каз|укр|мкд|срб|бг|ею)(?![А-Яа-яЁё])"
)
_BARE_HOST = Pattern(r"[A-Za-z0-9][A-Za-z0-9-]{0,62}")
_SPELT = Pattern(
    r"([a-z0-9][a-z0-9._+-]{0,63})[ ]?[\[({<][ ]?(?:at|собака|@)[ ]?[\])}>][ ]?"
    r"([a-z0-9-]{1,63}(?:(?:\.|[ ]?[\[({<](?:dot|точка)[\])}>][ ]?)[a-z0-9-]{2,63}){1,4})"
)
_SPELT_SIGN = Pattern(r"[\[({<][ ]?(?:at|собака|@)")
_CYRILLIC_LETTER = Pattern(r"[a-z0-9.-]*+[а-я]")
_FILES = frozenset(
    "png jpg jpeg gif svg webp ico css js ts json xml yaml yml pdf log txt git tgz gz conf html exe dll service socket "
    "target timer".split()
)
# Generic top-level domains people really have mail in; two letters are a country's and need no list.
_GENERIC = frozenset(
    (
        "com org net edu gov mil int info biz name pro mobi aero coop jobs museum travel tel asia cat post app dev cloud "
        "online site "
        "shop store tech team work works agency digital group company solutions software systems network services support "
        "email mail "
        "center world global today news media studio design blog live life space club expert consulting finance bank insurance "
        "capital money fund legal law academy school university institute health clinic care moscow tatar berlin london "
        "paris wien "
        "xyz top icu win vip fun host press website example test local localhost internal corp lan home intranet invalid"
    ).split()
)
_BEFORE_A_SENTENCE = _GENERIC | {"ru", "su", "by", "kz", "de", "uk", "fr"}
_SHELLS = ("ssh", "scp ", "sftp ", "rsync ", "mosh ")
_REMOTE_SHELL = re.compile(r"(?<![\w-])(?:ssh|scp|sftp|rsync|mosh|ssh-copy-id|sshfs)[ ][^\n]{0,60}$")
_URL_CREDENTIALS = re.compile(r"[a-z+]{2,20}://[^\s/?#]*$")
_PATH = re.compile(r":(?:[~/]|[\w.-]+/)")


def _local_start(text: str, at: int, *, cyrillic: bool) -> int:
    """Where the part before the sign at `at` begins; `at` if there is none."""
    pattern = _LOCAL_CYRILLIC_REVERSED if cyrillic else _LOCAL_REVERSED
    match = pattern.match(text[max(0, at - 64) : at][::-1])
    if match is None:
        return at
    start = at - match.end()
    if "=" in match.group():
        start = text.rindex("=", start, at) + 1
    while start < at and text[start] in ".-+%&'":
        start += 1
    return start


def _domain_end(match: re.Match[str]) -> int:
    """Where the domain ends: before a sentence that was glued to it ("ivan@mail.ru.Thanks")."""
    labels = match.group().split(".")
    while len(labels) > 2 and labels[-2].lower() in _BEFORE_A_SENTENCE:
        last = labels[-1]
        if last.lower() in _GENERIC or (len(last) == 2 and (not last[0].isupper() or labels[-2].isupper())):
            break
        labels.pop()
    return match.start() + len(".".join(labels))


class EmailAddress:
    """An e-mail address (RFC 5321 4.1.2, RFC 6531 for other scripts): no look-up, no shell targets, no URL credentials."""

    name = "email_address"
    entity = "EMAIL_ADDRESS"
    anchors: tuple[str, ...] = (r"[0-9a-zа-я_+\-.]@[0-9a-zа-я]", r"[\[({<] ?(at|собака) ?[\])}>] ?[0-9a-z]")
    words: tuple[str, ...] = ()
    before = 66
    after = 2
    matches: tuple[str, ...] = (
        "почта ivan.petrov@corp-mail.ru, пиши",
        "Пишите на o'brien+work@sub.dept.firma.su.",
        "иван@почта.рф",
        "<mailto:user@host>",
        "write to ivan[at]mail.ru",
        "ivan@mail.ru.Спасибо",
        "почтаivan@mail.ru",
        "?to=anna@example.com&x=1",
    )
    ignores: tuple[str, ...] = (
        "git@github.com:acme/backend.git",
        "scp build.tgz deploy@build-01:/srv/app",
        "ssh root@db.corp.ru",
        "pip install git+ssh://git@gitlab.local/team/lib.git@v1.2.3",
        "postgres://app:secret@db.corp.ru:5432/prod",
        "icon@2x.png",
        "@ivan.p глянь",
        "user@host",
        "lodash@4.17.21",
        "@gargron@mastodon.social",
    )

    def find(self, view: View, start: int, end: int) -> Iterator[Found]:
        text = view.text
        at = text.find("@", start, end)
        while at >= 0:
            found = self._at(view, at)
            if found:
                yield found
            at = text.find("@", at + 1, end)
        reach = min(len(text), end + 80)
        if _SPELT_SIGN.search(view.lower, start, reach):
            for match in _SPELT.finditer(view.lower, start, reach):
                address = re.sub(r"[ ]?[\[({<](?:dot|точка)[\])}>][ ]?", ".", match[2])
                if not address.rpartition(".")[2].isdigit():
                    yield Found(match.start(), match.end(), f"{match[1]}@{address}", 0.7, "form, sign spelt out")

    def _at(self, view: View, at: int) -> Found | None:
        text = view.text
        foreign = _CYRILLIC_LETTER.match(view.lower, at + 1, len(text))
        domain = _CYRILLIC_DOMAIN.match(view.lower, at + 1, len(text)) if foreign else None
        cyrillic = domain is not None
        domain = domain or _DOMAIN.match(text, at + 1, len(text))
        start = _local_start(text, at, cyrillic=cyrillic)
        if start == at and domain is not None and not cyrillic:
            start = _local_start(text, at, cyrillic=True)
        if start == at or ".." in text[start:at] or text[at - 1] == ".":
            return None
        if domain is None:
            return self._mailto(view, start, at)
        stop = domain.end() if cyrillic else _domain_end(domain)
        return self._judged(view, start, at, stop)

    @staticmethod
    def _mailto(view: View, start: int, at: int) -> Found | None:
        host = _BARE_HOST.match(view.text, at + 1, len(view.text))
        if host is None or not view.lower.endswith("mailto:", 0, start):
            return None
        return Found(start, host.end(), view.lower[start : host.end()], 0.8, "mailto")

    @staticmethod
    def _judged(view: View, start: int, at: int, stop: int) -> Found | None:
        if view.text[start] == "_" and view.text.startswith("_", stop):
            start += 1  # Markdown's emphasis.
        top = view.lower[start:stop].rpartition(".")[2]
        before = view.lower[max(0, start - 100) : start]
        if top in _FILES or before.endswith("@") or view.text[stop : stop + 1] == "@":
            return None
        if "://" in before and _URL_CREDENTIALS.search(before):
            return None
        if any(shell in before for shell in _SHELLS) and _REMOTE_SHELL.search(before):
            return None
        following = view.text[stop : stop + 64]
        if _PATH.match(following) or view.lower[start:at] == "git":
            return None
        known = len(top) == 2 or top in _GENERIC or not top.isascii() or top.startswith("xn--")
        return Found(start, stop, view.lower[start:stop], 0.95 if known else 0.6, "form")


DETECTORS = (EmailAddress(),)
