"""`make bench`: the product and its peers over the same messages in one run, speed and recall side by side.

Times are CPU time of one core, the median of interleaved cycles; only ratios between rows mean anything. A slow peer gets the
first messages only, as its row says.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from dlp.detect.engine import Engine
from dlp.records import Demand, Finding, Text
from tests.corpus.scoring import Labelled, Sample, micro, product_name, read_samples, scores
from tests.corpus.synthetic_chat import main as write_synthetic_chat
from tests.speed import server
from tests.speed.command import command_measures
from tests.speed.peers import PEERS

Run = Callable[[Sequence[str]], list[list[Labelled]]]

CYCLES = 3
SLOW_PEERS = {"presidio patterns": 1500, "presidio-ru-recognizers": 1500}
BATCH = 256

# name of a row, of the row it is held against, and the least ratio between their speeds
TARGETS = (
    ("ours, per message", "datafog-core", 1.0),
    ("ours, per message", "kingfisher", 2.0),
    ("ours, per message", "ru-pii", 10.0),
    ("ours, per message", "presidio-ru-recognizers", 70.0),
    ("ours, per message", "presidio patterns", 200.0),
    ("ours, batch", "datafog-core", 1.5),
)


class Row(NamedTuple):
    """What was measured of one contestant."""

    name: str
    messages: int
    seconds: float
    found: list[list[Labelled]]


class _Quality(NamedTuple):
    precision: float
    recall: float


def main() -> int:
    """Measures, prints, and fails only where something could not be run."""
    arguments = argparse.ArgumentParser(prog="python -m tests.speed", description=__doc__)
    arguments.add_argument("--messages", type=int, default=20_000, help="of chat20k, how many (20,000)")
    arguments.add_argument("--only", nargs="*", default=sorted(PEERS), help="peers to measure (all)")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        write_synthetic_chat(folder)  # type: ignore[no-untyped-call]
        corpus = Path(folder, "chat20k.jsonl")
        samples = list(read_samples(corpus))[: options.messages]
        rows = _measured(samples, options.only)
        _print_rows(rows, samples)
        _print_targets({row.name: row for row in rows})
        _print_folding([sample.text for sample in samples if not sample.spans and not sample.near_miss])
        _print_command(corpus, len(list(read_samples(corpus))), rows[0])
    server.measure()
    return 0


def _measured(samples: Sequence[Sample], peers: Sequence[str]) -> list[Row]:
    runs = {"ours, per message": _one_by_one(), "ours, batch": _in_batches()}
    runs |= {name: _of_peer(name) for name in peers}
    texts = [sample.text for sample in samples]
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    found: dict[str, list[list[Labelled]]] = {}
    for run in runs.values():  # patterns compile on first use, for everyone
        run(texts[:500])
    for _ in range(CYCLES):
        for name, run in runs.items():
            share = texts[: SLOW_PEERS.get(name, len(texts))]
            began = time.process_time()
            found[name] = run(share)
            seconds[name].append(time.process_time() - began)
            print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return [Row(name, len(found[name]), statistics.median(seconds[name]), found[name]) for name in runs]


def _one_by_one() -> Run:
    engine = Engine(Demand(None))

    def run(texts: Sequence[str]) -> list[list[Labelled]]:
        return [_marks(engine.scan((Text("body", text),)).findings) for text in texts]

    return run


def _in_batches() -> Run:
    engine = Engine(Demand(None))

    def run(texts: Sequence[str]) -> list[list[Labelled]]:
        marks: list[list[Labelled]] = []
        for start in range(0, len(texts), BATCH):
            scans = engine.scan_many([(Text("body", text),) for text in texts[start : start + BATCH]])
            marks.extend(_marks(scan.findings) for scan in scans)
        return marks

    return run


def _marks(findings: Sequence[Finding]) -> list[Labelled]:
    return [(found.start, found.end, found.entity) for found in findings]


def _of_peer(name: str) -> Run:
    search = PEERS[name]()

    def run(texts: Sequence[str]) -> list[list[Labelled]]:
        return [[(mark.start, mark.end, mark.entity) for mark in search(text)] for text in texts]

    return run


def _print_rows(rows: Sequence[Row], samples: Sequence[Sample]) -> None:
    print(f"{'chat20k':<24} {'messages':>8} {'msg/s':>9} {'MB/s':>7} {'CPU x ours':>10} {'recall':>7} {'precision':>9}")
    ours = rows[0].seconds / rows[0].messages
    for row in rows:
        share = samples[: row.messages]
        megabytes = sum(len(sample.text.encode()) for sample in share) / 1e6
        quality = _quality(share, row.found)
        print(
            f"{row.name:<24} {row.messages:>8,} {row.messages / row.seconds:>9,.0f} {megabytes / row.seconds:>7.2f}"
            f" {row.seconds / row.messages / ours:>10.2f} {quality.recall:>7.3f} {quality.precision:>9.3f}"
        )


def _quality(samples: Sequence[Sample], found: Sequence[Sequence[Labelled]]) -> _Quality:
    pairs = [
        (sample, [(start, end, product_name(name)) for start, end, name in marks])
        for sample, marks in zip(samples, found, strict=True)
    ]
    by_entity = scores(pairs, exact=False)
    # Not labelled alike: names come with statistics, later; the corpus's "cadastre" traps hold real cadastral numbers.
    for name in ("PERSON", "RU_CADASTRAL_NUMBER"):
        by_entity.pop(name, None)
    total = micro(by_entity)
    return _Quality(total.precision, total.recall)


def _print_targets(rows: dict[str, Row]) -> None:
    for ours, peer, least in TARGETS:
        if peer in rows:
            speed = [rows[name].messages / rows[name].seconds for name in (ours, peer)]
            ratio = speed[0] / speed[1]
            print(f"{ours} / {peer}: {ratio:.2f}x (target {least}x: {'met' if ratio >= least else 'MISSED'})")


def _print_folding(clean: Sequence[str]) -> None:
    on, off = Engine(Demand(None)), Engine(Demand(None), folding=False)
    texts = [(Text("body", text),) for text in clean]
    seconds: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(CYCLES):
        for folding, engine in ((True, on), (False, off)):
            began = time.process_time()
            for text in texts:
                engine.scan(text)
            seconds[folding].append(time.process_time() - began)
    ratio = statistics.median(seconds[False]) / statistics.median(seconds[True])
    print(f"folding on / off, {len(clean):,} clean messages: {ratio:.2f}x (target 0.8x: {'met' if ratio >= 0.8 else 'MISSED'})")


def _print_command(corpus: Path, messages: int, ours: Row) -> None:
    measures = command_measures(corpus)
    rate = messages / measures.cpu_seconds
    print(f"dlp scan --no-names, whole process: {rate:,.0f} msg/s, {ours.seconds / ours.messages * rate:.2f}x ours per message")
    print(
        f"dlp scan, default packs, warm: first result after {measures.start_seconds:.3f} s (target 0.25 s: "
        f"{'met' if measures.start_seconds <= 0.25 else 'MISSED'}), peak memory {measures.megabytes:.0f} MB "
        f"(target 60 MB: {'met' if measures.megabytes <= 60 else 'MISSED'})"
    )


if __name__ == "__main__":
    sys.exit(main())
