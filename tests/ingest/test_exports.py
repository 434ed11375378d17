from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from dlp.errors import InputFault, UsageError
from dlp.ingest.exports import read_export
from dlp.ingest.source import Meter
from dlp.records import ChatKind, GapReason, Message
from tests.ingest.exports_of import a_file, as_json, messages, only, parted

WHATSAPP = "05.03.2025, 10:14 - Анна: первая\nвторая строка\n\n05.03.2025, 10:15 - Пётр: IMG-1.jpg (файл добавлен)\nна фото\n"
LETTER = "From: a@b.example\nTo: c@d.example\nSubject: s\nDate: Fri, 02 Jan 2026 11:00:00 +0300\n\nhello\n"


def a_zip(path: Path, **files: str | bytes) -> Path:
    """A zip of files; "__" in a name stands for "/", "_dot_" for "."."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_dot_", ".").replace("__", "/"), content)
    return path


def slack_files(**more: Any) -> dict[str, str]:
    """The files of a Slack export."""
    files: dict[str, Any] = {
        "channels_dot_json": [{"id": "C1", "name": "dev", "members": ["U1"]}],
        "users_dot_json": [{"id": "U1", "real_name": "Ivan"}],
        "dms_dot_json": [{"id": "D1", "members": ["U1", "U2"]}],
        "dev__2026-01-02_dot_json": [{"type": "message", "user": "U1", "text": "two", "ts": "1767340800.000001"}],
        "dev__2026-01-01_dot_json": [{"type": "message", "user": "U1", "text": "one", "ts": "1767254400.000001"}],
        "D1__2026-01-01_dot_json": [{"type": "message", "user": "U2", "text": "dm", "ts": "1767254400.000001"}],
    }
    return {name: as_json(records, 4) for name, records in {**files, **more}.items()}


# WhatsApp


def test_lines_without_header_continue_a_message(tmp_path: Path) -> None:
    first, second = messages(a_file(tmp_path, "x.txt", WHATSAPP))
    assert first.text == "первая\nвторая строка"
    assert second.text == "на фото"


def test_media_that_is_there_has_a_path_and_media_that_is_not_is_missing(tmp_path: Path) -> None:
    path = a_file(tmp_path, "chat/x.txt", WHATSAPP)
    assert messages(path)[1].attachments[0].missing is GapReason.MISSING
    a_file(tmp_path, "chat/IMG-1.jpg", b"\xff\xd8\xff\x00")
    assert messages(path.parent)[1].attachments[0].path == "IMG-1.jpg"


def test_a_file_beside_a_chat_that_no_message_names_is_told(tmp_path: Path) -> None:
    a_file(tmp_path, "x.txt", WHATSAPP)
    a_file(tmp_path, "IMG-1.jpg", b"\xff\xd8\xff\x00")
    a_file(tmp_path, "other.bin", b"\x00\x01\x02")
    _, faults = parted(tmp_path)
    assert [Path(fault.file).name for fault in faults] == ["other.bin"]


def test_a_zip_tells_the_chat_s_title(tmp_path: Path) -> None:
    path = a_zip(tmp_path / "WhatsApp Chat - Sales.zip", _chat_dot_txt=WHATSAPP)
    assert {message.conversation for message in messages(path)} == {"Sales"}


def test_the_date_order_is_found_over_the_whole_file(tmp_path: Path) -> None:
    text = "05/03/25, 10:14 - A: x\n05/13/25, 10:14 - B: y\n"
    assert [str(m.occurred_at)[:10] for m in messages(a_file(tmp_path, "x.txt", text), "UTC")] == ["2025-05-03", "2025-05-13"]


def test_a_direct_chat_and_a_group_are_told_apart(tmp_path: Path) -> None:
    two = "05.03.2025, 10:14 - Анна: a\n05.03.2025, 10:14 - Пётр: b\n"
    direct = a_file(tmp_path, "Чат WhatsApp с контактом Анна.txt", two)
    assert messages(direct)[0].chat_kind is ChatKind.DIRECT
    assert messages(a_file(tmp_path, "x.txt", two + "05.03.2025, 10:14 - Лев: c\n"))[0].chat_kind is ChatKind.GROUP
    assert messages(a_file(tmp_path, "y.txt", two))[0].chat_kind is None


def test_ids_stay_when_a_longer_export_is_read(tmp_path: Path) -> None:
    short = messages(a_file(tmp_path, "1/x.txt", WHATSAPP))
    longer = messages(a_file(tmp_path, "2/x.txt", WHATSAPP + "05.03.2025, 10:15 - Пётр: да\n" * 2))
    assert [m.id for m in longer[:2]] == [m.id for m in short]
    assert len({m.id for m in longer}) == 4


# Slack


def test_a_slack_zip_is_read_by_conversation_and_day(tmp_path: Path) -> None:
    found = messages(a_zip(tmp_path / "slack.zip", **slack_files()))
    assert [(m.conversation, m.text, m.chat_kind) for m in found] == [
        ("D1", "dm", ChatKind.DIRECT),
        ("C1", "one", ChatKind.GROUP),
        ("C1", "two", ChatKind.GROUP),
    ]


def test_a_slack_folder_is_read_as_its_zip(tmp_path: Path) -> None:
    path = a_zip(tmp_path / "slack.zip", **slack_files())
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "slack")
    assert messages(tmp_path / "slack") == messages(path)


def test_a_broken_day_of_slack_costs_one_message(tmp_path: Path) -> None:
    records = [{"type": "message", "text": f"m{number}", "ts": f"{number}.0"} for number in range(3)]
    broken = as_json(records, 4).replace('"text": "m1"', '"text": m1')
    found, faults = parted(a_zip(tmp_path / "s.zip", **{**slack_files(), "dev__2026-01-03_dot_json": broken}))
    assert [m.text for m in found][-2:] == ["m0", "m2"]
    assert [Path(fault.file).name for fault in faults] == ["2026-01-03.json"]


# Matrix


def events(*texts: str, between: str = "") -> str:
    return between.join(
        as_json(
            {
                "type": "m.room.message",
                "sender": "@a:x",
                "event_id": f"${text}",
                "origin_server_ts": 1,
                "content": {"msgtype": "m.text", "body": text},
            },
            None,
        )
        for text in texts
    )


@pytest.mark.parametrize("between", ["", "\n"])
def test_events_one_after_another_are_read(tmp_path: Path, between: str) -> None:
    a_file(tmp_path, "rooms/!room:x/events", events("a", "b }{ b", "c", between=between))
    a_file(tmp_path, "rooms/!room:x/state/$1", "{}")
    a_file(tmp_path, "user_data/profile", '{"displayname": "x"}')
    assert [(m.conversation, m.text) for m in messages(tmp_path)] == [("!room:x", "a"), ("!room:x", "b }{ b"), ("!room:x", "c")]


def test_a_broken_event_costs_no_other(tmp_path: Path) -> None:
    content = events("a", "b", "c").replace('"body": "b"', '"body": b')
    found, faults = parted(a_file(tmp_path, "events", content))
    assert [m.text for m in found] == ["a", "c"]
    assert faults


# Mail


def test_a_mailbox_is_read_letter_by_letter(tmp_path: Path) -> None:
    box = "".join(
        f"From a@b.example Fri Jan  2 11:00:00 2026\n{LETTER.replace('hello', text)}\n" for text in ("one", "two\n\n>From me")
    )
    assert [m.text for m in messages(a_file(tmp_path, "box", box))] == ["one", "two\n\nFrom me"]


def test_a_letter_is_read(tmp_path: Path) -> None:
    message = only(a_file(tmp_path, "letter.bin", LETTER))
    assert (message.connector, message.recipients) == ("mail", ("c@d.example",))


# Text


def test_every_line_of_a_text_is_a_message(tmp_path: Path) -> None:
    found = messages(a_file(tmp_path, "notes", "\ufefffirst\n\n  second \r\nthird"))
    assert [(m.id, m.text, m.connector, m.conversation) for m in found] == [
        ("1", "first", "text", "notes"),
        ("3", "  second ", "text", "notes"),
        ("4", "third", "text", "notes"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
def test_a_russian_text_is_read_in_its_encoding(tmp_path: Path, encoding: str) -> None:
    text = "привет, мир\nкак дела\n"
    assert [m.text for m in messages(a_file(tmp_path, "x", text.encode(encoding)))] == ["привет, мир", "как дела"]


def test_a_line_that_is_no_utf8_costs_no_other(tmp_path: Path) -> None:
    found, faults = parted(a_file(tmp_path, "x", "привет\n".encode() + b"\xff\xfe\n" + "мир\n".encode()))
    assert [m.text for m in found] == ["привет", "мир"]
    assert [fault.position for fault in faults] == ["line 2"]


def test_an_endless_line_is_read_in_parts(tmp_path: Path) -> None:
    text = "ж" * 700_001
    found = messages(a_file(tmp_path, "x", text + "\nend\n"))
    assert "".join(m.text for m in found[:-1]) == text
    assert [m.id for m in found] == ["1", "1.1", "2"]
    assert [bool(m.gaps) for m in found] == [True, True, False]


# What it is


def test_content_decides_and_not_the_name(tmp_path: Path) -> None:
    assert only(a_file(tmp_path, "a.json", '{"id": "1", "text": "x"}')).connector is None
    assert only(a_file(tmp_path, "b.txt", '{"id": "1", "text": "x"}\n')).id == "1"
    assert only(a_file(tmp_path, "c.jsonl", '{"id": "1", "text": "\\"messages\\": [ \\"chats\\": {"}')).id == "1"
    assert messages(a_file(tmp_path, "d.eml", WHATSAPP))[0].connector == "whatsapp"


def test_a_folder_of_many_exports_is_read_whole(tmp_path: Path) -> None:
    a_file(tmp_path, "a/mail.mbox", f"From x\n{LETTER}")
    a_file(tmp_path, "b.jsonl", '{"id": "1", "text": "x"}')
    a_zip(tmp_path / "c.zip", **slack_files())
    a_file(tmp_path, "empty", "")
    a_file(tmp_path, ".hidden", "x")
    assert [m.connector for m in messages(tmp_path)] == [None, "slack", "slack", "slack", "mail"]


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n\x00\x00", b"\x1f\x8b\x08\x00\x00"])
def test_what_is_unknown_is_told_in_one_sentence(tmp_path: Path, content: bytes) -> None:
    (fault,) = read_export(a_file(tmp_path, "x.json", content), None)
    assert isinstance(fault, InputFault)
    assert "is no export, mailbox or text this program knows" in str(fault)


def test_a_broken_zip_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="broken zip"):
        list(read_export(a_file(tmp_path, "x.json", b"PK\x03\x04broken"), None))


def test_a_path_that_is_not_there_and_a_zone_nobody_knows_are_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        read_export(tmp_path / "gone", None)
    with pytest.raises(UsageError, match="no time zone 'Mars'"):
        read_export(tmp_path, "Mars")


def test_a_zip_bomb_is_not_opened(tmp_path: Path) -> None:
    found, faults = parted(a_zip(tmp_path / "x.zip", bomb=bytes(70 << 20), good='{"id": "1", "text": "x"}'))
    assert [m.id for m in found] == ["1"]
    assert ["over 200 times" in str(fault) for fault in faults] == [True]


def test_a_zip_in_a_zip_is_told(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("x", "y")
    _, faults = parted(a_zip(tmp_path / "x.zip", inner=inner.getvalue()))
    assert ["inside another" in str(fault) for fault in faults] == [True]


def test_a_damaged_member_costs_no_other(tmp_path: Path) -> None:
    path = a_zip(tmp_path / "x.zip", a='{"id": "1", "text": "x"}\n' * 500, b='{"id": "2", "text": "y"}')
    content = bytearray(path.read_bytes())
    content[45:60] = b"\xff" * 15
    path.write_bytes(content)
    found, faults = parted(path)
    assert [m.id for m in found][-1] == "2"
    assert faults


def test_the_meter_ends_where_its_size_is(tmp_path: Path) -> None:
    a_file(tmp_path, "x.txt", WHATSAPP)
    a_zip(tmp_path / "s.zip", **slack_files())
    a_file(tmp_path, "b.jsonl", '{"id": "1", "text": "x"}')
    meter = Meter()
    places = [meter.position for _ in read_export(tmp_path, None, meter=meter)]
    assert places == sorted(places)
    assert meter.position == meter.size > 0


def test_one_message_is_the_same_through_every_door(tmp_path: Path) -> None:
    path = a_file(tmp_path, "x.txt", WHATSAPP)
    archive = a_zip(tmp_path / "x.zip", x_dot_txt=WHATSAPP)
    assert [m.id for m in messages(path)] == [m.id for m in messages(archive)]
    assert all(isinstance(m, Message) for m in messages(path))
