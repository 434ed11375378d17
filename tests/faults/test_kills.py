"""A server killed under load keeps what it promised; stopped, it ends what it has begun."""

from __future__ import annotations

import threading
from pathlib import Path

from tests.faults.kills import descendants_left, drained, ledger_faults, survive
from tests.faults.traffic import Traffic
from tests.serving import Server, descendants, prepare

ROUNDS = 4


def test_nothing_accepted_is_lost_and_nothing_takes_effect_twice_however_often_it_is_killed(tmp_path: Path) -> None:
    outcome = survive(tmp_path, ROUNDS)
    assert outcome.faults == ()
    assert outcome.accepted > 0
    assert outcome.actions["done"] > 0
    assert [one.orphans for one in outcome.rounds] == [0] * ROUNDS


def test_a_server_told_to_stop_under_load_ends_what_it_has_begun(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    server = Server(home)
    traffic = Traffic(server.port, prepare(home))
    with server.running(), traffic.flowing():
        while len(traffic.accepted) < 300:
            threading.Event().wait(0.05)
        children = descendants(server.pid)
        assert server.stop() == 0
    assert not descendants_left(children)
    with server.running():
        drained(server)
        assert server.stop() == 0
    sums, faults = ledger_faults(home, traffic)
    assert faults == []
    assert sums.decided > 0
