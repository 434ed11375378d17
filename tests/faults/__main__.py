"""`python -m tests.faults --rounds 50`: kills a server under load so often, prints the table and what held."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.faults.kills import Outcome, Round, survive


def main() -> int:
    """Exit 1 where something did not hold."""
    arguments = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    arguments.add_argument("--rounds", type=int, default=50)
    arguments.add_argument("--seed", type=int, default=1)
    options = arguments.parse_args()
    print("round  load, s  accepted so far  start, s  orphans")
    with tempfile.TemporaryDirectory() as folder:
        outcome = survive(Path(folder), options.rounds, seed=options.seed, tell=_print_round)
    _print_outcome(outcome)
    return 1 if outcome.faults else 0


def _print_round(one: Round) -> None:
    print(f"{one.number:>5}  {one.seconds:>7.2f}  {one.accepted:>15,}  {one.start_seconds:>8.1f}  {one.orphans:>7}", flush=True)


def _print_outcome(outcome: Outcome) -> None:
    sums = outcome.reconciled
    print(f"messages that got a 2xx: {outcome.accepted:,}")
    print(f"accepted {sums.accepted:,} = decided {sums.decided:,} + duplicates {sums.duplicates:,} + waiting {sums.waiting:,}")
    print(f"actions: {dict(outcome.actions)}; effects {outcome.effects:,}, asked again under the same key {outcome.repeated:,}")
    print("HOLDS" if not outcome.faults else "DOES NOT HOLD:\n" + "\n".join(outcome.faults))


if __name__ == "__main__":
    sys.exit(main())
