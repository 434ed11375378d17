"""Every sentence is there in both languages, counts are worded, and a link is good for one person and a while."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dlp.act.acknowledgement import Acknowledgement, acknowledgement_in, token_of
from dlp.act.notice import notice_of
from dlp.act.texts import _KINDS, _LINES, _PLURALS, LANGUAGES, PAGE, REPLIES, SEVERITY, letter, plural, reply
from tests.act.plans import NOON, an_alert

FORMS = ("инцидент", "инцидента", "инцидентов")
KEY = b"k" * 32


@pytest.mark.parametrize("table", [_KINDS, _LINES, _PLURALS, SEVERITY, REPLIES, PAGE])
def test_both_languages_have_every_sentence(table: dict[str, dict[str, object]]) -> None:
    assert table["ru"].keys() == table["en"].keys()
    assert set(table) == set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", [*_KINDS["ru"], "something_new"])
def test_every_kind_makes_a_letter_of_one_line_subject(kind: str, language: str) -> None:
    made = letter(notice_of(an_alert(notice=kind, language=language)))
    assert made.subject
    assert "\n" not in made.subject
    assert "{" not in made.subject + made.body


@pytest.mark.parametrize(
    ("number", "said"),
    [(1, "1 инцидент"), (2, "2 инцидента"), (5, "5 инцидентов"), (11, "11 инцидентов"), (21, "21 инцидент"),
     (112, "112 инцидентов"), (312, "312 инцидентов"), (322, "322 инцидента"), (0, "0 инцидентов")],
)  # fmt: skip
def test_russian_counts_take_their_form(number: int, said: str) -> None:
    assert plural(number, FORMS, "ru") == said


def test_english_counts_take_theirs() -> None:
    assert [plural(n, ("day", "days", "days"), "en") for n in (0, 1, 2)] == ["0 days", "1 day", "2 days"]


def test_a_summary_and_a_digest_say_how_many() -> None:
    summary = letter(notice_of(an_alert(notice="summary", facts={"number": 7, "count": 312})))
    assert summary.subject == "INC-7: ещё 312 похожих инцидентов"
    facts = {"count": 3, "counts": {"low": 2, "high": 1}, "day": 20777}
    digest = letter(notice_of(an_alert(notice="digest", language="en", facts=facts)))
    assert digest.subject == "Digest of 2026-11-20: 3 incidents"
    assert "On 2026-11-20: 3 incidents. high: 1, low: 2." in digest.body


def test_an_unknown_language_is_told_in_russian_and_an_unknown_code_a_reminder() -> None:
    assert reply("reminder", "de") == REPLIES["ru"]["reminder"]
    assert reply("nothing", "en") == REPLIES["en"]["reminder"]


class TestLinks:
    told = Acknowledgement("0192f000-0000-7000-8000-000000000001", "u1", NOON + timedelta(hours=1))

    def test_a_link_says_which_alert_and_who(self) -> None:
        assert acknowledgement_in(KEY, token_of(KEY, self.told), NOON) == self.told

    def test_a_link_ends(self) -> None:
        token = token_of(KEY, self.told)
        assert acknowledgement_in(KEY, token, NOON + timedelta(minutes=59)) is not None
        assert acknowledgement_in(KEY, token, NOON + timedelta(hours=1)) is None

    @pytest.mark.parametrize(
        ("part", "by"),
        [
            ("u1", "u2"),
            ("0192f000", "0192f001"),
            (".u1", "..u1"),
            (".u1.", "."),
            ("{last}", ""),
            ("{last}", "AA"),
            ("{all}", ""),
            ("{all}", "..."),
            ("{all}", "ё" * 500),
        ],
    )
    def test_a_changed_link_is_nobody_s(self, part: str, by: str) -> None:
        token = token_of(KEY, self.told)
        changed = token.replace(part.format(all=token, last=token[-1]), by)
        assert changed != token
        assert acknowledgement_in(KEY, changed, NOON) is None

    def test_another_installation_s_link_is_not_ours(self) -> None:
        assert acknowledgement_in(b"x" * 32, token_of(KEY, self.told), NOON) is None
