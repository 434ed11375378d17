from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlp.errors import InputFault
from dlp.ingest.json_stream import JsonStream
from dlp.ingest.telegram_export import read_telegram
from dlp.records import GapReason, Message
from tests.ingest.exports_of import a_file, as_json, messages, parted


def a_record(number: int, text: Any = "hello", **fields: Any) -> dict[str, Any]:
    """A record of an export."""
    return {
        "id": number,
        "type": "message",
        "date_unixtime": "1767340800",
        "from": "Ivan",
        "from_id": "user7",
        "text": text,
    } | fields


def a_chat(*records: dict[str, Any], number: int = 1001, name: str = "Sales") -> dict[str, Any]:
    """A chat of an export."""
    return {"name": name, "type": "private_supergroup", "id": number, "messages": list(records)}


def read(content: str | bytes, chunk: int = 1 << 18) -> list[Message | InputFault]:
    """Everything in a result.json read by chunks."""
    content = content if isinstance(content, bytes) else content.encode("utf-8")
    return list(read_telegram(JsonStream(io.BytesIO(content), "result.json", chunk), None, lambda _: True))


def ids(found: list[Message | InputFault]) -> list[str]:
    return [one.id if isinstance(one, Message) else "!" for one in found]


def test_one_chat_is_read(tmp_path: Path) -> None:
    path = a_file(tmp_path, "result.json", as_json(a_chat(a_record(1), a_record(2, "мир"))))
    assert [(m.conversation, m.id, m.text) for m in messages(path)] == [
        ("-1000000001001", "1", "hello"),
        ("-1000000001001", "2", "мир"),
    ]


def test_a_full_export_is_read_with_left_chats(tmp_path: Path) -> None:
    full = {
        "about": "Here is the data you requested.",
        "personal_information": {"user_id": 7, "first_name": "Ivan"},
        "contacts": {"about": "x", "list": [{"first_name": "A", "phone_number": "1"}]},
        "chats": {"about": "x", "list": [a_chat(a_record(1)), a_chat(a_record(1), number=1002)]},
        "left_chats": {"about": "x", "list": [a_chat(a_record(9), number=1003)]},
    }
    path = a_file(tmp_path, "result.json", as_json(full))
    assert [(m.conversation, m.id) for m in messages(path)] == [
        ("-1000000001001", "1"),
        ("-1000000001002", "1"),
        ("-1000000001003", "9"),
    ]


def test_a_file_that_is_not_in_the_folder_is_missing(tmp_path: Path) -> None:
    a_file(tmp_path, "files/here.txt", "x")
    chat = a_chat(a_record(1, file="files/here.txt"), a_record(2, file="files/gone.txt"), a_record(3, file="../../etc/passwd"))
    found = messages(a_file(tmp_path, "result.json", as_json(chat)))
    assert [(m.attachments[0].path, m.attachments[0].missing) for m in found] == [
        ("files/here.txt", None),
        (None, GapReason.MISSING),
        (None, GapReason.MISSING),
    ]


def test_files_of_an_export_are_not_read_as_texts(tmp_path: Path) -> None:
    a_file(tmp_path, "files/notes.txt", "a note")
    a_file(tmp_path, "result.json", as_json(a_chat(a_record(1, file="files/notes.txt"))))
    assert [m.connector for m in messages(tmp_path)] == ["telegram"]


def test_a_broken_message_is_told_with_its_place_and_the_rest_is_read(tmp_path: Path) -> None:
    content = as_json(a_chat(*(a_record(number) for number in range(1, 6))))
    place = content.index('{\n   "id": 3')
    broken = content[:place] + content[place:].replace('"from": "Ivan"', '"from": Ivan"', 1)
    found, faults = parted(a_file(tmp_path, "result.json", broken))
    assert [m.id for m in found] == ["1", "2", "4", "5"]
    assert [m.conversation for m in found] == ["-1000000001001"] * 4
    assert [(fault.position, "is not JSON" in str(fault)) for fault in faults] == [(f"byte {place}", True)]


def test_a_broken_place_between_chats_costs_no_other_chat() -> None:
    chats = {"about": "x", "list": [a_chat(a_record(1), a_record(2)), a_chat(a_record(3), number=1002, name='a "b" {')]}
    content = as_json({"about": "y", "chats": chats, "left_chats": {"list": [a_chat(a_record(4), number=1003)]}})
    found = read(content.replace('"id": 2,', '"id": 2 2,'))
    assert ids(found) == ["1", "!", "3", "4"]
    assert [m.conversation for m in found if isinstance(m, Message)] == ["-1000000001001", "-1000000001002", "-1000000001003"]


def test_an_export_cut_short_gives_what_it_has() -> None:
    content = as_json(a_chat(a_record(1), a_record(2)))
    found = read(content[: content.index('"id": 2') + 30])
    assert ids(found) == ["1", "!"]


def test_control_characters_as_telegram_writes_them_are_read() -> None:
    content = as_json(a_chat(a_record(1, "aHEREb \\x41"), a_record(2))).replace("HERE", "\\x0B")
    found = read(content)
    assert ids(found) == ["1", "2"]
    assert isinstance(found[0], Message)
    assert found[0].text == "a\x0bb \\x41"


def test_bytes_that_are_no_utf8_are_told_and_the_message_is_read(tmp_path: Path) -> None:
    content = as_json(a_chat(a_record(1), a_record(2, "xHEREy"), a_record(3))).encode().replace(b"HERE", b"\xff")
    found, faults = parted(a_file(tmp_path, "result.json", content))
    assert [m.text for m in found] == ["hello", "x\ufffdy", "hello"]
    assert [fault.position for fault in faults] == [f"byte {content.index(0xFF)}"]


def test_half_a_pair_becomes_a_character_that_can_be_written() -> None:
    head = '{"name": "x", "type": "personal_chat", "id": 7, "messages": '
    found = read(head + '[{"id": 1, "type": "message", "text": "a\\ud83d \\ud83d\\ude00"}]}')
    assert isinstance(found[0], Message)
    assert found[0].text == "a\ufffd \U0001f600"


def test_a_record_that_is_no_message_is_told() -> None:
    found = read(as_json(a_chat(a_record(1), {"id": 2, "type": "poem"}, a_record(3))))
    assert ids(found) == ["1", "!", "3"]


@pytest.mark.parametrize(
    "content", ["{", '{"messages": [', '{"messages": [{"id": 1', '{"messages": 5}', "{]", '{"a" 1}', '{"messages": [' * 3000]
)
def test_any_ruin_is_faults_and_no_crash(content: str) -> None:
    assert all(isinstance(one, InputFault) for one in read(content))


_texts = st.one_of(
    st.text(max_size=30), st.lists(st.one_of(st.text(max_size=5), st.just({"type": "bold", "text": "b}"})), max_size=3)
)


@given(st.lists(_texts, max_size=8), st.integers(1, 40), st.sampled_from([None, 0, 1]))
def test_the_size_of_a_chunk_changes_nothing(texts: list[Any], chunk: int, indent: int | None) -> None:
    records = [a_record(number, text, nested={"id": 5, "type": "x"}) for number, text in enumerate(texts)]
    content = as_json({"chats": {"list": [a_chat(*records), a_chat(a_record(0))]}}, indent).encode("utf-8", "surrogatepass")
    assert read(content, chunk) == read(content)
    assert ids(read(content)) == [str(number) for number in range(len(texts))] + ["0"]


@given(st.integers(0, 400), st.integers(1, 60), st.binary(max_size=3))
def test_damage_anywhere_never_crashes_and_is_always_told(place: int, length: int, put: bytes) -> None:
    content = as_json(a_chat(*(a_record(number) for number in range(6)))).encode()
    damaged = content[:place] + put + content[place + length :]
    found = read(damaged, 64)
    assert len(found) >= 1 or damaged.strip() == b""
