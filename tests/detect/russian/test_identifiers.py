"""How Russian identifiers are told from each other and from what only looks like them."""

import pytest

from tests.detect.russian.finding import findings, pieces


def test_every_row_of_a_pasted_table_is_read_by_its_heading() -> None:
    rows = "\n".join(f"Сотрудник {chr(1040 + n)}\t4506 1234{n:02d}\t01.02.2024" for n in range(30))
    assert len(pieces("Список:\nФИО\tПаспорт\tДата\n" + rows, "RU_PASSPORT")) == 30


def test_a_heading_that_names_orders_silences_its_column() -> None:
    assert pieces("Имя | Заказ\nПётр | 7707083893\nОлег | 7707083893", "RU_INN") == []


def test_the_nearest_label_claims_a_number() -> None:
    text = "паспорт занесу завтра, тел. 9161234567"
    assert pieces(text, "RU_PASSPORT") == []


def test_a_label_is_spent_by_its_own_number() -> None:
    assert pieces("КПП 773601001 и ещё заявка 773601001", "RU_KPP") == ["773601001"]


def test_identifiers_in_one_row_are_told_apart() -> None:
    text = "ИНН/КПП 7707083893/773601001, ОГРН 1027700132195, р/с 40702810938000012345, БИК 044525225"
    assert pieces(text, "RU_INN") == ["7707083893"]
    assert pieces(text, "RU_KPP") == ["773601001"]
    assert pieces(text, "RU_OGRN") == ["1027700132195"]
    assert pieces(text, "RU_BANK_ACCOUNT") == ["40702810938000012345"]
    assert pieces(text, "RU_BIK") == ["044525225"]


def test_an_account_whose_key_does_not_fit_the_bank_is_refused() -> None:
    assert pieces("БИК 044525225, р/с 40702810438000012345", "RU_BANK_ACCOUNT") == []


def test_an_account_that_fits_one_of_two_banks_is_found() -> None:
    text = "БИК 044525974 старый, БИК 044525225 новый, р/с 40702810938000012345"
    assert pieces(text, "RU_BANK_ACCOUNT") == ["40702810938000012345"]


@pytest.mark.parametrize(
    "passport",
    [
        "45 06 123456",
        "4506 123456",
        "4506123456",
        "4506 № 123456",
        "серия 4506 номер 123456",
        "4506-123456",
        "45 06 № 123456",
        "4506 N 123456",
    ],
)
def test_a_passport_is_found_however_it_is_typed(passport: str) -> None:
    assert pieces(f"вот паспорт {passport}, проверь", "RU_PASSPORT") == [passport]


def test_a_passport_spread_over_lines_is_one_finding() -> None:
    assert pieces("Паспорт\nСерия: 4506\nНомер: 123456\nВыдан: 2006", "RU_PASSPORT") == ["Серия: 4506\nНомер: 123456"]


def test_an_unlikely_region_lowers_confidence_and_does_not_reject() -> None:
    likely, unlikely = findings("паспорт 4506 123456", "RU_PASSPORT"), findings("паспорт 0260 123456", "RU_PASSPORT")
    assert unlikely[0].confidence < likely[0].confidence


def test_the_date_a_passport_was_issued_is_no_passport() -> None:
    assert pieces("паспорт выдан 12.03.2015, код 770-001", "RU_PASSPORT") == []


def test_a_technical_passport_is_no_persons() -> None:
    assert pieces("паспорт изделия 4506 123456", "RU_PASSPORT") == []


def test_the_value_has_no_separators() -> None:
    assert findings("снилс 112\u2013233\u2013445\u00a095", "RU_SNILS")[0].value == "11223344595"


def test_a_phone_that_checks_by_luck_is_no_pension_account() -> None:
    assert pieces("89161234544 89161234503", "RU_SNILS") == []


def test_a_bot_tokens_number_is_no_taxpayer() -> None:
    assert pieces("бот 7707083893:AAgqQxN4bl5sZ6H2vG9Ldq3q", "RU_INN") == []


def test_prepositions_among_numbers_are_no_plate() -> None:
    assert pieces("С 100 НА 50 и в 200 от 77", "RU_VEHICLE_PLATE") == []


def test_a_marriage_certificate_is_no_birth_certificate() -> None:
    assert pieces("свидетельство о браке II-АБ № 123456", "RU_BIRTH_CERTIFICATE") == []
