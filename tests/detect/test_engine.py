"""The one pass: batches, threads, views and the cache give the same answers."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from dlp.cache import TrustedFolder
from dlp.detect.engine import Engine
from dlp.records import NOTHING_FOUND, Demand, Text
from tests.engines import an_engine

TALK = (
    "привет, как дела?",
    "СНИЛС 112-233-445 95",
    "👍",
    "",
    "карта 4111 1111 1111 1111, карта 4\u200b111 1111 1111 1111",
    "see you at 15:00",
    "x" * 300,
    "СНИЛC 112-233-445 95 и карта 5555 5555 5555 4444",
)
MESSAGES = [(Text("body", text),) for text in TALK] * 20


def test_a_batch_says_what_single_scans_say() -> None:
    engine = an_engine()
    assert engine.scan_many(MESSAGES) == [engine.scan(message) for message in MESSAGES]


def test_threads_share_an_engine() -> None:
    engine = an_engine()
    alone = [engine.scan(message) for message in MESSAGES]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(engine.scan, MESSAGES)) == alone
        assert list(pool.map(engine.scan_many, [MESSAGES] * 8)) == [alone] * 8


def test_a_clean_message_costs_no_new_record() -> None:
    engine = an_engine()
    assert engine.scan((Text("body", "привет, как дела?"),)) is NOTHING_FOUND
    assert engine.scan_many([(Text("body", "привет"),), ()])[1] is NOTHING_FOUND


def test_several_texts_of_a_message_make_one_scan() -> None:
    texts = (Text("body", "СНИЛС 112-233-445 95"), Text("quote", "ок"), Text("poll", "карта 4111 1111 1111 1111"))
    engine = an_engine()
    scan = engine.scan(texts)
    assert [(f.origin, f.entity, f.start) for f in scan.findings] == [("body", "RU_SNILS", 6), ("poll", "CREDIT_CARD", 6)]
    assert engine.scan_many([texts, (), (Text("body", "ок"),)]) == [scan, NOTHING_FOUND, NOTHING_FOUND]


def test_findings_are_told_in_the_original_s_code_points() -> None:
    text = "🙂 карта 4\u200b111\u00ad 1111 1111 1111!"
    (finding,) = an_engine().scan((Text("body", text),)).findings
    assert text[finding.start : finding.end] == "4\u200b111\u00ad 1111 1111 1111"
    assert finding.value == "4111111111111111"


def test_only_what_is_demanded_is_found() -> None:
    engine = an_engine(Demand(frozenset({"RU_SNILS"})))
    assert [f.entity for f in engine.scan((Text("body", "СНИЛС 112-233-445 95, карта 4111 1111 1111 1111"),)).findings] == [
        "RU_SNILS"
    ]


def test_without_folding_only_plain_text_is_read() -> None:
    engine = an_engine(folding=False)
    assert engine.scan((Text("body", "карта 4\u200b111 1111 1111 1111"),)) is NOTHING_FOUND


def test_an_engine_from_the_cache_finds_the_same(tmp_path: Path) -> None:
    folder = TrustedFolder(tmp_path / "cache")
    first = Engine(Demand(None), folder)
    kept = sorted(path.name for path in folder.path.iterdir())
    second = Engine(Demand(None), folder)
    assert kept
    assert sorted(path.name for path in folder.path.iterdir()) == kept
    assert second.scan_many(MESSAGES) == first.scan_many(MESSAGES)


def test_a_spoiled_cache_is_made_anew(tmp_path: Path) -> None:
    folder = TrustedFolder(tmp_path / "cache")
    first = Engine(Demand(None), folder)
    for path in folder.path.iterdir():
        path.write_bytes(b"spoiled")
    assert Engine(Demand(None), folder).scan_many(MESSAGES) == first.scan_many(MESSAGES)
