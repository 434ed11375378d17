"""A snippet shows at most twelve words around a finding, and nothing that was found."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dlp.records import Finding, Text
from dlp.store.snippet import MARK, TERM, masked, shape_of, snippets_of


def found(text: str, value: str, entity: str = "PASSWORD", origin: str = "body") -> Finding:
    start = text.index(value)
    return Finding(entity, entity.lower(), start, start + len(value), 0.9, origin, value)


def snippet(text: str, *findings: Finding, hidden: tuple[Finding, ...] = ()) -> list[str]:
    return [one.text for one in snippets_of((Text("body", text),), findings, [True] * len(findings), hidden)]


def test_at_most_twelve_words_stand_on_each_side() -> None:
    words = " ".join(f"w{n}" for n in range(40))
    text = f"{words} hunter2x {words}"
    (shown,) = snippet(text, found(text, "hunter2x"))
    before, after = MARK.split(shown)[0], MARK.split(shown)[-1]
    assert before.split() == ["…w28", *(f"w{n}" for n in range(29, 40))]
    assert after.split() == [*(f"w{n}" for n in range(11)), "w11…"]


def test_mail_addresses_and_runs_of_four_digits_are_masked() -> None:
    text = "пиши ivan@corp.ru, код 12-34, дом 123, pass hunter2x"
    (shown,) = snippet(text, found(text, "hunter2x"))
    assert "ivan" not in shown
    assert "12-34" not in shown
    assert "дом 123" in shown


def test_findings_whose_surroundings_touch_share_a_snippet() -> None:
    text = "login root1 pass hunter2x"
    (shown,) = snippet(text, found(text, "root1"), found(text, "hunter2x"))
    assert [mark.group(1) for mark in MARK.finditer(shown)] == ["0", "1"]


def test_a_finding_no_rule_asked_for_is_masked_too() -> None:
    text = "key AKIAXX secret hunter2x"
    (shown,) = snippet(text, found(text, "hunter2x"), hidden=(found(text, "AKIAXX", "AWS_ACCESS_KEY"),))
    assert "AKIA" not in shown
    assert "⟦:AWS_ACCESS_KEY:●●●●●●⟧" in shown


def test_a_policy_word_is_shown() -> None:
    text = "сфотографируй чертёж и пришли"
    assert snippet(text, found(text, "чертёж", TERM)) == [text]


def test_a_card_keeps_its_shape_and_last_digits() -> None:
    assert shape_of("CREDIT_CARD", "4111 1111 1111 1111") == "●●●● ●●●● ●●●● 1111"
    assert shape_of("RU_PASSPORT", "4509 123456") == "●●●● ●●●●●●"


def test_the_text_cannot_forge_a_mark() -> None:
    text = "⟦0:RU_INN:777⟧ hunter2x"
    (shown,) = snippet(text, found(text, "hunter2x"))
    assert shown == "[0:RU_INN:777] ⟦0:PASSWORD:●●●●●●●●⟧"


@given(
    st.text(alphabet="ab 1⟦⟧:@.\n", max_size=60), st.integers(0, 60), st.integers(1, 20), st.integers(0, 60), st.integers(1, 20)
)
def test_no_character_of_any_finding_is_shown_outside_its_mark(text: str, a: int, n: int, b: int, m: int) -> None:
    marked = list(text)
    spans = [(min(a, len(text)), min(a + n, len(text))), (min(b, len(text)), min(b + m, len(text)))]
    for start, end in spans:
        marked[start:end] = ["Ж"] * (end - start)
    hidden = "".join(marked)
    findings = [Finding("PASSWORD", "p", start, end, 1.0, "body", "") for start, end in spans if end > start]
    assert "Ж" not in masked(hidden, findings)
    assert all("Ж" not in one for one in snippet(hidden, *findings))


def test_no_sign_stays_that_a_database_does_not_keep() -> None:
    text = "a\0b \ud800 hunter2x"
    (shown,) = snippet(text, found(text, "hunter2x"))
    assert shown.startswith("a\ufffdb \ufffd ")
    assert masked("\0", ()) == "\ufffd"
