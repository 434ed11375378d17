from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from dlp.directory.people import phone_of
from dlp.directory.people_file import read_people
from dlp.errors import FileFaults

HEADER = "person,name,accounts,phones,emails,department,groups,manager,dismissed_on\n"


def people_file(folder: Path, text: str) -> Path:
    path = folder / "people.csv"
    path.write_text(text, encoding="utf-8")
    return path


def faults_of(folder: Path, text: str) -> list[str]:
    with pytest.raises(FileFaults) as caught:
        read_people(people_file(folder, text))
    return [f"{fault.line}: {fault.message}" for fault in caught.value.faults]


def test_a_person_is_found_by_every_account_address_and_phone(tmp_path: Path) -> None:
    row = 'ivan,telegram:7 slack:U1;matrix:@i:corp.ru,"+7 916 123-45-67; 8 (495) 111-22-33",I.Petrov@corp.ru,dev admins\n'
    people = read_people(people_file(tmp_path, "person,accounts,phones,emails,groups\n" + row))
    ivan = people.find("telegram", "7")
    assert ivan is not None
    assert ivan.groups == {"dev", "admins"}
    assert ivan.domains == {"corp.ru"}
    assert people.find("slack", "U1") is ivan
    assert people.find("matrix", "@i:corp.ru") is ivan
    assert people.find("whatsapp", "+7 (916) 123-45-67") is ivan
    assert people.find("whatsapp", "74951112233") is ivan
    assert people.find("mail", "i.petrov@CORP.ru") is ivan


def test_an_account_of_another_messenger_is_another_account(tmp_path: Path) -> None:
    people = read_people(people_file(tmp_path, "person,accounts\nivan,telegram:7\n"))
    assert people.find("slack", "7") is None
    assert people.find(None, "7") is None


def test_a_spreadsheet_with_semicolons_and_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    people = read_people(people_file(tmp_path, "\ufeffperson;accounts;dismissed_on\r\nivan;telegram:7 slack:U1;2026-03-01\r\n"))
    ivan = people.find("slack", "U1")
    assert ivan is not None
    assert ivan.dismissed_on == date(2026, 3, 1)


def test_every_fault_is_told_at_its_line(tmp_path: Path) -> None:
    rows = (
        "ivan,,telegram:7,12,nobody,,,,01.02.2026\n"
        '\n"olga\nv",,seven,,,,,boss,\n'
        "ivan,,telegram:7,,,,,,\n"
        ",,,,,,,,\n"
        "petr,,,,\n"
        ",x,,,,,,,\n"
    )
    assert faults_of(tmp_path, HEADER + rows) == [
        '2: "12" is not one of phones',
        '2: "nobody" is not one of emails',
        '2: dismissed_on "01.02.2026" is not a day written YYYY-MM-DD',
        '4: "seven" is not one of accounts',
        '4: the manager "boss" is no person of this file',
        '6: "ivan" in person already stands on line 2',
        '6: "telegram:7" in accounts already stands on line 2',
        "8: has 5 cells, the header has 9",
        "9: the person has no name in the column person",
    ]


def test_an_unknown_column_and_a_column_standing_twice_are_faults(tmp_path: Path) -> None:
    faults = faults_of(tmp_path, "salary,name,name\nx,y,z\n")
    assert [fault.split(";")[0] for fault in faults] == [
        '1: the column "salary" is not known',
        '1: the column "name" stands twice',
        '1: the column "person" is missing',
    ]


def test_the_same_account_twice_in_one_row_is_one_account(tmp_path: Path) -> None:
    people = read_people(people_file(tmp_path, "person,emails\nivan,a@corp.ru A@corp.ru\n"))
    assert people.find("mail", "a@corp.ru") is not None


def test_a_missing_file_and_a_foreign_encoding_are_faults(tmp_path: Path) -> None:
    with pytest.raises(FileFaults, match="cannot be read"):
        read_people(tmp_path / "nobody.csv")
    path = tmp_path / "people.csv"
    path.write_bytes("person\nИван\n".encode("cp1251"))
    with pytest.raises(FileFaults, match="is not UTF-8 at byte 7"):
        read_people(path)


@pytest.mark.parametrize(
    ("written", "digits"),
    [("8 916 123-45-67", "79161234567"), ("+375 29 1234567", "375291234567"), ("12", None), ("call me", None), ("7" * 16, None)],
)
def test_a_phone_is_its_digits_with_the_country(written: str, digits: str | None) -> None:
    assert phone_of(written) == digits
