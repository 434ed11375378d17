"""`dlp demo`: serves a fictional company's month of chats, and what it goes on writing; in a home of its own, removed whole."""

from __future__ import annotations

import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Final

from dlp.clock import SetClock
from dlp.errors import UsageError

if TYPE_CHECKING:
    from dlp.services import Services
    from dlp.settings import Settings

EVERYTHING: Final = ("officer", "investigator", "auditor", "policy-author", "administrator")
_MARK: Final = "THIS IS A DEMONSTRATION"
_SEED: Final = 7
_RESOLVED_AN_HOUR: Final = 0.05
_PAUSE_SECONDS: Final = (1.0, 6.0)  # between two messages of the live stream


def run(settings: Settings, *, messages: int, processes: int) -> int:
    """Makes the demonstration where it is not there yet, then serves it. Raises UsageError for a home that holds other things."""
    from dlp.cli.serve import Serving, serve

    home = settings.home
    _claim(home)
    settings = settings._replace(people=home / "people.csv", chats=home / "chats.yaml")
    if not (home / "ready").exists():
        sys.stderr.write(f"writing a month of the demonstration into {home} …\n")
        seed(settings, messages)
        (home / "ready").touch()
    return serve(settings, Serving(processes, first_roles=EVERYTHING, beside=_live))


def remove(settings: Settings) -> int:
    """Removes the demonstration, all of it and nothing else."""
    home = settings.home
    if not _is_demonstration(home):
        raise UsageError(f"{home}: holds no demonstration")
    shutil.rmtree(home)
    return 0


def seed(settings: Settings, messages: int) -> None:
    """Puts the month through the real intake, its clock standing at each message's hour."""
    from dlp.cli.demonstration import directory_files, month
    from dlp.pipeline import Arrival, handle
    from dlp.store.audit import checkpoints
    from dlp.wiring import services_from

    home = settings.home
    with (home / "people.csv").open("w", encoding="utf-8", newline="") as people:
        directory_files.write_people(people)
    with (home / "chats.yaml").open("w", encoding="utf-8") as chats:
        directory_files.write_chats(chats)
    now = datetime.now(UTC)
    clock = SetClock(now - timedelta(days=31))
    services = services_from(settings, clock=clock, make_keys=True)
    try:
        _describe_connectors(services)
        services.renew()
        said = (
            Arrival(message, connector, "demo", received) for received, connector, message in month.month(now, messages, _SEED)
        )
        for hour, arrivals in groupby(said, key=lambda one: one.received_at.replace(minute=0, second=0, microsecond=0)):
            batch = list(arrivals)
            clock.moment = min(hour + timedelta(hours=1), now)
            handle(services, batch).result()
            _work(services, Random(f"{_SEED} {hour}"))
        checkpoints.take(services.database, services.keys, clock.now())
    finally:
        services.close()


def _work(services: Services, chance: Random) -> None:
    """What the demonstration's officers did in an hour: some of what was open is resolved, so that statistics have a past."""
    from sqlalchemy import select

    from dlp.store.actor import Actor
    from dlp.store.incidents import states, work
    from dlp.store.search.query import Viewer
    from dlp.store.tables.record import incidents

    now = services.clock.now()
    officer = work.Hand(Actor("demo-officer", "system", "demo"), Viewer("demo-officer"))
    waiting = select(incidents.c.id).where(incidents.c.state.in_(states.OPEN), incidents.c.opened_at < now - timedelta(hours=2))
    with services.database.reading() as connection:
        ids = connection.scalars(waiting.order_by(incidents.c.opened_at)).all()
    for id in ids:
        if chance.random() < _RESOLVED_AN_HOUR:
            why = work.Resolution(chance.choices(tuple(states.RESOLUTIONS), (5, 4, 2, 1, 2, 1))[0])
            services.database.write(lambda c, id=id, why=why: work.resolve(c, id, why, officer, now))  # type: ignore[misc]


def _describe_connectors(services: Services) -> None:
    from dlp.cli.demonstration import month
    from dlp.store import connectors
    from dlp.store.actor import SYSTEM

    names = {month.connector_of(channel): channel.platform for channel in month.CHANNELS}
    for name, platform in names.items():
        told = connectors.Connector(name, platform, title=f"{platform} (demo)")
        services.database.write(lambda c, told=told: connectors.create(c, SYSTEM, told, services.clock.now()))  # type: ignore[misc]


@contextmanager
def _live(services: Services) -> Iterator[None]:
    """What the company goes on writing, while the block runs."""
    stop = threading.Event()
    thread = threading.Thread(target=_write, args=(services, stop), name="demo", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _write(services: Services, stop: threading.Event) -> None:
    from dlp.cli.demonstration import month
    from dlp.errors import DlpError
    from dlp.pipeline import Arrival, handle

    chance = Random()
    for connector, message in month.live(chance.randrange(1 << 30)):
        if stop.wait(chance.uniform(*_PAUSE_SECONDS)):
            return
        try:
            handle(services, [Arrival(message, connector, "demo", services.clock.now())]).result()
        except DlpError:
            stop.wait(5)


def _claim(home: Path) -> None:
    if home.exists() and any(home.iterdir()) and not _is_demonstration(home):
        raise UsageError(f"{home}: holds something else; the demonstration needs a home of its own (DLP_HOME)")
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    (home / "DEMONSTRATION").write_text(f"{_MARK}: `dlp demo --remove` removes it.\n", encoding="utf-8")


def _is_demonstration(home: Path) -> bool:
    mark = home / "DEMONSTRATION"
    return mark.is_file() and mark.read_text(encoding="utf-8").startswith(_MARK)
