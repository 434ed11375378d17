from __future__ import annotations

import json
from typing import Any

from dlp.cli.json_form import JsonForm
from dlp.errors import InputFault
from dlp.policy.policy_set import NOTHING_JUDGED
from dlp.records import (
    ALLOWED,
    NOTHING_FOUND,
    Decision,
    Finding,
    GapReason,
    Inspection,
    Judgement,
    Mode,
    RuleUnknown,
    Verdict,
)
from tests.builders import a_finding, a_gap, a_hit, a_message, a_scan


def record(inspection: Inspection, form: JsonForm | None = None) -> dict[str, Any]:
    line = (form or JsonForm()).line(inspection)
    assert line.endswith("}\n")
    assert line.count("\n") == 1
    read: dict[str, Any] = json.loads(line)
    return read


def held(finding: Finding | None = None) -> Inspection:
    judgement = Judgement((a_hit(),), (RuleUnknown("foreign", "to-foreign", ("chat.zone", "sender.group")),))
    scan = a_scan(
        finding or a_finding("RU_SNILS", "11223344595", start=10, end=24),
        gaps=(a_gap(GapReason.ENCRYPTED, "attachment:план.zip"),),
    )
    return Inspection(a_message(id="m1"), scan, judgement, Verdict(Decision.HOLD, Decision.HOLD))


def test_a_record_has_the_keys_of_the_contract_in_order() -> None:
    assert record(held()) == {
        "id": "m1",
        "decision": "hold",
        "findings": [
            {"entity": "RU_SNILS", "detector": "ru_snils", "start": 10, "end": 24, "confidence": 0.95, "origin": "body"},
        ],
        "hits": [{"policy": "ru-personal-data", "rule": "bulk-subjects", "severity": "high", "mode": "enforce"}],
        "unknown": [{"policy": "foreign", "rule": "to-foreign", "missing": ["chat.zone", "sender.group"]}],
        "gaps": [{"origin": "attachment:план.zip", "reason": "encrypted"}],
    }
    assert list(record(held())) == ["id", "decision", "findings", "hits", "unknown", "gaps"]


def test_a_clean_message_has_the_same_keys() -> None:
    clean = Inspection(a_message(id='a"\\\n'), NOTHING_FOUND, NOTHING_JUDGED, ALLOWED)
    assert record(clean) == {"id": 'a"\\\n', "decision": "allow", "findings": [], "hits": [], "unknown": [], "gaps": []}


def test_a_value_is_told_only_where_it_was_asked_for() -> None:
    assert "11223344595" not in JsonForm().line(held())
    assert record(held(), JsonForm(show_values=True))["findings"][0]["value"] == "11223344595"


def test_what_observing_policies_would_have_done_is_told_beside_the_decision() -> None:
    observed = Judgement((a_hit(mode=Mode.OBSERVE),))
    told = record(Inspection(a_message(), a_scan(a_finding()), observed, Verdict(Decision.ALLOW, Decision.BLOCK)))
    assert (told["decision"], told["would"], told["hits"][0]["mode"]) == ("allow", "block", "observe")


def test_names_that_would_break_a_line_or_its_encoding_are_escaped() -> None:
    odd = 'a "b" \u2028 \ud800.pdf'
    told = JsonForm().line(held(a_finding(origin=f"attachment:{odd}")))
    assert told.isascii()
    assert json.loads(told)["findings"][0]["origin"] == f"attachment:{odd}"


def test_an_unreadable_place_is_a_record_with_an_error() -> None:
    told = json.loads(JsonForm().fault(InputFault("chat.jsonl", "line 3", "is not JSON")))
    assert told == {"id": None, "error": "chat.jsonl: line 3: is not JSON"}
