"""Loading: every fault of every file in one go, each at its line; sound files compile to what they say."""

from __future__ import annotations

from pathlib import Path

import pytest

from dlp.errors import FileFaults
from dlp.policy.load import load_policies
from dlp.records import Decision, HoldTerms, Mode, Severity
from tests.policy.folder import ENTITIES, faults, folder

SOUND = """\
    policy: ru-personal-data
    title: {ru: Персональные данные во внешний чат, en: Personal data to an external chat}
    law: [152-FZ]
    owner: privacy-office
    why: Bulk personal data must not leave the perimeter.
    rules:
      - rule: bulk-subjects
        severity: high
        when:
          all:
            - entities: {of: [RU_PASSPORT, RU_SNILS, RU_INN], distinct: 3, confidence: 0.7}
            - chat: {zone: [foreign], external: true}
          none:
            - sender: {group: [hr-onboarding]}
        decision: hold
        tell: [sender, role:privacy-officer]
    """
CONDITIONS = "all, any, none, entities, text, dictionary, attachment, gap, chat, sender, audience, time"
RULES = "policy: p\nrules:\n"


def with_condition(*lines: str) -> dict[str, str]:
    head = f"{RULES}  - rule: r\n    severity: low\n    decision: alert\n    when:\n"
    return {"p.yaml": head + "".join(f"      {line}\n" for line in lines)}


def test_the_policy_of_the_design_page_loads(tmp_path: Path) -> None:
    (policy,) = load_policies(folder(tmp_path, {"personal-data/ru.yaml": SOUND}), ENTITIES).policies
    assert (policy.policy, policy.law, policy.owner, policy.mode) == (
        "ru-personal-data",
        ("152-FZ",),
        "privacy-office",
        Mode.ENFORCE,
    )
    assert dict(policy.why)["ru"] == "Bulk personal data must not leave the perimeter."
    assert dict(policy.title)["en"] == "Personal data to an external chat"
    (rule,) = policy.rules
    assert (rule.severity, rule.decision, rule.if_unknown) == (Severity.HIGH, Decision.HOLD, "alert")
    assert rule.entities == {"RU_PASSPORT", "RU_SNILS", "RU_INN"}


def test_tests_profile_dictionaries_and_hidden_files_are_no_policies(tmp_path: Path) -> None:
    files = {
        "p.yaml": SOUND,
        "p.test.yaml": "anything: at all",
        ".git/x.yaml": "- 1",
        "organisation.yaml": "profile: bank",
        "dictionaries/insider.yaml": "dictionary: insider\nterms: {ищу работу: 2}",
    }
    compiled = load_policies(folder(tmp_path, files), ENTITIES)
    assert [policy.policy for policy in compiled.policies] == ["ru-personal-data"]
    assert compiled.organisation.profile == "bank"


def test_every_fault_of_every_file_is_told_at_its_line(tmp_path: Path) -> None:
    files = {
        "a.yaml": """\
            policy: first
            titel: x
            law: 152-FZ
            rules:
              - rule: Bulk Subjects
                severity: hgh
                when:
                  all:
                    - entities: {of: [RU_PASPORT, RU_SNILS], distnct: 3, confidence: 2}
                    - chat:
                        zone: [foriegn]
                        external: "yes"
                    - {}
                decision: stop
              - rule: two
                severity: low
                decision: block
            """,
        "b.yaml": "policy: first\nrules: []\n",
        "c.yaml": "",
        "d.yaml": "policy: d\npolicy: e\n",
        "e.yml": "policy: e\n",
        "f.yaml": "policy: [\n",
        "organisation.yaml": 'profile: bnak\nzone: Europe/Mosow\npublic: {RU_INN: [7707083893], RU_IN: ["1"]}\n',
    }
    assert faults(tmp_path, files) == [
        'a.yaml:2: the key "titel" is not known; did you mean "title"?',
        "a.yaml:3: law: must be a list, e.g. [one, two]",
        'a.yaml:5: rule: "Bulk Subjects" is not a name: lower-case Latin letters, digits and dashes',
        'a.yaml:6: severity: "hgh" is not one of low, medium, high, critical; did you mean "high"?',
        "a.yaml:9: confidence: must be less than or equal to 1",
        'a.yaml:9: of: the entity "RU_PASPORT" is not known; did you mean "RU_PASSPORT"?',
        'a.yaml:9: the key "distnct" is not known; did you mean "distinct"?',
        'a.yaml:11: zone: "foriegn" is not one of onprem, domestic, foreign; did you mean "foreign"?',
        "a.yaml:12: external: must be true or false",
        f"a.yaml:13: all: says nothing; it may say {CONDITIONS}",
        'a.yaml:14: decision: "stop" is not one of allow, alert, coach, redact, hold, block',
        'a.yaml:15: the key "when" is missing',
        f'b.yaml:1: the policy "first" already stands in {"a.yaml"}:1',
        "b.yaml:2: rules: must not be empty",
        "c.yaml:1: must be a mapping of keys to values",
        'd.yaml:2: the key "policy" stands twice',
        "e.yml: would not be read: name it .yaml",
        "f.yaml:2: is not YAML: expected the node content, but found '<stream end>'",
        'organisation.yaml:1: profile: "bnak" is not one of bank, state, telecom, other; did you mean "bank"?',
        'organisation.yaml:2: zone: the time zone "Europe/Mosow" is not known',
        'organisation.yaml:3: RU_IN: the entity "RU_IN" is not known; did you mean "RU_INN"?',
        "organisation.yaml:3: RU_INN: must be text (in quotes where YAML reads a number, a date or yes/no)",
    ]


@pytest.mark.parametrize(
    ("lines", "line", "told"),
    [
        (["text: {regex: ['a(b']}"], 7, "regex: is not a regular expression: missing ), unterminated subpattern at character 2"),
        (["text:", "  regex:", "    - ok", "    - 'x*'"], 10, "regex: matches empty text"),
        (["text: {regex: ['(?=a)b']}"], 7, "regex: look-around, back-references, flags and named groups are not supported"),
        (["text: {literals: ['']}"], 7, "literals: a term needs a letter or a digit"),
        (["text: {at_least: 2}"], 7, "text: needs literals or regex"),
        (["dictionary: {use: insidr}"], 7, 'use: there is no dictionaries/insidr.yaml; did you mean "insider"?'),
        (["dictionary: {threshold: 2}"], 7, "dictionary: needs either use or terms"),
        (["dictionary: {use: insider, terms: {a: 1}}"], 7, "dictionary: needs either use or terms"),
        (
            ["dictionary:", "  terms:", "    секрет: 1", "    сек*: 1"],
            10,
            'сек*: a term cannot end in "*": forms of words are found by themselves',
        ),
        (["dictionary:", "  terms:", "    секрет: 0"], 9, "секрет: must be greater than 0"),
        (
            ["dictionary:", "  terms:", "    работа: 1", "    работу: 1"],
            10,
            'the term "работу" is found in the same words as "работа"',
        ),
        (["entities: {of: []}"], 7, "of: must not be empty"),
        (["entities: {distinct: 3}"], 7, 'the key "of" is missing'),
        (["entities: {of: [RU_INN], at_least: two}"], 7, "at_least: must be a whole number"),
        (["chat: {}"], 7, "chat: says nothing; it may say zone, kind, platform, external, purpose"),
        (["chat: {zone: foreign}"], 7, "zone: must be a list, e.g. [one, two]"),
        (
            ["attachment: {larger_than: 10 megabytes}"],
            7,
            'larger_than: must be a size such as "10MB", "300KB" or a number of bytes',
        ),
        (["sender: {domain: [corp]}"], 7, 'domain: must be a domain such as "corp.ru"'),
        (["any:", "  - chats: {zone: [foreign]}"], 8, 'the key "chats" is not known; did you mean "chat"?'),
        (["none: []"], 7, "none: must not be empty"),
        (["time: {working_hours: no way}"], 7, "working_hours: must be true or false"),
    ],
)
def test_a_faulty_condition_is_told_at_its_line(tmp_path: Path, lines: list[str], line: int, told: str) -> None:
    dictionary = {"dictionaries/insider.yaml": "dictionary: insider\nterms: {ищу работу: 2}\n"}
    assert faults(tmp_path, with_condition(*lines) | dictionary) == [f"p.yaml:{line}: {told}"]


def test_a_rule_named_twice_is_told_though_the_file_has_other_faults(tmp_path: Path) -> None:
    rule = "  - rule: r\n    severity: low\n    decision: alert\n    when: {time: {working_hours: false}}\n"
    told = faults(tmp_path, {"p.yaml": f"{RULES}{rule}{rule}    colour: red\n"})
    assert told == ['p.yaml:7: the rule "r" already stands on line 3', 'p.yaml:11: the key "colour" is not known']


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("dictionary: other\nterms: {a1: 1}\n", 'dictionaries/insider.yaml:1: "other" must stand in a file of its name'),
        ("dictionary: insider\nterms: {}\n", "dictionaries/insider.yaml:2: terms: must not be empty"),
        (
            "dictionary: insider\nterms:\n  работа: 1\n  Работе: 2\n",
            'dictionaries/insider.yaml:4: the term "Работе" is found in the same words as "работа"',
        ),
        ("dictionary: insider\nterms:\n  работа: many\n", "dictionaries/insider.yaml:3: работа: must be a number"),
    ],
)
def test_a_faulty_dictionary_is_told_and_its_users_are_not_blamed(tmp_path: Path, content: str, told: str) -> None:
    assert faults(tmp_path, with_condition("dictionary: {use: insider}") | {"dictionaries/insider.yaml": content}) == [told]


def test_a_dictionarys_threshold_and_gap_hold_unless_the_rule_says_otherwise(tmp_path: Path) -> None:
    dictionary = "dictionary: insider\nthreshold: 2\ngap: 1\nterms: {ищу работу: 2}\n"
    files = with_condition("any:", "  - dictionary: {use: insider}", "  - dictionary: {use: insider, threshold: 5, gap: 0}")
    compiled = load_policies(folder(tmp_path, files | {"dictionaries/insider.yaml": dictionary}), ENTITIES)
    assert {term.key: term.gap for term in compiled.demand().terms} == {"forms+1:ищу работу": 1, "forms:ищу работу": 0}


def test_the_organisations_profile_compiles(tmp_path: Path) -> None:
    text = """\
        profile: state
        name: Вектор
        domains: [Corp.ru]
        groups: {hr: [hr-onboarding, кадры]}
        public: {RU_INN: ["7707083893"]}
        zone: Europe/Moscow
        working_hours: {days: [mon, sun], from: 08:30, to: 17:00}
        """
    organisation = load_policies(folder(tmp_path, {"organisation.yaml": text}), ENTITIES).organisation
    assert (organisation.profile, organisation.name, organisation.domains) == ("state", "Вектор", frozenset({"corp.ru"}))
    assert organisation.groups == (("hr", frozenset({"hr-onboarding", "кадры"})),)
    assert organisation.public == (("RU_INN", frozenset({"7707083893"})),)
    assert (organisation.working_days, organisation.opens, organisation.closes) == (frozenset({0, 6}), 510, 1020)


def test_detection_has_the_last_word_on_an_expression(tmp_path: Path) -> None:
    files = with_condition("text: {regex: [дсп]}")
    with pytest.raises(FileFaults, match=r"p\.yaml:7: regex: no such letter"):
        load_policies(folder(tmp_path, files), ENTITIES, pattern_fault=lambda _: "no such letter")


def test_a_missing_folder_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(FileFaults, match="is not a folder"):
        load_policies(tmp_path / "nowhere", ENTITIES)


def test_a_document_that_contains_itself_is_a_fault(tmp_path: Path) -> None:
    assert faults(tmp_path, {"p.yaml": "policy: &a [*a]\n"}) == ["p.yaml:1: an alias stands inside what it names"]


def test_a_hold_says_how_long_what_then_and_how_many_eyes(tmp_path: Path) -> None:
    hold = "        decision: hold\n        hold: {minutes: 30, on_expiry: drop, four_eyes: true}\n"
    sound = SOUND.replace("        decision: hold\n", hold)
    (rule,) = load_policies(folder(tmp_path, {"p.yaml": sound}), ENTITIES).policies[0].rules
    assert rule.hold == HoldTerms(30, "drop", four_eyes=True)


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ("decision: alert\n    hold: {minutes: 5}", "has a meaning only where the decision is hold"),
        ("decision: hold\n    hold: {}", "says nothing; it may say minutes, on_expiry, four_eyes"),
        ("decision: hold\n    hold: {minutes: 0}", "must be greater than or equal to 1"),
        ("decision: hold\n    hold: {on_expiry: forget}", '"forget" is not one of release, drop'),
        ("decision: hold\n    hold: {minute: 5}", 'the key "minute" is not known; did you mean "minutes"'),
    ],
)
def test_faults_of_a_hold_are_told(tmp_path: Path, lines: str, fault: str) -> None:
    rule = f"{RULES}  - rule: r\n    severity: low\n    {lines}\n    when: {{entities: {{of: [RU_INN]}}}}\n"
    assert fault in "\n".join(faults(tmp_path, {"p.yaml": rule}))
