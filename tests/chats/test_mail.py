from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import pytest

from dlp.chats.html import text_of_html
from dlp.chats.identity import DigestIds
from dlp.chats.mail import message_of
from dlp.records import ChatKind, GapReason, Message, Passage


def read(letter: str | bytes, zone: str | None = None) -> Message:
    content = letter if isinstance(letter, bytes) else letter.encode("utf-8")
    return message_of(content, DigestIds("mail"), ZoneInfo(zone) if zone else None)


PLAIN = """\
From: =?utf-8?b?0JjQstCw0L0=?= <Ivan@Corp.Example>
To: Ann <ann@x.example>, bob@y.example
Cc: ann@x.example
Subject: =?utf-8?b?0JTQvtCz0L7QstC+0YA=?= 5
Date: Fri, 02 Jan 2026 11:00:00 +0300
Message-ID: <m1@corp.example>
In-Reply-To: <m0@x.example>
References: <root@x.example> <m0@x.example>

привет
"""


def test_a_plain_letter_is_read_whole() -> None:
    assert read(PLAIN) == Message(
        id="m1@corp.example",
        text="привет",
        connector="mail",
        conversation="root@x.example",
        sender="ivan@corp.example",
        sender_name="Иван",
        chat_title="Договор 5",
        chat_kind=ChatKind.MAIL,
        recipients=("ann@x.example", "bob@y.example"),
        occurred_at=datetime(2026, 1, 2, 8, 0, tzinfo=UTC),
        passages=(Passage("subject", "Договор 5"),),
        reply_to="m0@x.example",
    )


def test_a_time_without_zone_is_unknown_until_a_zone_is_given() -> None:
    letter = "From: a@b.example\nDate: Fri, 02 Jan 2026 11:00:00\n\nx\n"
    assert read(letter).occurred_at is None
    assert read(letter, "Europe/Moscow").occurred_at == datetime(2026, 1, 2, 8, 0, tzinfo=UTC)
    assert read(letter.replace("11:00:00", "11:00:00 -0000")).occurred_at == datetime(2026, 1, 2, 11, 0, tzinfo=UTC)


def a_letter(text: str = "hello") -> EmailMessage:
    """A letter with a text part."""
    letter = EmailMessage()
    letter["From"] = "a@b.example"
    letter["Subject"] = "s"
    letter.set_content(text)
    return letter


def test_html_that_says_the_same_is_left_out_and_hidden_words_are_not() -> None:
    same, more = a_letter(), a_letter()
    same.add_alternative("<html><body><p>hello</p></body></html>", subtype="html")
    more.add_alternative("<p>hello</p><div style='display:none'>4111</div>", subtype="html")
    assert [passage.origin for passage in read(same.as_bytes()).passages] == ["subject"]
    assert read(more.as_bytes()).passages[1:] == (Passage("html", "hello\n4111"),)


def test_a_letter_of_html_alone_has_its_words_as_text() -> None:
    assert read("From: a@b.example\nContent-Type: text/html\n\n<p>Hi&nbsp;<b>you</b><br>there</p>").text == "Hi you\nthere"


def test_a_file_is_named_and_measured() -> None:
    letter = a_letter()
    letter.add_attachment(b"x" * 1000, maintype="application", subtype="x-pkcs12", filename="ключ.pfx")
    (file,) = read(letter.as_bytes()).attachments
    assert (file.name, file.media_type, file.missing) == ("ключ.pfx", "application/x-pkcs12", None)
    assert file.size is not None
    assert abs(file.size - 1000) < 3


def test_a_forwarded_letter_is_read() -> None:
    letter = a_letter()
    inner = a_letter("inner secret")
    letter.add_attachment(inner)
    passages = read(letter.as_bytes()).passages
    assert Passage("part", "inner secret") in passages
    assert "a@b.example" in next(passage.text for passage in passages if passage.origin == "forwarded")


def test_letters_inside_letters_end_somewhere() -> None:
    letter = a_letter()
    for _ in range(30):
        outer = a_letter()
        outer.add_attachment(letter)
        letter = outer
    assert GapReason.TOO_LARGE in [gap.reason for gap in read(letter.as_bytes()).gaps]


@pytest.mark.parametrize(
    "head",
    ["Content-Type: application/pkcs7-mime; smime-type=enveloped-data", "Content-Type: multipart/encrypted; boundary=b"],
)
def test_a_sealed_letter_is_a_gap(head: str) -> None:
    assert GapReason.ENCRYPTED in [gap.reason for gap in read(f"From: a@b.example\n{head}\n\nx\n").gaps]


def test_a_letter_without_id_gets_one_that_does_not_change() -> None:
    letter = "From: a@b.example\nSubject: x\n\nhello\n"
    assert read(letter).id == read(letter).id != read(letter.replace("hello", "bye")).id


@pytest.mark.parametrize("charset", ["koi8-r", "windows-1251", "no-such-charset"])
def test_a_charset_is_obeyed_and_an_unknown_one_survived(charset: str) -> None:
    known = "utf-8" if charset.startswith("no") else charset
    head = f"From: a@b.example\nContent-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: 8bit\n\n"
    assert read(head.encode() + "привет".encode(known)).text == "привет"


def test_what_has_no_header_is_refused() -> None:
    with pytest.raises(ValueError, match="no header"):
        read("\n\n")


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<table><tr><td>4111</td><td>1111</td></tr><tr><td>x</td></tr></table>", "4111 1111\nx"),
        ("<style>p{}</style><script>x()</script>a &amp; b", "a & b"),
        ('<img alt="пароль 1">', "пароль 1"),
        ('<a href="https://x.example">тут</a>', "тут (https://x.example)"),
    ],
)
def test_html_reads_as_people_see_it(html: str, text: str) -> None:
    assert text_of_html(html) == text
