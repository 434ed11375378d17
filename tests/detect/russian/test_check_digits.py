"""The checks of Russian identifiers against published examples."""

from dlp.detect.russian import inn, ogrn, oms, snils, vin
from dlp.detect.russian.account_key import key_holds


def test_taxpayer_numbers_of_firms_and_people_check() -> None:
    assert inn.check_digits_hold("7707083893")
    assert inn.check_digits_hold("500100732259")


def test_a_taxpayer_number_with_any_other_last_digit_fails() -> None:
    assert not any(inn.check_digits_hold("770708389" + digit) for digit in "012456789")
    assert not any(inn.check_digits_hold("50010073225" + digit) for digit in "012345678")


def test_a_pension_account_number_checks_by_its_weighted_sum() -> None:
    assert snils.check_number_holds("11223344595")
    assert not snils.check_number_holds("11223344559")


def test_early_pension_account_numbers_have_no_check() -> None:
    assert snils.check_number_holds("00100199812")
    assert not snils.check_number_holds("00000000000")


def test_registration_numbers_divide_by_eleven_or_thirteen() -> None:
    assert ogrn.check_digit_holds("1027700132195")
    assert ogrn.check_digit_holds("304500116000157")
    assert not ogrn.check_digit_holds("1027700132159")


def test_the_central_banks_own_examples_of_account_keys_hold() -> None:
    assert key_holds("049805746", "40602810700000000025")
    assert key_holds("049805000", "30101810800000000746")
    assert not key_holds("049805746", "40602810800000000025")


def test_a_correspondent_account_is_tied_to_the_unit_that_keeps_it() -> None:
    assert key_holds("044525225", "30101810400000000225")


def test_a_settlement_account_fits_one_key_of_ten() -> None:
    assert sum(key_holds("044525225", f"40702810{key}38000012345") for key in range(10)) == 1


def test_a_medical_policy_checks() -> None:
    assert oms.check_digit_holds("7754830893002314")
    assert not oms.check_digit_holds("7754830893002341")


def test_a_vehicle_number_checks_by_its_ninth_character() -> None:
    assert vin.check_character_holds("1M8GDM9AXKP042788")
    assert not vin.check_character_holds("1M8GDM9A1KP042788")
