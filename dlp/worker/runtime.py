"""Everything that works behind the API in one process tree: intake, outbox relay, recurring duties."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import Connection, delete, func, select

from dlp.errors import Conflict, DlpError
from dlp.records import Severity
from dlp.services import Services
from dlp.store import alerts, emergencies, exceptions, holds, idempotency, policy_versions, reveals
from dlp.store.access import housekeeping
from dlp.store.audit import checkpoints
from dlp.store.search import saved
from dlp.store.tables.record import changes
from dlp.wiring import shipped_files
from dlp.worker import spilled
from dlp.worker.engine_pool import EnginePool
from dlp.worker.export_job import plan_monthly, remove_expired
from dlp.worker.intake import Intake
from dlp.worker.jobs import KINDS, JobRunner
from dlp.worker.policy_trial import report_on
from dlp.worker.relay import Relay
from dlp.worker.scheduler import Recurring, Scheduler

# What other processes or people change that every context must know.
_STANDING_KINDS: Final = ("exception", "emergency", "policy_mode", "policy", "connector")
_RECENT: Final = 5_000
_CHANGES_KEPT: Final = timedelta(days=7)


class _Stands(NamedTuple):
    """How many recent changes concern what stands, the last one's number, and the epoch of the digests."""

    number: int
    last: int
    digest_epoch: int


class Runtime:
    """`processes` engine processes serve batches; 0 decides them in this process."""

    def __init__(self, services: Services, processes: int) -> None:
        self._services = services
        self._seen = _Stands(0, 0, 0)
        self._pool = EnginePool(services.settings, processes) if processes else None
        self.intake = Intake(services, self._pool)
        self.relay = Relay(services)
        self.jobs = JobRunner(services, KINDS)
        self.scheduler = Scheduler(self._recurring())

    def start(self) -> None:
        """Begins; what an earlier run left undone is taken up."""
        services = self._services
        services.database.write(lambda c: services.vault.replay_tombstones(c, services.clock.now()))
        services.database.write(lambda c: exceptions.redigest(c, services.keys, services.clock.now()))
        services.renew()
        self._seen = self._stands()
        self.intake.start()
        self.relay.start()
        self.jobs.start()
        self.scheduler.start()

    def stop(self) -> None:
        """Ends in order: nothing new is begun, what is on its way is recorded."""
        self.scheduler.stop()
        self.intake.stop()
        self.relay.stop()
        self.jobs.stop()
        if self._pool is not None:
            self._pool.close()

    def _recurring(self) -> tuple[Recurring, ...]:
        services = self._services
        return (
            Recurring("the packs the product comes with", math.inf, self._keep_packs),
            Recurring("renewal of the context", 1, self._renew_if_changed),
            Recurring("expiry of holds", 1, self._written(holds.expire_due)),
            Recurring("expiry of exceptions", 60, self._written(exceptions.end_expired)),
            Recurring("expiry of emergencies", 5, self._written(emergencies.end_expired)),
            Recurring("expiry of reveals", 60, self._written(reveals.expire_due)),
            Recurring("verdicts given while the record was down", 2, lambda: spilled.bring(services)),
            Recurring("alerts", 5, self._written(alerts.tick)),
            Recurring("checkpoint", 60, self._checkpoint),
            Recurring("destruction of keys", 10, self._settle_vault),
            Recurring("the monthly report", 3600, lambda: plan_monthly(services)),
            Recurring("expiry of exports", 3600, lambda: remove_expired(services)),
            Recurring("retention", 3600, self._sweep),
            Recurring("old idempotency keys", 3600, self._written(idempotency.forget_old)),
            Recurring("old sessions", 3600, self._written(housekeeping.tidy)),
            Recurring("passing filters", 86400, self._written(saved.tidy)),
            Recurring("unused keys", 86400, self._written(services.vault.sweep)),
            Recurring("old changes", 3600, self._written(_forget_changes)),
        )

    def _written(self, work: Callable[[Connection, datetime], object]) -> Callable[[], object]:
        database, clock = self._services.database, self._services.clock
        return lambda: database.write(lambda connection: work(connection, clock.now()))

    def _checkpoint(self) -> None:
        services = self._services
        try:
            checkpoints.take(services.database, services.keys, services.clock.now())
        except Conflict:
            return  # another replica has signed
        except DlpError:
            cause = alerts.Cause("checkpoint_failed", Severity.HIGH)
            services.database.write(lambda c: alerts.raise_alert(c, cause, services.clock.now()))

    def _settle_vault(self) -> None:
        with self._services.database.reading() as connection:
            self._services.vault.settle(connection)

    def _sweep(self) -> None:
        from dlp.store.retention import sweep

        services = self._services
        sweep(services.database, services.keys, services.vault, services.clock.now())

    def _renew_if_changed(self) -> None:
        """Somebody else may have changed what stands: another replica, a command, the expiry of something."""
        services, stands = self._services, self._stands()
        if stands == self._seen:
            return
        if stands.digest_epoch != self._seen.digest_epoch:
            services.database.write(lambda c: exceptions.redigest(c, services.keys, services.clock.now()))
        self._seen = stands
        services.renew()

    def _stands(self) -> _Stands:
        """What tells that something changed. Changes are counted too: one that commits late has a number already passed."""
        newest = select(func.coalesce(func.max(changes.c.seq), 0)).scalar_subquery()
        recent = changes.c.kind.in_(_STANDING_KINDS) & (changes.c.seq > newest - _RECENT)
        with self._services.database.reading() as connection:
            query = select(func.count(), func.coalesce(func.max(changes.c.seq), 0)).where(recent)
            count, last = connection.execute(query).one()
        return _Stands(count, last, self._services.keys.digest_epoch)

    def _keep_packs(self) -> None:
        """Makes the product's packs the active version where nobody has chosen another, after their own tests held."""
        services = self._services
        files = shipped_files(services.settings.policies)
        with services.database.reading() as connection:
            if policy_versions.is_known(connection, files):
                return
        report = report_on(services.settings, files)
        services.database.write(lambda c: policy_versions.keep_shipped(c, files, report, services.clock.now()))


def _forget_changes(connection: Connection, now: datetime) -> None:
    connection.execute(delete(changes).where(changes.c.at < now - _CHANGES_KEPT))
