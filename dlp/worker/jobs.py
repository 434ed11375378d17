"""Runs queued jobs one after another: comparisons of policies, bulk changes, exports."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from dlp.errors import DlpError
from dlp.services import Services
from dlp.store import jobs, kept_messages, policy_versions
from dlp.store.incidents import bulk
from dlp.store.jobs import Job
from dlp.wiring import context_from, policy_folder
from dlp.worker.case_hold import hold_case, release_case
from dlp.worker.export_job import make_export
from dlp.worker.policy_trial import Kept, compare

_log = logging.getLogger(__name__)
_LOOK_AGAIN_SECONDS: Final = 0.5

# What does a job of a kind; it returns the result. `Tell` says how far it is and answers whether to go on.
Tell = Callable[[int, int | None], bool]
Work = Callable[[Services, Job, Tell], Mapping[str, Any]]


class JobRunner:
    """One thread that begins the oldest job, over and over."""

    def __init__(self, services: Services, kinds: Mapping[str, Work]) -> None:
        self._services = services
        self._kinds = dict(kinds)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ends; a job that is running is begun again by the next start."""
        self._stop.set()
        self._thread.join()

    def run_next(self) -> bool:
        """Runs one job to its end; False where none waits."""
        database, clock = self._services.database, self._services.clock
        job = database.write(lambda c: jobs.begin_next(c, clock.now()))
        if job is None:
            return False
        result, fault = self._done(job)
        if not self._stop.is_set():
            database.write(lambda c: jobs.settle(c, job.id, result=result, fault=fault, now=clock.now()))
        return True

    def _done(self, job: Job) -> tuple[Mapping[str, Any] | None, str]:
        database, clock = self._services.database, self._services.clock

        def tell(done: int, total: int | None = None) -> bool:
            going = database.write(lambda c: jobs.progress(c, job.id, done, total, now=clock.now()))
            return going and not self._stop.is_set()

        work = self._kinds.get(job.kind)
        if work is None:
            return None, f"nobody here does jobs of the kind {job.kind}"
        try:
            return work(self._services, job, tell), ""
        except DlpError as error:
            return None, str(error)
        except Exception as error:
            _log.warning("a job failed", extra={"fields": {"kind": job.kind, "error": type(error).__name__}})
            return None, f"sorry, this is our fault ({type(error).__name__})"

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                if self.run_next():
                    continue
            except DlpError as error:
                _log.warning("jobs cannot be read", extra={"fields": {"error": type(error).__name__}})
            self._stop.wait(_LOOK_AGAIN_SECONDS)


def compare_policies(services: Services, job: Job, tell: Tell) -> Mapping[str, Any]:
    """The work of `POST /policies/compare`."""
    with services.database.reading() as connection:
        files = policy_versions.files_of(connection, int(job.asked["number"]))
    since = datetime.fromisoformat(job.asked["since"])
    settings = services.settings
    wanted = context_from(settings._replace(policies=policy_folder(settings, files)))
    after = services.context._replace(engine=wanted.engine, policies=wanted.policies)

    def history() -> Iterator[Kept]:
        for message, confirmed in kept_messages.since(services.database, services.vault, since):
            yield Kept(message, confirmed)

    return compare(history(), services.context, after, lambda done: tell(done, None))


def change_many(services: Services, job: Job, _tell: Tell) -> Mapping[str, Any]:
    """The work of `POST /incidents/bulk` where there are many; it tells of its progress itself."""
    bulk.run(services.database, job.id, services.clock)
    return {}


KINDS: Final[Mapping[str, Work]] = {
    "policy.compare": compare_policies,
    "bulk": change_many,
    "export": make_export,
    "case.hold": hold_case,
    "case.release": release_case,
}
