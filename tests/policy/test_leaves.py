"""Each leaf: what makes it true, false and unknown, and what it says."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dlp.policy.context_leaves import is_working_time
from dlp.policy.policy_set import RuleExplanation
from dlp.records import NOTHING_FOUND, ChatKind, GapReason, Message, Organisation, Scan, Surroundings, Zone
from tests.builders import a_finding, a_gap, a_message, a_scan, a_term_hit, an_attachment, an_organisation, surroundings
from tests.policy.folder import a_rule, policies

KNOWN = surroundings(
    platform="telegram",
    zone=Zone.FOREIGN,
    external=True,
    chat_kind=ChatKind.GROUP,
    chat_purpose="clients",
    audience_external=False,
    audience_size=51,
    audience_domains=frozenset({"mail.gmail.com"}),
    sender_groups=frozenset({"hr-onboarding"}),
    sender_department="Закупки",
    sender_domains=frozenset({"corp.ru"}),
    sender_dismissed=False,
    local_time=datetime(2026, 3, 4, 12, 0, tzinfo=UTC),
)
NOTHING = Surroundings()


def explained(
    place: Path,
    when: dict[str, Any],
    *,
    scan: Scan = NOTHING_FOUND,
    around: Surroundings = NOTHING,
    message: Message | None = None,
) -> RuleExplanation:
    organisation = "groups: {hr: [hr-onboarding]}"
    compiled = policies(place, a_rule(when=when), organisation=organisation)
    return compiled.explain(message or a_message(), scan, around)[0]


@pytest.mark.parametrize(
    ("leaf", "holds", "field"),
    [
        ({"chat": {"zone": ["foreign", "domestic"]}}, True, "chat.zone"),
        ({"chat": {"zone": ["onprem"]}}, False, "chat.zone"),
        ({"chat": {"kind": ["group"]}}, True, "chat.kind"),
        ({"chat": {"kind": ["direct"]}}, False, "chat.kind"),
        ({"chat": {"platform": ["Telegram"]}}, True, "chat.platform"),
        ({"chat": {"platform": ["slack"]}}, False, "chat.platform"),
        ({"chat": {"external": True}}, True, "chat.external"),
        ({"chat": {"external": False}}, False, "chat.external"),
        ({"chat": {"purpose": ["clients"]}}, True, "chat.purpose"),
        ({"chat": {"purpose": ["team"]}}, False, "chat.purpose"),
        ({"sender": {"group": ["hr"]}}, True, "sender.group"),
        ({"sender": {"group": ["hr-onboarding"]}}, True, "sender.group"),
        ({"sender": {"group": ["it"]}}, False, "sender.group"),
        ({"sender": {"domain": ["corp.ru"]}}, True, "sender.domain"),
        ({"sender": {"domain": ["orp.ru"]}}, False, "sender.domain"),
        ({"sender": {"department": ["Закупки"]}}, True, "sender.department"),
        ({"sender": {"department": ["Продажи"]}}, False, "sender.department"),
        ({"sender": {"dismissed": False}}, True, "sender.dismissed"),
        ({"sender": {"dismissed": True}}, False, "sender.dismissed"),
        ({"audience": {"external": False}}, True, "audience.external"),
        ({"audience": {"external": True}}, False, "audience.external"),
        ({"audience": {"more_than": 50}}, True, "audience.size"),
        ({"audience": {"more_than": 51}}, False, "audience.size"),
        ({"audience": {"domain": ["gmail.com"]}}, True, "audience.domain"),
        ({"audience": {"domain": ["mail.com"]}}, False, "audience.domain"),
        ({"time": {"working_hours": True}}, True, "time"),
        ({"time": {"working_hours": False}}, False, "time"),
    ],
)
def test_who_and_where_is_true_false_or_unknown(tmp_path: Path, leaf: dict[str, Any], holds: bool, field: str) -> None:
    assert explained(tmp_path, leaf, around=KNOWN).held is holds
    unknown = explained(tmp_path, leaf).reason
    assert unknown.held is None
    assert unknown.missing == (field,)
    assert unknown.said == f"{field} unknown"


def test_nobody_in_any_group_is_false_not_unknown(tmp_path: Path) -> None:
    assert explained(tmp_path, {"sender": {"group": ["hr"]}}, around=surroundings(sender_groups=frozenset())).held is False


INNS = [a_finding(value=str(number), start=number * 20, end=number * 20 + 10) for number in range(3)]


@pytest.mark.parametrize(
    ("asked", "findings", "holds", "said"),
    [
        ({}, INNS[:1], True, "1 of 1 distinct identifier"),
        ({}, [], False, "0 of 1 distinct identifier"),
        ({"distinct": 3}, INNS, True, "3 of 3 distinct identifiers"),
        ({"distinct": 3}, INNS[:2], False, "2 of 3 distinct identifiers"),
        ({"distinct": 2}, [INNS[0], INNS[1]._replace(value=INNS[0].value)], False, "1 of 2 distinct identifiers"),
        ({"at_least": 2}, [INNS[0], INNS[1]._replace(value=INNS[0].value)], True, "2 of 2 findings"),
        ({"at_least": 2}, [INNS[0], INNS[0]._replace(detector="other")], False, "1 of 2 findings"),
        ({"at_least": 2}, [INNS[0], INNS[0]._replace(origin="quote")], True, "2 of 2 findings"),
        ({"confidence": 0.96}, INNS[:1], False, "0 of 1 distinct identifier; 1 more not sure enough"),
        ({}, [INNS[0]._replace(confidence=0.5)], True, "1 of 1 distinct identifier"),
        ({}, [INNS[0]._replace(confidence=0.49)], False, "0 of 1 distinct identifier; 1 more not sure enough"),
        (
            {"of": ["RU_SNILS", "RU_INN"], "distinct": 2},
            [INNS[0], INNS[0]._replace(entity="RU_SNILS")],
            False,
            "1 of 2 distinct identifiers",
        ),
        ({}, [INNS[0]._replace(entity="RU_SNILS")], False, "0 of 1 distinct identifier"),
    ],
)
def test_entities_count_places_and_distinct_values(
    tmp_path: Path, asked: dict[str, Any], findings: list[Any], holds: bool, said: str
) -> None:
    reason = explained(tmp_path, {"entities": {"of": ["RU_INN"], **asked}}, scan=a_scan(*findings)).reason
    assert (reason.held, reason.said) == (holds, said)


@pytest.mark.parametrize(
    ("public", "entity", "value", "counts"),
    [
        ('RU_INN: ["7707083893"]', "RU_INN", "7707083893", False),
        ('RU_INN: ["7707 083 893"]', "RU_INN", "7707083893", False),
        ('RU_INN: ["7707083893"]', "RU_INN", "7707083894", True),
        ('RU_INN: ["8707083893"]', "RU_INN", "7707083893", True),
        ('RU_SNILS: ["7707083893"]', "RU_INN", "7707083893", True),
        ('PHONE_NUMBER: ["8 (495) 123-45-67"]', "PHONE_NUMBER", "+74951234567", False),
        ('EMAIL_ADDRESS: ["Info@corp.ru"]', "EMAIL_ADDRESS", "info@corp.ru", False),
        ('EMAIL_ADDRESS: ["info@corp.ru"]', "EMAIL_ADDRESS", "in.fo@corp.ru", True),
    ],
)
def test_public_values_of_the_organisation_do_not_count(
    tmp_path: Path, public: str, entity: str, value: str, counts: bool
) -> None:
    compiled = policies(tmp_path, a_rule(when={"entities": {"of": [entity]}}), organisation=f"public: {{{public}}}")
    judgement = compiled.judge(a_message(), a_scan(a_finding(entity, value)), NOTHING)
    assert bool(judgement.hits) is counts


def test_text_counts_places_of_literals_and_expressions(tmp_path: Path) -> None:
    when = {"text": {"literals": ["Для служебного пользования"], "regex": [r"дсп\s*№\s*\d{1,6}"], "at_least": 2}}
    literal, regex = a_term_hit("exact:для служебного пользования"), a_term_hit(r"regex:дсп\s*№\s*\d{1,6}", start=40)
    assert explained(tmp_path, when, scan=a_scan(terms=(literal, regex))).held is True
    assert (
        explained(tmp_path, when, scan=a_scan(terms=(literal, literal))).reason.said
        == "1 of 2 places: Для служебного пользования"
    )


def test_each_distinct_term_of_a_dictionary_counts_its_weight_once(tmp_path: Path) -> None:
    when = {"dictionary": {"terms": {"ищу работу": 2, "offer letter": 1.5}, "threshold": 3}}
    job, offer = a_term_hit("forms:ищу работу"), a_term_hit("forms:offer letter", start=30)
    assert explained(tmp_path, when, scan=a_scan(terms=(job, offer))).held is True
    missed = explained(tmp_path, when, scan=a_scan(terms=(job, job._replace(start=60)))).reason
    assert (missed.held, missed.said) == (False, "weight 2 of 3: ищу работу")


@pytest.mark.parametrize(
    ("asked", "file", "holds", "missing"),
    [
        ({"name": ["*.PFX"]}, {"name": "Key.pfx"}, True, ()),
        ({"name": ["*.pfx"]}, {"name": "key.pfx.txt"}, False, ()),
        ({"type": ["image/*"]}, {"media_type": "image/png"}, True, ()),
        ({"type": ["image/*"]}, {"media_type": "text/plain"}, False, ()),
        ({"type": ["image/*"]}, {}, None, ("attachment.type",)),
        ({"larger_than": "10MB"}, {"size": 10 * 1024 * 1024 + 1}, True, ()),
        ({"larger_than": "10MB"}, {"size": 10 * 1024 * 1024}, False, ()),
        ({"larger_than": 0}, {}, None, ("attachment.size",)),
        ({"name": ["*.zip"], "larger_than": 5}, {"name": "plan.pdf"}, False, ()),
        ({"name": ["*.zip"], "larger_than": 5}, {"name": "plan.zip"}, None, ("attachment.size",)),
    ],
)
def test_an_attachment_is_one_file_of_which_everything_holds(
    tmp_path: Path, asked: dict[str, Any], file: dict[str, Any], holds: bool | None, missing: tuple[str, ...]
) -> None:
    reason = explained(tmp_path, {"attachment": asked}, message=a_message(attachments=(an_attachment(**file),))).reason
    assert (reason.held, reason.missing) == (holds, missing)


def test_two_files_do_not_add_up_to_one(tmp_path: Path) -> None:
    files = (an_attachment("a.zip", size=1), an_attachment("b.pdf", size=100))
    leaf = {"attachment": {"name": ["*.zip"], "larger_than": 5}}
    assert explained(tmp_path, leaf, message=a_message(attachments=files)).held is False


@pytest.mark.parametrize(
    ("asked", "holds"),
    [
        ({"reason": ["encrypted", "corrupt"]}, True),
        ({"reason": ["missing"]}, False),
        ({"origin": ["attachment:*.zip"]}, True),
        ({"origin": ["body"]}, False),
        ({"reason": ["encrypted"], "origin": ["body"]}, False),
    ],
)
def test_a_gap_is_meant_by_reason_and_origin(tmp_path: Path, asked: dict[str, Any], holds: bool) -> None:
    scan = a_scan(gaps=(a_gap(GapReason.ENCRYPTED, "attachment:Plan.zip"), a_gap(GapReason.WORK, "poll")))
    assert explained(tmp_path, {"gap": asked}, scan=scan).held is holds
    assert explained(tmp_path, {"gap": asked}).held is False


@pytest.mark.parametrize(
    ("moment", "working"),
    [
        ("2026-03-04T09:00", True),
        ("2026-03-04T08:59", False),
        ("2026-03-04T17:59", True),
        ("2026-03-04T18:00", False),
        ("2026-03-07T12:00", False),
    ],
)
def test_working_time_is_half_open_on_working_days(moment: str, working: bool) -> None:
    assert is_working_time(datetime.fromisoformat(moment), an_organisation()) is working


@pytest.mark.parametrize(
    ("moment", "working"),
    [
        ("2026-03-06T23:00", True),
        ("2026-03-07T05:59", True),
        ("2026-03-07T06:00", False),
        ("2026-03-07T23:00", False),
        ("2026-03-02T03:00", False),
    ],
)
def test_a_night_shift_belongs_to_the_day_it_opens(moment: str, working: bool) -> None:
    assert is_working_time(datetime.fromisoformat(moment), Organisation(opens=22 * 60, closes=6 * 60)) is working


def test_several_keys_mean_all_of_them(tmp_path: Path) -> None:
    when = {"entities": {"of": ["RU_INN"]}, "chat": {"zone": ["foreign"], "external": True}}
    scan = a_scan(a_finding())
    assert explained(tmp_path, when, scan=scan, around=KNOWN).held is True
    assert explained(tmp_path, when, scan=scan, around=KNOWN._replace(external=False)).held is False
    assert explained(tmp_path, when, scan=scan, around=KNOWN._replace(external=None)).reason.missing == ("chat.external",)
